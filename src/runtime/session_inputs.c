/*
 * The inputs of a session: how much of each is there, which have ended, and how containers become
 * inputs. What is made of their rows is session.c's. See session_priv.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "runtime/session_priv.h"
#include "source/inputs_unpack.h"

/* Longer than the flush interval of an ETW session: when nothing came for so long, nothing older
 * will. */
#define IDLE_NS INT64_C(1200000000)

/* Expanded of a container in one step: a few milliseconds. */
#define UNPACK_BYTES ((size_t)1 << 20)

/* ---- beginning ---- */

/* An ingest that knows of every file what the session knows. */
static struct ingest *new_ingest(const struct session *s)
{
    struct ingest *in = inputs_ingest(s->inputs);
    for (unsigned i = 0; in != NULL && i < s->inputs->count; i++) {
        if (s->input[i].mode == SESSION_PIPE)
            continue;
        if (s->input[i].ended)
            ingest_set_hold(in, i, INGEST_FINISH);
        ingest_set_size(in, i, s->input[i].size);
    }
    return in;
}

static void set_state(struct session *s)
{
    s->hold = s->open == 0 ? INGEST_FINISH : INGEST_HOLD;
    s->status.state = s->open == 0 ? SOURCE_LOADING : SOURCE_FOLLOWING;
}

static void set_modes(struct session *s, const enum session_mode *modes)
{
    for (size_t i = 0; i < s->inputs->count; i++) {
        bool saved = modes[i] == SESSION_SAVED;
        s->input[i] = (struct session_input){.mode = modes[i], .ended = saved};
        s->open += !saved;
    }
    set_state(s);
}

bool session_start_inputs(struct session *s, const enum session_mode *modes)
{
    set_modes(s, modes);
    /* Without containers and pipes there is nothing to find out first. */
    if (s->inputs->package_count == 0)
        s->ingest = new_ingest(s);
    return s->inputs->package_count != 0 || s->ingest != NULL;
}

void session_fail_input(struct session *s, unsigned input, const char *message)
{
    struct strbuf line = {0};
    if (s->inputs->count > 1)
        strbuf_printf(&line, "%s: ", s->inputs->list[input]->name);
    strbuf_puts(&line, message);
    session_fail(s, strbuf_str(&line));
    strbuf_release(&line);
}

/* ---- containers ---- */

/* The next bytes of a stream that is read as it comes. */
static void push(struct session *s, unsigned input, const void *bytes, size_t n)
{
    if (n != 0 && ingest_push(s->ingest, input, bytes, n) != 0)
        session_fail(s, "out of memory");
}

/* Every input is a trace now: what came of containers is read as saved files are. */
static bool adopt_inputs(struct session *s)
{
    size_t named = s->inputs->named;
    struct session_input *input = realloc(s->input, s->inputs->count * sizeof *input);
    if (input == NULL)
        return false;
    s->input = input;
    memset(input + named, 0, (s->inputs->count - named) * sizeof *input);
    s->status.bytes_total = 0;
    for (size_t i = 0; i < s->inputs->count; i++) {
        uint64_t size;
        bool unpacked = i >= named || inputs_is_unpacked(s->inputs, i);
        if (unpacked)
            input[i] = (struct session_input){.mode = SESSION_SAVED, .ended = true};
        if (unpacked && source_size(s->inputs->list[i], &size) == 0)
            input[i].size = size;
        s->status.bytes_total += input[i].size;
    }
    return true;
}

static void begin_reading(struct session *s)
{
    struct span head = inputs_head(s->inputs);
    bool closed = s->status.state == SOURCE_CLOSED;
    if (adopt_inputs(s))
        s->ingest = new_ingest(s);
    if (s->ingest == NULL) {
        session_fail(s, "out of memory");
        return;
    }
    set_state(s);
    if (closed && inputs_have_stream(s->inputs))
        s->status.state = SOURCE_CLOSED;
    for (unsigned i = 0; i < s->inputs->count; i++) {
        if (!s->inputs->list[i]->is_stream)
            continue;
        push(s, i, head.p, head.len);
        if (s->input[i].ended)
            ingest_set_hold(s->ingest, i, INGEST_FINISH);
    }
    snprintf(s->status.message, sizeof s->status.message, "%s", inputs_remark(s->inputs));
}

bool session_prepare(struct session *s)
{
    struct err_info info = {.text = ""};
    int rc = inputs_prepare(s->inputs, UNPACK_BYTES, &info);
    s->news = s->news || rc != INPUTS_WAIT;
    if (rc < 0) {
        session_fail_input(s, (unsigned)s->inputs->failed, info.text);
    } else if (rc == INPUTS_MORE) {
        s->status.state = SOURCE_UNPACKING;
    } else if (rc == INPUTS_READY) {
        begin_reading(s);
    }
    return rc == INPUTS_MORE || rc == INPUTS_READY;
}

/* ---- growing ---- */

void session_grow(struct session *s, unsigned input, uint64_t size)
{
    struct session_input *in = &s->input[input];
    if (size <= in->size)
        return;
    s->status.bytes_total += size - in->size;
    in->size = size;
    if (s->ingest != NULL)
        ingest_set_size(s->ingest, input, size);
    s->ended = false;
    s->news = true;
}

/* Bytes from which it is still to be told what the stream is, or of a container: what is left of
 * them when it turns out to be a trace goes on to the ingest. */
static void take_bytes(struct session *s, unsigned input, const uint8_t *bytes, size_t n)
{
    size_t taken;
    struct err_info info = {.text = ""};
    if (inputs_take(s->inputs, bytes, n, &taken, &info) != 0) {
        session_fail_input(s, (unsigned)s->inputs->failed, info.text);
        return;
    }
    session_prepare(s);
    if (s->ingest != NULL)
        push(s, input, bytes + taken, n - taken);
}

void session_push(struct session *s, unsigned input, const void *bytes, size_t n)
{
    if (s->failed)
        return;
    if (s->ingest != NULL)
        push(s, input, bytes, n);
    else
        take_bytes(s, input, bytes, n);
    s->input[input].size += n;
    s->status.bytes_total += n;
}

/* ---- ending ---- */

/* All inputs again, because a finished file may differ from what was read while it grew. The old
 * rows stay until then. What came through a pipe does not come again. */
static void reread(struct session *s)
{
    struct ingest *anew = inputs_have_stream(s->inputs) ? NULL : new_ingest(s);
    if (anew == NULL)
        return;
    ingest_free(s->ingest);
    s->ingest = anew;
    s->rereading = true;
    s->ended = false;
}

/* The writers are gone. */
static void note_end(struct session *s)
{
    if (s->status.closed_after == 0)
        s->status.closed_after = clock_monotonic_ns() - s->status.opened_at;
    s->status.state = SOURCE_CLOSED;
    s->hold = INGEST_FINISH;
    s->news = true;
    if (s->ingest != NULL && ingest_needs_reread(s->ingest))
        reread(s);
}

static void end_input(struct session *s, unsigned input)
{
    struct session_input *in = &s->input[input];
    if (in->ended)
        return;
    in->ended = true;
    if (s->ingest != NULL)
        ingest_set_hold(s->ingest, input, INGEST_FINISH);
    if (--s->open == 0)
        note_end(s);
}

void session_end(struct session *s, unsigned input)
{
    struct err_info info = {.text = ""};
    if (s->failed)
        return;
    if (s->ingest == NULL && inputs_end(s->inputs, &info) != 0)
        session_fail_input(s, (unsigned)s->inputs->failed, info.text);
    else
        end_input(s, input);
}

/* True when the header of a live file says that the session has stopped; then the rest is read as
 * of a saved file. */
static bool look_for_end(struct session *s, unsigned input)
{
    struct session_input *in = &s->input[input];
    bool finished = false;
    if (s->ingest == NULL || in->mode != SESSION_LIVE || !in->unfinished ||
        ingest_refresh_header(s->ingest, input, &finished) != 0 || !finished)
        return false;
    uint64_t size;
    if (source_size(s->inputs->list[input], &size) == 0) {
        s->status.bytes_total = s->status.bytes_total - in->size + size;
        in->size = size;
        ingest_set_size(s->ingest, input, size);
    }
    end_input(s, input);
    return true;
}

void session_look(struct session *s, unsigned input)
{
    const struct session_input *in = &s->input[input];
    if (s->failed || s->ingest == NULL || in->ended || s->status.state != SOURCE_FOLLOWING ||
        look_for_end(s, input))
        return;
    ingest_set_size(s->ingest, input, in->size);
}

void session_lose(struct session *s, unsigned input, enum source_state why)
{
    /* A preallocated file is cut to what was written when its session stops (etl-format 1.5). */
    if (s->failed || s->input[input].ended || (why == SOURCE_TRUNCATED && look_for_end(s, input)))
        return;
    s->status.state = why;
    s->hold = INGEST_RELEASE;
    s->news = true;
}

/* ---- waiting for each other ---- */

/* When an input is not waited for any more; INT64_MAX when that is so already. */
static int64_t idle_at(const struct session_input *in)
{
    return in->ended || in->idle || in->buffers == 0 ? INT64_MAX : in->buffer_at + IDLE_NS;
}

int64_t session_release_deadline(const struct session *s)
{
    int64_t first = INT64_MAX;
    for (size_t i = 0; i < s->inputs->count && s->hold == INGEST_HOLD && !s->failed; i++)
        if (idle_at(&s->input[i]) < first)
            first = idle_at(&s->input[i]);
    return first;
}

void session_release_idle(struct session *s)
{
    int64_t now = clock_monotonic_ns();
    if (now < session_release_deadline(s))
        return;
    for (unsigned i = 0; i < s->inputs->count; i++) {
        if (idle_at(&s->input[i]) > now)
            continue;
        s->input[i].idle = true;
        ingest_set_hold(s->ingest, i, INGEST_RELEASE);
    }
}

static void note_buffers(struct session *s, unsigned input)
{
    struct session_input *in = &s->input[input];
    uint64_t buffers = ingest_input_buffers(s->ingest, input);
    if (buffers == in->buffers)
        return;
    in->buffers = buffers;
    in->buffer_at = s->status.last_buffer_at = clock_monotonic_ns();
    s->news = true;
    if (!in->idle || in->ended)
        return;
    in->idle = false;
    ingest_set_hold(s->ingest, input, INGEST_HOLD);
}

void session_note_inputs(struct session *s)
{
    bool has_trace = ingest_trace(s->ingest) != NULL;
    for (unsigned i = 0; i < s->inputs->count; i++) {
        note_buffers(s, i);
        if (has_trace && !ingest_input_is_finished(s->ingest, i))
            s->input[i].unfinished = true;
    }
}
