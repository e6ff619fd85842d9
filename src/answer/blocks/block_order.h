/*
 * The orders that blocks can stand in: the value each goes by, as a number.
 *
 * Blocks of one value stand in the order of their births. What a block does not have (a death, who
 * freed it, a stack) comes before all that have it. Any thread.
 */
#ifndef ANSWER_BLOCKS_BLOCK_ORDER_H
#define ANSWER_BLOCKS_BLOCK_ORDER_H

#include "answer/answer_spec.h"
#include "answer/blocks/block.h"

/* "address", "size" ... as columns of `heaptail blocks` are called. */
extern const char *const block_order_names[BLOCK_ORDERS];

/* The value of the block opened by the row `opener`. O(1), and O(log resized) for sizes. */
typedef uint64_t (*block_order_fn)(const struct block_view *v, const struct trace *t,
                                   uint64_t opener);
extern const block_order_fn block_order_values[BLOCK_ORDERS];

#endif
