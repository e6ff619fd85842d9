/* The list of frames that stacks fold. */
#include <string.h>

#include "ui/app/app_state.h"
#include "ui/view/views.h"

/* The list that holds until another is given. */
#define USUAL "default"

static void fold(struct app *a, bool on)
{
    a->env.unfolded = !on;
    a->env.rules = a->rules;
}

void app_init_rules(struct app *a, const char *patterns)
{
    a->rules = frame_rules_parse(patterns != NULL ? patterns : USUAL, NULL);
    fold(a, true);
}

/* Without a pattern the word for that: a setting needs a value. */
const char *app_rules_text(const struct app *a)
{
    const char *text = a->rules != NULL ? frame_rules_text(a->rules) : "";
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
    frame_rules_unref(a->rules);
    a->rules = rules;
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

void app_rules_release(struct app *a)
{
    frame_rules_unref(a->rules);
}
