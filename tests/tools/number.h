/* Reading of numbers from command lines and workloads: decimal, or hexadecimal behind 0x. */
#ifndef TESTS_TOOLS_NUMBER_H
#define TESTS_TOOLS_NUMBER_H

#include <stdint.h>

/* Reads the number at the start of `text`.  Returns what follows it, or NULL when there is none or
 * it does not fit. */
const char *number_read(const char *text, uint64_t *out_value);

/* Reads a text that is nothing but a number of at most `most`.  Returns 0, or -1. */
int number_parse(const char *text, uint64_t most, uint64_t *out_value);

#endif
