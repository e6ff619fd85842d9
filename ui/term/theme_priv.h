/* Between theme_parse.c, theme_load.c, theme_place.c and theme_catalog.c. */
#ifndef UI_TERM_THEME_PRIV_H
#define UI_TERM_THEME_PRIV_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "ui/term/theme_catalog.h"

/* What a theme file's name ends in. */
#define THEME_SUFFIX ".theme"

/* Appends the folder of a place; false when it has none. */
bool theme_put_dir(enum theme_place place, struct strbuf *out);

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
