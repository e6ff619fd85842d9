/*
 * Errors that a person will read.
 *
 * Fallible functions return 0 or a negative code: an errno value (-EIO ...) or one of enum err.
 * What exactly went wrong, and what to try, goes into an err_info as one line of text; libraries
 * never print.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdint.h>

/* Our own codes start far below errno's range. */
enum err {
    ERR_FORMAT = -10001, /* the bytes are not what they claim to be */
    ERR_SYNTAX = -10002, /* text written by a person (filter, theme, option) is wrong */
    ERR_EMPTY = -10003,  /* a valid trace that holds no heap events */
    ERR_LIMIT = -10004,  /* a documented limit was reached */
};

/* One line, UTF-8, NUL-terminated, without a newline; control bytes are already escaped. What does
 * not fit is cut. */
struct err_info {
    char text[512];
};

/* Formats the message into `info` (may be NULL) and returns `code`, so that callers can `return
 * err_set(...)`. */
int err_set(struct err_info *info, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
