/* The growing string of strbuf.h. */
#include "base/strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static void strbuf_reserve(struct strbuf *b, size_t extra)
{
    size_t need = b->len + extra + 1;
    if (need <= b->cap)
        return;
    size_t cap = b->cap < 64 ? 64 : b->cap * 2;
    if (cap < need)
        cap = need;
    b->s = base_xrealloc(b->s, cap, 1);
    b->cap = cap;
}

void strbuf_release(struct strbuf *b)
{
    free(b->s);
    *b = (struct strbuf){0};
}

void strbuf_clear(struct strbuf *b)
{
    strbuf_truncate(b, 0);
}

const char *strbuf_str(const struct strbuf *b)
{
    return b->s != NULL ? b->s : "";
}

void strbuf_add(struct strbuf *b, const char *s, size_t n)
{
    strbuf_reserve(b, n);
    if (n != 0)
        memcpy(b->s + b->len, s, n);
    b->len += n;
    b->s[b->len] = '\0';
}

void strbuf_puts(struct strbuf *b, const char *s)
{
    strbuf_add(b, s, strlen(s));
}

void strbuf_putc(struct strbuf *b, char c)
{
    strbuf_add(b, &c, 1);
}

void strbuf_vprintf(struct strbuf *b, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    if (n > 0) {
        strbuf_reserve(b, (size_t)n);
        vsnprintf(b->s + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

void strbuf_printf(struct strbuf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    strbuf_vprintf(b, fmt, ap);
    va_end(ap);
}

void strbuf_put_u64(struct strbuf *b, uint64_t v)
{
    char digits[20];
    size_t n = 0;
    do {
        digits[sizeof digits - ++n] = (char)('0' + v % 10);
        v /= 10;
    } while (v != 0);
    strbuf_add(b, digits + sizeof digits - n, n);
}

void strbuf_put_i64(struct strbuf *b, int64_t v)
{
    if (v < 0)
        strbuf_putc(b, '-');
    strbuf_put_u64(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void strbuf_put_hex(struct strbuf *b, uint64_t v)
{
    char digits[18];
    size_t n = 0;
    do {
        digits[sizeof digits - ++n] = "0123456789abcdef"[v & 15];
        v >>= 4;
    } while (v != 0);
    digits[sizeof digits - ++n] = 'x';
    digits[sizeof digits - ++n] = '0';
    strbuf_add(b, digits + sizeof digits - n, n);
}

void strbuf_truncate(struct strbuf *b, size_t n)
{
    if (n >= b->len)
        return;
    b->len = n;
    b->s[n] = '\0';
}
