/*
 * Which bucket of the low-fragmentation heap (LFH) a request belongs to.
 *
 * The LFH of Windows hands out blocks of 128 sizes. A request plus 8 bytes of header, rounded up to
 * the heap's granularity and at least two of those, is a block; the bucket is the smallest one that
 * holds it:
 *
 *     granularity 8 (32 bit)          granularity 16 (64 bit)
 *     buckets  step  blocks up to     buckets  step  blocks up to
 *       1..32     8           256       1..64    16         1,024
 *      33..48    16           512      65..80    64         2,048
 *      49..64    32         1,024      81..96   128         4,096
 *      65..80    64         2,048      97..112  256         8,192
 *      81..96   128         4,096     113..128  512        16,384
 *      97..112  256         8,192
 *     113..128  512        16,384
 *
 * Where it comes from: the left table is in Microsoft's documentation ("Low-fragmentation Heap"),
 * the right one is what published research on the 64-bit heap tells. How sure it is: that a block
 * is the request plus 8, and two granules at least, holds for the distances of neighbours in a
 * 64-bit capture (4, 16 and 24 bytes: 32; 54 and 56: 64; 75: 96). Later versions of Windows may
 * differ above 1,024; the segment heap, which has no headers in these blocks, does. A bucket here
 * is a class of sizes: whether the LFH did serve a request is told by its Source alone.
 */
#ifndef QUERY_LFH_H
#define QUERY_LFH_H

#include <stdint.h>

#define LFH_BUCKETS 128

/* In place of a bucket: blocks above 16,384 bytes, which the LFH has none for. */
#define LFH_NONE 0

/* The bucket of a request, 1 to 128 or LFH_NONE. `pointer_size` is 4 or 8; anything else is taken
 * for 8. O(1). */
unsigned lfh_bucket(uint64_t size, unsigned pointer_size);

/* Bytes of the blocks in a bucket, header included. */
uint64_t lfh_block_size(unsigned bucket, unsigned pointer_size);

/* The requests [*out_from, *out_to] of a bucket or of LFH_NONE, both included; from > to for the
 * first bucket, whose blocks are smaller than any. */
void lfh_requests(unsigned bucket, unsigned pointer_size, uint64_t *out_from, uint64_t *out_to);

#endif
