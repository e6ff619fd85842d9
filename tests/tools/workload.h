/*
 * Where a trace's events come from.  Every workload logs into a recorder, in the order of time;
 * none knows how the events are written or what they add up to.
 */
#ifndef TESTS_TOOLS_WORKLOAD_H
#define TESTS_TOOLS_WORKLOAD_H

#include "mketl.h"
#include "recorder.h"

/* Simulated processes, from the seed, with the rates of its options. */
void random_workload_run(struct recorder *recorder);

/*
 * A workload written down as text; see text_workload.c for its lines.  `text` is cut into strings
 * that the events borrow.  Returns 0, or -1 with a sentence naming the line in out_error.
 */
int text_workload_run(struct recorder *recorder, char *text, char out_error[MKETL_ERROR_SIZE]);

/* What a text workload may say, for --help. */
extern const char *const TEXT_WORKLOAD_HELP;

/* A server with the truths of its options planted. */
void planted_workload_run(struct recorder *recorder);

/* The capture that ships with the program. */
void demo_workload_run(struct recorder *recorder);

/* Sets the options that the demo capture needs. */
void demo_workload_options(struct mketl_options *out_options);

#endif
