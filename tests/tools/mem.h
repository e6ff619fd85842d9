/*
 * Memory for the test tools: zeroed allocations and growing arrays that end the program when
 * memory is out.  A generator of test data has nothing better to do then.
 */
#ifndef TESTS_TOOLS_MEM_H
#define TESTS_TOOLS_MEM_H

#include <stddef.h>

/* Returns `size` zeroed bytes; the caller frees them. */
void *mem_alloc(size_t size);

/* Returns a copy of the `size` bytes at `bytes` followed by one zero byte; the caller frees it. */
void *mem_copy(const void *bytes, size_t size);

/*
 * Makes room for at least `needed` items of `item_size` bytes in the array `items` of `*capacity`
 * items, doubling its capacity.  Returns the array's new place; new items are not initialised.
 */
void *mem_grow(void *items, size_t *capacity, size_t needed, size_t item_size);

#endif
