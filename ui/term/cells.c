/* Text to cells (see cells.h). */
#include "ui/term/cells.h"

#include <limits.h>
#include <stdint.h>

#include "base/text.h"
#include "ui/term/glyph.h"

#define REPLACEMENT 0xfffdu

/*
 * Characters without a cell that change how their neighbours look or join. Terminals disagree on
 * what follows from them, so they are left out and every base keeps the width it has alone.
 */
static bool is_joiner(uint32_t cp)
{
    return (cp >= 0x200b && cp <= 0x200d) || (cp >= 0x2060 && cp <= 0x2064) || cp == 0xfeff ||
           (cp >= 0xfe00 && cp <= 0xfe0f) || (cp >= 0xe0000 && cp <= 0xe0fff);
}

static void set_single(struct cell *out, uint32_t cp)
{
    *out = (struct cell){.chars = {(wchar_t)cp}, .count = 1, .width = 1};
}

/* The sign for something that cannot be shown as it is. */
static void set_replacement(struct charset cs, struct cell *out)
{
    set_single(out, cs.utf8 && cs.glyphs ? REPLACEMENT : '?');
}

/* Adds the combining marks that follow; returns their bytes. Marks beyond the second are dropped.
 */
static size_t add_marks(const char *s, size_t n, struct cell *out)
{
    size_t used = 0;
    while (used < n) {
        uint32_t cp;
        size_t len = text_decode_utf8(s + used, n - used, &cp);
        if (cp < 0x300 || text_is_control(cp) || wcwidth((wchar_t)cp) != 0)
            break;
        if (!is_joiner(cp) && out->count < CELL_MAX_CHARS)
            out->chars[out->count++] = (wchar_t)cp;
        used += len;
    }
    return used;
}

size_t cells_next(struct charset cs, const char *s, size_t n, struct cell *out_cell)
{
    uint32_t cp;
    size_t used = text_decode_utf8(s, n, &cp);
    if (cp == REPLACEMENT || text_is_control(cp)) {
        set_replacement(cs, out_cell);
        return used;
    }
    char ascii = cs.glyphs ? '?' : glyph_ascii(cp);
    if (cp < 0x80 || ascii != '?' || !cs.utf8) {
        set_single(out_cell, cp < 0x80 ? cp : (uint32_t)ascii);
        return cs.utf8 ? used + add_marks(s + used, n - used, out_cell) : used;
    }
    int width = wcwidth((wchar_t)cp);
    if (width < 0) {
        set_replacement(cs, out_cell);
        return used;
    }
    *out_cell = (struct cell){.chars = {(wchar_t)cp}, .count = width > 0, .width = width};
    return width > 0 ? used + add_marks(s + used, n - used, out_cell) : used;
}

int cells_width(struct charset cs, const char *s, size_t n)
{
    int width;
    cells_fit(cs, s, n, INT_MAX, &width);
    return width;
}

size_t cells_fit(struct charset cs, const char *s, size_t n, int max, int *out_width)
{
    size_t used = 0;
    int width = 0;
    while (used < n) {
        struct cell cell;
        size_t len = cells_next(cs, s + used, n - used, &cell);
        if (cell.width > max - width)
            break;
        width += cell.width;
        used += len;
    }
    if (out_width)
        *out_width = width;
    return used;
}

size_t cells_fit_tail(struct charset cs, const char *s, size_t n, int max)
{
    int rest = cells_width(cs, s, n);
    size_t used = 0;
    while (used < n && rest > max) {
        struct cell cell;
        used += cells_next(cs, s + used, n - used, &cell);
        rest -= cell.width;
    }
    return used;
}
