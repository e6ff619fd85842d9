/* Bits of HeapFlags; see heap_flags.h. */
#include "ui/view/heaps/heap_flags.h"

#include <stddef.h>

#define CLASS_MASK  0x0000f000u
#define CLASS_SHIFT 12

static const struct {
    uint32_t bit;
    const char *name;
} bits[] = {
    {0x00000001, "NO_SERIALIZE"},
    {0x00000002, "GROWABLE"},
    {0x00000004, "GENERATE_EXCEPTIONS"},
    {0x00000008, "ZERO_MEMORY"},
    {0x00000010, "REALLOC_IN_PLACE_ONLY"},
    {0x00000020, "TAIL_CHECKING"},
    {0x00000040, "FREE_CHECKING"},
    {0x00000080, "DISABLE_COALESCE_ON_FREE"},
    {0x00000100, "SEGMENT_HEAP"},
    {0x00000200, "HARDENED"},
    {0x00000400, "USER_FLAG2"},
    {0x00000800, "USER_FLAG3"},
    {0x00010000, "ALIGN_16"},
    {0x00020000, "ENABLE_TRACING"},
    {0x00040000, "ENABLE_EXECUTE"},
};

static const char *const classes[] = {"process", "private",      "kernel",     "GDI",     "user",
                                      "console", "user desktop", "CSR shared", "CSR port"};

void heap_flags_put(struct strbuf *b, uint32_t flags)
{
    const char *gap = " ";
    uint32_t rest = flags & ~CLASS_MASK;
    strbuf_put_hex(b, flags);
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        if ((flags & bits[i].bit) == 0)
            continue;
        strbuf_printf(b, "%s%s", gap, bits[i].name);
        rest &= ~bits[i].bit;
        gap = ", ";
    }
    uint32_t class = (flags & CLASS_MASK) >> CLASS_SHIFT;
    if (class < sizeof classes / sizeof classes[0])
        strbuf_printf(b, "%sclass %s", gap, classes[class]);
    else
        strbuf_printf(b, "%sclass %u", gap, class);
    if (rest != 0) {
        strbuf_puts(b, ", ");
        strbuf_put_hex(b, rest);
    }
}
