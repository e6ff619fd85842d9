/* What is planted is there, by the truth's own bookkeeping, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mketl.h"

enum { EVENTS = 20000 };

static void plant(enum mketl_plant what, struct mketl_trace *out_trace)
{
    const struct mketl_options options = {
        .workload = MKETL_WORKLOAD_PLANTED, .planted = 1u << what, .events = EVENTS, .seed = what};
    char error[MKETL_ERROR_SIZE];
    assert_int_equal(mketl_generate(&options, out_trace, error), 0);
}

static void test_counted_wrongs(void **state)
{
    (void)state;
    for (enum mketl_plant what = 0; what < MKETL_PLANTS; what++) {
        struct mketl_trace t;
        plant(what, &t);
        assert_int_equal(t.truth.double_frees, what == MKETL_PLANT_DOUBLE_FREE ? 3 : 0);
        assert_int_equal(t.truth.wrong_heap, what == MKETL_PLANT_WRONG_HEAP ? 3 : 0);
        assert_int_equal(t.truth.unmatched_frees, t.truth.double_frees + t.truth.wrong_heap);
        assert_int_equal(t.truth.lost_frees + t.truth.lost_destroys + t.truth.repaired, 0);
        assert_int_equal(t.truth.failed_allocs, 0);
        assert_int_equal(t.truth.reallocs > 0, what == MKETL_PLANT_PING_PONG);
        mketl_trace_release(&t);
    }
}

/* What is alive at the end is what the workers hold, but for what grows. */
static void test_what_stays(void **state)
{
    (void)state;
    struct mketl_trace clean, leak, growth;
    plant(MKETL_PLANT_CLEAN, &clean);
    plant(MKETL_PLANT_LEAK, &leak);
    plant(MKETL_PLANT_GROWTH, &growth);
    assert_int_equal(clean.truth.outstanding_blocks, 4 * (EVENTS / 8 / 20));
    assert_true(leak.truth.outstanding_blocks > clean.truth.outstanding_blocks * 4 / 3);
    assert_true(growth.truth.outstanding_blocks > clean.truth.outstanding_blocks * 2);
    mketl_trace_release(&clean);
    mketl_trace_release(&leak);
    mketl_trace_release(&growth);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counted_wrongs),
        cmocka_unit_test(test_what_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
