/* The progress line; see progress.h. */
#include "commands/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

#define FIRST_AFTER_NS INT64_C(1000000000)
#define EVERY_NS       INT64_C(200000000)

void progress_init(struct progress *p, bool quiet)
{
    *p = (struct progress){
        .wanted = !quiet && isatty(STDERR_FILENO) != 0,
        .next_at = clock_monotonic_ns() + FIRST_AFTER_NS,
    };
}

static void put_line(struct strbuf *b, uint64_t done, uint64_t total)
{
    if (total != 0)
        strbuf_printf(b, "%3u %%, ", (unsigned)((double)done / (double)total * 100));
    text_put_size(b, done);
    if (total != 0) {
        strbuf_puts(b, " of ");
        text_put_size(b, total);
    }
    strbuf_puts(b, " read");
}

void progress_update(void *ctx, uint64_t done, uint64_t total)
{
    struct progress *p = ctx;
    if (!p->wanted || clock_monotonic_ns() < p->next_at)
        return;
    struct strbuf line = {0};
    put_line(&line, done, total);
    fprintf(stderr, "\r%s\033[K", strbuf_str(&line));
    strbuf_release(&line);
    p->shown = true;
    p->next_at = clock_monotonic_ns() + EVERY_NS;
}

void progress_clear(struct progress *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
    p->shown = false;
}
