/*
 * Sessions of several files, saved and growing, and the batch commands' loading of them. Truth: the
 * generator's, of the one trace that was taken apart into them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/session.h"
#include "source/load.h"
#include "support/split.h"

#define FILES 2

struct world {
    struct mketl_trace t;
    struct memory_file whole, parts[FILES];
    char paths[FILES][64];
    char *named[FILES]; /* the paths, as they are opened */
    struct inputs inputs;
    struct session *session;
};

static void write_at(const char *path, const void *bytes, size_t n, size_t at)
{
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, n, (off_t)at), n);
    close(fd);
}

static void make_world(struct world *w, uint64_t seed, uint64_t events)
{
    *w = (struct world){0};
    struct mketl_options o = {.seed = seed, .events = events, .buffer_size = 16384};
    o.rates[MKETL_KNOB_PROCESS_END] = 1;
    o.rates[MKETL_KNOB_RANGE] = 5;
    generate(&o, &w->t, &w->whole);
    split_trace(&w->t, split_heap_from_kernel, FILES, w->parts);
    for (size_t i = 0; i < FILES; i++) {
        memcpy(w->paths[i], "/tmp/heaptail-inputs-XXXXXX", sizeof "/tmp/heaptail-inputs-XXXXXX");
        int fd = mkstemp(w->paths[i]);
        assert_true(fd >= 0);
        close(fd);
        w->named[i] = w->paths[i];
    }
}

static void free_world(struct world *w)
{
    session_free(w->session);
    inputs_close(&w->inputs);
    for (size_t i = 0; i < FILES; i++) {
        unlink(w->paths[i]);
        free(w->parts[i].bytes);
    }
    free(w->whole.bytes);
    mketl_trace_release(&w->t);
}

static void open_session(struct world *w, enum session_mode a, enum session_mode b)
{
    struct err_info info = {.text = ""};
    if (inputs_open(&w->inputs, w->named, FILES, &info) != 0)
        fail_msg("%s", info.text);
    w->session = session_new(&w->inputs, (enum session_mode[]){a, b});
    assert_non_null(w->session);
}

static struct snapshot *settle(struct world *w)
{
    while (session_step(w->session))
        continue;
    struct snapshot *s = session_snapshot(w->session);
    assert_non_null(s);
    return s;
}

static void check_final(const struct world *w, const struct snapshot *s)
{
    assert_true(s->rows_complete);
    assert_true(s->summary_complete);
    assert_false(s->provisional);
    check_rows(s->trace, &w->t);
    check_totals(s->trace, &w->t.truth);
    assert_int_equal(s->summary->total.outstanding_bytes, w->t.truth.outstanding_bytes);
    assert_int_equal(snapshot_duration(s), w->t.truth.duration_ns);
    assert_int_equal(s->source.bytes_done, w->parts[0].size + w->parts[1].size);
    assert_int_equal(s->source.bytes_total, s->source.bytes_done);
}

static void saved_files_are_one_trace_after_a_preview(void **state)
{
    (void)state;
    struct world w;
    make_world(&w, 1, 80000);
    for (size_t i = 0; i < FILES; i++)
        write_at(w.paths[i], w.parts[i].bytes, w.parts[i].size, 0);
    open_session(&w, SESSION_SAVED, SESSION_SAVED);
    for (unsigned i = 0; i < FILES; i++)
        session_grow(w.session, i, w.parts[i].size);
    session_step(w.session);
    struct snapshot *s = session_snapshot(w.session);
    assert_true(s->rows > 0 && s->rows < w.t.truth.rows);
    assert_true(s->provisional);
    assert_int_equal(s->source.state, SOURCE_LOADING);
    snapshot_unref(s);
    s = settle(&w);
    assert_int_equal(s->source.state, SOURCE_COMPLETE);
    check_final(&w, s);
    snapshot_unref(s);
    free_world(&w);
}

/* ---- growing ---- */

/* The header buffer with EndTime and BuffersWritten 0, as while the session runs (etl-format 1.6).
 */
static void unfinish(const struct world *w, unsigned file)
{
    static const uint8_t zeros[8] = {0};
    write_at(w->paths[file], zeros, 8, 0x48 + 0x20 + 0x10);
    write_at(w->paths[file], zeros, 4, 0x48 + 0x20 + 0x24);
}

static void grow(struct world *w, unsigned file, size_t *at, size_t n)
{
    const struct memory_file *f = &w->parts[file];
    n = f->size - *at < n ? f->size - *at : n;
    write_at(w->paths[file], f->bytes + *at, n, *at);
    if (*at == 0)
        unfinish(w, file);
    *at += n;
    if (w->session != NULL) {
        session_grow(w->session, file, *at);
        session_look(w->session, file);
        snapshot_unref(settle(w));
    }
}

static void finish(struct world *w, unsigned file)
{
    write_at(w->paths[file], w->parts[file].bytes, w->t.buffers[0].size, 0);
    session_look(w->session, file);
}

/* Both begin with their header buffers. */
static void start_growing(struct world *w, size_t at[FILES])
{
    for (unsigned i = 0; i < FILES; i++)
        grow(w, i, &at[i], w->t.buffers[0].size);
    open_session(w, SESSION_LIVE, SESSION_LIVE);
    for (unsigned i = 0; i < FILES; i++)
        session_grow(w->session, i, at[i]);
}

static void growing_files_are_followed_until_both_have_ended(void **state)
{
    (void)state;
    struct world w;
    make_world(&w, 2, 10000);
    size_t at[FILES] = {0};
    start_growing(&w, at);
    for (size_t i = 0; at[0] < w.parts[0].size || at[1] < w.parts[1].size; i++) {
        grow(&w, 0, &at[0], 40000 + i % 7 * 5003);
        grow(&w, 1, &at[1], 3000 + i % 5 * 701);
    }
    struct snapshot *s = settle(&w);
    assert_int_equal(s->source.state, SOURCE_FOLLOWING);
    print_message("%d %d %g\n", (int)s->rows, (int)w.t.truth.rows,
                  (double)w.t.truth.duration_ns / 1e9);
    assert_int_equal(s->rows, 0); /* two seconds are held back, the trace is shorter */
    snapshot_unref(s);
    finish(&w, 1);
    s = settle(&w);
    assert_int_equal(s->source.state, SOURCE_FOLLOWING);
    assert_false(session_is_over(w.session));
    snapshot_unref(s);
    finish(&w, 0);
    s = settle(&w);
    assert_int_equal(s->source.state, SOURCE_CLOSED);
    assert_true(session_is_over(w.session));
    check_final(&w, s);
    snapshot_unref(s);
    free_world(&w);
}

static void finished_kernel_file_waits_for_the_heap_file(void **state)
{
    (void)state;
    struct world w;
    make_world(&w, 3, 10000);
    size_t at[FILES] = {0};
    grow(&w, 0, &at[0], 100000);
    write_at(w.paths[1], w.parts[1].bytes, w.parts[1].size, 0);
    open_session(&w, SESSION_LIVE, SESSION_SAVED);
    session_grow(w.session, 0, at[0]);
    session_grow(w.session, 1, w.parts[1].size);
    struct snapshot *s = settle(&w);
    assert_int_equal(s->source.state, SOURCE_FOLLOWING);
    snapshot_unref(s);
    while (at[0] < w.parts[0].size)
        grow(&w, 0, &at[0], 50001);
    finish(&w, 0);
    s = settle(&w);
    assert_int_equal(s->source.state, SOURCE_CLOSED);
    check_final(&w, s);
    snapshot_unref(s);
    free_world(&w);
}

static void one_lost_file_stops_both_and_keeps_what_was_read(void **state)
{
    (void)state;
    struct world w;
    make_world(&w, 4, 5000);
    size_t at[FILES] = {0};
    start_growing(&w, at);
    for (unsigned i = 0; i < FILES; i++)
        grow(&w, i, &at[i], SIZE_MAX);
    assert_int_equal(truncate(w.paths[1], 1000), 0);
    session_lose(w.session, 1, SOURCE_TRUNCATED);
    struct snapshot *s = settle(&w);
    assert_int_equal(s->source.state, SOURCE_TRUNCATED);
    assert_int_equal(s->rows, w.t.truth.rows);
    snapshot_unref(s);
    free_world(&w);
}

static void a_file_of_another_boot_fails_with_its_name(void **state)
{
    (void)state;
    struct world w;
    make_world(&w, 5, 5000);
    w.parts[1].bytes[0x48 + 0x20 + 0xF8 + 5]++; /* BootTime of a 64-bit header */
    for (size_t i = 0; i < FILES; i++)
        write_at(w.paths[i], w.parts[i].bytes, w.parts[i].size, 0);
    open_session(&w, SESSION_SAVED, SESSION_SAVED);
    for (unsigned i = 0; i < FILES; i++)
        session_grow(w.session, i, w.parts[i].size);
    struct snapshot *s = settle(&w);
    assert_int_equal(s->source.state, SOURCE_FAILED);
    assert_null(s->trace);
    assert_ptr_equal(strstr(s->source.message, w.inputs.list[1]->name), s->source.message);
    assert_non_null(strstr(s->source.message, "another boot"));
    snapshot_unref(s);
    struct loaded l;
    struct err_info info = {.text = ""};
    assert_int_equal(
        load_trace(&(struct load_request){.paths = w.named, .path_count = FILES, .spec = NULL},
                   NULL, NULL, &l, &info),
        ERR_FORMAT);
    assert_ptr_equal(strstr(info.text, w.paths[1]), info.text);
    free_world(&w);
}

/* ---- loading, opening ---- */

static void loading_merges_files_and_a_pipe(void **state)
{
    (void)state;
    struct world w;
    make_world(&w, 6, 100000); /* long enough for a second thread to decode */
    for (size_t i = 0; i < FILES; i++)
        write_at(w.paths[i], w.parts[i].bytes, w.parts[i].size, 0);
    struct err_info info = {.text = ""};
    struct query_spec spec = {.since = INT64_MIN, .until = INT64_MAX};
    for (size_t turn = 0; turn < FILES; turn++) {
        char *paths[FILES] = {w.named[turn], w.named[1 - turn]};
        struct loaded l;
        assert_int_equal(
            load_trace(&(struct load_request){.paths = paths, .path_count = FILES, .spec = &spec},
                       NULL, NULL, &l, &info),
            0);
        check_rows(l.trace, &w.t);
        check_totals(l.trace, &w.t.truth);
        check_trust(l.ingest, &w.t.truth);
        loaded_release(&l);
    }
    /* The kernel session comes through a pipe. */
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t writer = fork();
    if (writer == 0) {
        size_t done = 0;
        ssize_t n = 1;
        for (; done < w.parts[1].size && n > 0; done += (size_t)n)
            n = write(ends[1], w.parts[1].bytes + done, w.parts[1].size - done);
        _exit(0);
    }
    close(ends[1]);
    char pipe_path[64];
    snprintf(pipe_path, sizeof pipe_path, "/dev/fd/%d", ends[0]);
    char *paths[FILES] = {w.named[0], pipe_path};
    struct loaded l;
    if (load_trace(&(struct load_request){.paths = paths, .path_count = FILES, .spec = &spec}, NULL,
                   NULL, &l, &info) != 0)
        fail_msg("%s", info.text);
    check_rows(l.trace, &w.t);
    check_totals(l.trace, &w.t.truth);
    loaded_release(&l);
    close(ends[0]);
    free_world(&w);
}

static void inputs_are_named_and_checked(void **state)
{
    (void)state;
    struct world w;
    make_world(&w, 7, 1000);
    for (size_t i = 0; i < FILES; i++)
        write_at(w.paths[i], w.parts[i].bytes, w.parts[i].size, 0);
    struct err_info info = {.text = ""};
    assert_int_equal(inputs_open(&w.inputs, w.named, FILES, &info), 0);
    char name[300];
    snprintf(name, sizeof name, "%s + %s", strrchr(w.paths[0], '/') + 1,
             strrchr(w.paths[1], '/') + 1);
    assert_string_equal(w.inputs.name, name);
    assert_int_equal(inputs_size(&w.inputs), w.parts[0].size + w.parts[1].size);
    assert_false(inputs_have_stream(&w.inputs));
    inputs_close(&w.inputs);
    char *twice[] = {w.named[0], w.named[1], w.named[0]};
    assert_int_equal(inputs_open(&w.inputs, twice, 3, &info), ERR_FORMAT);
    assert_non_null(strstr(info.text, "twice"));
    assert_int_equal(w.inputs.count, 0);
    int one[2], other[2];
    assert_int_equal(pipe(one), 0);
    assert_int_equal(pipe(other), 0);
    char paths[2][64];
    snprintf(paths[0], sizeof paths[0], "/dev/fd/%d", one[0]);
    snprintf(paths[1], sizeof paths[1], "/dev/fd/%d", other[0]);
    char *pipes[] = {paths[0], paths[1]};
    assert_int_equal(inputs_open(&w.inputs, pipes, 2, &info), ERR_FORMAT);
    assert_non_null(strstr(info.text, "second pipe"));
    for (size_t i = 0; i < 2; i++) {
        close(one[i]);
        close(other[i]);
    }
    free_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(saved_files_are_one_trace_after_a_preview),
        cmocka_unit_test(growing_files_are_followed_until_both_have_ended),
        cmocka_unit_test(finished_kernel_file_waits_for_the_heap_file),
        cmocka_unit_test(one_lost_file_stops_both_and_keeps_what_was_read),
        cmocka_unit_test(a_file_of_another_boot_fails_with_its_name),
        cmocka_unit_test(loading_merges_files_and_a_pipe),
        cmocka_unit_test(inputs_are_named_and_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
