/*
 * Call trees beside a session's query, without the thread: they follow the filter, the rows and
 * what is asked, and their whole is the summary's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/session.h"
#include "support/ingested.h"

struct world {
    struct mketl_trace t;
    struct memory_file file;
    char path[64];
    struct inputs inputs;
    struct session *session;
    struct snapshot *shot;
};

static void open_world(struct world *w, size_t size, enum session_mode mode)
{
    static const struct mketl_options options = {.seed = 9, .events = 6000, .mix = true};
    *w = (struct world){.path = "/tmp/heaptail-tree-XXXXXX"};
    generate(&options, &w->t, &w->file);
    size = size < w->file.size ? size : w->file.size;
    int fd = mkstemp(w->path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, w->file.bytes, w->file.size), w->file.size);
    close(fd);
    struct err_info info;
    char *path = w->path;
    assert_int_equal(inputs_open(&w->inputs, &path, 1, &info), 0);
    w->session = session_new(&w->inputs, &mode);
    assert_non_null(w->session);
    session_grow(w->session, 0, size);
}

static void close_world(struct world *w)
{
    snapshot_unref(w->shot);
    session_free(w->session);
    inputs_close(&w->inputs);
    unlink(w->path);
    free(w->file.bytes);
    mketl_trace_release(&w->t);
}

static void look(struct world *w)
{
    struct snapshot *old = w->shot;
    w->shot = session_snapshot(w->session);
    snapshot_unref(old);
    assert_non_null(w->shot);
}

/* Steps until the tree covers every row that is there; rests pass in between. */
static void settle(struct world *w)
{
    do {
        while (session_step(w->session))
            continue;
        look(w);
    } while (!w->shot->answer_complete[ANSWER_TREE] || !w->shot->summary_complete);
}

static void check_whole(const struct world *w)
{
    const struct figures *f = &w->shot->summary->total;
    const uint64_t *whole = snapshot_tree(w->shot)->whole;
    assert_int_equal(whole[CALL_TREE_ALLOCS], f->allocs);
    assert_int_equal(whole[CALL_TREE_ALLOC_BYTES], f->alloc_bytes);
    assert_int_equal(whole[CALL_TREE_CHURN], f->alloc_bytes + f->freed_bytes);
    assert_int_equal(whole[CALL_TREE_OUTSTANDING], f->outstanding_bytes);
    assert_int_equal(whole[CALL_TREE_BLOCKS], f->outstanding_blocks);
    assert_int_equal(whole[CALL_TREE_AT_PEAK], f->peak_bytes);
    uint64_t self = 0;
    for (uint32_t i = 0; i < snapshot_tree(w->shot)->count; i++)
        self += snapshot_tree(w->shot)->nodes[i].self[CALL_TREE_ALLOCS];
    assert_int_equal(self, f->allocs);
}

static void ask_filter(struct world *w, const char *text)
{
    struct filter_error e;
    struct query_spec spec = {
        .filter = filter_parse(text, strlen(text), &e), .since = INT64_MIN, .until = INT64_MAX};
    assert_non_null(spec.filter);
    session_ask(w->session, &spec);
    filter_unref(spec.filter);
}

static void test_nobody_asks(void **state)
{
    (void)state;
    struct world w;
    open_world(&w, SIZE_MAX, SESSION_SAVED);
    while (session_step(w.session))
        continue;
    look(&w);
    assert_null(snapshot_tree(w.shot));
    assert_false(w.shot->answer_complete[ANSWER_TREE]);
    assert_int_equal(session_deadline(w.session), INT64_MAX);
    close_world(&w);
}

static void test_follows_what_is_asked(void **state)
{
    (void)state;
    struct world w;
    open_world(&w, SIZE_MAX, SESSION_SAVED);
    struct answer_spec spec = {
        .kind = ANSWER_TREE,
        .tree = {.kind = CALL_TREE_BOTTOM_UP, .sort = CALL_TREE_ALLOCS},
        .rules = frame_rules_parse(FRAME_RULES_DEFAULT, NULL),
    };
    session_ask_answer(w.session, ANSWER_TREE, &spec);
    frame_rules_unref(spec.rules);
    settle(&w);
    assert_int_equal(snapshot_tree(w.shot)->kind, CALL_TREE_BOTTOM_UP);
    check_whole(&w);
    spec = (struct answer_spec){.kind = ANSWER_TREE,
                                .tree = {.kind = CALL_TREE_MODULES, .sort = CALL_TREE_OUTSTANDING}};
    session_ask_answer(w.session, ANSWER_TREE, &spec);
    look(&w);
    assert_false(w.shot->answer_complete[ANSWER_TREE]);
    settle(&w);
    assert_int_equal(snapshot_tree(w.shot)->kind, CALL_TREE_MODULES);
    assert_int_equal(snapshot_tree(w.shot)->sort, CALL_TREE_OUTSTANDING);
    check_whole(&w);
    session_ask_answer(w.session, ANSWER_TREE, NULL);
    look(&w);
    assert_null(snapshot_tree(w.shot));
    close_world(&w);
}

/* The last tree is shown until the filter has its own. */
static void test_follows_the_filter(void **state)
{
    (void)state;
    struct world w;
    open_world(&w, SIZE_MAX, SESSION_SAVED);
    const struct answer_spec spec = {
        .kind = ANSWER_TREE, .tree = {.kind = CALL_TREE_TOP_DOWN, .sort = CALL_TREE_ALLOCS}};
    session_ask_answer(w.session, ANSWER_TREE, &spec);
    settle(&w);
    struct call_tree *before = call_tree_ref(snapshot_tree(w.shot));
    ask_filter(&w, "size >= 1K");
    look(&w);
    assert_ptr_equal(snapshot_tree(w.shot), before);
    assert_false(w.shot->answer_complete[ANSWER_TREE]);
    settle(&w);
    assert_ptr_not_equal(snapshot_tree(w.shot), before);
    assert_true(snapshot_tree(w.shot)->whole[CALL_TREE_ALLOCS] < before->whole[CALL_TREE_ALLOCS]);
    check_whole(&w);
    ask_filter(&w, "live");
    settle(&w);
    check_whole(&w);
    call_tree_unref(before);
    close_world(&w);
}

/* Rows that arrive while the tree is shown; nothing is left to do at the end. */
static void test_follows_the_rows(void **state)
{
    (void)state;
    struct world w;
    open_world(&w, 300000, SESSION_LIVE);
    const struct answer_spec spec = {
        .kind = ANSWER_TREE, .tree = {.kind = CALL_TREE_BOTTOM_UP, .sort = CALL_TREE_CHURN}};
    session_ask_answer(w.session, ANSWER_TREE, &spec);
    for (size_t size = 300000; size < w.file.size; size += 200000) {
        session_grow(w.session, 0, size);
        for (int i = 0; i < 50 && session_step(w.session); i++)
            look(&w);
    }
    session_grow(w.session, 0, w.file.size);
    session_end(w.session, 0);
    settle(&w);
    assert_int_equal(snapshot_tree(w.shot)->whole[CALL_TREE_ALLOCS], w.t.truth.allocs);
    check_whole(&w);
    while (session_step(w.session))
        continue;
    assert_int_equal(session_deadline(w.session), INT64_MAX);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody_asks),
        cmocka_unit_test(test_follows_what_is_asked),
        cmocka_unit_test(test_follows_the_filter),
        cmocka_unit_test(test_follows_the_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
