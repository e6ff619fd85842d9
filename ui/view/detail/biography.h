/*
 * The life of an address: every event of every block that ever stood there, over all generations of
 * the block and of its heap.
 *
 * The worker looks for the rows (ASIDE_ADDRESS); here is the question it is asked, and how its
 * answer reads. Nothing is copied: a row is looked at when it is drawn. Loop thread only.
 */
#ifndef UI_VIEW_DETAIL_BIOGRAPHY_H
#define UI_VIEW_DETAIL_BIOGRAPHY_H

#include <stdbool.h>
#include <stdint.h>

#include "answer/snapshot.h"
#include "base/strbuf.h"

/* What an event did at an address. */
enum life_stage {
    LIFE_BORN,
    LIFE_RESIZED,    /* in place */
    LIFE_MOVED_HERE, /* the ReAlloc that tells so */
    LIFE_MOVED_ON,   /* likewise */
    LIFE_FREED,
    LIFE_NOTHING, /* a Free without a block, or what replay could not explain */
};

struct biography {
    const struct trace *trace;
    struct query *rows; /* the answer, borrowed; NULL while there is none */
    uint64_t shown;     /* rows of the trace in the picture: later ones are not told */
    uint64_t scanned;   /* of them, searched so far */
    uint64_t count;     /* events of the address found among these */
    uint64_t address;
};

/* The address whose life a row belongs to: where its block stands now. False for events of no
 * block. */
bool biography_address(const struct row *row, uint64_t *out_address);

/* Writes the question for all rows of `address` in the heap of `row`, over all its generations, to
 * `out` (cleared first). O(heaps). */
void biography_question(struct strbuf *out, const struct trace *trace, const struct row *row,
                        uint64_t address);

/*
 * Looks for the answer to `question`: in the picture that is shown, or, when that is frozen, in the
 * newest one of the same trace. Without one `rows` is NULL and `count` 0.
 */
void biography_look(struct biography *b, const struct snapshot *shown,
                    const struct snapshot *newest, const char *question, uint64_t address);

/* True when no event of the address can have been missed. */
bool biography_is_complete(const struct biography *b);

/* Event `k` < count, as a row id; ROW_NONE when the picture has changed meanwhile. */
uint64_t biography_row(const struct biography *b, uint64_t k);

/* How many events of the address come before `row`: its place, when it is one. */
uint64_t biography_place(const struct biography *b, uint64_t row);

/* What `row` did at the address, and the row that opened the block it did it to; ROW_NONE when that
 * is not known. */
enum life_stage biography_stage(const struct biography *b, const struct row *row);
uint64_t biography_block(const struct biography *b, const struct row *row);

/* The row that opened the block which a moving ReAlloc took away; ROW_NONE when not known. */
uint64_t biography_old_opener(const struct trace *trace, uint64_t row);

#endif
