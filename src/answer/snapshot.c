/* Life and small readings of the picture a frame is drawn from; see snapshot.h. */
#include "answer/snapshot.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/text.h"
#include "decoder/etl_guid.h"

struct snapshot *snapshot_ref(struct snapshot *s)
{
    atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
    return s;
}

void snapshot_unref(struct snapshot *s)
{
    if (s == NULL || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1)
        return;
    query_unref(s->query);
    for (int i = 0; i < ASIDE_COUNT; i++)
        query_unref(s->aside[i]);
    image_map_unref(s->images);
    trace_unref(s->trace);
    for (int i = 0; i < ANSWER_KINDS; i++)
        answer_unref(s->answer[i]);
    symbol_table_unref(s->symbols);
    summary_free(s->summary);
    free(s->tally);
    free(s);
}

int64_t snapshot_duration(const struct snapshot *s)
{
    if (s->trace == NULL || s->last_time == INT64_MIN)
        return 0;
    return trace_ns(s->trace, s->last_time);
}

/* Names the providers with the most records, so that a person sees what was captured instead. */
static void put_providers(const struct etl_tally *t, struct strbuf *out)
{
    bool named[ETL_TALLY_PROVIDERS] = {false};
    for (int i = 0; i < 3; i++) {
        size_t best = t->provider_count;
        for (size_t k = 0; k < t->provider_count; k++)
            if (!named[k] &&
                (best == t->provider_count || t->providers[k].records > t->providers[best].records))
                best = k;
        if (best == t->provider_count)
            break;
        named[best] = true;
        const char *name = etl_guid_name(&t->providers[best].guid);
        char text[ETL_GUID_TEXT_SIZE];
        strbuf_puts(out, i == 0 ? " (" : ", ");
        strbuf_puts(out, name != NULL ? name : etl_guid_format(&t->providers[best].guid, text));
        strbuf_putc(out, ' ');
        text_put_grouped(out, t->providers[best].records);
    }
    if (t->provider_count > 3)
        strbuf_puts(out, ", ...");
    if (t->provider_count != 0)
        strbuf_putc(out, ')');
}

void snapshot_explain_empty(const struct etl_tally *tally, struct strbuf *out)
{
    if (tally->heap_events != 0)
        return;
    strbuf_puts(out, "no heap events: the file has ");
    text_put_grouped(out, tally->records);
    strbuf_puts(out, tally->records == 1 ? " record of " : " records of ");
    text_put_grouped(out, tally->provider_count);
    strbuf_puts(out, tally->provider_count == 1 ? " provider" : " providers");
    put_providers(tally, out);
    strbuf_puts(out, ", none of them heap; was the heap session merged in?");
}
