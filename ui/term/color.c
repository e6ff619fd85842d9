/* Colour arithmetic (see color.h). */
#include "ui/term/color.h"

#include <math.h>

/* xterm's defaults; a person may have changed them, which is why nothing is ever matched to them
 * unless the terminal has no others. */
static const struct rgb ansi[16] = {
    {0x00, 0x00, 0x00}, {0xcd, 0x00, 0x00}, {0x00, 0xcd, 0x00}, {0xcd, 0xcd, 0x00},
    {0x00, 0x00, 0xee}, {0xcd, 0x00, 0xcd}, {0x00, 0xcd, 0xcd}, {0xe5, 0xe5, 0xe5},
    {0x7f, 0x7f, 0x7f}, {0xff, 0x00, 0x00}, {0x00, 0xff, 0x00}, {0xff, 0xff, 0x00},
    {0x5c, 0x5c, 0xff}, {0xff, 0x00, 0xff}, {0x00, 0xff, 0xff}, {0xff, 0xff, 0xff},
};

struct rgb color_of_index(int index)
{
    static const uint8_t level[6] = {0x00, 0x5f, 0x87, 0xaf, 0xd7, 0xff};
    if (index < 16)
        return ansi[index & 15];
    if (index < 232) {
        int i = index - 16;
        return (struct rgb){level[i / 36], level[i / 6 % 6], level[i % 6]};
    }
    uint8_t grey = (uint8_t)(8 + 10 * (index - 232));
    return (struct rgb){grey, grey, grey};
}

/* One channel of sRGB as light, 0..1. */
static double linear(uint8_t channel)
{
    double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

struct lab {
    double l, a, b;
};

static double lab_curve(double t)
{
    const double delta = 6.0 / 29.0;
    return t > delta * delta * delta ? cbrt(t) : t / (3 * delta * delta) + 4.0 / 29.0;
}

/* sRGB through XYZ, relative to the D65 white point. */
static struct lab to_lab(struct rgb c)
{
    double r = linear(c.r), g = linear(c.g), b = linear(c.b);
    double x = lab_curve((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
    double y = lab_curve(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
    double z = lab_curve((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
    return (struct lab){116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

static double lab_distance(struct lab a, struct lab b)
{
    double l = a.l - b.l, aa = a.a - b.a, bb = a.b - b.b;
    return sqrt(l * l + aa * aa + bb * bb);
}

double color_distance(struct rgb a, struct rgb b)
{
    return lab_distance(to_lab(a), to_lab(b));
}

int color_nearest(struct rgb c, int first, int last)
{
    struct lab want = to_lab(c);
    int best = first;
    double least = HUGE_VAL;
    for (int i = first; i <= last; i++) {
        double d = lab_distance(want, to_lab(color_of_index(i)));
        if (d < least) {
            least = d;
            best = i;
        }
    }
    return best;
}

static double luminance(struct rgb c)
{
    return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
}

double color_contrast(struct rgb a, struct rgb b)
{
    double la = luminance(a), lb = luminance(b);
    return (fmax(la, lb) + 0.05) / (fmin(la, lb) + 0.05);
}
