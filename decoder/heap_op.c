/*
 * Heap operations and their payloads as one table; see heap_op.h.
 *
 * A payload is described once, by macros that take the pointer size P; every offset follows from
 * the number of pointers and of 32-bit words in front of a field, because payloads are packed
 * (etl-format 4.2 to 4.5). Older versions are prefixes of the newest.
 */
#include "decoder/heap_op.h"

#include <stdio.h>
#include <strings.h>

#include "decoder/event.h"

/* A pointer-sized field (PTR) or a 32-bit one (U32) behind `ptrs` pointers and `words` words. */
#define PTR(P, name, ptrs, words, unit, slot)                                                      \
    {                                                                                              \
        name, (ptrs) * (P) + (words)*4, P, HEAP_UNIT_##unit, HEAP_SLOT_##slot                      \
    }
#define U32(P, name, ptrs, words, unit, slot)                                                      \
    {                                                                                              \
        name, (ptrs) * (P) + (words)*4, 4, HEAP_UNIT_##unit, HEAP_SLOT_##slot                      \
    }
#define HANDLE(P) PTR(P, "HeapHandle", 0, 0, HEX, HEAP)

#define ALLOC(P)                                                                                   \
    HANDLE(P), PTR(P, "Size", 1, 0, BYTES, SIZE), PTR(P, "Address", 2, 0, HEX, ADDRESS),           \
        U32(P, "Source", 3, 0, SOURCE, SOURCE)

#define REALLOC(P)                                                                                 \
    HANDLE(P), PTR(P, "NewAddress", 1, 0, HEX, ADDRESS),                                           \
        PTR(P, "OldAddress", 2, 0, HEX, OLD_ADDRESS), PTR(P, "NewSize", 3, 0, BYTES, SIZE),        \
        PTR(P, "OldSize", 4, 0, BYTES, OLD_SIZE), U32(P, "Source", 5, 0, SOURCE, SOURCE)

#define FREE(P)                                                                                    \
    HANDLE(P), PTR(P, "Address", 1, 0, HEX, ADDRESS), U32(P, "Source", 2, 0, SOURCE, SOURCE)

#define CREATE(P)                                                                                  \
    HANDLE(P), U32(P, "HeapFlags", 1, 0, FLAGS, EXTRA),                                            \
        PTR(P, "ReservedSpace", 1, 1, BYTES, EXTRA), PTR(P, "CommittedSpace", 2, 1, BYTES, EXTRA), \
        PTR(P, "AllocatedSpace", 3, 1, BYTES, EXTRA)

/* Expand and Contract differ in the names of two fields. */
#define RESIZE(P, size, address)                                                                   \
    HANDLE(P), PTR(P, size, 1, 0, BYTES, SIZE), PTR(P, address, 2, 0, HEX, ADDRESS),               \
        PTR(P, "FreeSpace", 3, 0, BYTES, EXTRA), PTR(P, "CommittedSpace", 4, 0, BYTES, EXTRA),     \
        PTR(P, "ReservedSpace", 5, 0, BYTES, EXTRA), U32(P, "NoOfUCRs", 6, 0, COUNT, EXTRA),       \
        PTR(P, "AllocatedSpace", 6, 1, BYTES, EXTRA)
#define EXPAND(P)   RESIZE(P, "CommittedSize", "CommitAddress")
#define CONTRACT(P) RESIZE(P, "DeCommittedSize", "DeCommitAddress")

#define SNAPSHOT(P)                                                                                \
    HANDLE(P), PTR(P, "FreeSpace", 1, 0, BYTES, EXTRA),                                            \
        PTR(P, "CommittedSpace", 2, 0, BYTES, EXTRA), PTR(P, "ReservedSpace", 3, 0, BYTES, EXTRA), \
        U32(P, "HeapFlags", 4, 0, FLAGS, EXTRA), U32(P, "ProcessId", 4, 1, ID, EXTRA),             \
        PTR(P, "LargeUCRSpace", 4, 2, BYTES, EXTRA), U32(P, "FreeListLength", 5, 2, COUNT, EXTRA), \
        U32(P, "UCRLength", 5, 3, COUNT, EXTRA), PTR(P, "AllocatedSpace", 5, 4, BYTES, EXTRA),     \
        PTR(P, "HeapTag", 6, 4, HEX, EXTRA)

#define HANDLE_ONLY(P) HANDLE(P)

#define SUBSEGMENT(P)                                                                              \
    HANDLE(P), PTR(P, "SubSegment", 1, 0, HEX, EXTRA),                                             \
        PTR(P, "SubSegmentSize", 2, 0, BYTES, EXTRA), PTR(P, "BlockSize", 3, 0, BYTES, EXTRA)

#define COMMIT(P)                                                                                  \
    HANDLE(P), PTR(P, "Block", 1, 0, HEX, EXTRA), PTR(P, "Size", 2, 0, BYTES, EXTRA),              \
        U32(P, "Caller", 3, 0, CALLER, EXTRA)

#define SUBSEGMENT_INIT(P)                                                                         \
    HANDLE(P), PTR(P, "SubSegment", 1, 0, HEX, EXTRA), PTR(P, "BlockSize", 2, 0, BYTES, EXTRA),    \
        PTR(P, "BlockCount", 3, 0, COUNT, EXTRA), U32(P, "AffinityIndex", 4, 0, COUNT, EXTRA)

#define AFFINITY_ENABLE(P) HANDLE(P), U32(P, "BucketIndex", 1, 0, COUNT, EXTRA)

#define AFFINITY_SLOT(P) U32(P, "SlotIndex", 0, 0, ID, EXTRA)

#define ACTIVATED(P) HANDLE(P), PTR(P, "SubSegment", 1, 0, HEX, EXTRA)

#define SLOT_CHANGED(P) ACTIVATED(P), U32(P, "SlotIndex", 2, 0, ID, EXTRA)

#define REUSE_THRESHOLD(P) ACTIVATED(P), U32(P, "BucketIndex", 2, 0, COUNT, EXTRA)

/* The pairs {Address, Size} that follow are not fields: RangeCount says how many there were. */
#define RANGE_RUNDOWN(P)                                                                           \
    HANDLE(P), U32(P, "Flags", 1, 0, FLAGS, EXTRA), U32(P, "ProcessId", 1, 1, ID, EXTRA),          \
        U32(P, "RangeCount", 1, 2, COUNT, EXTRA)

#define RANGE_CREATE(P)                                                                            \
    HANDLE(P), PTR(P, "FirstRangeSize", 1, 0, BYTES, SIZE), U32(P, "Flags", 2, 0, FLAGS, EXTRA)

#define RANGE(P) HANDLE(P), PTR(P, "Address", 1, 0, HEX, ADDRESS), PTR(P, "Size", 2, 0, BYTES, SIZE)

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

/* The fields of payload FIELDS in both pointer sizes. */
#define FIELDS(id, LIST)                                                                           \
    static const struct heap_field id##_32[] = {LIST(4)};                                          \
    static const struct heap_field id##_64[] = {LIST(8)}

FIELDS(alloc, ALLOC);
FIELDS(realloc, REALLOC);
FIELDS(free, FREE);
FIELDS(create, CREATE);
FIELDS(expand, EXPAND);
FIELDS(contract, CONTRACT);
FIELDS(snapshot, SNAPSHOT);
FIELDS(handle, HANDLE_ONLY);
FIELDS(subsegment, SUBSEGMENT);
FIELDS(commit, COMMIT);
FIELDS(subsegment_init, SUBSEGMENT_INIT);
FIELDS(affinity_enable, AFFINITY_ENABLE);
FIELDS(affinity_slot, AFFINITY_SLOT);
FIELDS(activated, ACTIVATED);
FIELDS(slot_changed, SLOT_CHANGED);
FIELDS(reuse_threshold, REUSE_THRESHOLD);
FIELDS(range_rundown, RANGE_RUNDOWN);
FIELDS(range_create, RANGE_CREATE);
FIELDS(range, RANGE);

/* Of one pointer size the sizes ascend, so the last one that fits is the newest (etl-format 4.1).
 */
static const struct heap_layout alloc_layouts[] = {
    {16, 4, 4, alloc_32},
    {28, 8, 4, alloc_64},
};
static const struct heap_layout realloc_layouts[] = {
    {24, 4, 6, realloc_32},
    {44, 8, 6, realloc_64},
};
static const struct heap_layout free_layouts[] = {
    {12, 4, 3, free_32},
    {20, 8, 3, free_64},
};
static const struct heap_layout create_layouts[] = {
    {8, 4, 2, create_32},
    {20, 4, 5, create_32},
    {12, 8, 2, create_64},
    {36, 8, 5, create_64},
};
static const struct heap_layout expand_layouts[] = {
    {28, 4, 7, expand_32},
    {32, 4, 8, expand_32},
    {52, 8, 7, expand_64},
    {60, 8, 8, expand_64},
};
static const struct heap_layout contract_layouts[] = {
    {28, 4, 7, contract_32},
    {32, 4, 8, contract_32},
    {52, 8, 7, contract_64},
    {60, 8, 8, contract_64},
};
static const struct heap_layout snapshot_layouts[] = {
    {20, 4, 5, snapshot_32},  {36, 4, 9, snapshot_32},  {40, 4, 10, snapshot_32},
    {44, 4, 11, snapshot_32}, {36, 8, 5, snapshot_64},  {56, 8, 9, snapshot_64},
    {64, 8, 10, snapshot_64}, {72, 8, 11, snapshot_64},
};
static const struct heap_layout handle_layouts[] = {
    {4, 4, 1, handle_32},
    {8, 8, 1, handle_64},
};
static const struct heap_layout subsegment_layouts[] = {
    {16, 4, 4, subsegment_32},
    {32, 8, 4, subsegment_64},
};
/* The 64-bit struct is padded to 32 bytes (etl-format 4.5); a packed one is accepted, too. */
static const struct heap_layout commit_layouts[] = {
    {16, 4, 4, commit_32},
    {28, 8, 4, commit_64},
    {32, 8, 4, commit_64},
};
static const struct heap_layout subsegment_init_layouts[] = {
    {20, 4, 5, subsegment_init_32},
    {36, 8, 5, subsegment_init_64},
};
static const struct heap_layout affinity_enable_layouts[] = {
    {8, 4, 2, affinity_enable_32},
    {12, 8, 2, affinity_enable_64},
};
static const struct heap_layout affinity_slot_layouts[] = {
    {4, 4, 1, affinity_slot_32},
    {4, 8, 1, affinity_slot_64},
};
static const struct heap_layout activated_layouts[] = {
    {8, 4, 2, activated_32},
    {16, 8, 2, activated_64},
};
static const struct heap_layout slot_changed_layouts[] = {
    {12, 4, 3, slot_changed_32},
    {20, 8, 3, slot_changed_64},
};
static const struct heap_layout reuse_threshold_layouts[] = {
    {12, 4, 3, reuse_threshold_32},
    {20, 8, 3, reuse_threshold_64},
};
static const struct heap_layout range_rundown_layouts[] = {
    {16, 4, 4, range_rundown_32},
    {20, 8, 4, range_rundown_64},
};
static const struct heap_layout range_create_layouts[] = {
    {12, 4, 3, range_create_32},
    {20, 8, 3, range_create_64},
};
static const struct heap_layout range_layouts[] = {
    {12, 4, 3, range_32},
    {24, 8, 3, range_64},
};

#define OP(op, letter, name, word, layouts, description)                                           \
    {                                                                                              \
        op, letter, name, word, description, layouts, COUNT_OF(layouts)                            \
    }

/* The heap provider's opcodes from 32 on without a gap, then the HeapRange records (etl-format 4.1,
 * 4.9). */
static const struct heap_op_info ops[] = {
    OP(HEAP_OP_CREATE, 'C', "Create", "create", create_layouts, "A heap was created."),
    OP(HEAP_OP_ALLOC, 'A', "Alloc", "alloc", alloc_layouts,
       "A block was allocated; address 0 means that it failed."),
    OP(HEAP_OP_REALLOC, 'R', "ReAlloc", "realloc", realloc_layouts,
       "A block was resized, in place or by moving it."),
    OP(HEAP_OP_DESTROY, 'D', "Destroy", "destroy", handle_layouts,
       "A heap was destroyed with all its blocks."),
    OP(HEAP_OP_FREE, 'F', "Free", "free", free_layouts, "A block was freed."),
    OP(HEAP_OP_EXPAND, 'E', "Expand", "expand", expand_layouts, "The heap committed more memory."),
    OP(HEAP_OP_SNAPSHOT, 'S', "SnapShot", "snapshot", snapshot_layouts,
       "The state of a heap at this time."),
    OP(HEAP_OP_CREATE_SNAPSHOT, 's', "CreateSnapShot", "createsnap", snapshot_layouts,
       "The state of a heap as it was created."),
    OP(HEAP_OP_DESTROY_SNAPSHOT, 's', "DestroySnapShot", "destroysnap", snapshot_layouts,
       "The state of a heap as it was destroyed."),
    OP(HEAP_OP_EXTEND_SNAPSHOT, 's', "ExtendSnapShot", "extendsnap", snapshot_layouts,
       "The state of a heap as it was extended."),
    OP(HEAP_OP_CONTRACT, 'K', "Contract", "contract", contract_layouts,
       "The heap gave committed memory back."),
    OP(43, 'L', "Lock", "lock", handle_layouts, "A heap was locked."),
    OP(44, 'U', "Unlock", "unlock", handle_layouts, "A heap was unlocked."),
    OP(45, 'V', "Validate", "validate", handle_layouts, "A heap was validated."),
    OP(46, 'W', "Walk", "walk", handle_layouts, "The blocks of a heap were enumerated."),
    OP(47, 'a', "SubSegmentAlloc", "subsegalloc", subsegment_layouts,
       "The low-fragmentation heap took memory for a sub-segment."),
    OP(48, 'f', "SubSegmentFree", "subsegfree", subsegment_layouts,
       "The low-fragmentation heap gave a sub-segment back."),
    OP(49, 'a', "SubSegmentAllocCached", "cachedalloc", subsegment_layouts,
       "A sub-segment was taken from the cache."),
    OP(50, 'f', "SubSegmentFreeCached", "cachedfree", subsegment_layouts,
       "A sub-segment was put into the cache."),
    OP(51, 'c', "Commit", "commit", commit_layouts, "Pages of the heap were committed."),
    OP(52, 'd', "Decommit", "decommit", commit_layouts, "Pages of the heap were decommitted."),
    OP(53, 'i', "SubSegmentInit", "subseginit", subsegment_init_layouts,
       "A sub-segment was divided into blocks of one size."),
    OP(54, 'y', "AffinityManagerEnable", "affinity", affinity_enable_layouts,
       "A bucket began to keep sub-segments per processor."),
    OP(55, 'y', "AffinitySlotAssigned", "slotassigned", affinity_slot_layouts,
       "A thread was given an affinity slot."),
    OP(56, 'i', "SubSegmentActivated", "subsegactive", activated_layouts,
       "A sub-segment came into use."),
    OP(57, 'y', "AffinitySlotChanged", "slotchanged", slot_changed_layouts,
       "A sub-segment moved to another affinity slot."),
    OP(58, 'y', "SubSegmentReuseThresholdActivated", "subsegreuse", reuse_threshold_layouts,
       "A bucket began to reuse its sub-segments."),
    OP(HEAP_OP_RANGE_RUNDOWN, 'r', "RangeRundown", "rangerundown", range_rundown_layouts,
       "The address ranges of a heap when the trace began or ended."),
    OP(HEAP_OP_RANGE_CREATE, 'r', "RangeCreate", "rangecreate", range_create_layouts,
       "A heap was created with its first address range."),
    OP(HEAP_OP_RANGE_RESERVE, 'r', "RangeReserve", "rangereserve", range_layouts,
       "A heap reserved an address range."),
    OP(HEAP_OP_RANGE_RELEASE, 'r', "RangeRelease", "rangerelease", range_layouts,
       "A heap released an address range."),
    OP(HEAP_OP_RANGE_DESTROY, 'r', "RangeDestroy", "rangedestroy", handle_layouts,
       "A heap and its address ranges went away."),
};

#define FIRST_OPCODE HEAP_OP_CREATE
#define LAST_OPCODE  58

const struct heap_op_info *heap_op_info(unsigned op)
{
    if (op >= FIRST_OPCODE && op <= LAST_OPCODE)
        return &ops[op - FIRST_OPCODE];
    if (op >= HEAP_OP_RANGE_RUNDOWN && op < HEAP_OP_COUNT)
        return &ops[LAST_OPCODE + 1 - FIRST_OPCODE + op - HEAP_OP_RANGE_RUNDOWN];
    return NULL;
}

const char *heap_op_name(unsigned op, char buf[static 32])
{
    const struct heap_op_info *info = heap_op_info(op);
    if (info != NULL)
        return info->name;
    snprintf(buf, 32, "op%u", op);
    return buf;
}

static bool same_word(const char *name, size_t len, const char *word)
{
    return strncasecmp(name, word, len) == 0 && word[len] == '\0';
}

/* `op<N>` with N in 0 .. 255. */
static bool parse_op_number(const char *name, size_t len, unsigned *out_op)
{
    unsigned op = 0;
    if (len < 3 || len > 5 || strncasecmp(name, "op", 2) != 0)
        return false;
    for (size_t i = 2; i < len; i++) {
        if (name[i] < '0' || name[i] > '9')
            return false;
        op = op * 10 + (unsigned)(name[i] - '0');
    }
    if (op > 255)
        return false;
    *out_op = op;
    return true;
}

bool heap_op_by_name(const char *name, size_t len, unsigned *out_op)
{
    for (size_t i = 0; i < COUNT_OF(ops); i++) {
        if (same_word(name, len, ops[i].name) || same_word(name, len, ops[i].word)) {
            *out_op = ops[i].op;
            return true;
        }
    }
    return parse_op_number(name, len, out_op);
}

bool heap_op_is_heap_event(unsigned op)
{
    return op < HEAP_OP_RANGE_RUNDOWN;
}

struct source_name {
    uint32_t source;
    const char *name; /* for people */
    const char *word; /* in filters */
};

/* The first row of each Source names it; the others are further words. */
static const struct source_name sources[] = {
    {1, "lookaside", "lookaside"},      {2, "low-frag", "lowfrag"},   {2, "low-frag", "lfh"},
    {3, "main path", "mainpath"},       {4, "slow path", "slowpath"}, {5, "invalid", "invalid"},
    {6, "segment heap", "segmentheap"},
};

const char *heap_source_word(uint32_t source)
{
    for (size_t i = 0; i < COUNT_OF(sources); i++)
        if (sources[i].source == source)
            return sources[i].word;
    return NULL;
}

const char *heap_source_name(uint32_t source)
{
    for (size_t i = 0; i < COUNT_OF(sources); i++)
        if (sources[i].source == source)
            return sources[i].name;
    return NULL;
}

bool heap_source_by_name(const char *name, size_t len, uint32_t *out_source)
{
    for (size_t i = 0; i < COUNT_OF(sources); i++) {
        if (same_word(name, len, sources[i].word)) {
            *out_source = sources[i].source;
            return true;
        }
    }
    return false;
}

bool heap_source_begins(const char *name, size_t len)
{
    for (size_t i = 0; i < COUNT_OF(sources); i++)
        if (strncasecmp(sources[i].word, name, len) == 0)
            return true;
    return false;
}

static const char *const callers[] = {
    [1] = "create heap",
    [2] = "find and commit pages",
    [3] = "initialize segment",
    [4] = "extend heap",
    [5] = "decommit free block",
    [6] = "decommit free block 2",
    [7] = "decommit block",
    [8] = "commit block",
    [9] = "allocate heap",
    [10] = "commit and initialize pages",
    [11] = "allocate segment heap",
    [12] = "allocate new segment",
    [13] = "decommit page range",
};

const char *heap_caller_name(uint32_t caller)
{
    return caller < COUNT_OF(callers) ? callers[caller] : NULL;
}
