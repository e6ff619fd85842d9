/* The buffered output of output.h. */
#include "export/output.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

#define OUTPUT_BUFFER ((size_t)256 << 10)

/* Digits of the longest number, with "0x" or a sign. */
#define OUTPUT_NUMBER 24

void output_init(struct output *o, int fd)
{
    *o = (struct output){.fd = fd, .buffer = base_xcalloc(OUTPUT_BUFFER, 1)};
}

/* Somebody else may have made the description non-blocking: then it is waited for. */
static int write_all(int fd, const char *s, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, s, n);
        if (done >= 0) {
            s += done;
            n -= (size_t)done;
        } else if (errno == EAGAIN) {
            poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}

static void output_write(struct output *o, const char *s, size_t n)
{
    if (o->error == 0)
        o->error = write_all(o->fd, s, n);
}

static void output_flush(struct output *o)
{
    output_write(o, o->buffer, o->len);
    o->len = 0;
}

int output_finish(struct output *o)
{
    output_flush(o);
    free(o->buffer);
    o->buffer = NULL;
    return o->error;
}

bool output_failed(const struct output *o)
{
    return o->error != 0;
}

/* Room for `n` bytes, at most OUTPUT_BUFFER. */
static char *output_room(struct output *o, size_t n)
{
    if (OUTPUT_BUFFER - o->len < n)
        output_flush(o);
    return o->buffer + o->len;
}

void output_add(struct output *o, const char *s, size_t n)
{
    if (n > OUTPUT_BUFFER) {
        output_flush(o);
        output_write(o, s, n);
        return;
    }
    memcpy(output_room(o, n), s, n);
    o->len += n;
}

void output_puts(struct output *o, const char *s)
{
    output_add(o, s, strlen(s));
}

void output_putc(struct output *o, char c)
{
    *output_room(o, 1) = c;
    o->len++;
}

/* Two digits a step: half the divisions. */
static const char digit_pairs[] = "00010203040506070809101112131415161718192021222324"
                                  "25262728293031323334353637383940414243444546474849"
                                  "50515253545556575859606162636465666768697071727374"
                                  "75767778798081828384858687888990919293949596979899";

void output_put_u64(struct output *o, uint64_t v)
{
    char digits[OUTPUT_NUMBER];
    size_t at = sizeof digits;
    while (v >= 100) {
        at -= 2;
        memcpy(digits + at, digit_pairs + 2 * (v % 100), 2);
        v /= 100;
    }
    if (v >= 10) {
        at -= 2;
        memcpy(digits + at, digit_pairs + 2 * v, 2);
    } else {
        digits[--at] = (char)('0' + v);
    }
    output_add(o, digits + at, sizeof digits - at);
}

void output_put_i64(struct output *o, int64_t v)
{
    if (v < 0)
        output_putc(o, '-');
    output_put_u64(o, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void output_put_hex(struct output *o, uint64_t v)
{
    char *p = output_room(o, OUTPUT_NUMBER);
    int digits = v == 0 ? 1 : (67 - __builtin_clzll(v)) / 4;
    *p++ = '0';
    *p++ = 'x';
    for (int i = digits - 1; i >= 0; i--)
        *p++ = "0123456789abcdef"[v >> (4 * i) & 15];
    o->len += (size_t)digits + 2;
}
