/* Places and times of day as they are typed, and actions by what is typed of their names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui/keys/action_match.h"
#include "ui/view/place.h"
#include "ui/view/wall_clock.h"

static void reads_places(void **state)
{
    static const struct {
        const char *text;
        enum place_kind kind;
        uint64_t value; /* row, address, ns, or where it is wrong */
    } sample[] = {
        {"", PLACE_NOTHING, 0},
        {"  ", PLACE_NOTHING, 0},
        {"1204", PLACE_ROW, 1204},
        {" 1,204 ", PLACE_ROW, 1204},
        {"row 7", PLACE_ROW, 7},
        {"ROW 1,000", PLACE_ROW, 1000},
        {"row ", PLACE_INCOMPLETE, 4},
        {"row x", PLACE_WRONG, 4},
        {"99999999999999999999999", PLACE_ROW, UINT64_MAX},
        {"0.444", PLACE_TIME, 444000000},
        {"0.444 624 4", PLACE_TIME, 444624400},
        {"1,204.5 s", PLACE_TIME, 1204500000000},
        {"1.5s", PLACE_TIME, 1500000000},
        {"300ms", PLACE_TIME, 300000000},
        {"2m", PLACE_TIME, 120000000000},
        {"1h", PLACE_TIME, 3600000000000},
        {"5.", PLACE_INCOMPLETE, 2},
        {"300n", PLACE_INCOMPLETE, 4},
        {"300x", PLACE_WRONG, 3},
        {"0x", PLACE_INCOMPLETE, 2},
        {"0x13d35", PLACE_ADDRESS, 0x13d35},
        {"0XFFFFFFFFFFFFFFFF", PLACE_ADDRESS, UINT64_MAX},
        {"0x1ffffffffffffffff", PLACE_WRONG, 18},
        {"0x13g", PLACE_WRONG, 4},
        {"'", PLACE_INCOMPLETE, 1},
        {"'a", PLACE_MARK, 0},
        {"''", PLACE_MARK, 0},
        {"'1", PLACE_WRONG, 1},
        {"'ab", PLACE_WRONG, 2},
        {"heaps", PLACE_WORD, 0},
        {"-", PLACE_WORD, 0},
        {"12:", PLACE_INCOMPLETE, 3},
        {"12:34", PLACE_CLOCK, 0},
        {"24:00", PLACE_WRONG, 0},
        {"12:61", PLACE_WRONG, 3},
        {"2025-11", PLACE_INCOMPLETE, 7},
        {"2025-13-01 12:00", PLACE_WRONG, 5},
        {"2025-11-04 12:00:00.5", PLACE_CLOCK, 0},
        {"12:00:00 x", PLACE_WRONG, 8},
    };
    (void)state;
    for (size_t i = 0; i < sizeof sample / sizeof sample[0]; i++) {
        struct place p;
        place_parse(sample[i].text, &p);
        uint64_t value = p.kind == PLACE_TIME                                  ? (uint64_t)p.ns
                         : p.kind == PLACE_INCOMPLETE || p.kind == PLACE_WRONG ? p.wrong_at
                                                                               : p.value;
        if (p.kind != sample[i].kind || value != sample[i].value)
            fail_msg("'%s': kind %d, value %llu", sample[i].text, p.kind,
                     (unsigned long long)value);
        assert_true((p.kind == PLACE_INCOMPLETE || p.kind == PLACE_WRONG) == (p.expected != NULL));
    }
}

/* What is written is read as the same time. */
static void reads_the_times_it_writes(void **state)
{
    struct strbuf b = {0};
    int64_t step = INT64_C(7640331234567), at, of_day;
    bool dated;
    size_t wrong_at;
    (void)state;
    for (int64_t filetime = 0; filetime < INT64_C(200000000000000000); filetime += step) {
        strbuf_clear(&b);
        wall_clock_put_time(&b, filetime);
        assert_null(wall_clock_parse(b.s, &of_day, &dated, &wrong_at));
        assert_false(dated);
        assert_true(of_day == filetime % INT64_C(864000000000));
        strbuf_clear(&b);
        wall_clock_put_date(&b, filetime);
        assert_null(wall_clock_parse(b.s, &at, &dated, &wrong_at));
        assert_true(dated);
        assert_true(at == filetime - filetime % 10000000);
    }
    strbuf_release(&b);
}

static void finds_actions(void **state)
{
    static const struct {
        const char *text;
        enum action action; /* ACTION_NONE: not one */
    } sample[] = {
        {"screen.heaps", ACTION_HEAPS}, {"heaps", ACTION_HEAPS},
        {"HEAPS", ACTION_HEAPS},        {"screen.h", ACTION_HEAPS},
        {"quit", ACTION_QUIT},          {"q", ACTION_NONE},
        {"help", ACTION_HELP},          {"l", ACTION_NONE},
        {"half-d", ACTION_HALF_DOWN},   {"", ACTION_NONE},
        {"nothing", ACTION_NONE},       {"range.cl", ACTION_RANGE_CLEAR},
    };
    (void)state;
    for (size_t i = 0; i < sizeof sample / sizeof sample[0]; i++) {
        enum action found[2] = {ACTION_NONE};
        size_t n = action_match(sample[i].text, found, 2);
        if ((n == 1) != (sample[i].action != ACTION_NONE) ||
            (n == 1 && found[0] != sample[i].action))
            fail_msg("'%s': %zu, the first %s", sample[i].text, n, action_info(found[0])->name);
    }
    for (enum action a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
        enum action found[2];
        assert_int_equal(action_match(action_info(a)->name, found, 2), 1);
        assert_int_equal(found[0], a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_places),
        cmocka_unit_test(reads_the_times_it_writes),
        cmocka_unit_test(finds_actions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
