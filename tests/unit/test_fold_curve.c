/* Curves of a fixed number of bins: what a bin holds when time outgrows them or the value is none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "query/fold_curve.h"

static void test_bins_merge_in_pairs(void **state)
{
    (void)state;
    struct fold_curve c;
    assert_int_equal(fold_curve_begin(&c, 100, 4), 0);
    for (int64_t t = 0; t < 16; t++)
        fold_curve_advance(&c, 100 + t, (uint64_t)t);
    assert_int_equal(c.shift, 2);
    assert_int_equal(c.done, 3);
    assert_true(c.value[0] == 4 && c.value[1] == 8 && c.value[2] == 12);
    fold_curve_release(&c);
}

/* Sizes may lie, and then more is freed than was allocated. */
static void test_a_sum_below_zero_is_none(void **state)
{
    (void)state;
    struct fold_curve c;
    assert_int_equal(fold_curve_begin(&c, 0, 4), 0);
    fold_curve_advance(&c, 1, 7);
    fold_curve_advance(&c, 2, (uint64_t)-5);
    assert_int_equal(c.done, 2);
    assert_true(c.value[0] == 7 && c.value[1] == 0);
    fold_curve_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bins_merge_in_pairs),
        cmocka_unit_test(test_a_sum_below_zero_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
