/* Bars, meters, sparklines and lines: text made of block signs, drawn through canvas_text(). */
#include "ui/term/canvas.h"

#include <string.h>
#include <wchar.h>

#include "ui/term/glyph.h"

/* U+2588 and its neighbours in UTF-8 differ in the last byte. */
#define BLOCK_BYTES    3
#define BLOCK_FULL     "\xe2\x96\x88"
#define BLOCK_LOWER_1  0x81 /* U+2581: the lower eighth; seven more follow */
#define BLOCK_LEFT_7_8 0x89 /* U+2589: seven left eighths; fewer follow */

#define METER_LEFT  "\u2595"
#define METER_RIGHT "\u258f"

/* `value` of `max` as 0..steps: at least 1 when it is not 0, `steps` only when it reaches max. */
static int scale(uint64_t value, uint64_t max, int steps)
{
    if (value == 0 || steps <= 0)
        return 0;
    if (value >= max)
        return steps;
    int scaled = (int)((double)value / (double)max * steps);
    return scaled < 1 ? 1 : scaled >= steps ? steps - 1 : scaled;
}

static int put_block(const struct canvas *c, int y, int x, enum role role, int last_byte)
{
    char block[BLOCK_BYTES + 1] = BLOCK_FULL;
    block[BLOCK_BYTES - 1] = (char)last_byte;
    return canvas_text(c, y, x, role, block, BLOCK_BYTES);
}

void canvas_bar(const struct canvas *c, int y, int x, int width, enum role role, uint64_t value,
                uint64_t max)
{
    width = width < c->cols - x ? width : c->cols - x;
    int eighths = scale(value, max, width * 8);
    for (int i = 0; i < eighths / 8; i++)
        canvas_text(c, y, x + i, role, BLOCK_FULL, BLOCK_BYTES);
    if (eighths % 8 > 0)
        put_block(c, y, x + eighths / 8, role, BLOCK_LEFT_7_8 + 7 - eighths % 8);
}

void canvas_meter(const struct canvas *c, int y, int x, int width, enum role role, uint64_t value,
                  uint64_t max)
{
    if (width < 3)
        return;
    bool glyphs = canvas_charset(c).glyphs;
    canvas_puts(c, y, x, role, glyphs ? METER_LEFT : "[");
    canvas_bar(c, y, x + 1, width - 2, role, value, max);
    canvas_puts(c, y, x + width - 1, role, glyphs ? METER_RIGHT : "]");
}

/* The largest value of the share that cell `i` of `cells` stands for. */
static uint64_t largest_in_cell(const uint64_t *values, size_t n, size_t i, size_t cells)
{
    uint64_t largest = 0;
    for (size_t k = i * n / cells; k < (i + 1) * n / cells; k++)
        largest = values[k] > largest ? values[k] : largest;
    return largest;
}

void canvas_spark(const struct canvas *c, int y, int x, int width, enum role role,
                  const uint64_t *values, size_t n)
{
    size_t cells = width > 0 ? (size_t)width : 0;
    if (cells > n)
        cells = n;
    uint64_t max = largest_in_cell(values, n, 0, 1);
    for (size_t i = 0; i < cells; i++) {
        int eighths = scale(largest_in_cell(values, n, i, cells), max, 8);
        if (eighths > 0)
            put_block(c, y, x + (int)i, role, BLOCK_LOWER_1 + eighths - 1);
    }
}

#define BRAILLE_FULL 0x28ff

struct canvas_grain canvas_grain(const struct canvas *c, bool fine)
{
    if (fine && canvas_charset(c).glyphs && wcwidth(BRAILLE_FULL) == 1)
        return (struct canvas_grain){.samples = 2, .levels = 4};
    return (struct canvas_grain){.samples = 1, .levels = 8};
}

/* The dots of a cell that is filled to `left` and `right` of 4 levels. */
static void put_dots(const struct canvas *c, int y, int x, enum role role, int left, int right)
{
    static const uint8_t left_dots[] = {0, 0x40, 0x44, 0x46, 0x47};
    static const uint8_t right_dots[] = {0, 0x80, 0xa0, 0xb0, 0xb8};
    unsigned dots = left_dots[left] | (unsigned)right_dots[right];
    const char sign[] = {'\xe2', (char)(0xa0 + (dots >> 6)), (char)(0x80 + (dots & 0x3f))};
    if (dots != 0)
        canvas_text(c, y, x, role, sign, sizeof sign);
}

/* Of a sample's height that part that lies in a cell with `below` levels below it. */
static int level_in_cell(int height, int below, int levels)
{
    int level = height - below;
    return level < 0 ? 0 : level > levels ? levels : level;
}

void canvas_area(const struct canvas *c, int x, enum role role, struct canvas_grain grain,
                 const int *heights)
{
    for (int y = c->rows - 1, below = 0; y >= 0; y--, below += grain.levels) {
        int level = level_in_cell(heights[0], below, grain.levels);
        if (grain.samples == 2)
            put_dots(c, y, x, role, level, level_in_cell(heights[1], below, grain.levels));
        else if (level > 0)
            put_block(c, y, x, role, BLOCK_LOWER_1 + level - 1);
    }
}

void canvas_line(const struct canvas *c, int y, int x, int width, enum role role)
{
    width = width < c->cols - x ? width : c->cols - x;
    for (int i = 0; i < width; i++)
        canvas_puts(c, y, x + i, role, GLYPH_LINE);
}
