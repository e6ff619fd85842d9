/* Payloads of SystemConfig and SystemConfigEx records; see system_event.h. */
#include "decoder/system_event.h"

#include "decoder/payload.h"

/* Opcodes of SystemConfig, and of SystemConfigEx (etl-format 6.5). */
enum {
    CONFIG_CPU = 10,
    EX_BUILD_INFO = 32,
    EX_VOLUME_MAPPING = 35,
};

/* ComputerName fills a field of 256 units. */
#define COMPUTER_AT    20u
#define COMPUTER_BYTES 512u

typedef bool (*system_decoder)(struct span s, struct trace_event *e);

static bool decode_cpu(struct span s, struct trace_event *e)
{
    if (!span_u32(s, 0, &e->system.mhz) || !span_u32(s, 4, &e->system.processors) ||
        !span_u32(s, 8, &e->system.memory_mib))
        return false;
    if (s.len > COMPUTER_AT + COMPUTER_BYTES)
        s.len = COMPUTER_AT + COMPUTER_BYTES;
    e->system.computer = payload_utf16(s, COMPUTER_AT);
    return true;
}

/* InstallDate, BuildLab, ProductName. */
static bool decode_build(struct span s, struct trace_event *e)
{
    e->system.build_lab = payload_utf16(s, 8);
    e->name = payload_utf16(s, 8 + e->system.build_lab.len + 2);
    return e->system.build_lab.len != 0 || e->name.len != 0;
}

static bool decode_volume(struct span s, struct trace_event *e)
{
    e->name = payload_utf16(s, 0);
    e->text = payload_utf16(s, e->name.len + 2);
    return e->name.len != 0;
}

struct system_form {
    uint16_t group;
    uint8_t opcode;
    uint8_t kind; /* enum event_kind */
    system_decoder decode;
};

static const struct system_form forms[] = {
    {ETL_GROUP_CONFIG, CONFIG_CPU, EVENT_SYSTEM, decode_cpu},
    {ETL_GROUP_SYSTEM_CONFIG_EX, EX_BUILD_INFO, EVENT_SYSTEM, decode_build},
    {ETL_GROUP_SYSTEM_CONFIG_EX, EX_VOLUME_MAPPING, EVENT_VOLUME, decode_volume},
};

static const struct system_form *form_of(const struct etl_record *r)
{
    if ((r->flags & ETL_RECORD_CLASSIC) == 0)
        return NULL;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (forms[i].group == r->group && forms[i].opcode == r->opcode)
            return &forms[i];
    return NULL;
}

bool system_event_is(const struct etl_record *r)
{
    return form_of(r) != NULL;
}

bool system_event_decode(const struct etl_record *r, struct trace_event *out_event)
{
    const struct system_form *form = form_of(r);
    *out_event = (struct trace_event){
        .time = r->time,
        .pid = EVENT_NO_ID,
        .tid = r->tid,
        .kind = form->kind,
        .pointer_size = r->pointer_size,
        .version = r->version,
    };
    return form->decode(r->payload, out_event);
}
