/*
 * Every screen and every state of the program as a picture, at three sizes, and at sizes too small
 * for anything.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "stage.h"

static void dress_loading(struct snapshot *s)
{
    s->source.state = SOURCE_LOADING;
    s->source.bytes_done = 300000000;
    s->source.bytes_total = 1200000000;
    s->provisional = true;
    s->rows_complete = s->summary_complete = false;
    summary_free(s->summary);
    s->summary = NULL;
}

static void dress_lossy(struct snapshot *s)
{
    s->trust.events_lost = 3;
    s->trust.buffers_lost = 1;
    s->trust.late_records = 17;
}

static void dress_live(struct snapshot *s)
{
    s->source.state = SOURCE_FOLLOWING;
    s->source.last_buffer_at = INT64_C(103600000000);
    s->rows_complete = false;
}

/* The last two seconds have come, but may not be all of them. */
static void dress_held(struct snapshot *s)
{
    dress_live(s);
    s->tally->heap_events += 1204;
}

static void dress_live_lossy(struct snapshot *s)
{
    dress_live(s);
    dress_lossy(s);
}

static void dress_closed(struct snapshot *s)
{
    s->source.state = SOURCE_CLOSED;
    s->source.closed_after = INT64_C(12345000000);
}

static void dress_replaced(struct snapshot *s)
{
    s->source.state = SOURCE_REPLACED;
}

static void dress_truncated(struct snapshot *s)
{
    s->source.state = SOURCE_TRUNCATED;
}

static void dress_failed(struct snapshot *s)
{
    s->source.state = SOURCE_FAILED;
    snprintf(s->source.message, sizeof s->source.message,
             "read error at offset 0x20000: Input/output error");
}

/* A picture made while the filter was still being scanned and the figures lag behind. */
static void dress_scanning(struct snapshot *s)
{
    s->scanned = s->rows * 62 / 100;
    s->summary->rows = s->rows * 41 / 100;
    s->summary_complete = false;
}

/* Events that say they came from the Source called invalid. */
static void dress_invalid(struct snapshot *s)
{
    for (size_t i = 0; i < s->summary->source_count; i++)
        if (s->summary->sources[i].source == 9)
            s->summary->sources[i].source = 5;
}

static void plant(struct snapshot *s, const char *lines)
{
    struct call_tree *old = snapshot_tree(s);
    if (old == NULL)
        return;
    struct call_tree *t = forest_plant(lines, old->kind, CALL_TREE_OUTSTANDING);
    t->rules = old->rules != NULL ? frame_rules_ref(old->rules) : NULL;
    answer_spec_copy(&t->base.spec, &old->base.spec);
    call_tree_unref(old);
    s->answer[ANSWER_TREE] = &t->base;
}

/* Stack walking was off. */
static void dress_no_stacks(struct snapshot *s)
{
    plant(s, "0 [no stack] 42000 61 934\n");
    if (snapshot_tree(s) == NULL)
        return;
    snapshot_tree(s)->stacks = 0;
    snapshot_tree(s)->without = snapshot_tree(s)->with;
    snapshot_tree(s)->with = 0;
}

static void dress_no_moments(struct snapshot *s)
{
    answer_unref(s->answer[ANSWER_MOMENTS]);
    s->answer[ANSWER_MOMENTS] = NULL;
}

static void dress_no_tree(struct snapshot *s)
{
    call_tree_unref(snapshot_tree(s));
    s->answer[ANSWER_TREE] = NULL;
}

/* Nothing is left, and more is to come. */
static void dress_nothing_left(struct snapshot *s)
{
    plant(s, "0 Solution!grow 0 0 12\n1 Solution!main 0 0 930\n0 [unknown] 0x12000 0 0 2\n");
    s->answer_complete[ANSWER_TREE] = false;
}

/* Paths that part at every step, deeper than a line is wide. */
static void dress_deep(struct snapshot *s)
{
    struct strbuf b = {0};
    for (int depth = 0; depth < 70; depth++)
        strbuf_printf(&b, "%d app!level_%d 0 0 0\n%d app!aside_%d %d 1 1\n", depth, depth,
                      depth + 1, depth, 1000 - depth);
    strbuf_puts(&b, "70 app!end 4096 1 1\n");
    plant(s, strbuf_str(&b));
    strbuf_release(&b);
}

/* clang-format off */
static const struct picture {
    const char *name;
    const char *keys;
    struct stage_options options;
} pictures[] = {
    {"summary", "", {0}},
    {"summary-trust", "!", {.dress = dress_lossy}},
    {"summary-range", "", {.since = 3000000000, .until = 4000000000}},
    {"heaps-range", "3", {.since = 3000000000, .until = 4000000000}},
    {"heaps-range-shrinking", "3ssj", {.since = 2500000000, .until = 2600000000}},
    {"summary-lossy", "", {.dress = dress_lossy}},
    {"summary-loading", "", {.dress = dress_loading}},
    {"summary-empty", "", {.events = FIXTURE_EMPTY}},
    {"opening", "", {.empty_handed = true}},
    {"events", "2", {0}},
    {"events-filtered", "2", {.filter = "size >= 1K && source == 3"}},
    {"events-range", "2", {.since = 44500000, .until = 46400000}},
    {"events-scanning", "2", {.filter = "live", .dress = dress_scanning}},
    {"events-no-match", "2", {.filter = "tid == 1"}},
    {"events-empty", "2", {.events = FIXTURE_EMPTY}},
    {"events-detail", "2jjjjjj<Enter>", {0}},
    {"events-detail-life", "2jjjjjj<Enter><Tab><Tab>", {0}},
    {"events-detail-moves", "2jjjjjj<Enter><Tab>G", {0}},
    {"events-detail-free", "2jjjjjjjj<Enter>", {0}},
    {"events-detail-create", "2<Enter><Tab>", {0}},
    {"events-stacks", "2jjjjjj", {.stacks = true}},
    {"events-detail-stack", "2jjjjjj<Enter>", {.stacks = true}},
    {"events-detail-in-stack", "2jjjjjj<Enter><Tab><Tab>", {.stacks = true}},
    {"events-provisional", "2", {.dress = dress_loading}},
    {"events-lossy", "2", {.dress = dress_lossy}},
    {"events-follow", "", {.follow = true, .dress = dress_live}},
    {"events-waiting", "", {.events = FIXTURE_EMPTY, .follow = true, .dress = dress_live}},
    {"events-live", "kk", {.follow = true, .dress = dress_live}},
    {"events-frozen", "<Space>", {.follow = true, .dress = dress_live}},
    {"events-frozen-lossy", "<Space>", {.follow = true, .dress = dress_live_lossy}},
    {"events-frozen-ascii", "<Space>", {.follow = true, .ascii = true, .dress = dress_live_lossy}},
    {"events-held-back", "", {.follow = true, .dress = dress_held}},
    {"events-fate-live", "", {.follow = true, .filter = "live", .dress = dress_live}},
    {"events-no-match-in-range",
     "2",
     {.filter = "tid == 1", .since = 44500000, .until = 46400000}},
    {"heaps-frozen", "3<Space>", {.dress = dress_live}},
    {"events-closed", "", {.follow = true, .dress = dress_closed}},
    {"events-replaced", "2", {.dress = dress_replaced}},
    {"events-truncated", "2", {.dress = dress_truncated}},
    {"events-failed", "2", {.dress = dress_failed}},
    {"events-wall", "2R", {0}},
    {"events-columns", "2cjjxJ", {0}},
    {"heaps", "3", {0}},
    {"heaps-process", "3t", {0}},
    {"heaps-thread", "3ttj", {0}},
    {"heaps-thread-live", "3tt", {.follow = true, .dress = dress_live}},
    {"heaps-columns", "3cj<A-9><lt>", {0}},
    {"heaps-units", "3usss", {0}},
    {"heaps-loading", "3", {.dress = dress_loading}},
    {"heaps-empty", "3", {.events = FIXTURE_EMPTY}},
    {"heaps-drilled", "3<Enter>", {0}},
    {"sources", "4", {0}},
    {"sources-filtered", "4j=", {0}},
    {"sources-reallocs", "4o", {0}},
    {"sources-frees", "4oo", {0}},
    {"sources-bytes", "4b", {0}},
    {"sources-outstanding", "4bb", {0}},
    {"sources-log", "4L", {0}},
    {"sources-time", "4x", {0}},
    {"sources-heap", "4xx", {0}},
    {"sources-cells", "4j<Tab>jl", {0}},
    {"sources-cells-time", "4bbLx<Tab>jlll", {0}},
    {"sources-cells-heap", "4bxx<Tab>jl", {0}},
    {"sources-sorted", "4ss", {0}},
    {"sources-invalid", "4L", {.dress = dress_invalid}},
    {"sources-empty", "4", {.events = FIXTURE_EMPTY}},
    {"sizes", "5", {0}},
    {"sizes-exact", "5v", {0}},
    {"sizes-buckets", "5vv", {0}},
    {"sizes-bytes-log", "5bL", {0}},
    {"sizes-outstanding", "5bb", {0}},
    {"sizes-sources", "5x", {0}},
    {"sizes-no-table", "5xx", {0}},
    {"sizes-cells", "5<Tab>jll", {0}},
    {"sizes-cells-sources", "5bbLx<Tab>jl", {0}},
    {"sizes-sorted", "5sssss", {0}},
    {"sizes-filtered", "5j=", {0}},
    {"sizes-blockless", "5", {.filter = "op == create"}},
    {"sizes-empty", "5", {.events = FIXTURE_EMPTY}},
    {"blocks", "6", {0}},
    {"blocks-all", "6ojj", {0}},
    {"blocks-freed", "6oo", {0}},
    {"blocks-ranged", "2#400g[#900g]6ojj", {0}},
    {"blocks-leaked", "2#400g[#900g]6ooo", {0}},
    {"blocks-detail", "6ojd", {0}},
    {"blocks-columns", "6cjjjx", {0}},
    {"blocks-none", "6fsize > 1G<Enter>", {0}},
    {"blocks-loading", "6", {.dress = dress_loading}},
    {"blocks-empty", "6", {.events = FIXTURE_EMPTY}},
    {"stacks", "7", {0}},
    {"stacks-opened", "7jjjjhl*G", {0}},
    {"stacks-top-down", "7vj", {0}},
    {"stacks-functions", "7vv", {0}},
    {"stacks-modules", "7vvvj", {0}},
    {"stacks-by-allocs", "7ssgl", {0}},
    {"stacks-ascii", "7*jj", {.ascii = true}},
    {"stacks-found", "7/main<Enter>n", {0}},
    {"stacks-fold", "7a", {0}},
    {"stacks-deep", "7*#60j", {.dress = dress_deep}},
    {"stacks-none", "7", {.dress = dress_no_stacks}},
    {"stacks-none-live", "7", {.follow = true, .dress = dress_no_stacks}},
    {"stacks-adding-up", "7", {.dress = dress_no_tree}},
    {"stacks-nothing-left", "7", {.dress = dress_nothing_left}},
    {"stacks-nothing-to-draw", "7i", {.dress = dress_nothing_left}},
    {"stacks-empty", "7", {.events = FIXTURE_EMPTY}},
    {"stacks-picture", "7i", {0}},
    {"stacks-picture-top-down", "7vijjjl", {0}},
    {"stacks-picture-zoomed", "7vijjj<Enter>jj", {0}},
    {"stacks-picture-ascii", "7vijjj", {.ascii = true}},
    {"stacks-picture-deep", "7vi#40j", {.dress = dress_deep}},
    {"timeline", "8", {0}},
    {"timeline-cursor", "8hhhh<lt>", {0}},
    {"timeline-peak", "8p", {0}},
    {"timeline-near", "8p++++", {0}},
    {"timeline-event", "8p#1000+jj", {0}},
    {"timeline-heaps", "8x", {0}},
    {"timeline-sources", "8xxp", {0}},
    {"timeline-sizes", "8xxx", {0}},
    {"timeline-units", "8uR", {0}},
    {"timeline-range", "8p<lt><lt>[pll]", {0}},
    {"timeline-marks", "8pma<lt><lt><lt>mbn", {0}},
    {"timeline-filtered", "8", {.filter = "size >= 1K"}},
    {"timeline-ascii", "8xp", {.ascii = true}},
    {"timeline-live", "8", {.follow = true, .dress = dress_live}},
    {"timeline-no-match", "8", {.filter = "tid == 1"}},
    {"timeline-empty", "8", {.events = FIXTURE_EMPTY}},
    {"findings", "9", {0}},
    {"findings-growth", "9j", {0}},
    {"findings-lossy", "9G", {.dress = dress_lossy}},
    {"findings-opened", "9j<Enter>", {0}},
    {"findings-nothing", "9", {.filter = "op == free && size > 4000"}},
    {"findings-nothing-there", "9", {.filter = "tid == 2084 && size > 100"}},
    {"findings-loading", "9", {.dress = dress_loading}},
    {"findings-empty", "9", {.events = FIXTURE_EMPTY}},
    {"findings-ascii", "9j", {.ascii = true}},
    {"diff", "0", {0}},
    {"diff-two", "2#21Gma#401Gmb:mark a before load<Enter>0j", {0}},
    {"diff-three", "2#21Gma#401Gmb#1501Gmc0t", {0}},
    {"diff-grew", "2#21Gma#401Gmb#1501Gmc0o", {0}},
    {"diff-many", "2:diff start 1ms 2ms 3ms 4ms 5ms 6ms 1s 2s 3s 4s end<Enter>", {0}},
    {"diff-stacks", "2#21Gma#401GmbD", {.stacks = true}},
    {"diff-ascii", "2#21Gma#401Gmb#1501Gmc0", {.ascii = true}},
    {"diff-adding-up", "0", {.dress = dress_no_moments}},
    {"diff-empty", "0", {.events = FIXTURE_EMPTY}},
    {"moment-peak", "1g<Enter>jk", {0}},
    {"moment-event", "2#400jA<Tab>j", {.stacks = true}},
    {"diff-words", "2:diff a", {0}},
    {"help", "?", {0}},
    {"help-found", "?/mark<Enter>n", {0}},
    {"events-find", "2/realloc", {0}},
    {"events-found", "2/0x13d3600<Enter>n", {0}},
    {"events-found-expression", "2/size >= 4K && op == alloc<Enter>n", {0}},
    {"events-marks", "2jjjma#3jmbk'x", {0}},
    {"events-awaits-letter", "2jm", {0}},
    {"events-number", "2#12", {0}},
    {"goto-row", "2:1204", {0}},
    {"goto-word", "2:screen.h", {0}},
    {"goto-names", "2:heaps<Tab>", {0}},
    {"goto-incomplete", "2:list", {0}},
    {"goto-wrong", "2:12:77", {0}},
    {"heaps-found", "3/solution<Enter>n", {0}},
    {"summary-found", "/main path<Enter>", {0}},
    {"prompt-valid", "2fsize >= 1K", {0}},
    {"prompt-completing", "2fheap == <Tab>", {0}},
    {"prompt-incomplete", "2fsize >=", {0}},
    {"prompt-wrong", "2fsize == nonsense || live", {0}},
};
/* clang-format on */

static const struct {
    int rows, cols;
} sizes[] = {
    {24, 80},
    {30, 100},
    {15, 60},
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void shows_picture(void **state)
{
    const struct picture *p = *state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct stage st;
        struct stage_options options = p->options;
        options.rows = sizes[i].rows;
        options.cols = sizes[i].cols;
        stage_open(&st, &options);
        term_keys(st.term, p->keys);
        char name[96];
        snprintf(name, sizeof name, "%s-%dx%d", p->name, sizes[i].cols, sizes[i].rows);
        term_assert_golden(st.term, name);
        stage_close(&st);
    }
}

/* On a wide terminal the columns of Summary stand side by side. */
static void uses_width(void **state)
{
    static const struct {
        const char *keys, *name;
    } wide[] = {
        {"1", "wide-summary"},
        {"2<Enter>", "wide-events"},
        {"2c", "wide-columns"},
        {"3", "wide-heaps"},
        {"3t", "wide-heaps-process"},
        {"3tt", "wide-heaps-thread"},
        {"2#400g[#900g]3", "wide-heaps-range"},
        {"4", "wide-sources"},
        {"4obLx<Tab>j", "wide-sources-reallocs"},
        {"4oobxx<Tab>jl", "wide-sources-frees"},
        {"4bbL<Tab>jlll", "wide-sources-outstanding"},
        {"6o", "wide-blocks"},
        {"7", "wide-stacks"},
        {"7v", "wide-stacks-top-down"},
        {"7vijjj", "wide-stacks-picture"},
        {"9j", "wide-findings"},
        {"2#21Gma#401Gmb#1501Gmc0", "wide-diff"},
        {"2#401GAjk", "wide-moment"},
        {"?", "wide-help"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(wide); i++) {
        struct stage st;
        stage_open(&st, &(struct stage_options){.rows = 60, .cols = 200});
        term_keys(st.term, wide[i].keys);
        term_assert_golden(st.term, wide[i].name);
        stage_close(&st);
    }
}

static void ascii_only(void **state)
{
    (void)state;
    static const char *const screens[] = {"1", "2", "3", "4", "7", "7*", "7vi", "9j", "0"};
    for (size_t i = 0; i < COUNT(screens); i++) {
        struct stage st;
        stage_open(&st, &(struct stage_options){.rows = 24, .cols = 80, .ascii = true});
        term_keys(st.term, screens[i]);
        for (int row = 0; row < 24; row++)
            for (const char *c = term_row(st.term, row); *c != '\0'; c++)
                assert_in_range((unsigned char)*c, 0x20, 0x7e);
        stage_close(&st);
    }
}

/* Nothing can be read there, but nothing breaks either. */
static void survives_tiny_screens(void **state)
{
    static const int tiny[][2] = {{5, 20}, {1, 1}, {2, 3}, {3, 200}, {60, 2}, {4, 10}, {7, 8}};
    (void)state;
    for (size_t i = 0; i < COUNT(pictures); i++) {
        struct stage st;
        struct stage_options options = pictures[i].options;
        options.rows = tiny[i % COUNT(tiny)][0];
        options.cols = tiny[i % COUNT(tiny)][1];
        stage_open(&st, &options);
        term_keys(st.term, pictures[i].keys);
        for (size_t k = 0; k < COUNT(tiny); k++) {
            term_resize(st.term, tiny[k][0], tiny[k][1]);
            app_resized(st.app);
            term_frame(st.term);
        }
        stage_close(&st);
    }
}

int main(void)
{
    struct CMUnitTest tests[COUNT(pictures) + 3] = {
        cmocka_unit_test(uses_width),
        cmocka_unit_test(ascii_only),
        cmocka_unit_test(survives_tiny_screens),
    };
    for (size_t i = 0; i < COUNT(pictures); i++)
        tests[3 + i] = (struct CMUnitTest){.name = pictures[i].name,
                                           .test_func = shows_picture,
                                           .initial_state = (void *)&pictures[i]};
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
