/* Finding and naming frames; see frame_name.h. */
#include "model/frame_name.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

void frame_find(const struct frame_namer *namer, uint32_t process, int64_t time, uint64_t address,
                uint32_t index, struct frame *out_frame)
{
    struct frame f = {.address = address, .state = SYMBOL_NONE};
    /* A call that does not return may be the last thing in its function, even in its module: what
     * is behind it is not where it was made. */
    uint64_t back = index != 0 && address != 0 ? 1 : 0;
    f.hit = image_map_find(namer->images, process, address - back, time, &f.image);
    if (f.hit != IMAGE_UNKNOWN) {
        f.offset = address - f.image->base;
        f.state = symbol_table_find(namer->symbols, f.image, f.offset - back, &f.symbol);
    }
    *out_frame = f;
}

static const char *module_name(const struct image *image)
{
    return image->name[0] != '\0' ? image->name : "[unnamed]";
}

static const char *mark_of(const struct frame *f)
{
    return f->hit == IMAGE_UNLOADED ? "[unloaded]" : "";
}

void frame_put_function(const struct frame *f, struct strbuf *out)
{
    if (f->hit == IMAGE_UNKNOWN) {
        strbuf_puts(out, "[unknown] ");
        strbuf_put_hex(out, f->address);
        return;
    }
    const char *name = module_name(f->image);
    if (f->state == SYMBOL_KNOWN) {
        strbuf_add(out, name, text_stem_length(name));
        strbuf_printf(out, "%s!%s", mark_of(f), f->symbol.function);
        return;
    }
    strbuf_printf(out, "%s%s+0x%" PRIx64, name, mark_of(f), f->offset);
}

void frame_put_place(const struct frame *f, struct strbuf *out)
{
    frame_put_function(f, out);
    if (f->state != SYMBOL_KNOWN || f->symbol.file == NULL || f->symbol.file[0] == '\0')
        return;
    strbuf_printf(out, "  %s", text_last_part(f->symbol.file));
    if (f->symbol.line != 0)
        strbuf_printf(out, ":%" PRIu32, f->symbol.line);
}

void frame_put_module(const struct frame *f, struct strbuf *out)
{
    if (f->hit == IMAGE_UNKNOWN)
        strbuf_puts(out, "[unknown]");
    else
        strbuf_printf(out, "%s%s", module_name(f->image), mark_of(f));
}
