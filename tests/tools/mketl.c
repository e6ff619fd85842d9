/* Generation of a whole trace: options, recorder, workload, shape, truth; see mketl.h. */
#include "mketl.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "recorder.h"
#include "shape.h"
#include "workload.h"

enum {
    SMALLEST_BUFFER = 0x400,
    MOST_CPUS = 2048, /* ProcessorIndex has 11 bits (etl-format 1.2) */
    MOST_HEAPS = 64,  /* what the simulated address space holds */
    MOST_RATES = 950, /* the actions of a random workload leave room for plain life */
    OP_EXTENSION = 0x05,
    OP_RUNDOWN_COMPLETE = 0x08
};

static const uint16_t DEFAULT_RATES[MKETL_KNOBS] = {
#define KNOB(name, word, rate, help) [MKETL_KNOB_##name] = rate,
#include "knobs.def"
#undef KNOB
};

/* Rates of knobs that change an action instead of being one; they do not add up with the others. */
static bool is_modifier(size_t knob)
{
    return knob == MKETL_KNOB_INTERLEAVE || knob == MKETL_KNOB_DUPLICATE ||
           knob == MKETL_KNOB_TIE || knob == MKETL_KNOB_ODD_SOURCE || knob == MKETL_KNOB_STACK ||
           (knob >= MKETL_KNOB_STACK_OTHER && knob <= MKETL_KNOB_STACK_ITEM);
}

/* What --mix makes of the rates that nobody set. */
static const uint16_t MIXED_RATES[MKETL_KNOBS] = {
    [MKETL_KNOB_STACK] = 900,        [MKETL_KNOB_STACK_OTHER] = 200, [MKETL_KNOB_STACK_KEYED] = 500,
    [MKETL_KNOB_STACK_KERNEL] = 250, [MKETL_KNOB_STACK_MIXED] = 60,  [MKETL_KNOB_STACK_LATE] = 400,
    [MKETL_KNOB_STACK_HALF] = 20,    [MKETL_KNOB_STACK_ITEM] = 60,   [MKETL_KNOB_PLUGIN] = 3,
    [MKETL_KNOB_PROCESS_END] = 1,    [MKETL_KNOB_TIE] = 30,
};

static void mix(struct mketl_options *options)
{
    options->images = true;
    if (options->pointers == MKETL_POINTERS_64)
        options->pointers = MKETL_POINTERS_MIXED;
    for (size_t i = 0; i < MKETL_KNOBS; i++)
        if (options->rates[i] == 0)
            options->rates[i] = MIXED_RATES[i];
}

static void default_to(uint32_t *value, uint32_t usual)
{
    if (*value == 0)
        *value = usual;
}

static void fill_defaults(struct mketl_options *options)
{
    if (options->mix)
        mix(options);
    default_to(&options->processes, 3);
    default_to(&options->heaps, 3);
    default_to(&options->threads, 4);
    default_to(&options->live_blocks, 200);
    default_to(&options->cpus, 4);
    default_to(&options->buffer_size, 0x10000);
    default_to(&options->cpu_mhz, 2800);
    default_to(&options->max_buffers, 8);
    default_to(&options->tail_buffers, 3);
    default_to(&options->stack_sites, 24);
    default_to(&options->stack_cache, 32);
    if (options->events == 0)
        options->events = 10000;
    if (options->frequency == 0)
        options->frequency = FILETIME_SECOND;
    if (options->process_version == 0)
        options->process_version = 4;
    if (options->machine_pointer_size == 0)
        options->machine_pointer_size = options->pointers == MKETL_POINTERS_32 ? 4 : 8;
    if (options->clock == 0)
        options->clock = FILE_CLOCK_QPC;
    /* Ids of PERFINFO records can only be derived from context switches. */
    if (options->form == MKETL_FORM_PERFINFO || options->form == MKETL_FORM_MIXED)
        options->context_switches = true;
    for (size_t i = 0; i < MKETL_KNOBS; i++) {
        if (options->rates[i] == MKETL_RATE_OFF)
            options->rates[i] = 0;
        else if (options->rates[i] == 0)
            options->rates[i] = DEFAULT_RATES[i];
    }
}

/* The first thing that is wrong with the options, or NULL. */
static const char *find_nonsense(const struct mketl_options *options)
{
    uint32_t rates = 0;
    for (size_t i = 0; i < MKETL_KNOBS; i++)
        rates += is_modifier(i) ? 0 : options->rates[i];
    bool compressed = options->compression != MKETL_COMPRESS_NONE;
    bool preallocated = options->shape == MKETL_SHAPE_PREALLOCATED;
    bool idless = options->form == MKETL_FORM_PERFINFO || options->form == MKETL_FORM_MIXED;
    bool wordless = options->workload == MKETL_WORKLOAD_TEXT && !options->text;
    uint8_t pointer = options->machine_pointer_size;
    uint32_t buffer = options->buffer_size;
    /* clang-format off */
    const struct {
        bool wrong;
        const char *why;
    } CHECKS[] = {
        {buffer < SMALLEST_BUFFER,          "a buffer has at least 1024 bytes"},
        {buffer % 8 != 0,                   "the bytes of a buffer are a multiple of 8"},
        {options->cpus > MOST_CPUS,         "a trace has at most 2048 CPUs"},
        {options->heaps > MOST_HEAPS,       "a process has at most 64 heaps here"},
        {rates > MOST_RATES,                "the rates add up to more than 950 per thousand"},
        {options->process_version > 5,      "Process records have versions 1 to 5"},
        {pointer != 4 && pointer != 8,      "a pointer has 4 or 8 bytes"},
        {options->lose_every == 1,          "losing every buffer leaves no trace"},
        {options->cut_last && compressed,   "nobody could read a cut compressed buffer"},
        {options->cut_last && preallocated, "a preallocated file ends in zeros, not in a cut"},
        {options->stack_cache > 64,         "at most 64 stacks are cached at once"},
        {options->split && idless,          "heap records without ids need the kernel's in their file"},
        {wordless,                          "there is no workload text"},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof CHECKS / sizeof CHECKS[0]; i++)
        if (CHECKS[i].wrong)
            return CHECKS[i].why;
    return NULL;
}

/* Group-0 records stand around the events of every session. */
static void log_control(struct recorder *recorder, uint8_t opcode)
{
    recorder_log(recorder, &(struct mketl_event){.kind = MKETL_KIND_CONTROL, .opcode = opcode});
}

static int run_workload(struct recorder *recorder, char *text, char *out_error)
{
    int result = 0;
    log_control(recorder, OP_EXTENSION);
    if (recorder->options->workload == MKETL_WORKLOAD_TEXT)
        result = text_workload_run(recorder, text, out_error);
    else if (recorder->options->workload == MKETL_WORKLOAD_DEMO)
        demo_workload_run(recorder);
    else if (recorder->options->workload == MKETL_WORKLOAD_PLANTED)
        planted_workload_run(recorder);
    else
        random_workload_run(recorder);
    log_control(recorder, OP_RUNDOWN_COMPLETE);
    return result;
}

int mketl_generate(const struct mketl_options *options, struct mketl_trace *out_trace,
                   char out_error[MKETL_ERROR_SIZE])
{
    struct mketl_options filled = *options;
    fill_defaults(&filled);
    const char *nonsense = find_nonsense(&filled);
    if (nonsense) {
        snprintf(out_error, MKETL_ERROR_SIZE, "%s", nonsense);
        return -1;
    }
    struct recorder recorder;
    recorder_init(&recorder, &filled);
    char *text = filled.text ? mem_copy(filled.text, strlen(filled.text)) : NULL;
    if (run_workload(&recorder, text, out_error) != 0) {
        recorder_release(&recorder);
        free(text);
        return -1;
    }
    recorder_finish(&recorder);
    struct truth_facts facts;
    shape_apply(&recorder, out_trace, &facts);
    out_trace->text = text;
    out_trace->frames = recorder.frames;
    recorder.frames = (struct frames){0};
    out_trace->modules = recorder.modules;
    out_trace->module_count = recorder.module_count;
    recorder.modules = NULL;
    recorder.module_count = 0;
    truth_derive_ids(out_trace->events, out_trace->event_count);
    truth_join_stacks(out_trace->events, out_trace->event_count, &out_trace->frames);
    truth_replay(out_trace->events, out_trace->event_count, &facts, &out_trace->truth);
    recorder_release(&recorder);
    return 0;
}

uint8_t *mketl_trace_bytes(const struct mketl_trace *trace, size_t *out_size)
{
    size_t size = trace->tail_size;
    for (size_t i = 0; i < trace->buffer_count; i++)
        size += trace->buffers[i].size;
    uint8_t *bytes = mem_alloc(size);
    uint8_t *at = bytes;
    for (size_t i = 0; i < trace->buffer_count; i++) {
        memcpy(at, trace->buffers[i].bytes, trace->buffers[i].size);
        at += trace->buffers[i].size;
    }
    *out_size = size - trace->cut_size;
    return bytes;
}

static int write_zeros(size_t count, FILE *out)
{
    for (size_t i = 0; i < count; i++)
        if (putc(0, out) == EOF)
            return -1;
    return 0;
}

int mketl_trace_write(const struct mketl_trace *trace, FILE *out)
{
    for (size_t i = 0; i < trace->buffer_count; i++) {
        const struct mketl_buffer *buffer = &trace->buffers[i];
        size_t size = buffer->size - (i + 1 == trace->buffer_count ? trace->cut_size : 0);
        if (fwrite(buffer->bytes, 1, size, out) != size)
            return -1;
    }
    return write_zeros(trace->tail_size, out) == 0 && fflush(out) == 0 ? 0 : -1;
}

void mketl_trace_release(struct mketl_trace *trace)
{
    if (trace->kernel)
        mketl_trace_release(trace->kernel);
    free(trace->kernel);
    for (size_t i = 0; i < trace->buffer_count; i++)
        free(trace->buffers[i].bytes);
    free(trace->buffers);
    free(trace->events);
    free(trace->text);
    for (size_t i = 0; i < trace->module_count; i++)
        free(trace->modules[i]);
    free(trace->modules);
    frames_release(&trace->frames);
    truth_release(&trace->truth);
    memset(trace, 0, sizeof *trace);
}
