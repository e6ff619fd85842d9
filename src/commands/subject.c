/* Loading, asking and judging one input; see subject.h. */
#include "commands/subject.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer/snapshot.h"
#include "base/text.h"
#include "commands/command.h"
#include "commands/naming.h"
#include "commands/progress.h"
#include "source/inputs_unpack.h"

static int filter_error(const char *text, const struct filter_error *e)
{
    struct strbuf lines = {0};
    filter_format_error(text, strlen(text), e, &lines);
    strbuf_truncate(&lines, lines.len - 1); /* the message ends the last line itself */
    command_message("--filter is wrong:\n%s", strbuf_str(&lines));
    strbuf_release(&lines);
    return COMMAND_USAGE;
}

struct frame_rules *subject_rules(const struct options *o)
{
    return frame_rules_parse(o->fold != NULL ? o->fold : FRAME_RULES_DEFAULT, NULL);
}

/* What `stack`, `module` and `image` go by. */
static void name_filter(const struct options *o, struct filter *filter)
{
    struct frame_rules *rules = subject_rules(o);
    filter_set_naming(filter, o->naming != NULL ? o->naming->table : NULL, rules);
    frame_rules_unref(rules);
}

int subject_parse_filter(const struct options *o, struct filter **out_filter)
{
    struct filter_error e;
    struct filter *own = NULL;
    *out_filter = NULL;
    /* The user's own text first: the caret must stand under what was typed. */
    if (o->filter != NULL) {
        own = filter_parse(o->filter, strlen(o->filter), &e);
        if (own == NULL)
            return filter_error(o->filter, &e);
        filter_unref(own);
    }
    struct strbuf whole = {0};
    options_put_filter(o, &whole);
    struct filter *filter = NULL;
    if (whole.len != 0)
        filter = filter_parse(strbuf_str(&whole), whole.len, &e);
    if (filter != NULL)
        name_filter(o, filter);
    int code = whole.len != 0 && filter == NULL ? filter_error(strbuf_str(&whole), &e) : COMMAND_OK;
    strbuf_release(&whole);
    *out_filter = filter;
    return code;
}

/* A filter on call stacks has looked up names by now: once they are found out, it is asked again.
 */
static void ask_by_name(const struct subject *s, const struct query_spec *spec)
{
    if (spec == NULL || spec->filter == NULL || !filter_depends_on_stacks(spec->filter))
        return;
    subject_find_names(s);
    while (query_advance(s->loaded.query, STORE_CHUNK_ROWS))
        continue;
}

int subject_open(struct subject *s, const struct options *o, char *const *paths, size_t count,
                 const struct query_spec *spec)
{
    *s = (struct subject){.options = o};
    inputs_put_paths(paths, count, &s->name);
    struct progress progress;
    struct err_info info;
    progress_init(&progress, o->quiet);
    struct load_request what = {
        .paths = paths, .path_count = count, .spec = spec, .expand_limit = o->expand_limit};
    int rc = load_trace(&what, progress_update, &progress, &s->loaded, &info);
    progress_clear(&progress);
    if (rc != 0) {
        command_message("%s", info.text);
        return COMMAND_FAILED;
    }
    const char *remark = inputs_remark(&s->loaded.inputs);
    if (remark[0] != '\0' && !o->quiet)
        command_message("%s: %s", strbuf_str(&s->name), remark);
    ask_by_name(s, spec);
    return COMMAND_OK;
}

void subject_release(struct subject *s)
{
    loaded_release(&s->loaded);
    strbuf_release(&s->name);
}

struct symbol_table *subject_symbols(const struct subject *s)
{
    return s->options->naming != NULL ? s->options->naming->table : NULL;
}

static void find_names(const struct naming *n, bool quiet)
{
    struct strbuf problems = {0};
    n->resolve(n->ctx, &problems);
    char *rest = problems.s;
    for (const char *line; !quiet && rest != NULL && (line = strsep(&rest, "\n"))[0] != '\0';)
        command_message("%s", line);
    strbuf_release(&problems);
}

void subject_find_names(const struct subject *s)
{
    const struct naming *n = s->options->naming;
    if (n != NULL && symbol_table_wanted(n->table) != 0)
        find_names(n, s->options->quiet);
}

bool subject_has_events(const struct subject *s)
{
    struct strbuf why = {0};
    snapshot_explain_empty(ingest_tally(s->loaded.ingest), &why);
    bool has = why.len == 0;
    if (!has)
        command_message("%s: %s", strbuf_str(&s->name), strbuf_str(&why));
    strbuf_release(&why);
    return has;
}

bool subject_has_stacks(const struct subject *s)
{
    return ingest_tally(s->loaded.ingest)->stack_records != 0 ||
           stack_table_count(s->loaded.trace->stacks) != 0;
}

static void say_losses(const struct subject *s)
{
    struct strbuf b = {0};
    const char *separator = "";
    for (size_t i = 0; i < trust_field_count; i++) {
        uint64_t n = trust_value(&s->loaded.trust, &trust_fields[i]);
        if (trust_fields[i].grade != TRUST_LOSS || n == 0)
            continue;
        strbuf_printf(&b, "%s%s ", separator, trust_fields[i].label);
        text_put_grouped(&b, n);
        separator = ", ";
    }
    command_message("%s: %s: the figures are incomplete", strbuf_str(&s->name), strbuf_str(&b));
    strbuf_release(&b);
}

int subject_judge(const struct subject *s, bool told)
{
    if (!trust_has_loss(&s->loaded.trust))
        return COMMAND_OK;
    if (s->options->strict || (!told && !s->options->quiet))
        say_losses(s);
    return s->options->strict ? COMMAND_LOSS : COMMAND_OK;
}

struct summary *subject_summary(const struct subject *s)
{
    struct summary *summary = query_summarize(s->loaded.query);
    if (summary == NULL)
        command_message("%s: out of memory", strbuf_str(&s->name));
    return summary;
}
