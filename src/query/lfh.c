/* Arithmetic of the buckets; see lfh.h. */
#include "query/lfh.h"

#define HEADER       8
#define LARGEST      16384
#define STEPS_EACH   16 /* buckets of one step, behind the first stretch */
#define LEAST_BLOCKS 2  /* a block is at least so many granules */

static uint64_t granule(unsigned pointer_size)
{
    return pointer_size == 4 ? 8 : 16;
}

/* Blocks up to here go by single granules: 32 buckets of 8, 64 of 16. */
static uint64_t fine_end(unsigned pointer_size)
{
    return pointer_size == 4 ? 256 : 1024;
}

unsigned lfh_bucket(uint64_t size, unsigned pointer_size)
{
    uint64_t unit = granule(pointer_size), end = fine_end(pointer_size);
    if (size > LARGEST - HEADER)
        return LFH_NONE;
    uint64_t block = (size + HEADER + unit - 1) / unit * unit;
    block = block < LEAST_BLOCKS * unit ? LEAST_BLOCKS * unit : block;
    unsigned first = (unsigned)(end / unit);
    if (block <= end)
        return (unsigned)(block / unit);
    for (; block > 2 * end; end *= 2)
        first += STEPS_EACH;
    uint64_t step = end / STEPS_EACH;
    return first + (unsigned)((block - end + step - 1) / step);
}

uint64_t lfh_block_size(unsigned bucket, unsigned pointer_size)
{
    uint64_t unit = granule(pointer_size), end = fine_end(pointer_size);
    unsigned first = (unsigned)(end / unit);
    if (bucket <= first)
        return bucket * unit;
    for (; bucket > first + STEPS_EACH; end *= 2)
        first += STEPS_EACH;
    return end + (bucket - first) * (end / STEPS_EACH);
}

void lfh_requests(unsigned bucket, unsigned pointer_size, uint64_t *out_from, uint64_t *out_to)
{
    if (bucket == LFH_NONE) {
        *out_from = LARGEST - HEADER + 1;
        *out_to = UINT64_MAX;
        return;
    }
    uint64_t below = lfh_block_size(bucket - 1, pointer_size);
    *out_to = lfh_block_size(bucket, pointer_size) - HEADER;
    *out_from = below > HEADER ? below - HEADER + 1 : 1;
    if (bucket == LEAST_BLOCKS)
        *out_from = 0;
    else if (bucket < LEAST_BLOCKS)
        *out_from = *out_to + 1;
}
