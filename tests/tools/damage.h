/*
 * Damage to a finished file, for tests of a reader's robustness.  The truth knows nothing of it.
 */
#ifndef TESTS_TOOLS_DAMAGE_H
#define TESTS_TOOLS_DAMAGE_H

#include <stddef.h>
#include <stdint.h>

/* What --help says about the kinds. */
extern const char *const DAMAGE_HELP;

/*
 * Applies one piece of damage, told as "kind:number:number...", to the file of `*size` bytes.
 * Buffers and records count from 0, numbers may be hexadecimal.  Returns 0, or -1 when the
 * description makes no sense for this file.
 */
int damage_apply(const char *description, uint8_t *bytes, size_t *size);

#endif
