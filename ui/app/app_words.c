/*
 * Words of `:` that take more than an action: their grammar, what they would do, doing it.
 *
 *   mark a load    names the mark a; where there is none it is set at the selected moment
 *   unmark a c     forgets marks
 *   diff a 1.5s    Diff of marks and times; start and end are those of the trace
 */
#include <string.h>
#include <strings.h>

#include "ui/app/app_state.h"
#include "ui/view/cell_format.h"
#include "ui/view/place.h"
#include "ui/view/views.h"

/* `args` is what stands behind the word, no blanks before or behind it. */
struct word {
    const char *name, *help;
    /* What is wrong with it, as what is expected at `*out_at` of it; NULL when it is right. */
    const char *(*check)(struct app *a, const char *args, size_t *out_at);
    void (*put_note)(struct app *a, const char *args, struct strbuf *out);
    void (*run)(struct app *a, const char *args);
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ---- mark ---- */

static const char *check_mark(struct app *a, const char *args, size_t *out_at)
{
    struct view_mark moment;
    *out_at = 0;
    if (!is_letter(args[0]))
        return "the letter of a mark, then its name";
    *out_at = 1;
    if (args[1] != '\0' && args[1] != ' ')
        return "a blank, then the name";
    *out_at = 0;
    bool can_be = app_find_mark(a, args[0]) != NULL || app_find_moment(a, &moment);
    return can_be ? NULL : "a mark that there is: nothing selected has a moment to set one at";
}

static const char *name_in(const char *args)
{
    return args + 1 + strspn(args + 1, " ");
}

static void note_mark(struct app *a, const char *args, struct strbuf *out)
{
    struct view_mark moment;
    const struct view_mark *mark = app_find_mark(a, args[0]);
    bool named = name_in(args)[0] != '\0';
    if (mark != NULL)
        strbuf_printf(out, "mark %c %s: it stays at ", args[0],
                      named ? "gets this name" : "loses its name");
    else if (app_find_moment(a, &moment))
        strbuf_printf(out, "sets mark %c%s at ", args[0], named ? ", so called," : "");
    else
        return;
    cell_put_time(out, &a->env, mark != NULL ? mark->time : moment.time);
}

static void run_mark(struct app *a, const char *args)
{
    struct view_mark *mark = app_find_mark(a, args[0]);
    struct view_mark set;
    struct strbuf b = {0};
    if (mark == NULL && !app_find_moment(a, &set)) {
        app_say_no_moment(a, "A mark is set");
        return;
    }
    if (mark == NULL) {
        set.letter = args[0];
        app_put_mark(a, &set);
        mark = app_find_mark(a, args[0]);
    }
    app_name_mark(mark, name_in(args));
    strbuf_printf(&b, "mark %c%s%s at ", mark->letter, mark->name[0] != '\0' ? " " : "",
                  mark->name);
    cell_put_time(&b, &a->env, mark->time);
    app_message(a, false, strbuf_str(&b));
    strbuf_release(&b);
}

/* ---- unmark ---- */

static const char *check_unmark(struct app *a, const char *args, size_t *out_at)
{
    *out_at = 0;
    for (const char *s = args; *s != '\0'; s++) {
        *out_at = (size_t)(s - args);
        if (*s != ' ' && (!is_letter(*s) || app_find_mark(a, *s) == NULL))
            return "the letters of marks that there are";
    }
    return args[0] != '\0' ? NULL : "the letters of the marks to forget";
}

static void note_unmark(struct app *a, const char *args, struct strbuf *out)
{
    (void)a;
    strbuf_printf(out, "forgets %s", args);
}

static void run_unmark(struct app *a, const char *args)
{
    struct strbuf b = {0};
    for (const char *s = args; *s != '\0'; s++)
        if (*s != ' ')
            app_drop_mark(a, *s);
    strbuf_puts(&b, a->mark_count > 0 ? "Marks left: " : "No marks are left.");
    app_put_marks(a, &b);
    app_message(a, false, strbuf_str(&b));
    strbuf_release(&b);
}

/* ---- diff ---- */

/* The moment when most was outstanding, under the filter and in the range. */
static bool find_peak(const struct app *a, int64_t *out_raw)
{
    const struct summary *s = a->shown->summary;
    if (s == NULL || s->total.peak_time == INT64_MIN)
        return false;
    *out_raw = s->total.peak_time;
    return true;
}

/* A mark's letter, start, end, peak, or a time; false when it is none of them. */
static bool parse_pick(struct app *a, const char *s, size_t n, struct view_diff_pick *out_pick)
{
    char text[64];
    struct place place;
    if (n >= sizeof text)
        return false;
    memcpy(text, s, n);
    text[n] = '\0';
    *out_pick = (struct view_diff_pick){.letter = '\0'};
    if (n == 1 && is_letter(text[0])) {
        out_pick->letter = text[0];
        return app_find_mark(a, text[0]) != NULL;
    }
    out_pick->time = strcasecmp(text, "start") == 0 ? INT64_MIN : INT64_MAX;
    if (strcasecmp(text, "start") == 0 || strcasecmp(text, "end") == 0)
        return true;
    if (strcasecmp(text, "peak") == 0)
        return find_peak(a, &out_pick->time);
    place_parse(text, &place);
    if (place.kind != PLACE_TIME || !app_has_rows(a))
        return false;
    out_pick->time = trace_raw(a->shown->trace, place.ns);
    return true;
}

/* Reads all of them; returns how many, and sets `*out_wrong` to the first that is none. */
static size_t parse_picks(struct app *a, const char *args,
                          struct view_diff_pick out_picks[MOMENTS_MOST], const char **out_wrong)
{
    size_t count = 0;
    *out_wrong = NULL;
    for (const char *s = args; *s != '\0' && *out_wrong == NULL;) {
        size_t n = strcspn(s, " ");
        if (count == MOMENTS_MOST || !parse_pick(a, s, n, &out_picks[count]))
            *out_wrong = s;
        else
            count++;
        s += n;
        s += strspn(s, " ");
    }
    return count;
}

static const char *check_diff(struct app *a, const char *args, size_t *out_at)
{
    struct view_diff_pick picks[MOMENTS_MOST];
    const char *wrong;
    size_t count = parse_picks(a, args, picks, &wrong);
    *out_at = wrong != NULL ? (size_t)(wrong - args) : strlen(args);
    return wrong != NULL || count < 2 ? "marks, times (1.5s), start, peak or end: two or more"
                                      : NULL;
}

static void note_diff(struct app *a, const char *args, struct strbuf *out)
{
    (void)a;
    strbuf_printf(out, "what has changed between %s", args);
}

static void run_diff(struct app *a, const char *args)
{
    struct view_diff_pick picks[MOMENTS_MOST];
    const char *wrong;
    size_t count = parse_picks(a, args, picks, &wrong);
    view_diff_pick(a->stack.screens[SCOPE_DIFF], picks, count);
    view_stack_show(&a->stack, SCOPE_DIFF);
}

/* ---- all of them ---- */

static const struct word words[] = {
    {"mark", "mark a NAME: name a mark, or set one here", check_mark, note_mark, run_mark},
    {"unmark", "unmark a b: forget marks", check_unmark, note_unmark, run_unmark},
    {"diff", "diff a b, diff start 1.5s: what has changed", check_diff, note_diff, run_diff},
};

#define WORDS (sizeof words / sizeof words[0])

/* The word that `text` begins with, and what stands behind it in `out_args`; NULL when it is none.
 * Behind it comes a blank: "mark" alone may be an action. */
static const struct word *find_word(const char *text, struct strbuf *out_args, size_t *out_at)
{
    size_t from = strspn(text, " ");
    for (size_t i = 0; i < WORDS; i++) {
        size_t n = strlen(words[i].name), end = strlen(text);
        if (strncasecmp(text + from, words[i].name, n) != 0 || text[from + n] != ' ')
            continue;
        size_t at = from + n + strspn(text + from + n, " ");
        while (end > at && text[end - 1] == ' ')
            end--;
        strbuf_add(out_args, text + at, end - at);
        *out_at = at;
        return &words[i];
    }
    return NULL;
}

bool app_word_judge(struct app *a, const char *text)
{
    struct strbuf args = {0}, expected = {0};
    size_t at, wrong_at;
    const struct word *word = find_word(text, &args, &at);
    const char *what = word != NULL ? word->check(a, strbuf_str(&args), &wrong_at) : NULL;
    if (what != NULL) {
        bool incomplete = wrong_at == args.len;
        strbuf_printf(&expected, "expected %s", what);
        prompt_judge(&a->prompt, incomplete ? PROMPT_INCOMPLETE : PROMPT_WRONG, at + wrong_at,
                     strbuf_str(&expected));
    } else if (word != NULL) {
        prompt_judge(&a->prompt, PROMPT_VALID, 0, NULL);
    }
    strbuf_release(&args);
    strbuf_release(&expected);
    return word != NULL;
}

void app_word_put_note(struct app *a, const char *text, struct strbuf *out)
{
    struct strbuf args = {0};
    size_t at;
    const struct word *word = find_word(text, &args, &at);
    if (word != NULL && a->prompt.state == PROMPT_VALID)
        word->put_note(a, strbuf_str(&args), out);
    strbuf_release(&args);
}

void app_word_run(struct app *a, const char *text)
{
    struct strbuf args = {0};
    size_t at;
    const struct word *word = find_word(text, &args, &at);
    if (word != NULL)
        word->run(a, strbuf_str(&args));
    strbuf_release(&args);
}

void app_words_complete(struct completion *out)
{
    for (size_t i = 0; i < WORDS; i++)
        completion_offer(out, words[i].name, words[i].help);
}
