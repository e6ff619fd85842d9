/* Names and parents of roles, from role.def. */
#include "ui/term/role.h"

#include <stdbool.h>
#include <string.h>

static const char *const names[ROLE_COUNT] = {
#define UI_ROLE(id, name) name,
#include "ui/term/role.def"
#undef UI_ROLE
};

const char *role_name(enum role role)
{
    return names[role];
}

enum role role_find(const char *s, size_t n)
{
    for (size_t i = 0; i < ROLE_COUNT; i++)
        if (strlen(names[i]) == n && memcmp(names[i], s, n) == 0)
            return (enum role)i;
    return ROLE_COUNT;
}

enum role role_parent(enum role role)
{
    const char *dot = strrchr(names[role], '.');
    for (size_t n = dot ? (size_t)(dot - names[role]) : 0; n > 0; n--) {
        bool at_dot = names[role][n] == '.';
        enum role parent = at_dot ? role_find(names[role], n) : ROLE_COUNT;
        if (parent != ROLE_COUNT)
            return parent;
    }
    return ROLE_TEXT;
}
