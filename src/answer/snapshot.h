/*
 * What one frame is drawn from: an immutable picture of the trace, the query and the source, made
 * by the worker.
 *
 * Reference counted. The loop thread takes the newest one when a frame starts and uses it for the
 * whole frame; everything in it may be read without locks.
 */
#ifndef ANSWER_SNAPSHOT_H
#define ANSWER_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "answer/findings/findings.h"
#include "answer/moments/moments.h"
#include "answer/sizes/size_table.h"
#include "answer/timeline/timeline.h"
#include "answer/tree/call_tree.h"
#include "decoder/etl_tally.h"
#include "model/image_map.h"
#include "model/symbol_table.h"
#include "model/trust.h"
#include "query/query.h"

struct block_list;

/* What the source of the bytes is doing. */
enum source_state {
    SOURCE_UNPACKING, /* a container is being expanded; bytes are the container's */
    SOURCE_LOADING,   /* saved file, not read to its end yet */
    SOURCE_COMPLETE,  /* saved file, all read */
    SOURCE_FOLLOWING, /* growing file or open pipe */
    SOURCE_CLOSED,    /* the writer has ended the session or closed the pipe */
    SOURCE_TRUNCATED, /* the file shrank under us: what was read is kept, `r` reloads */
    SOURCE_REPLACED,  /* another file has taken the name: likewise */
    SOURCE_FAILED,    /* reading stopped with an error, see message */
};

struct source_status {
    enum source_state state;
    char name[256];         /* for the title line: base name or "stdin", printable */
    size_t inputs;          /* that make up the trace; `name` has several then */
    uint64_t bytes_done;    /* whose events are rows by now */
    uint64_t bytes_total;   /* of the file now, or received so far */
    int64_t opened_at;      /* monotonic ns: when reading started */
    int64_t last_buffer_at; /* monotonic ns: when the last buffer arrived; 0 when none has */
    int64_t closed_after;   /* ns from opening to the end of the writer; 0 while it writes */
    char message[512]; /* one line for SOURCE_FAILED, else what was lost of a container, or empty */
};

/* Questions asked beside the one whose rows and figures are shown: lists of rows, no figures. */
enum aside {
    ASIDE_FIND,    /* the hits of `/` among the rows shown */
    ASIDE_ADDRESS, /* every row of one address: the life of its blocks */
    ASIDE_GOTO,    /* the rows that `:` could go to */
    ASIDE_COUNT
};

struct snapshot {
    _Atomic uint32_t refs;
    struct source_status source;
    struct trace *trace;              /* NULL until a file header has been read */
    struct etl_file_header header;    /* a copy that does not change; valid when trace is set */
    struct query *query;              /* NULL until trace is set */
    struct query *aside[ASIDE_COUNT]; /* NULL where nothing is asked */
    struct image_map *images;         /* NULL while no image is known */
    struct summary *summary;      /* of `query`; may lag behind its rows; NULL until first made */
    struct symbol_table *symbols; /* the program's; NULL: there are no names */
    struct answer *answer[ANSWER_KINDS]; /* may lag; NULL where nothing is asked */
    struct etl_tally *tally;             /* a copy, may lag; NULL until first made */
    struct trust trust;
    uint64_t rows;                      /* of the trace, visible now */
    uint64_t scanned;                   /* rows the query has decided */
    uint64_t matched;                   /* items of the query's list */
    int64_t last_time;                  /* raw time of the last record seen; INT64_MIN when none */
    bool provisional;                   /* the order of rows is not certain yet */
    bool rows_complete;                 /* every row of the input is there */
    bool summary_complete;              /* `summary` covers all `rows` */
    bool answer_complete[ANSWER_KINDS]; /* so does the answer, and it is what was asked last */
    uint8_t answer_percent[ANSWER_KINDS]; /* of the next one that is made; 0: nobody can tell */
};

/* The answer to ANSWER_TREE, borrowed; NULL while there is none. */
static inline struct call_tree *snapshot_tree(const struct snapshot *s)
{
    return (struct call_tree *)s->answer[ANSWER_TREE];
}

/* The same to ANSWER_SIZES. */
static inline struct size_table *snapshot_sizes(const struct snapshot *s)
{
    return (struct size_table *)s->answer[ANSWER_SIZES];
}

/* The answer to ANSWER_MOMENTS, likewise. */
static inline struct moments *snapshot_moments(const struct snapshot *s)
{
    return (struct moments *)s->answer[ANSWER_MOMENTS];
}

/* The same for ANSWER_TIMELINE. */
static inline struct timeline *snapshot_timeline(const struct snapshot *s)
{
    return (struct timeline *)s->answer[ANSWER_TIMELINE];
}

/* The same to ANSWER_BLOCKS. */
static inline const struct block_list *snapshot_blocks(const struct snapshot *s)
{
    return (const struct block_list *)s->answer[ANSWER_BLOCKS];
}

/* The answer to ANSWER_FINDINGS, likewise. */
static inline const struct findings *snapshot_findings(const struct snapshot *s)
{
    return (const struct findings *)s->answer[ANSWER_FINDINGS];
}

struct snapshot *snapshot_ref(struct snapshot *s);
void snapshot_unref(
    struct snapshot *s); /* NULL is fine; the last one frees everything it refers to */

/* Duration of the trace so far in ns (numbers.md, Time); 0 before the first record. */
int64_t snapshot_duration(const struct snapshot *s);

/*
 * Why there is nothing to see, as a sentence (numbers.md, Trust): no heap events and which
 * providers there are instead. Appends nothing when there are heap events.
 */
void snapshot_explain_empty(const struct etl_tally *tally, struct strbuf *out);

#endif
