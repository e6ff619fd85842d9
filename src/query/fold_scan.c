/*
 * How blocks lie to a range whose rows were taken as tiles: a tile cannot say which of the blocks
 * that ended in it had been opened in the range, for it does not know the range.
 *
 * Blocks are looked at in the columns (blocks.h): those that were there as the range began and
 * ended in it, and those opened in it that are still there. All others follow from these. Rows that
 * come behind the scan's moment are counted while they are folded, and add to what it finds.
 */
#include "query/blocks.h"
#include "query/fold_priv.h"

static void forget_aifo(struct figures *f)
{
    f->aifo_bytes = f->aifo_blocks = 0;
}

static void begin(struct fold *f)
{
    struct block_sum *freed = f->freed;
    f->scan.moment = f->end;
    f->scan.next = 0;
    freed[BLOCK_AIFI].bytes += freed[BLOCK_AOFI].bytes;
    freed[BLOCK_AIFI].blocks += freed[BLOCK_AOFI].blocks;
    freed[BLOCK_AOFI] = (struct block_sum){0, 0};
    forget_aifo(&f->total);
    for (size_t i = 0; i < f->heap_count; i++)
        forget_aifo(&f->heaps[i].f);
    for (size_t i = 0; i < f->processes.count; i++)
        forget_aifo(&f->processes.f[i]);
    for (size_t i = 0; i < f->threads.count; i++)
        forget_aifo(&f->threads.f[i]);
}

static void add_aifo(struct figures *f, uint64_t bytes)
{
    f->aifo_bytes += bytes;
    f->aifo_blocks++;
}

static void count_alive(struct fold *f, uint64_t row)
{
    const struct store_chunk *c = store_chunk(f->trace->store, row / STORE_CHUNK_ROWS);
    uint32_t i = (uint32_t)(row % STORE_CHUNK_ROWS);
    uint64_t bytes = block_size_at(f->trace, row, f->scan.moment);
    uint32_t heap = store_chunk_heap(c, i), thread = c->thread[i];
    add_aifo(&f->total, bytes);
    add_aifo(&f->threads.f[thread], bytes);
    add_aifo(&f->processes.f[f->process_of[thread]], bytes);
    if (heap != INDEX_NONE)
        add_aifo(&f->heaps[heap].f, bytes);
}

/* Opened before the range and ended in it: it was taken for one that was opened there. */
static void count_freed(struct fold *f, uint64_t row)
{
    uint64_t bytes = block_size_at(f->trace, row, f->scan.moment);
    f->freed[BLOCK_AOFI].bytes += bytes;
    f->freed[BLOCK_AOFI].blocks++;
    f->freed[BLOCK_AIFI].bytes -= bytes;
    f->freed[BLOCK_AIFI].blocks--;
}

static void count_bits(struct fold *f, uint64_t row, uint64_t bits,
                       void (*count)(struct fold *f, uint64_t row))
{
    for (; bits != 0; bits &= bits - 1)
        count(f, row + (unsigned)__builtin_ctzll(bits));
}

/* The 64 rows from `row` on. */
static void scan_word(struct fold *f, uint64_t row)
{
    uint64_t mine = f->matches != NULL ? matches_word(f->matches, row) : UINT64_MAX;
    uint64_t first = f->first_row;
    uint64_t before = row >= first ? 0 : blocks_alive(f->trace, row, first) & mine;
    if (mine == 0 || (before == 0 && row + 64 <= first))
        return;
    uint64_t alive = blocks_alive(f->trace, row, f->scan.moment) & mine;
    count_bits(f, row, before & ~alive, count_freed);
    uint64_t inside = row >= first        ? UINT64_MAX
                      : row + 64 <= first ? 0
                                          : UINT64_MAX << (first - row);
    count_bits(f, row, alive & inside, count_alive);
}

void fold_scan_classes(struct fold *f, uint64_t max_rows)
{
    struct fold_scan *s = &f->scan;
    if (!s->needed)
        return;
    if (s->moment == 0)
        begin(f);
    uint64_t rows = max_rows < s->moment ? max_rows * FOLD_TILE_GAIN : s->moment;
    uint64_t end = s->moment - s->next < rows ? s->moment : s->next + rows;
    for (end = (end + 63) & ~UINT64_C(63); s->next < end && s->next < s->moment; s->next += 64)
        scan_word(f, s->next);
    s->needed = s->next < s->moment;
}
