/* Calling frames and their modules, see stack_rows.h. */
#include "export/stack_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void stack_rows_free(struct stack_rows *r)
{
    if (r == NULL)
        return;
    arena_release(&r->texts);
    free(r->stacks);
    free(r->modules);
    free(r);
}

static void add_figures(struct stack_figures *to, const struct stack_figures *f)
{
    to->events += f->events;
    to->allocs += f->allocs;
    to->alloc_bytes += f->alloc_bytes;
    to->frees += f->frees;
    to->freed_bytes += f->freed_bytes;
    to->reallocs += f->reallocs;
    to->failed_allocs += f->failed_allocs;
    to->copied_bytes += f->copied_bytes;
    to->outstanding_bytes += f->outstanding_bytes;
    to->outstanding_blocks += f->outstanding_blocks;
    to->impacting_bytes += f->impacting_bytes;
    to->impacting_blocks += f->impacting_blocks;
    to->at_peak_bytes += f->at_peak_bytes;
    to->at_peak_blocks += f->at_peak_blocks;
}

/* The calling function's name and its module's. */
static void name_caller(const struct stack_totals *totals, const struct frame_rules *rules,
                        const struct frame_namer *namer, const struct stack_figures *f,
                        struct strbuf *out_function, struct strbuf *out_module)
{
    strbuf_clear(out_function);
    strbuf_clear(out_module);
    if (f->stack == STACK_NONE) {
        strbuf_puts(out_function, "[no stack]");
        strbuf_puts(out_module, "[no stack]");
        return;
    }
    struct frame frame;
    frame_rules_caller(rules, namer, f->process, f->first,
                       stack_table_get(totals->stacks, f->stack), &frame);
    frame_put_function(&frame, out_function);
    frame_put_module(&frame, out_module);
}

static int add_module(struct stack_rows *r, size_t *cap, const char *name,
                      const struct stack_figures *f)
{
    for (size_t i = 0; i < r->module_count; i++) {
        if (strcmp(r->modules[i].caller, name) != 0)
            continue;
        add_figures(&r->modules[i].f, f);
        return 0;
    }
    const char *own = arena_strndup(&r->texts, name, strlen(name));
    if (own == NULL ||
        base_grow((void **)&r->modules, cap, r->module_count + 1, sizeof *r->modules) != 0)
        return -1;
    struct stack_row *row = &r->modules[r->module_count++];
    *row = (struct stack_row){.caller = own};
    add_figures(&row->f, f);
    return 0;
}

struct stack_rows *stack_rows_new(const struct stack_totals *totals,
                                  const struct frame_rules *rules, const struct frame_namer *namer)
{
    struct stack_rows *r = calloc(1, sizeof *r);
    if (r == NULL)
        return NULL;
    struct strbuf function = {0}, module = {0};
    size_t cap = 0;
    r->stacks = calloc(totals->count + 1, sizeof *r->stacks);
    int rc = r->stacks != NULL ? 0 : -1;
    for (size_t i = 0; rc == 0 && i < totals->count; i++) {
        name_caller(totals, rules, namer, &totals->items[i], &function, &module);
        struct stack_row *row = &r->stacks[r->stack_count++];
        row->f = totals->items[i];
        row->caller = arena_strndup(&r->texts, strbuf_str(&function), function.len);
        rc = row->caller != NULL ? add_module(r, &cap, strbuf_str(&module), &row->f) : -1;
    }
    strbuf_release(&function);
    strbuf_release(&module);
    if (rc == 0)
        return r;
    stack_rows_free(r);
    return NULL;
}
