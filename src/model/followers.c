/* Rows that follow a block's life, by the block (followers.h). */
#include "model/followers.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"

/* All blocks are of one owner: rows are numbered through the whole trace. */
#define OWNER 0

void followers_init(struct followers *f)
{
    *f = (struct followers){0};
    id_map_init(&f->newest);
}

void followers_release(struct followers *f)
{
    id_map_release(&f->newest);
    free(f->list);
    f->list = NULL;
}

int followers_add(struct followers *f, uint64_t opener, uint64_t row)
{
    if (f->count == FOLLOWERS_END - 1)
        return -ENOMEM;
    int rc = base_grow((void **)&f->list, &f->cap, f->count + 1, sizeof *f->list);
    if (rc != 0)
        return rc;
    uint32_t mine = (uint32_t)f->count;
    uint32_t *newest = id_map_find(&f->newest, OWNER, opener);
    uint32_t next = newest != NULL ? *newest : FOLLOWERS_END;
    if (newest != NULL)
        *newest = mine;
    else if ((rc = id_map_add(&f->newest, OWNER, opener, mine)) != 0)
        return rc;
    f->list[f->count++] = (struct follower){row, next};
    return 0;
}

uint32_t followers_first(const struct followers *f, uint64_t opener)
{
    const uint32_t *newest = id_map_find(&f->newest, OWNER, opener);
    return newest != NULL ? *newest : FOLLOWERS_END;
}
