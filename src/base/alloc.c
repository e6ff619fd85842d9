/* Checked allocation; see alloc.h. The out-of-memory hook is the one process-wide variable here. */
#include "base/alloc.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*oom_hook)(void);

void base_set_oom_hook(void (*hook)(void))
{
    oom_hook = hook;
}

static _Noreturn void out_of_memory(void)
{
    if (oom_hook != NULL)
        oom_hook();
    fputs("heaptail: out of memory\n", stderr);
    exit(1);
}

void *base_xcalloc(size_t count, size_t size)
{
    void *p = calloc(count != 0 ? count : 1, size != 0 ? size : 1);
    if (p == NULL)
        out_of_memory();
    return p;
}

void *base_xrealloc(void *p, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        out_of_memory();
    void *q = realloc(p, bytes != 0 ? bytes : 1);
    if (q == NULL)
        out_of_memory();
    return q;
}

char *base_xstrdup(const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(base_xcalloc(n, 1), s, n);
}

int base_grow(void **p, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return 0;
    size_t want = *cap < 16 ? 16 : *cap;
    while (want < need)
        if (__builtin_mul_overflow(want, (size_t)2, &want))
            return -ENOMEM;
    size_t bytes;
    if (__builtin_mul_overflow(want, size, &bytes))
        return -ENOMEM;
    void *q = realloc(*p, bytes);
    if (q == NULL)
        return -ENOMEM;
    *p = q;
    *cap = want;
    return 0;
}
