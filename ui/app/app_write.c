/* Writing what is shown to a file (`w`): the prompt for its name, and what is shown. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "answer/blocks/block_column.h"
#include "base/alloc.h"
#include "base/text.h"
#include "model/event_column.h"
#include "ui/app/app_state.h"
#include "ui/widget/list.h"

/* The screen that is shown, not a pane on it. */
static struct view *shown_screen(const struct app *a)
{
    return a->stack.screens[a->stack.shown];
}

static enum view_rows shown_rows(const struct app *a)
{
    struct view *v = shown_screen(a);
    return v != NULL && v->ops->rows != NULL ? v->ops->rows(v) : VIEW_ROWS_NONE;
}

static bool is_column(enum view_rows rows, const char *name)
{
    if (rows == VIEW_ROWS_BLOCKS)
        return block_column_find(name, strlen(name)) != NULL;
    return event_column_find(name, strlen(name)) != NULL;
}

/* The shown columns by the names that `heaptail events` or `blocks` has for them; others are the
 * screen's own. */
static void put_columns(enum view_rows rows, const struct list *l, struct strbuf *out)
{
    size_t shown[LIST_MAX_COLUMNS];
    size_t n = list_columns_shown(l, shown);
    for (size_t i = 0; i < n; i++) {
        const char *name = l->columns[shown[i]].name;
        if (is_column(rows, name))
            strbuf_printf(out, "%s%s", out->len > 0 ? "," : "", name);
    }
}

/* Figures are few: heaps, processes, threads, Sources, open rows of stacks. The caller frees the
 * numbers. */
static uint64_t *list_ids(const struct list *l, size_t *out_count)
{
    uint64_t n = l->source->count(l->ctx);
    uint64_t *ids = base_xcalloc(n + 1, sizeof *ids);
    for (uint64_t i = 0; i < n; i++)
        ids[i] = l->source->row_id(l->ctx, i);
    *out_count = n;
    return ids;
}

/* A live trace is always a moment ahead of the filter; what was looked at is written then. */
static bool lags(const struct snapshot *s)
{
    return (double)s->scanned < (double)s->rows * 0.99;
}

/* The answer that a list shows, by its rows, and what to say while it is being made. */
static const struct {
    enum view_rows rows;
    enum answer_kind kind;
    const char *why;
} answers[] = {
    {VIEW_ROWS_STACKS, ANSWER_TREE, "The stacks are still being added up: try again in a moment."},
    {VIEW_ROWS_MOMENTS, ANSWER_MOMENTS,
     "The blocks are still being added up: try again in a moment."},
    {VIEW_ROWS_FINDINGS, ANSWER_FINDINGS,
     "The events are still being looked through: try again in a moment."},
    {VIEW_ROWS_BLOCKS, ANSWER_BLOCKS, "The blocks are still being sorted: try again in a moment."},
    {VIEW_ROWS_SIZES, ANSWER_SIZES, "The sizes are still being added up: try again in a moment."},
    {VIEW_ROWS_EXACT_SIZES, ANSWER_SIZES,
     "The sizes are still being added up: try again in a moment."},
    {VIEW_ROWS_BUCKETS, ANSWER_SIZES, "The sizes are still being added up: try again in a moment."},
};

/* Why the rows shown are not those to be written yet; NULL when they are. */
static const char *lacks(const struct snapshot *s, enum view_rows rows)
{
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        const struct answer *a = s->answer[answers[i].kind];
        if (answers[i].rows == rows && (a == NULL || (double)a->rows < (double)s->rows * 0.99))
            return answers[i].why;
    }
    return NULL;
}

/* Why nothing can be written just now; false when it can. */
static bool is_too_early(const struct app *a, enum view_rows rows, struct strbuf *out_why)
{
    const struct snapshot *s = a->shown;
    bool early = true;
    if (s == NULL || s->trace == NULL || s->rows == 0)
        strbuf_puts(out_why, "There is nothing to write yet.");
    else if (s->provisional)
        strbuf_puts(out_why, "The order of the rows is not certain yet: try again in a moment.");
    else if (lacks(s, rows) != NULL)
        strbuf_puts(out_why, lacks(s, rows));
    else if (rows == VIEW_ROWS_EVENTS ? lags(s) : s->summary == NULL)
        strbuf_puts(out_why, "The rows are still being looked through: try again in a moment.");
    else
        early = false;
    return early;
}

/* 0 when it was begun, -EEXIST when there is such a file, else another code; `out_said` tells. */
static int begin(struct app *a, const char *path, bool replace, struct strbuf *out_said)
{
    struct view *v = shown_screen(a);
    struct list *list = view_list(v);
    struct app_write write = {.rows = shown_rows(a),
                              .path = path,
                              .replace = replace,
                              .snapshot = a->shown,
                              .rules = a->env.rules};
    struct strbuf columns = {0};
    uint64_t *ids = NULL;
    if (is_too_early(a, write.rows, out_said))
        return -EAGAIN;
    write.descending = list->sort_descending;
    if (write.rows == VIEW_ROWS_EVENTS || write.rows == VIEW_ROWS_BLOCKS)
        put_columns(write.rows, list, &columns);
    else
        write.ids = ids = list_ids(list, &write.id_count);
    write.columns = strbuf_str(&columns);
    int rc = a->host->write(a->host->ctx, &write, out_said);
    strbuf_release(&columns);
    free(ids);
    return rc;
}

static void edited(struct app *a)
{
    strbuf_clear(&a->write_asked);
    prompt_judge(&a->prompt, PROMPT_VALID, 0, NULL);
}

/* A file that is there is asked about: Enter again is the answer. */
static bool accept(struct app *a)
{
    struct strbuf said = {0};
    const char *path = strbuf_str(&a->prompt.text);
    bool replace = a->prompt.text.len > 0 && strcmp(path, strbuf_str(&a->write_asked)) == 0;
    int rc = begin(a, path, replace, &said);
    if (rc == -EEXIST) {
        strbuf_clear(&a->write_asked);
        strbuf_puts(&a->write_asked, path);
    }
    if (rc != 0)
        prompt_judge(&a->prompt, rc == -EEXIST ? PROMPT_INCOMPLETE : PROMPT_WRONG,
                     a->prompt.text.len, strbuf_str(&said));
    strbuf_release(&said);
    return rc == 0;
}

static void put_note(struct app *a, struct strbuf *out)
{
    static const char *const what[] = {
        [VIEW_ROWS_EVENTS] = "events",       [VIEW_ROWS_HEAPS] = "heaps",
        [VIEW_ROWS_PROCESSES] = "processes", [VIEW_ROWS_THREADS] = "threads",
        [VIEW_ROWS_SIZES] = "sizes",         [VIEW_ROWS_EXACT_SIZES] = "sizes",
        [VIEW_ROWS_BUCKETS] = "buckets",     [VIEW_ROWS_SOURCES] = "Sources",
        [VIEW_ROWS_MOMENTS] = "rows",        [VIEW_ROWS_STACKS] = "open rows",
        [VIEW_ROWS_FINDINGS] = "findings",   [VIEW_ROWS_BLOCKS] = "blocks",
    };
    enum view_rows rows = shown_rows(a);
    if (rows == VIEW_ROWS_EVENTS && a->shown != NULL) {
        text_put_grouped(out, a->shown->matched);
        strbuf_putc(out, ' ');
    }
    if (rows == VIEW_ROWS_BLOCKS && a->shown != NULL && snapshot_blocks(a->shown) != NULL) {
        text_put_grouped(out, snapshot_blocks(a->shown)->count);
        strbuf_putc(out, ' ');
    }
    if (rows != VIEW_ROWS_NONE)
        strbuf_printf(out, "%s to NAME.tsv, .csv or .jsonl", what[rows]);
}

static const struct app_prompt write_prompt = {
    .label = "write to",
    .accept_word = "write",
    .history = HISTORY_WRITE,
    .edited = edited,
    .accept = accept,
    .put_note = put_note,
};

void app_edit_write(struct app *a, uint64_t count)
{
    (void)count;
    const struct view *top = view_stack_focused(&a->stack);
    if (a->writing || a->reading)
        app_tell(a, true, "A file is still being read or written; {close} stops it.");
    else if (shown_rows(a) == VIEW_ROWS_NONE || !(top == shown_screen(a) || top->ops->is_pane))
        app_tell(a, true,
                 "Only lists can be written, such as Events ({screen.events}) or Heaps "
                 "({screen.heaps}).");
    else
        app_open_prompt(a, &write_prompt, "");
}

bool app_stop_task(struct app *a)
{
    if (!a->writing && !a->reading)
        return false;
    a->host->stop_task(a->host->ctx);
    return true;
}

void app_write_progress(struct app *a, const char *text)
{
    a->writing = true;
    a->dirty = true;
    strbuf_clear(&a->task);
    keymap_put_text(&a->keymap, text, &a->task);
}

void app_write_ended(struct app *a, bool is_error, const char *text)
{
    a->writing = false;
    strbuf_clear(&a->task);
    app_message(a, is_error, text);
}
