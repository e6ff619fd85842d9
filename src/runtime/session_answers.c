/* Which answers a session makes, and of which query; see session_answers.h. */
#include "runtime/session_answers.h"

#include "answer/answer_job.h"

/* Percent of an answer under way that are worth a new picture. */
#define PERCENT_STEP 4

static void show(struct session_answer *a, struct answer *answer)
{
    struct answer *old = a->shown;
    a->shown = answer != NULL ? answer_ref(answer) : NULL;
    answer_unref(old);
}

static void forget_maker(struct session_answer *a)
{
    answer_maker_free(a->maker);
    a->maker = NULL;
}

/* An answer that finds no memory is not made; what is shown goes on. */
static void make_maker(struct session_answer *a, struct query *query)
{
    forget_maker(a);
    if (a->asked && query != NULL)
        a->maker = answer_maker_new(query, &a->spec);
}

/* What was made while nobody asked, or for the last spec, may be what is asked now. */
static void show_made(struct session_answer *a)
{
    struct answer *made = a->maker != NULL ? answer_maker_answer(a->maker) : NULL;
    if (made != NULL)
        show(a, made);
}

void session_answers_ask(struct session_answers *answers, enum answer_kind kind,
                         const struct answer_spec *spec, struct query *query)
{
    struct session_answer *a = &answers->of[kind];
    a->asked = spec != NULL;
    if (spec == NULL) {
        show(a, NULL);
        return;
    }
    bool same = a->maker != NULL && answer_spec_is_same(spec, &a->spec);
    answer_spec_copy(&a->spec, spec);
    if (a->maker == NULL)
        make_maker(a, query);
    else if (!same)
        answer_maker_want(a->maker, spec);
    show_made(a);
}

/* What nobody asks for is not made for another query. */
static void start(struct session_answer *a, struct query *query, enum session_change change)
{
    bool by_trace = answer_jobs[a->spec.kind]->belongs_to_trace;
    if (!a->asked || change != SESSION_OTHER_RANGE || a->maker == NULL ||
        !answer_maker_move(a->maker, query))
        make_maker(a, query);
    if (change == SESSION_OTHER_TRACE || (change == SESSION_SAME_STACKS && by_trace))
        show(a, NULL);
}

void session_answers_start(struct session_answers *answers, struct query *query,
                           enum session_change change)
{
    for (int i = 0; i < ANSWER_KINDS; i++)
        start(&answers->of[i], query, change);
}

void session_answers_release(struct session_answers *answers)
{
    for (int i = 0; i < ANSWER_KINDS; i++) {
        forget_maker(&answers->of[i]);
        show(&answers->of[i], NULL);
        answer_spec_copy(&answers->of[i].spec, NULL);
    }
}

bool session_answers_are_asked(const struct session_answers *answers)
{
    bool asked = false;
    for (int i = 0; i < ANSWER_KINDS; i++)
        asked = asked || answers->of[i].asked;
    return asked;
}

unsigned session_answers_percent(const struct session_answers *answers, enum answer_kind kind)
{
    const struct session_answer *a = &answers->of[kind];
    return a->asked && a->maker != NULL ? answer_maker_percent(a->maker) : 0;
}

/* A person who waits sees every few percent. */
static bool has_come_on(struct session_answer *a)
{
    unsigned percent = answer_maker_percent(a->maker) / PERCENT_STEP;
    bool on = percent != a->told;
    a->told = percent;
    return on;
}

static bool step(struct session_answer *a, const struct frame_namer *namer, bool *out_news)
{
    if (!a->asked || a->maker == NULL)
        return false;
    bool more = answer_maker_step(a->maker, namer);
    struct answer *made = answer_maker_answer(a->maker);
    *out_news = has_come_on(a) || *out_news;
    if (made != NULL && made != a->shown) {
        show(a, made);
        *out_news = true;
    }
    return more;
}

bool session_answers_step(struct session_answers *answers, const struct frame_namer *namer,
                          bool *out_news)
{
    bool more = false;
    for (int i = 0; i < ANSWER_KINDS; i++)
        more = step(&answers->of[i], namer, out_news) || more;
    return more;
}

int64_t session_answers_deadline(const struct session_answers *answers)
{
    int64_t first = INT64_MAX;
    for (int i = 0; i < ANSWER_KINDS; i++) {
        const struct session_answer *a = &answers->of[i];
        int64_t deadline =
            a->asked && a->maker != NULL ? answer_maker_deadline(a->maker) : INT64_MAX;
        first = deadline < first ? deadline : first;
    }
    return first;
}

struct answer *session_answers_show(const struct session_answers *answers, enum answer_kind kind,
                                    bool *out_complete)
{
    const struct session_answer *a = &answers->of[kind];
    *out_complete = a->asked && a->maker != NULL && answer_maker_is_settled(a->maker);
    return a->shown != NULL ? answer_ref(a->shown) : NULL;
}
