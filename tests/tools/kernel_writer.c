/* Kernel records, field by field; see kernel_writer.h. */
#include "kernel_writer.h"

#include <string.h>

/* Group-0 opcodes (etl-format 2.5). */
enum {
    CONTROL_EXTENSION = 0x05,
    CONTROL_END_EXTENSION = 0x20,
    CONTROL_PARTITION = 0x50,
    GROUP_MASKS = 8,
    KERNEL_EVENT_VERSION = 0x50
};

/* S-1-5-21-1-2-3-1001: a made-up user behind a TOKEN_USER image, whose pointers mean nothing. */
static void put_sid(struct wire *wire, uint8_t pointer_size)
{
    static const uint8_t SID[] = {1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0,    0, 1, 0,
                                  0, 0, 2, 0, 0, 0, 3, 0, 0,  0, 0xe9, 3, 0, 0};
    wire_pointer(wire, pointer_size, 0x8418e4aa);
    wire_pointer(wire, pointer_size, 0);
    wire_bytes(wire, SID, sizeof SID);
}

void kernel_writer_put_process(struct wire *wire, const struct mketl_event *event, uint8_t version)
{
    enum { FLAG_WOW64 = 2 };
    uint8_t p = event->pointer_size;
    if (version == 0) {
        wire_pointer(wire, p, event->target_pid);
        wire_pointer(wire, p, event->source);
        put_sid(wire, p);
        wire_narrow(wire, event->name);
        return;
    }
    wire_pointer(wire, p, 0xffffbe872a8850c0u); /* UniqueProcessKey */
    wire_u32(wire, event->target_pid);
    wire_u32(wire, event->source);
    wire_u32(wire, 1); /* SessionId */
    wire_u32(wire, event->opcode == MKETL_END ? event->flags : 259);
    if (version >= 3)
        wire_pointer(wire, p, 0x1667970); /* DirectoryTableBase */
    if (version >= 4)
        wire_u32(wire, event->count == 4 ? FLAG_WOW64 : 0);
    put_sid(wire, p);
    wire_narrow(wire, event->name);
    if (version >= 2)
        wire_wide(wire, event->text ? event->text : event->name);
    if (version >= 4) {
        wire_wide(wire, ""); /* PackageFullName */
        wire_wide(wire, ""); /* ApplicationId */
    }
    if (version >= 5)
        wire_u64(wire, 0); /* ExitTime */
}

void kernel_writer_put_thread(struct wire *wire, const struct mketl_event *event, uint8_t version)
{
    enum { POINTERS = 7, OLD_POINTERS = 6 };
    if (version == 0) {
        wire_u32(wire, event->target_tid);
        wire_u32(wire, event->target_pid);
        return;
    }
    wire_u32(wire, event->target_pid);
    wire_u32(wire, event->target_tid);
    if (version == 1 && event->opcode == MKETL_END)
        return;
    for (uint64_t i = 0; i < (version == 1 ? OLD_POINTERS : POINTERS); i++)
        wire_pointer(wire, event->pointer_size, 0x10000 * (i + 1) + event->target_tid);
    if (version == 1) {
        wire_u8(wire, 0); /* WaitMode */
        return;
    }
    wire_u32(wire, 0); /* SubProcessTag */
    if (version >= 3)
        wire_u32(wire, 0x00020508); /* BasePriority, PagePriority, IoPriority, Flags */
}

void kernel_writer_put_switch(struct wire *wire, const struct mketl_event *event)
{
    wire_u32(wire, event->target_tid);
    wire_u32(wire, event->target_pid);
    wire_u64(wire, 0x0000010800000808); /* priorities, wait reason and states */
    wire_u32(wire, 3);                  /* NewWaitTime */
    wire_u32(wire, 0);
}

void kernel_writer_put_sample(struct wire *wire, const struct mketl_event *event)
{
    wire_pointer(wire, event->pointer_size, event->address);
    wire_u32(wire, event->tid);
    wire_u32(wire, 1); /* Count */
}

void kernel_writer_put_control(struct wire *wire, const struct mketl_event *event)
{
    switch (event->opcode) {
    case CONTROL_EXTENSION:
    case CONTROL_END_EXTENSION:
        wire_zeros(wire, GROUP_MASKS * sizeof(uint32_t));
        wire_u32(wire, KERNEL_EVENT_VERSION);
        break;
    case CONTROL_PARTITION:
        wire_u32(wire, 0); /* EventVersion, reserved */
        wire_u32(wire, 1); /* PartitionType */
        wire_u64(wire, 0); /* QpcOffsetFromRoot */
        wire_guid(wire, NULL);
        wire_guid(wire, NULL);
        break;
    default: /* RundownComplete and the like are empty. */
        break;
    }
}
