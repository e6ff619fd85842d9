/*
 * The file header record (TRACE_LOGFILE_HEADER, etl-format 3) and the clock it defines.
 *
 * Everything is a plain value: the struct may be copied freely. Clock arithmetic is in integers and
 * saturates instead of overflowing, whatever the header claims.
 */
#ifndef DECODER_ETL_FILE_HEADER_H
#define DECODER_ETL_FILE_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

/* Printable UTF-8 with its NUL; longer names are cut. */
#define ETL_NAME_SIZE 512

/* LogFileMode bits that matter to a reader (etl-format 1.5). */
enum etl_log_mode {
    ETL_MODE_SEQUENTIAL = 0x00000001,
    ETL_MODE_CIRCULAR = 0x00000002,
    ETL_MODE_APPEND = 0x00000004,
    ETL_MODE_NEWFILE = 0x00000008,
    ETL_MODE_PREALLOCATE = 0x00000020,
    ETL_MODE_PRIVATE_LOGGER = 0x00000800,
    ETL_MODE_KBYTES_FOR_SIZE = 0x00002000,
    ETL_MODE_RELOG = 0x00010000,
    ETL_MODE_COMPRESSED = 0x04000000,
    ETL_MODE_NO_PER_PROCESSOR_BUFFERING = 0x10000000,
};

/* ReservedFlags: the unit of raw times (etl-format 3.1). */
enum etl_clock_type {
    ETL_CLOCK_QPC = 1,         /* PerfFreq ticks a second; any unknown value counts as this */
    ETL_CLOCK_SYSTEM_TIME = 2, /* FILETIME */
    ETL_CLOCK_CPU_CYCLES = 3,  /* CpuSpeedInMHz million ticks a second */
};

/* TIME_ZONE_INFORMATION: UTC = local + bias + (standard_bias or daylight_bias), in minutes. */
struct etl_time_zone {
    int32_t bias;
    int32_t standard_bias;
    int32_t daylight_bias;
    uint16_t standard_date[8]; /* SYSTEMTIME when standard time begins; month (index 1) 0: never */
    uint16_t daylight_date[8];
    char standard_name[ETL_NAME_SIZE]; /* may be a resource reference, "@tzres.dll,-212" */
    char daylight_name[ETL_NAME_SIZE];
};

struct etl_file_header {
    /* From the header buffer. */
    uint32_t first_buffer_size;  /* bytes; may differ from buffer_size in merged files */
    uint16_t compression_format; /* 2 LZNT1, 3 XPRESS, 4 XPRESS_HUFF (etl-format 1.7) */
    int64_t header_time;         /* raw time of the record itself: time zero of the trace */

    /* From the record, by Windows' names. */
    uint32_t buffer_size; /* bytes */
    uint8_t os_major, os_minor;
    uint8_t log_major, log_minor; /* SubVersion, SubMinorVersion */
    uint32_t os_build;            /* ProviderVersion */
    uint32_t cpus;                /* NumberOfProcessors; buffers may name more */
    int64_t end_time;             /* FILETIME, 0 while the session runs or when it crashed */
    uint32_t timer_resolution;    /* 100 ns units */
    uint32_t maximum_file_size;   /* MB, or KB with ETL_MODE_KBYTES_FOR_SIZE */
    uint32_t log_file_mode;       /* enum etl_log_mode */
    uint32_t buffers_written;
    uint32_t start_buffers;
    uint32_t pointer_size; /* 4 or 8, of the machine that logged */
    uint32_t events_lost;
    uint32_t cpu_mhz;
    int64_t boot_time;      /* FILETIME */
    int64_t perf_frequency; /* PerfFreq */
    int64_t start_time;     /* FILETIME of the session's start */
    uint32_t clock_type;    /* ReservedFlags as found, see enum etl_clock_type */
    uint32_t buffers_lost;
    struct etl_time_zone zone;
    char session_name[ETL_NAME_SIZE];  /* LoggerName */
    char log_file_name[ETL_NAME_SIZE]; /* LogFileName */
};

/*
 * Reads the file header out of `buffer`, the first buffer of a trace from its very start (it may be
 * cut behind the record). Returns 0, or ERR_FORMAT with a line in `info` (may be NULL) that says
 * what was wrong and where; *out_header is then untouched.
 */
int etl_file_header_parse(struct span buffer, struct etl_file_header *out_header,
                          struct err_info *info);

/* True while the session still ran when the header was read (or it crashed): EndTime is 0. */
static inline bool etl_file_header_is_live(const struct etl_file_header *h)
{
    return h->end_time == 0;
}

/* The trace's clock, small enough to copy around. */
struct etl_clock {
    int64_t origin;            /* raw time zero: the header record's */
    int64_t origin_filetime;   /* FILETIME of `origin` */
    uint64_t ticks_per_second; /* 1 .. ETL_CLOCK_FREQUENCY_MAX */
    bool assumed;              /* the header's frequency was absurd, 10 MHz is assumed */
};

/* Above this (18 GHz) the integer formulas of etl-format 3.1 would not fit 64 bits. */
#define ETL_CLOCK_FREQUENCY_MAX UINT64_C(18000000000)

void etl_clock_init(struct etl_clock *c, const struct etl_file_header *h);

/* Raw time to ns since `origin`, rounded towards zero; negative before it. Saturates. */
int64_t etl_clock_ns(const struct etl_clock *c, int64_t raw);

/* The least raw time whose ns are at least `ns`, so that a comparison of raw times equals one of
 * ns. Saturates. */
int64_t etl_clock_raw(const struct etl_clock *c, int64_t ns);

/* Raw time to FILETIME (UTC, 100 ns since 1601). Saturates. */
int64_t etl_clock_filetime(const struct etl_clock *c, int64_t raw);

#endif
