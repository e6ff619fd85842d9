/* The stage of stage.h: a host that answers from the fixture. */
#include "stage.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "answer/answer_maker.h"
#include "config/config_save.h"

/* The story's trace has no stacks: its tree is one written down. */
static struct answer *plant_tree(const struct snapshot *s, const struct answer_spec *spec)
{
    struct call_tree *t = s->rows > 0 ? forest_story(spec->tree.kind, spec->tree.sort)
                                      : forest_plant("", spec->tree.kind, spec->tree.sort);
    t->rules = spec->rules != NULL ? frame_rules_ref(spec->rules) : NULL;
    answer_spec_copy(&t->base.spec, spec);
    return &t->base;
}

static void add_answer(struct snapshot *s, const struct answer_spec *spec)
{
    static const struct frame_namer nameless = {0};
    struct answer *answer =
        spec->kind == ANSWER_TREE ? plant_tree(s, spec) : answer_make(s->query, spec, &nameless);
    assert_non_null(answer);
    answer->rows = s->rows;
    s->answer[spec->kind] = answer;
    s->answer_complete[spec->kind] = true;
}

static void answer(struct stage *st, const struct query_spec *spec)
{
    struct snapshot *s = fixture_snapshot(&st->fixture, spec);
    for (int i = 0; i < ASIDE_COUNT; i++) {
        if (!st->aside[i].asked)
            continue;
        s->aside[i] = query_new(st->fixture.trace, &st->aside[i].spec);
        assert_non_null(s->aside[i]);
        while (query_advance(s->aside[i], 10000))
            continue;
    }
    for (int i = 0; i < ANSWER_KINDS; i++)
        if (st->answer_asked[i])
            add_answer(s, &st->answer[i]);
    if (st->dress != NULL)
        st->dress(s);
    app_set_snapshot(st->app, s);
    snapshot_unref(s);
}

static void remember_question(struct stage *st, const struct query_spec *spec)
{
    struct filter *old = st->spec.filter;
    st->spec = *spec;
    if (spec->filter != NULL)
        filter_ref(spec->filter);
    filter_unref(old);
}

static void host_ask(void *ctx, const struct query_spec *spec)
{
    struct stage *st = ctx;
    st->asked++;
    snprintf(st->last_filter, sizeof st->last_filter, "%s",
             spec->filter != NULL ? filter_text(spec->filter) : "");
    remember_question(st, spec);
    if (!st->silent)
        answer(st, spec);
}

static void forget_aside(struct stage_aside *a)
{
    filter_unref(a->spec.filter);
    *a = (struct stage_aside){0};
}

/* The next picture has the answer; it comes at once. */
static void host_ask_aside(void *ctx, enum aside which, const struct query_spec *spec)
{
    struct stage *st = ctx;
    struct stage_aside *a = &st->aside[which];
    forget_aside(a);
    a->asked = spec != NULL;
    if (spec != NULL) {
        a->spec = *spec;
        a->spec.rows_only = true;
        a->spec.filter = spec->filter != NULL ? filter_ref(spec->filter) : NULL;
    }
    if (!st->silent)
        answer(st, &st->spec);
}

static void keep_answer(struct stage *st, enum answer_kind kind, const struct answer_spec *spec)
{
    st->answer_asked[kind] = spec != NULL;
    answer_spec_copy(&st->answer[kind], spec);
}

/* The next picture has it; it comes at once. */
static void host_ask_answer(void *ctx, enum answer_kind kind, const struct answer_spec *spec)
{
    struct stage *st = ctx;
    st->answers[kind]++;
    keep_answer(st, kind, spec);
    if (!st->silent)
        answer(st, &st->spec);
}

static void host_reload(void *ctx)
{
    ((struct stage *)ctx)->reloads++;
}

static int host_save(void *ctx, const struct config_setting *settings, size_t count,
                     struct strbuf *out_said)
{
    struct stage *st = ctx;
    st->saves++;
    strbuf_clear(&st->saved);
    for (size_t i = 0; i < count; i++)
        strbuf_printf(&st->saved, "%s.%s=%s ", config_section_name(settings[i].section),
                      settings[i].key, settings[i].value != NULL ? settings[i].value : "(none)");
    strbuf_puts(out_said, "Wrote it to config.");
    return 0;
}

static int host_write(void *ctx, const struct app_write *what, struct strbuf *out_said)
{
    struct stage *st = ctx;
    st->writes++;
    strbuf_printf(&st->written, "%d %s %zu %s%s;", (int)what->rows, what->columns, what->id_count,
                  what->path, what->replace ? "!" : "");
    if (st->write_answer != 0)
        strbuf_puts(out_said, "no such luck");
    return what->replace ? 0 : st->write_answer;
}

static int host_read_baseline(void *ctx, const char *path, struct strbuf *out_said)
{
    struct stage *st = ctx;
    st->reads++;
    if (strcmp(path, "none.etl") != 0)
        return 0;
    strbuf_puts(out_said, "No such file or directory");
    return -ENOENT;
}

static void host_stop_task(void *ctx)
{
    ((struct stage *)ctx)->write_stops++;
}

static void host_suspend(void *ctx)
{
    ((struct stage *)ctx)->suspends++;
}

static void host_quit(void *ctx)
{
    ((struct stage *)ctx)->quits++;
}

static int64_t host_now(void *ctx)
{
    return ((struct stage *)ctx)->now;
}

static void app_take_key(void *ctx, struct ui_key key)
{
    app_key(((struct stage *)ctx)->app, &key);
}

static void app_frame(void *ctx, struct screen *s)
{
    (void)s;
    app_draw(((struct stage *)ctx)->app);
}

void stage_open(struct stage *st, const struct stage_options *options)
{
    bool open = options->since == 0 && options->until == 0;
    *st = (struct stage){.now = INT64_C(104000000000), .dress = options->dress};
    fixture_init(&st->fixture, options->events);
    if (options->stacks)
        fixture_walk_stacks(&st->fixture);
    st->host = (struct app_host){.ctx = st,
                                 .ask = host_ask,
                                 .ask_aside = host_ask_aside,
                                 .ask_answer = host_ask_answer,
                                 .reload = host_reload,
                                 .save = host_save,
                                 .write = host_write,
                                 .read_baseline = host_read_baseline,
                                 .stop_task = host_stop_task,
                                 .suspend = host_suspend,
                                 .quit = host_quit,
                                 .now = host_now};
    st->term = term_open_with(options->rows, options->cols, "xterm-256color", SCREEN_COLOR_AUTO,
                              options->ascii);
    struct query_spec spec = {.since = open ? INT64_MIN : options->since,
                              .until = open ? INT64_MAX : options->until};
    struct filter_error error;
    if (options->filter != NULL) {
        spec.filter = filter_parse(options->filter, strlen(options->filter), &error);
        assert_non_null(spec.filter);
    }
    remember_question(st, &spec);
    struct app_config config = {.host = &st->host,
                                .screen = term_screen(st->term),
                                .filter = spec.filter,
                                .since = spec.since,
                                .until = spec.until,
                                .follow = options->follow};
    st->app = app_new(&config);
    if (!options->empty_handed)
        answer(st, &spec);
    filter_unref(spec.filter);
    struct term_app app = {st, app_take_key, app_frame};
    term_run(st->term, &app);
}

void stage_show(struct stage *st)
{
    answer(st, &st->spec);
    term_frame(st->term);
}

void stage_close(struct stage *st)
{
    app_free(st->app);
    term_close(st->term);
    for (int i = 0; i < ASIDE_COUNT; i++)
        forget_aside(&st->aside[i]);
    filter_unref(st->spec.filter);
    for (int i = 0; i < ANSWER_KINDS; i++)
        keep_answer(st, (enum answer_kind)i, NULL);
    strbuf_release(&st->saved);
    strbuf_release(&st->written);
    fixture_release(&st->fixture);
}
