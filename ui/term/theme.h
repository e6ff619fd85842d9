/*
 * Themes: files that say which colours and attributes each role has.
 *
 *   # is a comment at the start of a line only: colours have it, too
 *   name    = Dusk
 *   inherit = dark                     first, if at all: its palette and roles, to be changed
 *   [palette]
 *   blue    = #268bd2 33 blue          24-bit, then the index of 256, then the ANSI name
 *   [roles]
 *   text          = default            FG [on BG] [bold|dim|italic|underline|reverse]...
 *   header.sort   == header            the style of another role
 *   events/thread = blue underline     in one view only
 *
 * Roles keep the names of colours, so a theme that inherits and gives the names other values is
 * already a theme of its own. The file is read with libinih, whose limits hold: lines of at most
 * 196 bytes, `;` after a blank starts a comment. Theme files are input like any other: wrong lines
 * are reported and skipped. Plain data, no curses; nothing here is shared between threads.
 */
#ifndef UI_TERM_THEME_H
#define UI_TERM_THEME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "ui/term/style.h"

enum theme_color_kind {
    THEME_COLOR_DEFAULT, /* the terminal's own */
    THEME_COLOR_INDEX,   /* a number 0..255 or an ANSI name; the terminal decides what 0..15 are */
    THEME_COLOR_RGB,
    THEME_COLOR_NAMED, /* `index` is the slot in the theme's palette */
};

struct theme_color {
    uint8_t kind; /* enum theme_color_kind */
    uint8_t red, green, blue;
    int16_t index; /* of 256; of RGB -1: the nearest of 16..255 */
    int16_t ansi;  /* 0..15, STYLE_DEFAULT, or THEME_ANSI_NEAREST */
};

#define THEME_ANSI_NEAREST (-2)

/* One line of [roles]. */
struct theme_style {
    struct theme_color fg, bg;
    bool set;
    bool has_bg;      /* else the background of `text` */
    bool alias;       /* the style of `alias_of` instead */
    uint8_t attrs;    /* enum style_attrs */
    uint8_t alias_of; /* enum role */
};

struct theme_palette_entry {
    char name[32];
    struct theme_color color; /* not THEME_COLOR_NAMED */
};

#define THEME_MAX_PALETTE 64

struct theme {
    char name[64]; /* for people; "" when the file has none */
    struct theme_palette_entry palette[THEME_MAX_PALETTE];
    size_t palette_count;
    struct theme_style style[SCOPE_COUNT][ROLE_COUNT]; /* SCOPE_GLOBAL holds for every view */
};

/* The theme compiled in, for when no file can be had: `dark`, or `monochrome` when `mono`. */
void theme_init_builtin(struct theme *t, bool mono);

/*
 * Loads a theme by path (when it contains a `/` or ends in ".theme") or by name from
 * $XDG_CONFIG_HOME/heaptail/themes, the themes installed with the program, those of the source
 * tree, the compiled-in ones. Whatever is wrong in the file is added to `errors` (may be NULL), one
 * line each: "FILE:LINE:COLUMN: what was found, what was expected". Returns 0; ERR_SYNTAX when
 * something was wrong but the rest was loaded; -ENOENT or another errno when there is no such theme
 * (`errors` says which there are), in which case `t` is the built-in dark theme.
 */
int theme_load(struct theme *t, const char *name_or_path, struct strbuf *errors);

/* Parses [text, text+n) as the theme file `file` (for messages) over what `t` holds. As theme_load.
 */
int theme_parse(struct theme *t, const char *file, const char *text, size_t n,
                struct strbuf *errors);

/* The style of a role in a view: parents, aliases and palette names followed. */
struct theme_style theme_resolve(const struct theme *t, enum ui_scope scope, enum role role);

/* The theme on a terminal of `depth` colours. Without any, a theme that relies on colours gives way
 * to the built-in monochrome one. About 0.1 ms. */
void theme_apply(const struct theme *t, enum style_depth depth, struct style_table *out_table);

#endif
