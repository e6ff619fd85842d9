/*
 * GUIDs of providers and event classes: loading, comparing, naming.
 *
 * A GUID is kept as its 16 bytes on disk, so that comparing needs no decoding. The table of known
 * providers also says which hook group (etl-format 2.3) logs the same events, so that a record in
 * GUID form and one in hook form look alike to the rest of the decoder.
 */
#ifndef DECODER_ETL_GUID_H
#define DECODER_ETL_GUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes of the text form "222962ab-6180-4b88-a825-346b75f2a24a" with its NUL. */
#define ETL_GUID_TEXT_SIZE 37

struct etl_guid {
    uint8_t bytes[16]; /* as on disk: u32, u16, u16 little-endian, then 8 raw bytes */
};

/*
 * Groups of kernel hooks, the high byte of a hook id (etl-format 2.3). Values above a byte are
 * ours: providers known by GUID alone.
 */
enum etl_group {
    ETL_GROUP_EVENT_TRACE = 0x00,
    ETL_GROUP_PAGE_FAULT = 0x02, /* HeapRange records, too */
    ETL_GROUP_PROCESS = 0x03,
    ETL_GROUP_THREAD = 0x05,
    ETL_GROUP_CONFIG = 0x0b, /* SystemConfig */
    ETL_GROUP_PERFINFO = 0x0f,
    ETL_GROUP_HEAP = 0x10,
    ETL_GROUP_IMAGE = 0x14,
    ETL_GROUP_STACK_WALK = 0x18,
    ETL_GROUP_COUNT = 0x1f,       /* groups with a known GUID are 0 .. ETL_GROUP_COUNT - 1 */
    ETL_GROUP_LOST_EVENT = 0x100, /* RT_LostEvent */
    ETL_GROUP_IMAGE_ID = 0x101,
    ETL_GROUP_SYSTEM_CONFIG_EX = 0x102,
    ETL_GROUP_NONE = 0xffff, /* no group: any other provider */
};

/* The GUID whose 16 bytes begin at `p`. */
static inline struct etl_guid etl_guid_load(const uint8_t *p)
{
    struct etl_guid g;
    memcpy(g.bytes, p, sizeof g.bytes);
    return g;
}

static inline bool etl_guid_equal(const struct etl_guid *a, const struct etl_guid *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/* A well mixed 32-bit hash. */
uint32_t etl_guid_hash(const struct etl_guid *g);

/* Writes the lower-case text form without braces; returns `buf`. */
const char *etl_guid_format(const struct etl_guid *g, char buf[static ETL_GUID_TEXT_SIZE]);

/* A short name of a known provider ("Heap", "StackWalk", "ImageId"), else NULL. Scans a table of
 * some forty. */
const char *etl_guid_name(const struct etl_guid *g);

/* The GUID of a hook group (etl-format 2.3), or NULL for a group that is not known. O(1). */
const struct etl_guid *etl_guid_of_group(unsigned group);

/* The group whose events carry `g` as class GUID, ETL_GROUP_NONE for any other. Scans the
 * same table. */
uint16_t etl_guid_group(const struct etl_guid *g);

/*
 * Splits a hook id into group and opcode. Hook 0x030A, though in the Process group, is Image Load
 * (etl-format 2.3): it gives ETL_GROUP_IMAGE, opcode 10.
 */
static inline uint16_t etl_hook_group(uint16_t hook)
{
    return hook == 0x030a ? ETL_GROUP_IMAGE : (uint16_t)(hook >> 8);
}

static inline uint8_t etl_hook_opcode(uint16_t hook)
{
    return (uint8_t)(hook & 0xff);
}

#endif
