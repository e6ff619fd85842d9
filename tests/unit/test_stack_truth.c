/*
 * Call stacks, modules and totals by stack against the generator's truth: random traces with stacks
 * in every form, modules that come and go, pids that are used again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "damage.h"
#include "model/image_map.h"
#include "model/image_table.h"
#include "query/stack_fold.h"
#include "rng.h"
#include "support/ingested.h"

#define UNSEEN UINT32_MAX

struct world {
    struct mketl_options options;
    struct mketl_trace expected;
    struct memory_file file;
    struct memory_file kernel; /* the second of two */
    struct ingest *in;
    struct trace *trace;
    uint32_t *process_of; /* per truth process: registry index, UNSEEN before its first row */
    uint32_t *stack_of; /* per list of frames: id in the stack table, UNSEEN before its first row */
};

static uint32_t *unseen(size_t count)
{
    uint32_t *list = malloc((count + 1) * sizeof *list);
    assert_non_null(list);
    memset(list, 0xff, (count + 1) * sizeof *list);
    return list;
}

static void begin(struct world *w, const struct mketl_options *options)
{
    *w = (struct world){.options = *options};
    generate(options, &w->expected, &w->file);
    if (w->expected.kernel)
        w->kernel.bytes = mketl_trace_bytes(w->expected.kernel, &w->kernel.size);
}

static void open_world(struct world *w, struct ingest *in)
{
    w->in = in;
    w->trace = ingest_trace(in);
    w->process_of = unseen(w->expected.truth.process_count);
    w->stack_of = unseen(w->expected.frames.count);
}

static void close_world(struct world *w)
{
    free(w->process_of);
    free(w->stack_of);
    ingest_free(w->in);
}

static void end(struct world *w)
{
    free(w->file.bytes);
    free(w->kernel.bytes);
    mketl_trace_release(&w->expected);
}

/* One to one, from the first time on. */
static void pair(uint32_t *known, uint32_t got, const char *what, uint64_t row)
{
    if (*known == UNSEEN)
        *known = got;
    if (*known != got)
        fail_msg("row %llu: %s %u, was %u", (unsigned long long)row, what, got, *known);
}

static void check_process(struct world *w, size_t event, uint64_t id, const struct row *row)
{
    uint32_t process = registry_thread(w->trace->registry, row->thread)->process;
    pair(&w->process_of[w->expected.truth.process_of_event[event]], process, "process", id);
}

static void check_stack(struct world *w, const struct mketl_event *e, uint64_t id,
                        const struct row *row)
{
    struct frame_list want = frames_get(&w->expected.frames, e->stack);
    if (want.count == 0) {
        if (row->stack != STACK_NONE)
            fail_msg("seed %llu: row %llu has a stack that nobody logged",
                     (unsigned long long)w->options.seed, (unsigned long long)id);
        return;
    }
    if (row->stack == STACK_NONE)
        fail_msg("seed %llu: row %llu has no stack, %u frames from 0x%llx were logged",
                 (unsigned long long)w->options.seed, (unsigned long long)id, want.count,
                 (unsigned long long)want.frames[0]);
    struct stack_frames got = stack_table_get(w->trace->stacks, row->stack);
    if (got.count != want.count ||
        memcmp(got.frames, want.frames, got.count * sizeof *got.frames) != 0)
        fail_msg("seed %llu: row %llu has %u frames from 0x%llx, wanted %u from 0x%llx",
                 (unsigned long long)w->options.seed, (unsigned long long)id, got.count,
                 (unsigned long long)got.frames[0], want.count, (unsigned long long)want.frames[0]);
    pair(&w->stack_of[e->stack], row->stack, "stack", id);
}

static void check_stacks(struct world *w)
{
    uint64_t id = 0;
    for (size_t i = 0; i < w->expected.event_count; i++) {
        const struct mketl_event *e = &w->expected.events[i];
        if (!truth_is_row(e))
            continue;
        struct row row;
        store_get(w->trace->store, id, &row);
        check_process(w, i, id, &row);
        check_stack(w, e, id, &row);
        id++;
    }
    /* Different lists have different ids: equal ones would have been paired twice. */
    for (size_t i = 1; i <= w->expected.frames.count; i++)
        for (size_t k = i + 1; w->stack_of[i] != UNSEEN && k <= w->expected.frames.count; k++)
            assert_true(w->stack_of[k] != w->stack_of[i]);
    for (size_t i = 0; i < w->expected.truth.process_count; i++)
        for (size_t k = i + 1; w->process_of[i] != UNSEEN && k < w->expected.truth.process_count;
             k++)
            assert_true(w->process_of[k] != w->process_of[i]);
}

/* ---- modules ---- */

static void check_image(const struct image *got, const struct truth_image *want)
{
    assert_int_equal(got->base, want->base);
    assert_int_equal(got->size, want->size);
    assert_true(got->name[0] != '\0');
    for (const char *c = got->path; *c; c++)
        assert_true((unsigned char)*c >= ' ' && *c != 0x7f);
    assert_int_equal(got->loaded, want->loaded);
    assert_int_equal(got->unloaded, want->unloaded);
    const struct mketl_module *module = want->module;
    assert_int_equal(got->has_pdb, module->pdb != NULL);
    if (module->pdb) {
        assert_memory_equal(got->guid, module->guid, sizeof got->guid);
        assert_int_equal(got->age, module->age);
    }
}

static void check_frame(struct world *w, const struct image_map *map, size_t event, uint64_t frame)
{
    const struct truth *t = &w->expected.truth;
    size_t process = t->process_of_event[event];
    int64_t time = w->expected.events[event].time;
    const struct truth_image *want = truth_find_image(t, process, frame, time);
    const struct image *got = NULL;
    enum image_hit hit = image_map_find(map, w->process_of[process], frame, time, &got);
    enum image_hit wanted = !want                    ? IMAGE_UNKNOWN
                            : want->unloaded <= time ? IMAGE_UNLOADED
                                                     : IMAGE_LOADED;
    if (hit != wanted)
        fail_msg("seed %llu: 0x%llx is %d, wanted %d", (unsigned long long)w->options.seed,
                 (unsigned long long)frame, hit, wanted);
    if (want)
        check_image(got, want);
}

static void check_images(struct world *w)
{
    struct image_map *map = image_table_map(w->trace->images);
    assert_non_null(map);
    for (size_t i = 0; i < w->expected.event_count; i++) {
        const struct mketl_event *e = &w->expected.events[i];
        struct frame_list stack = frames_get(&w->expected.frames, e->stack);
        for (uint32_t at = 0; truth_is_row(e) && at < stack.count; at++)
            check_frame(w, map, i, stack.frames[at]);
    }
    image_map_unref(map);
}

/* ---- totals ---- */

static const struct stack_figures *find_figures(const struct stack_totals *totals, uint32_t process,
                                                uint32_t stack)
{
    for (size_t i = 0; i < totals->count; i++)
        if (totals->items[i].process == process && totals->items[i].stack == stack)
            return &totals->items[i];
    return NULL;
}

static struct stack_totals *totals_until(const struct world *w, int64_t until)
{
    struct fold_range range = {INT64_MIN, until};
    uint64_t rows = store_rows(w->trace->store);
    struct stack_fold *fold = stack_fold_new(w->trace, NULL, range);
    assert_non_null(fold);
    while (stack_fold_rows(fold) < rows)
        assert_int_equal(stack_fold_advance(fold, rows, 1000), 0);
    struct stack_totals *totals = stack_fold_totals(fold);
    assert_non_null(totals);
    stack_fold_free(fold);
    return totals;
}

static const struct stack_figures *
figures_of(const struct world *w, const struct stack_totals *totals, const struct truth_stack *s)
{
    return find_figures(totals, w->process_of[s->process],
                        s->stack ? w->stack_of[s->stack] : STACK_NONE);
}

static void check_figures(const struct world *w, const struct stack_totals *totals,
                          const struct truth *t)
{
    for (size_t i = 0; i < t->stack_count; i++) {
        const struct truth_stack *want = &t->stacks[i];
        const struct stack_figures *got = figures_of(w, totals, want);
        if (!got) {
            assert_int_equal(want->allocs + want->frees + want->reallocs + want->outstanding_blocks,
                             0);
            continue;
        }
        assert_int_equal(got->allocs, want->allocs);
        assert_int_equal(got->alloc_bytes, want->alloc_bytes);
        assert_int_equal(got->frees, want->frees);
        assert_int_equal(got->freed_bytes, want->freed_bytes);
        assert_int_equal(got->reallocs, want->reallocs);
        assert_int_equal(got->outstanding_bytes, want->outstanding_bytes);
        assert_int_equal(got->outstanding_blocks, want->outstanding_blocks);
    }
    assert_true(totals->count <= t->stack_count);
    assert_int_equal(totals->with, t->with_stack);
    assert_int_equal(totals->without, t->without_stack);
    assert_int_equal(totals->whole.allocs, t->allocs);
    assert_int_equal(totals->whole.outstanding_bytes, t->outstanding_bytes);
}

/* The truth of the first `count` events alone. */
static void replay_first(const struct world *w, size_t count, struct truth *out_truth)
{
    truth_replay(w->expected.events, count, &w->expected.truth.facts, out_truth);
}

/* What was outstanding when the whole was greatest: the end of a trace that stops there. */
static void check_peak(const struct world *w, const struct stack_totals *totals)
{
    struct truth t;
    replay_first(w, w->expected.truth.peak_event + 1, &t);
    for (size_t i = 0; i < t.stack_count; i++) {
        const struct stack_figures *got = figures_of(w, totals, &t.stacks[i]);
        assert_int_equal(got ? got->at_peak_bytes : 0, t.stacks[i].outstanding_bytes);
        assert_int_equal(got ? got->at_peak_blocks : 0, t.stacks[i].outstanding_blocks);
    }
    truth_release(&t);
}

static void check_totals_by_stack(struct world *w)
{
    struct stack_totals *totals = totals_until(w, INT64_MAX);
    check_figures(w, totals, &w->expected.truth);
    check_peak(w, totals);
    stack_totals_free(totals);
}

/* The figures of a range that ends early are those of a trace that does. */
static void check_totals_of_ranges(struct world *w)
{
    for (size_t part = 1; part < 4; part++) {
        size_t count = w->expected.event_count * part / 4;
        int64_t until = w->expected.events[count].time;
        while (count > 0 && w->expected.events[count - 1].time == until)
            count--;
        struct truth t;
        replay_first(w, count, &t);
        struct stack_totals *totals = totals_until(w, until - 1);
        check_figures(w, totals, &t);
        stack_totals_free(totals);
        truth_release(&t);
    }
}

/* ---- the mixes ---- */

static void check_everything(struct world *w, struct ingest *in)
{
    open_world(w, in);
    check_ingest(in, &w->expected);
    check_stacks(w);
    if (w->options.images && !w->options.lose_every)
        check_images(w); /* which module was where is anybody's guess after a loss */
    check_totals_by_stack(w);
    check_totals_of_ranges(w);
    close_world(w);
}

/* Options of many kinds, by number. */
static struct mketl_options varied(uint64_t seed)
{
    static const uint8_t VERSIONS[] = {2, 3, 4, 5};
    struct mketl_options o = {
        .seed = seed, .events = 4000, .mix = true, .images = true, .buffer_size = 0x4000};
    bool narrow = seed % 5 == 4;
    o.machine_pointer_size = narrow ? 4 : 8;
    o.pointers = narrow ? MKETL_POINTERS_32 : MKETL_POINTERS_MIXED;
    o.stack_sites = 4 + 12 * (uint32_t)(seed % 7);
    o.process_version = VERSIONS[seed % 4];
    o.cpus = 1 + (uint32_t)(seed % 6);
    o.shape = seed % 3 == 1   ? MKETL_SHAPE_RELOGGED
              : seed % 3 == 2 ? MKETL_SHAPE_MERGED
                              : MKETL_SHAPE_SEQUENTIAL;
    o.compression = seed % 7 == 3 ? MKETL_COMPRESS_XPRESS : MKETL_COMPRESS_NONE;
    o.rates[MKETL_KNOB_PROCESS_END] = 2;
    o.rates[MKETL_KNOB_PLUGIN] = 8;
    o.rates[MKETL_KNOB_STACK_LATE] = seed % 2 ? 400 : MKETL_RATE_OFF;
    o.rates[MKETL_KNOB_DUPLICATE] = 100;
    o.rates[MKETL_KNOB_RANGE] = 5;
    return o;
}

static void a_saved_file_has_its_stacks(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 24; seed++) {
        struct mketl_options options = varied(seed);
        struct world w;
        begin(&w, &options);
        check_everything(&w, ingest_saved(&w.file));
        end(&w);
    }
}

static void a_closed_stream_has_the_same(void **state)
{
    (void)state;
    for (uint64_t seed = 31; seed <= 42; seed++) {
        struct mketl_options options = varied(seed);
        struct world w;
        begin(&w, &options);
        check_everything(&w, ingest_piped(&w.file, 1 + (size_t)seed * 997, seed));
        end(&w);
    }
}

/* Each form alone, so that a failure says which. */
static void every_form_alone(void **state)
{
    (void)state;
    static const enum mketl_knob KNOBS[] = {
        MKETL_KNOB_STACK,        MKETL_KNOB_STACK_OTHER, MKETL_KNOB_STACK_KEYED,
        MKETL_KNOB_STACK_KERNEL, MKETL_KNOB_STACK_MIXED, MKETL_KNOB_STACK_LATE,
        MKETL_KNOB_STACK_HALF,   MKETL_KNOB_STACK_ITEM,  MKETL_KNOB_TIE};
    for (size_t i = 0; i < sizeof KNOBS / sizeof KNOBS[0]; i++) {
        struct mketl_options options = {.seed = 100 + i, .events = 3000};
        options.rates[MKETL_KNOB_STACK] = 1000;
        if (KNOBS[i] == MKETL_KNOB_STACK_HALF)
            options.rates[MKETL_KNOB_STACK_KERNEL] = 800;
        options.rates[KNOBS[i]] = 700;
        struct world w;
        begin(&w, &options);
        check_everything(&w, ingest_saved(&w.file));
        end(&w);
    }
}

/* Records lost: what is left is joined by the rule, and totals follow. */
static void losses_leave_what_the_rule_finds(void **state)
{
    (void)state;
    for (uint64_t seed = 61; seed <= 68; seed++) {
        struct mketl_options options = varied(seed);
        options.lose_every = 5;
        struct world w;
        begin(&w, &options);
        check_everything(&w, ingest_saved(&w.file));
        end(&w);
    }
}

static struct ingest *both(struct world *w, bool kernel_first)
{
    struct ingest *in = ingest_new();
    assert_non_null(in);
    struct memory_file *files[] = {&w->file, &w->kernel};
    for (int i = 0; i < 2; i++) {
        struct memory_file *file = files[kernel_first ? 1 - i : i];
        assert_int_equal(ingest_add_file(in, memory_file_read, file), i);
        ingest_set_size(in, (unsigned)i, file->size);
    }
    assert_int_equal(ingest_drain(in, INGEST_FINISH), INGEST_ENDED);
    return in;
}

static bool both_grow(struct ingest *in, const struct world *w, size_t shown[2], struct rng *rng)
{
    const struct memory_file *files[] = {&w->file, &w->kernel};
    for (unsigned i = 0; i < 2; i++) {
        shown[i] += rng_below(rng, 3 * w->options.buffer_size);
        if (shown[i] > files[i]->size)
            shown[i] = files[i]->size;
        ingest_set_size(in, i, shown[i]);
    }
    ingest_drain(in, rng_chance(rng, 800) ? INGEST_HOLD : INGEST_RELEASE);
    return shown[0] < files[0]->size || shown[1] < files[1]->size;
}

/* Stacks come long before and long after their events: what is released early is put in later. */
static void two_growing_files_end_like_the_finished_ones(void **state)
{
    (void)state;
    for (uint64_t seed = 101; seed <= 106; seed++) {
        struct mketl_options options = varied(seed);
        options.split = true;
        options.shape = MKETL_SHAPE_SEQUENTIAL;
        struct world w;
        struct rng rng = {seed};
        size_t shown[2] = {0, 0};
        begin(&w, &options);
        struct ingest *in = ingest_new();
        assert_non_null(in);
        assert_int_equal(ingest_add_file(in, memory_file_read, &w.file), 0);
        assert_int_equal(ingest_add_file(in, memory_file_read, &w.kernel), 1);
        while (both_grow(in, &w, shown, &rng))
            continue;
        assert_int_equal(ingest_drain(in, INGEST_FINISH), INGEST_ENDED);
        check_everything(&w, in);
        end(&w);
    }
}

/* Process, Thread and Image records of the oldest kind, ids by context switches. */
static void records_of_every_age(void **state)
{
    (void)state;
    for (uint64_t seed = 111; seed <= 118; seed++) {
        struct mketl_options options = varied(seed);
        options.ancient = seed % 2;
        options.process_version = 1 + (uint8_t)(seed % 5);
        options.form = seed % 3 == 0 ? MKETL_FORM_MIXED : MKETL_FORM_PERFINFO;
        options.shape = MKETL_SHAPE_SEQUENTIAL;
        options.cpus = 4;
        struct world w;
        begin(&w, &options);
        check_everything(&w, ingest_saved(&w.file));
        end(&w);
    }
}

/* A heap session without names and stacks, and the kernel session of the same run. */
static void two_sessions_are_one_trace(void **state)
{
    (void)state;
    for (uint64_t seed = 81; seed <= 92; seed++) {
        struct mketl_options options = varied(seed);
        options.split = true;
        struct world w;
        begin(&w, &options);
        check_everything(&w, both(&w, seed % 2));
        end(&w);
    }
}

/* Everything that screens and commands would ask of what a damaged file left. */
static void look_at_everything(struct ingest *in)
{
    struct trace *trace = ingest_trace(in);
    struct image_map *map = trace ? image_table_map(trace->images) : NULL;
    uint64_t rows = trace ? store_rows(trace->store) : 0;
    for (uint64_t id = 0; id < rows; id++) {
        struct row row;
        store_get(trace->store, id, &row);
        if (row.stack == STACK_NONE)
            continue;
        struct stack_frames stack = stack_table_get(trace->stacks, row.stack);
        assert_true(stack.count > 0);
        uint32_t process = registry_thread(trace->registry, row.thread)->process;
        const struct image *image;
        for (uint32_t i = 0; i < stack.count; i++)
            (void)image_map_find(map, process, stack.frames[i], row.time, &image);
    }
    image_map_unref(map);
}

static void damage_does_no_harm(void **state)
{
    (void)state;
    for (uint64_t seed = 201; seed <= 230; seed++) {
        struct mketl_options options = varied(seed);
        options.events = 1500;
        struct world w;
        char flips[48];
        snprintf(flips, sizeof flips, "flip:%u:%u", 1u << (seed % 11), (unsigned)seed);
        begin(&w, &options);
        assert_int_equal(damage_apply(flips, w.file.bytes, &w.file.size), 0);
        struct ingest *in = ingest_new_file(memory_file_read, &w.file);
        assert_non_null(in);
        ingest_set_size(in, 0, w.file.size);
        struct err_info info = {.text = ""};
        while (ingest_step(in, INGEST_FINISH, &info) == INGEST_MORE)
            continue;
        look_at_everything(in);
        ingest_free(in);
        end(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_alone),
        cmocka_unit_test(a_saved_file_has_its_stacks),
        cmocka_unit_test(a_closed_stream_has_the_same),
        cmocka_unit_test(losses_leave_what_the_rule_finds),
        cmocka_unit_test(two_sessions_are_one_trace),
        cmocka_unit_test(two_growing_files_end_like_the_finished_ones),
        cmocka_unit_test(records_of_every_age),
        cmocka_unit_test(damage_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
