/* A difference as a page: what was outstanding, what of it changed, then by what; see diff.h. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "commands/diff.h"
#include "commands/text_lines.h"
#include "export/text_table.h"

/* Rows unless --top says otherwise. */
#define ROWS_USUAL 20

/* Moments whose bytes are told row by row: the last ones. */
#define MOMENTS_TOLD 4

/* Of the text of a stack. */
#define BETWEEN " < "
#define OWNER   " in "

/* ---- the head ---- */

static void put_value(const struct moment_value *v, struct strbuf *b)
{
    text_put_grouped(b, v->bytes);
    strbuf_puts(b, v->bytes == 1 ? " byte in " : " bytes in ");
    text_put_grouped(b, v->blocks);
    strbuf_puts(b, v->blocks == 1 ? " block" : " blocks");
}

/* "start 0.000 s"; a time as it was typed says what it says. */
static void put_moment(const struct diff *d, uint32_t k, struct strbuf *b)
{
    int64_t ns;
    const char *word = d->moments.words[k];
    text_put_moment(b, d->moments.ns[k]);
    if (text_parse_duration(word, strlen(word), &ns))
        return;
    strbuf_putc(b, ' ');
    text_put_escaped(b, word, strlen(word));
}

/* "at 1.204 s" or the file whose end it is. */
static void put_where(const struct diff *d, uint32_t k, struct strbuf *b)
{
    if (d->baseline != NULL) {
        strbuf_puts(b, strbuf_str(k == 0 ? &d->baseline->name : &d->subject->name));
        return;
    }
    strbuf_puts(b, "at ");
    put_moment(d, k, b);
}

static void put_change(const struct moments_row *whole, struct strbuf *b)
{
    struct value v = value_ticks(VALUE_CHANGE, whole->delta_bytes);
    value_put_text(b, &v);
    strbuf_puts(b, " bytes, ");
    v = value_ticks(VALUE_CHANGE, whole->delta_blocks);
    value_put_text(b, &v);
    strbuf_puts(b, " blocks");
}

/* Between two files it is rows that are new, gone, or in both. */
static void put_parts(const struct diff *d, struct strbuf *b)
{
    const struct moments_row *w = &d->m->whole;
    int64_t grown = w->delta_bytes - (int64_t)w->fresh.bytes + (int64_t)w->gone.bytes;
    put_value(&w->fresh, b);
    strbuf_puts(b, " new, ");
    put_value(&w->gone, b);
    strbuf_puts(b, " gone, ");
    put_value(&w->old, b);
    strbuf_puts(b, d->baseline != NULL ? " in both" : " old");
    if (grown == 0)
        return;
    strbuf_puts(b, grown > 0 ? ", which grew by " : ", which shrank by ");
    text_put_grouped(b, grown > 0 ? (uint64_t)grown : 0 - (uint64_t)grown);
}

static void put_head(const struct diff *d, struct strbuf *out)
{
    struct strbuf b = {0};
    strbuf_printf(out, "%s\n", strbuf_str(&d->subject->name));
    text_selection(out, d->options);
    for (uint32_t k = 0; k < d->m->count; k++) {
        put_value(&d->m->whole.at[k], &b);
        strbuf_putc(&b, ' ');
        put_where(d, k, &b);
        text_line(out, k == 0 ? "outstanding" : "", &b);
    }
    put_change(&d->m->whole, &b);
    text_line(out, "change", &b);
    put_parts(d, &b);
    text_line(out, "", &b);
    strbuf_putc(out, '\n');
}

/* ---- the table ---- */

struct table {
    const struct diff *d;
    struct text_column columns[TEXT_TABLE_COLUMNS];
    size_t column_count;
    char titles[MOMENTS_TOLD][32];
    uint32_t first; /* the first moment with a column */
    struct text_table t;
};

static void add_column(struct table *t, const char *title, unsigned rank, bool left)
{
    t->columns[t->column_count++] =
        (struct text_column){.title = title, .rank = rank, .left = left};
}

/* "1.204 s", above what was outstanding then. */
static void add_moment(struct table *t, uint32_t k)
{
    struct strbuf b = {0};
    char *title = t->titles[k - t->first];
    text_put_moment(&b, t->d->moments.ns[k]);
    snprintf(title, sizeof t->titles[0], "%.30s", strbuf_str(&b));
    strbuf_release(&b);
    add_column(t, title, 10 + t->d->m->count - k, false);
}

static void begin_table(struct table *t, const struct diff *d)
{
    static const char *const titles[MOMENTS_GROUPS] = {
        [MOMENTS_BY_STACK] = "stack",   [MOMENTS_BY_HEAP] = "heap",
        [MOMENTS_BY_SIZE] = "size",     [MOMENTS_BY_SOURCE] = "Source",
        [MOMENTS_BY_THREAD] = "thread", [MOMENTS_BY_PROCESS] = "process",
    };
    *t = (struct table){.d = d};
    add_column(t, "bytes", 0, false);
    add_column(t, "blocks", 0, false);
    if (d->m->count > 2) {
        t->first = d->m->count > MOMENTS_TOLD ? d->m->count - MOMENTS_TOLD : 0;
        for (uint32_t k = t->first; k < d->m->count; k++)
            add_moment(t, k);
        add_column(t, "grew", 1, true);
    } else {
        add_column(t, "new", 1, false);
        add_column(t, "gone", 3, false);
        add_column(t, "now", 2, false);
    }
    add_column(t, titles[d->by], 0, true);
    text_table_init(&t->t, t->columns, t->column_count, true);
}

static void add_cell(struct table *t, struct value v)
{
    text_table_add(&t->t, &v);
}

/* A line without figures. */
static void add_caller(struct table *t, const char *text)
{
    for (size_t i = 0; i + 1 < t->column_count; i++)
        add_cell(t, value_text(""));
    add_cell(t, value_text(text));
}

/* Where the next line of a stack begins: at the next caller, or at whose it is. */
static const char *find_break(const char *name)
{
    const char *caller = strstr(name, BETWEEN);
    return caller != NULL ? caller : strstr(name, OWNER);
}

/* One frame a line: who called it stands below. */
static void add_name(struct table *t, const char *name)
{
    const char *rest = t->d->by == MOMENTS_BY_STACK ? find_break(name) : NULL;
    struct strbuf line = {0};
    strbuf_add(&line, name, rest != NULL ? (size_t)(rest - name) : strlen(name));
    add_cell(t, value_text(strbuf_str(&line)));
    while (rest != NULL) {
        const char *caller = rest + 1;
        rest = find_break(caller);
        strbuf_clear(&line);
        strbuf_add(&line, caller, rest != NULL ? (size_t)(rest - caller) : strlen(caller));
        add_caller(t, strbuf_str(&line));
    }
    strbuf_release(&line);
}

static void add_row(struct table *t, const struct moments_row *row)
{
    const struct moments *m = t->d->m;
    add_cell(t, value_ticks(VALUE_CHANGE, row->delta_bytes));
    add_cell(t, value_ticks(VALUE_CHANGE, row->delta_blocks));
    if (m->count > 2) {
        for (uint32_t k = t->first; k < m->count; k++)
            add_cell(t, value_number(VALUE_BYTES, row->at[k].bytes));
        add_cell(t, value_text(row->grew ? "always" : ""));
    } else {
        add_cell(t, value_number(VALUE_BYTES, row->fresh.bytes));
        add_cell(t, value_number(VALUE_BYTES, row->gone.bytes));
        add_cell(t, value_number(VALUE_BYTES, row->at[m->count - 1].bytes));
    }
    add_name(t, row->text);
}

static bool has_changed(const struct moments_row *row)
{
    return row->delta_bytes != 0 || row->delta_blocks != 0 || row->fresh.blocks != 0 ||
           row->gone.blocks != 0;
}

static void put_rest(size_t more, size_t same, struct strbuf *out)
{
    if (more != 0) {
        strbuf_puts(out, "  and ");
        text_put_grouped(out, more);
        strbuf_puts(out, " more: --top N shows N\n");
    }
    if (same != 0) {
        strbuf_puts(out, "  ");
        text_put_grouped(out, same);
        strbuf_puts(out, same == 1 ? " did not change\n" : " did not change at all\n");
    }
}

void diff_text(const struct diff *d, struct strbuf *out)
{
    const struct option_number *top = &d->options->top;
    size_t most = top->given ? d->row_count : ROWS_USUAL, shown = 0, same = 0;
    struct table t;
    put_head(d, out);
    begin_table(&t, d);
    for (size_t i = 0; i < d->chosen; i++) {
        if (!has_changed(d->rows[i]))
            same++;
        else if (shown < most && ++shown > 0)
            add_row(&t, d->rows[i]);
    }
    if (shown != 0)
        text_table_put(&t.t, 2, out);
    else
        strbuf_puts(out, d->options->grew ? "  nothing grew in every interval\n"
                                          : "  nothing has changed\n");
    put_rest(d->chosen - same - shown, shown != 0 ? same : 0, out);
    text_table_release(&t.t);
}
