/* Stacks in one line; see moments_stack.h. */
#include "answer/moments/moments_stack.h"

#include <string.h>

#include "model/trace.h"

/* Of a line, the calling frame included. */
#define FRAMES_MOST 3

/* A stack being told. */
struct telling {
    const struct moments_words *w;
    struct stack_frames frames;
    uint32_t process;
    int64_t time;
};

static void find(const struct telling *t, uint32_t index, struct frame *out_frame)
{
    frame_find(&t->w->namer, t->process, t->time, t->frames.frames[index], index, out_frame);
}

/* An address says nothing in another trace. */
static void put_frame(const struct telling *t, const struct frame *f, struct strbuf *out)
{
    if (t->w->roles != NULL && f->hit == IMAGE_UNKNOWN)
        frame_put_module(f, out);
    else
        frame_put_function(f, out);
}

/* True when the caller `f` says more than that its module called itself. */
static bool is_news(const struct frame *f, const struct frame *told)
{
    return f->state == SYMBOL_KNOWN || f->image != told->image || f->hit != told->hit;
}

static bool starts_threads(const struct frame *f)
{
    return f->image != NULL && frame_module_starts_threads(f->image->name);
}

/* Where the frames end that a program has a say in. */
static uint32_t find_end(const struct telling *t, uint32_t from)
{
    struct frame f;
    uint32_t end = t->frames.count;
    for (; end > from; end--) {
        find(t, end - 1, &f);
        if (!starts_threads(&f))
            break;
    }
    return end;
}

void moments_stack_put(const struct moments_words *w, const struct moments_group_figures *g,
                       struct strbuf *out)
{
    const struct telling t = {
        .w = w,
        .frames = stack_table_get(w->trace->stacks, (uint32_t)g->key),
        .process = g->owner,
        .time = store_time(w->trace->store, g->row),
    };
    struct frame told, f;
    uint32_t i = frame_rules_caller(w->rules, &w->namer, t.process, t.time, t.frames, &told) + 1;
    uint32_t end = find_end(&t, i);
    put_frame(&t, &told, out);
    for (unsigned count = 1; i < end && count < FRAMES_MOST; i++) {
        find(&t, i, &f);
        if (!is_news(&f, &told))
            continue;
        strbuf_puts(out, " < ");
        put_frame(&t, &f, out);
        told = f;
        count++;
    }
}
