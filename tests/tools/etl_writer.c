/* Filling and closing of ETL buffers; see etl_writer.h. */
#include "etl_writer.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

enum { OLD_ALIGNMENT = 64, FILL = 0xff };

void etl_put16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

void etl_put32(uint8_t *at, uint32_t value)
{
    etl_put16(at, (uint16_t)value);
    etl_put16(at + 2, (uint16_t)(value >> 16));
}

void etl_put64(uint8_t *at, uint64_t value)
{
    etl_put32(at, (uint32_t)value);
    etl_put32(at + 4, (uint32_t)(value >> 32));
}

uint16_t etl_get16(const uint8_t *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

uint32_t etl_get32(const uint8_t *at)
{
    return etl_get16(at) | (uint32_t)etl_get16(at + 2) << 16;
}

uint64_t etl_get64(const uint8_t *at)
{
    return etl_get32(at) | (uint64_t)etl_get32(at + 4) << 32;
}

void etl_writer_init(struct etl_writer *writer, uint32_t buffer_size, uint32_t cpus)
{
    *writer = (struct etl_writer){
        .buffer_size = buffer_size,
        .logger_id = 2,
        .next_sequence = 1, /* 0 is the header buffer's */
        .open_count = cpus,
        .open = mem_alloc(cpus * sizeof *writer->open),
    };
}

static uint32_t align8(uint32_t size)
{
    return (size + 7) & ~7u;
}

static void open_buffer(struct etl_writer *writer, struct mketl_buffer *buffer, uint16_t cpu)
{
    *buffer = (struct mketl_buffer){
        .bytes = mem_alloc(writer->buffer_size),
        .size = writer->buffer_size,
        .used = ETL_BUFFER_HEADER,
        .id = writer->next_id++,
        .cpu = cpu,
    };
}

static void write_header(const struct etl_writer *writer, const struct mketl_buffer *buffer,
                         uint32_t overshoot)
{
    uint8_t *at = buffer->bytes;
    memset(at, 0, ETL_BUFFER_HEADER);
    etl_put32(at + ETL_AT_BUFFER_SIZE, (uint32_t)buffer->size);
    etl_put32(at + ETL_AT_SAVED, buffer->used);
    etl_put32(at + ETL_AT_CURRENT, buffer->used + overshoot);
    etl_put64(at + ETL_AT_TIME, (uint64_t)buffer->time);
    etl_put64(at + ETL_AT_SEQUENCE, buffer->sequence);
    etl_put16(at + ETL_AT_CPU, buffer->cpu);
    etl_put16(at + ETL_AT_LOGGER, writer->logger_id);
    etl_put32(at + ETL_AT_STATE, ETL_STATE_FLUSH);
    etl_put32(at + ETL_AT_OFFSET, buffer->used);
    if (writer->old_cpu_field)
        at[ETL_AT_CPU + 1] = OLD_ALIGNMENT;
    else
        etl_put16(at + ETL_AT_FLAG, ETL_FLAG_PROC_INDEX);
    memset(at + buffer->used, FILL, buffer->size - buffer->used);
}

/* `overshoot` is the reservation that did not fit; the kernel leaves it in CurrentOffset. */
static void flush(struct etl_writer *writer, struct mketl_buffer *buffer, uint32_t overshoot)
{
    buffer->sequence = writer->next_sequence++;
    write_header(writer, buffer, overshoot);
    writer->done = mem_grow(writer->done, &writer->done_capacity, writer->done_count + 1,
                            sizeof *writer->done);
    writer->done[writer->done_count++] = *buffer;
    buffer->bytes = NULL;
}

bool etl_writer_append(struct etl_writer *writer, uint16_t cpu, const struct wire *record,
                       int64_t time, struct etl_place *out_place)
{
    uint32_t size = (uint32_t)record->size;
    uint32_t stride = align8(size);
    if (stride > writer->buffer_size - ETL_BUFFER_HEADER)
        return false;
    struct mketl_buffer *buffer = &writer->open[writer->shared ? 0 : cpu];
    if (buffer->bytes && buffer->used + stride > buffer->size)
        flush(writer, buffer, stride);
    if (!buffer->bytes)
        open_buffer(writer, buffer, writer->shared ? 0 : cpu);

    memcpy(buffer->bytes + buffer->used, record->bytes, size);
    for (uint32_t i = size; i < stride; i++)
        buffer->bytes[buffer->used + i] = (uint8_t)rng_next(&writer->garbage);
    *out_place = (struct etl_place){buffer->id, buffer->used, stride};
    buffer->used += stride;
    buffer->records++;
    buffer->time = time;
    return true;
}

void etl_writer_finish(struct etl_writer *writer)
{
    for (size_t cpu = 0; cpu < writer->open_count; cpu++)
        if (writer->open[cpu].bytes)
            flush(writer, &writer->open[cpu], 0);
    if (writer->done_count > 0)
        writer->done[writer->done_count - 1].bytes[ETL_AT_FLAG] |= ETL_FLAG_FLUSH_MARKER;
}

void etl_writer_header_buffer(const struct etl_writer *writer, const uint8_t *records,
                              uint32_t records_size, uint32_t stride,
                              struct mketl_buffer *out_buffer)
{
    struct mketl_buffer buffer = {
        .bytes = mem_alloc(stride),
        .size = stride,
        .used = ETL_BUFFER_HEADER + records_size,
        .id = UINT32_MAX,
    };
    memcpy(buffer.bytes + ETL_BUFFER_HEADER, records, records_size);
    write_header(writer, &buffer, 0);
    buffer.bytes[ETL_AT_FLAG] |= ETL_FLAG_FLUSH_MARKER;
    etl_put16(buffer.bytes + ETL_AT_TYPE, ETL_TYPE_HEADER);
    *out_buffer = buffer;
}

void etl_writer_release(struct etl_writer *writer)
{
    for (size_t i = 0; i < writer->open_count; i++)
        free(writer->open[i].bytes);
    for (size_t i = 0; i < writer->done_count; i++)
        free(writer->done[i].bytes);
    free(writer->open);
    free(writer->done);
    memset(writer, 0, sizeof *writer);
}
