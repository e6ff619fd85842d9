/*
 * The next block of a list whose opening row is a hit.
 *
 * Few hits are looked up in the list, each by its place. With many of them the next one is near, as
 * a rule: the list is looked through from where one is, a part at each call, so that no call works
 * longer than about a millisecond. Loop thread only.
 */
#ifndef UI_VIEW_BLOCKS_BLOCK_SEEK_H
#define UI_VIEW_BLOCKS_BLOCK_SEEK_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/widget/stops.h"

struct block_rows;
struct query;

enum block_seek_state {
    BLOCK_SEEK_IDLE,
    BLOCK_SEEK_WAITS, /* for rows that are not searched yet, or for the list: the next picture */
    BLOCK_SEEK_GOES,  /* there is more to look through: call again */
    BLOCK_SEEK_FOUND,
    BLOCK_SEEK_NONE, /* no block of the list is a hit */
};

/* Zeroed it is idle. */
struct block_seek {
    enum block_seek_state state;
    struct stops_jump jump;
    uint64_t from;         /* the position it starts at */
    uint64_t looked;       /* positions looked through, from there on */
    uint64_t count;        /* of the list when the first was; another list starts it again */
    uint64_t left;         /* hits still to be passed */
    uint64_t last;         /* position of the hit passed last; UINT64_MAX: none yet */
    uint64_t at;           /* FOUND: its position, */
    uint64_t index, total; /* the how manyth hit it is of how many; 0: nobody counted */
    bool wrapped;          /* and that the way led round an end */
};

/* From the position `from`. */
void block_seek_start(struct block_seek *s, const struct stops_jump *jump, uint64_t from);

/* Works on; `hits` may be NULL while nothing is known. Returns the state. */
enum block_seek_state block_seek_step(struct block_seek *s, const struct block_rows *r,
                                      const struct query *hits);

/* How much of the list was looked through, in percent. */
unsigned block_seek_percent(const struct block_seek *s);

#endif
