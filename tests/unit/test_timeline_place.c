/* Where one is on a timeline: zooming, panning and the cursor, at every width. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/tools/rng.h"
#include "ui/view/timeline/timeline_place.h"

#define FIRST INT64_C(1000)
#define LAST  INT64_C(9000000)

static struct timeline_column columns[TIMELINE_MOST_COLUMNS];

/* The answer to what is asked for, as far as a place looks at it. */
static struct timeline answer(const struct timeline_place *p)
{
    struct timeline_spec spec;
    timeline_place_ask(p, TIMELINE_WHOLE, &spec);
    struct timeline t = {.count = spec.columns, .first = FIRST, .last = LAST, .columns = columns};
    int64_t until = spec.until == INT64_MAX ? LAST : spec.until;
    t.from = spec.since == INT64_MIN ? FIRST : spec.since;
    if (spec.tail != 0)
        t.from = LAST - (int64_t)(spec.tail - 1);
    t.column_ticks = (uint64_t)(until - t.from) / t.count + 1;
    while (t.known < t.count && timeline_column_time(&t, t.known) <= LAST) {
        columns[t.known].most =
            (struct timeline_moment){.time = timeline_column_time(&t, t.known), .row = ROW_NONE};
        t.known++;
    }
    return t;
}

static struct timeline_place place(int cells, int samples)
{
    struct timeline_place p;
    timeline_place_init(&p);
    p.cells = cells;
    p.samples = samples;
    return p;
}

static void assert_inside(const struct timeline_place *p)
{
    struct timeline t = answer(p);
    int cell = timeline_place_cell(p, &t);
    assert_true(cell >= 0 && cell < p->cells);
    assert_true(t.from >= FIRST && t.from <= LAST);
    assert_true(p->at_end || (p->time >= FIRST && p->time <= LAST));
}

/* The cursor stays within a cell of where it was. */
static void test_zoom_keeps_the_cursor(void **state)
{
    (void)state;
    struct timeline_place p = place(80, 2);
    struct timeline t = answer(&p);
    timeline_place_go(&p, &t, 3456789, ROW_NONE);
    int cell = timeline_place_cell(&p, &t), steps = 0;
    while (timeline_place_zoom_in(&p, &t, 2)) {
        t = answer(&p);
        assert_in_range(timeline_place_cell(&p, &t), cell > 2 ? cell - 2 : 0, cell + 2);
        steps++;
    }
    assert_true(steps > 10);
    assert_int_equal(t.column_ticks, 1);
    while (timeline_place_zoom_out(&p, &t, 2)) {
        t = answer(&p);
        assert_inside(&p);
        steps--;
    }
    assert_true(steps <= 0);
    assert_true(p.whole);
}

/* At the end the window goes on with the trace. */
static void test_the_end(void **state)
{
    (void)state;
    struct timeline_place p = place(60, 1);
    struct timeline t = answer(&p);
    assert_true(timeline_place_zoom_in(&p, &t, 16));
    assert_true(p.tail && p.at_end);
    t = answer(&p);
    timeline_place_move(&p, &t, -1);
    assert_false(p.tail || p.at_end);
    t = answer(&p);
    timeline_place_move(&p, &t, 5);
    assert_true(p.tail && p.at_end);
    timeline_place_go_first(&p, &t);
    assert_inside(&p);
    assert_int_equal(p.time, FIRST);
}

static void test_random_walk(void **state)
{
    (void)state;
    struct rng rng = {7};
    for (int run = 0; run < 200; run++) {
        struct timeline_place p = place(1 + (int)rng_below(&rng, 200), 1 + (int)rng_below(&rng, 2));
        for (int step = 0; step < 100; step++) {
            struct timeline t = answer(&p);
            int64_t by = (int64_t)rng_below(&rng, 300) - 150;
            switch (rng_below(&rng, 7)) {
            case 0:
                timeline_place_zoom_in(&p, &t, 2 + rng_below(&rng, 20));
                break;
            case 1:
                timeline_place_zoom_out(&p, &t, 2 + rng_below(&rng, 20));
                break;
            case 2:
                timeline_place_pan(&p, &t, by);
                break;
            case 3:
                timeline_place_go(&p, &t, by * 100000, ROW_NONE);
                break;
            case 4:
                timeline_place_show(&p, &t, FIRST + by * 1000, FIRST + 200000);
                timeline_place_go(&p, &t, p.from, ROW_NONE);
                break;
            default:
                timeline_place_move(&p, &t, by);
            }
            assert_inside(&p);
        }
    }
}

/* A cell that moves by one is the next one, whichever width the answer was asked for. */
static void test_moving(void **state)
{
    (void)state;
    for (int cells = 1; cells < 150; cells++) {
        struct timeline_place p = place(97, 2);
        struct timeline t = answer(&p);
        p.cells = cells;
        timeline_place_go_first(&p, &t);
        for (int i = 1; i < cells; i++) {
            timeline_place_move(&p, &t, 1);
            assert_in_range(timeline_place_cell(&p, &t), i - 1, i + 1);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zoom_keeps_the_cursor),
        cmocka_unit_test(test_the_end),
        cmocka_unit_test(test_random_walk),
        cmocka_unit_test(test_moving),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
