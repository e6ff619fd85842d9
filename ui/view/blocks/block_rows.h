/*
 * The rows of Blocks as a list sees them, and the cells it draws of them.
 *
 * The list of blocks (answer/block_list.h) is row numbers in order; a block is read from the trace
 * when it is drawn, so that five million cost what ten do. A list stays until the next one is
 * there. Loop thread only.
 */
#ifndef UI_VIEW_BLOCKS_BLOCK_ROWS_H
#define UI_VIEW_BLOCKS_BLOCK_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "answer/blocks/block_column.h"
#include "ui/view/view.h"
#include "ui/widget/list.h"

/* In the order of the screen: places of columns that the view speaks of. */
enum block_place {
    BLOCK_PLACE_ADDRESS,
    BLOCK_PLACE_SIZE,
    BLOCK_PLACE_HEAP,
    BLOCK_PLACE_PROCESS,
    BLOCK_PLACE_BORN,
    BLOCK_PLACE_DIED,
    BLOCK_PLACE_AGE,
    BLOCK_PLACE_LIFE,
    BLOCK_PLACE_CLASS,
    BLOCK_PLACE_TID,
    BLOCK_PLACE_FREE_TID,
    BLOCK_PLACE_SOURCE,
    BLOCK_PLACE_FREE_SOURCE,
    BLOCK_PLACE_CALLER,
    BLOCK_PLACE_CHAIN,
    BLOCK_PLACE_MODULE,
    BLOCK_PLACE_STACK,
    BLOCK_PLACE_END,
    BLOCK_PLACE_PID,
    BLOCK_PLACE_GENERATION,
    BLOCK_PLACE_ROW,
    BLOCK_PLACE_FREE_ROW,
    BLOCK_PLACE_COUNT
};

/* The context of the source and of the columns. */
struct block_rows {
    const struct view_env *env;
    const struct block_list *list; /* of the picture shown; NULL: none yet */
    bool descending;               /* it is read from its end */
    bool shows_death;              /* a column says how blocks ended */
    struct block block;            /* being drawn */
    struct block_reader reader;
};

void block_rows_init(struct block_rows *r, const struct view_env *env);
void block_rows_release(struct block_rows *r);

/* Takes the list of the picture shown; `descending` is the order wanted of one sorted by `order`.
 */
void block_rows_look(struct block_rows *r, enum block_order order, bool descending);

/* The context is a struct block_rows. Row ids are the numbers of the rows that opened them. */
extern const struct list_source block_rows_source;

/* Reads the block at `pos` < count of the list. */
void block_rows_get(const struct block_rows *r, uint64_t pos, struct block *out_block);

/* The columns of call stacks, and those of what only a block that died has, as bits. */
#define BLOCK_PLACES_OF_STACKS                                                                     \
    (1u << BLOCK_PLACE_CALLER | 1u << BLOCK_PLACE_MODULE | 1u << BLOCK_PLACE_STACK)
#define BLOCK_PLACES_OF_DEATH                                                                      \
    (1u << BLOCK_PLACE_DIED | 1u << BLOCK_PLACE_LIFE | 1u << BLOCK_PLACE_FREE_TID |                \
     1u << BLOCK_PLACE_FREE_SOURCE | 1u << BLOCK_PLACE_FREE_ROW)

/* The columns, by enum block_place. */
void block_cells_init(struct list_column out_columns[BLOCK_PLACE_COUNT]);

/* What the column at `place` shows. */
enum block_column_id block_cells_id(size_t place);

/*
 * Appends the condition that the row which opened `b` meets in the column. False, and nothing is
 * appended, when the cell holds nothing that the filter language can say.
 */
bool block_condition_put(struct strbuf *out, struct block_rows *r, const struct block *b,
                         enum block_column_id id);

#endif
