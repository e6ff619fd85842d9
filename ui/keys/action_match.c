/* What an action may be called; see action_match.h. */
#include "ui/keys/action_match.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* From the best on. */
enum kind { KIND_NAME, KIND_SHORT, KIND_BEGINNING, KIND_WORD, KIND_COUNT };

static bool begins(const char *name, const char *text)
{
    return strncasecmp(name, text, strlen(text)) == 0;
}

/* True when a word of `name` begins so: words begin behind blanks, dots and dashes. */
static bool word_begins(const char *name, const char *text)
{
    for (const char *at = name; *at != '\0'; at++)
        if ((at == name || strchr(" .-", at[-1]) != NULL) && begins(at, text))
            return true;
    return false;
}

static bool is_kind(const struct action_info *info, const char *text, enum kind kind)
{
    const char *dot = strrchr(info->name, '.');
    switch (kind) {
    case KIND_NAME:
        return strcasecmp(info->name, text) == 0;
    case KIND_SHORT:
        return strcasecmp(info->label, text) == 0 ||
               (dot != NULL && strcasecmp(dot + 1, text) == 0);
    case KIND_BEGINNING:
        return begins(info->name, text);
    case KIND_WORD:
        return word_begins(info->name, text) || word_begins(info->label, text);
    case KIND_COUNT:
        break;
    }
    return false;
}

size_t action_match(const char *text, enum action *out_actions, size_t max)
{
    size_t n = 0;
    for (enum kind kind = KIND_NAME; kind < KIND_COUNT && n == 0 && text[0] != '\0'; kind++)
        for (enum action a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
            if (!is_kind(action_info(a), text, kind))
                continue;
            if (n < max)
                out_actions[n] = a;
            n++;
        }
    return n;
}
