/*
 * The file header record (TRACE_LOGFILE_HEADER, etl-format 3): the first record of every file, in
 * its 32 and 64-bit layouts.
 */
#ifndef TESTS_TOOLS_FILE_HEADER_H
#define TESTS_TOOLS_FILE_HEADER_H

#include <stdint.h>

#include "wire.h"

/* Ticks of a second in FILETIMEs, and a FILETIME of the Unix epoch (etl-format 3.1). */
#define FILETIME_SECOND     10000000
#define FILETIME_UNIX_EPOCH 116444736000000000

/* Values of ReservedFlags. */
enum file_clock { FILE_CLOCK_QPC = 1, FILE_CLOCK_SYSTEM = 2, FILE_CLOCK_CYCLES = 3 };

/* Bits of LogFileMode (etl-format 1.5). */
enum file_mode {
    FILE_MODE_SEQUENTIAL = 0x00000001,
    FILE_MODE_CIRCULAR = 0x00000002,
    FILE_MODE_APPEND = 0x00000004,
    FILE_MODE_PREALLOCATE = 0x00000020,
    FILE_MODE_ADD_HEADER = 0x00001000,
    FILE_MODE_RELOG = 0x00010000,
    FILE_MODE_COMPRESSED = 0x04000000,
    FILE_MODE_SHARED_BUFFERS = 0x10000000
};

struct file_header {
    uint8_t pointer_size; /* of the machine that logged, and of this record */
    uint32_t buffer_size; /* bytes */
    uint32_t cpus;
    uint32_t mode;
    uint32_t buffers_written;
    uint32_t events_lost;
    uint32_t buffers_lost;
    uint32_t cpu_mhz;
    uint32_t clock;    /* enum file_clock */
    int64_t frequency; /* PerfFreq */
    int64_t boot_time; /* FILETIMEs */
    int64_t start_time;
    int64_t end_time; /* 0 while logging */
    int64_t time;     /* raw time of the record: the trace's zero */
    uint32_t pid;
    uint32_t tid;
    const char *session;
    const char *file;
};

/* Ticks of the raw clock in a second. */
int64_t file_header_rate(const struct file_header *header);

void file_header_write(const struct file_header *header, struct wire *out_record);

/* Makes a written record one of a running session: EndTime, BuffersWritten and losses are 0. */
void file_header_unfinish(uint8_t *record);

#endif
