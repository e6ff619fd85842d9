/* What was typed into prompts, kept from run to run: the file as it may be, and two programs at
 * once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/file.h"
#include "runtime/history_file.h"
#include "ui/app/app_state.h"

static int enter_folder(void **state)
{
    char name[] = "/tmp/heaptail-history-XXXXXX";
    if (mkdtemp(name) == NULL)
        return -1;
    *state = strdup(name);
    return setenv("XDG_STATE_HOME", name, 1);
}

static int leave_folder(void **state)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", (char *)*state);
    free(*state);
    return system(command) == 0 ? 0 : -1;
}

/* The histories are all that is asked of it. */
static struct app *start(void)
{
    struct app *a = base_xcalloc(1, sizeof *a);
    history_file_load(a);
    return a;
}

static void type(struct app *a, enum app_history kind, const char *text)
{
    prompt_history_add(&a->history[kind], text, strlen(text), true);
}

static void forget(struct app *a)
{
    for (int i = 0; i < HISTORY_COUNT; i++)
        prompt_history_release(&a->history[i]);
    free(a);
}

static void stop(struct app *a)
{
    history_file_save(a);
    forget(a);
}

static void assert_file(void **state, const char *want)
{
    char path[128];
    struct strbuf b = {0};
    snprintf(path, sizeof path, "%s/heaptail/history", (char *)*state);
    if (want == NULL) {
        assert_int_not_equal(access(path, F_OK), 0);
        return;
    }
    assert_int_equal(file_read(path, 1 << 20, &b, NULL), 0);
    assert_string_equal(strbuf_str(&b), want);
    strbuf_release(&b);
}

static void put_file(void **state, const char *bytes, size_t n)
{
    char path[128];
    snprintf(path, sizeof path, "%s/heaptail/history", (char *)*state);
    assert_int_equal(file_write(path, 0600, bytes, n, NULL), 0);
}

static void lines_are_there_in_the_next_run(void **state)
{
    struct app *a = start();
    assert_int_equal(a->history[HISTORY_FILTER].count, 0);
    stop(a);
    assert_file(state, NULL); /* nothing was typed */

    a = start();
    type(a, HISTORY_FILTER, "size > 4K");
    type(a, HISTORY_FILTER, "live");
    type(a, HISTORY_FIND, "0x13d");
    stop(a);
    assert_file(state, "filter size > 4K\nfilter live\nfind 0x13d\n");

    a = start();
    assert_int_equal(a->history[HISTORY_FILTER].count, 2);
    assert_string_equal(a->history[HISTORY_FILTER].line[1].text, "live");
    assert_string_equal(a->history[HISTORY_FIND].line[0].text, "0x13d");
    type(a, HISTORY_FILTER, "size > 4K");
    stop(a);
    assert_file(state, "filter live\nfilter size > 4K\nfind 0x13d\n");
}

static void two_programs_keep_the_lines_of_both(void **state)
{
    struct app *first = start(), *second = start();
    type(first, HISTORY_FILTER, "pid == 1");
    type(second, HISTORY_FILTER, "pid == 2");
    type(second, HISTORY_FILTER, "live");
    stop(second);
    type(first, HISTORY_FILTER, "live");
    stop(first);
    assert_file(state, "filter pid == 2\nfilter pid == 1\nfilter live\n");
    /* One that typed nothing takes nothing away. */
    first = start();
    second = start();
    type(second, HISTORY_GOTO, "1.5s");
    stop(second);
    stop(first);
    assert_file(state, "filter pid == 2\nfilter pid == 1\nfilter live\ngoto 1.5s\n");
}

static void whatever_the_file_holds_is_survived(void **state)
{
    static const char broken[] = "filter ok\nfilter \nfilter\nunknown kind\nfilter a\0b\n"
                                 "filter esc\033[2J\nfilter \xff\xfe\n\n\nfilter last one";
    struct app *a = start();
    type(a, HISTORY_FILTER, "x");
    stop(a);
    put_file(state, broken, sizeof broken - 1);
    a = start();
    assert_int_equal(a->history[HISTORY_FILTER].count, 2);
    assert_string_equal(a->history[HISTORY_FILTER].line[1].text, "last one");
    type(a, HISTORY_FILTER, "new");
    stop(a);
    assert_file(state, "filter ok\nfilter last one\nfilter new\n");

    size_t n = 3 << 20;
    char *huge = malloc(n);
    memset(huge, 'f', n);
    put_file(state, huge, n);
    free(huge);
    a = start();
    assert_int_equal(a->history[HISTORY_FILTER].count, 0);
    type(a, HISTORY_FILTER, "new");
    stop(a);
    assert_file(state, "filter new\n");
}

static void without_a_place_nothing_is_kept(void **state)
{
    (void)state;
    setenv("XDG_STATE_HOME", "/proc/nowhere", 1);
    struct app *a = start();
    type(a, HISTORY_FILTER, "x");
    stop(a);
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    a = start();
    type(a, HISTORY_FILTER, "x");
    stop(a);
}

int main(void)
{
#define IN_A_FOLDER(f) cmocka_unit_test_setup_teardown(f, enter_folder, leave_folder)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(lines_are_there_in_the_next_run),
        IN_A_FOLDER(two_programs_keep_the_lines_of_both),
        IN_A_FOLDER(whatever_the_file_holds_is_survived),
        IN_A_FOLDER(without_a_place_nothing_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
