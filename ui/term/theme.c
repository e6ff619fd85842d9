/* From a theme to the looks of roles on one terminal: inheritance, colour depth, selection layers.
 */
#include "ui/term/theme.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "ui/term/color.h"

/* Contrast below which a role gives its colour up on the selection (WCAG 2.1, body text). */
#define READABLE 4.5

/* The nearest style that is set: the view's, the generic one, then those of the parents. */
static const struct theme_style *find_set(const struct theme *t, enum ui_scope scope,
                                          enum role role)
{
    for (;;) {
        if (t->style[scope][role].set)
            return &t->style[scope][role];
        if (t->style[SCOPE_GLOBAL][role].set || role == ROLE_TEXT)
            return &t->style[SCOPE_GLOBAL][role];
        role = role_parent(role);
    }
}

static struct theme_color follow_name(const struct theme *t, struct theme_color c)
{
    return c.kind == THEME_COLOR_NAMED ? t->palette[c.index].color : c;
}

struct theme_style theme_resolve(const struct theme *t, enum ui_scope scope, enum role role)
{
    const struct theme_style *found = find_set(t, scope, role);
    for (int step = 0; found->alias && step < ROLE_COUNT; step++)
        found = find_set(t, scope, (enum role)found->alias_of);
    struct theme_style style = found->alias ? (struct theme_style){0} : *found;
    bool own_bg = style.has_bg || role == ROLE_TEXT;
    style.fg = follow_name(t, style.fg);
    style.bg = own_bg ? follow_name(t, style.bg) : theme_resolve(t, scope, ROLE_TEXT).bg;
    return style;
}

static struct rgb color_rgb(struct theme_color c)
{
    if (c.kind == THEME_COLOR_INDEX)
        return color_of_index(c.index);
    return (struct rgb){c.red, c.green, c.blue};
}

static int color_of_256(struct theme_color c)
{
    if (c.kind == THEME_COLOR_DEFAULT)
        return STYLE_DEFAULT;
    /* Never 0..15: those are whatever the person made of them. */
    return c.index >= 0 ? c.index : color_nearest(color_rgb(c), 16, 255);
}

static int color_of_16(struct theme_color c, int last)
{
    if (c.kind == THEME_COLOR_DEFAULT)
        return STYLE_DEFAULT;
    if (c.ansi != THEME_ANSI_NEAREST)
        return c.ansi;
    if (c.kind == THEME_COLOR_INDEX && c.index <= last)
        return c.index;
    return color_nearest(color_rgb(c), 0, last);
}

/* Eight colours have no bright ones: bold makes a foreground bright; grey is white, dim
 * where the terminal has that. */
static struct style fold_to_8(struct style s)
{
    if (s.fg == 8) {
        s.fg = 7;
        s.attrs |= STYLE_DIM;
    }
    if (s.fg > 8) {
        s.fg = (int16_t)(s.fg - 8);
        s.attrs |= STYLE_BOLD;
    }
    if (s.bg >= 8)
        s.bg = (int16_t)(s.bg - 8);
    return s;
}

static struct style map_style(struct theme_style t, enum style_depth depth)
{
    struct style s = {STYLE_DEFAULT, STYLE_DEFAULT, t.attrs};
    switch (depth) {
    case DEPTH_MONO:
        return s;
    case DEPTH_8:
    case DEPTH_16:
        s.fg = (int16_t)color_of_16(t.fg, depth == DEPTH_8 ? 7 : 15);
        s.bg = (int16_t)color_of_16(t.bg, depth == DEPTH_8 ? 7 : 15);
        if (depth == DEPTH_8)
            s = fold_to_8(s);
        break;
    case DEPTH_256:
        s.fg = (int16_t)color_of_256(t.fg);
        s.bg = (int16_t)color_of_256(t.bg);
        break;
    }
    /* Two colours that fall together would hide the text. */
    if (s.fg == s.bg && s.fg != STYLE_DEFAULT)
        s = (struct style){STYLE_DEFAULT, STYLE_DEFAULT, (uint8_t)(s.attrs | STYLE_REVERSE)};
    return s;
}

/* A role as it looks on the selection. */
static struct style lay_on(struct style role, struct style text, struct style selection,
                           enum style_depth depth)
{
    struct style s = selection;
    /* Reversed twice would be as it was. */
    uint8_t hidden = selection.attrs & STYLE_REVERSE;
    s.attrs |= role.attrs & (uint8_t)~hidden;
    bool known = role.fg >= 16 && selection.bg >= 16 && depth == DEPTH_256;
    bool own_color = role.fg != text.fg && !(selection.attrs & STYLE_REVERSE);
    if (known && own_color &&
        color_contrast(color_of_index(role.fg), color_of_index(selection.bg)) >= READABLE)
        s.fg = role.fg;
    return s;
}

/* A hit is told by its background, and is to be seen on the selected row, too. */
static bool keeps_background(int role, struct style style, struct style text)
{
    return (role == ROLE_MATCH || role == ROLE_MATCH_CURRENT) && style.bg != text.bg;
}

static void apply_scope(const struct theme *t, enum ui_scope scope, enum style_depth depth,
                        struct style layer[LAYER_COUNT][ROLE_COUNT])
{
    struct style *plain = layer[LAYER_PLAIN];
    for (int r = 0; r < ROLE_COUNT; r++)
        plain[r] = map_style(theme_resolve(t, scope, (enum role)r), depth);
    for (int r = 0; r < ROLE_COUNT; r++) {
        struct style text = plain[ROLE_TEXT];
        for (int on = LAYER_SELECTED; on < LAYER_COUNT; on++)
            layer[on][r] = plain[r];
        if (keeps_background(r, plain[r], text))
            continue;
        layer[LAYER_SELECTED][r] = lay_on(plain[r], text, plain[ROLE_LIST_SELECTED], depth);
        layer[LAYER_BLUR][r] = lay_on(plain[r], text, plain[ROLE_LIST_SELECTED_BLUR], depth);
        layer[LAYER_CURSOR][r] = layer[LAYER_SELECTED][r];
        layer[LAYER_CURSOR][r].attrs |= plain[ROLE_LIST_CURSOR].attrs;
    }
}

static bool is_colored(const struct theme *t, const struct theme_style *style)
{
    return style->set && !style->alias &&
           (follow_name(t, style->fg).kind != THEME_COLOR_DEFAULT ||
            (style->has_bg && follow_name(t, style->bg).kind != THEME_COLOR_DEFAULT));
}

static bool uses_colors(const struct theme *t)
{
    const struct theme_style *style = &t->style[0][0];
    for (size_t i = 0; i < (size_t)SCOPE_COUNT * ROLE_COUNT; i++)
        if (is_colored(t, &style[i]))
            return true;
    return false;
}

static void apply(const struct theme *t, enum style_depth depth, struct style_table *out_table)
{
    for (int scope = 0; scope < SCOPE_COUNT; scope++)
        apply_scope(t, (enum ui_scope)scope, depth, out_table->style[scope]);
}

void theme_apply(const struct theme *t, enum style_depth depth, struct style_table *out_table)
{
    if (depth != DEPTH_MONO || !uses_colors(t)) {
        apply(t, depth, out_table);
        return;
    }
    /* What colours told apart their attributes alone do not. */
    struct theme *mono = base_xcalloc(1, sizeof *mono);
    theme_init_builtin(mono, true);
    apply(mono, depth, out_table);
    free(mono);
}
