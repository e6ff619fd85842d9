/* The call tree of one input in the format asked for; see stacks.h. */
#include "commands/stacks.h"

#include <stdlib.h>

#include "commands/command.h"
#include "commands/stacks_json.h"
#include "commands/stacks_text.h"
#include "commands/subject_stacks.h"
#include "export/tree_record.h"

static void put_records(const struct options *o, const struct call_tree *t, const bool *chosen,
                        struct output *out)
{
    struct record_writer w;
    record_writer_init(&w, out, command_format(o), tree_record_fields, TREE_RECORD_FIELDS);
    for (uint32_t i = t->count != 0 ? 0 : UINT32_MAX; i != UINT32_MAX; i = call_tree_next(t, i))
        if (chosen[i])
            tree_record_put(&w, t, i);
    record_writer_finish(&w);
}

/* ---- what is asked ---- */

static enum call_tree_kind kind_of(const struct options *o)
{
    static const enum call_tree_kind kinds[] = {
        [OPTION_TREE_USUAL] = CALL_TREE_BOTTOM_UP,     [OPTION_TREE_TOP_DOWN] = CALL_TREE_TOP_DOWN,
        [OPTION_TREE_BOTTOM_UP] = CALL_TREE_BOTTOM_UP, [OPTION_TREE_FLAT] = CALL_TREE_FUNCTIONS,
        [OPTION_TREE_MODULES] = CALL_TREE_MODULES,
    };
    return kinds[o->tree];
}

_Static_assert((int)CALL_TREE_COLUMNS == OPTION_SORT_MOMENTS - OPTION_SORT_TREE,
               "the columns of stacks and their words differ");

/* Who allocates is asked by number first: a loop shows in it, however small its blocks are. */
static enum call_tree_column sort_of(const struct options *o)
{
    return o->sort != OPTION_SORT_USUAL ? (enum call_tree_column)(o->sort - OPTION_SORT_TREE)
                                        : CALL_TREE_ALLOCS;
}

static int put_tree(const struct subject *s, const struct call_tree *t, struct output *out)
{
    const struct options *o = s->options;
    if (command_format(o) == EXPORT_FORMAT_TEXT) {
        struct strbuf page = {0};
        stacks_text(t, s, &page);
        output_add(out, strbuf_str(&page), page.len);
        strbuf_release(&page);
        return COMMAND_OK;
    }
    bool *chosen = call_tree_heaviest(t, o->top.given ? o->top.value : UINT64_MAX);
    if (chosen == NULL) {
        command_message("%s: out of memory", strbuf_str(&s->name));
        return COMMAND_FAILED;
    }
    if (command_format(o) == EXPORT_FORMAT_JSON)
        stacks_json(t, chosen, s, out);
    else
        put_records(o, t, chosen, out);
    free(chosen);
    return COMMAND_OK;
}

static int put_stacks(const struct subject *s, struct output *out)
{
    struct subject_stacks st;
    struct call_tree *tree = NULL;
    int code = subject_add_stacks(s, &st);
    if (code == COMMAND_OK)
        tree = subject_call_tree(s, &st, kind_of(s->options), sort_of(s->options));
    if (tree != NULL) {
        subject_explain_stacks(s, &st);
        code = put_tree(s, tree, out);
    } else {
        code = COMMAND_FAILED;
    }
    call_tree_unref(tree);
    subject_stacks_release(&st);
    return code == COMMAND_OK ? subject_judge(s, false) : code;
}

int stacks_run(const struct options *o, struct output *out)
{
    struct query_spec spec = {.since = o->since, .until = o->until};
    int code = subject_parse_filter(o, &spec.filter);
    if (code != COMMAND_OK)
        return code;
    struct subject s;
    code = subject_open(&s, o, o->files, o->file_count, &spec);
    if (code == COMMAND_OK && !subject_has_events(&s))
        code = COMMAND_FAILED;
    if (code == COMMAND_OK)
        code = put_stacks(&s, out);
    subject_release(&s);
    filter_unref(spec.filter);
    return code;
}
