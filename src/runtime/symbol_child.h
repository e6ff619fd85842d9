/*
 * llvm-symbolizer as a child process: started without a shell, written to and read from by lines.
 *
 * It is killed when it is closed, and no zombie is left. Its standard error is thrown away. Loop
 * thread.
 */
#ifndef RUNTIME_SYMBOL_CHILD_H
#define RUNTIME_SYMBOL_CHILD_H

#include <stddef.h>
#include <uv.h>

struct symbol_child;

struct symbol_child_events {
    void *ctx;
    /* A line without its newline, for the call only; NULL for one longer than SYMBOL_LINE_BYTES.
     * The child may be closed from here. */
    void (*line)(void *ctx, const char *line, size_t n);
    /* It has ended, or cannot be talked with any more: close it. Once. */
    void (*lost)(void *ctx);
    /* After symbol_child_close(): the process is gone, and with it everything of the child's. */
    void (*gone)(void *ctx);
};

/*
 * Starts `tool`, an absolute path, with its working folder at `folder`. 0 and *out_child, or what
 * uv_spawn() gave; gone() is called in either case, later.
 */
int symbol_child_start(uv_loop_t *loop, const char *tool, const char *folder,
                       const struct symbol_child_events *events, struct symbol_child **out_child);

/* Sends `n` bytes, copied. */
void symbol_child_write(struct symbol_child *c, const char *text, size_t n);

/* Kills it. line() and lost() are not called any more. */
void symbol_child_close(struct symbol_child *c);

#endif
