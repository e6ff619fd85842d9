/* Explaining that names are elsewhere; see nameless.h. */
#include "model/nameless.h"

#include <stdatomic.h>

/* Who has so many processes without a name has no names: a frame must not look through more. */
#define LOOK_MOST 256u

static bool has_name(const struct registry *r)
{
    uint32_t count = registry_process_count(r);
    for (uint32_t i = 0; i < count && i < LOOK_MOST; i++) {
        const struct process *p = registry_process(r, i);
        const char *name = atomic_load_explicit(&p->name, memory_order_acquire);
        if (name != NULL && name[0] != '\0')
            return true;
    }
    return count == 0;
}

bool nameless_explain(const struct trace *t, const char *name, size_t inputs, struct strbuf *out)
{
    if (has_name(t->registry))
        return false;
    strbuf_puts(out, "No process has a name: ");
    if (inputs > 1)
        strbuf_puts(out, "no file has records of processes. Open the kernel session's, too.");
    else
        strbuf_printf(out,
                      "names stand in the file of the kernel session. Open both: "
                      "heaptail %s kernel.etl",
                      name);
    return true;
}
