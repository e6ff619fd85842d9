/* Digits to numbers; see number.h. */
#include "number.h"

#include <stddef.h>

/* The value of a digit, 16 for anything else. */
static unsigned digit(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a' + 10);
    return c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10) : 16;
}

const char *number_read(const char *text, uint64_t *out_value)
{
    unsigned base = 10;
    uint64_t value = 0;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        base = 16;
        text += 2;
    }
    if (digit(*text) >= base)
        return NULL;
    for (; digit(*text) < base; text++)
        if (__builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, digit(*text), &value))
            return NULL;
    *out_value = value;
    return text;
}

int number_parse(const char *text, uint64_t most, uint64_t *out_value)
{
    uint64_t value;
    const char *end = number_read(text, &value);
    if (!end || *end || value > most)
        return -1;
    *out_value = value;
    return 0;
}
