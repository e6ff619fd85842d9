/*
 * A text that is looked for in other texts: whether it is there, and where.
 *
 * Case is looked at only when the text asks for it by an upper-case letter. A text of digits alone
 * is found in a grouped figure, too: 1024 in "1,024". Pure functions.
 */
#ifndef UI_TERM_MATCHER_H
#define UI_TERM_MATCHER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

/* Zero looks for nothing. */
struct matcher {
    struct strbuf text;
    bool any_case;
    bool figure; /* digits alone */
};

void matcher_release(struct matcher *m);

/* Looks for `text` (UTF-8) from now on; "" for nothing. `any_case`: whatever its letters. */
void matcher_set(struct matcher *m, const char *text, bool any_case);

bool matcher_is_empty(const struct matcher *m);

/*
 * The first place at or after byte `from` of [s, s+n), with its length in bytes, which is never 0.
 * False when there is none. O(n * length of the text) at worst.
 */
bool matcher_find(const struct matcher *m, const char *s, size_t n, size_t from, size_t *out_at,
                  size_t *out_len);

#endif
