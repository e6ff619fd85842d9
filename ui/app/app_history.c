/*
 * Lines typed into prompts, kept from run to run as one text:
 *
 *   filter heap == 0x13d35bd0000
 *   find 4096
 *
 * the oldest first. Lines of other kinds, of later versions say, are left out.
 */
#include <string.h>

#include "ui/app/app_state.h"

static const char *const kinds[HISTORY_COUNT] = {
    [HISTORY_FILTER] = "filter", [HISTORY_FIND] = "find",  [HISTORY_GOTO] = "goto",
    [HISTORY_WRITE] = "write",   [HISTORY_RULES] = "fold", [HISTORY_BASELINE] = "compare",
};

static void take_line(struct prompt_history history[HISTORY_COUNT], const char *line, size_t n)
{
    for (int i = 0; i < HISTORY_COUNT; i++) {
        size_t kind = strlen(kinds[i]);
        if (n > kind && memcmp(line, kinds[i], kind) == 0 && line[kind] == ' ')
            prompt_history_add(&history[i], line + kind + 1, n - kind - 1, false);
    }
}

static void take_lines(struct prompt_history history[HISTORY_COUNT], const char *text, size_t n)
{
    for (size_t at = 0; at < n;) {
        const char *end = memchr(text + at, '\n', n - at);
        size_t length = end != NULL ? (size_t)(end - text) - at : n - at;
        take_line(history, text + at, length);
        at += length + 1;
    }
}

void app_take_history(struct app *a, const char *text, size_t n)
{
    take_lines(a->history, text, n);
}

/* Adds the lines typed in this run. False when there are none. */
static bool add_fresh(const struct app *a, struct prompt_history all[HISTORY_COUNT])
{
    bool some = false;
    for (int i = 0; i < HISTORY_COUNT; i++)
        for (size_t k = 0; k < a->history[i].count; k++) {
            const struct prompt_line *line = &a->history[i].line[k];
            if (line->fresh)
                prompt_history_add(&all[i], line->text, strlen(line->text), true);
            some = some || line->fresh;
        }
    return some;
}

bool app_put_history(const struct app *a, const char *kept, size_t n, struct strbuf *out)
{
    struct prompt_history all[HISTORY_COUNT] = {{.count = 0}};
    take_lines(all, kept, n);
    bool some = add_fresh(a, all);
    for (int i = 0; i < HISTORY_COUNT; i++) {
        for (size_t k = 0; some && k < all[i].count; k++)
            strbuf_printf(out, "%s %s\n", kinds[i], all[i].line[k].text);
        prompt_history_release(&all[i]);
    }
    return some;
}
