/* The lines below the list; see finding_evidence.h. */
#include "ui/view/findings/finding_evidence.h"

#include <string.h>

#include "answer/snapshot.h"
#include "base/text.h"

#define LABEL_CELLS 12

/* A narrow place has no room for labels. */
#define NARROW 40

struct lines {
    const struct canvas *c;
    int y;
};

/* A label and a text of as many lines as it takes. */
static void put(struct lines *l, const char *label, enum role role, const char *text)
{
    int x = l->c->cols >= NARROW ? LABEL_CELLS + 2 : 1;
    if (x > 1)
        canvas_field(l->c, l->y, 1, LABEL_CELLS, ROLE_TEXT_MUTED, ALIGN_LEFT, CUT_END, label,
                     strlen(label));
    struct canvas box = canvas_sub(l->c, 0, x, l->c->rows, l->c->cols - x - 1);
    box.rows = l->c->rows;
    int lines = canvas_paragraph(&box, l->y, role, text);
    l->y += lines > 0 ? lines : 1;
}

static void put_curve(struct lines *l, const char *label, const uint64_t *values,
                      struct strbuf *scratch)
{
    uint64_t most = 0;
    if (values == NULL || l->c->cols < NARROW + FINDING_POINTS)
        return;
    for (size_t i = 0; i < FINDING_POINTS; i++)
        most = values[i] > most ? values[i] : most;
    strbuf_clear(scratch);
    strbuf_puts(scratch, "up to ");
    text_put_size(scratch, most);
    int x = LABEL_CELLS + 2;
    canvas_field(l->c, l->y, 1, LABEL_CELLS, ROLE_TEXT_MUTED, ALIGN_LEFT, CUT_END, label,
                 strlen(label));
    canvas_spark(l->c, l->y, x, FINDING_POINTS, ROLE_GRAPH_BAR, values, FINDING_POINTS);
    canvas_puts(l->c, l->y, x + FINDING_POINTS + 2, ROLE_TEXT_MUTED, strbuf_str(scratch));
    l->y++;
}

int finding_evidence_draw(const struct view_env *env, const struct finding *f,
                          const struct canvas *c, struct strbuf *scratch)
{
    struct lines l = {c, 0};
    const struct trust *trust = &env->snapshot->trust;
    put(&l, "proved by", ROLE_STATUS_FILTER, f->condition);
    put_curve(&l, "outstanding", f->curve, scratch);
    put_curve(&l, "committed", f->second, scratch);
    for (size_t i = 0; i < f->fact_count; i++)
        put(&l, f->facts[i].label, ROLE_TEXT, f->facts[i].text);
    strbuf_clear(scratch);
    strbuf_puts(scratch, finding_confidence(trust));
    if (finding_is_certain(trust))
        strbuf_puts(scratch, ": nothing was lost");
    put(&l, "confidence", finding_is_certain(trust) ? ROLE_TEXT : ROLE_LOST, strbuf_str(scratch));
    return l.y;
}
