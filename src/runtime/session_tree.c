/* Which tree a session makes, and of which query; see session_tree.h. */
#include "runtime/session_tree.h"

/* A tree that finds no memory is not made; what is shown goes on. */
static void make_maker(struct session_tree *t, struct query *query)
{
    tree_maker_free(t->maker);
    t->maker = t->asked && query != NULL ? tree_maker_new(query, &t->spec) : NULL;
}

static void show(struct session_tree *t, struct call_tree *tree)
{
    struct call_tree *old = t->shown;
    t->shown = tree != NULL ? call_tree_ref(tree) : NULL;
    call_tree_unref(old);
}

static void set_spec(struct session_tree *t, const struct tree_spec *spec)
{
    struct frame_rules *old = t->spec.rules;
    t->asked = spec != NULL;
    t->spec = spec != NULL ? *spec : (struct tree_spec){.rules = NULL};
    if (t->spec.rules != NULL)
        frame_rules_ref(t->spec.rules);
    frame_rules_unref(old);
}

void session_tree_ask(struct session_tree *t, const struct tree_spec *spec, struct query *query)
{
    set_spec(t, spec);
    if (spec == NULL)
        session_tree_release(t);
    else if (t->maker != NULL)
        tree_maker_want(t->maker, spec);
    else
        make_maker(t, query);
}

void session_tree_start(struct session_tree *t, struct query *query, bool same_stacks)
{
    make_maker(t, query);
    if (!same_stacks)
        show(t, NULL);
}

void session_tree_release(struct session_tree *t)
{
    tree_maker_free(t->maker);
    t->maker = NULL;
    show(t, NULL);
    set_spec(t, NULL);
}

bool session_tree_step(struct session_tree *t, const struct frame_namer *namer, bool *out_news)
{
    if (t->maker == NULL)
        return false;
    bool more = tree_maker_step(t->maker, namer);
    struct call_tree *tree = tree_maker_tree(t->maker);
    if (tree != NULL && tree != t->shown) {
        show(t, tree);
        *out_news = true;
    }
    return more;
}

int64_t session_tree_deadline(const struct session_tree *t)
{
    return t->maker != NULL ? tree_maker_deadline(t->maker) : INT64_MAX;
}

struct call_tree *session_tree_show(const struct session_tree *t, bool *out_complete)
{
    *out_complete = t->maker != NULL && tree_maker_is_settled(t->maker);
    return t->shown != NULL ? call_tree_ref(t->shown) : NULL;
}
