/*
 * What was typed into one kind of prompt, oldest first: each text once, a limited number of them.
 *
 * Prompts borrow it. Texts are safe to print: valid UTF-8 without control characters, at most
 * PROMPT_MAX bytes, whoever they come from. Zero is a valid, empty history.
 */
#ifndef UI_WIDGET_PROMPT_HISTORY_H
#define UI_WIDGET_PROMPT_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#define PROMPT_HISTORY 64
#define PROMPT_MAX     4096 /* bytes of a line; more is not taken */

struct prompt_history {
    struct prompt_line {
        char *text; /* owned */
        bool fresh; /* typed in this run: to be kept for the next */
    } line[PROMPT_HISTORY];
    size_t count;
};

/* Frees everything; empty and usable again. */
void prompt_history_release(struct prompt_history *h);

/* Makes [text, text+n) the latest line, and forgets the oldest when there are too many; one that is
 * there moves up. Texts that are empty or not safe are left out. O(lines). */
void prompt_history_add(struct prompt_history *h, const char *text, size_t n, bool fresh);

#endif
