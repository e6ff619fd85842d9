/*
 * mketl: traces for the tests.  Generates a whole ETL file in memory, together with the logical
 * events in it and what numbers.md says their totals are.  It shares no code with the decoder or
 * the model it is there to test.  Single-threaded; nothing is global.
 *
 *     struct mketl_options options = {.seed = 7, .events = 10000};
 *     struct mketl_trace trace;
 *     char error[MKETL_ERROR_SIZE];
 *     if (mketl_generate(&options, &trace, error) == 0) {
 *         ... trace.buffers, trace.truth.frees, trace.events[i] ...
 *         mketl_trace_release(&trace);
 *     }
 */
#ifndef TESTS_TOOLS_MKETL_H
#define TESTS_TOOLS_MKETL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "etl_writer.h"
#include "file_header.h"
#include "frames.h"
#include "heap_writer.h"
#include "mketl_event.h"
#include "truth.h"

#define MKETL_ERROR_SIZE 256

/* A rate that is 0 in the options means its default; this value turns it off. */
#define MKETL_RATE_OFF UINT16_MAX

enum mketl_knob {
#define KNOB(name, word, rate, help) MKETL_KNOB_##name,
#include "knobs.def"
#undef KNOB
    MKETL_KNOBS
};

enum mketl_workload {
    MKETL_WORKLOAD_RANDOM,
    MKETL_WORKLOAD_TEXT,
    MKETL_WORKLOAD_DEMO,
    MKETL_WORKLOAD_PLANTED
};

/* What can be planted. */
enum mketl_plant {
#define PLANT(name, word, help) MKETL_PLANT_##name,
#include "planted.def"
#undef PLANT
    MKETL_PLANTS
};

/* Header form of the heap records. */
enum mketl_form {
    MKETL_FORM_SYSTEM,
    MKETL_FORM_COMPACT,
    MKETL_FORM_PERFINFO, /* context switches are written, so that ids can be derived */
    MKETL_FORM_FULL,
    MKETL_FORM_MIXED
};

enum mketl_pointers { MKETL_POINTERS_64, MKETL_POINTERS_32, MKETL_POINTERS_MIXED };

/* How Create, Expand, Contract and Snapshot are laid out; 0 is the usual layout of today. */
enum mketl_layout { MKETL_LAYOUT_V3, MKETL_LAYOUT_OLD, MKETL_LAYOUT_V2, MKETL_LAYOUT_NEWEST };

enum mketl_shape {
    MKETL_SHAPE_SEQUENTIAL,
    MKETL_SHAPE_CIRCULAR,     /* only the newest max_buffers are left, rotated */
    MKETL_SHAPE_PREALLOCATED, /* tail_buffers of zeros at the end */
    MKETL_SHAPE_APPEND,
    MKETL_SHAPE_MERGED,     /* a small header buffer with a record beyond SavedOffset */
    MKETL_SHAPE_RELOGGED,   /* FULL headers, CurrentOffset and LoggerId 0 */
    MKETL_SHAPE_UNFINISHED, /* EndTime, BuffersWritten and losses 0; see cut_last */
    MKETL_SHAPE_SHARED      /* no per-processor buffering */
};

/* Compression formats, with the numbers of the State field (etl-format 1.7). */
enum mketl_compression {
    MKETL_COMPRESS_NONE = 0,
    MKETL_COMPRESS_LZNT1 = 2,
    MKETL_COMPRESS_XPRESS = 3,
    MKETL_COMPRESS_XPRESS_HUFF = 4
};

/* Zero everywhere is a sensible trace: see the comments for what 0 means. */
struct mketl_options {
    enum mketl_workload workload;
    const char *text; /* MKETL_WORKLOAD_TEXT: the workload itself, see text_workload.h */
    uint32_t planted; /* MKETL_WORKLOAD_PLANTED: 1 << enum mketl_plant, added up */
    uint64_t seed;
    uint64_t events;             /* heap events of a random or planted workload; 0: 10,000 */
    uint32_t processes;          /* 0: 3 */
    uint32_t heaps;              /* per process; 0: 3 */
    uint32_t threads;            /* per process; 0: 4 */
    uint32_t live_blocks;        /* per heap, what the workload swings around; 0: 200 */
    uint32_t attach_late;        /* this many first heap events are left out of the file */
    uint16_t rates[MKETL_KNOBS]; /* per mille; 0: default, MKETL_RATE_OFF: none */

    enum mketl_form form;
    enum mketl_pointers pointers;
    uint8_t machine_pointer_size; /* of the file header; 0: 8, or 4 with MKETL_POINTERS_32 */
    bool lying_headers;           /* Alloc, Free, ReAlloc: header type of the other pointer size */
    bool pmc_counters;            /* PERFINFO headers carry a PEBS index and performance counters */
    enum mketl_layout layout;
    uint8_t process_version; /* of Process records, and of Thread and Image up to 3; 0: 4 */
    bool ancient;            /* Process, Thread and Image records of version 0 */

    bool images;          /* write Image, ImageId and configuration records */
    bool mix;             /* images and stacks in every form: sets the rates that are 0 */
    uint32_t stack_sites; /* ways to the heap in each process; 0: 24 */
    uint32_t stack_cache; /* stacks whose keys are live at once, up to 64; 0: 32 */
    uint32_t stack_cpu;   /* 1 + the CPU that tells the frames of keys; 0: any */

    uint32_t cpus;         /* 0: 4 */
    uint32_t buffer_size;  /* 0: 65,536 */
    bool old_cpu_field;    /* buffer headers as before Windows 8 */
    bool context_switches; /* write CSwitch and Thread records */
    enum file_clock clock; /* 0: QPC */
    int64_t frequency;     /* of QPC; 0: 10,000,000 */
    uint32_t cpu_mhz;      /* 0: 2,800 */

    enum mketl_shape shape;
    uint32_t max_buffers;  /* circular; 0: 8 */
    uint32_t tail_buffers; /* preallocated; 0: 3 */
    bool cut_last;         /* the file ends in the middle of the last buffer's records */
    bool shuffle;          /* buffers of different CPUs stand in no order */
    enum mketl_compression compression;
    bool compress_whole;  /* as the kernel does: the 0xFF fill is compressed, too */
    uint32_t lose_every;  /* every n-th buffer is lost; 0: none, else at least 2 */
    uint32_t lose_buffer; /* the buffer of this sequence number is lost; 0: none */
    bool flag_losses;     /* the buffer after a lost one says so in its flags */

    bool split; /* two files: a heap session's, which has no names, and a kernel session's */

    bool no_truth; /* no event list, no totals: for big files */
};

/* A generated file.  Owns everything in it. */
struct mketl_trace {
    struct file_header header;
    struct mketl_buffer *buffers; /* in file order, the header buffer first */
    size_t buffer_count;
    size_t tail_size;           /* zeros after the last buffer */
    size_t cut_size;            /* bytes taken off the end */
    struct mketl_event *events; /* what stands in the file, in trace order */
    size_t event_count;
    struct truth truth;
    struct frames frames;          /* the stacks that the events name */
    char *text;                    /* what event names may point into */
    struct mketl_module **modules; /* what events may point to, each allocated */
    size_t module_count;
    struct mketl_trace *kernel; /* the kernel session's file alone, NULL unless `split` was asked;
                                   events and truth above are those of both together */
};

/*
 * Generates a trace.  Returns 0, or -1 with a sentence in out_error when the options or the
 * workload text make no sense; out_trace is then untouched.
 */
int mketl_generate(const struct mketl_options *options, struct mketl_trace *out_trace,
                   char out_error[MKETL_ERROR_SIZE]);

/* The whole file as one block of *out_size bytes; the caller frees it. */
uint8_t *mketl_trace_bytes(const struct mketl_trace *trace, size_t *out_size);

/* Writes the file to `out`.  Returns 0, or -1 with errno set. */
int mketl_trace_write(const struct mketl_trace *trace, FILE *out);

void mketl_trace_release(struct mketl_trace *trace);

#endif
