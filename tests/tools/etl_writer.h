/*
 * Buffers of an ETL file (etl-format 1.2, 1.3, 11): a buffer per CPU that is filled, closed with
 * its 72-byte header and given the next sequence number.  Holds the finished buffers in memory in
 * the order of their flush; what becomes of them is the file shape's business.
 */
#ifndef TESTS_TOOLS_ETL_WRITER_H
#define TESTS_TOOLS_ETL_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rng.h"
#include "wire.h"

/* Size of a buffer header, and where its fields lie (etl-format 1.2). */
enum {
    ETL_AT_BUFFER_SIZE = 0x00,
    ETL_AT_SAVED = 0x04,
    ETL_AT_CURRENT = 0x08,
    ETL_AT_TIME = 0x10,
    ETL_AT_SEQUENCE = 0x18,
    ETL_AT_CPU = 0x28,
    ETL_AT_LOGGER = 0x2a,
    ETL_AT_STATE = 0x2c,
    ETL_AT_OFFSET = 0x30,
    ETL_AT_FLAG = 0x34,
    ETL_AT_TYPE = 0x36,
    ETL_BUFFER_HEADER = 0x48
};

enum { ETL_STATE_FLUSH = 3, ETL_TYPE_GENERIC = 0, ETL_TYPE_HEADER = 4 };

enum {
    ETL_FLAG_FLUSH_MARKER = 0x01,
    ETL_FLAG_EVENTS_LOST = 0x02,
    ETL_FLAG_BUFFER_LOST = 0x04,
    ETL_FLAG_PROC_INDEX = 0x20,
    ETL_FLAG_COMPRESSED = 0x40
};

/* A finished buffer as it will stand in the file. */
struct mketl_buffer {
    uint8_t *bytes;
    size_t size;   /* its stride; less than the session's buffer size when compressed */
    uint32_t used; /* header and records, before compression */
    uint32_t id;   /* ordinal of its first record's arrival; events name it */
    uint32_t records;
    uint64_t sequence;
    int64_t time; /* raw time of its last record */
    uint16_t cpu;
};

struct etl_writer {
    uint32_t buffer_size;
    uint16_t logger_id;
    bool old_cpu_field; /* before Windows 8: one byte CPU, one byte alignment, no flag 0x20 */
    bool shared;        /* all CPUs write to one buffer */
    struct rng garbage; /* fills the gaps between records, which hold no zeros in real files */
    uint64_t next_sequence;
    uint32_t next_id;
    struct mketl_buffer *open; /* one per CPU; bytes NULL while it has none */
    size_t open_count;
    struct mketl_buffer *done;
    size_t done_count;
    size_t done_capacity;
};

/* Where a record was put. */
struct etl_place {
    uint32_t buffer; /* id */
    uint32_t offset;
    uint32_t bytes;
};

/* Little-endian stores and loads in a buffer. */
void etl_put16(uint8_t *at, uint16_t value);
void etl_put32(uint8_t *at, uint32_t value);
void etl_put64(uint8_t *at, uint64_t value);
uint16_t etl_get16(const uint8_t *at);
uint32_t etl_get32(const uint8_t *at);
uint64_t etl_get64(const uint8_t *at);

/* `buffer_size` is a multiple of 8 above 0x400; `cpus` at least 1. */
void etl_writer_init(struct etl_writer *writer, uint32_t buffer_size, uint32_t cpus);

/*
 * Appends a finished record to the buffer of `cpu`; a full buffer is flushed first.  Times must not
 * go back within a CPU.  Returns false, and writes nothing, when no buffer could hold the record.
 */
bool etl_writer_append(struct etl_writer *writer, uint16_t cpu, const struct wire *record,
                       int64_t time, struct etl_place *out_place);

/* Flushes what is open, the lowest CPU first, and marks the last buffer as a session's end. */
void etl_writer_finish(struct etl_writer *writer);

/*
 * Builds the header buffer (type 4, sequence 0) of `stride` bytes around `used - 0x48` bytes of
 * records at `records`.  The caller frees out_buffer->bytes.
 */
void etl_writer_header_buffer(const struct etl_writer *writer, const uint8_t *records,
                              uint32_t records_size, uint32_t stride,
                              struct mketl_buffer *out_buffer);

void etl_writer_release(struct etl_writer *writer);

#endif
