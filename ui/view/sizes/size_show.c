/* What is shown of sizes, in words, numbers and conditions; see size_show.h. */
#include "ui/view/sizes/size_show.h"

#include <inttypes.h>
#include <math.h>

#include "base/text.h"
#include "ui/view/cell_format.h"

uint64_t size_show_value(const struct size_show *s, const struct size_cell *c)
{
    const uint64_t values[SIZE_FIGURES] = {
        [SIZE_FIGURE_COUNT] = c->allocs,
        [SIZE_FIGURE_BYTES] = c->alloc_bytes,
        [SIZE_FIGURE_OUTSTANDING] = c->outstanding_bytes,
    };
    return values[s->figure];
}

double size_show_scaled(const struct size_show *s, uint64_t value, uint64_t max)
{
    if (value == 0 || max == 0)
        return 0;
    if (value >= max)
        return 1;
    double part =
        s->log ? log2(1 + (double)value) / log2(1 + (double)max) : (double)value / (double)max;
    return part < 1 ? part : 1 - 1e-9;
}

void size_show_put_words(const struct size_show *s, struct strbuf *out)
{
    static const char *const words[SIZE_FIGURES] = {"Allocs by count", "Allocs by bytes",
                                                    "Outstanding bytes"};
    strbuf_printf(out, "%s, %s", words[s->figure], s->log ? "log" : "linear");
}

/* ---- sizes ---- */

static void put_bounds(const struct size_row *r, struct strbuf *out)
{
    text_put_grouped(out, r->from);
    if (r->to == UINT64_MAX) {
        strbuf_puts(out, " or more");
    } else if (r->to != r->from) {
        strbuf_puts(out, "..");
        text_put_grouped(out, r->to);
    }
}

void size_show_put_row(enum size_kind kind, const struct size_row *r, struct strbuf *out)
{
    if (r->others)
        strbuf_puts(out, "other sizes");
    else if (kind == SIZE_BY_POWER)
        cell_put_size_class(out, (unsigned)r->key);
    else
        put_bounds(r, out);
}

void size_show_put_sizes(const struct size_row *r, struct strbuf *out)
{
    if (r->others) {
        strbuf_puts(out, "other sizes");
        return;
    }
    strbuf_puts(out, "size ");
    put_bounds(r, out);
}

bool size_show_put_condition(const struct size_row *r, struct strbuf *out)
{
    if (r->others)
        return false;
    if (r->to == UINT64_MAX)
        strbuf_printf(out, "block_size >= %" PRIu64, r->from);
    else if (r->to == r->from)
        strbuf_printf(out, "block_size == %" PRIu64, r->from);
    else
        strbuf_printf(out, "block_size in %" PRIu64 "..%" PRIu64, r->from, r->to);
    return true;
}

/* ---- lifetimes ---- */

/* The bounds between classes, as the filter language writes them. */
static const char *const bounds[LIFE_CLASSES] = {"0ns",  "1us",   "10us", "100us", "1ms",
                                                 "10ms", "100ms", "1s",   "10s",   "100s"};

void size_show_put_life_title(unsigned k, struct strbuf *out)
{
    const char *sign = k == 0 ? "<" : k + 1 == LIFE_CLASSES ? ">" : "";
    strbuf_printf(out, "%s%s", sign, bounds[k == 0 ? 1 : k]);
}

void size_show_put_life_words(unsigned k, struct strbuf *out)
{
    if (k == 0)
        strbuf_printf(out, "lived less than %s", bounds[1]);
    else if (k + 1 == LIFE_CLASSES)
        strbuf_printf(out, "lived %s or more", bounds[k]);
    else
        strbuf_printf(out, "lived %s to <%s", bounds[k], bounds[k + 1]);
}

void size_show_put_life_condition(unsigned k, struct strbuf *out)
{
    if (k > 0)
        strbuf_printf(out, "life >= %s", bounds[k]);
    if (k > 0 && k + 1 < LIFE_CLASSES)
        strbuf_puts(out, " && ");
    if (k + 1 < LIFE_CLASSES)
        strbuf_printf(out, "life < %s", bounds[k + 1]);
}
