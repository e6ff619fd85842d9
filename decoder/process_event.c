/* Process, thread and context-switch payloads; see process_event.h. */
#include "decoder/process_event.h"

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

enum process_record process_record_kind(const struct etl_record *r)
{
    if ((r->flags & ETL_RECORD_CLASSIC) == 0)
        return PROCESS_RECORD_NONE;
    if (r->group == ETL_GROUP_PROCESS)
        return process_kind(r->opcode) >= 0 ? PROCESS_RECORD_PROCESS : PROCESS_RECORD_NONE;
    if (r->group != ETL_GROUP_THREAD)
        return PROCESS_RECORD_NONE;
    if (r->opcode == OP_CSWITCH)
        return PROCESS_RECORD_SWITCH;
    bool starts = r->opcode == OP_START || r->opcode == OP_DC_START;
    return starts ? PROCESS_RECORD_THREAD : PROCESS_RECORD_NONE;
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

/* The bytes from `at` to a NUL or the end of the payload. */
static struct span text_at(struct span s, size_t at)
{
    struct span text = span_from(s, at);
    const uint8_t *nul = text.len != 0 ? memchr(text.p, 0, text.len) : NULL;
    if (nul != NULL)
        text.len = (size_t)(nul - text.p);
    return text;
}

bool process_event_decode(const struct etl_record *r, struct trace_event *out_event)
{
    unsigned version = r->version < PROCESS_FORM_LAST ? r->version : PROCESS_FORM_LAST;
    const struct process_form *form = &process_forms[version];
    unsigned width = r->pointer_size;
    uint32_t pid;
    if (!span_u32(r->payload, (size_t)form->pid_pointers * width, &pid))
        return false;
    size_t sid = (size_t)form->pointers * width + (size_t)form->words * 4;
    size_t length = sid_length(span_from(r->payload, sid), width);
    *out_event = (struct trace_event){
        .time = r->time,
        .pid = pid,
        .tid = r->tid,
        .kind = (uint8_t)process_kind(r->opcode),
        .pointer_size = r->pointer_size,
        .version = r->version,
        .name = length != 0 ? text_at(r->payload, sid + length) : (struct span){r->payload.p, 0},
    };
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
