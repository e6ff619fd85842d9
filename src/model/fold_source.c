/* The figures of the Sources met, in the order in which they came (numbers.md, Source histogram).
 */
#include "model/fold_priv.h"

/* The last place is shared by all Sources that find no place of their own. */
#define OWN_PLACES (FOLD_SOURCES - 1)

static struct source_figures *add_source(struct fold *f, uint32_t source)
{
    struct source_figures *s = &f->sources[f->source_count];
    bool other = f->source_count >= OWN_PLACES;
    if (f->source_count < FOLD_SOURCES) {
        *s = (struct source_figures){.source = other ? 0 : source, .other = other};
        f->source_count++;
    }
    if (other)
        return &f->sources[OWN_PLACES];
    if (source < STORE_NO_SOURCE)
        f->source_place[source] = (uint8_t)f->source_count;
    return s;
}

struct source_figures *fold_find_source(struct fold *f, uint32_t source)
{
    for (size_t i = 0; source >= STORE_NO_SOURCE && i < f->source_count && i < OWN_PLACES; i++)
        if (f->sources[i].source == source)
            return &f->sources[i];
    return add_source(f, source);
}
