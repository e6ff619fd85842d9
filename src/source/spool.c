/* Temporary files without a name; see spool.h. */
#include "source/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "base/text.h"

/* The free space is looked at once in so many bytes. */
#define CHECK_EVERY ((uint64_t)64 << 20)

/* Bytes of a folder's path that a message shows. */
#define MESSAGE_PATH 200u

/* File systems without O_TMPFILE (some network and overlay mounts) take a name for a moment. */
static int open_named(const char *folder)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/heaptail-XXXXXX", folder);
    if (n < 0 || (size_t)n >= sizeof path)
        return -ENAMETOOLONG;
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    unlink(path);
    return fd;
}

static int open_in(const char *folder)
{
#ifdef O_TMPFILE
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
#endif
    return open_named(folder);
}

static const char *wanted_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder != NULL && folder[0] == '/' ? folder : NULL;
}

int spool_open(struct spool *s, struct err_info *info)
{
    const char *const folders[] = {wanted_folder(), "/var/tmp", "/tmp"};
    *s = (struct spool){.fd = -1};
    int rc = -ENOENT;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        if (folders[i] == NULL)
            continue;
        int fd = open_in(folders[i]);
        if (fd >= 0) {
            *s = (struct spool){.fd = fd, .folder = folders[i]};
            return 0;
        }
        rc = fd;
    }
    return err_set(info, rc,
                   "no temporary file can be made in /var/tmp or /tmp (%s): set TMPDIR to a "
                   "folder that can be written",
                   strerror(-rc));
}

static int no_room(const struct spool *s, struct err_info *info)
{
    struct strbuf folder = {0}, size = {0};
    text_put_escaped(&folder, s->folder, strlen(s->folder));
    strbuf_truncate(&folder, text_clip(strbuf_str(&folder), folder.len, MESSAGE_PATH));
    text_put_size(&size, s->size);
    err_set(info, -ENOSPC,
            "too little room in %s after %s (%u MiB of it stay free): set TMPDIR to a folder on a "
            "larger disk",
            strbuf_str(&folder), strbuf_str(&size), (unsigned)(SPOOL_RESERVE >> 20));
    strbuf_release(&folder);
    strbuf_release(&size);
    return -ENOSPC;
}

static int check_room(struct spool *s, size_t n, struct err_info *info)
{
    if (s->size + n < s->checked)
        return 0;
    struct statvfs fs;
    s->checked = s->size + n + CHECK_EVERY;
    if (fstatvfs(s->fd, &fs) != 0)
        return 0;
    uint64_t room = (uint64_t)fs.f_bavail * fs.f_frsize;
    return room < SPOOL_RESERVE + n ? no_room(s, info) : 0;
}

int spool_add(struct spool *s, const void *bytes, size_t n, struct err_info *info)
{
    int rc = check_room(s, n, info);
    size_t done = 0;
    while (rc == 0 && done < n) {
        ssize_t put = pwrite(s->fd, (const char *)bytes + done, n - done, (off_t)(s->size + done));
        if (put > 0)
            done += (size_t)put;
        else if (put == 0 || errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
            return no_room(s, info);
        else if (errno != EINTR)
            rc = err_set(info, -errno, "a temporary file cannot be written: %s", strerror(errno));
    }
    if (rc == 0)
        s->size += n;
    return rc;
}

void spool_close(struct spool *s)
{
    if (s->fd >= 0)
        close(s->fd);
    *s = (struct spool){.fd = -1};
}
