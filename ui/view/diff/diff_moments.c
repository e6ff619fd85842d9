/* The moments that are compared; see diff_moments.h. */
#include "ui/view/diff/diff_moments.h"

#include <stdlib.h>

#include "answer/snapshot.h"
#include "ui/view/cell_format.h"

static void add(struct diff_moments *m, int64_t time, const struct view_mark *mark)
{
    if (m->count < MOMENTS_MOST)
        m->at[m->count++] = (struct diff_moment){.time = time, .mark = mark};
}

static int compare(const void *a, const void *b)
{
    const struct diff_moment *l = a, *r = b;
    if (l->time != r->time)
        return l->time < r->time ? -1 : 1;
    if (l->mark == NULL || r->mark == NULL)
        return (l->mark != NULL) - (r->mark != NULL);
    return l->mark->letter - r->mark->letter;
}

static size_t count_own(const struct view_env *env)
{
    size_t own = 0;
    for (size_t i = 0; i < env->mark_count; i++)
        own += !env->marks[i].recorded;
    return own;
}

/* The ends as the query has them: the figures of every screen are about that range. */
static void add_range(struct diff_moments *m, const struct view_env *env)
{
    const struct query_spec *spec = query_asked(env->snapshot->query);
    const struct trace *trace = env->snapshot->trace;
    add(m, spec->since == INT64_MIN ? INT64_MIN : trace_raw(trace, spec->since), NULL);
    add(m, spec->until == INT64_MAX ? INT64_MAX : trace_raw(trace, spec->until), NULL);
}

static void add_marks(struct diff_moments *m, const struct view_env *env)
{
    bool recorded = count_own(env) < 2;
    for (size_t i = 0; i < env->mark_count; i++)
        if (recorded || !env->marks[i].recorded)
            add(m, env->marks[i].time, &env->marks[i]);
    if (m->count == 1)
        add(m, INT64_MAX, NULL);
}

static void add_last_two(struct diff_moments *m, const struct view_env *env)
{
    const struct view_mark *last = NULL, *before = NULL;
    for (size_t i = 0; i < env->mark_count; i++) {
        const struct view_mark *mark = &env->marks[i];
        if (mark->recorded)
            continue;
        if (last == NULL || mark->turn > last->turn) {
            before = last;
            last = mark;
        } else if (before == NULL || mark->turn > before->turn) {
            before = mark;
        }
    }
    if (before == NULL)
        return;
    add(m, before->time, before);
    add(m, last->time, last);
}

static const struct view_mark *find_mark(const struct view_env *env, char letter)
{
    for (size_t i = 0; i < env->mark_count; i++)
        if (env->marks[i].letter == letter)
            return &env->marks[i];
    return NULL;
}

/* Marks that were forgotten meanwhile are left out. */
static void add_picked(struct diff_moments *m, const struct view_env *env)
{
    for (size_t i = 0; i < m->picked_count; i++) {
        const struct view_diff_pick *pick = &m->picked[i];
        const struct view_mark *mark = pick->letter != '\0' ? find_mark(env, pick->letter) : NULL;
        if (pick->letter == '\0' || mark != NULL)
            add(m, mark != NULL ? mark->time : pick->time, mark);
    }
}

/* In the order in which they stand: the other file comes first. */
static void add_file(struct diff_moments *m, const struct view_env *env)
{
    if (env->baseline == NULL)
        return;
    add_range(m, env);
    m->at[0] = (struct diff_moment){.time = INT64_MIN, .other = true};
}

/* Two moments at least, or nothing was found. */
static bool find(struct diff_moments *m, const struct view_env *env, enum diff_between between)
{
    static void (*const adders[DIFF_BETWEENS])(
        struct diff_moments * m, const struct view_env *env) = {add_marks, add_last_two, add_range,
                                                                add_picked, add_file};
    m->count = 0;
    m->found = between;
    adders[between](m, env);
    return m->count >= 2;
}

void diff_moments_find(struct diff_moments *m, const struct view_env *env)
{
    m->count = 0;
    if (env->snapshot == NULL || env->snapshot->trace == NULL || env->snapshot->query == NULL)
        return;
    if (!find(m, env, m->between) && !find(m, env, DIFF_MARKS))
        find(m, env, DIFF_RANGE);
    qsort(m->at, m->count, sizeof m->at[0], compare);
}

/* Two marks are all marks there are: that is no other choice. */
static bool is_another(struct diff_moments *m, const struct view_env *env,
                       enum diff_between between)
{
    if (between == DIFF_LAST_TWO && count_own(env) == 2)
        return false;
    return find(m, env, between);
}

void diff_moments_next(struct diff_moments *m, const struct view_env *env)
{
    enum diff_between from = m->count > 0 ? m->found : m->between, next = from;
    if (m->count == 0)
        return;
    do
        next = (enum diff_between)((next + 1) % DIFF_BETWEENS);
    while (next != from && !is_another(m, env, next));
    if (next != from)
        m->between = next;
    diff_moments_find(m, env);
}

void diff_moment_put_name(const struct diff_moment *m, const struct view_env *env,
                          struct strbuf *out)
{
    if (m->other)
        strbuf_puts(out, env->baseline != NULL ? env->baseline->name : "");
    else if (m->mark != NULL)
        strbuf_putc(out, m->mark->letter);
    else if (m->time == INT64_MIN)
        strbuf_puts(out, "start");
    else if (m->time == INT64_MAX)
        strbuf_puts(out, "end");
    else
        cell_put_moment(out, trace_ns(env->snapshot->trace, m->time));
}
