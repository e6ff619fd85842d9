/* Names of scopes, from scope.def. */
#include "ui/term/scope.h"

#include <string.h>

static const char *const names[SCOPE_COUNT] = {
#define UI_SCOPE(id, name) name,
#include "ui/term/scope.def"
#undef UI_SCOPE
};

const char *scope_name(enum ui_scope scope)
{
    return names[scope];
}

enum ui_scope scope_find(const char *s, size_t n)
{
    for (size_t i = 0; i < SCOPE_COUNT; i++)
        if (strlen(names[i]) == n && memcmp(names[i], s, n) == 0)
            return (enum ui_scope)i;
    return SCOPE_COUNT;
}
