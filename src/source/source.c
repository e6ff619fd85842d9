/* Opening and classifying inputs with plain POSIX calls; see source.h. */
#include "source/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "decoder/etl_detect.h"

/* Enough for the first buffer header and the start of the file header record, and for every magic
 * number. */
#define SOURCE_PROBE 512u

/* Bytes of a path that a message shows: the advice behind it must fit, too. */
#define MESSAGE_PATH 300u

static void set_name(struct source *s, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL && slash[1] != '\0' ? slash + 1 : path;
    if (strcmp(path, "-") == 0)
        base = "stdin";
    struct strbuf safe = {0};
    text_put_escaped(&safe, base, strlen(base));
    strbuf_truncate(&safe, text_clip(strbuf_str(&safe), safe.len, sizeof s->name - 1));
    memcpy(s->name, strbuf_str(&safe), safe.len + 1);
    strbuf_release(&safe);
}

int source_error(struct err_info *info, int code, const char *path, const char *what)
{
    struct strbuf safe = {0};
    const char *name = strcmp(path, "-") == 0 ? "stdin" : path;
    text_put_escaped(&safe, name, strlen(name));
    strbuf_truncate(&safe, text_clip(strbuf_str(&safe), safe.len, MESSAGE_PATH));
    err_set(info, code, "%s: %s", strbuf_str(&safe), what);
    strbuf_release(&safe);
    return code;
}

static int open_error(struct err_info *info, int code, const char *path)
{
    switch (code) {
    case -ENOENT:
        return source_error(info, code, path, "no such file");
    case -EACCES:
        return source_error(info, code, path, "not readable: permission denied");
    default:
        return source_error(info, code, path, strerror(-code));
    }
}

static int classify(struct source *s, struct err_info *info)
{
    uint8_t first[SOURCE_PROBE];
    size_t n = 0;
    int rc = source_read_at(s, 0, first, sizeof first, &n);
    if (rc != 0)
        return open_error(info, rc, s->path);
    enum etl_kind kind = etl_detect((struct span){first, n});
    s->is_container = etl_kind_is_container(kind);
    if (kind == ETL_KIND_ETL || s->is_container)
        return 0;
    return source_error(info, kind == ETL_KIND_EMPTY ? ERR_EMPTY : ERR_FORMAT, s->path,
                        etl_kind_advice(kind));
}

static int examine(struct source *s, struct err_info *info)
{
    struct stat st;
    if (fstat(s->fd, &st) != 0)
        return open_error(info, -errno, s->path);
    s->device = st.st_dev;
    s->inode = st.st_ino;
    if (S_ISDIR(st.st_mode))
        return source_error(info, -EISDIR, s->path, "a directory: name the .etl file in it");
    if (!S_ISREG(st.st_mode)) {
        if (isatty(s->fd))
            return source_error(info, ERR_FORMAT, s->path,
                                "a terminal: name a file or pipe a trace in");
        s->is_stream = true;
        return 0;
    }
    return classify(s, info);
}

int source_open(const char *path, struct source *out_source, struct err_info *info)
{
    bool is_stdin = strcmp(path, "-") == 0;
    struct source s = {.fd = STDIN_FILENO, .owns_fd = !is_stdin};
    if (!is_stdin) {
        s.fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (s.fd < 0)
            return open_error(info, -errno, path);
    }
    s.path = base_xstrdup(path);
    set_name(&s, path);
    int rc = examine(&s, info);
    if (rc != 0) {
        source_close(&s);
        return rc;
    }
    *out_source = s;
    return 0;
}

void source_close(struct source *s)
{
    if (s->owns_fd && s->fd >= 0)
        close(s->fd);
    free(s->path);
    *s = (struct source){.fd = -1};
}

int source_size(const struct source *s, uint64_t *out_size)
{
    struct stat st;
    if (fstat(s->fd, &st) != 0)
        return -errno;
    *out_size = s->is_stream ? 0 : (uint64_t)st.st_size;
    return 0;
}

enum source_change source_check(const struct source *s, uint64_t size, uint64_t *out_size)
{
    *out_size = size;
    struct stat named;
    if (strcmp(s->path, "-") != 0 &&
        (stat(s->path, &named) != 0 || named.st_dev != s->device || named.st_ino != s->inode))
        return SOURCE_OTHER_FILE;
    uint64_t now = 0;
    if (source_size(s, &now) != 0)
        return SOURCE_OTHER_FILE;
    *out_size = now;
    if (now == size)
        return SOURCE_SAME;
    return now > size ? SOURCE_GREW : SOURCE_SHRANK;
}

int source_read_at(void *ctx, uint64_t offset, void *buf, size_t n, size_t *out_n)
{
    const struct source *s = ctx;
    return file_read_at(s->fd, offset, buf, n, out_n);
}
