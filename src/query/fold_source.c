/* The figures of the Sources met, in the order in which they came (numbers.md, Source histogram).
 */
#include "query/fold_priv.h"

/* The last place is shared by all Sources that find no place of their own. */
#define OWN_PLACES (FOLD_SOURCES - 1)

static unsigned add_source(struct fold *f, uint32_t source)
{
    bool other = f->source_count >= OWN_PLACES;
    if (f->source_count < FOLD_SOURCES) {
        f->sources[f->source_count].source = other ? 0 : source;
        f->sources[f->source_count].other = other;
        f->source_count++;
    }
    if (other)
        return OWN_PLACES;
    if (source < STORE_NO_SOURCE)
        f->source_place[source] = (uint8_t)f->source_count;
    return (unsigned)f->source_count - 1;
}

unsigned fold_find_source(struct fold *f, uint32_t source)
{
    for (unsigned i = 0; source >= STORE_NO_SOURCE && i < f->source_count && i < OWN_PLACES; i++)
        if (f->sources[i].source == source)
            return i;
    return add_source(f, source);
}
