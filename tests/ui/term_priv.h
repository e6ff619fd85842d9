/* The insides of a test terminal, for term.c and golden.c. */
#ifndef TESTS_UI_TERM_PRIV_H
#define TESTS_UI_TERM_PRIV_H

#include <pthread.h>
#include <stdio.h>

#include <vterm.h>

#include "base/strbuf.h"
#include "term.h"

struct term {
    int master, slave;
    int stop[2]; /* a pipe: written to end the reader */
    pthread_t reader;
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct strbuf arrived; /* bytes from the screen, under `lock` */
    bool hung_up;
    FILE *in, *out;
    VTerm *vt;
    VTermScreen *vts;
    struct screen *screen;
    struct term_app app;
    int rows, cols;
    bool cursor_visible;
    struct strbuf sent; /* since term_forget_sent() */
    struct strbuf row;  /* what term_row() returned */
};

#endif
