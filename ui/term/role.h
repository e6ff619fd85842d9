/* What a piece of text is, for the theme to colour; generated from role.def. */
#ifndef UI_TERM_ROLE_H
#define UI_TERM_ROLE_H

#include <stddef.h>

enum role {
#define UI_ROLE(id, name) ROLE_##id,
#include "ui/term/role.def"
#undef UI_ROLE
    ROLE_COUNT
};

/* The name as a theme writes it, e.g. "list.selected". */
const char *role_name(enum role role);

/* The role called [s, s+n), or ROLE_COUNT. */
enum role role_find(const char *s, size_t n);

/* The role whose style stands in for an unset one: the name without its last part, else `text`. */
enum role role_parent(enum role role);

#endif
