/* The list of events; see events.h and cli.md, Machine formats. */
#include "commands/events.h"

#include "base/text.h"
#include "commands/command.h"
#include "commands/subject.h"
#include "export/event_list.h"
#include "export/row_scan.h"

/* Rows between two looks at whether anybody still reads the output. */
#define LOOK_EVERY 4096

/* Reads --columns; without it the standard ones. Returns an exit code. */
static int choose_columns(const char *text, struct event_list *out_list)
{
    const char *wrong;
    size_t len;
    if (event_list_parse(out_list, text, &wrong, &len))
        return COMMAND_OK;
    struct strbuf name = {0};
    text_put_escaped(&name, wrong, len);
    command_message("--columns: no column '%s'; 'heaptail events --help' lists them",
                    strbuf_str(&name));
    strbuf_release(&name);
    return COMMAND_USAGE;
}

/* The rows that match, as long as somebody reads the output. */
struct matching_rows {
    struct row_scan scan;
    const struct output *out;
    uint64_t count;
};

static uint64_t next_row(void *ctx)
{
    struct matching_rows *m = ctx;
    if (m->count++ % LOOK_EVERY == 0 && output_failed(m->out))
        return ROW_NONE;
    return row_scan_next(&m->scan);
}

static bool is_called(const struct event_column *column)
{
    return column == &event_columns[EVENT_COLUMN_CALLER] ||
           column == &event_columns[EVENT_COLUMN_MODULE];
}

static bool has_callers(const struct event_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (is_called(list->columns[i]))
            return true;
    return false;
}

/* Looks up what the rows will be called, so that it can be found out before they are written. */
static int learn_callers(const struct subject *s, const struct event_list *list,
                         const struct filter *filter)
{
    struct row_scan scan;
    struct callers callers;
    struct row row;
    int rc = row_scan_init(&scan, s->loaded.trace, filter, s->options->since, s->options->until);
    callers_init(&callers);
    callers_look(&callers, &list->naming);
    for (uint64_t id; rc == 0 && (id = row_scan_next(&scan)) != ROW_NONE;) {
        store_get(s->loaded.trace->store, id, &row);
        callers_find(&callers, s->loaded.trace, &row);
    }
    callers_release(&callers);
    row_scan_release(&scan);
    subject_find_names(s);
    return rc;
}

static int list_events(const struct subject *s, struct event_list *list,
                       const struct filter *filter, struct output *out)
{
    struct matching_rows rows = {.out = out};
    bool by_stack = filter != NULL && filter_depends_on_stacks(filter);
    int rc = by_stack || has_callers(list) ? learn_callers(s, list, filter) : 0;
    if (rc == 0)
        rc = row_scan_init(&rows.scan, s->loaded.trace, filter, s->options->since,
                           s->options->until);
    if (rc != 0) {
        command_message("%s: out of memory", strbuf_str(&s->name));
        return COMMAND_FAILED;
    }
    event_list_write(list, s->loaded.trace, next_row, &rows, command_format(s->options), out);
    row_scan_release(&rows.scan);
    return COMMAND_OK;
}

/* The same, knowing what frames are called. */
static int list_named(const struct subject *s, struct event_list *list, const struct filter *filter,
                      struct output *out)
{
    struct image_map *images = image_table_map(s->loaded.trace->images);
    struct frame_rules *rules = subject_rules(s->options);
    list->naming = (struct caller_naming){images, subject_symbols(s), rules};
    int code = list_events(s, list, filter, out);
    frame_rules_unref(rules);
    image_map_unref(images);
    return code;
}

int events_run(const struct options *o, struct output *out)
{
    struct event_list list;
    struct filter *filter = NULL;
    int code = choose_columns(o->columns, &list);
    if (code == COMMAND_OK)
        code = subject_parse_filter(o, &filter);
    if (code != COMMAND_OK)
        return code;
    struct subject s;
    code = subject_open(&s, o, o->files, o->file_count, NULL);
    if (code == COMMAND_OK && !subject_has_events(&s))
        code = COMMAND_FAILED;
    list.raw_time = o->raw_time;
    list.all_fields = o->all_fields;
    if (o->top.given)
        list.most = o->top.value;
    if (code == COMMAND_OK)
        code = list_named(&s, &list, filter, out);
    if (code == COMMAND_OK)
        code = subject_judge(&s, false);
    subject_release(&s);
    filter_unref(filter);
    return code;
}
