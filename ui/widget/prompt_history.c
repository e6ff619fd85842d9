/* Lines typed before (see prompt_history.h). */
#include "ui/widget/prompt_history.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

void prompt_history_release(struct prompt_history *h)
{
    for (size_t i = 0; i < h->count; i++)
        free(h->line[i].text);
    *h = (struct prompt_history){0};
}

static bool is_safe(const char *text, size_t n)
{
    if (n == 0 || n > PROMPT_MAX)
        return false;
    for (size_t at = 0; at < n;) {
        uint32_t cp;
        size_t used = text_decode_utf8(text + at, n - at, &cp);
        /* A malformed byte is told from a replacement character by its length. */
        if (text_is_control(cp) || (cp == 0xfffd && used == 1))
            return false;
        at += used;
    }
    return true;
}

static void forget(struct prompt_history *h, size_t i)
{
    free(h->line[i].text);
    h->count--;
    memmove(h->line + i, h->line + i + 1, (h->count - i) * sizeof h->line[0]);
}

static size_t find(const struct prompt_history *h, const char *text, size_t n)
{
    size_t i = 0;
    while (i < h->count && (strlen(h->line[i].text) != n || memcmp(h->line[i].text, text, n) != 0))
        i++;
    return i;
}

void prompt_history_add(struct prompt_history *h, const char *text, size_t n, bool fresh)
{
    if (!is_safe(text, n))
        return;
    size_t again = find(h, text, n);
    if (again < h->count) {
        fresh = fresh || h->line[again].fresh;
        forget(h, again);
    } else if (h->count == PROMPT_HISTORY) {
        forget(h, 0);
    }
    char *copy = base_xcalloc(n + 1, 1);
    memcpy(copy, text, n);
    h->line[h->count++] = (struct prompt_line){.text = copy, .fresh = fresh};
}
