/*
 * Decoder and replay together against the generator's truth: header form x pointer sizes x CPUs x
 * compression x file shape x realloc forms and anomalies, each read as a saved file and as a pipe.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "support/ingested.h"

#define EVENTS 4000

static void check_both_ways(const struct mketl_options *options)
{
    struct mketl_trace expected;
    struct memory_file file;
    generate(options, &expected, &file);
    struct ingest *in = ingest_saved(&file);
    check_ingest(in, &expected);
    ingest_free(in);
    in = ingest_piped(&file, 70000, options->seed);
    check_ingest(in, &expected);
    ingest_free(in);
    free(file.bytes);
    mketl_trace_release(&expected);
}

/* Everything that can go wrong or be odd, at rates that leave the ordinary in the majority. */
static void turn_on_everything(struct mketl_options *o)
{
    static const uint16_t rates[MKETL_KNOBS] = {
        [MKETL_KNOB_MOVE] = 30,
        [MKETL_KNOB_IN_PLACE] = 20,
        [MKETL_KNOB_EXPAND] = 10,
        [MKETL_KNOB_SNAPSHOT] = 3,
        [MKETL_KNOB_FAILED] = 3,
        [MKETL_KNOB_ZERO_SIZE] = 5,
        [MKETL_KNOB_HUGE_SIZE] = 3,
        [MKETL_KNOB_ODD_SOURCE] = 5,
        [MKETL_KNOB_UNMATCHED_FREE] = 5,
        [MKETL_KNOB_DOUBLE_FREE] = 5,
        [MKETL_KNOB_WRONG_HEAP] = 5,
        [MKETL_KNOB_LOST_FREE] = 5,
        [MKETL_KNOB_LOST_TRIO_ALLOC] = 5,
        [MKETL_KNOB_LOST_TRIO_FREE] = 5,
        [MKETL_KNOB_UNKNOWN_IN_PLACE] = 3,
        [MKETL_KNOB_OLD_SIZE_LIE] = 3,
        [MKETL_KNOB_INTERLEAVE] = 300,
        [MKETL_KNOB_DESTROY] = 2,
        [MKETL_KNOB_LOST_DESTROY] = 2,
        [MKETL_KNOB_DUPLICATE] = 200,
        [MKETL_KNOB_PROCESS_END] = 1,
        [MKETL_KNOB_TIE] = 50,
        [MKETL_KNOB_RANGE] = 5,
        [MKETL_KNOB_RARE_OP] = 5,
        [MKETL_KNOB_UNKNOWN_OP] = 3,
        [MKETL_KNOB_SAMPLE] = 50,
        [MKETL_KNOB_STACK] = 200,
        [MKETL_KNOB_FOREIGN] = 10,
    };
    for (unsigned k = 0; k < MKETL_KNOBS; k++)
        o->rates[k] = rates[k];
}

static void header_forms_by_pointer_sizes_by_cpus(void **state)
{
    (void)state;
    static const uint32_t cpus[] = {1, 2, 8};
    uint64_t seed = 1;
    for (unsigned form = MKETL_FORM_SYSTEM; form <= MKETL_FORM_MIXED; form++)
        for (unsigned pointers = MKETL_POINTERS_64; pointers <= MKETL_POINTERS_MIXED; pointers++)
            for (size_t c = 0; c < sizeof cpus / sizeof cpus[0]; c++) {
                struct mketl_options o = {.seed = seed++, .events = EVENTS, .cpus = cpus[c]};
                o.form = (enum mketl_form)form;
                o.pointers = (enum mketl_pointers)pointers;
                o.buffer_size = 8192;
                turn_on_everything(&o);
                print_message("form %u pointers %u cpus %u\n", form, pointers, cpus[c]);
                check_both_ways(&o);
            }
}

static void compression_by_shape(void **state)
{
    (void)state;
    static const enum mketl_compression formats[] = {MKETL_COMPRESS_NONE, MKETL_COMPRESS_LZNT1,
                                                     MKETL_COMPRESS_XPRESS,
                                                     MKETL_COMPRESS_XPRESS_HUFF};
    uint64_t seed = 100;
    for (size_t f = 0; f < sizeof formats / sizeof formats[0]; f++)
        for (unsigned shape = MKETL_SHAPE_SEQUENTIAL; shape <= MKETL_SHAPE_SHARED; shape++) {
            if (formats[f] != MKETL_COMPRESS_NONE &&
                (shape == MKETL_SHAPE_CIRCULAR || shape == MKETL_SHAPE_PREALLOCATED ||
                 shape == MKETL_SHAPE_APPEND))
                continue; /* modes that Windows refuses to compress */
            struct mketl_options o = {.seed = seed++, .events = EVENTS, .buffer_size = 16384};
            o.shape = (enum mketl_shape)shape;
            o.compression = formats[f];
            o.compress_whole = (seed & 1) != 0;
            turn_on_everything(&o);
            print_message("compression %d shape %u\n", (int)formats[f], shape);
            check_both_ways(&o);
        }
}

static void each_anomaly_alone(void **state)
{
    (void)state;
    for (unsigned k = 0; k < MKETL_KNOBS; k++) {
        struct mketl_options o = {
            .seed = 200 + k, .events = EVENTS, .pointers = MKETL_POINTERS_MIXED};
        for (unsigned other = 0; other < MKETL_KNOBS; other++)
            o.rates[other] = MKETL_RATE_OFF;
        o.rates[MKETL_KNOB_MOVE] = 30;
        o.rates[MKETL_KNOB_EXPAND] = 10;
        o.rates[k] = 100;
        print_message("knob %u\n", k);
        check_both_ways(&o);
    }
}

static void clocks_layouts_and_old_headers(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 12; i++) {
        struct mketl_options o = {.seed = 300 + i, .events = EVENTS};
        o.clock = (enum file_clock)(1 + i % 3);
        o.frequency = i % 2 == 0 ? 0 : 3579545;
        o.layout = (enum mketl_layout)(i % 4);
        o.process_version = (uint8_t)(1 + i % 5);
        o.old_cpu_field = i % 4 == 1;
        o.lying_headers = i % 3 == 2;
        o.pmc_counters = i % 2 == 1;
        o.form = i % 2 == 1 ? MKETL_FORM_PERFINFO : MKETL_FORM_SYSTEM;
        o.pointers = (enum mketl_pointers)(i % 3);
        turn_on_everything(&o);
        print_message("variant %u\n", i);
        check_both_ways(&o);
    }
}

static void losses(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct mketl_options o = {.seed = 400 + i, .events = EVENTS, .buffer_size = 8192};
        o.lose_every = i + 2;
        o.flag_losses = i % 2 == 1;
        o.attach_late = i * 50;
        o.shuffle = i >= 2;
        turn_on_everything(&o);
        print_message("loss %u\n", i);
        check_both_ways(&o);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_forms_by_pointer_sizes_by_cpus),
        cmocka_unit_test(compression_by_shape),
        cmocka_unit_test(each_anomaly_alone),
        cmocka_unit_test(clocks_layouts_and_old_headers),
        cmocka_unit_test(losses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
