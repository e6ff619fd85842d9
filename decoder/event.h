/*
 * What the decoder hands on: one plain value per record that matters.
 *
 * Heap events carry what the record itself says, nothing derived from other heap events. Process
 * events carry identity. Every other record is only counted (etl_tally.h) until a later layer needs
 * it: it then gets a kind of its own here.
 */
#ifndef DECODER_EVENT_H
#define DECODER_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"

/* The id of a process or thread that the record does not carry and that could not be derived. */
#define EVENT_NO_ID UINT32_MAX

enum event_kind {
    EVENT_HEAP,            /* heap provider record, or a HeapRange record (etl-format 4) */
    EVENT_PROCESS_START,   /* Process Start: an instance begins (etl-format 6.1) */
    EVENT_PROCESS_END,     /* Process End */
    EVENT_PROCESS_RUNDOWN, /* DCStart, DCEnd, Defunct: names an instance, begins and ends nothing */
    EVENT_STACK,           /* a whole call stack, or one part of it (etl-format 5) */
    EVENT_STACK_REFERENCE, /* the key of a call stack that is defined elsewhere */
    EVENT_STACK_DEFINITION, /* the frames of a key; comes later than its references */
    EVENT_IMAGE_LOAD,       /* Image Load: from now on in its process (etl-format 6.3) */
    EVENT_IMAGE_UNLOAD,     /* Image Unload */
    EVENT_IMAGE_RUNDOWN,    /* DCStart, DCEnd: it is there, begins and ends nothing */
    EVENT_IMAGE_INFO,       /* Info of ImageId: what the image's file is (etl-format 6.4) */
    EVENT_IMAGE_PDB,        /* RSDS of ImageId: which PDB belongs to the image (etl-format 6.4) */
    EVENT_IMAGE_VERSION,    /* FileVersion of ImageId: the image's version resource */
    EVENT_VOLUME,           /* VolumeMapping: where a device is in drive letters (etl-format 6.5) */
    EVENT_SYSTEM,           /* SystemConfig CPU, BuildInfo: the machine (etl-format 6.5) */
    EVENT_MARK              /* a mark set while recording (mark_event.h) */
};

/* What the record says about call stacks. Frames stand leaf first. */
struct stack_record {
    int64_t event_time; /* STACK, REFERENCE: raw time of the event that was walked */
    uint64_t key;       /* REFERENCE, DEFINITION */
    const uint64_t
        *frames; /* STACK, DEFINITION: widened to 64 bits, borrowed until the next read */
    uint32_t frame_count;
    bool is_kernel; /* REFERENCE: the part in the kernel (StackKeyKernel), not in the process */
};

/* What a process record says beside the id: EVENT_NO_ID where it does not. */
struct process_record {
    uint32_t parent;
    uint32_t session;
    uint32_t exit_status; /* of a process that ends; 0 else */
};

/* A loaded module. `name` of the event is its path (IMAGE_LOAD, _UNLOAD, _RUNDOWN), the name its
 * linker gave it (_INFO), the name of its PDB (_PDB) or FileVersion (_VERSION). IMAGE_VERSION names
 * no process and no base: it belongs to the image whose record has its time and size. */
struct image_record {
    uint64_t base, size; /* size 0: not told */
    uint32_t checksum, timestamp;
    uint32_t age; /* PDB */
    uint8_t guid[16];
};

/* The machine; what a record does not tell is 0 or empty. Texts are borrowed. `name` of the event
 * is the product name ("Windows 10 Pro"). */
struct system_record {
    uint32_t mhz, processors, memory_mib;
    struct span computer;  /* UTF-16LE */
    struct span build_lab; /* UTF-16LE: "22000.1.amd64fre.co_release..." */
};

/* Who set a mark. Its name is `name` of the event, 8-bit, or `text`, UTF-16LE; both may be empty.
 */
enum mark_kind { MARK_SESSION, MARK_HUB, MARK_HUB_START, MARK_HUB_STOP };

struct mark_record {
    enum mark_kind kind;
};

/*
 * Operation of a heap event: the opcode of the heap provider (0..255; 32..58 are known,
 * etl-format 4.1), or one of the HeapRange records, which live in the memory group and are numbered
 * from 0x100 here.
 */
enum heap_op {
    HEAP_OP_CREATE = 32,
    HEAP_OP_ALLOC = 33,
    HEAP_OP_REALLOC = 34,
    HEAP_OP_DESTROY = 35,
    HEAP_OP_FREE = 36,
    HEAP_OP_EXPAND = 37,
    HEAP_OP_SNAPSHOT = 38,
    HEAP_OP_CREATE_SNAPSHOT = 39,
    HEAP_OP_DESTROY_SNAPSHOT = 40,
    HEAP_OP_EXTEND_SNAPSHOT = 41,
    HEAP_OP_CONTRACT = 42,
    HEAP_OP_RANGE_RUNDOWN = 0x100,
    HEAP_OP_RANGE_CREATE = 0x101,
    HEAP_OP_RANGE_RESERVE = 0x102,
    HEAP_OP_RANGE_RELEASE = 0x103,
    HEAP_OP_RANGE_DESTROY = 0x104,
    HEAP_OP_COUNT = 0x105 /* size of tables indexed by operation */
};

/* Which of the values below the record carries; an absent value is zero and must not be shown as
 * zero. */
enum event_fields {
    EVENT_HAS_HEAP = 1u << 0,
    EVENT_HAS_ADDRESS = 1u << 1,
    EVENT_HAS_SIZE = 1u << 2,
    EVENT_HAS_OLD_ADDRESS = 1u << 3,
    EVENT_HAS_OLD_SIZE = 1u << 4,
    EVENT_HAS_SOURCE = 1u << 5,
};

struct trace_event {
    int64_t time; /* raw clock of the trace (etl-format 3.1) */
    uint32_t pid; /* EVENT_NO_ID when unknown */
    uint32_t tid;
    uint16_t cpu; /* the CPU whose buffer held the record */
    uint16_t op;  /* EVENT_HEAP: enum heap_op or an unknown opcode */
    uint8_t kind; /* enum event_kind */
    uint8_t has;  /* enum event_fields */
    uint8_t pointer_size;
    uint8_t version; /* the record's event version */
    bool late;       /* it came after records of a later time had been handed out */
    uint8_t layout;  /* EVENT_HEAP: which of the operation's layouts (heap_op.h) the payload had */
    uint32_t source;

    union {
        struct { /* EVENT_HEAP, by the table "Machine formats" of cli.md */
            uint64_t heap;
            uint64_t address;
            uint64_t size;
            uint64_t old_address;
            uint64_t old_size;
            /*
             * The payload's other fields, widened to 64 bits, in the order and with the names of
             * the layout; NULL for Alloc, ReAlloc and Free. Borrowed until the next read.
             */
            const uint64_t *extra;
            uint32_t extra_count;
        };
        struct process_record process; /* EVENT_PROCESS_* */
        struct stack_record stack;     /* EVENT_STACK* */
        struct image_record image;     /* EVENT_IMAGE_* */
        struct system_record system;   /* EVENT_SYSTEM */
        struct mark_record mark;       /* EVENT_MARK */
    };

    /*
     * Texts of the record, borrowed until the next read; may be empty. PROCESS: ImageFileName,
     * 8-bit (etl-format 6.1), and the command line, UTF-16LE. IMAGE, SYSTEM: see their structs;
     * UTF-16LE but for the PDB's name, which is 8-bit. VOLUME: the device path and the drive,
     * UTF-16LE.
     */
    struct span name;
    struct span text;
};

static inline bool trace_event_is_stack(const struct trace_event *event)
{
    return event->kind >= EVENT_STACK && event->kind <= EVENT_STACK_DEFINITION;
}

/*
 * Copies what the event borrows into `arena`, so that it outlives the next read. What finds no
 * memory is left out of the event, which keeps its plain values; false then.
 */
bool trace_event_own(struct trace_event *event, struct arena *arena);

#endif
