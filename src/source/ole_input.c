/* A GsfInput over a descriptor; see ole_input.h. */
#include "source/ole_input.h"

#include <stdlib.h>
#include <string.h>

#include <gsf/gsf-input-impl.h>

struct ole_input {
    GsfInput base;
    const struct container *c;
    uint8_t *buffer; /* what the library is lent when it brings no room of its own */
    size_t room;
};

static GType ole_input_type(void);

GsfInput *ole_input_new(const struct container *c, uint64_t size)
{
    struct ole_input *in = g_object_new(ole_input_type(), NULL);
    in->c = c;
    gsf_input_set_size(&in->base, (gsf_off_t)size);
    return &in->base;
}

static GsfInput *duplicate(GsfInput *input, GError **error)
{
    const struct ole_input *in = (struct ole_input *)input;
    (void)error;
    return ole_input_new(in->c, (uint64_t)input->size);
}

static const guint8 *read_bytes(GsfInput *input, size_t n, guint8 *buffer)
{
    struct ole_input *in = (struct ole_input *)input;
    if (buffer == NULL && in->room < n) {
        uint8_t *larger = realloc(in->buffer, n);
        if (larger == NULL)
            return NULL;
        in->buffer = larger;
        in->room = n;
    }
    if (buffer == NULL)
        buffer = in->buffer;
    size_t got;
    if (container_read_at(in->c, (uint64_t)input->cur_offset, buffer, n, &got) != 0)
        return NULL;
    memset(buffer + got, 0, n - got);
    return buffer;
}

/* Where it stands is kept in the base. */
static gboolean seek(GsfInput *input, gsf_off_t offset, GSeekType whence)
{
    (void)input;
    (void)offset;
    (void)whence;
    return FALSE;
}

static void finalize(GObject *object)
{
    struct ole_input *in = (struct ole_input *)object;
    free(in->buffer);
    GObjectClass *parent = g_type_class_peek(GSF_INPUT_TYPE);
    parent->finalize(object);
}

static void init_class(gpointer class, gpointer data)
{
    GsfInputClass *input = class;
    (void)data;
    input->Dup = duplicate;
    input->Read = read_bytes;
    input->Seek = seek;
    G_OBJECT_CLASS(class)->finalize = finalize;
}

static GType ole_input_type(void)
{
    static gsize type;
    if (g_once_init_enter(&type)) {
        GType made =
            g_type_register_static_simple(GSF_INPUT_TYPE, "HeaptailInput", sizeof(GsfInputClass),
                                          init_class, sizeof(struct ole_input), NULL, 0);
        g_once_init_leave(&type, made);
    }
    return type;
}
