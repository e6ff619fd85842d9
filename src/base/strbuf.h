/*
 * A growing string.
 *
 * Always NUL-terminated, even when empty and never initialised beyond zero. Out of memory ends the
 * program (see alloc.h): strings built here are made for a person or a line of output, never sized
 * by a trace alone.
 */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct strbuf {
    char *s; /* owned; read it through strbuf_str() when it may still be empty */
    size_t len;
    size_t cap;
};

/* Frees the contents; the buffer is empty and usable again. Accepts a zeroed struct. */
void strbuf_release(struct strbuf *b);

/* Empties the buffer but keeps its memory. */
void strbuf_clear(struct strbuf *b);

/* The text, valid until the next change; "" when nothing was added yet. */
const char *strbuf_str(const struct strbuf *b);

void strbuf_add(struct strbuf *b, const char *s, size_t n);
void strbuf_puts(struct strbuf *b, const char *s);
void strbuf_putc(struct strbuf *b, char c);
void strbuf_printf(struct strbuf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vprintf(struct strbuf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

/* Decimal digits without the cost of printf: used once a field in exports. */
void strbuf_put_u64(struct strbuf *b, uint64_t v);
void strbuf_put_i64(struct strbuf *b, int64_t v);

/* "0x" and lower-case hex without leading zeros. */
void strbuf_put_hex(struct strbuf *b, uint64_t v);

/* Cuts to `n` bytes if longer. */
void strbuf_truncate(struct strbuf *b, size_t n);

#endif
