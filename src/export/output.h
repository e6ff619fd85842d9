/*
 * Data on its way to a file description: buffered, without a printf per field.
 *
 * The first write error is kept and everything after it is thrown away, so callers write on and
 * look once at the end; long loops ask output_failed() now and then.
 */
#ifndef EXPORT_OUTPUT_H
#define EXPORT_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct output {
    int fd;
    int error; /* 0 or the first failure's negative errno */
    char *buffer;
    size_t len;
};

void output_init(struct output *o, int fd);

/* Writes out what is buffered and frees the buffer. Returns 0 or the first error. */
int output_finish(struct output *o);

bool output_failed(const struct output *o);

void output_add(struct output *o, const char *s, size_t n);
void output_puts(struct output *o, const char *s);
void output_putc(struct output *o, char c);

/* Decimal; and "0x" with lower-case hex digits. */
void output_put_u64(struct output *o, uint64_t v);
void output_put_i64(struct output *o, int64_t v);
void output_put_hex(struct output *o, uint64_t v);

#endif
