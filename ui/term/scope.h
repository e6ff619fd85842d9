/* The places an action or a theme override can be bound to; generated from scope.def. */
#ifndef UI_TERM_SCOPE_H
#define UI_TERM_SCOPE_H

#include <stddef.h>

enum ui_scope {
#define UI_SCOPE(id, name) SCOPE_##id,
#include "ui/term/scope.def"
#undef UI_SCOPE
    SCOPE_COUNT
};

/* The name as themes and configuration write it. */
const char *scope_name(enum ui_scope scope);

/* The scope called [s, s+n), or SCOPE_COUNT. */
enum ui_scope scope_find(const char *s, size_t n);

#endif
