/*
 * Fuzzes the filter language: any bytes as an expression, run over a small trace when they parse.
 *
 * Besides not crashing: what is refused says where and why; what is accepted was never wrong while
 * it was being typed; and rows 64 at a time match as they do one by one.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "decoder/heap_op.h"
#include "query/filter.h"

#define ROWS      150
#define MAX_TYPED 48 /* expressions up to this length are tried at every length */

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void add_event(struct trace *t, unsigned n)
{
    static const uint16_t ops[] = {HEAP_OP_ALLOC, HEAP_OP_FREE, HEAP_OP_REALLOC, HEAP_OP_DESTROY,
                                   77};
    static const uint8_t has[] = {0x27, 0x23, 0x3f, 0x01, 0x00};
    unsigned kind = n * 7 % 11 % 5;
    struct trace_event e = {
        .kind = EVENT_HEAP,
        .time = 1000 + (int64_t)n * 997,
        .op = ops[kind],
        .has = has[kind],
        .pid = 4 + n % 2,
        .tid = n % 5,
        .heap = 0x10000 * (1 + n % 3),
        .address = 0x1000 * (n % 13),
        .old_address = 0x1000 * (n % 7),
        .size = (uint64_t)n << n % 33,
        .old_size = n,
        .source = n % 9 == 0 ? UINT32_MAX - n % 2 : n % 7,
    };
    require(replay_take(t->replay, &e, 1) == 0);
}

static struct trace *make_trace(void)
{
    struct etl_file_header header = {.header_time = 1000, .perf_frequency = 10000000};
    struct trace *t = trace_new(&header);
    require(t != NULL);
    struct trace_event name = {
        .kind = EVENT_PROCESS_START,
        .pid = 4,
        .name = {(const uint8_t *)"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab.exe", 34},
    };
    require(replay_take(t->replay, &name, 1) == 0);
    for (unsigned n = 0; n < ROWS; n++)
        add_event(t, n);
    store_publish(t->store);
    return t;
}

static void run_filter(const struct filter *f, const struct trace *t)
{
    uint64_t bits[STORE_CHUNK_ROWS / 64] = {0};
    struct filter_run *run = filter_run_new(f, t);
    require(run != NULL);
    uint32_t matches = filter_run_chunk(run, 0, 0, ROWS, bits), counted = 0;
    for (uint32_t i = 0; i < ROWS; i++) {
        bool is = (bits[i / 64] >> i % 64 & 1) != 0;
        require(filter_run_row(run, i) == is);
        counted += is;
    }
    require(matches == counted);
    filter_run_free(run);
}

static void check_error(const char *text, size_t len, const struct filter_error *e)
{
    struct strbuf shown = {0};
    require(e->offset <= len && e->expected[0] != '\0');
    filter_format_error(text, len, e, &shown);
    require(shown.len > 0);
    strbuf_release(&shown);
}

static void check_typing(const char *text, size_t len)
{
    for (size_t n = 0; n < len && len <= MAX_TYPED; n++) {
        struct filter_error e = {0};
        struct filter *f = filter_parse(text, n, &e);
        require(f != NULL || e.incomplete);
        filter_unref(f);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct trace *trace;
    if (trace == NULL)
        trace = make_trace();
    const char *text = (const char *)data;
    struct filter_error e = {0};
    struct filter *f = filter_parse(text, size, &e);
    if (f == NULL) {
        check_error(text, size, &e);
        return 0;
    }
    check_typing(text, size);
    run_filter(f, trace);
    filter_unref(f);
    return 0;
}
