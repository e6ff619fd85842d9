/* The buffer header; see etl_buffer.h. */
#include "decoder/etl_buffer.h"

/* Before Windows 8 the CPU is one byte, followed by an alignment byte (etl-format 1.2). */
static uint16_t cpu_number(uint16_t raw, uint16_t flags)
{
    return (flags & ETL_BUFFER_PROC_INDEX) != 0 ? raw & (ETL_CPU_MAX - 1) : raw & 0xff;
}

bool etl_buffer_parse(struct span bytes, struct etl_buffer_header *out_header)
{
    if (!span_has(bytes, 0, ETL_BUFFER_HEADER_SIZE))
        return false;
    const uint8_t *p = bytes.p;
    uint16_t flags = load_u16(p + 0x34);
    *out_header = (struct etl_buffer_header){
        .size = load_u32(p),
        .saved_offset = load_u32(p + 0x04),
        .current_offset = load_u32(p + 0x08),
        .filled = load_u32(p + 0x30),
        .time_stamp = load_i64(p + 0x10),
        .sequence = load_i64(p + 0x18),
        .state = load_u32(p + 0x2c),
        .cpu = cpu_number(load_u16(p + 0x28), flags),
        .logger_id = load_u16(p + 0x2a),
        .flags = flags,
        .type = load_u16(p + 0x36),
    };
    return true;
}

bool etl_buffer_is_sane(const struct etl_buffer_header *h)
{
    return h->size >= ETL_BUFFER_HEADER_SIZE && h->size <= ETL_BUFFER_MAX &&
           h->type <= ETL_BUFFER_TYPE_MAX;
}

/* The largest State known, Placeholder (etl-format 1.2). */
#define STATE_MAX 6u

bool etl_buffer_looks_real(struct span bytes)
{
    struct etl_buffer_header h;
    if (!span_has(bytes, 0, ETL_BUFFER_PROBE_SIZE) || load_u32(bytes.p) > ETL_BUFFER_MAX)
        return false;
    etl_buffer_parse(bytes, &h);
    if (!etl_buffer_is_sane(&h) || h.state > STATE_MAX || h.flags > 0x7f || h.sequence < 0 ||
        h.sequence > UINT32_MAX || h.filled < ETL_BUFFER_HEADER_SIZE || h.filled > ETL_BUFFER_MAX)
        return false;
    if (etl_buffer_is_compressed(&h))
        return h.size < h.filled + ETL_BUFFER_HEADER_SIZE;
    /* The top bit of byte 3 marks a record, or four 0xFF the end (etl-format 2.1). */
    return h.filled <= h.size && (h.filled == ETL_BUFFER_HEADER_SIZE ||
                                  (bytes.p[ETL_BUFFER_HEADER_SIZE + 3] & 0x80) != 0);
}

uint32_t etl_buffer_events_end(const struct etl_buffer_header *h)
{
    uint32_t end = h->filled != 0 ? h->filled : h->saved_offset;
    uint32_t limit = etl_buffer_is_compressed(h) ? ETL_BUFFER_MAX : h->size;
    if (end > limit)
        end = limit;
    return end > ETL_BUFFER_HEADER_SIZE ? end : ETL_BUFFER_HEADER_SIZE;
}
