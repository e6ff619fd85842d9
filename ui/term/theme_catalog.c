/* Listing the themes of every place (see theme_catalog.h). */
#include "ui/term/theme_catalog.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/term/theme.h"
#include "ui/term/theme_priv.h"

const char *theme_place_word(enum theme_place place)
{
    static const char *const word[THEME_PLACES] = {
        [THEME_OWN] = "yours",           [THEME_BESIDE] = "installed",
        [THEME_INSTALLED] = "installed", [THEME_SOURCE] = "source tree",
        [THEME_BUILTIN] = "built in",
    };
    return word[place];
}

static bool is_listed(const struct theme_catalog *c, const char *name)
{
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->entry[i].name, name) == 0)
            return true;
    return false;
}

static char *copy(const char *s, size_t n)
{
    char *out = base_xcalloc(n + 1, 1);
    memcpy(out, s, n);
    return out;
}

/* The first line of what loading complained about, without the folder, which is the same for all
 * of them. */
static char *first_problem(const struct strbuf *errors)
{
    const char *s = strbuf_str(errors);
    size_t n = strcspn(s, "\n");
    const char *colon = memchr(s, ':', n);
    const char *slash = memrchr(s, '/', colon ? (size_t)(colon - s) : n);
    const char *from = slash ? slash + 1 : s;
    return copy(from, n - (size_t)(from - s));
}

/* Loads the theme by its name, so that what is listed is what choosing it gives. */
static void add(struct theme_catalog *c, const char *name, enum theme_place place)
{
    if (c->count == THEME_CATALOG_MAX || is_listed(c, name))
        return;
    struct theme *theme = base_xcalloc(1, sizeof *theme);
    struct strbuf errors = {0};
    bool fine = theme_load(theme, name, &errors) == 0;
    c->entry[c->count++] = (struct theme_entry){
        .name = base_xstrdup(name),
        .title = base_xstrdup(theme->name),
        .problem = fine ? base_xstrdup("") : first_problem(&errors),
        .place = place,
    };
    strbuf_release(&errors);
    free(theme);
}

static void add_file(struct theme_catalog *c, const char *file, enum theme_place place)
{
    size_t n = strlen(file), tail = sizeof THEME_SUFFIX - 1;
    if (file[0] == '.' || n <= tail || strcmp(file + n - tail, THEME_SUFFIX) != 0)
        return;
    char *name = copy(file, n - tail);
    add(c, name, place);
    free(name);
}

static void add_dir(struct theme_catalog *c, enum theme_place place)
{
    struct strbuf dir = {0};
    DIR *d = theme_put_dir(place, &dir) ? opendir(strbuf_str(&dir)) : NULL;
    strbuf_release(&dir);
    if (d == NULL)
        return;
    for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d))
        add_file(c, e->d_name, place);
    closedir(d);
}

/* The person's own first, then all others as one: whether they are installed too says little. */
static int compare(const void *a, const void *b)
{
    const struct theme_entry *x = a, *y = b;
    bool x_own = x->place == THEME_OWN, y_own = y->place == THEME_OWN;
    if (x_own != y_own)
        return x_own ? -1 : 1;
    return strcmp(x->name, y->name);
}

void theme_catalog_read(struct theme_catalog *out_catalog)
{
    struct theme_catalog *c = out_catalog;
    c->count = 0;
    for (int place = THEME_OWN; place < THEME_BUILTIN; place++)
        add_dir(c, (enum theme_place)place);
    for (unsigned long i = 0; i < theme_builtin_count; i++)
        add(c, theme_builtins[i].name, THEME_BUILTIN);
    qsort(c->entry, c->count, sizeof c->entry[0], compare);
}

void theme_catalog_release(struct theme_catalog *c)
{
    for (size_t i = 0; i < c->count; i++) {
        free(c->entry[i].name);
        free(c->entry[i].title);
        free(c->entry[i].problem);
    }
    c->count = 0;
}
