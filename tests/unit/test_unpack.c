/*
 * Traces out of containers as the commands and the screens read them: the same rows and totals as
 * of the plain file, from a file, through a pipe in pieces of any size, and of several members.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/session.h"
#include "source/load.h"
#include "support/packed.h"
#include "support/split.h"

struct world {
    struct mketl_trace t;
    struct memory_file file;
    char path[64];
    struct inputs inputs;
    struct session *session;
};

static void begin(struct world *w, uint64_t events)
{
    *w = (struct world){.path = "/tmp/heaptail-unpack-XXXXXX"};
    struct mketl_options o = {.seed = 9, .events = events};
    generate(&o, &w->t, &w->file);
}

static void put_file(struct world *w, const uint8_t *bytes, size_t size)
{
    int fd = mkstemp(w->path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), size);
    close(fd);
}

static void end(struct world *w)
{
    unlink(w->path);
    free(w->file.bytes);
    mketl_trace_release(&w->t);
}

static void load_and_check(struct world *w)
{
    char *path = w->path;
    struct load_request what = {.paths = &path, .path_count = 1};
    struct loaded l;
    struct err_info info = {.text = ""};
    if (load_trace(&what, NULL, NULL, &l, &info) != 0)
        fail_msg("%s", info.text);
    check_rows(l.trace, &w->t);
    check_totals(l.trace, &w->t.truth);
    loaded_release(&l);
}

static void every_container_loads_as_its_trace(void **state)
{
    (void)state;
    struct world w;
    begin(&w, 3000);
    for (enum packing how = 0; how < PACKINGS; how++) {
        struct packed_file file = {"a.etl", w.file.bytes, w.file.size};
        size_t size;
        uint8_t *bytes = pack(how, &file, 1, &size);
        memcpy(w.path + strlen(w.path) - 6, "XXXXXX", 6);
        put_file(&w, bytes, size);
        load_and_check(&w);
        unlink(w.path);
        free(bytes);
    }
    end(&w);
}

/* A heap session and its kernel session in one archive are what they were before. */
static void members_are_merged(void **state)
{
    (void)state;
    struct world w;
    struct memory_file parts[2];
    begin(&w, 3000);
    split_trace(&w.t, split_heap_from_kernel, 2, parts);
    struct packed_file files[] = {{"kernel.etl", parts[1].bytes, parts[1].size},
                                  {"readme.txt", (const uint8_t *)"words", 5},
                                  {"heap.etl", parts[0].bytes, parts[0].size}};
    size_t size;
    uint8_t *bytes = pack(PACK_ZIP, files, 3, &size);
    put_file(&w, bytes, size);
    load_and_check(&w);
    free(bytes);
    free(parts[0].bytes);
    free(parts[1].bytes);
    end(&w);
}

/* ---- the screens' way ---- */

static struct snapshot *settle(struct world *w)
{
    while (session_step(w->session))
        continue;
    return session_snapshot(w->session);
}

static void open_session(struct world *w, const char *path, enum session_mode mode)
{
    struct err_info info;
    char *name = strdup(path);
    assert_int_equal(inputs_open(&w->inputs, &name, 1, &info), 0);
    w->session = session_new(&w->inputs, &mode);
    assert_non_null(w->session);
    free(name);
}

static void check_end(struct world *w, enum source_state state)
{
    struct snapshot *s = settle(w);
    assert_string_equal(s->source.message, "");
    assert_int_equal(s->source.state, state);
    assert_true(s->rows_complete);
    check_rows(s->trace, &w->t);
    snapshot_unref(s);
    session_free(w->session);
    inputs_close(&w->inputs);
}

static void first_rows_come_while_it_is_unpacked(void **state)
{
    (void)state;
    struct world w;
    begin(&w, 90000);
    assert_true(w.file.size > 4u << 20);
    struct packed_file file = {"a.etl", w.file.bytes, w.file.size};
    size_t size;
    uint8_t *bytes = pack(PACK_ZIP, &file, 1, &size);
    put_file(&w, bytes, size);
    open_session(&w, w.path, SESSION_SAVED);
    bool early = false;
    struct snapshot *s;
    do {
        assert_true(session_step(w.session));
        s = session_snapshot(w.session);
        early = early || (s->source.state == SOURCE_UNPACKING && s->rows > 0 && s->provisional);
        bool unpacking = s->source.state == SOURCE_UNPACKING;
        assert_true(!unpacking || s->source.bytes_total == size);
        snapshot_unref(s);
        if (!unpacking)
            break;
    } while (true);
    assert_true(early);
    check_end(&w, SOURCE_COMPLETE);
    free(bytes);
    end(&w);
}

/* A stream is no file: the session is told that its input is one, and bytes are pushed. */
static void push_all(struct world *w, const uint8_t *bytes, size_t size, size_t piece)
{
    int ends[2];
    char path[32];
    assert_int_equal(pipe(ends), 0);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    open_session(w, path, SESSION_PIPE);
    for (size_t at = 0; at < size; at += piece) {
        session_push(w->session, 0, bytes + at, size - at < piece ? size - at : piece);
        while (session_step(w->session))
            continue;
    }
    session_end(w->session, 0);
    close(ends[0]);
    close(ends[1]);
}

static void pipes_are_told_by_their_first_bytes(void **state)
{
    (void)state;
    static const size_t pieces[] = {7, 511, 512, 513, 65536, SIZE_MAX / 2};
    struct world w;
    begin(&w, 400);
    struct packed_file file = {"a.etl", w.file.bytes, w.file.size};
    size_t size;
    uint8_t *bytes = pack(PACK_7Z, &file, 1, &size);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        push_all(&w, bytes, size, pieces[i]);
        check_end(&w, SOURCE_COMPLETE);
        push_all(&w, w.file.bytes, w.file.size, pieces[i]);
        check_end(&w, SOURCE_CLOSED);
    }
    free(bytes);
    end(&w);
}

static void what_cannot_be_read_is_told(void **state)
{
    (void)state;
    static const char *const inputs[] = {"PK\3\4 and so on", "words", "\37\213\10"};
    struct world w;
    begin(&w, 10);
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        push_all(&w, (const uint8_t *)inputs[i], strlen(inputs[i]), 3);
        struct snapshot *s = settle(&w);
        assert_int_equal(s->source.state, SOURCE_FAILED);
        assert_true(s->source.message[0] != '\0');
        assert_null(strchr(s->source.message, '\n'));
        snapshot_unref(s);
        session_free(w.session);
        inputs_close(&w.inputs);
    }
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_container_loads_as_its_trace),
        cmocka_unit_test(members_are_merged),
        cmocka_unit_test(first_rows_come_while_it_is_unpacked),
        cmocka_unit_test(pipes_are_told_by_their_first_bytes),
        cmocka_unit_test(what_cannot_be_read_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
