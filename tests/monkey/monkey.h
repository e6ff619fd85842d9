/*
 * What the parts of the random keys share: one seed's session. random_keys.c types,
 * monkey_program.c starts and checks the program, monkey_stage.c has the folder, the inputs and
 * the last words.
 */
#ifndef TESTS_MONKEY_MONKEY_H
#define TESTS_MONKEY_MONKEY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/strbuf.h"
#include "support/pty_app.h"
#include "tools/rng.h"

/* For an answer; only ever spent on a hang, or by a machine on its knees. */
#define MONKEY_PATIENCE_S 60
#define MONKEY_HISTORY    200

#define MONKEY_COUNT(table) (sizeof(table) / sizeof(table)[0])

/* What is explored. */
struct monkey_input {
    const char *name;
    const char *const argv[6];    /* of heaptail, after its name */
    const char *const writer[12]; /* of mketl, after its name; none: a saved file */
    bool fifo;
    bool harmed; /* the file is cut, removed and replaced meanwhile */
};

struct monkey {
    char tools[3072]; /* folder of the programs */
    char folder[64];  /* the private one */
    uid_t user;       /* of the program; 0: ours */
    uint64_t keys;
    uint64_t memory_mb;
    const struct monkey_input *only; /* NULL: each seed its own */

    uint64_t seed;
    struct rng rng;
    const struct monkey_input *input;
    const char *term;
    struct pty_app app;
    pid_t writer; /* of the live input; 0: none */
    struct strbuf history[MONKEY_HISTORY];
    uint64_t typed; /* pieces in the history so far */
    uint64_t starts, stops, most_kb;
};

/* Prints what was typed and seen, and ends the test. */
_Noreturn void monkey_fail(struct monkey *m, const char *what);

/* Makes the private folder and the environment, from the place of this program. */
void monkey_set_up(struct monkey *m);
void monkey_empty_folder(struct monkey *m);

/* The input of the seed: it is there before the program opens it. */
void monkey_make_input(struct monkey *m);
void monkey_start_writer(struct monkey *m);
void monkey_stop_writer(struct monkey *m);

void monkey_random_size(struct monkey *m, int *out_rows, int *out_cols);

/* Starts, continues or checks the program, as its state asks for. True when it runs. */
bool monkey_keep_running(struct monkey *m);

/* After the end: how it left, and whether the terminal is as before. */
void monkey_check_end(struct monkey *m);

/* Presses ^L until the whole screen is drawn anew: it still listens, and it still draws. */
void monkey_check_answers(struct monkey *m);

#endif
