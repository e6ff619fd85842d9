/*
 * The logical events a workload produces: what happened, free of how it is written.  The recorder
 * encodes them, the truth replays them; neither reads the other's work.
 */
#ifndef TESTS_TOOLS_MKETL_EVENT_H
#define TESTS_TOOLS_MKETL_EVENT_H

#include <stdint.h>

/* Heap opcodes (etl-format 4.1). */
enum mketl_heap_op {
    MKETL_CREATE = 32,
    MKETL_ALLOC = 33,
    MKETL_REALLOC = 34,
    MKETL_DESTROY = 35,
    MKETL_FREE = 36,
    MKETL_EXPAND = 37,
    MKETL_SNAPSHOT = 38,
    MKETL_CREATE_SNAPSHOT = 39,
    MKETL_DESTROY_SNAPSHOT = 40,
    MKETL_EXTEND_SNAPSHOT = 41,
    MKETL_CONTRACT = 42,
    MKETL_LOCK = 43,
    MKETL_UNLOCK = 44,
    MKETL_VALIDATE = 45,
    MKETL_WALK = 46,
    MKETL_SUBSEGMENT_ALLOC = 47,
    MKETL_SUBSEGMENT_FREE = 48,
    MKETL_SUBSEGMENT_ALLOC_CACHED = 49,
    MKETL_SUBSEGMENT_FREE_CACHED = 50,
    MKETL_COMMIT = 51,
    MKETL_DECOMMIT = 52,
    MKETL_SUBSEGMENT_INIT = 53,
    MKETL_AFFINITY_ENABLE = 54,
    MKETL_AFFINITY_SLOT_ASSIGNED = 55,
    MKETL_SUBSEGMENT_ACTIVATED = 56,
    MKETL_AFFINITY_SLOT_CHANGED = 57,
    MKETL_REUSE_THRESHOLD = 58
};

/* HeapRange opcodes, in the memory group (etl-format 4.9). */
enum mketl_range_op {
    MKETL_RANGE_RUNDOWN = 100,
    MKETL_RANGE_CREATE = 101,
    MKETL_RANGE_RESERVE = 102,
    MKETL_RANGE_RELEASE = 103,
    MKETL_RANGE_DESTROY = 104
};

/* Opcodes that processes, threads and images share (etl-format 6). */
enum mketl_life_op { MKETL_START = 1, MKETL_END = 2, MKETL_DC_START = 3, MKETL_DC_END = 4 };

/* Source values (etl-format 4.2). */
enum mketl_source {
    MKETL_SOURCE_NONE = 0, /* a failed allocation */
    MKETL_SOURCE_LOOKASIDE = 1,
    MKETL_SOURCE_LOWFRAG = 2,
    MKETL_SOURCE_MAINPATH = 3,
    MKETL_SOURCE_SLOWPATH = 4,
    MKETL_SOURCE_INVALID = 5,
    MKETL_SOURCE_SEGMENT = 6
};

enum mketl_kind {
    MKETL_KIND_HEAP,     /* opcode: mketl_heap_op, or any other number for an unknown one */
    MKETL_KIND_RANGE,    /* opcode: mketl_range_op */
    MKETL_KIND_PROCESS,  /* opcode: mketl_life_op; about target_pid, named `name` */
    MKETL_KIND_THREAD,   /* opcode: mketl_life_op; about target_tid of target_pid */
    MKETL_KIND_IMAGE,    /* opcode: mketl_life_op; `name` at `address` in target_pid */
    MKETL_KIND_SWITCH,   /* the CPU goes from target_pid (a thread id) to target_tid */
    MKETL_KIND_STACK,    /* opcode: stack_op; of the event at stack_time on (target_pid, _tid) */
    MKETL_KIND_SAMPLE,   /* a CPU sample */
    MKETL_KIND_CONTROL,  /* a group-0 record, opcode as in etl-format 2.5 */
    MKETL_KIND_IMAGE_ID, /* opcode: mketl_image_id_op; about `module` at `address` */
    MKETL_KIND_CONFIG,   /* the CPUs of the machine `name` */
    MKETL_KIND_SETUP,    /* opcode: mketl_setup_op, with `name` and `text` */
    MKETL_KIND_MARK,     /* a mark of the session: `name` */
    MKETL_KIND_INSTANCE, /* INSTANCE, EVENT and MESSAGE records of providers nobody knows */
    MKETL_KIND_EVENT,
    MKETL_KIND_MESSAGE
};

/* ImageId opcodes (etl-format 6.4). */
enum mketl_image_id_op { MKETL_IMAGE_INFO = 0, MKETL_IMAGE_RSDS = 36, MKETL_IMAGE_VERSION = 64 };

/* SystemConfigEx opcodes (etl-format 6.5). */
enum mketl_setup_op { MKETL_SETUP_BUILD = 32, MKETL_SETUP_VOLUME = 35 };

/* A module's file: what its image records say of it, wherever it is loaded. */
struct mketl_module {
    const char *path; /* as the kernel writes it */
    uint32_t size;
    uint32_t timestamp;
    uint32_t checksum;
    const char *pdb; /* NULL: it has none */
    uint8_t guid[16];
    uint32_t age;
    const char *version; /* FileVersion; NULL: it has no version resource */
};

/*
 * One event.  Fields that an opcode does not carry are ignored.  `address` is the new address and
 * `size` the new size of a Realloc; for Expand and Contract they are the (de)committed piece.
 */
struct mketl_event {
    int64_t time; /* raw ticks of the trace's clock */
    uint64_t heap;
    uint64_t address;
    uint64_t size;
    uint64_t old_address;
    uint64_t old_size;
    uint64_t committed; /* CommittedSpace, ReservedSpace, FreeSpace, AllocatedSpace */
    uint64_t reserved;
    uint64_t free_space;
    uint64_t allocated;
    int64_t stack_time;
    const char *name; /* UTF-8; borrowed from the workload for as long as the trace lives */
    const char *text; /* a second text: command line, drive; NULL: none */
    const struct mketl_module *module; /* IMAGE, IMAGE_ID; NULL: `name` and `size` are all */
    uint32_t pid; /* of the header, and what a reader should know about the event */
    uint32_t tid;
    uint32_t target_pid;
    uint32_t target_tid;
    uint32_t source;
    uint32_t flags; /* HeapFlags */
    uint32_t count; /* NoOfUCRs */
    uint32_t stack; /* STACK: its frames; HEAP and RANGE in a finished trace: what the file says of
                     * the whole stack; a number of the trace's frames, 0 without */
    uint32_t meant; /* HEAP: the stack the workload gave the event */
    uint32_t
        buffer; /* where it stands: its buffer's id, in a finished trace the sequence number, */
    uint32_t offset; /* the offset in that buffer, */
    uint32_t bytes;  /* and its size with padding */
    uint16_t cpu;
    uint8_t kind; /* enum mketl_kind */
    uint8_t opcode;
    uint8_t pointer_size; /* of the payload; 0 lets the recorder choose */
    uint8_t family;       /* enum wire_family it was written with */
    uint8_t session;      /* 1: the kernel session's file, when there are two */
    uint8_t has_space;    /* the record tells CommittedSpace and ReservedSpace */
};

#endif
