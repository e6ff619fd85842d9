/*
 * Memory allocation that either works or ends the program with one line.
 *
 * Use these for small things of bounded size. Anything whose size a trace decides goes through
 * plain malloc or an arena and checks the result.
 */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stddef.h>

/* Zeroed memory for `count` objects of `size` bytes; the caller frees it. Never returns NULL. */
void *base_xcalloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));

/* Resizes `p` to `count` objects of `size` bytes. Never returns NULL; new bytes are not cleared. */
void *base_xrealloc(void *p, size_t count, size_t size) __attribute__((returns_nonnull));

/* A copy of `s` that the caller frees. */
char *base_xstrdup(const char *s) __attribute__((malloc, returns_nonnull));

/*
 * Makes room for at least `need` objects in a growing array: doubles `*cap` (at least 16) and
 * reallocates `*p`. Returns 0 or -ENOMEM (also on overflow), in which case the array is as it was.
 */
int base_grow(void **p, size_t *cap, size_t need, size_t size);

/* Called with a message just before the program gives up for want of memory, e.g. to restore the
 * terminal. */
void base_set_oom_hook(void (*hook)(void));

#endif
