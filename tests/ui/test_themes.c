/* The theme picker: what it lists, the preview, keeping and taking back, on screens of any size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "stage.h"
#include "ui/term/theme_catalog.h"

static char home[64];

static void put_theme(const char *name, const char *text)
{
    char path[160];
    snprintf(path, sizeof path, "%s/heaptail/themes/%s", home, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

/* A folder of one's own with a good theme, a broken one, one that hides a shipped one, and what is
 * no theme. */
static int make_home(void **state)
{
    char path[128];
    if (term_group_setup(state) != 0)
        return -1;
    snprintf(home, sizeof home, "/tmp/heaptail-themes-%ld", (long)getpid());
    mkdir(home, 0700);
    snprintf(path, sizeof path, "%s/heaptail", home);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/heaptail/themes", home);
    mkdir(path, 0700);
    setenv("XDG_CONFIG_HOME", home, 1);
    put_theme("dusk.theme", "name = Dusk\ninherit = dark\n[palette]\nbg = 99\n");
    put_theme("broken.theme", "inherit = dark\n[roles]\ntext = purpel\nnonsense = red\n");
    put_theme("light.theme", "name = My light\ninherit = dark\n[palette]\nbg = 55\n");
    put_theme("notes.txt", "no theme");
    return 0;
}

static int remove_home(void **state)
{
    static const char *const files[] = {"themes/dusk.theme", "themes/broken.theme",
                                        "themes/light.theme", "themes/notes.txt"};
    char path[160];
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/heaptail/%s", home, files[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/heaptail/themes", home);
    rmdir(path);
    snprintf(path, sizeof path, "%s/heaptail", home);
    rmdir(path);
    return rmdir(home);
}

static const struct theme_entry *entry(const struct theme_catalog *c, const char *name)
{
    const struct theme_entry *found = NULL;
    for (size_t i = 0; i < c->count; i++) {
        if (strcmp(c->entry[i].name, name) != 0)
            continue;
        assert_null(found); /* no name stands twice */
        found = &c->entry[i];
    }
    assert_non_null(found);
    return found;
}

static void every_theme_is_listed_once(void **state)
{
    static const char *const shipped[] = {"dark",       "solarized-dark", "solarized-light",
                                          "colorblind", "high-contrast",  "monochrome"};
    (void)state;
    struct theme_catalog *c = calloc(1, sizeof *c);
    assert_non_null(c);
    theme_catalog_read(c);
    assert_int_equal(c->count, 9);
    for (size_t i = 0; i < sizeof shipped / sizeof shipped[0]; i++) {
        assert_int_not_equal(entry(c, shipped[i])->place, THEME_OWN);
        assert_string_equal(entry(c, shipped[i])->problem, "");
    }
    assert_string_equal(c->entry[0].name, "broken"); /* one's own come first */
    assert_string_equal(c->entry[1].name, "dusk");
    assert_string_equal(c->entry[2].name, "light");
    assert_string_equal(entry(c, "light")->title, "My light");
    assert_int_equal(entry(c, "dusk")->place, THEME_OWN);
    assert_ptr_equal(strstr(entry(c, "broken")->problem, "broken.theme:3:8: "),
                     entry(c, "broken")->problem);
    assert_null(strchr(entry(c, "broken")->problem, '\n'));
    theme_catalog_release(c);
    free(c);
}

/* The background of the body, on a row that is not selected. */
static int background(struct stage *st)
{
    return term_cell(st->term, 5, 0).bg;
}

static void the_cursor_shows_themes_and_escape_takes_them_back(void **state)
{
    (void)state;
    struct stage st;
    stage_open(&st, &(struct stage_options){.rows = 30, .cols = 100});
    term_keys(st.term, "2T");
    assert_true(term_find(st.term, "> dark") > 14); /* the lower half; events above */
    assert_true(term_find(st.term, "current hit") > 14);
    term_keys(st.term, "gj");
    assert_int_equal(background(&st), 99);
    assert_string_equal(app_theme_name(st.app), "");
    term_keys(st.term, "j");
    assert_int_equal(background(&st), 55);
    term_keys(st.term, "<Esc>");
    assert_int_equal(background(&st), 234);
    assert_int_equal(term_find(st.term, "current hit"), -1);
    term_keys(st.term, "Tgj3"); /* another screen closes it, too */
    assert_int_equal(background(&st), 234);
    stage_close(&st);
}

static void enter_keeps_the_theme(void **state)
{
    (void)state;
    struct stage st;
    stage_open(&st, &(struct stage_options){.rows = 30, .cols = 100});
    term_keys(st.term, "Tgj<Enter>");
    assert_int_equal(background(&st), 99);
    assert_string_equal(app_theme_name(st.app), "dusk");
    assert_true(term_find(st.term, "The theme is dusk now.") > 0);
    term_keys(st.term, "T");
    assert_true(term_find(st.term, "> dusk") > 0);
    term_keys(st.term, "g<Enter>");
    assert_true(term_find(st.term, "broken.theme:3:8") > 0); /* kept, and what is wrong is told */
    assert_string_equal(app_theme_name(st.app), "broken");
    term_keys(st.term, "TGT"); /* its own key closes it */
    assert_int_equal(background(&st), 234);
    stage_close(&st);
}

static void it_fits_any_screen(void **state)
{
    static const int size[][2] = {{1, 1}, {5, 20}, {15, 60}, {24, 80}, {60, 200}};
    (void)state;
    struct stage st;
    stage_open(&st, &(struct stage_options){.rows = 24, .cols = 80});
    term_keys(st.term, "2T");
    for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
        term_resize(st.term, size[i][0], size[i][1]);
        term_keys(st.term, "gGjk");
    }
    term_keys(st.term, "g");
    assert_true(term_find(st.term, "> broken") > 0);
    stage_close(&st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_theme_is_listed_once),
        cmocka_unit_test(the_cursor_shows_themes_and_escape_takes_them_back),
        cmocka_unit_test(enter_keeps_the_theme),
        cmocka_unit_test(it_fits_any_screen),
    };
    return cmocka_run_group_tests(tests, make_home, remove_home);
}
