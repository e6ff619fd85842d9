/*
 * Sessions: what the worker does to a saved file, a growing one and a pipe, without the thread.
 * Truth: the generator's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/session.h"
#include "support/ingested.h"

struct world {
    struct mketl_trace t;
    struct memory_file file;
    char path[64];
    struct inputs inputs;
    struct session *session;
};

static void write_at(const struct world *w, const void *bytes, size_t n, off_t at)
{
    int fd = open(w->path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, n, at), n);
    close(fd);
}

/* A file of which `size` bytes are there, opened and given to a session of `mode`. */
static void open_world(struct world *w, const struct mketl_options *o, size_t size,
                       enum session_mode mode)
{
    *w = (struct world){.path = "/tmp/heaptail-session-XXXXXX"};
    generate(o, &w->t, &w->file);
    int fd = mkstemp(w->path);
    assert_true(fd >= 0);
    close(fd);
    size = size < w->file.size ? size : w->file.size;
    write_at(w, w->file.bytes, size, 0);
    struct err_info info;
    char *path = w->path;
    assert_int_equal(inputs_open(&w->inputs, &path, 1, &info), 0);
    w->session = session_new(&w->inputs, &mode);
    assert_non_null(w->session);
    if (mode != SESSION_PIPE)
        session_grow(w->session, 0, size);
}

static void close_world(struct world *w)
{
    session_free(w->session);
    inputs_close(&w->inputs);
    unlink(w->path);
    free(w->file.bytes);
    mketl_trace_release(&w->t);
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
    assert_int_equal(s->rows, w->t.truth.rows);
    assert_int_equal(s->tally->heap_events, w->t.truth.heap_events);
    assert_int_equal(s->summary->total.outstanding_bytes, w->t.truth.outstanding_bytes);
    assert_int_equal(s->summary->total.allocs, w->t.truth.allocs);
    assert_int_equal(snapshot_duration(s), w->t.truth.duration_ns);
}

static void saved_file_shows_provisional_rows_first(void **state)
{
    (void)state;
    struct world w;
    struct mketl_options o = {.seed = 1, .events = 80000};
    open_world(&w, &o, SIZE_MAX, SESSION_SAVED);
    assert_true(w.file.size > 4u << 20);
    session_step(w.session);
    struct snapshot *s = session_snapshot(w.session);
    assert_true(s->rows > 0 && s->rows < w.t.truth.rows);
    assert_true(s->provisional);
    assert_false(s->rows_complete);
    assert_int_equal(s->source.state, SOURCE_LOADING);
    snapshot_unref(s);
    s = settle(&w);
    check_final(&w, s);
    assert_int_equal(s->source.state, SOURCE_COMPLETE);
    snapshot_unref(s);
    close_world(&w);
}

/* The header buffer with EndTime and BuffersWritten 0, as while the session runs (etl-format 1.6).
 */
static void unfinish(const struct world *w)
{
    static const uint8_t zeros[8] = {0};
    write_at(w, zeros, 8, 0x48 + 0x20 + 0x10);
    write_at(w, zeros, 4, 0x48 + 0x20 + 0x24);
}

static void growing_file_is_followed_to_its_end(void **state)
{
    (void)state;
    struct world w;
    struct mketl_options o = {.seed = 2, .events = 20000, .buffer_size = 16384};
    open_world(&w, &o, 100000, SESSION_LIVE);
    unfinish(&w);
    struct snapshot *s = settle(&w);
    assert_int_equal(s->source.state, SOURCE_FOLLOWING);
    assert_false(s->rows_complete);
    snapshot_unref(s);
    for (size_t at = 100000; at < w.file.size; at += 50001) {
        size_t n = w.file.size - at < 50001 ? w.file.size - at : 50001;
        write_at(&w, w.file.bytes + at, n, (off_t)at);
        session_grow(w.session, 0, at + n);
        session_look(w.session, 0);
        snapshot_unref(settle(&w));
    }
    write_at(&w, w.file.bytes, 8192, 0); /* the finished header */
    session_look(w.session, 0);
    s = settle(&w);
    check_final(&w, s);
    assert_int_equal(s->source.state, SOURCE_CLOSED);
    assert_true(s->source.closed_after > 0);
    assert_true(session_is_over(w.session));
    snapshot_unref(s);
    close_world(&w);
}

static void lost_file_keeps_what_was_read(void **state)
{
    (void)state;
    struct world w;
    struct mketl_options o = {.seed = 3, .events = 5000, .shape = MKETL_SHAPE_UNFINISHED};
    open_world(&w, &o, SIZE_MAX, SESSION_LIVE);
    snapshot_unref(settle(&w));
    assert_int_equal(truncate(w.path, 1000), 0);
    session_lose(w.session, 0, SOURCE_TRUNCATED);
    struct snapshot *s = settle(&w);
    assert_int_equal(s->source.state, SOURCE_TRUNCATED);
    assert_int_equal(s->rows, w.t.truth.rows);
    snapshot_unref(s);
    close_world(&w);
}

static void pipe_answers_a_question_while_it_flows(void **state)
{
    (void)state;
    struct world w;
    struct mketl_options o = {.seed = 4, .events = 20000};
    open_world(&w, &o, SIZE_MAX, SESSION_PIPE);
    struct filter_error error;
    struct query_spec spec = {.since = INT64_MIN, .until = INT64_MAX};
    spec.filter = filter_parse("op == alloc", 11, &error);
    assert_non_null(spec.filter);
    for (size_t at = 0; at < w.file.size; at += 65536) {
        size_t n = w.file.size - at < 65536 ? w.file.size - at : 65536;
        session_push(w.session, 0, w.file.bytes + at, n);
        session_step(w.session);
        if (at == 131072)
            session_ask(w.session, &spec);
    }
    session_end(w.session, 0);
    struct snapshot *s = settle(&w);
    assert_int_equal(s->rows, w.t.truth.rows);
    assert_int_equal(s->matched, w.t.truth.ops[MKETL_ALLOC]);
    assert_int_equal(s->summary->total.allocs, w.t.truth.allocs);
    assert_int_equal(s->summary->total.frees, 0);
    assert_int_equal(s->source.state, SOURCE_CLOSED);
    snapshot_unref(s);
    filter_unref(spec.filter);
    close_world(&w);
}

static void wrong_inputs_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        int code;
        const char *says;
    } inputs[] = {
        {"", ERR_EMPTY, "empty"},
        {"ElfFile\001\002", ERR_FORMAT, "not a Windows event trace"},
        {"just a few words of text\n", ERR_FORMAT, "text"},
    };
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        struct world w = {.path = "/tmp/heaptail-session-XXXXXX"};
        int fd = mkstemp(w.path);
        assert_true(fd >= 0);
        close(fd);
        write_at(&w, inputs[i].bytes, strlen(inputs[i].bytes), 0);
        struct err_info info = {.text = ""};
        struct source source;
        assert_int_equal(source_open(w.path, &source, &info), inputs[i].code);
        assert_non_null(strstr(info.text, inputs[i].says));
        unlink(w.path);
    }
    struct source s;
    struct err_info info = {.text = ""};
    assert_int_equal(source_open("/tmp", &s, &info), -EISDIR);
    assert_non_null(strstr(info.text, "directory"));
    assert_int_equal(source_open("/no/such\033file", &s, &info), -ENOENT);
    assert_null(strchr(info.text, '\033'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(saved_file_shows_provisional_rows_first),
        cmocka_unit_test(growing_file_is_followed_to_its_end),
        cmocka_unit_test(lost_file_keeps_what_was_read),
        cmocka_unit_test(pipe_answers_a_question_while_it_flows),
        cmocka_unit_test(wrong_inputs_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
