/* Themes: the shipped files are readable on every kind of terminal, and wrong files say where. */
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/err.h"
#include "ui/term/color.h"
#include "ui/term/theme.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const char *const shipped[] = {
    "dark",       "light",         "solarized-dark", "solarized-light",
    "colorblind", "high-contrast", "monochrome",
};

/* Read for long: WCAG's 4.5. Everything else is short, bold or large enough for 3. */
static const enum role body[] = {
    ROLE_TEXT,        ROLE_TEXT_STRONG, ROLE_TITLE,         ROLE_TITLE_FOCUS,
    ROLE_TAB,         ROLE_STATUS,      ROLE_STATUS_FILTER, ROLE_PROMPT,
    ROLE_PROMPT_HINT, ROLE_TIME,        ROLE_STACK_FUNC,    ROLE_HELP_TEXT,
};

static const enum role events[] = {
    ROLE_EVENT_ALLOC,  ROLE_EVENT_REALLOC, ROLE_EVENT_FREE,
    ROLE_EVENT_CREATE, ROLE_EVENT_DESTROY, ROLE_EVENT_FAIL,
};

/* States that no sign in the text tells: they must differ without colour, too. */
static const struct {
    enum role a, b;
} must_differ[] = {
    {ROLE_TEXT, ROLE_TEXT_STRONG},
    {ROLE_TAB, ROLE_TAB_ACTIVE},
    {ROLE_HEADER, ROLE_TEXT},
    {ROLE_HEADER, ROLE_HEADER_CURSOR},
    {ROLE_STATUS, ROLE_STATUS_KEY},
    {ROLE_STATUS, ROLE_STATUS_FOLLOW},
    {ROLE_STATUS, ROLE_STATUS_PAUSED},
    {ROLE_STATUS, ROLE_STATUS_WARN},
    {ROLE_PROMPT, ROLE_PROMPT_ERROR},
    {ROLE_TEXT, ROLE_MATCH},
    {ROLE_MATCH, ROLE_MATCH_CURRENT},
    {ROLE_TEXT, ROLE_EVENT_FAIL},
    {ROLE_TEXT, ROLE_LOST},
    {ROLE_TEXT, ROLE_OUTSTANDING},
};

static struct theme *load(const char *name)
{
    struct theme *t = base_xcalloc(1, sizeof *t);
    struct strbuf path = {0}, errors = {0};
    strbuf_printf(&path, "%s/themes/%s.theme", HT_SOURCE_DIR, name);
    if (theme_load(t, path.s, &errors) != 0)
        fail_msg("%s", strbuf_str(&errors));
    strbuf_release(&path);
    strbuf_release(&errors);
    return t;
}

static struct style_table *apply(const char *name, enum style_depth depth)
{
    struct theme *t = load(name);
    struct style_table *table = base_xcalloc(1, sizeof *table);
    theme_apply(t, depth, table);
    free(t);
    return table;
}

static void shipped_themes_are_the_files(void **state)
{
    (void)state;
    DIR *dir = opendir(HT_SOURCE_DIR "/themes");
    assert_non_null(dir);
    size_t found = 0;
    for (const struct dirent *e; (e = readdir(dir));)
        if (strstr(e->d_name, ".theme"))
            found++;
    closedir(dir);
    assert_int_equal(found, COUNT(shipped));
    for (size_t i = 0; i < COUNT(shipped); i++) {
        struct theme *t = load(shipped[i]);
        assert_true(t->name[0] != '\0');
        assert_true(t->style[SCOPE_GLOBAL][ROLE_TEXT].set);
        free(t);
    }
}

static struct rgb rgb_of(struct theme_color c)
{
    return c.kind == THEME_COLOR_RGB ? (struct rgb){c.red, c.green, c.blue}
                                     : color_of_index(c.index);
}

static bool is_body(enum role role)
{
    for (size_t i = 0; i < COUNT(body); i++)
        if (body[i] == role)
            return true;
    return false;
}

static void check_contrast(const char *theme, enum role role, struct rgb fg, struct rgb bg,
                           double least)
{
    double contrast = color_contrast(fg, bg);
    if (contrast < least)
        fail_msg("%s: %s has contrast %.2f, less than %.1f", theme, role_name(role), contrast,
                 least);
}

/* As written, and as the nearest of 256. */
static void every_role_is_readable(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(shipped); i++) {
        struct theme *t = load(shipped[i]);
        struct style_table *table = apply(shipped[i], DEPTH_256);
        for (int r = 0; r < ROLE_COUNT; r++) {
            enum role role = (enum role)r;
            double least = is_body(role) ? 4.5 : 3.0;
            struct theme_style s = theme_resolve(t, SCOPE_GLOBAL, role);
            struct style mapped = table->style[SCOPE_GLOBAL][LAYER_PLAIN][r];
            if (s.fg.kind == THEME_COLOR_RGB && s.bg.kind == THEME_COLOR_RGB)
                check_contrast(shipped[i], role, rgb_of(s.fg), rgb_of(s.bg), least);
            if (mapped.fg >= 16 && mapped.bg >= 16)
                check_contrast(shipped[i], role, color_of_index(mapped.fg),
                               color_of_index(mapped.bg), least);
        }
        free(t);
        free(table);
    }
}

static void the_selected_row_is_readable(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(shipped); i++) {
        struct style_table *table = apply(shipped[i], DEPTH_256);
        for (int layer = LAYER_SELECTED; layer < LAYER_COUNT; layer++)
            for (int r = 0; r < ROLE_COUNT; r++) {
                struct style s = table->style[SCOPE_EVENTS][layer][r];
                if (s.fg >= 16 && s.bg >= 16)
                    check_contrast(shipped[i], (enum role)r, color_of_index(s.fg),
                                   color_of_index(s.bg), 4.5);
            }
        free(table);
    }
}

static bool same_style(struct style a, struct style b)
{
    return a.fg == b.fg && a.bg == b.bg && a.attrs == b.attrs;
}

static void states_differ_at_every_depth(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(shipped); i++)
        for (int depth = DEPTH_MONO; depth <= DEPTH_256; depth++) {
            struct style_table *table = apply(shipped[i], (enum style_depth)depth);
            struct style(*layer)[ROLE_COUNT] = table->style[SCOPE_GLOBAL];
            for (size_t k = 0; k < COUNT(must_differ); k++)
                if (same_style(layer[LAYER_PLAIN][must_differ[k].a],
                               layer[LAYER_PLAIN][must_differ[k].b]))
                    fail_msg("%s at depth %d: %s looks like %s", shipped[i], depth,
                             role_name(must_differ[k].a), role_name(must_differ[k].b));
            assert_false(
                same_style(layer[LAYER_PLAIN][ROLE_TEXT], layer[LAYER_SELECTED][ROLE_TEXT]));
            assert_false(
                same_style(layer[LAYER_CURSOR][ROLE_TEXT], layer[LAYER_SELECTED][ROLE_TEXT]));
            free(table);
        }
}

/* States that stand side by side, and what each is drawn with. */
struct meeting {
    enum style_layer layer;
    enum role role;
};

static const struct meeting rows[] = {
    {LAYER_PLAIN, ROLE_TEXT},       {LAYER_SELECTED, ROLE_TEXT},       {LAYER_CURSOR, ROLE_TEXT},
    {LAYER_PLAIN, ROLE_MATCH},      {LAYER_PLAIN, ROLE_MATCH_CURRENT}, {LAYER_BLUR, ROLE_TEXT},
    {LAYER_PLAIN, ROLE_TEXT_MUTED}, {LAYER_PLAIN, ROLE_LIST_MARKED},
};
static const struct meeting selected[] = {
    {LAYER_SELECTED, ROLE_TEXT},
    {LAYER_CURSOR, ROLE_TEXT},
    {LAYER_SELECTED, ROLE_MATCH},
    {LAYER_SELECTED, ROLE_MATCH_CURRENT},
};
static const struct meeting blurred[] = {
    {LAYER_BLUR, ROLE_TEXT},
    {LAYER_BLUR, ROLE_MATCH},
    {LAYER_BLUR, ROLE_MATCH_CURRENT},
};
static const struct meeting headers[] = {
    {LAYER_PLAIN, ROLE_HEADER},
    {LAYER_PLAIN, ROLE_HEADER_SORT},
    {LAYER_PLAIN, ROLE_HEADER_CURSOR},
};
static const struct meeting titles[] = {
    {LAYER_PLAIN, ROLE_TITLE},
    {LAYER_PLAIN, ROLE_STATUS_FOLLOW},
    {LAYER_PLAIN, ROLE_STATUS_PAUSED},
    {LAYER_PLAIN, ROLE_STATUS_WARN},
};
static const struct meeting prompts[] = {
    {LAYER_PLAIN, ROLE_PROMPT},
    {LAYER_PLAIN, ROLE_PROMPT_HINT},
    {LAYER_PLAIN, ROLE_PROMPT_ERROR},
};
static const struct meeting status_line[] = {
    {LAYER_PLAIN, ROLE_STATUS},
    {LAYER_PLAIN, ROLE_STATUS_KEY},
    {LAYER_PLAIN, ROLE_STATUS_WARN},
};

static void check_meeting(const char *theme, int depth, const struct style_table *table,
                          const struct meeting *m, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            if (same_style(table->style[SCOPE_EVENTS][m[i].layer][m[i].role],
                           table->style[SCOPE_EVENTS][m[k].layer][m[k].role]))
                fail_msg("%s at depth %d: %s on layer %d looks like %s on %d", theme, depth,
                         role_name(m[i].role), m[i].layer, role_name(m[k].role), m[k].layer);
}

/* Without colours every theme is the monochrome one. */
static void states_that_meet_differ(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(shipped); i++)
        for (int depth = DEPTH_MONO; depth <= DEPTH_256; depth++) {
            struct style_table *table = apply(shipped[i], (enum style_depth)depth);
            check_meeting(shipped[i], depth, table, rows, COUNT(rows));
            check_meeting(shipped[i], depth, table, selected, COUNT(selected));
            check_meeting(shipped[i], depth, table, blurred, COUNT(blurred));
            check_meeting(shipped[i], depth, table, headers, COUNT(headers));
            check_meeting(shipped[i], depth, table, titles, COUNT(titles));
            check_meeting(shipped[i], depth, table, prompts, COUNT(prompts));
            check_meeting(shipped[i], depth, table, status_line, COUNT(status_line));
            free(table);
        }
}

/* TERM=xterm has 64 pairs; more would fall back to plain text. */
static void few_pairs_are_enough(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(shipped); i++)
        for (int depth = DEPTH_MONO; depth <= DEPTH_256; depth++) {
            struct style_table *table = apply(shipped[i], (enum style_depth)depth);
            const struct style *s = &table->style[0][0][0];
            bool seen[257][257] = {{false}};
            int pairs = 0;
            for (size_t k = 0; k < (size_t)SCOPE_COUNT * LAYER_COUNT * ROLE_COUNT; k++) {
                if (depth == DEPTH_MONO)
                    assert_true(s[k].fg == STYLE_DEFAULT && s[k].bg == STYLE_DEFAULT);
                if (!seen[s[k].fg + 1][s[k].bg + 1]) {
                    seen[s[k].fg + 1][s[k].bg + 1] = true;
                    pairs++;
                }
            }
            if (pairs >= 64)
                fail_msg("%s at depth %d uses %d pairs", shipped[i], depth, pairs);
            free(table);
        }
}

static void events_are_told_apart_by_colour(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(shipped) - 1; i++) { /* all but monochrome */
        struct style_table *table = apply(shipped[i], DEPTH_256);
        const struct style *plain = table->style[SCOPE_EVENTS][LAYER_PLAIN];
        for (size_t a = 0; a < COUNT(events); a++)
            for (size_t b = 0; b < a; b++) {
                double d = color_distance(color_of_index(plain[events[a]].fg),
                                          color_of_index(plain[events[b]].fg));
                if (d < 20)
                    fail_msg("%s: %s and %s are %.1f apart", shipped[i], role_name(events[a]),
                             role_name(events[b]), d);
            }
        free(table);
    }
}

static double to_light(uint8_t c)
{
    return c <= 10 ? c / 255.0 / 12.92 : pow((c / 255.0 + 0.055) / 1.055, 2.4);
}

static uint8_t from_light(double l)
{
    l = l < 0 ? 0 : l > 1 ? 1 : l;
    double c = l <= 0.0031308 ? 12.92 * l : 1.055 * pow(l, 1 / 2.4) - 0.055;
    return (uint8_t)lround(c * 255);
}

/* How a colour looks without one kind of cone: Machado, Oliveira, Fernandes 2009, severity 1. */
static struct rgb without_cone(struct rgb c, const double m[3][3])
{
    double l[3] = {to_light(c.r), to_light(c.g), to_light(c.b)}, out[3];
    for (int i = 0; i < 3; i++)
        out[i] = m[i][0] * l[0] + m[i][1] * l[1] + m[i][2] * l[2];
    return (struct rgb){from_light(out[0]), from_light(out[1]), from_light(out[2])};
}

static void the_colorblind_theme_serves_them(void **state)
{
    (void)state;
    static const double cone[3][3][3] = {
        {{0.152286, 1.052583, -0.204868},
         {0.114503, 0.786281, 0.099216},
         {-0.003882, -0.048116, 1.051998}},
        {{0.367322, 0.860646, -0.227968},
         {0.280085, 0.672501, 0.047413},
         {-0.011820, 0.042940, 0.968881}},
        {{1.255528, -0.076749, -0.178779},
         {-0.078411, 0.930809, 0.147602},
         {0.004733, 0.691367, 0.303900}},
    };
    static const char *const name[] = {"protan", "deutan", "tritan"};
    struct style_table *table = apply("colorblind", DEPTH_256);
    const struct style *plain = table->style[SCOPE_EVENTS][LAYER_PLAIN];
    for (size_t kind = 0; kind < 3; kind++)
        for (size_t a = 0; a < COUNT(events); a++)
            for (size_t b = 0; b < a; b++) {
                struct rgb ca = without_cone(color_of_index(plain[events[a]].fg), cone[kind]);
                struct rgb cb = without_cone(color_of_index(plain[events[b]].fg), cone[kind]);
                double d = color_distance(ca, cb);
                if (d < 20)
                    fail_msg("%s: %s and %s are %.1f apart", name[kind], role_name(events[a]),
                             role_name(events[b]), d);
            }
    free(table);
}

/* Parses `text` and compares the messages; the rest of the file must have been loaded. */
static void expect_errors(const char *text, const char *want)
{
    struct theme *t = base_xcalloc(1, sizeof *t);
    struct strbuf errors = {0};
    int rc = theme_parse(t, "my.theme", text, strlen(text), &errors);
    assert_string_equal(strbuf_str(&errors), want);
    assert_int_equal(rc, want[0] ? ERR_SYNTAX : 0);
    assert_int_equal(theme_parse(t, "my.theme", text, strlen(text), NULL), rc);
    struct theme_style s = theme_resolve(t, SCOPE_GLOBAL, ROLE_THREAD);
    if (strstr(text, "thread = 77"))
        assert_int_equal(s.fg.index, 77);
    strbuf_release(&errors);
    free(t);
}

static void mistakes_are_placed(void **state)
{
    (void)state;
#define COLOR "a palette name, #rrggbb, 0..255, an ANSI colour name or `default`"
    static const struct {
        const char *text, *want;
    } sample[] = {
        {"[roles]\nthread = 77\n", ""},
        {"# note\n\n[roles]\n  text = red on black bold ; remark\nthread = 77\n", ""},
        {"[roles]\ntext = rot\nthread = 77\n", "my.theme:2:8: 'rot': expected " COLOR "\n"},
        {"[roles]\ntext = red on 256\nthread = 77\n", "my.theme:2:15: '256': expected " COLOR "\n"},
        {"[roles]\ntext = red on\nthread = 77\n", "my.theme:2:14: expected " COLOR "\n"},
        {"[roles]\ntext = #12345g\nthread = 77\n", "my.theme:2:8: '#12345g': expected " COLOR "\n"},
        {"[roles]\ntext = red blinking\nthread = 77\n",
         "my.theme:2:12: 'blinking': expected `on`, bold, dim, italic, underline or reverse\n"},
        {"[roles]\n txet = red\nthread = 77\n",
         "my.theme:2:2: 'txet': expected the name of a role\n"},
        {"[roles]\nheap/time = red\nthread = 77\n",
         "my.theme:2:1: 'heap': expected the name of a view before `/`\n"},
        {"[roles]\nevents/tame = red\nthread = 77\n",
         "my.theme:2:8: 'tame': expected the name of a role\n"},
        {"[roles]\ntime == tame\nthread = 77\n",
         "my.theme:2:9: 'tame': expected the name of one role after `==`\n"},
        {"[palette]\nblue = #268bd2 33 blau\n[roles]\ntext = blue\nthread = 77\n",
         "my.theme:2:19: 'blau': expected at most an index 0..255 and an ANSI colour name after "
         "the colour\n"},
        {"[rolls]\nx = 1\n[roles]\nthread = 77\n",
         "my.theme:1:1: 'rolls': expected [palette] or [roles]\n"},
        {"colour = 3\n[roles]\nthread = 77\n",
         "my.theme:1:1: 'colour': expected `name`, `inherit`, [palette] or [roles]\n"},
        {"[roles]\nnonsense\nthread = 77\n",
         "my.theme:2:1: expected `name = value` or [section]\n"},
        {"inherit = nowhere\n[roles]\nthread = 77\n",
         "my.theme:1:11: 'nowhere': expected the name of a theme\n"},
        {"name = X\n", "my.theme:1:1: expected a [roles] or [palette] section before the end\n"},
        {"", "my.theme:0:1: expected a [roles] or [palette] section before the end\n"},
        {"[roles]\ntext = \033[31m\nthread = 77\n",
         "my.theme:2:8: '\\x1b[31m': expected " COLOR "\n"},
    };
    for (size_t i = 0; i < COUNT(sample); i++)
        expect_errors(sample[i].text, sample[i].want);
}

static void overlong_lines_are_cut_and_told(void **state)
{
    (void)state;
    char text[1024];
    int n = snprintf(text, sizeof text, "[roles]\ntext = red%*s\nthread = 77\n", 600, "bold");
    assert_true(n > 600);
    struct theme *t = base_xcalloc(1, sizeof *t);
    struct strbuf errors = {0};
    assert_int_equal(theme_parse(t, "long", text, (size_t)n, &errors), ERR_SYNTAX);
    assert_non_null(strstr(errors.s, "long:2:"));
    assert_non_null(strstr(errors.s, "a shorter line"));
    assert_int_equal(theme_resolve(t, SCOPE_GLOBAL, ROLE_THREAD).fg.index, 77);
    strbuf_release(&errors);
    free(t);
}

static void roles_inherit_and_alias(void **state)
{
    (void)state;
    static const char text[] = "[palette]\nsky = #5fafff 75 bright-blue\n[roles]\ntext = 250 on "
                               "20\nlist.selected = 1 on 2 bold\n"
                               "header = sky\nheader.sort == header\nevents/time = sky bold\n"
                               "late == lost\nlost == late\n";
    struct theme *t = base_xcalloc(1, sizeof *t);
    assert_int_equal(theme_parse(t, "x", text, sizeof text - 1, NULL), 0);
    struct theme_style s = theme_resolve(t, SCOPE_GLOBAL, ROLE_LIST_SELECTED_BLUR);
    assert_true(s.fg.index == 1 && s.bg.index == 2 && s.attrs == STYLE_BOLD);
    s = theme_resolve(t, SCOPE_GLOBAL, ROLE_HEADER_SORT);
    assert_true(s.fg.kind == THEME_COLOR_RGB && s.fg.red == 0x5f && s.fg.index == 75 &&
                s.bg.index == 20);
    assert_int_equal(theme_resolve(t, SCOPE_GLOBAL, ROLE_TIME).fg.index, 250);
    assert_int_equal(theme_resolve(t, SCOPE_EVENTS, ROLE_TIME).fg.index, 75);
    assert_int_equal(theme_resolve(t, SCOPE_EVENTS, ROLE_TIME_DELTA).attrs, STYLE_BOLD);
    assert_int_equal(theme_resolve(t, SCOPE_HEAPS, ROLE_TIME).fg.index, 250);
    theme_resolve(t, SCOPE_GLOBAL, ROLE_LATE); /* a circle ends */
    free(t);
}

static void colours_fit_the_depth(void **state)
{
    (void)state;
    static const char text[] =
        "[palette]\nsky = #5fafff 75 bright-blue\nplain = #ff0000\n[roles]\ntext = default\n"
        "header = sky on 236\ntime = plain\nthread = plain on #ee0000\nlost = bright-black\n";
    struct theme *t = base_xcalloc(1, sizeof *t);
    struct style_table *table = base_xcalloc(1, sizeof *table);
    assert_int_equal(theme_parse(t, "x", text, sizeof text - 1, NULL), 0);
    const struct style *s = table->style[SCOPE_GLOBAL][LAYER_PLAIN];
    theme_apply(t, DEPTH_256, table);
    assert_true(s[ROLE_TEXT].fg == STYLE_DEFAULT && s[ROLE_TEXT].bg == STYLE_DEFAULT);
    assert_true(s[ROLE_HEADER].fg == 75 && s[ROLE_HEADER].bg == 236);
    assert_int_equal(s[ROLE_TIME].fg, 196); /* #ff0000 exactly, and not 9, which the person owns */
    theme_apply(t, DEPTH_16, table);
    assert_int_equal(s[ROLE_HEADER].fg, 12);
    assert_int_equal(s[ROLE_TIME].fg, 9);
    assert_int_equal(s[ROLE_LOST].fg, 8);
    theme_apply(t, DEPTH_8, table);
    assert_true(s[ROLE_HEADER].fg == 4 && s[ROLE_HEADER].attrs == STYLE_BOLD);
    assert_int_equal(s[ROLE_TIME].fg, 1);
    assert_int_equal(s[ROLE_LOST].fg, 7); /* grey on eight colours is white, not black */
    assert_true(s[ROLE_THREAD].attrs & STYLE_REVERSE); /* both fell on red */
    theme_apply(t, DEPTH_MONO, table);
    /* Without colours the monochrome theme stands in for one that relies on them ... */
    assert_true(s[ROLE_HEADER].fg == STYLE_DEFAULT && s[ROLE_HEADER].attrs == STYLE_UNDERLINE);
    static const char plain[] = "[roles]\ntext = default\nheader = default italic\n";
    *t = (struct theme){0};
    assert_int_equal(theme_parse(t, "x", plain, sizeof plain - 1, NULL), 0);
    theme_apply(t, DEPTH_MONO, table);
    assert_int_equal(s[ROLE_HEADER].attrs, STYLE_ITALIC); /* ... and not for one that does not */
    free(t);
    free(table);
}

static void nearest_colours_are_nearest(void **state)
{
    (void)state;
    for (int i = 16; i < 256; i++) {
        struct rgb c = color_of_index(i), found = color_of_index(color_nearest(c, 16, 255));
        assert_memory_equal(&c, &found, sizeof c);
    }
    struct rgb black = {0, 0, 0}, white = {255, 255, 255}, grey = {119, 119, 119};
    assert_true(fabs(color_contrast(black, white) - 21) < 0.001);
    assert_true(fabs(color_contrast(white, grey) - 4.478) < 0.01);
    assert_true(fabs(color_distance(black, white) - 100) < 0.01);
    assert_true(fabs(color_distance((struct rgb){255, 0, 0}, (struct rgb){0, 255, 0}) - 170.6) <
                0.5);
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void themes_are_found_by_name(void **state)
{
    (void)state;
    char home[64], path[256];
    struct theme *t = base_xcalloc(1, sizeof *t);
    struct strbuf errors = {0};
    snprintf(home, sizeof home, "/tmp/heaptail-theme-%ld", (long)getpid());
    assert_int_equal(mkdir(home, 0700), 0);
    setenv("XDG_CONFIG_HOME", home, 1);
    assert_int_equal(theme_load(t, "solarized-dark", &errors), 0);
    assert_string_equal(t->name, "Solarized Dark");
    assert_int_equal(theme_load(t, "nowhere", &errors), -ENOENT);
    assert_non_null(strstr(errors.s, "no theme 'nowhere'"));
    assert_non_null(strstr(errors.s, home));
    assert_string_equal(t->name, "Dark"); /* and goes on with the built-in one */
    assert_int_equal(theme_load(t, "/no/such.theme", NULL), -ENOENT);
    assert_int_equal(theme_load(t, HT_SOURCE_DIR "/", NULL), -EISDIR);

    snprintf(path, sizeof path, "%s/heaptail", home);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/heaptail/themes", home);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/heaptail/themes/dusk.theme", home);
    write_file(path, "name = Dusk\ninherit = dusk\n[roles]\ntext = 3\n");
    strbuf_clear(&errors);
    assert_int_equal(theme_load(t, "dusk", &errors), ERR_SYNTAX); /* it inherits from itself */
    assert_non_null(strstr(errors.s, "at most 4 steps of inheritance"));
    write_file(path, "name = Dusk\ninherit = dark\n[palette]\nalloc = 99\n");
    assert_int_equal(theme_load(t, "dusk", &errors), 0);
    assert_string_equal(t->name, "Dusk");
    assert_int_equal(theme_resolve(t, SCOPE_GLOBAL, ROLE_EVENT_ALLOC).fg.index, 99);
    assert_int_equal(theme_resolve(t, SCOPE_GLOBAL, ROLE_EVENT_FREE).fg.index, 111);
    unlink(path);
    snprintf(path, sizeof path, "%s/heaptail/themes", home);
    rmdir(path);
    snprintf(path, sizeof path, "%s/heaptail", home);
    rmdir(path);
    rmdir(home);
    strbuf_release(&errors);
    free(t);
}

static void the_built_in_themes_are_whole(void **state)
{
    (void)state;
    struct theme *t = base_xcalloc(1, sizeof *t), *file = load("dark");
    theme_init_builtin(t, false);
    assert_memory_equal(t, file, sizeof *t);
    theme_init_builtin(t, true);
    assert_string_equal(t->name, "Monochrome");
    free(t);
    free(file);
}

static void role_names_and_parents(void **state)
{
    (void)state;
    for (int r = 0; r < ROLE_COUNT; r++)
        assert_int_equal(role_find(role_name((enum role)r), strlen(role_name((enum role)r))), r);
    assert_int_equal(role_find("text.", 5), ROLE_COUNT);
    assert_int_equal(role_parent(ROLE_LIST_SELECTED_BLUR), ROLE_LIST_SELECTED);
    assert_int_equal(role_parent(ROLE_LIST_SELECTED), ROLE_TEXT);
    assert_int_equal(role_parent(ROLE_TEXT_MUTED), ROLE_TEXT);
    assert_int_equal(role_parent(ROLE_TEXT), ROLE_TEXT);
    for (int s = 0; s < SCOPE_COUNT; s++)
        assert_int_equal(
            scope_find(scope_name((enum ui_scope)s), strlen(scope_name((enum ui_scope)s))), s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_themes_are_the_files),
        cmocka_unit_test(every_role_is_readable),
        cmocka_unit_test(the_selected_row_is_readable),
        cmocka_unit_test(states_differ_at_every_depth),
        cmocka_unit_test(states_that_meet_differ),
        cmocka_unit_test(few_pairs_are_enough),
        cmocka_unit_test(events_are_told_apart_by_colour),
        cmocka_unit_test(the_colorblind_theme_serves_them),
        cmocka_unit_test(mistakes_are_placed),
        cmocka_unit_test(overlong_lines_are_cut_and_told),
        cmocka_unit_test(roles_inherit_and_alias),
        cmocka_unit_test(colours_fit_the_depth),
        cmocka_unit_test(nearest_colours_are_nearest),
        cmocka_unit_test(themes_are_found_by_name),
        cmocka_unit_test(the_built_in_themes_are_whole),
        cmocka_unit_test(role_names_and_parents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
