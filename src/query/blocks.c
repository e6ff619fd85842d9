/* Reading blocks off the columns; see blocks.h. */
#include "query/blocks.h"

#include <string.h>

#define WORD 64u

const char *const block_class_words[BLOCK_CLASSES] = {
    [BLOCK_AIFI] = "aifi", [BLOCK_AIFO] = "aifo",   [BLOCK_AOFI] = "aofi",
    [BLOCK_AOFO] = "aofo", [BLOCK_NEVER] = "never",
};

uint64_t block_moment(const struct trace *t, int64_t raw)
{
    return raw != INT64_MAX ? store_find_time(t->store, raw + 1) : store_rows(t->store);
}

/* One byte for each row, 0 or 1, as bits. */
static uint64_t pack(const uint8_t bytes[WORD])
{
    uint64_t word = 0;
    for (unsigned k = 0; k < WORD / 8; k++) {
        uint64_t eight;
        memcpy(&eight, bytes + 8 * k, sizeof eight);
        /* Gathers the low bits of eight bytes in the highest one. */
        word |= (eight * UINT64_C(0x0102040810204080) >> 56) << 8 * k;
    }
    return word;
}

/* The bits of the rows before `end`. */
static uint64_t rows_before(uint64_t row, uint64_t end)
{
    return end - row >= WORD ? UINT64_MAX : (UINT64_C(1) << (end - row)) - 1;
}

uint64_t blocks_opened(const struct trace *t, uint64_t row, uint64_t end)
{
    const struct store_chunk *c = store_chunk(t->store, row / STORE_CHUNK_ROWS);
    const uint16_t *flags = c->flags + row % STORE_CHUNK_ROWS;
    uint8_t opened[WORD];
    for (unsigned i = 0; i < WORD; i++)
        opened[i] = (flags[i] & ROW_OPENS) != 0;
    return pack(opened) & rows_before(row, end);
}

/*
 * The closing row lies `link` rows behind the opening one, 0 for none. This thread alone writes
 * links, so they are read as plain numbers, and many at once.
 */
uint64_t blocks_alive(const struct trace *t, uint64_t row, uint64_t moment)
{
    const struct store_chunk *c = store_chunk(t->store, row / STORE_CHUNK_ROWS);
    const uint32_t *link = (const uint32_t *)(uintptr_t)(c->link + row % STORE_CHUNK_ROWS);
    uint64_t opened = blocks_opened(t, row, moment);
    if (opened == 0)
        return 0;
    uint8_t alive[WORD];
    /* From row + i the moment is `need` rows away; none is UINT32_MAX after the subtraction. */
    uint32_t need = (uint32_t)(moment - row);
    for (unsigned i = 0; i < WORD; i++)
        alive[i] = link[i] - 1u >= need - i - 1u;
    return pack(alive) & opened;
}

uint64_t block_closer(const struct trace *t, uint64_t opener, uint64_t end)
{
    const struct store_chunk *c = store_chunk(t->store, opener / STORE_CHUNK_ROWS);
    uint64_t closer = store_chunk_link(c, (uint32_t)(opener % STORE_CHUNK_ROWS), opener);
    return closer < end ? closer : ROW_NONE;
}

/* What a ReAlloc in place made of it stands in the row of the last one. */
uint64_t block_size_at(const struct trace *t, uint64_t opener, uint64_t moment)
{
    const struct resizes *resizes = replay_resizes(t->replay);
    uint64_t last = resizes_last(resizes, opener);
    uint64_t from = last != ROW_NONE ? last : opener;
    const struct store_chunk *c = store_chunk(t->store, from / STORE_CHUNK_ROWS);
    uint64_t size = store_chunk_size(c, (uint32_t)(from % STORE_CHUNK_ROWS));
    return last != ROW_NONE ? resizes_size_at(resizes, opener, moment, size) : size;
}
