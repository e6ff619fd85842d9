/*
 * One CPU's buffers of one input as one stream of events, for the merge alone (etl-format 1.9).
 *
 * Buffers wait in a heap ordered by sequence number; one at a time is loaded, expanded and walked.
 * The stream stands at its next event, its head; all records before it have been counted.
 *
 *   pending (seq 7, 9, 8 ...)  ->  open buffer  ->  head
 *                                  [counted | rest]
 */
#ifndef DECODER_ETL_STREAM_H
#define DECODER_ETL_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decoder/etl_merge.h"
#include "decoder/etl_record.h"
#include "decoder/heap_event.h"
#include "decoder/stack_event.h"

/* Memory that is used again for the next buffer. */
struct etl_block {
    uint8_t *p;
    size_t cap;
};

/* What all streams of a merge share. */
struct etl_stream_pool {
    size_t pending_bytes;    /* stored bytes of buffers not read to their end */
    size_t resident;         /* bytes of all blocks, bounded by ETL_RESIDENT_MAX */
    size_t budget;           /* bytes that may be opened before pausing, 0 for no bound */
    size_t spent;            /* of the budget */
    struct etl_block packed; /* a compressed buffer as loaded */
    struct etl_block look;   /* for looking ahead */
};

/* What the streams of one input share. */
struct etl_stream_env {
    struct etl_stream_pool *pool;
    struct etl_tally *tally;
    etl_load_fn load;
    void *ctx;
    unsigned input;          /* its number in the merge */
    int64_t start_time;      /* raw time zero: inherited by records without a time */
    int64_t newest;          /* greatest time of any record seen */
    uint64_t packed_bytes;   /* compressed buffers opened so far, as stored */
    uint64_t expanded_bytes; /* and expanded, see ETL_EXPAND_RATIO */
    uint16_t compression;    /* enum etl_compression */
    bool shared_buffers;     /* buffers hold records of any CPU: no thread can be derived */
};

/* Loaded and expanded buffers of all streams together: 2048 CPUs times 16 MB must not be had. */
#define ETL_RESIDENT_MAX ((size_t)1 << 30)

/*
 * A hundred bytes can claim to be 16 MB of records: what compressed buffers come to, over the whole
 * trace, is bounded by this many times what is stored of them, beyond a free allowance. Records
 * differ in time and address at the least, so real ones stay far below.
 */
#define ETL_EXPAND_RATIO 100u
#define ETL_EXPAND_FREE  ((uint64_t)64 << 20)

/* Kind of a head that is not handed out: thread `tid` belongs to process `pid`. */
#define ETL_STREAM_THREAD 0xff

struct etl_stream {
    struct etl_stream_env *env; /* of its input */
    uint16_t cpu;
    struct etl_buffer_ref *pending; /* heap: least (sequence, offset) first; owns their bytes */
    size_t pending_count;
    size_t pending_cap;

    bool is_open;
    bool damaged;                  /* the open buffer */
    struct etl_buffer_ref current; /* the open buffer; owns its bytes */
    struct etl_block storage;      /* its contents unless they are current.bytes */
    struct etl_cursor cursor;

    uint32_t running; /* thread of the CPU's last context switch, EVENT_NO_ID before */
    bool has_head;
    struct trace_event head;
    uint64_t extra[HEAP_EXTRA_MAX];
    uint64_t frames[STACK_FRAMES_MAX];
    struct etl_record carrier; /* a heap event's EVENT record */
    struct span items;         /* its extended items that have not been looked at */

    /* The buffer with the greatest sequence number, for etl_stream_look_ahead(). */
    bool has_last;
    bool looked;      /* its times are in env->newest */
    bool last_opened; /* its bytes may be gone */
    struct etl_buffer_ref last;
};

enum etl_fill { ETL_FILL_HEAD, ETL_FILL_DRAINED, ETL_FILL_PAUSED };

/* NULL when memory is out. `env` is kept; the functions below are given the same one. */
struct etl_stream *etl_stream_new(struct etl_stream_env *env, uint16_t cpu);
void etl_stream_free(struct etl_stream *s, struct etl_stream_env *env);

/* Takes ref->bytes, also on failure (-ENOMEM). O(log pending). */
int etl_stream_add(struct etl_stream *s, struct etl_stream_env *env,
                   const struct etl_buffer_ref *ref);

/* Drops the head, if any, and finds the next one: counts every record on the way. PAUSED when the
 * budget was spent first. */
enum etl_fill etl_stream_fill(struct etl_stream *s, struct etl_stream_env *env);

/* Raises env->newest to the times in the buffer with the greatest sequence number. Reads it at most
 * once ahead of its turn. */
void etl_stream_look_ahead(struct etl_stream *s, struct etl_stream_env *env);

#endif
