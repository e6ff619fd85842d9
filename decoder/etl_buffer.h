/*
 * The 72-byte header in front of every buffer, and where the events of a buffer end (etl-format 1.2
 * and 1.3).
 *
 * Values are kept as found; the functions below say what to believe. No memory, no state.
 */
#ifndef DECODER_ETL_BUFFER_H
#define DECODER_ETL_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define ETL_BUFFER_HEADER_SIZE 0x48u

/* The largest session buffer, 16 MB (etl-format 1.4): nothing stored or expanded is larger. */
#define ETL_BUFFER_MAX ((uint32_t)16 << 20)

/* CPU numbers are 0 .. ETL_CPU_MAX - 1 (etl-format 1.2). */
#define ETL_CPU_MAX 2048u

enum etl_buffer_flags {
    ETL_BUFFER_FLUSH_MARKER = 0x01,
    ETL_BUFFER_EVENTS_LOST = 0x02,
    ETL_BUFFER_BUFFER_LOST = 0x04,
    ETL_BUFFER_RTBACKUP_CORRUPT = 0x08,
    ETL_BUFFER_RTBACKUP = 0x10,
    ETL_BUFFER_PROC_INDEX = 0x20, /* the CPU number is 16 bits wide */
    ETL_BUFFER_COMPRESSED = 0x40,
};

enum etl_buffer_type {
    ETL_BUFFER_GENERIC = 0,
    ETL_BUFFER_HEADER = 4, /* the first one, holding the file header record */
    ETL_BUFFER_TYPE_MAX = 7,
};

struct etl_buffer_header {
    uint32_t size;           /* BufferSize: bytes to the next buffer, this header included */
    uint32_t saved_offset;   /* SavedOffset: may be stale, see etl_buffer_events_end() */
    uint32_t current_offset; /* CurrentOffset: may exceed `size` */
    uint32_t filled;         /* Offset: used bytes, this header included; expanded if compressed */
    int64_t time_stamp;      /* of the flush; raw clock or FILETIME, 0 in the header buffer */
    int64_t sequence;        /* SequenceNumber, over all CPUs */
    uint32_t state;          /* compression format of the file in the first buffer (1.7) */
    uint16_t cpu;            /* 0 .. ETL_CPU_MAX - 1, by the rule of PROC_INDEX */
    uint16_t logger_id;
    uint16_t flags; /* enum etl_buffer_flags */
    uint16_t type;  /* enum etl_buffer_type */
};

/* Reads the header at the start of `bytes`; false when there are fewer than 72 bytes. Checks
 * nothing else. */
bool etl_buffer_parse(struct span bytes, struct etl_buffer_header *out_header);

/* True when the size can be that of a buffer: 0x48 .. 16 MB, and the type is a known one. Enough
 * to walk on by `size`. */
bool etl_buffer_is_sane(const struct etl_buffer_header *h);

/*
 * True when `bytes` begin like a real buffer, judged strictly enough to find one inside damage:
 * every field in its range and, unless compressed, a record at 0x48. Needs
 * ETL_BUFFER_PROBE_SIZE bytes; false with fewer.
 */
#define ETL_BUFFER_PROBE_SIZE (ETL_BUFFER_HEADER_SIZE + 8u)
bool etl_buffer_looks_real(struct span bytes);

static inline bool etl_buffer_is_compressed(const struct etl_buffer_header *h)
{
    return (h->flags & ETL_BUFFER_COMPRESSED) != 0;
}

/*
 * Where events end, counted from the buffer's start, 0x48 .. 16 MB: Offset, or SavedOffset when
 * that is 0 (etl-format 1.3), at most the buffer's size unless compressed (9.8). For a compressed
 * buffer the size once expanded.
 */
uint32_t etl_buffer_events_end(const struct etl_buffer_header *h);

#endif
