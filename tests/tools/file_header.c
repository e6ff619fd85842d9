/* The file header record, field by field in the order of etl-format 3. */
#include "file_header.h"

#include <string.h>

enum {
    VERSION = 2,
    OS_BUILD = 22631,
    TIMER_RESOLUTION = 156250,
    NAME_BYTES = 64, /* StandardName and DaylightName: 32 UTF-16 units */
    SYSTEMTIME_BYTES = 16
};

int64_t file_header_rate(const struct file_header *header)
{
    if (header->clock == FILE_CLOCK_SYSTEM)
        return FILETIME_SECOND;
    return header->clock == FILE_CLOCK_CYCLES ? header->cpu_mhz * INT64_C(1000000)
                                              : header->frequency;
}

static void put_zone_name(struct wire *wire, const char *name)
{
    size_t end = wire->size + NAME_BYTES;
    wire_wide(wire, name);
    wire_zeros(wire, end - wire->size);
}

/* TIME_ZONE_INFORMATION: one hour east of Greenwich, no daylight rule. */
static void put_time_zone(struct wire *wire)
{
    wire_u32(wire, (uint32_t)-60);
    put_zone_name(wire, "@tzres.dll,-322");
    wire_zeros(wire, SYSTEMTIME_BYTES);
    wire_u32(wire, 0);
    put_zone_name(wire, "@tzres.dll,-321");
    wire_zeros(wire, SYSTEMTIME_BYTES);
    wire_u32(wire, (uint32_t)-60);
    wire_u32(wire, 0); /* padding before BootTime */
}

void file_header_write(const struct file_header *header, struct wire *out_record)
{
    struct wire *wire = out_record;
    wire_begin(wire, &(struct wire_header){
                         .family = WIRE_SYSTEM,
                         .pointer_size = header->pointer_size,
                         .group = WIRE_GROUP_FILE,
                         .version = VERSION,
                         .pid = header->pid,
                         .tid = header->tid,
                         .time = header->time,
                     });
    bool compressed = header->mode & FILE_MODE_COMPRESSED;
    wire_u32(wire, header->buffer_size);
    wire_u8(wire, 10); /* Windows 10.0 */
    wire_u8(wire, 0);
    wire_u8(wire, compressed ? 2 : 1); /* log format 2.0 or 1.5 */
    wire_u8(wire, compressed ? 0 : 5);
    wire_u32(wire, OS_BUILD);
    wire_u32(wire, header->cpus);
    wire_u64(wire, (uint64_t)header->end_time);
    wire_u32(wire, TIMER_RESOLUTION);
    wire_u32(wire, 0); /* MaximumFileSize */
    wire_u32(wire, header->mode);
    wire_u32(wire, header->buffers_written);
    wire_u32(wire, 1); /* StartBuffers */
    wire_u32(wire, header->pointer_size);
    wire_u32(wire, header->events_lost);
    wire_u32(wire, header->cpu_mhz);
    wire_pointer(wire, header->pointer_size, 0); /* LoggerName, LogFileName: left-over pointers */
    wire_pointer(wire, header->pointer_size, 0);
    put_time_zone(wire);
    wire_u64(wire, (uint64_t)header->boot_time);
    wire_u64(wire, (uint64_t)header->frequency);
    wire_u64(wire, (uint64_t)header->start_time);
    wire_u32(wire, header->clock);
    wire_u32(wire, header->buffers_lost);
    wire_wide(wire, header->session);
    wire_wide(wire, header->file);
    wire_end(wire);
}

void file_header_unfinish(uint8_t *record)
{
    enum { TYPE_AT = 2, SYSTEM64 = 2, END_TIME = 0x10, WRITTEN = 0x24, EVENTS_LOST = 0x30 };
    enum { BUFFERS_LOST_32 = 0x10c, BUFFERS_LOST_64 = 0x114 };
    uint8_t *payload = record + WIRE_SYSTEM_HEADER;
    memset(payload + END_TIME, 0, 8);
    memset(payload + WRITTEN, 0, 4);
    memset(payload + EVENTS_LOST, 0, 4);
    memset(payload + (record[TYPE_AT] == SYSTEM64 ? BUFFERS_LOST_64 : BUFFERS_LOST_32), 0, 4);
}
