/* One pass over two columns; see stack_count.h. */
#include "export/stack_count.h"

#include <errno.h>
#include <stdlib.h>

#include "export/row_scan.h"

/* Counts a stack the first time it is seen. */
static void see(uint64_t *seen, uint32_t stack, struct stack_count *n)
{
    uint64_t bit = UINT64_C(1) << stack % 64;
    n->distinct += (seen[stack / 64] & bit) == 0;
    seen[stack / 64] |= bit;
}

static void count_row(const struct trace *t, uint64_t row, uint64_t *seen, struct stack_count *n)
{
    const struct store_chunk *c = store_chunk(t->store, row / STORE_CHUNK_ROWS);
    uint32_t i = (uint32_t)(row % STORE_CHUNK_ROWS);
    unsigned op = store_chunk_op(c, i);
    if (op != HEAP_OP_ALLOC && op != HEAP_OP_REALLOC)
        return;
    uint32_t stack = store_chunk_stack(c, i);
    n->without += stack == STACK_NONE;
    if (stack == STACK_NONE)
        return;
    n->with++;
    see(seen, stack, n);
}

int stack_count_rows(const struct trace *t, const struct query_spec *asked, struct stack_count *out)
{
    static const struct query_spec everything = {.since = INT64_MIN, .until = INT64_MAX};
    if (asked == NULL)
        asked = &everything;
    uint64_t *seen = calloc(stack_table_count(t->stacks) / 64 + 1, sizeof *seen);
    struct row_scan scan;
    int rc = row_scan_init(&scan, t, asked->filter, asked->since, asked->until);
    if (seen == NULL)
        rc = -ENOMEM;
    if (rc == 0) {
        struct stack_count n = {0};
        for (uint64_t row; (row = row_scan_next(&scan)) != ROW_NONE;)
            count_row(t, row, seen, &n);
        *out = n;
    }
    row_scan_release(&scan);
    free(seen);
    return rc;
}
