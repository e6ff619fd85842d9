/* Files whole and at once (see file.h). */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"

/* Names tried beside the place: others were left by programs of the same number that were killed.
 */
#define TEMPORARY_TRIES 64

int file_fail(struct err_info *info, int code, const char *path, const char *fmt, ...)
{
    struct strbuf text = {0};
    va_list ap;
    text_put_escaped(&text, path, strlen(path));
    strbuf_puts(&text, ": ");
    va_start(ap, fmt);
    strbuf_vprintf(&text, fmt, ap);
    va_end(ap);
    err_set(info, code, "%s", strbuf_str(&text));
    strbuf_release(&text);
    return code;
}

/* What the system did not allow. */
static int fail(struct err_info *info, int code, const char *path, const char *what)
{
    return file_fail(info, code, path, "cannot be %s: %s", what, strerror(-code));
}

static int read_all(int fd, size_t limit, struct strbuf *out)
{
    char block[4096];
    size_t start = out->len;
    for (;;) {
        ssize_t n = read(fd, block, sizeof block);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            return 0;
        if ((size_t)n > limit - (out->len - start))
            return ERR_LIMIT;
        strbuf_add(out, block, (size_t)n);
    }
}

int file_read_at(int fd, uint64_t offset, void *buf, size_t n, size_t *out_n)
{
    size_t done = 0;
    while (done < n) {
        ssize_t got = pread(fd, (char *)buf + done, n - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    *out_n = done;
    return 0;
}

int file_read(const char *path, size_t limit, struct strbuf *out, struct err_info *info)
{
    size_t start = out->len;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail(info, -errno, path, "read");
    int rc = read_all(fd, limit, out);
    close(fd);
    if (rc == 0)
        return 0;
    strbuf_truncate(out, start);
    if (rc != ERR_LIMIT)
        return fail(info, rc, path, "read");
    return file_fail(info, rc, path, "has more than %zu bytes", limit);
}

static void forget(struct file_writer *w)
{
    free(w->path);
    free(w->temporary);
    *w = (struct file_writer){0};
}

void file_writer_abandon(struct file_writer *w)
{
    if (w->temporary != NULL && w->fd >= 0)
        close(w->fd);
    if (w->temporary != NULL)
        unlink(w->temporary);
    forget(w);
}

/* A file beside `path` that was not there, in `w`. The kernel applies the umask to `mode`. */
static int make_temporary(struct file_writer *w, mode_t mode)
{
    struct strbuf name = {0};
    for (int i = 0; i < TEMPORARY_TRIES && w->fd < 0; i++) {
        strbuf_clear(&name);
        strbuf_printf(&name, "%s.%ld-%d.tmp", w->path, (long)getpid(), i);
        w->fd = open(name.s, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (w->fd < 0 && errno != EEXIST)
            break;
    }
    int rc = w->fd < 0 ? -errno : 0;
    if (rc == 0)
        w->temporary = name.s;
    else
        strbuf_release(&name);
    return rc;
}

/* What is at the place may be replaced: a file that may be written, or nothing. A link to nothing
 * is not followed to where it points, and taking its place would undo it. */
static int check_place(const char *path, struct stat *st, bool *out_there)
{
    int rc = stat(path, st) == 0 ? 0 : -errno;
    *out_there = rc == 0;
    if (rc != 0)
        return rc == -ENOENT && lstat(path, st) != 0 ? 0 : rc;
    if (S_ISREG(st->st_mode))
        return euidaccess(path, W_OK) == 0 ? 0 : -errno;
    return S_ISDIR(st->st_mode) ? -EISDIR : -EINVAL;
}

int file_writer_open(struct file_writer *w, const char *path, mode_t mode, struct err_info *info)
{
    struct stat st;
    bool there;
    *w = (struct file_writer){.fd = -1};
    /* A link into a folder under version control, say, stays a link. */
    w->path = realpath(path, NULL);
    if (w->path == NULL)
        w->path = base_xstrdup(path);
    int rc = check_place(w->path, &st, &there);
    if (rc == 0)
        rc = make_temporary(w, mode);
    if (rc == 0 && there && fchmod(w->fd, st.st_mode & 07777) != 0)
        rc = -errno;
    if (rc == 0)
        return 0;
    fail(info, rc, path, "written");
    file_writer_abandon(w);
    return rc;
}

int file_writer_add(struct file_writer *w, const void *bytes, size_t n, struct err_info *info)
{
    for (const char *at = bytes; n > 0;) {
        ssize_t done = write(w->fd, at, n);
        if (done < 0 && errno != EINTR)
            return fail(info, -errno, w->path, "written");
        if (done < 0)
            continue;
        at += done;
        n -= (size_t)done;
    }
    return 0;
}

int file_writer_commit(struct file_writer *w, struct err_info *info)
{
    int rc = fsync(w->fd) == 0 ? 0 : -errno;
    if (close(w->fd) != 0 && rc == 0)
        rc = -errno;
    w->fd = -1;
    if (rc == 0 && rename(w->temporary, w->path) != 0)
        rc = -errno;
    if (rc != 0) {
        fail(info, rc, w->path, "written");
        file_writer_abandon(w);
        return rc;
    }
    forget(w);
    return 0;
}

int file_write(const char *path, mode_t mode, const void *bytes, size_t n, struct err_info *info)
{
    struct file_writer w;
    int rc = file_writer_open(&w, path, mode, info);
    if (rc == 0)
        rc = file_writer_add(&w, bytes, n, info);
    if (rc == 0)
        return file_writer_commit(&w, info);
    file_writer_abandon(&w);
    return rc;
}
