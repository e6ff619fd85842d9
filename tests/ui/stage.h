/*
 * The program on a test terminal, showing the story of fixture.h: keys go in, pictures come out,
 * and what is asked of the host is noted.
 */
#ifndef TESTS_UI_STAGE_H
#define TESTS_UI_STAGE_H

#include "answer/answer_spec.h"
#include "fixture.h"
#include "forest.h"
#include "term.h"
#include "ui/app/app.h"

/* The program on a test terminal, with a host that answers every question at once. */
struct stage {
    struct fixture fixture;
    struct term *term;
    struct app *app;
    struct app_host host;
    int64_t now; /* monotonic ns */
    unsigned asked, reloads, quits, suspends, saves;
    unsigned writes, write_stops, reads;
    int write_answer;                  /* of host->write() */
    struct strbuf written;             /* "events time,op name.tsv " ... of every host->write() */
    struct strbuf saved;               /* "options.theme=light " ... of the last host->save() */
    bool silent;                       /* questions are noted but not answered */
    void (*dress)(struct snapshot *s); /* changes every picture before it is shown; may be NULL */
    char last_filter[256];             /* of the last question */
    struct query_spec spec;            /* the last question; holds a reference to the filter */
    bool answer_asked[ANSWER_KINDS];   /* beside it: */
    struct answer_spec answer[ANSWER_KINDS]; /* hold references */
    unsigned answers[ANSWER_KINDS];          /* times it was asked for */
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
    bool stacks;                      /* stack walking was on */
    void (*dress)(struct snapshot *s);
};

void stage_open(struct stage *st, const struct stage_options *options);
void stage_close(struct stage *st);

/* A new picture of the same story, as dressed now. */
void stage_show(struct stage *st);

#endif
