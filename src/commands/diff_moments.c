/* Words as moments; see diff_moments.h. */
#include "commands/diff_moments.h"

#include <string.h>

#include "base/text.h"
#include "commands/command.h"
#include "model/mark_list.h"

/* A mark that is called like something else. */
#define MARK_PREFIX "mark:"

/* So many marks are told when none was meant. */
#define MARKS_TOLD 6

static int64_t start_of(const struct subject *s)
{
    int64_t since = s->options->since;
    return since == INT64_MIN ? INT64_MIN : trace_raw(s->loaded.trace, since) - 1;
}

int64_t diff_end(const struct subject *s)
{
    int64_t until = s->options->until;
    return until == INT64_MAX ? INT64_MAX : trace_raw(s->loaded.trace, until + 1) - 1;
}

/* What happened at the moment is included, so it is the last tick of its ns. */
static bool find_time(const struct subject *s, const char *word, int64_t *out_raw)
{
    int64_t ns;
    if (!text_parse_duration(word, strlen(word), &ns))
        return false;
    *out_raw = ns < INT64_MAX ? trace_raw(s->loaded.trace, ns + 1) - 1 : INT64_MAX;
    return true;
}

bool diff_is_moment(const char *word)
{
    int64_t ns;
    return strcmp(word, "start") == 0 || strcmp(word, "end") == 0 || strcmp(word, "peak") == 0 ||
           text_parse_duration(word, strlen(word), &ns);
}

/* The first mark of that name behind `after`; else the first one at all. */
static bool find_mark(const struct subject *s, const char *name, int64_t after, int64_t *out_raw)
{
    const struct mark_list *marks = s->loaded.trace->marks;
    bool found = false;
    for (size_t i = 0; i < mark_list_count(marks); i++) {
        const struct trace_mark *mark = mark_list_get(marks, i);
        if (strcmp(mark->text, name) != 0 || (found && mark->time <= after))
            continue;
        *out_raw = mark->time;
        if (mark->time > after)
            return true;
        found = true;
    }
    return found;
}

static int find_peak(const struct subject *s, int64_t *out_raw)
{
    struct summary *summary = subject_summary(s);
    if (summary == NULL)
        return COMMAND_FAILED;
    *out_raw = summary->total.peak_time;
    summary_free(summary);
    return COMMAND_OK;
}

static int no_moment(const struct subject *s, const char *word)
{
    const struct mark_list *marks = s->loaded.trace->marks;
    size_t count = mark_list_count(marks);
    struct strbuf b = {0};
    text_put_escaped(&b, word, strlen(word));
    strbuf_puts(&b, ": no such moment; a moment is a time such as 1.204 or 300ms, start, end, "
                    "peak, or the name of a mark, of which the trace has ");
    if (count == 0)
        strbuf_puts(&b, "none");
    for (size_t i = 0; i < count && i < MARKS_TOLD; i++)
        strbuf_printf(&b, "%s%s", i != 0 ? ", " : "", mark_list_get(marks, i)->text);
    if (count > MARKS_TOLD)
        strbuf_puts(&b, " ...");
    command_message("%s", strbuf_str(&b));
    strbuf_release(&b);
    return COMMAND_USAGE;
}

static int find_moment(const struct subject *s, const char *word, int64_t after, int64_t *out_raw)
{
    size_t prefix = strlen(MARK_PREFIX);
    bool found = true;
    if (strncmp(word, MARK_PREFIX, prefix) == 0)
        found = find_mark(s, word + prefix, after, out_raw);
    else if (strcmp(word, "start") == 0)
        *out_raw = start_of(s);
    else if (strcmp(word, "end") == 0)
        *out_raw = diff_end(s);
    else if (strcmp(word, "peak") == 0)
        return find_peak(s, out_raw);
    else if (!find_time(s, word, out_raw))
        found = find_mark(s, word, after, out_raw);
    return found ? COMMAND_OK : no_moment(s, word);
}

/* The ends of the trace are told as its first and its last moment. */
static int64_t told_ns(const struct subject *s, int64_t raw)
{
    const struct trace *t = s->loaded.trace;
    if (raw == INT64_MIN)
        return 0;
    return trace_ns(t, raw == INT64_MAX ? ingest_last_time(s->loaded.ingest) : raw);
}

static int check_order(const struct diff_moments *m, uint32_t k)
{
    if (k == 0 || m->raw[k] >= m->raw[k - 1])
        return COMMAND_OK;
    struct strbuf b = {0};
    text_put_escaped(&b, m->words[k], strlen(m->words[k]));
    strbuf_puts(&b, " comes before ");
    text_put_escaped(&b, m->words[k - 1], strlen(m->words[k - 1]));
    strbuf_puts(&b, ": name the moments in order of time");
    command_message("%s", strbuf_str(&b));
    strbuf_release(&b);
    return COMMAND_USAGE;
}

static void warn_of_end(const struct subject *s, const char *word, int64_t raw)
{
    int64_t last = ingest_last_time(s->loaded.ingest);
    if (raw <= last || raw == INT64_MAX || s->options->quiet)
        return;
    struct strbuf b = {0};
    text_put_moment(&b, trace_ns(s->loaded.trace, last));
    command_message("%s: the trace ends at %s: what is outstanding then is taken", word,
                    strbuf_str(&b));
    strbuf_release(&b);
}

int diff_find_moments(const struct subject *s, char *const *words, size_t count,
                      struct diff_moments *out)
{
    int64_t after = INT64_MIN;
    *out = (struct diff_moments){.count = (uint32_t)count};
    if (count > MOMENTS_MOST) {
        command_message("%zu moments are too many: at most %d", count, MOMENTS_MOST);
        return COMMAND_USAGE;
    }
    for (uint32_t k = 0; k < count; k++) {
        out->words[k] = words[k];
        int code = find_moment(s, words[k], after, &out->raw[k]);
        if (code == COMMAND_OK)
            code = check_order(out, k);
        if (code != COMMAND_OK)
            return code;
        warn_of_end(s, words[k], out->raw[k]);
        out->ns[k] = told_ns(s, out->raw[k]);
        after = out->raw[k];
    }
    return COMMAND_OK;
}
