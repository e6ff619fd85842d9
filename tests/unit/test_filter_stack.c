/*
 * Filters on call stacks against the generator's truth: which module every frame is in is looked up
 * in its own list of images, and each condition is decided anew, row by row, by plain comparisons.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "model/frame_rules.h"
#include "query/filter.h"
#include "query/matches.h"
#include "support/ingested.h"

/* A filter, and what it means. */
struct asked {
    const char *text;
    bool (*truth)(const struct mketl_trace *t, size_t event);
};

static const char *file_of(const struct truth_image *image)
{
    const char *last = strrchr(image->path, '\\');
    return last != NULL ? last + 1 : image->path;
}

/* The image of frame `i` of an event's stack; NULL when nobody knows it. */
static const struct truth_image *image_of(const struct mketl_trace *t, size_t event, uint32_t i,
                                          struct frame_list stack)
{
    uint64_t address = stack.frames[i] - (i > 0 && stack.frames[i] != 0 ? 1 : 0);
    return truth_find_image(&t->truth, t->truth.process_of_event[event], address,
                            t->events[event].time);
}

static struct frame_list stack_of(const struct mketl_trace *t, size_t event)
{
    return frames_get(&t->frames, t->events[event].stack);
}

static bool goes_through(const struct mketl_trace *t, size_t event, const char *file, bool *known)
{
    struct frame_list stack = stack_of(t, event);
    bool through = false;
    *known = false;
    for (uint32_t i = 0; i < stack.count; i++) {
        const struct truth_image *image = image_of(t, event, i, stack);
        *known |= image != NULL;
        through |= image != NULL && strcasecmp(file_of(image), file) == 0;
    }
    return through;
}

static bool through_ntdll(const struct mketl_trace *t, size_t event)
{
    bool known;
    return goes_through(t, event, "ntdll.dll", &known);
}

static bool not_through_ucrtbase(const struct mketl_trace *t, size_t event)
{
    bool known;
    return !goes_through(t, event, "ucrtbase.dll", &known) && known;
}

/* The first frame that is not in ntdll or ucrtbase, the last one when all are. */
static const struct truth_image *caller_image(const struct mketl_trace *t, size_t event)
{
    struct frame_list stack = stack_of(t, event);
    const struct truth_image *image = NULL;
    for (uint32_t i = 0; i < stack.count; i++) {
        image = image_of(t, event, i, stack);
        if (image == NULL || (strcasecmp(file_of(image), "ntdll.dll") != 0 &&
                              strcasecmp(file_of(image), "ucrtbase.dll") != 0))
            break;
    }
    return image;
}

static bool called_by_exe(const struct mketl_trace *t, size_t event)
{
    const struct truth_image *image = caller_image(t, event);
    return image != NULL && strcasecmp(strrchr(image->path, '.'), ".exe") == 0;
}

static bool called_by_msvcrt(const struct mketl_trace *t, size_t event)
{
    const struct truth_image *image = caller_image(t, event);
    return image != NULL && strcasecmp(file_of(image), "msvcrt.dll") == 0;
}

static bool not_called_by_msvcrt(const struct mketl_trace *t, size_t event)
{
    return caller_image(t, event) != NULL && !called_by_msvcrt(t, event);
}

/* "ntdll.dll+0x..." of even thousands in the text that screens show. */
static bool frame_has_text(const struct mketl_trace *t, size_t event, const char *part)
{
    struct frame_list stack = stack_of(t, event);
    for (uint32_t i = 0; i < stack.count; i++) {
        const struct truth_image *image = image_of(t, event, i, stack);
        char text[512];
        if (image == NULL)
            snprintf(text, sizeof text, "[unknown] 0x%llx", (unsigned long long)stack.frames[i]);
        else
            snprintf(text, sizeof text, "%s%s+0x%llx", file_of(image),
                     image->unloaded <= t->events[event].time ? "[unloaded]" : "",
                     (unsigned long long)(stack.frames[i] - image->base));
        if (strstr(text, part) != NULL)
            return true;
    }
    return false;
}

static bool has_ntdll_1(const struct mketl_trace *t, size_t event)
{
    return frame_has_text(t, event, "ntdll.dll+0x1");
}

static bool has_unknown(const struct mketl_trace *t, size_t event)
{
    return frame_has_text(t, event, "[unknown]");
}

static bool has_no_unknown(const struct mketl_trace *t, size_t event)
{
    return stack_of(t, event).count > 0 && !has_unknown(t, event);
}

static bool has_stack(const struct mketl_trace *t, size_t event)
{
    return stack_of(t, event).count > 0;
}

static bool has_none(const struct mketl_trace *t, size_t event)
{
    return !has_stack(t, event);
}

static const struct asked questions[] = {
    {"image == ntdll.dll", through_ntdll},
    {"image == NTDLL", through_ntdll},
    {"image ~ /^.*\\\\ntdll\\.dll$/", through_ntdll},
    {"image != ucrtbase.dll", not_through_ucrtbase},
    {"module ~ .EXE", called_by_exe},
    {"module in [msvcrt.dll, nobody.dll]", called_by_msvcrt},
    {"module != MSVCRT.DLL", not_called_by_msvcrt},
    {"stack ~ ntdll.dll+0x1", has_ntdll_1},
    {"stack ~ /ntdll\\.dll\\+0x1/", has_ntdll_1},
    {"stack ~ \"[unknown]\"", has_unknown},
    {"stack !~ \"[unknown]\"", has_no_unknown},
    {"stack >= 0", has_stack},
    {"!(stack >= 0)", has_none},
};

/* Every row of the trace, as the filter and as the truth has it. Returns how many match. */
static uint64_t compare(struct trace *trace, const struct mketl_trace *expected,
                        const struct asked *asked, const struct frame_rules *rules)
{
    struct filter_error e;
    struct filter *f = filter_parse(asked->text, strlen(asked->text), &e);
    assert_non_null(f);
    assert_true(filter_depends_on_stacks(f));
    filter_set_naming(f, NULL, rules);
    struct matches *m = matches_new(f, trace);
    assert_non_null(m);
    while (matches_advance(m, store_rows(trace->store), 999) > 0)
        continue;
    uint64_t row = 0, hits = 0;
    for (size_t i = 0; i < expected->event_count; i++) {
        if (!truth_is_row(&expected->events[i]))
            continue;
        bool wanted = asked->truth(expected, i);
        if (matches_has(m, row) != wanted)
            fail_msg("%s: row %llu should%s match", asked->text, (unsigned long long)row,
                     wanted ? "" : " not");
        hits += wanted;
        row++;
    }
    assert_int_equal(matches_count(m), hits);
    matches_free(m);
    filter_unref(f);
    return hits;
}

static struct mketl_options options_of(uint64_t seed)
{
    struct mketl_options o = {.seed = seed, .events = 3000, .processes = 4};
    o.mix = true;
    o.rates[MKETL_KNOB_STACK] = 800;
    o.rates[MKETL_KNOB_PROCESS_END] = 2;
    return o;
}

static void test_questions(void **state)
{
    (void)state;
    uint64_t hits[sizeof questions / sizeof questions[0]] = {0};
    struct frame_rules *rules = frame_rules_parse("ntdll; ucrtbase", NULL);
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct mketl_options options = options_of(seed);
        struct mketl_trace expected;
        struct memory_file file;
        generate(&options, &expected, &file);
        struct ingest *in = ingest_saved(&file);
        for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
            hits[i] += compare(ingest_trace(in), &expected, &questions[i], rules);
        ingest_free(in);
        free(file.bytes);
        mketl_trace_release(&expected);
    }
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
        if (hits[i] == 0)
            fail_msg("%s: no row ever matches, so nothing was tested", questions[i].text);
    frame_rules_unref(rules);
}

/* The numbers are those of the rows: each list of them, and its parts. */
static void test_numbers(void **state)
{
    (void)state;
    struct mketl_options options = options_of(77);
    struct mketl_trace expected;
    struct memory_file file;
    generate(&options, &expected, &file);
    struct ingest *in = ingest_saved(&file);
    struct trace *trace = ingest_trace(in);
    static const char text[] = "stack in [2, 5..9, 40..30, 11]";
    struct filter_error e;
    struct filter *f = filter_parse(text, strlen(text), &e);
    assert_non_null(f);
    struct filter_run *run = filter_run_new(f, trace);
    uint64_t hits = 0;
    for (uint64_t id = 0; id < store_rows(trace->store); id++) {
        struct row row;
        store_get(trace->store, id, &row);
        uint32_t s = row.stack;
        bool wanted = s == 2 || (s >= 5 && s <= 9) || s == 11;
        assert_int_equal(filter_run_row(run, id), wanted);
        hits += wanted;
    }
    assert_true(hits > 0);
    filter_run_free(run);
    filter_unref(f);
    ingest_free(in);
    free(file.bytes);
    mketl_trace_release(&expected);
}

/* Frames of each row's own stack; all together many times what one step may look at. */
#define OWN_FRAMES 64

/* Rows that one step may decide then. */
#define STEP_ROWS_MOST 512

static void give_own_stacks(struct trace *trace, uint64_t first_address)
{
    uint64_t frames[OWN_FRAMES];
    for (uint64_t id = 0; id < store_rows(trace->store); id++) {
        for (uint32_t i = 0; i < OWN_FRAMES; i++)
            frames[i] = first_address + id * OWN_FRAMES + i;
        uint32_t stack = stack_table_add(trace->stacks, frames, OWN_FRAMES);
        assert_int_not_equal(stack, STACK_NONE);
        store_set_stack(trace->store, id, stack);
    }
}

/* Names that are looked up for the first time end a step early, in the first pass and in one that
 * decides anew, and none is left out. */
static void test_steps(void **state)
{
    (void)state;
    struct mketl_options options = options_of(5);
    struct mketl_trace expected;
    struct memory_file file;
    generate(&options, &expected, &file);
    struct ingest *in = ingest_saved(&file);
    struct trace *trace = ingest_trace(in);
    static const char text[] = "stack !~ nobody";
    struct filter_error e;
    struct filter *f = filter_parse(text, strlen(text), &e);
    assert_non_null(f);
    give_own_stacks(trace, 0);
    struct matches *m = matches_new(f, trace);
    uint64_t rows = store_rows(trace->store), n;
    while ((n = matches_advance(m, rows, UINT64_MAX)) > 0)
        assert_true(n <= STEP_ROWS_MOST);
    assert_int_equal(matches_scanned(m), rows);
    assert_int_equal(matches_count(m), rows);
    give_own_stacks(trace, UINT64_C(1) << 40);
    uint64_t steps = 0;
    do
        matches_advance(m, rows, UINT64_MAX);
    while (++steps < rows && !matches_is_settled(m));
    assert_true(matches_is_settled(m));
    assert_true(steps > rows / STEP_ROWS_MOST);
    assert_int_equal(matches_count(m), rows);
    matches_free(m);
    filter_unref(f);
    ingest_free(in);
    free(file.bytes);
    mketl_trace_release(&expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_questions),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
