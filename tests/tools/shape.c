/* File shapes; see shape.h. */
#include "shape.h"

#include <stdlib.h>
#include <string.h>

#include "compress.h"
#include "kernel_writer.h"
#include "mem.h"

enum { MERGED_HEADER_STRIDE = 0x400, LOGGER_ID = 2, OP_PARTITION = 0x50, CUT_INTO_RECORD = 2 };

/* What each shape writes into the file header; the names are NULL where the session's own stay. */
/* clang-format off */
static const struct {
    uint32_t mode;
    const char *session;
    const char *file;
} SHAPES[] = {
    [MKETL_SHAPE_SEQUENTIAL] = {FILE_MODE_SEQUENTIAL, NULL, NULL},
    [MKETL_SHAPE_CIRCULAR] = {FILE_MODE_CIRCULAR, NULL, NULL},
    [MKETL_SHAPE_PREALLOCATED] = {FILE_MODE_SEQUENTIAL | FILE_MODE_PREALLOCATE, NULL, NULL},
    [MKETL_SHAPE_APPEND] = {FILE_MODE_SEQUENTIAL | FILE_MODE_APPEND, NULL, NULL},
    [MKETL_SHAPE_MERGED] = {FILE_MODE_SEQUENTIAL | FILE_MODE_RELOG,
                            "Relogger", "[multiple files]"},
    [MKETL_SHAPE_RELOGGED] = {FILE_MODE_SEQUENTIAL | FILE_MODE_ADD_HEADER | FILE_MODE_RELOG,
                              "", "ReloggedFile.ETL"},
    [MKETL_SHAPE_UNFINISHED] = {FILE_MODE_SEQUENTIAL, NULL, NULL},
    [MKETL_SHAPE_SHARED] = {FILE_MODE_SEQUENTIAL | FILE_MODE_SHARED_BUFFERS, NULL, NULL},
};
/* clang-format on */

struct shaper {
    const struct mketl_options *options;
    struct recorder *recorder;
    struct mketl_buffer *buffers; /* of the writer; bytes NULL once lost or overwritten */
    size_t count;
    uint32_t written; /* the header buffer's BuffersWritten, itself included */
    uint32_t events_lost;
    uint32_t buffers_lost;
};

static bool rewritten(const struct mketl_options *options)
{
    return options->shape == MKETL_SHAPE_MERGED || options->shape == MKETL_SHAPE_RELOGGED;
}

/* The session still runs, or ended without a word. */
static bool unfinished(const struct mketl_options *options)
{
    return options->shape == MKETL_SHAPE_UNFINISHED || options->shape == MKETL_SHAPE_PREALLOCATED;
}

static bool is_lost(const struct mketl_options *options, uint64_t sequence)
{
    return (options->lose_every && sequence % options->lose_every == 0) ||
           sequence == options->lose_buffer;
}

/* The next buffer of that CPU that is not lost itself. */
static void flag_loss(struct shaper *shaper, size_t lost)
{
    for (size_t i = lost + 1; i < shaper->count; i++) {
        struct mketl_buffer *buffer = &shaper->buffers[i];
        if (!buffer->bytes || buffer->cpu != shaper->buffers[lost].cpu)
            continue;
        buffer->bytes[ETL_AT_FLAG] |= ETL_FLAG_EVENTS_LOST | ETL_FLAG_BUFFER_LOST;
        return;
    }
}

static void drop(struct mketl_buffer *buffer)
{
    free(buffer->bytes);
    buffer->bytes = NULL;
}

static void lose_buffers(struct shaper *shaper)
{
    for (size_t i = 0; i < shaper->count; i++) {
        struct mketl_buffer *buffer = &shaper->buffers[i];
        if (!is_lost(shaper->options, buffer->sequence))
            continue;
        shaper->buffers_lost++;
        shaper->events_lost += buffer->records;
        drop(buffer);
    }
    for (size_t i = 0; shaper->options->flag_losses && i < shaper->count; i++)
        if (!shaper->buffers[i].bytes)
            flag_loss(shaper, i);
}

/* Moves the buffers that are left to the front.  Returns their number. */
static size_t close_ranks(struct mketl_buffer *buffers, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (buffers[i].bytes)
            buffers[kept++] = buffers[i];
    return kept;
}

/* Each buffer overwrites the one written max_buffers before it, in the same place. */
static void wrap(struct shaper *shaper)
{
    size_t places = shaper->options->max_buffers;
    if (shaper->count <= places)
        return;
    struct mketl_buffer *ring = mem_alloc(places * sizeof *ring);
    for (size_t i = 0; i < shaper->count; i++) {
        drop(&ring[i % places]);
        ring[i % places] = shaper->buffers[i];
    }
    memcpy(shaper->buffers, ring, places * sizeof *ring);
    shaper->count = places;
    free(ring);
}

static void shuffle(struct shaper *shaper)
{
    for (size_t i = shaper->count; i > 1; i--) {
        size_t other = rng_below(&shaper->recorder->rng, i);
        struct mketl_buffer swapped = shaper->buffers[i - 1];
        shaper->buffers[i - 1] = shaper->buffers[other];
        shaper->buffers[other] = swapped;
    }
}

static int64_t filetime(const struct file_header *header, int64_t raw)
{
    int64_t rate = file_header_rate(header);
    int64_t ticks = raw - header->time;
    return header->start_time + ticks / rate * FILETIME_SECOND +
           ticks % rate * FILETIME_SECOND / rate;
}

/* Merged and re-logged buffers carry a FILETIME, no logger and no live write position. */
static void rewrite_header(const struct file_header *header, struct mketl_buffer *buffer)
{
    etl_put16(buffer->bytes + ETL_AT_LOGGER, 0);
    etl_put32(buffer->bytes + ETL_AT_CURRENT, 0);
    etl_put64(buffer->bytes + ETL_AT_TIME, (uint64_t)filetime(header, buffer->time));
    buffer->bytes[ETL_AT_FLAG] &= (uint8_t)~ETL_FLAG_FLUSH_MARKER;
}

/* Replaces the body of a buffer by its compressed form when that is smaller. */
static void compress_buffer(const struct mketl_options *options, struct mketl_buffer *buffer)
{
    static size_t (*const ENCODERS[])(const uint8_t *, size_t, uint8_t *, size_t) = {
        [MKETL_COMPRESS_LZNT1] = compress_lznt1,
        [MKETL_COMPRESS_XPRESS] = compress_xpress,
        [MKETL_COMPRESS_XPRESS_HUFF] = compress_xpress_huff,
    };
    size_t expanded = options->compress_whole ? buffer->size : buffer->used;
    size_t body = expanded - ETL_BUFFER_HEADER;
    uint8_t *bytes = mem_alloc(expanded);
    size_t size = ENCODERS[options->compression](buffer->bytes + ETL_BUFFER_HEADER, body,
                                                 bytes + ETL_BUFFER_HEADER, body - 1);
    if (size == 0) {
        free(bytes);
        return;
    }
    memcpy(bytes, buffer->bytes, ETL_BUFFER_HEADER);
    free(buffer->bytes);
    buffer->bytes = bytes;
    buffer->size = ETL_BUFFER_HEADER + size;
    etl_put32(bytes + ETL_AT_BUFFER_SIZE, (uint32_t)buffer->size);
    etl_put32(bytes + ETL_AT_OFFSET, (uint32_t)expanded);
    bytes[ETL_AT_FLAG] |= ETL_FLAG_COMPRESSED;
}

static void fill_header(const struct shaper *shaper, int64_t last_time, struct file_header *header)
{
    const struct mketl_options *options = shaper->options;
    header->mode = SHAPES[options->shape].mode;
    if (options->compression)
        header->mode |= FILE_MODE_COMPRESSED;
    if (options->shape == MKETL_SHAPE_SHARED)
        header->cpus = 1;
    if (SHAPES[options->shape].session) {
        header->session = SHAPES[options->shape].session;
        header->file = SHAPES[options->shape].file;
    }
    if (unfinished(options))
        return;
    header->end_time = filetime(header, last_time);
    header->buffers_written = shaper->written;
    header->events_lost = shaper->events_lost;
    header->buffers_lost = shaper->buffers_lost;
}

/* A record that the merger appended without telling SavedOffset (etl-format 1.3). */
static void append_partition(struct wire *wire, const struct file_header *header)
{
    wire_begin(wire, &(struct wire_header){
                         .family = WIRE_SYSTEM,
                         .pointer_size = header->pointer_size,
                         .group = WIRE_GROUP_FILE,
                         .opcode = OP_PARTITION,
                         .time = header->time,
                     });
    kernel_writer_put_control(wire, &(struct mketl_event){.opcode = OP_PARTITION});
    wire_end(wire);
}

static uint32_t put_record(uint8_t *at, const struct wire *wire)
{
    memcpy(at, wire->bytes, wire->size);
    return ((uint32_t)wire->size + 7) & ~7u;
}

static void header_buffer(const struct file_header *header, const struct mketl_options *options,
                          struct mketl_buffer *out_buffer)
{
    struct etl_writer writer = {.logger_id = rewritten(options) ? 0 : LOGGER_ID,
                                .old_cpu_field = options->old_cpu_field};
    bool merged = options->shape == MKETL_SHAPE_MERGED;
    uint8_t records[MERGED_HEADER_STRIDE] = {0};
    struct wire *wire = mem_alloc(sizeof *wire);
    file_header_write(header, wire);
    uint32_t first = put_record(records, wire);
    uint32_t size = first;
    if (merged) {
        append_partition(wire, header);
        size += put_record(records + first, wire);
    }
    free(wire);
    etl_writer_header_buffer(&writer, records, size,
                             merged ? MERGED_HEADER_STRIDE : options->buffer_size, out_buffer);
    etl_put32(out_buffer->bytes + ETL_AT_SAVED, ETL_BUFFER_HEADER + first);
    if (rewritten(options)) {
        etl_put32(out_buffer->bytes + ETL_AT_CURRENT, 0);
        etl_put16(out_buffer->bytes + ETL_AT_FLAG, ETL_FLAG_FLUSH_MARKER);
    }
    if (options->compression)
        etl_put32(out_buffer->bytes + ETL_AT_STATE, (uint32_t)options->compression);
}

/* The file ends in the middle of the last buffer's records and never on a record's last byte:
 * heap records are multiples of 4 bytes long. */
static size_t cut_size(const struct mketl_buffer *last)
{
    uint32_t keep = (last->used / 2 & ~7u) + CUT_INTO_RECORD;
    return last->size - keep;
}

/* Drops the events that no buffer holds any more and gives the others their sequence number in
 * `buffer`, for the order of the trace. */
static size_t keep_events(struct mketl_event *events, size_t count, uint8_t session,
                          const struct mketl_trace *trace, size_t ids)
{
    struct {
        uint32_t sequence; /* 0: gone */
        uint32_t end;      /* records must end before */
    } *place = mem_alloc((ids + 1) * sizeof *place);
    for (size_t i = 1; i < trace->buffer_count; i++) {
        const struct mketl_buffer *buffer = &trace->buffers[i];
        bool cut = trace->cut_size && i + 1 == trace->buffer_count;
        place[buffer->id].sequence = (uint32_t)buffer->sequence;
        place[buffer->id].end = cut ? (uint32_t)(buffer->size - trace->cut_size) : buffer->used;
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t id = events[i].buffer;
        if (events[i].session != session) {
            events[kept++] = events[i];
            continue;
        }
        if (!place[id].sequence || events[i].offset + events[i].bytes > place[id].end)
            continue;
        events[kept] = events[i];
        events[kept++].buffer = place[id].sequence;
    }
    free(place);
    return kept;
}

/* The order of a trace: time, then CPU, then sequence and offset (design 7). */
static int compare_events(const void *left, const void *right)
{
    const struct mketl_event *a = left;
    const struct mketl_event *b = right;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->cpu != b->cpu)
        return a->cpu < b->cpu ? -1 : 1;
    if (a->buffer != b->buffer)
        return a->buffer < b->buffer ? -1 : 1;
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

static void take_events(struct recorder *recorder, struct mketl_trace *trace)
{
    size_t count =
        keep_events(recorder->events, recorder->event_count, 0, trace, recorder->writer.next_id);
    if (trace->kernel)
        count = keep_events(recorder->events, count, 1, trace->kernel, recorder->kernel.next_id);
    trace->events = recorder->events;
    trace->event_count = count;
    recorder->events = NULL;
    if (count != 0)
        qsort(trace->events, count, sizeof *trace->events, compare_events);
}

static int compare_sequences(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

/* Places where sequence numbers are missing between those of the file, however many are. */
static uint32_t count_gaps(const struct mketl_trace *trace)
{
    uint64_t *sequences = mem_alloc(trace->buffer_count * sizeof *sequences);
    uint32_t gaps = 0;
    for (size_t i = 0; i < trace->buffer_count; i++)
        sequences[i] = trace->buffers[i].sequence;
    qsort(sequences, trace->buffer_count, sizeof *sequences, compare_sequences);
    for (size_t i = 1; i < trace->buffer_count; i++)
        gaps += sequences[i] != sequences[i - 1] + 1;
    free(sequences);
    return gaps;
}

static void fill_facts(const struct mketl_options *options, const struct mketl_trace *trace,
                       struct truth_facts *out_facts)
{
    const struct file_header *header = &trace->header;
    *out_facts = (struct truth_facts){
        .zero = header->time,
        .rate = file_header_rate(header),
        .start = header->start_time,
        .pointer_size = header->pointer_size,
        .cpus = header->cpus,
        .header_records = options->shape == MKETL_SHAPE_MERGED ? 2 : 1,
        .events_lost = header->events_lost,
        .buffers_lost = header->buffers_lost,
        .sequence_gaps = count_gaps(trace),
    };
}

static void shape_session(struct recorder *recorder, struct etl_writer *writer,
                          struct file_header *header, struct mketl_trace *out_trace)
{
    const struct mketl_options *options = recorder->options;
    struct shaper shaper = {.options = options,
                            .recorder = recorder,
                            .buffers = writer->done,
                            .count = writer->done_count};
    lose_buffers(&shaper);
    shaper.count = close_ranks(shaper.buffers, shaper.count);
    shaper.written = (uint32_t)shaper.count + 1;
    if (options->shape == MKETL_SHAPE_CIRCULAR)
        wrap(&shaper);
    if (options->shuffle)
        shuffle(&shaper);
    for (size_t i = 0; rewritten(options) && i < shaper.count; i++)
        rewrite_header(header, &shaper.buffers[i]);
    for (size_t i = 0; options->compression && i < shaper.count; i++)
        compress_buffer(options, &shaper.buffers[i]);

    fill_header(&shaper, recorder->newest, header);
    *out_trace = (struct mketl_trace){.header = *header, .buffer_count = shaper.count + 1};
    out_trace->buffers = mem_alloc(out_trace->buffer_count * sizeof *out_trace->buffers);
    header_buffer(header, options, &out_trace->buffers[0]);
    memcpy(out_trace->buffers + 1, shaper.buffers, shaper.count * sizeof *shaper.buffers);
    writer->done_count = 0; /* the trace owns the bytes now */
    if (options->shape == MKETL_SHAPE_PREALLOCATED)
        out_trace->tail_size = (size_t)options->tail_buffers * options->buffer_size;
    if (options->cut_last && shaper.count > 0)
        out_trace->cut_size = cut_size(&out_trace->buffers[shaper.count]);
}

/* The kernel session of the same run and clock, which was started a moment earlier. */
static void shape_kernel(struct recorder *recorder, struct mketl_trace *trace,
                         struct truth_facts *facts)
{
    enum { EARLIER_MS = 20, SECOND_MS = 1000 };
    struct file_header header = recorder->header;
    header.session = "NT Kernel Logger";
    header.file = "C:\\traces\\kernel.etl";
    header.time -= file_header_rate(&header) * EARLIER_MS / SECOND_MS;
    header.start_time -= FILETIME_SECOND * EARLIER_MS / SECOND_MS;
    header.buffers_lost = header.events_lost = 0;
    trace->kernel = mem_alloc(sizeof *trace->kernel);
    shape_session(recorder, &recorder->kernel, &header, trace->kernel);
    facts->zero = header.time;
    facts->start = header.start_time;
    facts->header_records *= 2;
    facts->events_lost += header.events_lost;
    facts->buffers_lost += header.buffers_lost;
    facts->sequence_gaps += count_gaps(trace->kernel);
}

void shape_apply(struct recorder *recorder, struct mketl_trace *out_trace,
                 struct truth_facts *out_facts)
{
    shape_session(recorder, &recorder->writer, &recorder->header, out_trace);
    fill_facts(recorder->options, out_trace, out_facts);
    if (recorder->options->split)
        shape_kernel(recorder, out_trace, out_facts);
    take_events(recorder, out_trace);
}
