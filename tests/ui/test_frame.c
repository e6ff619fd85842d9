/* The frame in its states and sizes, as golden pictures, and that it never crowds the body out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "term.h"
#include "ui/term/glyph.h"
#include "ui/widget/frame.h"

static const struct frame_tab tabs[] = {
    {ACTION_SUMMARY, "Summary"},
    {ACTION_EVENTS, "Events"},
    {ACTION_HEAPS, "Heaps"},
    {ACTION_SOURCES, "Sources"},
};

static const struct action_hint hints[] = {
    {ACTION_OPEN, NULL}, {ACTION_FILTER_EDIT, NULL}, {ACTION_SORT_NEXT, NULL}, {ACTION_HELP, NULL}};

struct fixture {
    struct frame_state state;
    struct screen_frame frame;
    struct keymap keymap;
    struct prompt prompt;
    int body_rows;
};

static struct frame_state complete(void)
{
    return (struct frame_state){
        .file = "app.etl",
        .process = "Solution.exe (21912)",
        .counted = true,
        .duration_ns = INT64_C(4640000000),
        .events = 67050,
        .live = FRAME_COMPLETE,
        .tabs = tabs,
        .tab_count = 4,
        .tab_active = 1,
        .total = 67050,
        .scanned_percent = 100,
        .trust = "lost: none",
        .hints = hints,
        .hint_count = 4,
    };
}

static struct frame_state filtered(void)
{
    struct frame_state st = complete();
    st.live = FRAME_FOLLOWING;
    st.live_note = "last buffer 0.4 s ago";
    st.filter = "heap == 0x13d35bd0000 && size >= 4K";
    st.shown = 12331;
    st.scanned_percent = 62;
    st.range = "[0.412 s .. 1.204 s]";
    st.breadcrumb = "heap 0x13d35bd0000 \u203a size >= 4K";
    return st;
}

static struct frame_state loading(void)
{
    struct frame_state st = complete();
    st.live = FRAME_LOADING;
    st.bytes_done = UINT64_C(200) << 20;
    st.bytes_total = UINT64_C(600) << 20;
    st.bytes_per_second = UINT64_C(150) << 20;
    return st;
}

static struct frame_state troubled(void)
{
    struct frame_state st = complete();
    st.file = "/very/long/path/to/a/capture/of/yesterday/evening/application-2025-11-02.etl";
    st.live = FRAME_REPLACED;
    st.live_note = "r reads it again";
    st.frozen = true;
    st.new_events = 1204;
    st.trust = "lost: 3 events, 1 buffer";
    st.trust_bad = true;
    return st;
}

static struct frame_state cut(void)
{
    struct frame_state st = complete();
    st.live = FRAME_TRUNCATED;
    st.live_note = "r reloads";
    return st;
}

/* Nothing has been read yet. */
static struct frame_state waiting(void)
{
    struct frame_state st = complete();
    st.live = FRAME_FOLLOWING;
    st.live_note = "no buffer yet";
    st.process = NULL;
    st.counted = false;
    st.duration_ns = 0;
    st.events = 0;
    return st;
}

static struct frame_state ended(void)
{
    struct frame_state st = complete();
    st.live = FRAME_ENDED;
    st.live_note = "writer closed after 12.3 s";
    return st;
}

static void draw(void *ctx, struct screen *s)
{
    struct fixture *f = ctx;
    struct canvas whole = screen_begin(s);
    struct canvas body = frame_body(&f->state, &whole, f->prompt.active);
    for (int y = 0; y < body.rows; y++)
        canvas_printf(&body, y, 0, ROLE_TEXT, "body %d of %d", y + 1, body.rows);
    f->body_rows = body.rows;
    frame_draw(&f->frame, &f->state, &f->keymap, &f->prompt, &whole);
    screen_flush(s);
}

static void key(void *ctx, struct ui_key k)
{
    struct fixture *f = ctx;
    prompt_key(&f->prompt, k);
}

static struct term *show(struct fixture *f, struct frame_state st, int rows, int cols)
{
    *f = (struct fixture){.state = st};
    keymap_init(&f->keymap);
    struct term *t = term_open(rows, cols, "xterm-256color");
    term_run(t, &(struct term_app){f, key, draw});
    return t;
}

static void done(struct fixture *f, struct term *t)
{
    frame_release(&f->frame);
    prompt_release(&f->prompt);
    term_close(t);
}

static void every_state_at_every_size(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct frame_state (*make)(void);
    } made[] = {{"complete", complete}, {"filtered", filtered}, {"loading", loading},  {"cut", cut},
                {"waiting", waiting},   {"ended", ended},       {"troubled", troubled}};
    static const struct {
        int rows, cols;
    } size[] = {{24, 80}, {30, 100}, {15, 60}, {12, 200}, {5, 20}};
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
        for (size_t k = 0; k < sizeof size / sizeof size[0]; k++) {
            struct fixture f;
            char name[64];
            struct term *t = show(&f, made[i].make(), size[k].rows, size[k].cols);
            snprintf(name, sizeof name, "frame-%s-%dx%d", made[i].name, size[k].cols, size[k].rows);
            term_assert_golden(t, name);
            done(&f, t);
        }
}

/* Steps that do not fit go whole, the earliest first. */
static void the_last_steps_stay_whole(void **state)
{
    (void)state;
    struct frame_state many = filtered();
    many.breadcrumb = "source == mainpath \u203a heap == 0x1000 \u203a size >= 4K";
    struct fixture f;
    struct term *t = show(&f, many, 24, 120);
    assert_true(term_find(t, "source == mainpath \u203a heap == 0x1000 \u203a size >= 4K") >= 0);
    term_resize(t, 24, 90);
    assert_true(term_find(t, " \u2026 \u203a heap == 0x1000 \u203a size >= 4K") >= 0);
    term_resize(t, 24, 70);
    assert_true(term_find(t, " \u2026 \u203a size >= 4K") >= 0);
    done(&f, t);
}

static void the_body_is_never_crowded_out(void **state)
{
    (void)state;
    struct fixture f;
    struct term *t = show(&f, filtered(), 24, 80);
    for (int rows = 30; rows > 0; rows--)
        for (int cols = 100; cols > 0; cols -= 9) {
            term_resize(t, rows, cols);
            assert_true(f.body_rows >= (rows + 1) / 2 || f.body_rows >= rows - 4);
            assert_true(f.body_rows >= 1);
        }
    term_resize(t, 1, 1);
    assert_string_equal(term_row(t, 0), "b");
    done(&f, t);
}

static void the_prompt_takes_the_bottom(void **state)
{
    (void)state;
    struct fixture f;
    struct term *t = show(&f, filtered(), 24, 80);
    prompt_open(&f.prompt, "filter", NULL, "size >= ");
    prompt_judge(&f.prompt, PROMPT_INCOMPLETE, 8, "a number such as 4K");
    term_frame(t);
    term_assert_golden(t, "frame-prompt-80x24");
    term_resize(t, 2, 20);
    assert_int_equal(term_find(t, "size >="), 1);
    term_resize(t, 1, 20);
    assert_int_equal(term_find(t, "size >="), 0);
    done(&f, t);
}

static void a_message_stands_in_the_status_line(void **state)
{
    (void)state;
    struct fixture f;
    struct term *t = show(&f, complete(), 24, 80);
    f.state.message = "app.etl is shorter than before: what was read is kept";
    f.state.message_is_error = true;
    term_frame(t);
    assert_int_equal(term_find(t, "what was read is kept"), 23);
    assert_int_equal(term_find(t, "lost: none"), -1);
    /* One that is too long takes the room of the hints and is cut at its end. */
    f.state.message = "my.theme:12:5: 'blue-ish': expected the name of a colour of the palette, "
                      "default, a number or #rrggbb";
    term_frame(t);
    assert_int_equal(term_find(t, "of the palette, defa" GLYPH_ELLIPSIS), 23);
    done(&f, t);
}

static void hostile_names_stay_text(void **state)
{
    (void)state;
    struct fixture f;
    struct frame_state st = complete();
    st.process = "a\033]0;owned\007\u202e.exe (1)";
    struct term *t = show(&f, st, 24, 80);
    assert_int_equal(term_find(t, "a\ufffd]0;owned\ufffd\ufffd.exe (1)"), 0);
    done(&f, t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_at_every_size),
        cmocka_unit_test(the_last_steps_stay_whole),
        cmocka_unit_test(the_body_is_never_crowded_out),
        cmocka_unit_test(the_prompt_takes_the_bottom),
        cmocka_unit_test(a_message_stands_in_the_status_line),
        cmocka_unit_test(hostile_names_stay_text),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
