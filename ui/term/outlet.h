/*
 * What curses sends, gathered so that each frame reaches the terminal in one write.
 *
 * Curses writes to a descriptor of its own whenever its buffer is full, which shows half a picture.
 * While a frame is sent, that descriptor is a file in memory; the frame is then written whole,
 * between the marks of synchronized output where the terminal has them. Between frames curses
 * writes to the terminal itself. Loop thread only.
 */
#ifndef UI_TERM_OUTLET_H
#define UI_TERM_OUTLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define OUTLET_MARK 32

struct outlet {
    int terminal; /* borrowed */
    FILE *stream; /* for curses; owned */
    int memory;   /* -1: there is none, and frames go out as curses sends them */
    char *frame;  /* the frame being sent */
    size_t size;  /* of `frame` */
    bool gathering;
    char begin[OUTLET_MARK], end[OUTLET_MARK]; /* the marks; "" for none */
};

/* Opens a stream for curses on the terminal `out`, which is borrowed. False when descriptors are
 * out. */
bool outlet_open(struct outlet *o, FILE *out);
void outlet_close(struct outlet *o);

/* What curses writes from here on is gathered ... */
void outlet_begin(struct outlet *o);

/* ... until here, where it is written: nothing at all when there is nothing. */
void outlet_end(struct outlet *o);

/* Frames stand between `begin` and `end` from now on; "" for none. Longer ones than OUTLET_MARK - 1
 * are left out. */
void outlet_set_marks(struct outlet *o, const char *begin, const char *end);

/* Writes [s, s+n) to the terminal at once: for what is no picture. */
void outlet_write(struct outlet *o, const char *s, size_t n);

#endif
