/* Between theme_parse.c and theme_load.c. */
#ifndef UI_TERM_THEME_PRIV_H
#define UI_TERM_THEME_PRIV_H

#include "base/strbuf.h"

/*
 * The text of the theme `name_or_path`, found as theme_load() says, and the path it came from.
 * Returns 0, -ENOENT, ERR_LIMIT for a file over 64 KiB, or another errno.
 */
int theme_read(const char *name_or_path, struct strbuf *out_text, struct strbuf *out_path);

/* The files compiled in (made from themes/ by the build). */
struct theme_builtin {
    const char *name;
    const char *text;
    unsigned long size;
};
extern const struct theme_builtin theme_builtins[];
extern const unsigned long theme_builtin_count;

#endif
