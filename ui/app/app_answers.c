/* The answers that the views on the screen want: asking for them, and whether they have come. */
#include "ui/app/app_state.h"

static bool wants(const struct view *v, enum answer_kind kind, struct answer_spec *out_spec)
{
    *out_spec = (struct answer_spec){.kind = kind};
    return v != NULL && v->ops->wants != NULL && v->ops->wants(v, kind, out_spec);
}

/* The question of that kind of the first view that has one, from the top down. */
static bool is_wanted(const struct app *a, enum answer_kind kind, struct answer_spec *out_spec)
{
    const struct view_stack *s = &a->stack;
    for (size_t i = s->above_count; i > 0; i--)
        if (wants(s->above[i - 1], kind, out_spec))
            return true;
    return wants(s->screens[s->shown], kind, out_spec);
}

static void ask(struct app *a, enum answer_kind kind, const struct answer_spec *spec)
{
    struct app_answers *t = &a->answers;
    if (spec == NULL ? !t->is_asked[kind]
                     : t->is_asked[kind] && answer_spec_is_same(spec, &t->asked[kind]))
        return;
    t->is_asked[kind] = spec != NULL;
    answer_spec_copy(&t->asked[kind], spec);
    a->thawing = a->thawing || (a->frozen && spec != NULL);
    a->host->ask_answer(a->host->ctx, kind, spec);
}

void app_answers_ask(struct app *a)
{
    for (int i = 0; i < ANSWER_KINDS; i++) {
        struct answer_spec spec;
        bool wanted = is_wanted(a, (enum answer_kind)i, &spec);
        ask(a, (enum answer_kind)i, wanted ? &spec : NULL);
    }
}

bool app_answers_are_told(const struct app *a, const struct snapshot *s, uint64_t rows)
{
    const struct app_answers *t = &a->answers;
    for (int i = 0; i < ANSWER_KINDS; i++) {
        const struct answer *answer = s->answer[i];
        if (t->is_asked[i] && (answer == NULL || answer->rows < rows ||
                               !answer_spec_is_same(&answer->spec, &t->asked[i])))
            return false;
    }
    return true;
}

void app_answers_release(struct app *a)
{
    for (int i = 0; i < ANSWER_KINDS; i++)
        answer_spec_copy(&a->answers.asked[i], NULL);
}
