/*
 * Keys pressed at the whole program, and how long it takes until the screen answers.
 *
 * The answer is something the key alone can cause, looked for in the emulated screen: a live
 * picture changes all the time. The clock runs from the write of the key to the read of the bytes
 * that show it.
 */
#ifndef TESTS_BENCH_KEYBOARD_H
#define TESTS_BENCH_KEYBOARD_H

#include "bench.h"
#include "support/pty_app.h"

#define KEYBOARD_MAX 2048

struct keyboard {
    struct pty_app app;
    double ms[KEYBOARD_MAX]; /* of the keys pressed since keyboard_report() */
    size_t count;
    size_t unanswered;
    uint64_t random;
    /* What was on the screen before the key. */
    int selected;
    int column;
    char top[1024];
};

/* Whether the screen shows the answer. */
typedef bool (*keyboard_answer_fn)(struct keyboard *k, const void *what);

/* Answers that are common: the text `what` is on the screen, or no more; the selected row or the
 * first rows of a list are others than before; the cursor has moved. */
bool keyboard_shows(struct keyboard *k, const void *what);
bool keyboard_hides(struct keyboard *k, const void *what);
bool keyboard_moved(struct keyboard *k, const void *what);
bool keyboard_typed(struct keyboard *k, const void *what);

/* Opens the program on `path` in a terminal of 200x60 and waits for its first picture. */
void keyboard_open(struct keyboard *k, const struct bench *b, const char *path);
void keyboard_close(struct keyboard *k);

/* Lets `s` seconds pass; false when the program has ended meanwhile. */
bool keyboard_wait(struct keyboard *k, double s);

/* Waits up to a minute until the program does nothing for half a second. */
void keyboard_settle(struct keyboard *k);

/* Presses, and measures. */
void keyboard_press(struct keyboard *k, const char *key, keyboard_answer_fn answer,
                    const void *what);

/* The same after a moment of up to `s` seconds. */
void keyboard_press_later(struct keyboard *k, double s, const char *key, keyboard_answer_fn answer,
                          const void *what);

/* Presses without measuring, until the answer is there. Ends the bench when it never comes. */
void keyboard_go(struct keyboard *k, const char *key, keyboard_answer_fn answer, const void *what);

/* A line for the keys since the last one: 95 %, median, the longest. */
void keyboard_report(struct keyboard *k, const char *what, double target_ms);

/* The row under the cursor: its number on the screen, -1 when there is none. */
int keyboard_selected(struct keyboard *k);

/* CPU seconds of the loop thread, and of the whole program. */
double keyboard_loop_cpu(const struct keyboard *k);
double keyboard_all_cpu(const struct keyboard *k);

#endif
