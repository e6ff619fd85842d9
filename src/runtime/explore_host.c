/* The input of the explorer, and what the app asks its host for (see explore_priv.h). */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/xdg.h"
#include "config/config_save.h"
#include "query/filter.h"
#include "runtime/explore_priv.h"
#include "runtime/worker.h"

/* ---- the input ---- */

/* An input of which nothing can be shown ends the program with one line, as in batch. */
static bool is_hopeless(const struct snapshot *s)
{
    return s->source.state == SOURCE_FAILED && s->trace == NULL;
}

static void on_news(void *ctx)
{
    struct explorer *e = ctx;
    struct snapshot *s = e->leaving ? NULL : worker_snapshot(e->input->worker);
    if (s == NULL)
        return;
    e->shown = e->shown || s->trace != NULL;
    if (is_hopeless(s) && e->shown) {
        app_message(e->app, true, s->source.message);
        explore_schedule_frame(e);
    } else if (is_hopeless(s)) {
        if (e->input->inputs.named == 1)
            strbuf_printf(&e->last_words, "%s: ", s->source.name);
        strbuf_puts(&e->last_words, s->source.message);
        explore_leave(e, 1);
    } else {
        app_set_snapshot(e->app, s);
        input_watch_progress(e->input, s);
        explore_schedule_frame(e);
    }
    snapshot_unref(s);
}

int explore_open_input(struct explorer *e, struct err_info *info)
{
    struct input_watch *anew = e->input == &e->inputs[0] ? &e->inputs[1] : &e->inputs[0];
    int rc = input_watch_open(anew, &e->loop, e->options, on_news, e, info);
    if (rc != 0)
        return rc;
    input_watch_close(e->input);
    e->input = anew;
    worker_ask(anew->worker, &e->asked);
    for (int i = 0; i < ASIDE_COUNT; i++)
        if (e->aside_asked[i])
            worker_ask_aside(anew->worker, (enum aside)i, &e->aside[i]);
    for (int i = 0; i < ANSWER_KINDS; i++)
        if (e->answer_asked[i])
            worker_ask_answer(anew->worker, (enum answer_kind)i, &e->answer[i]);
    return 0;
}

/* ---- names ---- */

static void on_names(void *ctx)
{
    struct explorer *e = ctx;
    if (e->input->worker != NULL)
        worker_note_names(e->input->worker);
}

void explore_start_names(struct explorer *e)
{
    const struct symbol_path *path = e->options->symbol_path;
    if (path == NULL || path->count == 0)
        return;
    const struct symbolizer_options options = {
        .table = e->options->symbols, .path = path, .changed = on_names, .ctx = e};
    e->symbolizer = symbolizer_new(&e->loop, &options);
}

/* ---- what the app asks for; the worker is gone once it asked to quit ---- */

static void host_ask(void *ctx, const struct query_spec *spec)
{
    struct explorer *e = ctx;
    struct filter *old = e->asked.filter;
    e->asked = *spec;
    if (spec->filter != NULL)
        e->asked.filter = filter_ref(spec->filter);
    filter_unref(old);
    if (e->input->worker != NULL)
        worker_ask(e->input->worker, spec);
}

static void keep_aside(struct explorer *e, enum aside which, const struct query_spec *spec)
{
    struct filter *old = e->aside[which].filter;
    e->aside[which] = spec != NULL ? *spec : (struct query_spec){0};
    e->aside_asked[which] = spec != NULL;
    if (e->aside[which].filter != NULL)
        filter_ref(e->aside[which].filter);
    filter_unref(old);
}

static void host_ask_aside(void *ctx, enum aside which, const struct query_spec *spec)
{
    struct explorer *e = ctx;
    keep_aside(e, which, spec);
    if (e->input->worker != NULL)
        worker_ask_aside(e->input->worker, which, spec);
}

static void keep_answer(struct explorer *e, enum answer_kind kind, const struct answer_spec *spec)
{
    answer_spec_copy(&e->answer[kind], spec);
    e->answer_asked[kind] = spec != NULL;
}

static void host_ask_answer(void *ctx, enum answer_kind kind, const struct answer_spec *spec)
{
    struct explorer *e = ctx;
    keep_answer(e, kind, spec);
    if (e->input->worker != NULL)
        worker_ask_answer(e->input->worker, kind, spec);
}

static void host_reload(void *ctx)
{
    struct explorer *e = ctx;
    struct err_info info;
    if (input_watch_has_pipe(e->input))
        app_message(e->app, true, "A pipe cannot be read again.");
    else if (explore_open_input(e, &info) != 0)
        app_message(e->app, true, info.text);
}

static void host_suspend(void *ctx)
{
    explore_suspend(ctx);
}

/* A saved file without heap events is no heap trace: the exit code says so as in batch (cli.md). */
static void host_quit(void *ctx)
{
    struct explorer *e = ctx;
    struct snapshot *s = worker_snapshot(e->input->worker);
    bool empty = s != NULL && s->rows_complete && s->tally != NULL && s->tally->heap_events == 0;
    if (empty)
        snapshot_explain_empty(s->tally, &e->last_words);
    snapshot_unref(s);
    explore_leave(e, empty ? 1 : 0);
}

/* What is told about saving; `rc` is config_save()'s. */
static void put_saved(const char *path, int rc, const struct strbuf *changed,
                      const struct err_info *info, struct strbuf *out)
{
    if (rc != 0) {
        strbuf_puts(out, info->text);
        return;
    }
    if (changed->len == 0) {
        strbuf_puts(out, "Nothing to write: all that is remembered is unchanged.");
        return;
    }
    strbuf_printf(out, "Wrote %s to ", strbuf_str(changed));
    text_put_escaped(out, path, strlen(path));
}

static int host_save(void *ctx, const struct config_setting *settings, size_t count,
                     struct strbuf *out_said)
{
    struct explorer *e = ctx;
    const char *path = e->options->config->path;
    if (path == NULL) {
        strbuf_puts(out_said, "Nothing is written: started with --no-config, or without HOME.");
        return -ENOENT;
    }
    struct strbuf changed = {0};
    struct err_info info;
    int rc = xdg_make_folder(XDG_CONFIG, &info);
    if (rc == 0)
        rc = config_save(path, settings, count, &changed, &info);
    put_saved(path, rc, &changed, &info, out_said);
    strbuf_release(&changed);
    return rc;
}

static int host_write(void *ctx, const struct app_write *what, struct strbuf *out_said)
{
    struct explorer *e = ctx;
    e->writer.app = e->app;
    return writer_start(&e->writer, what, out_said);
}

static int host_read_baseline(void *ctx, const char *path, struct strbuf *out_said)
{
    struct explorer *e = ctx;
    e->baseline.app = e->app;
    return baseline_start(&e->baseline, path, out_said);
}

static void host_stop_task(void *ctx)
{
    struct explorer *e = ctx;
    writer_stop(&e->writer);
    baseline_stop(&e->baseline);
}

static int64_t host_now(void *ctx)
{
    (void)ctx;
    return clock_monotonic_ns();
}

void explore_make_host(struct explorer *e)
{
    e->host = (struct app_host){.ctx = e,
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
}

void explore_forget_questions(struct explorer *e)
{
    filter_unref(e->asked.filter);
    e->asked.filter = NULL;
    for (int i = 0; i < ASIDE_COUNT; i++)
        keep_aside(e, (enum aside)i, NULL);
    for (int i = 0; i < ANSWER_KINDS; i++)
        keep_answer(e, (enum answer_kind)i, NULL);
}
