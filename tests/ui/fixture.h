/*
 * A small trace with a story, told to the product's replay event by event, and the program's screen
 * around it: what the golden pictures show.
 *
 * Two processes, one handle that stands in both, a heap that grows, one that is destroyed and made
 * again, blocks that move and that do not, every kind of mistake, and losses. The same events every
 * time; no clock but the one set here.
 */
#ifndef TESTS_UI_FIXTURE_H
#define TESTS_UI_FIXTURE_H

#include "model/snapshot.h"
#include "term.h"
#include "ui/app/app.h"

struct fixture {
    struct trace *trace;
    struct etl_tally tally;
    struct trust trust;
    int64_t last_time; /* raw */
};

/* The story up to `events` events (0: all of it; FIXTURE_EMPTY: a trace without any). */
#define FIXTURE_EMPTY SIZE_MAX
void fixture_init(struct fixture *f, size_t events);
void fixture_release(struct fixture *f);

/* A finished picture of the story that answers `spec` (NULL: everything), with one reference. The
 * test changes it as it likes before anyone sees it. */
struct snapshot *fixture_snapshot(const struct fixture *f, const struct query_spec *spec);

/* The program on a test terminal, with a host that answers every question at once. */
struct stage {
    struct fixture fixture;
    struct term *term;
    struct app *app;
    struct app_host host;
    int64_t now; /* monotonic ns */
    unsigned asked, reloads, quits, suspends, saves;
    unsigned writes, write_stops;
    int write_answer;                  /* of host->write() */
    struct strbuf written;             /* "events time,op name.tsv " ... of every host->write() */
    struct strbuf saved;               /* "options.theme=light " ... of the last host->save() */
    bool silent;                       /* questions are noted but not answered */
    void (*dress)(struct snapshot *s); /* changes every picture before it is shown; may be NULL */
    char last_filter[256];             /* of the last question */
    struct query_spec spec;            /* the last question; holds a reference to the filter */
    struct stage_aside {
        bool asked;
        struct query_spec spec; /* holds a reference to the filter */
    } aside[ASIDE_COUNT];
};

struct stage_options {
    int rows, cols;
    size_t events;                    /* as fixture_init() */
    const char *filter;               /* NULL: none */
    int64_t since, until;             /* both 0: open */
    bool follow, ascii, empty_handed; /* empty_handed: no picture yet */
    void (*dress)(struct snapshot *s);
};

void stage_open(struct stage *st, const struct stage_options *options);
void stage_close(struct stage *st);

/* A new picture of the same story, as dressed now. */
void stage_show(struct stage *st);

#endif
