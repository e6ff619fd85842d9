/* Stacks of one input; see subject_stacks.h. */
#include "commands/subject_stacks.h"

#include "answer/answer_maker.h"
#include "base/text.h"
#include "commands/command.h"

static int out_of_memory(const struct subject *s)
{
    command_message("%s: out of memory", strbuf_str(&s->name));
    return COMMAND_FAILED;
}

static struct stack_totals *add_up(const struct subject *s)
{
    struct stack_fold *f = query_fold_stacks(s->loaded.query);
    struct stack_totals *totals = NULL;
    if (f != NULL && stack_fold_advance(f, query_scanned(s->loaded.query), UINT64_MAX) == 0)
        totals = stack_fold_totals(f);
    stack_fold_free(f);
    return totals;
}

int subject_add_stacks(const struct subject *s, struct subject_stacks *out)
{
    *out = (struct subject_stacks){
        .totals = add_up(s),
        .rules = subject_rules(s->options),
        .namer = {.images = image_table_map(s->loaded.trace->images),
                  .symbols = subject_symbols(s)},
    };
    return out->totals != NULL && out->rules != NULL ? COMMAND_OK : out_of_memory(s);
}

void subject_stacks_release(struct subject_stacks *st)
{
    stack_totals_free(st->totals);
    frame_rules_unref(st->rules);
    image_map_unref((struct image_map *)(uintptr_t)st->namer.images);
    *st = (struct subject_stacks){0};
}

bool subject_stacks_wait(const struct subject *s, const struct subject_stacks *st)
{
    if (st->namer.symbols == NULL || symbol_table_wanted(st->namer.symbols) == 0)
        return false;
    subject_find_names(s);
    return true;
}

struct call_tree *subject_call_tree(const struct subject *s, const struct subject_stacks *st,
                                    enum call_tree_kind kind, enum call_tree_column sort)
{
    const struct call_tree_spec spec = {
        .kind = kind,
        .sort = sort,
        .rules = st->rules,
        .namer = st->namer,
    };
    struct call_tree *tree = call_tree_new(s->loaded.trace, st->totals, &spec);
    if (tree != NULL && subject_stacks_wait(s, st)) {
        call_tree_unref(tree);
        tree = call_tree_new(s->loaded.trace, st->totals, &spec);
    }
    if (tree == NULL)
        out_of_memory(s);
    return tree;
}

struct findings *subject_find(const struct subject *s)
{
    struct subject_stacks st = {
        .rules = subject_rules(s->options),
        .namer = {.images = image_table_map(s->loaded.trace->images),
                  .symbols = subject_symbols(s)},
    };
    const struct answer_spec spec = {.kind = ANSWER_FINDINGS, .rules = st.rules};
    struct answer *found = answer_make(s->loaded.query, &spec, &st.namer);
    if (found != NULL && subject_stacks_wait(s, &st)) {
        answer_unref(found);
        found = answer_make(s->loaded.query, &spec, &st.namer);
    }
    if (found == NULL)
        out_of_memory(s);
    subject_stacks_release(&st);
    return (struct findings *)found;
}

void subject_explain_stacks(const struct subject *s, const struct subject_stacks *st)
{
    if (st->totals->with != 0 || s->options->quiet)
        return;
    struct strbuf b = {0};
    if (st->totals->without != 0) {
        strbuf_puts(&b, "none of the ");
        text_put_grouped(&b, st->totals->without);
        strbuf_puts(&b,
                    " Allocs and ReAllocs has a call stack; were stacks of heap events switched "
                    "on for the recording?");
    } else {
        strbuf_puts(&b, "no Alloc and no ReAlloc is among what was asked for");
    }
    command_message("%s: %s", strbuf_str(&s->name), strbuf_str(&b));
    strbuf_release(&b);
}
