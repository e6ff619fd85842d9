/*
 * What a cat on the keyboard types, and a terminal that lies: bytes drawn from a seed, weighted so
 * that prompts are opened, filled and accepted, and the rare is not rare.
 */
#ifndef TESTS_MONKEY_RANDOM_INPUT_H
#define TESTS_MONKEY_RANDOM_INPUT_H

#include <stddef.h>

#include "base/strbuf.h"
#include "tools/rng.h"

/* Appends one random key, text, mouse report or piece of rubbish to `out`. Returns how many keys it
 * counts for. */
size_t random_input_put(struct rng *rng, struct strbuf *out);

#endif
