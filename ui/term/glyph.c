/* ASCII stand-ins for the signs of glyph.h and the blocks of bars and sparklines. */
#include "ui/term/glyph.h"

#include <stddef.h>

/* Sorted by code point, so that related signs stand together. */
static const struct {
    uint16_t cp;
    char ascii;
} stand_in[] = {
    {0x00b7, '.'}, {0x0394, 'd'},                               /* zero, delta */
    {0x2026, '~'}, {0x2039, '<'}, {0x203a, '>'},                /* ellipsis, more, crumb */
    {0x2190, '<'}, {0x2191, '^'}, {0x2192, '>'}, {0x2193, 'v'}, /* arrows */
    {0x2500, '-'}, {0x2502, '|'}, {0x2514, '`'},                /* lines */
    {0x252c, '+'}, {0x2550, '='},                               /* a tick, a thick line */
    {0x2581, '_'}, {0x2582, '.'}, {0x2583, ':'}, {0x2584, '-'}, /* lower eighths: sparklines */
    {0x2585, '='}, {0x2586, '+'}, {0x2587, '*'}, {0x2588, '#'},
    {0x2589, '#'}, {0x258a, '#'}, {0x258b, '='}, {0x258c, '='}, /* left eighths: bars */
    {0x258d, '-'}, {0x258e, '-'}, {0x258f, '-'}, {0x25a0, '#'},
    {0x25b4, '^'}, {0x25b8, '+'}, {0x25be, 'v'}, {0x25cf, '*'}, /* sort and tree marks, live */
};

char glyph_ascii(uint32_t cp)
{
    if (cp < 0x80)
        return (char)cp;
    for (size_t i = 0; i < sizeof stand_in / sizeof stand_in[0]; i++)
        if (stand_in[i].cp == cp)
            return stand_in[i].ascii;
    return '?';
}
