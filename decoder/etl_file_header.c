/* Reading TRACE_LOGFILE_HEADER; the clock is in etl_clock.c. See etl_file_header.h. */
#include "decoder/etl_file_header.h"

#include "base/strbuf.h"
#include "base/text.h"
#include "decoder/etl_buffer.h"
#include "decoder/etl_detect.h"
#include "decoder/etl_expand.h"

/* The record follows the buffer header and begins with a SYSTEM header (etl-format 3). */
#define RECORD_AT  ETL_BUFFER_HEADER_SIZE
#define PAYLOAD_AT 0x20u
#define ZONE_SIZE  172u
#define ZONE_NAME  32u /* UTF-16 units */

/* Offsets that depend on the pointer size P: two pointers follow +0x38, then the time zone. */
#define ZONE_AT(P) (0x38u + 2 * (P))
#define TAIL_AT(P) (ZONE_AT(P) + ZONE_SIZE + 4)
#define TEXT_AT(P) (TAIL_AT(P) + 0x20)

/* Copies printable UTF-8, cut between characters. */
static void put_name(char out[ETL_NAME_SIZE], const uint8_t *p, size_t units)
{
    struct strbuf text = {0};
    text_put_utf16(&text, p, units);
    size_t n = text_clip(strbuf_str(&text), text.len, ETL_NAME_SIZE - 1);
    memcpy(out, strbuf_str(&text), n);
    out[n] = '\0';
    strbuf_release(&text);
}

/* Reads one string at `at`, at most to the end of `s`; returns where the next one begins. */
static size_t read_name(struct span s, size_t at, char out[ETL_NAME_SIZE])
{
    struct span rest = span_from(s, at);
    size_t units = 0;
    while (2 * units + 2 <= rest.len && load_u16(rest.p + 2 * units) != 0)
        units++;
    put_name(out, rest.p, units);
    return at + 2 * units + 2;
}

static void read_date(const uint8_t *p, uint16_t out[8])
{
    for (size_t i = 0; i < 8; i++)
        out[i] = load_u16(p + 2 * i);
}

static void read_zone(const uint8_t *p, struct etl_time_zone *zone)
{
    zone->bias = (int32_t)load_u32(p);
    put_name(zone->standard_name, p + 0x04, ZONE_NAME);
    read_date(p + 0x44, zone->standard_date);
    zone->standard_bias = (int32_t)load_u32(p + 0x54);
    put_name(zone->daylight_name, p + 0x58, ZONE_NAME);
    read_date(p + 0x98, zone->daylight_date);
    zone->daylight_bias = (int32_t)load_u32(p + 0xa8);
}

/* The part that is alike for both pointer sizes. */
static void read_start(const uint8_t *p, struct etl_file_header *h)
{
    h->buffer_size = load_u32(p);
    h->os_major = p[0x04];
    h->os_minor = p[0x05];
    h->log_major = p[0x06];
    h->log_minor = p[0x07];
    h->os_build = load_u32(p + 0x08);
    h->cpus = load_u32(p + 0x0c);
    h->end_time = load_i64(p + 0x10);
    h->timer_resolution = load_u32(p + 0x18);
    h->maximum_file_size = load_u32(p + 0x1c);
    h->log_file_mode = load_u32(p + 0x20);
    h->buffers_written = load_u32(p + 0x24);
    h->start_buffers = load_u32(p + 0x28);
    h->pointer_size = load_u32(p + 0x2c);
    h->events_lost = load_u32(p + 0x30);
    h->cpu_mhz = load_u32(p + 0x34);
}

static void read_tail(const uint8_t *p, struct etl_file_header *h)
{
    h->boot_time = load_i64(p);
    h->perf_frequency = load_i64(p + 0x08);
    h->start_time = load_i64(p + 0x10);
    h->clock_type = load_u32(p + 0x18);
    h->buffers_lost = load_u32(p + 0x1c);
}

/* The low half of the first buffer's State, if it is a format; XPRESS otherwise (etl-format 1.7).
 */
static uint16_t compression_format(uint32_t state)
{
    uint16_t format = (uint16_t)(state & 0xffff);
    bool known = format >= ETL_COMPRESSION_LZNT1 && format <= ETL_COMPRESSION_XPRESS_HUFF;
    return known ? format : ETL_COMPRESSION_XPRESS;
}

/* Log formats up to 1.2 are Windows 2000 to 2003 (etl-format 3). */
static bool is_before_vista(const struct etl_file_header *h)
{
    return h->log_major == 1 && h->log_minor <= 2;
}

int etl_file_header_parse(struct span buffer, struct etl_file_header *out_header,
                          struct err_info *info)
{
    enum etl_kind kind = etl_detect(buffer);
    if (kind != ETL_KIND_ETL)
        return err_set(info, ERR_FORMAT, "%s", etl_kind_advice(kind));
    const uint8_t *rec = buffer.p + RECORD_AT;
    unsigned pointer_size = rec[2] == 2 ? 8 : 4;
    size_t need = PAYLOAD_AT + TEXT_AT(pointer_size);
    size_t size = load_u16(rec + 4);
    if (size < need)
        return err_set(info, ERR_FORMAT,
                       "damaged: the file header record at offset 0x48 has %zu bytes, it needs %zu",
                       size, need);
    if (!span_has(buffer, RECORD_AT, need))
        return err_set(info, ERR_FORMAT,
                       "cut: only %zu bytes, the file header record ends at offset %zu", buffer.len,
                       RECORD_AT + need);

    struct etl_buffer_header first;
    etl_buffer_parse(buffer, &first);
    struct etl_file_header h = {
        .first_buffer_size = first.size,
        .compression_format = compression_format(first.state),
        .header_time = load_i64(rec + 0x10),
    };
    struct span payload = {rec + PAYLOAD_AT, size - PAYLOAD_AT};
    if (payload.len > buffer.len - RECORD_AT - PAYLOAD_AT)
        payload.len = buffer.len - RECORD_AT - PAYLOAD_AT;
    read_start(payload.p, &h);
    read_zone(payload.p + ZONE_AT(pointer_size), &h.zone);
    read_tail(payload.p + TAIL_AT(pointer_size), &h);
    size_t next = read_name(payload, TEXT_AT(pointer_size), h.session_name);
    read_name(payload, next, h.log_file_name);
    if (is_before_vista(&h))
        return err_set(info, ERR_FORMAT, "%s", etl_kind_advice(ETL_KIND_OLD_ETL));
    *out_header = h;
    return 0;
}
