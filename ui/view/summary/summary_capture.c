/* What was recorded and how far it can be trusted; see summary_blocks.h. */
#include <string.h>

#include "answer/snapshot.h"
#include "base/text.h"
#include "decoder/etl_guid.h"
#include "model/capture_words.h"
#include "model/nameless.h"
#include "ui/term/glyph.h"
#include "ui/view/summary/summary_blocks.h"
#include "ui/view/view.h"
#include "ui/view/wall_clock.h"
#include "ui/view/why_empty.h"

#define PROVIDERS_SHOWN 6

static const struct snapshot *shown(const void *ctx)
{
    return ((const struct view_env *)ctx)->snapshot;
}

void summary_write_note(void *ctx, struct pen *pen)
{
    const struct snapshot *s = shown(ctx);
    enum role role = ROLE_TEXT_STRONG;
    if (s->matched == 0)
        why_empty_rows(ctx, pen->text);
    else if (nameless_explain(s->trace, s->source.name, s->source.inputs, pen->text))
        role = ROLE_TEXT_MUTED;
    else
        return;
    pen_paragraph(pen, 0, role, strbuf_str(pen->text));
    strbuf_clear(pen->text);
}

static void put_started(struct strbuf *b, const struct view_env *env)
{
    const struct snapshot *s = env->snapshot;
    int64_t utc = s->trace->clock.origin_filetime;
    int64_t minutes = env->settings->utc ? 0 : wall_clock_offset(&s->header.zone, utc);
    wall_clock_put_date(b, wall_clock_shift(utc, minutes));
    strbuf_putc(b, ' ');
    wall_clock_put_offset(b, minutes);
}

static const char *state_words(const struct snapshot *s)
{
    switch (s->source.state) {
    case SOURCE_UNPACKING:
        return "being unpacked";
    case SOURCE_LOADING:
        return "being read";
    case SOURCE_FOLLOWING:
        return "being written, followed";
    case SOURCE_CLOSED:
        return "closed by its writer";
    case SOURCE_TRUNCATED:
        return "cut while it was read";
    case SOURCE_REPLACED:
        return "replaced while it was read";
    case SOURCE_FAILED:
        return "could not be read to its end";
    case SOURCE_COMPLETE:
        break;
    }
    if (s->header.end_time == 0)
        return "unfinished: never stopped";
    return trust_has_loss(&s->trust) ? "finished, with losses" : "finished, read whole";
}

static void write_session(const struct etl_file_header *h, struct pen *pen)
{
    if (h->session_name[0] != '\0') {
        strbuf_puts(pen->text, h->session_name);
        pen->cut = CUT_MIDDLE;
        pen_pair(pen, "session", ROLE_TEXT);
    }
    if (h->log_file_name[0] != '\0') {
        strbuf_puts(pen->text, h->log_file_name);
        pen->cut = CUT_MIDDLE;
        pen_pair(pen, "logged to", ROLE_TEXT);
    }
}

static void write_records(const struct etl_tally *t, struct pen *pen)
{
    text_put_grouped(pen->text, t->records);
    strbuf_puts(pen->text, ", ");
    text_put_grouped(pen->text, t->heap_events);
    strbuf_puts(pen->text, " heap");
    pen_pair(pen, "records", ROLE_TEXT);
    if (t->stack_records == 0)
        return;
    text_put_grouped(pen->text, t->stack_records);
    pen_pair(pen, "stacks", ROLE_TEXT);
}

/* "209 of 64 KiB, 13.1 MiB" */
static void write_buffers(const struct snapshot *s, struct pen *pen)
{
    if (s->tally != NULL && s->tally->buffers > 0) {
        text_put_grouped(pen->text, s->tally->buffers);
        strbuf_puts(pen->text, " of ");
    }
    text_put_size(pen->text, s->header.buffer_size);
    if (s->source.bytes_total > 0) {
        strbuf_puts(pen->text, ", ");
        text_put_size(pen->text, s->source.bytes_total);
    }
    if (s->tally != NULL && s->tally->buffers_compressed > 0) {
        strbuf_puts(pen->text, ", ");
        text_put_grouped(pen->text, s->tally->buffers_compressed);
        strbuf_puts(pen->text, " compressed");
    }
    pen_pair(pen, "buffers", ROLE_TEXT);
}

void summary_write_capture(void *ctx, struct pen *pen)
{
    const struct snapshot *s = shown(ctx);
    const struct etl_file_header *h = &s->header;
    pen_heading(pen, "Capture");
    strbuf_puts(pen->text, s->source.name);
    pen->cut = CUT_MIDDLE;
    pen_pair(pen, "file", ROLE_TEXT_STRONG);
    strbuf_puts(pen->text, state_words(s));
    pen_pair(pen, "state", ROLE_TEXT);
    put_started(pen->text, ctx);
    pen_pair(pen, "started", ROLE_TEXT);
    text_put_duration(pen->text, snapshot_duration(s));
    pen_pair(pen, "duration", ROLE_TEXT);
    const struct system_info *info = system_facts_info(s->trace->system);
    capture_put_product(pen->text, h, info);
    pen_pair(pen, "system", ROLE_TEXT);
    capture_put_build(pen->text, h);
    pen_pair(pen, "build", ROLE_TEXT);
    capture_put_machine(pen->text, info);
    if (pen->text->len > 0)
        pen_pair(pen, "machine", ROLE_TEXT);
    capture_put_cpus(pen->text, h, info);
    pen_pair(pen, "CPUs", ROLE_TEXT);
    capture_put_clock(pen->text, h->clock_type, &s->trace->clock);
    pen_pair(pen, "clock", ROLE_TEXT);
    write_buffers(s, pen);
    capture_put_mode(pen->text, h->log_file_mode);
    pen_pair(pen, "mode", ROLE_TEXT);
    write_session(h, pen);
    if (s->tally != NULL)
        write_records(s->tally, pen);
}

/* ---- trust ---- */

/* Data that is missing, mistakes of the program that was traced, and what was put right or merely
 * cannot be known. */
static enum role trust_role(const struct trust_field *field)
{
    switch (field->grade) {
    case TRUST_LOSS:
        return ROLE_LOST;
    case TRUST_MISTAKE:
        return ROLE_EVENT_FAIL;
    case TRUST_DOUBT:
        return ROLE_LATE;
    case TRUST_NOTE:
        break;
    }
    return ROLE_TEXT;
}

static void write_trust_field(const struct trust *t, const struct trust_field *field,
                              struct pen *pen)
{
    uint64_t value = trust_value(t, field);
    enum role role = value == 0 ? ROLE_TEXT_MUTED : trust_role(field);
    strbuf_puts(pen->text, field->label);
    pen_cell(pen, PEN_INDENT, 24, ALIGN_LEFT, value == 0 ? ROLE_TEXT_MUTED : ROLE_TEXT);
    if (value == 0)
        strbuf_puts(pen->text, GLYPH_ZERO);
    else
        text_put_grouped(pen->text, value);
    pen_cell(pen, -12, 12, ALIGN_RIGHT, role);
    pen_end_row(pen);
    if (value != 0)
        pen_paragraph(pen, 2, ROLE_TEXT_MUTED, field->hint);
}

void summary_write_trust(void *ctx, struct pen *pen)
{
    const struct trust *t = &shown(ctx)->trust;
    strbuf_puts(pen->text, trust_has_loss(t) ? "figures are incomplete" : "nothing was lost");
    pen_heading(pen, "Trust");
    for (size_t i = 0; i < trust_field_count; i++)
        write_trust_field(t, &trust_fields[i], pen);
}

/* ---- providers ---- */

/* The provider with most records among those after (`than`, `than_index`) in that order; -1: none.
 */
static int next_largest(const struct etl_tally *t, uint64_t than, int than_index)
{
    int best = -1;
    for (size_t i = 0; i < t->provider_count; i++) {
        uint64_t n = t->providers[i].records;
        bool after = n < than || (n == than && (int)i > than_index);
        if (after && (best < 0 || n > t->providers[best].records))
            best = (int)i;
    }
    return best;
}

static void write_provider(const struct etl_provider_count *p, struct pen *pen)
{
    char guid[ETL_GUID_TEXT_SIZE];
    const char *name = etl_guid_name(&p->guid);
    strbuf_puts(pen->text, name != NULL ? name : etl_guid_format(&p->guid, guid));
    pen_cell(pen, PEN_INDENT, pen->c.cols - 13, ALIGN_LEFT, ROLE_TEXT);
    text_put_grouped(pen->text, p->records);
    pen_cell(pen, -11, 11, ALIGN_RIGHT, ROLE_TEXT);
    pen_end_row(pen);
}

void summary_write_providers(void *ctx, struct pen *pen)
{
    const struct etl_tally *t = shown(ctx)->tally;
    if (t == NULL || t->provider_count == 0)
        return;
    strbuf_puts(pen->text, "records");
    pen_heading(pen, "Providers");
    int at = -1;
    uint64_t records = UINT64_MAX;
    for (int n = 0; n < PROVIDERS_SHOWN; n++) {
        at = next_largest(t, records, at);
        if (at < 0)
            return;
        records = t->providers[at].records;
        write_provider(&t->providers[at], pen);
    }
    if (t->provider_count <= PROVIDERS_SHOWN)
        return;
    strbuf_printf(pen->text, "and %zu more", t->provider_count - PROVIDERS_SHOWN);
    pen_cell(pen, PEN_INDENT, pen->c.cols - PEN_INDENT, ALIGN_LEFT, ROLE_TEXT_MUTED);
    pen_end_row(pen);
}
