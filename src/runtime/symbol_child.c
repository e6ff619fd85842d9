/* Pipes to a child and back; see symbol_child.h. */
#include "runtime/symbol_child.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "symbols/symbol_answer.h"

/* What is read at a time: some hundred answers, a millisecond or two of work. */
#define READ_BYTES ((size_t)64 << 10)

/* A line may be thrown away while it is longer than this; then the child has lost its mind. */
#define MOST_SKIPPED ((size_t)64 << 20)

#define MOST_ARGUMENTS 8

struct symbol_child {
    struct symbol_child_events events;
    uv_process_t process;
    uv_pipe_t in, out; /* as the child sees them */
    int handles;       /* not closed yet */
    bool running;
    bool closing;
    bool lost;
    struct strbuf line; /* the beginning of one */
    size_t skipped;     /* bytes thrown away of one that is too long; 0: none is */
    char bytes[READ_BYTES];
};

struct write {
    uv_write_t request;
    struct symbol_child *child;
    char bytes[];
};

/* ---- ending ---- */

static void on_closed(uv_handle_t *handle)
{
    struct symbol_child *c = handle->data;
    if (--c->handles != 0)
        return;
    strbuf_release(&c->line);
    c->events.gone(c->events.ctx);
    free(c);
}

static void tell_lost(struct symbol_child *c)
{
    if (c->lost || c->closing)
        return;
    c->lost = true;
    c->events.lost(c->events.ctx);
}

void symbol_child_close(struct symbol_child *c)
{
    if (c->closing)
        return;
    c->closing = true;
    if (c->running)
        uv_process_kill(&c->process, SIGKILL);
    uv_close((uv_handle_t *)&c->in, on_closed);
    uv_close((uv_handle_t *)&c->out, on_closed);
}

/* ---- reading ---- */

static void take_line(struct symbol_child *c, const char *line, size_t n)
{
    bool whole = c->skipped == 0;
    c->skipped = 0;
    c->events.line(c->events.ctx, whole ? line : NULL, whole ? n : 0);
}

/* Keeps the beginning of a line; of one that is too long only how long it is. */
static void keep_rest(struct symbol_child *c, const char *s, size_t n)
{
    if (c->skipped == 0 && c->line.len + n <= SYMBOL_LINE_BYTES) {
        strbuf_add(&c->line, s, n);
        return;
    }
    c->skipped += c->line.len + n;
    strbuf_clear(&c->line);
    if (c->skipped > MOST_SKIPPED)
        tell_lost(c);
}

static void take_bytes(struct symbol_child *c, const char *s, size_t n)
{
    while (n != 0 && !c->closing) {
        const char *end = memchr(s, '\n', n);
        if (end == NULL) {
            keep_rest(c, s, n);
            return;
        }
        size_t len = (size_t)(end - s);
        if (c->line.len != 0 || c->skipped != 0) {
            keep_rest(c, s, len);
            if (!c->closing)
                take_line(c, strbuf_str(&c->line), c->line.len);
            strbuf_clear(&c->line);
        } else {
            take_line(c, s, len);
        }
        s += len + 1;
        n -= len + 1;
    }
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct symbol_child *c = handle->data;
    (void)suggested;
    *buf = uv_buf_init(c->bytes, sizeof c->bytes);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct symbol_child *c = stream->data;
    if (n < 0)
        tell_lost(c);
    else
        take_bytes(c, buf->base, (size_t)n);
}

/* What it had said before it ended; somebody else may still hold the pipe open. */
static void drain(struct symbol_child *c)
{
    uv_os_fd_t fd;
    if (c->closing || uv_fileno((uv_handle_t *)&c->out, &fd) != 0)
        return;
    ssize_t n;
    while (!c->closing && (n = read(fd, c->bytes, sizeof c->bytes)) > 0)
        take_bytes(c, c->bytes, (size_t)n);
}

/* Only a process that has ended may be closed: libuv would not wait for it otherwise. */
static void on_exit_status(uv_process_t *process, int64_t status, int term_signal)
{
    struct symbol_child *c = process->data;
    (void)status;
    (void)term_signal;
    c->running = false;
    uv_close((uv_handle_t *)process, on_closed);
    drain(c);
    tell_lost(c);
}

/* ---- writing ---- */

static void on_written(uv_write_t *request, int status)
{
    struct write *w = (struct write *)request;
    if (status < 0)
        tell_lost(w->child);
    free(w);
}

void symbol_child_write(struct symbol_child *c, const char *text, size_t n)
{
    struct write *w = base_xcalloc(1, sizeof *w + n);
    memcpy(w->bytes, text, n);
    w->child = c;
    uv_buf_t buf = uv_buf_init(w->bytes, (unsigned)n);
    if (uv_write(&w->request, (uv_stream_t *)&c->in, &buf, 1, on_written) == 0)
        return;
    /* The reading end notices, too, and tells. */
    free(w);
}

/* ---- starting ---- */

/* What would change its answers, or have it fetch files from the network. */
static bool is_harmful(const char *variable)
{
    static const char *const names[] = {"LLVM_SYMBOLIZER_OPTS=", "DEBUGINFOD_URLS="};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strncmp(variable, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* Our environment without those; the array is the caller's, the strings are not. */
static char **make_environment(void)
{
    size_t count = 0, n = 0;
    while (environ[count] != NULL)
        count++;
    char **made = base_xcalloc(count + 1, sizeof *made);
    for (size_t i = 0; i < count; i++)
        if (!is_harmful(environ[i]))
            made[n++] = environ[i];
    return made;
}

static int spawn(uv_loop_t *loop, struct symbol_child *c, const char *tool, const char *folder)
{
    char *args[MOST_ARGUMENTS] = {(char *)(uintptr_t)tool};
    for (size_t i = 0; symbol_tool_arguments[i] != NULL; i++)
        args[i + 1] = (char *)(uintptr_t)symbol_tool_arguments[i];
    uv_stdio_container_t stdio[] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&c->in},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&c->out},
        {.flags = UV_IGNORE},
    };
    char **environment = make_environment();
    uv_process_options_t options = {.file = tool,
                                    .args = args,
                                    .env = environment,
                                    .cwd = folder,
                                    .stdio = stdio,
                                    .stdio_count = 3,
                                    .exit_cb = on_exit_status};
    int rc = uv_spawn(loop, &c->process, &options);
    free(environment);
    /* Names can wait, a person at the keys cannot. */
    if (rc == 0)
        (void)uv_os_setpriority(c->process.pid, UV_PRIORITY_BELOW_NORMAL);
    return rc;
}

int symbol_child_start(uv_loop_t *loop, const char *tool, const char *folder,
                       const struct symbol_child_events *events, struct symbol_child **out_child)
{
    struct symbol_child *c = base_xcalloc(1, sizeof *c);
    c->events = *events;
    c->handles = 3;
    uv_pipe_init(loop, &c->in, 0);
    uv_pipe_init(loop, &c->out, 0);
    c->in.data = c->out.data = c->process.data = c;
    int rc = spawn(loop, c, tool, folder);
    c->running = rc == 0;
    if (rc == 0)
        rc = uv_read_start((uv_stream_t *)&c->out, on_alloc, on_read);
    if (rc == 0) {
        *out_child = c;
        return 0;
    }
    if (!c->running)
        uv_close((uv_handle_t *)&c->process, on_closed);
    symbol_child_close(c);
    return rc;
}
