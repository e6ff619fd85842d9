/* A line that gives way (see segments.h). */
#include "ui/widget/segments.h"

#include <string.h>

/* Cells left free at both ends of the line. */
#define EDGE 1

void segments_init(struct segments *line, struct strbuf *text)
{
    strbuf_clear(text);
    line->text = text;
    line->count = 0;
}

/* The latest piece ends where the text ends now. */
static void finish_piece(struct segments *line)
{
    if (line->count == 0)
        return;
    struct segment *last = &line->piece[line->count - 1];
    last->len = line->text->len - last->start;
    if (last->len == 0 && !last->meter)
        line->count--;
}

struct segment *segments_start(struct segments *line, enum role role, unsigned importance)
{
    finish_piece(line);
    size_t at = line->count < SEGMENTS_MAX ? line->count++ : SEGMENTS_MAX - 1;
    line->piece[at] =
        (struct segment){.start = line->text->len, .role = role, .importance = (uint8_t)importance};
    return &line->piece[at];
}

struct segment *segments_add(struct segments *line, enum role role, unsigned importance,
                             const char *s)
{
    if (!s || s[0] == '\0')
        return NULL;
    struct segment *piece = segments_start(line, role, importance);
    strbuf_puts(line->text, s);
    return piece;
}

static int gap_before(const struct segments *line, size_t i, int gap)
{
    return line->piece[i].joined ? 1 : gap;
}

/* Cells that all pieces still there take at their present widths. */
static int total_width(const struct segments *line, int gap)
{
    int total = 2 * EDGE;
    bool first = true;
    for (size_t i = 0; i < line->count; i++) {
        if (line->piece[i].width == 0)
            continue;
        total += line->piece[i].width + (first ? 0 : gap_before(line, i, gap));
        first = false;
    }
    return total;
}

static int natural_width(const struct segments *line, const struct segment *piece,
                         struct charset cs)
{
    return piece->meter ? piece->least : cells_width(cs, line->text->s + piece->start, piece->len);
}

/* Cells a piece starts with: elastic ones as narrow as they may be. */
static int least_width(const struct segments *line, const struct segment *piece, struct charset cs)
{
    int natural = natural_width(line, piece, cs);
    return piece->least > 0 && piece->least < natural ? piece->least : natural;
}

/* Shows the piece at `i` and those joined to it, if they fit beside what is shown already. */
static void try_to_show(struct segments *line, size_t i, const struct canvas *c, int gap, bool must)
{
    size_t end = i;
    do {
        line->piece[end].width = least_width(line, &line->piece[end], canvas_charset(c));
        end++;
    } while (end < line->count && line->piece[end].joined);
    int over = total_width(line, gap) - c->cols;
    if (over <= 0)
        return;
    if (must && line->piece[i].width > over) {
        line->piece[i].width -= over;
        return;
    }
    while (end-- > i)
        line->piece[end].width = 0;
}

/* Widens elastic pieces of one importance into the cells that are left. */
static void widen(struct segments *line, int importance, const struct canvas *c, int gap)
{
    for (size_t i = 0; i < line->count; i++) {
        struct segment *piece = &line->piece[i];
        if (piece->importance != importance || piece->width == 0)
            continue;
        int more = natural_width(line, piece, canvas_charset(c)) - piece->width;
        int left = c->cols - total_width(line, gap);
        if (left > 0)
            piece->width += more < left ? more : left;
    }
}

/* The most important piece is always shown, if only its start; the others where they fit. */
static void lay_out(struct segments *line, const struct canvas *c, int gap)
{
    bool first = true;
    for (size_t i = 0; i < line->count; i++)
        line->piece[i].width = 0;
    for (int importance = UINT8_MAX; importance >= 0; importance--) {
        for (size_t i = 0; i < line->count; i++) {
            if (line->piece[i].importance != importance || line->piece[i].joined)
                continue;
            try_to_show(line, i, c, gap, first);
            first = false;
        }
    }
    for (int importance = UINT8_MAX; importance >= 0; importance--)
        widen(line, importance, c, gap);
}

/* Elastic pieces are names and expressions, whose ends matter; others are sentences. */
static void draw_piece(const struct segments *line, const struct segment *piece,
                       const struct canvas *c, int y, int x)
{
    if (piece->meter)
        canvas_meter(c, y, x, piece->width, piece->role, piece->value, piece->max);
    else
        canvas_field(c, y, x, piece->width, piece->role, ALIGN_LEFT,
                     piece->least > 0 ? CUT_MIDDLE : CUT_END, line->text->s + piece->start,
                     piece->len);
}

void segments_draw(struct segments *line, const struct canvas *c, int y, int gap)
{
    finish_piece(line);
    lay_out(line, c, gap);
    int right = c->cols - EDGE;
    for (size_t i = line->count; i-- > 0;) {
        struct segment *piece = &line->piece[i];
        if (!piece->right || piece->width == 0)
            continue;
        draw_piece(line, piece, c, y, right - piece->width);
        right -= piece->width + gap_before(line, i, gap);
    }
    int left = EDGE;
    bool first = true;
    for (size_t i = 0; i < line->count; i++) {
        struct segment *piece = &line->piece[i];
        if (piece->right || piece->width == 0)
            continue;
        left += first ? 0 : gap_before(line, i, gap);
        draw_piece(line, piece, c, y, left);
        left += piece->width;
        first = false;
    }
}
