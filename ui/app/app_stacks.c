/* The call tree that Stacks shows: asking for it, and the list of frames that it folds. */
#include <string.h>

#include "answer/tree_maker.h"
#include "ui/app/app_state.h"
#include "ui/view/views.h"

/* The list that holds until another is given. */
#define USUAL "default"

/* ---- asking ---- */

static bool is_asked(const struct app_tree *t, const struct tree_spec *spec)
{
    return t->is_asked && t->asked.kind == spec->kind && t->asked.sort == spec->sort &&
           t->asked.rules == spec->rules;
}

void app_tree_ask(struct app *a)
{
    struct app_tree *t = &a->tree;
    struct tree_spec spec;
    if (a->stack.shown != SCOPE_STACKS) {
        if (t->is_asked)
            a->host->ask_tree(a->host->ctx, NULL);
        t->is_asked = false;
        return;
    }
    view_stacks_wants(a->stack.screens[SCOPE_STACKS], &spec);
    if (is_asked(t, &spec))
        return;
    frame_rules_unref(t->asked.rules);
    t->is_asked = true;
    t->asked = spec;
    if (spec.rules != NULL)
        frame_rules_ref(spec.rules);
    a->thawing = a->frozen;
    a->host->ask_tree(a->host->ctx, &spec);
}

bool app_tree_is_told(const struct app *a, const struct snapshot *s, uint64_t rows)
{
    const struct call_tree *t = s->tree;
    if (!a->tree.is_asked)
        return true;
    return t != NULL && t->rows >= rows && t->kind == a->tree.asked.kind &&
           t->sort == a->tree.asked.sort && t->rules == a->tree.asked.rules;
}

/* ---- folding ---- */

static void fold(struct app *a, bool on)
{
    a->env.unfolded = !on;
    a->env.rules = a->tree.rules;
}

void app_init_rules(struct app *a, const char *patterns)
{
    a->tree.rules = frame_rules_parse(patterns != NULL ? patterns : USUAL, NULL);
    fold(a, true);
}

/* Without a pattern the word for that: a setting needs a value. */
const char *app_rules_text(const struct app *a)
{
    const char *text = a->tree.rules != NULL ? frame_rules_text(a->tree.rules) : "";
    return text[strspn(text, " ;")] != '\0' ? text : "none";
}

void app_toggle_folding(struct app *a, uint64_t count)
{
    (void)count;
    fold(a, a->env.unfolded);
    if (a->env.unfolded)
        app_tell(a, false, "The allocator's frames are shown; {stacks.folding} folds them again.");
    else
        app_tell(a, false, "The allocator's frames are folded; {stacks.rules} changes which.");
}

/* The text as rules, or what is wrong with it beside the prompt. */
static struct frame_rules *judge(struct app *a)
{
    struct err_info why;
    struct frame_rules *rules = frame_rules_parse(strbuf_str(&a->prompt.text), &why);
    if (rules == NULL)
        prompt_judge(&a->prompt, PROMPT_WRONG, a->prompt.text.len, why.text);
    else
        prompt_judge(&a->prompt, PROMPT_VALID, 0, NULL);
    return rules;
}

static void edited(struct app *a)
{
    frame_rules_unref(judge(a));
}

static bool accept(struct app *a)
{
    struct frame_rules *rules = judge(a);
    if (rules == NULL)
        return false;
    bool same = strcmp(frame_rules_text(rules), app_rules_text(a)) == 0;
    frame_rules_unref(a->tree.rules);
    a->tree.rules = rules;
    fold(a, true);
    if (!same)
        app_rename_filter(a);
    if (!same)
        app_tell(a, false, "The list is in force; {config.save} remembers it.");
    return true;
}

static void put_note(struct app *a, struct strbuf *out)
{
    (void)a;
    strbuf_puts(out, "default; MODULE!FUNCTION; with * and ?");
}

static const struct app_prompt rules_prompt = {
    .label = "fold",
    .accept_word = "apply",
    .history = HISTORY_RULES,
    .edited = edited,
    .accept = accept,
    .put_note = put_note,
};

void app_edit_rules(struct app *a, uint64_t count)
{
    (void)count;
    app_open_prompt(a, &rules_prompt, app_rules_text(a));
}

void app_tree_release(struct app *a)
{
    frame_rules_unref(a->tree.rules);
    frame_rules_unref(a->tree.asked.rules);
}
