/* Payloads of Image and ImageId records; see image_event.h. */
#include "decoder/image_event.h"

#include "decoder/payload.h"

/* Opcodes of the Image class, and of ImageId (etl-format 6.3, 6.4). */
enum {
    OP_UNLOAD = 2,
    OP_DC_START = 3,
    OP_DC_END = 4,
    OP_LOAD = 10,
    ID_INFO = 0,
    ID_RSDS = 36,
    ID_IL_RSDS = 37,
    ID_FILE_VERSION = 64,
};

typedef bool (*image_decoder)(const struct etl_record *r, struct trace_event *e);

/* Base and size are pointers, the rest 32-bit words; versions 2 and later have a pointer among
 * them, DefaultBase. */
static bool decode_image(const struct etl_record *r, struct trace_event *e)
{
    struct span s = r->payload;
    unsigned w = r->pointer_size;
    size_t name = r->version == 0 ? w + 4u : r->version == 1 ? 2u * w + 4 : 3u * w + 32;
    unsigned size_width = r->version == 0 ? 4 : w;
    if (!payload_pointer(s, 0, w, &e->image.base) ||
        !payload_pointer(s, w, size_width, &e->image.size))
        return false;
    e->pid = r->pid;
    if (r->version >= 1 && !span_u32(s, 2u * w, &e->pid))
        return false;
    if (r->version >= 2) {
        span_u32(s, 2u * w + 4, &e->image.checksum);
        span_u32(s, 2u * w + 8, &e->image.timestamp);
    }
    e->name = payload_utf16(s, name);
    return true;
}

static bool decode_info(const struct etl_record *r, struct trace_event *e)
{
    struct span s = r->payload;
    unsigned w = r->pointer_size;
    if (!payload_pointer(s, 0, w, &e->image.base) || !payload_pointer(s, w, w, &e->image.size) ||
        !span_u32(s, 2u * w, &e->pid))
        return false;
    span_u32(s, 2u * w + 4, &e->image.timestamp);
    e->name = payload_utf16(s, 2u * w + 8);
    return true;
}

static bool decode_rsds(const struct etl_record *r, struct trace_event *e)
{
    struct span s = r->payload;
    unsigned w = r->pointer_size;
    if (!payload_pointer(s, 0, w, &e->image.base) || !span_u32(s, w, &e->pid) ||
        !span_u32(s, w + 20u, &e->image.age))
        return false;
    memcpy(e->image.guid, s.p + w + 4, sizeof e->image.guid);
    e->name = payload_ansi(s, w + 24u);
    return true;
}

/* FileVersion is the third text behind OrigFileName and FileDescription. */
static bool decode_version(const struct etl_record *r, struct trace_event *e)
{
    struct span s = r->payload;
    uint32_t size;
    if (!span_u32(s, 0, &size) || !span_u32(s, 4, &e->image.timestamp))
        return false;
    e->image.size = size;
    size_t at = 8;
    for (int i = 0; i < 2; i++)
        at += payload_utf16(s, at).len + 2;
    e->name = payload_utf16(s, at);
    return true;
}

struct image_form {
    uint16_t group;
    uint8_t opcode;
    uint8_t kind; /* enum event_kind */
    image_decoder decode;
};

static const struct image_form forms[] = {
    {ETL_GROUP_IMAGE, OP_LOAD, EVENT_IMAGE_LOAD, decode_image},
    {ETL_GROUP_IMAGE, OP_UNLOAD, EVENT_IMAGE_UNLOAD, decode_image},
    {ETL_GROUP_IMAGE, OP_DC_START, EVENT_IMAGE_RUNDOWN, decode_image},
    {ETL_GROUP_IMAGE, OP_DC_END, EVENT_IMAGE_RUNDOWN, decode_image},
    {ETL_GROUP_IMAGE_ID, ID_INFO, EVENT_IMAGE_INFO, decode_info},
    {ETL_GROUP_IMAGE_ID, ID_RSDS, EVENT_IMAGE_PDB, decode_rsds},
    {ETL_GROUP_IMAGE_ID, ID_IL_RSDS, EVENT_IMAGE_PDB, decode_rsds},
    {ETL_GROUP_IMAGE_ID, ID_FILE_VERSION, EVENT_IMAGE_VERSION, decode_version},
};

static const struct image_form *form_of(const struct etl_record *r)
{
    if ((r->flags & ETL_RECORD_CLASSIC) == 0 ||
        (r->group != ETL_GROUP_IMAGE && r->group != ETL_GROUP_IMAGE_ID))
        return NULL;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (forms[i].group == r->group && forms[i].opcode == r->opcode)
            return &forms[i];
    return NULL;
}

bool image_event_is(const struct etl_record *r)
{
    return form_of(r) != NULL;
}

bool image_event_decode(const struct etl_record *r, struct trace_event *out_event)
{
    const struct image_form *form = form_of(r);
    *out_event = (struct trace_event){
        .time = r->time,
        .pid = EVENT_NO_ID,
        .tid = r->tid,
        .kind = form->kind,
        .pointer_size = r->pointer_size,
        .version = r->version,
    };
    return form->decode(r, out_event);
}
