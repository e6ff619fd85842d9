/*
 * Loading with three threads: decoding ahead, replay, and a query asked beside them. The same
 * figures as one thread gives, and the generator's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/load.h"
#include "support/ingested.h"

struct world {
    struct mketl_trace t;
    struct memory_file file;
    char path[64];
};

/* More than the 8 MiB from which a second thread decodes, with things of every kind in it. */
static int setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    struct mketl_options o = {.seed = 5, .events = 150000, .cpus = 6};
    o.rates[MKETL_KNOB_DESTROY] = 1;
    o.rates[MKETL_KNOB_DUPLICATE] = 100;
    o.rates[MKETL_KNOB_LOST_TRIO_FREE] = 5;
    o.rates[MKETL_KNOB_UNMATCHED_FREE] = 5;
    o.rates[MKETL_KNOB_RARE_OP] = 5;
    generate(&o, &w->t, &w->file);
    assert_true(w->file.size > 9u << 20);
    memcpy(w->path, "/tmp/heaptail-load-XXXXXX", sizeof "/tmp/heaptail-load-XXXXXX");
    int fd = mkstemp(w->path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, w->file.bytes, w->file.size), w->file.size);
    close(fd);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    unlink(w->path);
    free(w->file.bytes);
    mketl_trace_release(&w->t);
    free(w);
    return 0;
}

static void rows_and_totals_are_the_generators(void **state)
{
    struct world *w = *state;
    struct ingest *in = ingest_saved(&w->file);
    check_ingest(in, &w->t);
    ingest_free(in);
}

static void query_beside_equals_query_after(void **state)
{
    struct world *w = *state;
    static const char *const texts[] = {"", "op == free", "size >= 100 && source == lfh", "live",
                                        "life < 1ms"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct filter_error error;
        struct query_spec spec = {.since = INT64_MIN, .until = INT64_MAX};
        spec.filter = filter_parse(texts[i], strlen(texts[i]), &error);
        assert_non_null(spec.filter);
        struct loaded l;
        char *path = w->path;
        struct err_info info;
        struct load_request what = {.paths = &path, .path_count = 1, .spec = &spec};
        assert_int_equal(load_trace(&what, NULL, NULL, &l, &info), 0);
        struct query *after = query_new(l.trace, &spec);
        while (query_advance(after, 50000))
            continue;
        struct summary *a = query_summarize(l.query);
        struct summary *b = query_summarize(after);
        assert_memory_equal(&a->total, &b->total, sizeof a->total);
        assert_memory_equal(a->ops, b->ops, sizeof a->ops);
        assert_memory_equal(a->sizes, b->sizes, sizeof a->sizes);
        assert_int_equal(query_count(l.query), query_count(after));
        if (texts[i][0] == '\0')
            assert_int_equal(a->total.outstanding_bytes, w->t.truth.outstanding_bytes);
        if (strcmp(texts[i], "live") == 0)
            assert_int_equal(a->total.outstanding_blocks, w->t.truth.outstanding_blocks);
        summary_free(a);
        summary_free(b);
        query_unref(after);
        loaded_release(&l);
        filter_unref(spec.filter);
    }
}

static void can_be_given_up_at_any_step(void **state)
{
    struct world *w = *state;
    for (int steps = 1; steps < 120; steps += 13) {
        struct ingest *in = ingest_new_file(memory_file_read, &w->file);
        ingest_set_size(in, 0, w->file.size);
        for (int i = 0; i < steps; i++)
            assert_int_equal(ingest_step(in, INGEST_FINISH, NULL), INGEST_MORE);
        assert_true(ingest_tally(in)->records <= w->t.truth.records);
        ingest_free(in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_and_totals_are_the_generators, setup, teardown),
        cmocka_unit_test_setup_teardown(query_beside_equals_query_after, setup, teardown),
        cmocka_unit_test_setup_teardown(can_be_given_up_at_any_step, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
