/* Process, thread and context-switch payloads; see process_event.h. */
#include "decoder/process_event.h"

#include "decoder/payload.h"

enum {
    OP_START = 1,
    OP_END = 2,
    OP_DC_START = 3,
    OP_DC_END = 4,
    OP_CSWITCH = 36,
    OP_DEFUNCT = 39,
};

/* The event kind of a process opcode; -1 for the others of the group. */
static int process_kind(unsigned opcode)
{
    switch (opcode) {
    case OP_START:
        return EVENT_PROCESS_START;
    case OP_END:
        return EVENT_PROCESS_END;
    case OP_DC_START:
    case OP_DC_END:
    case OP_DEFUNCT:
        return EVENT_PROCESS_RUNDOWN;
    default:
        return -1;
    }
}

static bool is_of(const struct etl_record *r, enum etl_group group)
{
    return r->group == group && (r->flags & ETL_RECORD_CLASSIC) != 0;
}

bool process_event_is(const struct etl_record *r)
{
    return is_of(r, ETL_GROUP_PROCESS) && process_kind(r->opcode) >= 0;
}

bool process_thread_is(const struct etl_record *r)
{
    return is_of(r, ETL_GROUP_THREAD) && (r->opcode == OP_START || r->opcode == OP_DC_START);
}

bool process_switch_is(const struct etl_record *r)
{
    return is_of(r, ETL_GROUP_THREAD) && r->opcode == OP_CSWITCH;
}

/* What precedes the SID, by version (etl-format 6.1): pointers, then 32-bit words. Version 0 has
 * two pointer-sized ids only. */
struct process_form {
    uint8_t pointers;
    uint8_t words;
    uint8_t pid_pointers; /* pointers in front of ProcessId */
};

static const struct process_form process_forms[] = {
    {2, 0, 0}, /* v0: ProcessId, ParentId */
    {1, 4, 1}, /* v1: PageDirectoryBase, ProcessId, ParentId, SessionId, ExitStatus */
    {1, 4, 1}, /* v2: UniqueProcessKey ... */
    {2, 4, 1}, /* v3: ... DirectoryTableBase */
    {2, 5, 1}, /* v4 on: ... Flags */
};

#define PROCESS_FORM_LAST (sizeof process_forms / sizeof process_forms[0] - 1)

/* A SID: revision 1, up to 15 parts, an authority below 2^32 (big-endian, so it begins with 0). */
static bool looks_like_sid(struct span s)
{
    return span_has(s, 0, 8) && s.p[0] == 1 && s.p[1] <= 15 && s.p[2] == 0 && s.p[3] == 0;
}

/*
 * Length of a SID blob (etl-format 6.1): a zero word when there is none, or a TOKEN_USER image of
 * two pointers and the SID, whose second byte counts its 32-bit parts. Some writers leave the
 * TOKEN_USER zero in front of a SID. 0 when the blob is cut.
 */
static size_t sid_length(struct span s, unsigned pointer_size)
{
    uint32_t user;
    size_t sid = 2u * pointer_size;
    if (!span_u32(s, 0, &user))
        return 0;
    if (user == 0 && !looks_like_sid(span_from(s, sid)))
        return 4;
    if (!span_has(s, sid, 2))
        return 0;
    return sid + 8 + 4u * s.p[sid + 1];
}

/* Parent, session and exit status follow the id; version 0 has the parent alone. */
static struct process_record ids_of(const struct etl_record *r, size_t pid_at)
{
    struct process_record ids = {EVENT_NO_ID, EVENT_NO_ID, 0};
    if (r->version == 0) {
        span_u32(r->payload, r->pointer_size, &ids.parent);
        return ids;
    }
    span_u32(r->payload, pid_at + 4, &ids.parent);
    span_u32(r->payload, pid_at + 8, &ids.session);
    if (r->opcode == OP_END)
        span_u32(r->payload, pid_at + 12, &ids.exit_status);
    return ids;
}

/* ImageFileName and, from version 2 on, CommandLine behind the SID. */
static void read_texts(const struct etl_record *r, size_t sid_at, struct trace_event *e)
{
    size_t sid = sid_length(span_from(r->payload, sid_at), r->pointer_size);
    if (sid == 0)
        return;
    e->name = payload_ansi(r->payload, sid_at + sid);
    if (r->version >= 2)
        e->text = payload_utf16(r->payload, sid_at + sid + e->name.len + 1);
}

bool process_event_decode(const struct etl_record *r, struct trace_event *out_event)
{
    unsigned version = r->version < PROCESS_FORM_LAST ? r->version : PROCESS_FORM_LAST;
    const struct process_form *form = &process_forms[version];
    size_t pid_at = (size_t)form->pid_pointers * r->pointer_size;
    uint32_t pid;
    if (!span_u32(r->payload, pid_at, &pid))
        return false;
    *out_event = (struct trace_event){
        .time = r->time,
        .pid = pid,
        .tid = r->tid,
        .kind = (uint8_t)process_kind(r->opcode),
        .pointer_size = r->pointer_size,
        .version = r->version,
        .process = ids_of(r, pid_at),
        .name = {r->payload.p, 0},
        .text = {r->payload.p, 0},
    };
    read_texts(r, (size_t)form->pointers * r->pointer_size + (size_t)form->words * 4, out_event);
    return true;
}

bool process_thread_decode(const struct etl_record *r, uint32_t *out_tid, uint32_t *out_pid)
{
    uint32_t first;
    uint32_t second;
    if (!span_u32(r->payload, 0, &first) || !span_u32(r->payload, 4, &second))
        return false;
    /* Version 0 has the ids in reverse order (etl-format 6.2). */
    *out_pid = r->version == 0 ? second : first;
    *out_tid = r->version == 0 ? first : second;
    return true;
}

bool process_switch_decode(const struct etl_record *r, uint32_t *out_tid)
{
    return span_u32(r->payload, 0, out_tid);
}
