/* Marks of two providers; see mark_event.h. */
#include "decoder/mark_event.h"

#include "decoder/etl_guid.h"
#include "decoder/payload.h"

/* PerfInfo opcodes: Mark, AsyncMark. [unverified] */
enum { PERFINFO_MARK = 0x22, PERFINFO_ASYNC_MARK = 0x24 };

/* 9e5f9046-43c6-4f62-ba13-7b19896253ff: Visual Studio's diagnostics hub, its event ids. */
static const struct etl_guid diagnostics_hub = {{0x46, 0x90, 0x5f, 0x9e, 0xc6, 0x43, 0x62, 0x4f,
                                                 0xba, 0x13, 0x7b, 0x19, 0x89, 0x62, 0x53, 0xff}};
enum { HUB_START = 1, HUB_STOP = 2, HUB_MARK = 7 };

/* A name is at least so many letters: shorter ones may be numbers that look like letters. */
#define LEAST_LETTERS 2u

static bool is_hub(const struct etl_record *r)
{
    return (r->type == ETL_HEADER_EVENT32 || r->type == ETL_HEADER_EVENT64) && r->guid != NULL &&
           memcmp(r->guid, diagnostics_hub.bytes, sizeof diagnostics_hub.bytes) == 0;
}

static bool is_session_mark(const struct etl_record *r)
{
    return (r->flags & ETL_RECORD_CLASSIC) != 0 && r->group == ETL_GROUP_PERFINFO &&
           (r->opcode == PERFINFO_MARK || r->opcode == PERFINFO_ASYNC_MARK);
}

bool mark_event_is(const struct etl_record *r)
{
    return is_session_mark(r) ||
           (is_hub(r) && (r->id == HUB_START || r->id == HUB_STOP || r->id == HUB_MARK));
}

static enum mark_kind kind_of(const struct etl_record *r)
{
    if (is_session_mark(r))
        return MARK_SESSION;
    return r->id == HUB_START ? MARK_HUB_START : r->id == HUB_STOP ? MARK_HUB_STOP : MARK_HUB;
}

static bool is_letter(uint16_t unit)
{
    return unit >= 0x20 && unit != 0x7f && (unit < 0xd800 || unit > 0xf8ff);
}

/* The first text of UTF-16 letters that ends in a NUL or with the payload. */
static struct span find_utf16(struct span s)
{
    for (size_t at = 0; at + 2 <= s.len; at += 2) {
        struct span text = payload_utf16(s, at);
        size_t n = 0;
        while (n < text.len && is_letter(load_u16(text.p + n)))
            n += 2;
        if (n == text.len && n >= 2 * LEAST_LETTERS)
            return text;
        at += n;
    }
    return (struct span){s.p, 0};
}

/* A session's mark is 8-bit, or UTF-16 where the call that set it was. */
bool mark_event_decode(const struct etl_record *r, struct trace_event *out_event)
{
    *out_event = (struct trace_event){
        .time = r->time,
        .pid = EVENT_NO_ID,
        .tid = r->tid,
        .kind = EVENT_MARK,
        .pointer_size = r->pointer_size,
        .version = r->version,
        .mark = {.kind = kind_of(r)},
    };
    struct span narrow = payload_ansi(r->payload, 0);
    if (out_event->mark.kind == MARK_HUB)
        out_event->text = find_utf16(r->payload);
    else if (out_event->mark.kind == MARK_SESSION && narrow.len >= LEAST_LETTERS)
        out_event->name = narrow;
    else if (out_event->mark.kind == MARK_SESSION)
        out_event->text = payload_utf16(r->payload, 0);
    return true;
}
