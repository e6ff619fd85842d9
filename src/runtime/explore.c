/* Start and end of the explorer; see explore.h. */
#include "runtime/explore.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "model/frame_rules.h"
#include "query/filter.h"
#include "runtime/explore_priv.h"
#include "runtime/history_file.h"
#include "runtime/settings.h"
#include "ui/term/capability.h"

/* NULL or "" when none was asked for. */
static const char *theme_name(const struct explorer *e)
{
    return e->options->theme != NULL ? e->options->theme : getenv("HEAPTAIL_THEME");
}

/* A theme that is not there is a mistake of the line that names it. */
static void blame_line(struct explorer *e, struct strbuf *problems)
{
    struct config *c = e->options->config;
    const struct config_line *line = config_find(c, CONFIG_OPTIONS, "theme");
    if (line == NULL || line->value != e->options->theme)
        return;
    strbuf_truncate(problems, problems->len - 1);
    config_report(c, line->number, strbuf_str(problems));
    strbuf_clear(problems);
}

static void load_theme(struct explorer *e, struct strbuf *problems)
{
    const char *name = theme_name(e);
    if (name == NULL || name[0] == '\0') {
        theme_init_builtin(&e->theme, screen_depth(e->screen) == DEPTH_MONO);
    } else {
        int rc = theme_load(&e->theme, name, problems);
        if (rc == -ENOENT && problems->len > 0)
            blame_line(e, problems);
        else if (rc != 0 && problems->len == 0)
            strbuf_printf(problems, "theme %s: not loaded\n", name);
    }
    screen_set_theme(e->screen, &e->theme);
}

static int open_screen(struct explorer *e, struct err_info *info)
{
    static const enum screen_color color[] = {
        [EXPLORE_COLOR_AUTO] = SCREEN_COLOR_AUTO,
        [EXPLORE_COLOR_ALWAYS] = SCREEN_COLOR_ALWAYS,
        [EXPLORE_COLOR_NEVER] = SCREEN_COLOR_NEVER,
    };
    struct screen_options options = {
        .in = e->terminal.in,
        .out = e->terminal.out,
        .color = color[e->options->color],
        .ascii = e->options->ascii,
        .ask = true,
    };
    int rc = screen_open(&e->screen, &options, info);
    if (rc == 0)
        terminal_guard_crash(&e->terminal, screen_reset_string(e->screen));
    return rc;
}

/* What the first question's `stack`, `module` and `image` go by. */
static void name_filter(const struct explorer *e)
{
    const struct explore_options *o = e->options;
    struct frame_rules *rules =
        frame_rules_parse(o->fold != NULL ? o->fold : FRAME_RULES_DEFAULT, NULL);
    if (e->asked.filter != NULL)
        filter_set_naming(e->asked.filter, o->symbols, rules);
    frame_rules_unref(rules);
}

static void start_app(struct explorer *e)
{
    struct strbuf problems = {0};
    load_theme(e, &problems);
    explore_make_host(e);
    struct app_config config = {
        .host = &e->host,
        .screen = e->screen,
        .filter = e->asked.filter,
        .symbols = e->options->symbols,
        .since = e->asked.since,
        .until = e->asked.until,
        .follow = e->input->live,
        .fold = e->options->fold,
        .short_units = e->options->short_units,
        .wall_time = e->options->wall_time,
        .utc = e->options->utc,
        .mouse = e->options->mouse,
        .theme = theme_name(e),
    };
    e->app = app_new(&config);
    if (!e->options->forgetful)
        history_file_load(e->app);
    settings_give(e->options->config, e->app);
    config_put_problems(e->options->config, &problems);
    strbuf_puts(&problems, e->options->symbol_problems != NULL ? e->options->symbol_problems : "");
    strbuf_puts(&problems, e->symbolizer != NULL ? symbolizer_problems(e->symbolizer) : "");
    app_tell_problems(e->app, strbuf_str(&problems));
    strbuf_release(&problems);
    explore_start_keys(e);
}

static int open_all(struct explorer *e, struct err_info *info)
{
    int rc = explore_open_input(e, info);
    if (rc == 0)
        rc = terminal_open(e->options->tty, &e->terminal, info);
    if (rc == 0)
        rc = open_screen(e, info);
    return rc;
}

/* The person has the terminal back before a slow disk is waited for: for what is written there, and
 * for a folder of PDBs. */
/* The exit code, for who cannot wait. */
static volatile sig_atomic_t leaving_code;

static void on_impatience(int signum)
{
    (void)signum;
    _exit(leaving_code);
}

/* Once the terminal is given back its ^C is a signal again. What is left to do may take a while, as
 * with a folder of PDBs that does not answer: a person who has quit may leave at once. */
static void allow_impatience(const struct explorer *e)
{
    leaving_code = e->exit_code;
    signal(SIGINT, on_impatience);
}

static void close_all(struct explorer *e)
{
    allow_impatience(e);
    terminal_forget_crash();
    if (e->app != NULL)
        app_forget_screen(e->app);
    screen_close(e->screen);
    terminal_close(&e->terminal);
    if (e->app != NULL && !e->options->forgetful)
        history_file_save(e->app);
    while (uv_run(&e->loop, UV_RUN_DEFAULT) != 0)
        continue;
    app_free(e->app);
    explore_forget_questions(e);
}

int explore_run(const struct explore_options *options)
{
    struct explorer *e = base_xcalloc(1, sizeof *e);
    e->options = options;
    e->terminal.saved_stderr = -1;
    e->input = &e->inputs[0];
    e->asked = (struct query_spec){.since = options->since, .until = options->until};
    if (options->filter_text != NULL && options->filter_text[0] != '\0') {
        struct filter_error error;
        e->asked.filter = filter_parse(options->filter_text, strlen(options->filter_text), &error);
        name_filter(e);
    }
    signal(SIGPIPE, SIG_IGN);
    uv_loop_init(&e->loop);
    explore_start_handles(e);
    explore_start_names(e);
    struct err_info info = {.text = ""};
    if (open_all(e, &info) == 0) {
        start_app(e);
        uv_run(&e->loop, UV_RUN_DEFAULT);
    } else {
        explore_leave(e, 1);
    }
    close_all(e);
    uv_loop_close(&e->loop);
    if (info.text[0] != '\0')
        strbuf_puts(&e->last_words, info.text);
    if (e->last_words.len != 0)
        fprintf(stderr, "heaptail: %s\n", strbuf_str(&e->last_words));
    int code = e->exit_code;
    strbuf_release(&e->last_words);
    free(e);
    return code;
}

bool explore_terminal_is_dumb(void)
{
    bool known;
    return !capability_is_usable(getenv("TERM"), STDOUT_FILENO, &known) && known;
}
