/* Empty screens explained; see why_empty.h. */
#include "ui/view/why_empty.h"

#include <ctype.h>

#include "base/text.h"
#include "model/snapshot.h"
#include "ui/keys/keymap.h"

static void why_still_waiting(const struct snapshot *s, struct strbuf *out)
{
    if (s->tally != NULL && s->tally->heap_events > 0) {
        text_put_grouped(out, s->tally->heap_events);
        strbuf_puts(out, s->tally->heap_events == 1 ? " event has" : " events have");
        strbuf_puts(out, " come. They are shown when it is certain that no other CPU's buffer "
                         "holds earlier ones.");
        return;
    }
    strbuf_puts(out, "Waiting for the first events.");
    if (s->source.bytes_total == 0)
        return;
    strbuf_puts(out, " A session writes a buffer when it is full or its flush timer runs out. "
                     "So far ");
    text_put_size(out, s->source.bytes_total);
    strbuf_puts(out, " came.");
}

static void why_no_rows_at_all(const struct snapshot *s, struct strbuf *out)
{
    if (s->source.state == SOURCE_FAILED) {
        strbuf_puts(out, s->source.message);
        return;
    }
    if (s->source.state == SOURCE_FOLLOWING) {
        why_still_waiting(s, out);
        return;
    }
    if (s->source.state == SOURCE_LOADING) {
        strbuf_puts(out, "Reading: no events found yet.");
        return;
    }
    if (s->tally != NULL)
        snapshot_explain_empty(s->tally, out);
    if (out->len > 0)
        out->s[0] = (char)toupper((unsigned char)out->s[0]);
    if (out->len == 0)
        strbuf_puts(out, "The trace holds no heap events.");
}

static void why_no_match(const struct view_env *env, struct strbuf *out)
{
    const struct snapshot *s = env->snapshot;
    const struct query_spec *asked = query_asked(s->query);
    bool filtered = asked->filter != NULL && !filter_is_empty(asked->filter);
    if (s->scanned < s->rows) {
        strbuf_printf(out, "Searching: no match in the first %u %% of ",
                      (unsigned)((double)s->scanned * 100.0 / (double)s->rows));
        text_put_grouped(out, s->rows);
        strbuf_puts(out, " rows.");
        return;
    }
    strbuf_puts(out, filtered ? "No event matches the filter." : "No event lies in the range.");
    if (filtered)
        keymap_put_text(env->keymap,
                        " {filter.edit} changes it, {drill.back} takes the last step back.", out);
}

void why_empty_rows(const struct view_env *env, struct strbuf *out)
{
    const struct snapshot *s = env->snapshot;
    strbuf_clear(out);
    if (s == NULL)
        strbuf_puts(out, "Opening.");
    else if (s->trace == NULL || s->rows == 0)
        why_no_rows_at_all(s, out);
    else
        why_no_match(env, out);
}

static unsigned percent_counted(const struct snapshot *s)
{
    uint64_t counted = s->summary != NULL ? s->summary->rows : 0;
    return s->rows == 0 ? 100 : (unsigned)((double)counted * 100.0 / (double)s->rows);
}

void why_empty_figures(const struct view_env *env, struct strbuf *out)
{
    const struct snapshot *s = env->snapshot;
    if (s == NULL || s->rows == 0 || (s->summary != NULL && s->summary->rows >= s->rows)) {
        why_empty_rows(env, out);
        return;
    }
    strbuf_clear(out);
    strbuf_printf(out, "Counting: %u %% of ", percent_counted(s));
    text_put_grouped(out, s->rows);
    strbuf_puts(out, " rows done.");
}

bool why_figures_lag(const struct view_env *env, struct strbuf *out)
{
    const struct snapshot *s = env->snapshot;
    strbuf_clear(out);
    if (s == NULL || s->trace == NULL || s->summary_complete || percent_counted(s) >= 99)
        return false;
    strbuf_printf(out, "counting %u %%", percent_counted(s));
    return true;
}
