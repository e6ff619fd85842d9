/* The time range of the question: set at the selected moment, taken back by Backspace. */
#include <string.h>

#include "ui/app/app_state.h"
#include "ui/view/cell_format.h"

static void put_bound(struct strbuf *b, int64_t ns, const char *open)
{
    if (ns == INT64_MIN || ns == INT64_MAX)
        strbuf_puts(b, open);
    else
        cell_put_exact_moment(b, ns);
}

static void put_range(struct view_range range, struct strbuf *out)
{
    strbuf_putc(out, '[');
    put_bound(out, range.since, "start");
    strbuf_puts(out, " .. ");
    put_bound(out, range.until, "end");
    strbuf_putc(out, ']');
}

static bool is_open(struct view_range range)
{
    return range.since == INT64_MIN && range.until == INT64_MAX;
}

void app_put_range(const struct app *a, struct strbuf *out)
{
    if (!is_open(a->range))
        put_range(a->range, out);
}

/* Makes `range` the one in force, as a step that can be taken back. */
static void take_range(struct app *a, struct view_range range)
{
    if (range.since == a->range.since && range.until == a->range.until) {
        app_message(a, false, "That is the range already.");
        return;
    }
    struct strbuf label = {0};
    if (is_open(range))
        strbuf_puts(&label, "whole time");
    else
        put_range(range, &label);
    view_stack_drill(&a->stack, app_filter_text(a), a->range, strbuf_str(&label));
    strbuf_release(&label);
    a->range = range;
    app_ask(a);
}

/* The selected moment in ns; false, and a message, when there is none. */
static bool selected_time(struct app *a, int64_t *out_ns)
{
    struct view_mark moment;
    if (!app_moment(a, &moment)) {
        app_say_no_moment(a, "A range starts and ends");
        return false;
    }
    *out_ns = trace_ns(a->shown->trace, moment.time);
    return true;
}

/* Ends that have crossed change places. */
static struct view_range ordered(int64_t since, int64_t until)
{
    if (since <= until)
        return (struct view_range){since, until};
    return (struct view_range){until, since};
}

void app_range_start(struct app *a, uint64_t count)
{
    int64_t ns;
    (void)count;
    if (selected_time(a, &ns))
        take_range(a, ordered(ns, a->range.until));
}

void app_range_end(struct app *a, uint64_t count)
{
    int64_t ns;
    (void)count;
    if (selected_time(a, &ns))
        take_range(a, ordered(a->range.since, ns));
}

void app_range_clear(struct app *a, uint64_t count)
{
    (void)count;
    if (is_open(a->range))
        app_message(a, false, "The whole time is shown already.");
    else
        take_range(a, (struct view_range){INT64_MIN, INT64_MAX});
}
