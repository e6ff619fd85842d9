/* The list of events; see events.h and cli.md, Machine formats. */
#include "commands/events.h"

#include "base/text.h"
#include "commands/command.h"
#include "commands/subject.h"
#include "export/event_list.h"

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

/* Somebody still reads the output. */
static bool is_read(void *out, uint64_t rows_looked_at)
{
    (void)rows_looked_at;
    return !output_failed(out);
}

static int list_events(const struct subject *s, struct event_list *list,
                       const struct filter *filter, struct output *out)
{
    struct row_scan scan;
    int rc = row_scan_init(&scan, s->loaded.trace, filter, s->options->since, s->options->until);
    if (rc != 0) {
        command_message("%s: out of memory", strbuf_str(&s->name));
        return COMMAND_FAILED;
    }
    event_list_write(list, &scan, command_format(s->options), out, is_read, out);
    row_scan_release(&scan);
    return COMMAND_OK;
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
    code = subject_open(&s, o, o->files[0], NULL);
    if (code == COMMAND_OK && !subject_has_events(&s))
        code = COMMAND_FAILED;
    list.raw_time = o->raw_time;
    list.all_fields = o->all_fields;
    if (o->top.given)
        list.most = o->top.value;
    if (code == COMMAND_OK)
        code = list_events(&s, &list, filter, out);
    if (code == COMMAND_OK)
        code = subject_judge(&s, false);
    subject_release(&s);
    filter_unref(filter);
    return code;
}
