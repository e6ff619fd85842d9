/* Empty screens explained; see why_empty.h. */
#include "ui/view/why_empty.h"

#include <ctype.h>

#include "answer/snapshot.h"
#include "base/text.h"
#include "ui/keys/keymap.h"
#include "ui/view/cell_format.h"

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
    if (s->source.state == SOURCE_UNPACKING) {
        strbuf_puts(out, "Unpacking: the first events are shown as soon as they come out.");
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
    bool ranged = asked->since != INT64_MIN || asked->until != INT64_MAX;
    if (s->scanned < s->rows) {
        strbuf_printf(out, "Searching: no match in the first %u %% of ",
                      cell_percent(s->scanned, s->rows));
        text_put_grouped(out, s->rows);
        strbuf_puts(out, " rows.");
        return;
    }
    strbuf_puts(out, !filtered ? "No event lies in the range."
                     : ranged  ? "No event in the range matches the filter."
                               : "No event matches the filter.");
    if (filtered)
        keymap_put_text(env->keymap,
                        " {filter.edit} changes it, {drill.back} takes the last step back.", out);
    if (ranged)
        keymap_put_text(env->keymap, " {range.clear} shows the whole time.", out);
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
    return cell_percent(counted, s->rows);
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

/* Each new row may change what becomes of old ones: under such a filter the totals of a growing
 * trace start again and again. */
static bool is_always_behind(const struct snapshot *s)
{
    const struct filter *f = s->query != NULL ? query_asked(s->query)->filter : NULL;
    bool settles = s->source.state != SOURCE_FOLLOWING && s->summary_complete;
    return f != NULL && filter_depends_on_fate(f) && !settles;
}

bool why_figures_lag(const struct view_env *env, struct strbuf *out)
{
    const struct snapshot *s = env->snapshot;
    strbuf_clear(out);
    if (s == NULL || s->trace == NULL)
        return false;
    if (!s->summary_complete && percent_counted(s) < 99) {
        strbuf_printf(out, "counting %u %%", percent_counted(s));
        return true;
    }
    if (!is_always_behind(s))
        return false;
    strbuf_puts(out, "counting, a pass behind");
    return true;
}
