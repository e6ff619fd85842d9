/* The words and numbers of cells, conditions joined by pointing, and local time, held against
 * values worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "answer/snapshot.h"
#include "query/condition.h"
#include "ui/term/glyph.h"
#include "ui/view/cell_format.h"
#include "ui/view/heaps/heap_flags.h"
#include "ui/view/wall_clock.h"

static void check(struct strbuf *b, const char *expected)
{
    assert_string_equal(strbuf_str(b), expected);
    strbuf_release(b);
}

static void percents(void **state)
{
    static const struct {
        uint64_t part, whole;
        const char *text;
    } cases[] = {
        {0, 10, "0 %"},
        {10, 10, "100 %"},
        {1, 3, "33 %"},
        {988, 1000, "98.8 %"},
        {99999, 100000, "99.9 %"},
        {1, 100000, "0.1 %"},
        {12, 1000, "1.2 %"},
        {5, 0, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct strbuf b = {0};
        cell_put_percent(&b, cases[i].part, cases[i].whole);
        check(&b, cases[i].text);
    }
}

/* A figure that does not fit is shorter, not cut; a width of 0 is no limit. */
static void figures_fit_their_cells(void **state)
{
    struct view_settings settings = {.short_units = false};
    struct view_env env = {.settings = &settings};
    static const struct {
        uint64_t value;
        int width;
        const char *count, *bytes, *size;
    } cases[] = {
        {0, 3, GLYPH_ZERO, GLYPH_ZERO, "0"},
        {67050, 8, "67,050", "67,050 B", "67,050"},
        {67050, 7, "67,050", "65.5 KiB", "67,050"},
        {67050, 5, "67.1K", "65.5 KiB", "65.5 KiB"},
        {UINT64_C(66134610347), 14, "66,134,610,347", "61.6 GiB", "66,134,610,347"},
        {UINT64_C(66134610347), 0, "66,134,610,347", "66,134,610,347 B", "66,134,610,347"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct strbuf b = {0};
        struct list_cell cell = {&b, ROLE_TEXT, cases[i].width};
        cell_show_count(&cell, cases[i].value);
        check(&b, cases[i].count);
        cell_show_bytes(&cell, &env, cases[i].value);
        check(&b, cases[i].bytes);
        cell_show_size(&cell, &env, cases[i].value);
        check(&b, cases[i].size);
    }
}

static void row_numbers_are_whole(void **state)
{
    static const struct {
        uint64_t rows;
        int width;
    } cases[] = {{0, 7}, {1, 7}, {1000000, 7}, {1000001, 9}, {10000001, 10}, {UINT32_MAX, 13}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct snapshot s = {.rows = cases[i].rows};
        struct view_env of = {.snapshot = &s};
        struct list_column column = {0};
        struct strbuf b = {0};
        cell_fit_row(&column, &of, 7, &b);
        assert_int_equal(column.min_width, cases[i].width);
        assert_int_equal(column.max_width, cases[i].width);
        strbuf_release(&b);
    }
}

static void rates(void **state)
{
    static const struct {
        double rate;
        const char *text;
    } cases[] = {{0, "0"}, {0.001, "<0.01"}, {0.25, "0.25"}, {12100, "12.1K"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct strbuf b = {0};
        cell_put_rate(&b, cases[i].rate);
        check(&b, cases[i].text);
    }
}

static void powers(void **state)
{
    struct strbuf b = {0};
    (void)state;
    cell_put_power(&b, 64);
    strbuf_putc(&b, ' ');
    cell_put_power(&b, 4096);
    strbuf_putc(&b, ' ');
    cell_put_power(&b, UINT64_C(1) << 62);
    check(&b, "64 4K 4E");
}

static void exact_moments(void **state)
{
    static const struct {
        int64_t ns;
        const char *text;
    } cases[] = {{0, "0.000 s"},
                 {2000000, "0.002 s"},
                 {1098000100, "1.0980001 s"},
                 {1234567890123, "1,234.567890123 s"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct strbuf b = {0};
        cell_put_exact_moment(&b, cases[i].ns);
        check(&b, cases[i].text);
    }
}

static void joined(const char *filter, const char *condition, const char *expected, bool adds)
{
    struct strbuf b = {0};
    assert_int_equal(condition_join(filter, condition, &b), adds);
    check(&b, expected);
}

static void conditions(void **state)
{
    (void)state;
    joined("heap == 0x1 && source == 3", "source == 3 && size in 64..127",
           "heap == 0x1 && source == 3 && size in 64..127", true);
    joined("!(tid == 1 && pid == 2 && live)", "pid == 2",
           "!(tid == 1 && pid == 2 && live) && pid == 2", true);
    joined("process == \"a && b\" && live", "live", "process == \"a && b\" && live", false);
    joined("", "live", "live", true);
    joined("size >= 4K", "live", "size >= 4K && live", true);
    joined("live || failed", "tid == 1", "(live || failed) && tid == 1", true);
    joined("live or failed", "tid == 1", "(live or failed) && tid == 1", true);
    joined("process ~ corp", "tid == 1", "process ~ corp && tid == 1", true);
    joined("a == 1 && live", "live", "a == 1 && live", false);
    joined("live", "live", "live", false);
    joined("tid == 12", "tid == 1", "tid == 12 && tid == 1", true);
    joined("!(a == 1 && live)", "live", "!(a == 1 && live) && live", true);
    struct strbuf b = {0};
    strbuf_puts(&b, "source == 2");
    condition_negate(&b);
    check(&b, "!(source == 2)");
}

static void times(void **state)
{
    struct strbuf b = {0};
    (void)state;
    condition_put_time(&b, "time", 444624400);
    check(&b, "time >= 0.4446244s");
    condition_put_time(&b, "life", 2000000000);
    check(&b, "life >= 2s");
    condition_put_time(&b, "time", 1);
    check(&b, "time >= 0.000000001s");
    cell_put_moment(&b, INT64_C(1204567890123));
    check(&b, "1,204.567 s");
}

static void flags(void **state)
{
    struct strbuf b = {0};
    (void)state;
    heap_flags_put(&b, 0x1002);
    check(&b, "0x1002 GROWABLE, class private");
    heap_flags_put(&b, 0x80000000);
    check(&b, "0x80000000 class process, 0x80000000");
}

/* A curve of 4 points, 10 ticks each from 100: 1 2 3 4; outside of it 0 before and 4 behind. */
static void curves(void **state)
{
    float bytes[] = {1, 2, 3, 4};
    struct curve curve = {
        .start = 100, .bin_ticks = 10, .points = 4, .capacity = 4, .bytes = bytes};
    uint64_t v[8];
    (void)state;
    cell_sample_curve(&curve, 100, 140, 4, v);
    assert_true(v[0] == 1 && v[1] == 2 && v[2] == 3 && v[3] == 4);
    cell_sample_curve(&curve, 100, 140, 2, v);
    assert_true(v[0] == 2 && v[1] == 4);
    cell_sample_curve(&curve, 60, 180, 6, v);
    assert_true(v[0] == 0 && v[1] == 0 && v[2] == 2 && v[3] == 4 && v[4] == 4 && v[5] == 4);
    curve.points = 0;
    cell_sample_curve(&curve, 100, 140, 1, v);
    assert_true(v[0] == 0);
}

/* FILETIME of a UTC date: days since 1601 counted one by one, another way than the product's. */
static int64_t filetime(int year, int month, int day, int hour)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t days = day - 1;
    for (int y = 1601; y < year; y++)
        days += y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) ? 366 : 365;
    for (int m = 1; m < month; m++)
        days += lengths[m - 1] +
                (m == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 1 : 0);
    return (days * 24 + hour) * INT64_C(36000000000);
}

/* Berlin: last Sunday of March 02:00 to last Sunday of October 03:00. */
static void northern_summer_time(void **state)
{
    const struct etl_time_zone berlin = {.bias = -60,
                                         .daylight_bias = -60,
                                         .standard_date = {0, 10, 0, 5, 3},
                                         .daylight_date = {0, 3, 0, 5, 2}};
    (void)state;
    assert_int_equal(wall_clock_offset(&berlin, filetime(2025, 1, 15, 12)), 60);
    assert_int_equal(wall_clock_offset(&berlin, filetime(2025, 7, 15, 12)), 120);
    assert_int_equal(wall_clock_offset(&berlin, filetime(2025, 3, 30, 0)), 60);
    assert_int_equal(wall_clock_offset(&berlin, filetime(2025, 3, 30, 1)), 120);
    assert_int_equal(wall_clock_offset(&berlin, filetime(2025, 10, 26, 0)), 120);
    assert_int_equal(wall_clock_offset(&berlin, filetime(2025, 10, 26, 1)), 60);
    assert_int_equal(wall_clock_offset(&berlin, filetime(2025, 12, 31, 23)), 60);
}

/* Sydney: first Sunday of October 02:00 to first Sunday of April 03:00, over the new year. */
static void southern_summer_time(void **state)
{
    const struct etl_time_zone sydney = {.bias = -600,
                                         .daylight_bias = -60,
                                         .standard_date = {0, 4, 0, 1, 3},
                                         .daylight_date = {0, 10, 0, 1, 2}};
    (void)state;
    assert_int_equal(wall_clock_offset(&sydney, filetime(2025, 1, 15, 0)), 660);
    assert_int_equal(wall_clock_offset(&sydney, filetime(2025, 7, 15, 0)), 600);
    assert_int_equal(wall_clock_offset(&sydney, filetime(2025, 4, 5, 15)), 660);
    assert_int_equal(wall_clock_offset(&sydney, filetime(2025, 4, 5, 16)), 600);
    assert_int_equal(wall_clock_offset(&sydney, filetime(2025, 10, 4, 16)), 660);
}

static void absurd_zones(void **state)
{
    struct etl_time_zone zone = {.bias = INT32_MIN,
                                 .standard_bias = INT32_MIN,
                                 .standard_date = {65535, 12, 65535, 65535, 65535, 65535, 65535},
                                 .daylight_date = {0, 1, 65535, 65535, 65535, 65535, 65535}};
    (void)state;
    wall_clock_offset(&zone, INT64_MAX);
    wall_clock_offset(&zone, INT64_MIN);
    zone.standard_date[1] = 13;
    assert_int_equal(wall_clock_offset(&zone, 0), -2 * (int64_t)INT32_MIN);
    assert_true(wall_clock_shift(INT64_MAX, 1) == INT64_MAX);
    assert_true(wall_clock_shift(5, INT64_MAX) == 5);
}

static void wall_times(void **state)
{
    struct strbuf b = {0};
    (void)state;
    int64_t t = filetime(2025, 11, 4, 9) + INT64_C(8731234567);
    wall_clock_put_time(&b, t);
    check(&b, "09:14:33.1234567");
    wall_clock_put_date(&b, t);
    check(&b, "2025-11-04 09:14:33");
    wall_clock_put_offset(&b, 0);
    wall_clock_put_offset(&b, 60);
    wall_clock_put_offset(&b, -210);
    check(&b, "UTCUTC+1UTC-3:30");
}

static void thread_reads(const struct trace *trace, uint32_t thread, const char *expected)
{
    struct strbuf b = {0};
    bool known = condition_put_thread(&b, trace, registry_thread(trace->registry, thread));
    assert_int_equal(known, expected[0] != '\0');
    check(&b, expected);
}

/* An id that several processes have does not say enough; records without ids say nothing more. */
static void threads_are_told_apart(void **state)
{
    struct etl_file_header header = {.pointer_size = 8, .perf_frequency = 10000000};
    struct trace *trace = trace_new(&header);
    (void)state;
    assert_non_null(trace);
    struct registry *r = trace->registry;
    thread_reads(trace, registry_add_thread(r, 4, 100), "tid == 100");
    uint32_t shared = registry_add_thread(r, 4, 200);
    thread_reads(trace, registry_add_thread(r, 8, 200), "tid == 200 && pid == 8");
    thread_reads(trace, shared, "tid == 200 && pid == 4");
    thread_reads(trace, registry_add_thread(r, EVENT_NO_ID, 200), "tid == 200");
    thread_reads(trace, registry_add_thread(r, 8, EVENT_NO_ID), "");
    trace_unref(trace);
}

static void what_is_done_is_whole_percent(void **state)
{
    (void)state;
    assert_int_equal(cell_percent(0, 0), 100);
    assert_int_equal(cell_percent(0, 7), 0);
    assert_int_equal(cell_percent(2, 3), 66);
    assert_int_equal(cell_percent(UINT64_MAX - 1, UINT64_MAX), 99);
    assert_int_equal(cell_percent(8, 7), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percents),
        cmocka_unit_test(threads_are_told_apart),
        cmocka_unit_test(what_is_done_is_whole_percent),
        cmocka_unit_test(figures_fit_their_cells),
        cmocka_unit_test(row_numbers_are_whole),
        cmocka_unit_test(rates),
        cmocka_unit_test(powers),
        cmocka_unit_test(exact_moments),
        cmocka_unit_test(conditions),
        cmocka_unit_test(times),
        cmocka_unit_test(flags),
        cmocka_unit_test(curves),
        cmocka_unit_test(northern_summer_time),
        cmocka_unit_test(southern_summer_time),
        cmocka_unit_test(absurd_zones),
        cmocka_unit_test(wall_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
