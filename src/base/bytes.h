/*
 * Reading little-endian values out of untrusted bytes.
 *
 * A span is a borrowed range; every reader checks that the value lies inside it. load_* are for
 * places whose bounds were checked before. Nothing here allocates; unaligned addresses are fine.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
    const uint8_t *p; /* borrowed */
    size_t len;
};

static inline uint16_t load_u16(const uint8_t *p)
{
    uint16_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint32_t load_u32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint64_t load_u64(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline int64_t load_i64(const uint8_t *p)
{
    int64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* True when [off, off + n) lies inside the span. */
static inline bool span_has(struct span s, size_t off, size_t n)
{
    return off <= s.len && n <= s.len - off;
}

/* The rest of the span from `off`; empty when `off` is past its end. */
static inline struct span span_from(struct span s, size_t off)
{
    if (off > s.len)
        return (struct span){s.p, 0};
    return (struct span){s.p + off, s.len - off};
}

static inline bool span_u16(struct span s, size_t off, uint16_t *out_v)
{
    if (!span_has(s, off, 2))
        return false;
    *out_v = load_u16(s.p + off);
    return true;
}

static inline bool span_u32(struct span s, size_t off, uint32_t *out_v)
{
    if (!span_has(s, off, 4))
        return false;
    *out_v = load_u32(s.p + off);
    return true;
}

static inline bool span_u64(struct span s, size_t off, uint64_t *out_v)
{
    if (!span_has(s, off, 8))
        return false;
    *out_v = load_u64(s.p + off);
    return true;
}

#endif
