/* The symbolizer in a loop of its own, for the batch commands; see symbolizer.h. */
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "runtime/symbolizer.h"

/* Signals that end the program: the folder of stubs and the child go first. */
static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
#define ENDING_COUNT (sizeof ending / sizeof ending[0])

struct run {
    uv_loop_t loop;
    uv_signal_t signals[ENDING_COUNT];
    struct symbol_table *table;
    struct symbolizer *symbolizer;
    struct strbuf *problems;
    bool done;
    int ended_by; /* the signal; 0: none */
};

static void finish(struct run *r)
{
    if (r->done)
        return;
    r->done = true;
    strbuf_puts(r->problems, symbolizer_problems(r->symbolizer));
    symbolizer_close(r->symbolizer);
    for (size_t i = 0; i < ENDING_COUNT; i++)
        uv_close((uv_handle_t *)&r->signals[i], NULL);
}

static void on_changed(void *ctx)
{
    struct run *r = ctx;
    if (symbol_table_wanted(r->table) == 0)
        finish(r);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct run *r = handle->data;
    r->ended_by = number;
    finish(r);
}

/* What was ignored when the program was started (nohup) stays so. */
static bool is_ignored(int number)
{
    struct sigaction now;
    return sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

void symbolizer_run(struct symbol_table *table, const struct symbol_path *path,
                    struct strbuf *problems)
{
    struct run r = {.table = table, .problems = problems};
    uv_loop_init(&r.loop);
    for (size_t i = 0; i < ENDING_COUNT; i++) {
        uv_signal_init(&r.loop, &r.signals[i]);
        r.signals[i].data = &r;
        if (!is_ignored(ending[i]))
            uv_signal_start(&r.signals[i], on_signal, ending[i]);
    }
    const struct symbolizer_options options = {
        .table = table, .path = path, .changed = on_changed, .ctx = &r};
    r.symbolizer = symbolizer_new(&r.loop, &options);
    on_changed(&r);
    uv_run(&r.loop, UV_RUN_DEFAULT);
    uv_loop_close(&r.loop);
    if (r.ended_by != 0)
        raise(r.ended_by);
}
