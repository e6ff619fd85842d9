/* The difference asked for, in the format asked for; see diff.h. */
#include "commands/diff.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer/answer_maker.h"
#include "base/text.h"
#include "commands/command.h"
#include "export/moments_list.h"
#include "export/moments_record.h"

const char *const diff_group_words[MOMENTS_GROUPS] = {
    [MOMENTS_BY_STACK] = "stack",   [MOMENTS_BY_HEAP] = "heap",
    [MOMENTS_BY_SIZE] = "size",     [MOMENTS_BY_SOURCE] = "source",
    [MOMENTS_BY_THREAD] = "thread", [MOMENTS_BY_PROCESS] = "process",
};

/* ---- what is asked ---- */

/* Of --by, whose words are the tables'. */
static int find_group(const struct options *o, enum moments_group *out_by)
{
    for (unsigned by = 0; by < MOMENTS_GROUPS; by++)
        for (unsigned table = 0; export_table_words[table] != NULL; table++)
            if (o->by == 1u << table &&
                strcmp(export_table_words[table], diff_group_words[by]) == 0) {
                *out_by = (enum moments_group)by;
                return COMMAND_OK;
            }
    *out_by = MOMENTS_BY_STACK;
    if (o->by == 0)
        return COMMAND_OK;
    command_message("--by of diff: expected one of stack, heap, size, source, thread or process");
    return COMMAND_USAGE;
}

/* One operand behind FILE is another file, more are moments of FILE. */
static int check_operands(const struct options *o)
{
    if (o->file_count < 2) {
        command_message("diff needs two moments of FILE, such as start end, or a second FILE (try "
                        "'heaptail diff --help')");
        return COMMAND_USAGE;
    }
    const char *second = o->files[1];
    bool two_files = o->file_count == 2;
    if (two_files && diff_is_moment(second) && access(second, F_OK) != 0) {
        command_message("%s is one moment: name a second one to compare it with, such as end",
                        second);
        return COMMAND_USAGE;
    }
    if (o->grew && o->file_count < 4) {
        command_message("--grew needs three moments or more");
        return COMMAND_USAGE;
    }
    return COMMAND_OK;
}

static void fill_spec(const struct diff *d, struct frame_rules *rules, struct answer_spec *spec)
{
    const struct diff_moments *moments = &d->moments;
    *spec = (struct answer_spec){.kind = ANSWER_MOMENTS, .rules = rules};
    spec->moments.by = d->by;
    spec->moments.count = moments->count;
    memcpy(spec->moments.times, moments->raw, sizeof spec->moments.times);
    if (d->baseline == NULL)
        return;
    int64_t until = diff_end(d->baseline);
    spec->moments.other = d->baseline->loaded.trace;
    spec->moments.other_until = until != INT64_MAX ? until : 0;
}

/* Asked again when names were found out that the first answer wanted. */
static struct moments *ask(const struct diff *d, const struct frame_namer *namer)
{
    struct frame_rules *rules = subject_rules(d->options);
    struct answer_spec spec;
    fill_spec(d, rules, &spec);
    struct query *query = d->subject->loaded.query;
    struct moments *m = (struct moments *)answer_make(query, &spec, namer);
    if (m != NULL && namer->symbols != NULL && symbol_table_wanted(namer->symbols) != 0) {
        subject_find_names(d->subject);
        answer_unref(&m->base);
        m = (struct moments *)answer_make(query, &spec, namer);
    }
    frame_rules_unref(rules);
    return m;
}

static int make_answer(struct diff *d)
{
    struct image_map *images = image_table_map(d->subject->loaded.trace->images);
    const struct frame_namer namer = {.images = images, .symbols = subject_symbols(d->subject)};
    const struct options *o = d->options;
    d->m = ask(d, &namer);
    image_map_unref(images);
    if (d->m == NULL) {
        command_message("%s: out of memory", strbuf_str(&d->subject->name));
        return COMMAND_FAILED;
    }
    enum moments_column sort = o->sort != OPTION_SORT_USUAL
                                   ? (enum moments_column)(o->sort - OPTION_SORT_MOMENTS)
                                   : MOMENTS_DELTA;
    d->chosen = d->row_count = moments_list(d->m, sort, o->grew, &d->rows);
    if (d->chosen == SIZE_MAX)
        return COMMAND_FAILED;
    if (o->top.given && o->top.value < d->row_count)
        d->row_count = (size_t)o->top.value;
    return COMMAND_OK;
}

/* ---- the output ---- */

static void put_records(const struct diff *d, struct output *out)
{
    struct record_writer w;
    record_writer_init(&w, out, command_format(d->options), moments_record_fields,
                       MOMENTS_RECORD_FIELDS);
    for (size_t i = 0; i < d->row_count; i++)
        moments_record_put(&w, d->m, d->rows[i]);
    record_writer_finish(&w);
}

static void put_answer(const struct diff *d, struct output *out)
{
    struct strbuf page = {0};
    switch (command_format(d->options)) {
    case EXPORT_FORMAT_TEXT:
        diff_text(d, &page);
        output_add(out, strbuf_str(&page), page.len);
        break;
    case EXPORT_FORMAT_JSON:
        diff_json(d, out);
        break;
    default:
        put_records(d, out);
    }
    strbuf_release(&page);
}

/* ---- the traces ---- */

static int open_trace(struct subject *s, const struct options *o, size_t file,
                      struct filter *filter)
{
    const struct query_spec spec = {.filter = filter, .since = o->since, .until = o->until};
    int code = subject_open(s, o, o->files + file, 1, &spec);
    return code == COMMAND_OK && !subject_has_events(s) ? COMMAND_FAILED : code;
}

static int find_moments(struct diff *d)
{
    static char end[] = "end";
    char *only[] = {end};
    if (d->baseline != NULL)
        return diff_find_moments(d->subject, only, 1, &d->moments);
    return diff_find_moments(d->subject, d->options->files + 1, d->options->file_count - 1,
                             &d->moments);
}

static int compare(struct diff *d, struct output *out)
{
    int code = find_moments(d);
    if (code == COMMAND_OK)
        code = make_answer(d);
    if (code == COMMAND_OK) {
        put_answer(d, out);
        code = subject_judge(d->subject, false);
    }
    if (code == COMMAND_OK && d->baseline != NULL)
        code = subject_judge(d->baseline, false);
    if (d->m != NULL)
        answer_unref(&d->m->base);
    free(d->rows);
    return code;
}

int diff_run(const struct options *o, struct output *out)
{
    struct diff d = {.options = o};
    struct subject subject = {0}, baseline = {0};
    struct filter *filter = NULL;
    int code = check_operands(o);
    if (code == COMMAND_OK)
        code = find_group(o, &d.by);
    if (code == COMMAND_OK)
        code = subject_parse_filter(o, &filter);
    if (code != COMMAND_OK)
        return code;
    bool two_files = o->file_count == 2;
    if (two_files) {
        d.baseline = &baseline;
        code = open_trace(&baseline, o, 0, filter);
    }
    d.subject = &subject;
    if (code == COMMAND_OK)
        code = open_trace(&subject, o, two_files ? 1 : 0, filter);
    if (code == COMMAND_OK)
        code = compare(&d, out);
    subject_release(&subject);
    subject_release(&baseline);
    filter_unref(filter);
    return code;
}
