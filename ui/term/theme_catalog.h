/*
 * Every theme there is, by name: what the person can choose from.
 *
 * Files are read and judged once, when the catalog is made; theme_load() reads them again. Plain
 * data, loop thread only.
 */
#ifndef UI_TERM_THEME_CATALOG_H
#define UI_TERM_THEME_CATALOG_H

#include <stddef.h>

/* Where themes come from, in the order they are looked for: a name found in an earlier place hides
 * those in later ones. */
enum theme_place {
    THEME_OWN,       /* the person's folder */
    THEME_BESIDE,    /* the data that was installed with this program */
    THEME_INSTALLED, /* where the build was told to install */
    THEME_SOURCE,    /* the source tree */
    THEME_BUILTIN,   /* compiled in */
};
#define THEME_PLACES (THEME_BUILTIN + 1)

/* Files beyond this many are not listed. */
#define THEME_CATALOG_MAX 256

struct theme_entry {
    char *name;  /* what theme_load() takes; trace text rules: may hold anything but '/' and NUL */
    char *title; /* the `name` line of the file, "" when there is none */
    char *problem; /* the first thing wrong with it, "" when nothing is */
    enum theme_place place;
};

struct theme_catalog {
    struct theme_entry entry[THEME_CATALOG_MAX];
    size_t count;
};

/* Looks at all places; the person's own come first, each place by name. Strings are the catalog's.
 * About 0.2 ms a theme. Release it in the end. */
void theme_catalog_read(struct theme_catalog *out_catalog);
void theme_catalog_release(struct theme_catalog *c);

/* "yours", "installed", "built in". */
const char *theme_place_word(enum theme_place place);

#endif
