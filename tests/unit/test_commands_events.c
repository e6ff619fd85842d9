/*
 * `heaptail events` in process: TSV byte for byte as the generator writes it, and the other formats
 * saying the same, hostile names included.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "command_world.h"
#include "model/event_column.h"

static const struct mketl_options usual = {
    .seed = 33,
    .events = 5000,
    .rates = {[MKETL_KNOB_MOVE] = 40,
              [MKETL_KNOB_RARE_OP] = 20,
              [MKETL_KNOB_RANGE] = 20,
              [MKETL_KNOB_ODD_SOURCE] = 10,
              [MKETL_KNOB_HUGE_SIZE] = 5},
};

/* Names as a trace may hold them: what formats must quote and what terminals must not see. */
static const struct mketl_options hostile = {
    .workload = MKETL_WORKLOAD_TEXT,
    .text = "0.1 10 11 start a,\"b\\c\".exe\n"
            "0.1 20 21 start \033[31mred\007.exe\n"
            "0.1 30 31 start -1+2;'x'\\\n"
            "0.2 10 11 alloc 0x10000 0x20000 64\n"
            "0.3 20 21 alloc 0x10000 0x20000 18446744073709551615\n"
            "0.4 30 31 alloc 0x30000 0x40000 1\n"
            "0.5 30 31 free 0x30000 0x40000\n"
            "0.6 10 11 op 0x10000 op=200\n",
};

static void check_tsv(bool raw_time)
{
    struct command_world w;
    command_world_init(&w, &usual);
    char *told;
    if (raw_time)
        assert_int_equal(COMMAND_CALL(&w, &told, "events", "--raw-time"), COMMAND_OK);
    else
        assert_int_equal(COMMAND_CALL(&w, &told, "events"), COMMAND_OK);
    FILE *f = tmpfile();
    assert_non_null(f);
    assert_int_equal(
        truth_write_tsv(&w.trace.truth.facts, w.trace.events, w.trace.event_count, raw_time, f), 0);
    char *truth = command_read_all(f);
    assert_string_equal(told, truth);
    free(truth);
    free(told);
    command_world_release(&w);
}

static void test_tsv_is_the_truth(void **state)
{
    (void)state;
    check_tsv(false);
    check_tsv(true);
}

/* ---- the formats say the same ---- */

#define COLUMNS_MOST 32

/* One line's fields; `rest` is moved behind the line. */
struct fields {
    char *at[COLUMNS_MOST];
    size_t count;
};

static void split_tsv(char **rest, struct fields *out)
{
    char *line = strsep(rest, "\n");
    out->count = 0;
    for (char *field; (field = strsep(&line, "\t")) != NULL;)
        out->at[out->count++] = field;
}

/* RFC 4180, undone in place. */
static void split_csv(char **rest, struct fields *out)
{
    char *from = *rest;
    char *to = from;
    out->count = 0;
    for (bool end = false; !end;) {
        out->at[out->count++] = to;
        bool quoted = *from == '"';
        from += quoted;
        while (quoted ? *from != '"' || from[1] == '"' : *from != ',' && *from != '\n') {
            from += quoted && *from == '"';
            *to++ = *from++;
        }
        from += quoted;
        end = *from++ == '\n';
        *to++ = '\0';
    }
    *rest = from;
}

/* Numbers are read as doubles here, because jansson's integers end at INT64_MAX. */
static void check_value(const json_t *v, const char *tsv)
{
    if (v == NULL)
        assert_string_equal(tsv, "-");
    else if (json_is_string(v))
        assert_string_equal(json_string_value(v), tsv);
    else
        assert_true(json_real_value(v) == strtod(tsv, NULL));
}

static void check_line(const struct fields *names, const struct fields *tsv,
                       const struct fields *csv, const json_t *object)
{
    assert_int_equal(tsv->count, names->count);
    assert_int_equal(csv->count, names->count);
    for (size_t i = 0; i < names->count; i++) {
        bool absent = strcmp(tsv->at[i], "-") == 0;
        assert_string_equal(csv->at[i], absent ? "" : tsv->at[i]);
        check_value(json_object_get(object, names->at[i]), tsv->at[i]);
    }
}

static void test_formats_agree(void **state)
{
    (void)state;
    struct command_world w;
    command_world_init(&w, &hostile);
    const char *const columns =
        "--columns=+process,flags,life,block_size,generation,cpu,row,caller,module,chain";
    char *tsv;
    char *csv;
    char *jsonl;
    assert_int_equal(COMMAND_CALL(&w, &tsv, "events", columns), COMMAND_OK);
    assert_int_equal(COMMAND_CALL(&w, &csv, "events", columns, "--format=csv"), COMMAND_OK);
    assert_int_equal(COMMAND_CALL(&w, &jsonl, "events", columns, "--format=jsonl"), COMMAND_OK);
    char *tsv_rest = tsv;
    char *csv_rest = csv;
    const char *json_rest = jsonl;
    struct fields names;
    struct fields line;
    struct fields same;
    split_tsv(&tsv_rest, &names);
    split_csv(&csv_rest, &same);
    assert_int_equal(names.count, EVENT_COLUMN_COUNT);
    assert_int_equal(same.count, EVENT_COLUMN_COUNT);
    for (size_t i = 0; i < names.count; i++)
        assert_string_equal(names.at[i], same.at[i]);
    size_t rows = 0;
    for (; *tsv_rest != '\0'; rows++) {
        split_tsv(&tsv_rest, &line);
        split_csv(&csv_rest, &same);
        json_error_t e;
        json_t *object =
            json_loads(json_rest, JSON_DISABLE_EOF_CHECK | JSON_DECODE_INT_AS_REAL, &e);
        if (object == NULL)
            fail_msg("%s: %s", e.text, json_rest);
        json_rest = strchr(json_rest, '\n') + 1;
        check_line(&names, &line, &same, object);
        json_decref(object);
    }
    assert_int_equal(rows, 5);
    assert_string_equal(json_rest, "");
    free(jsonl);
    free(csv);
    free(tsv);
    command_world_release(&w);
}

static void test_no_control_characters(void **state)
{
    (void)state;
    static const char *const formats[] = {"tsv", "csv", "jsonl", "text"};
    struct command_world w;
    command_world_init(&w, &hostile);
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        char *text;
        assert_int_equal(
            COMMAND_CALL(&w, &text, "events", "--columns=process", "--format", formats[i]),
            COMMAND_OK);
        for (const char *s = text; *s != '\0'; s++)
            if ((unsigned char)*s < ' ' && *s != '\n')
                fail_msg("control character %d in %s", *s, formats[i]);
        assert_non_null(strstr(text, "red"));
        free(text);
    }
    command_world_release(&w);
}

/* ---- which columns, which rows ---- */

static void check_first_lines(const struct command_world *w, const char *columns, const char *lines)
{
    char *text;
    assert_int_equal(COMMAND_CALL(w, &text, "events", "--columns", columns, "--top", "1"),
                     COMMAND_OK);
    assert_string_equal(text, lines);
    free(text);
}

static void test_columns(void **state)
{
    (void)state;
    struct command_world w;
    command_world_init(&w, &hostile);
    check_first_lines(&w, "op,time,address", "op\ttime\taddress\nAlloc\t200000000\t0x20000\n");
    check_first_lines(&w, "size,size,process", "size\tprocess\n64\ta,\"b\\c\".exe\n");
    char *text;
    assert_int_equal(COMMAND_CALL(&w, &text, "events", "--columns", "op,colour"), COMMAND_USAGE);
    assert_string_equal(text, "");
    free(text);
    command_world_release(&w);
}

/* A Free carries no size, but the block it frees has one. */
static void test_block_size(void **state)
{
    (void)state;
    struct command_world w;
    command_world_init(&w, &hostile);
    char *text;
    assert_int_equal(COMMAND_CALL(&w, &text, "events", "--columns=size,block_size,life,flags",
                                  "--filter", "op == free"),
                     COMMAND_OK);
    assert_string_equal(text, "size\tblock_size\tlife\tflags\n-\t1\t100000000\ttemporary\n");
    free(text);
    command_world_release(&w);
}

/* Both ends of a range belong to it. */
static void test_range(void **state)
{
    (void)state;
    struct command_world w;
    command_world_init(&w, &hostile);
    char *text;
    assert_int_equal(
        COMMAND_CALL(&w, &text, "events", "--columns=time", "--since", "300ms", "--until", "0.5"),
        COMMAND_OK);
    assert_string_equal(text, "time\n300000000\n400000000\n500000000\n");
    free(text);
    assert_int_equal(
        COMMAND_CALL(&w, &text, "events", "--columns=time", "--pid", "30", "--heap", "0x30000"),
        COMMAND_OK);
    assert_string_equal(text, "time\n400000000\n500000000\n");
    free(text);
    command_world_release(&w);
}

/* The fields without a column come under Windows' names. */
static void test_all_fields(void **state)
{
    (void)state;
    static const struct mketl_options create = {
        .workload = MKETL_WORKLOAD_TEXT,
        .text = "0.1 10 11 create 0x10000 flags=2 reserved=65536 committed=8192 allocated=2192\n",
    };
    struct command_world w;
    command_world_init(&w, &create);
    char *text;
    assert_int_equal(
        COMMAND_CALL(&w, &text, "events", "--format=jsonl", "--columns=op", "--all-fields"),
        COMMAND_OK);
    assert_string_equal(text, "{\"op\":\"Create\",\"HeapFlags\":\"0x2\",\"ReservedSpace\":65536,"
                              "\"CommittedSpace\":8192,\"AllocatedSpace\":2192}\n");
    free(text);
    command_world_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tsv_is_the_truth),
        cmocka_unit_test(test_formats_agree),
        cmocka_unit_test(test_no_control_characters),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_block_size),
        cmocka_unit_test(test_range),
        cmocka_unit_test(test_all_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
