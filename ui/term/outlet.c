/* Frames in one write (see outlet.h). */
#include "ui/term/outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"

bool outlet_open(struct outlet *o, FILE *out)
{
    *o = (struct outlet){.terminal = fileno(out), .memory = -1};
    int fd = fcntl(o->terminal, F_DUPFD_CLOEXEC, 3);
    o->stream = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (o->stream == NULL) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    o->memory = memfd_create("heaptail-frame", MFD_CLOEXEC);
    return true;
}

void outlet_close(struct outlet *o)
{
    if (o->stream != NULL)
        fclose(o->stream);
    if (o->memory >= 0)
        close(o->memory);
    free(o->frame);
    *o = (struct outlet){.memory = -1};
}

static void point_curses_at(const struct outlet *o, int fd)
{
    (void)dup3(fd, fileno(o->stream), O_CLOEXEC);
}

/* Waits for a slow terminal; gives up on one that is gone, which the input tells. */
void outlet_write(struct outlet *o, const char *s, size_t n)
{
    while (n > 0) {
        ssize_t done = write(o->terminal, s, n);
        if (done >= 0) {
            s += done;
            n -= (size_t)done;
        } else if (errno == EAGAIN) {
            struct pollfd p = {.fd = o->terminal, .events = POLLOUT};
            poll(&p, 1, -1);
        } else if (errno != EINTR) {
            return;
        }
    }
}

void outlet_begin(struct outlet *o)
{
    if (o->memory < 0)
        return;
    o->gathering = true;
    point_curses_at(o, o->memory);
}

/* The frame from memory, with room for a mark before and behind. */
static void load_frame(struct outlet *o, size_t n)
{
    size_t need = n + 2 * OUTLET_MARK;
    if (need > o->size) {
        o->frame = base_xrealloc(o->frame, need, 1);
        o->size = need;
    }
    size_t got = 0;
    while (got < n) {
        ssize_t more = pread(o->memory, o->frame + OUTLET_MARK + got, n - got, (off_t)got);
        if (more <= 0)
            break;
        got += (size_t)more;
    }
    memset(o->frame + OUTLET_MARK + got, 0, n - got);
}

void outlet_end(struct outlet *o)
{
    if (!o->gathering)
        return;
    o->gathering = false;
    point_curses_at(o, o->terminal);
    off_t size = lseek(o->memory, 0, SEEK_CUR);
    if (size <= 0)
        return;
    lseek(o->memory, 0, SEEK_SET);
    size_t n = (size_t)size, before = strlen(o->begin), after = strlen(o->end);
    load_frame(o, n);
    char *from = o->frame + OUTLET_MARK - before;
    memcpy(from, o->begin, before);
    memcpy(o->frame + OUTLET_MARK + n, o->end, after);
    outlet_write(o, from, before + n + after);
}

void outlet_set_marks(struct outlet *o, const char *begin, const char *end)
{
    bool fit = strlen(begin) < OUTLET_MARK && strlen(end) < OUTLET_MARK;
    snprintf(o->begin, sizeof o->begin, "%s", fit ? begin : "");
    snprintf(o->end, sizeof o->end, "%s", fit ? end : "");
}
