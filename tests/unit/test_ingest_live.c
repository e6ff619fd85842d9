/*
 * Ingest of inputs that are still being written: hold-back, late records put in their place,
 * unfinished and preallocated files, streams cut anywhere. Truth: the generator's, or the same
 * bytes read as a saved file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "support/ingested.h"

static struct mketl_options ordinary(uint64_t seed)
{
    return (struct mketl_options){.seed = seed, .events = 5000, .buffer_size = 8192, .cpus = 4};
}

/* Pushes whole buffers in the order given by `order`, the header buffer first. */
static struct ingest *push_buffers(const struct mketl_trace *t, const size_t *order,
                                   enum ingest_hold hold)
{
    struct ingest *in = ingest_new_stream();
    assert_non_null(in);
    for (size_t i = 0; i < t->buffer_count; i++) {
        const struct mketl_buffer *b = &t->buffers[order[i]];
        assert_int_equal(ingest_push(in, 0, b->bytes, b->size), 0);
        ingest_drain(in, hold);
    }
    return in;
}

static size_t *file_order(const struct mketl_trace *t)
{
    size_t *order = malloc(t->buffer_count * sizeof *order);
    assert_non_null(order);
    for (size_t i = 0; i < t->buffer_count; i++)
        order[i] = i;
    return order;
}

static void stream_released_too_early_ends_like_the_file(void **state)
{
    (void)state;
    struct mketl_options o = ordinary(1);
    o.rates[MKETL_KNOB_PROCESS_END] = 2;
    o.rates[MKETL_KNOB_LOST_TRIO_FREE] = 10;
    struct mketl_trace t;
    struct memory_file file;
    generate(&o, &t, &file);
    size_t *order = file_order(&t);
    /* The CPUs' buffers come in wild order and each is shown at once: most records are late. */
    for (size_t i = 1; i + 1 < t.buffer_count; i++) {
        size_t k = 1 + (i * 7919) % (t.buffer_count - 1);
        size_t swap = order[i];
        order[i] = order[k];
        order[k] = swap;
    }
    struct ingest *in = push_buffers(&t, order, INGEST_RELEASE);
    assert_int_equal(ingest_drain(in, INGEST_FINISH), INGEST_ENDED);
    struct trust trust;
    ingest_trust(in, &trust);
    assert_true(trust.late_records > 100);
    check_ingest(in, &t);
    ingest_free(in);
    free(order);
    free(file.bytes);
    mketl_trace_release(&t);
}

static void hold_back_keeps_two_seconds(void **state)
{
    (void)state;
    struct mketl_options o = ordinary(2);
    struct mketl_trace t;
    struct memory_file file;
    generate(&o, &t, &file);
    struct ingest *in = ingest_new_stream();
    assert_int_equal(ingest_push(in, 0, file.bytes, file.size), 0);
    assert_int_equal(ingest_drain(in, INGEST_HOLD), INGEST_WAIT);
    struct trace *trace = ingest_trace(in);
    /* Counted from the generator's events: those more than two seconds older than the newest record
     * are out, no others. */
    int64_t newest = t.events[t.event_count - 1].time;
    uint64_t out = 0;
    for (size_t i = 0; i < t.event_count; i++)
        if (truth_is_row(&t.events[i]) && t.events[i].time <= newest - 2 * t.truth.facts.rate)
            out++;
    assert_int_equal(store_rows(trace->store), out);
    ingest_drain(in, INGEST_RELEASE);
    assert_int_equal(store_rows(trace->store), t.truth.rows);
    assert_int_equal(ingest_drain(in, INGEST_FINISH), INGEST_ENDED);
    check_ingest(in, &t);
    ingest_free(in);
    free(file.bytes);
    mketl_trace_release(&t);
}

static void growing_file_ends_like_the_finished_one(void **state)
{
    (void)state;
    struct mketl_options o = ordinary(3);
    struct mketl_trace t;
    struct memory_file whole;
    generate(&o, &t, &whole);
    struct memory_file growing = {.bytes = whole.bytes, .size = 0};
    struct ingest *in = ingest_new_file(memory_file_read, &growing);
    /* Sizes in the middle of headers, records and buffers. */
    for (size_t size = 1; size < whole.size; size = size * 5 / 4 + 13) {
        growing.size = size;
        ingest_set_size(in, 0, size);
        ingest_drain(in, INGEST_HOLD);
    }
    growing.size = whole.size;
    ingest_set_size(in, 0, whole.size);
    assert_int_equal(ingest_drain(in, INGEST_FINISH), INGEST_ENDED);
    check_ingest(in, &t);
    ingest_free(in);
    free(whole.bytes);
    mketl_trace_release(&t);
}

static void preallocated_file_fills_up(void **state)
{
    (void)state;
    struct mketl_options o = ordinary(4);
    struct mketl_trace t;
    struct memory_file whole;
    generate(&o, &t, &whole);
    struct memory_file file = {.bytes = calloc(1, whole.size), .size = whole.size};
    assert_non_null(file.bytes);
    struct ingest *in = ingest_new_file(memory_file_read, &file);
    size_t at = 0;
    for (size_t i = 0; i < t.buffer_count; i++) {
        memcpy(file.bytes + at, t.buffers[i].bytes, t.buffers[i].size);
        at += t.buffers[i].size;
        ingest_set_size(in, 0, file.size);
        ingest_drain(in, INGEST_HOLD);
    }
    assert_int_equal(ingest_drain(in, INGEST_FINISH), INGEST_ENDED);
    check_ingest(in, &t);
    ingest_free(in);
    free(file.bytes);
    free(whole.bytes);
    mketl_trace_release(&t);
}

static void cut_last_buffer_gives_what_is_there(void **state)
{
    (void)state;
    struct mketl_options o = ordinary(5);
    o.shape = MKETL_SHAPE_UNFINISHED;
    o.cut_last = true;
    struct mketl_trace t;
    struct memory_file file;
    generate(&o, &t, &file);
    struct ingest *ways[] = {ingest_saved(&file), ingest_piped(&file, 30000, 1)};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        check_rows(ingest_trace(ways[i]), &t);
        struct trust trust;
        ingest_trust(ways[i], &trust);
        assert_int_equal(trust.buffers_damaged, 1);
        ingest_free(ways[i]);
    }
    free(file.bytes);
    mketl_trace_release(&t);
}

static void missing_end_is_counted(void **state)
{
    (void)state;
    struct mketl_options o = ordinary(6);
    struct mketl_trace t;
    struct memory_file file;
    generate(&o, &t, &file);
    size_t kept = t.buffer_count / 3;
    size_t size = 0;
    for (size_t i = 0; i < kept; i++)
        size += t.buffers[i].size;
    struct memory_file cut = {.bytes = file.bytes, .size = size};
    struct ingest *in = ingest_saved(&cut);
    struct trust trust;
    ingest_trust(in, &trust);
    assert_int_equal(trust.buffers_damaged, t.buffer_count - kept);
    ingest_free(in);
    free(file.bytes);
    mketl_trace_release(&t);
}

static void what_is_no_trace_is_refused(void **state)
{
    (void)state;
    static const char text[] = "This is a text file, not a trace at all.\n";
    struct memory_file file = {.bytes = (uint8_t *)(uintptr_t)text, .size = sizeof text - 1};
    struct err_info info = {.text = ""};
    struct ingest *in = ingest_new_file(memory_file_read, &file);
    ingest_set_size(in, 0, file.size);
    assert_int_equal(ingest_step(in, INGEST_FINISH, &info), ERR_FORMAT);
    assert_non_null(strstr(info.text, "text"));
    ingest_free(in);
    in = ingest_new_stream();
    assert_int_equal(ingest_step(in, INGEST_HOLD, &info), INGEST_WAIT);
    assert_int_equal(ingest_step(in, INGEST_FINISH, &info), ERR_EMPTY);
    ingest_free(in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_released_too_early_ends_like_the_file),
        cmocka_unit_test(hold_back_keeps_two_seconds),
        cmocka_unit_test(growing_file_ends_like_the_finished_one),
        cmocka_unit_test(preallocated_file_fills_up),
        cmocka_unit_test(cut_last_buffer_gives_what_is_there),
        cmocka_unit_test(missing_end_is_counted),
        cmocka_unit_test(what_is_no_trace_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
