/* A folder of stub images; see stub_folder.h. */
#include "symbols/stub_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/strbuf.h"

void stub_name(unsigned number, char out[STUB_NAME_SIZE])
{
    snprintf(out, STUB_NAME_SIZE, "image%u.exe", number);
}

static int make_below(struct stub_folder *f, const char *place)
{
    if (place == NULL || place[0] != '/')
        return -ENOENT;
    struct strbuf b = {0};
    strbuf_printf(&b, "%s/heaptail-XXXXXX", place);
    int rc = mkdtemp(b.s) != NULL ? 0 : -errno;
    if (rc == 0)
        f->path = base_xstrdup(strbuf_str(&b));
    strbuf_release(&b);
    return rc;
}

int stub_folder_open(struct stub_folder *f, struct err_info *info)
{
    if (f->path != NULL)
        return 0;
    int rc = make_below(f, getenv("XDG_RUNTIME_DIR"));
    if (rc != 0)
        rc = make_below(f, getenv("TMPDIR"));
    if (rc != 0)
        rc = make_below(f, "/tmp");
    if (rc == 0)
        return 0;
    return err_set(info, rc, "no folder for temporary files: /tmp: %s (set TMPDIR)", strerror(-rc));
}

/* A file that was not there before. */
static int write_file(const char *path, const uint8_t *bytes, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    ssize_t written = write(fd, bytes, n);
    int rc = written == (ssize_t)n ? 0 : written < 0 ? -errno : -ENOSPC;
    close(fd);
    return rc;
}

static void put_path(const struct stub_folder *f, unsigned number, struct strbuf *out)
{
    char name[STUB_NAME_SIZE];
    stub_name(number, name);
    strbuf_printf(out, "%s/%s", f->path, name);
}

int stub_folder_add(struct stub_folder *f, const struct stub_image *image, unsigned *out_number,
                    struct err_info *info)
{
    int rc = stub_folder_open(f, info);
    if (rc != 0)
        return rc;
    uint8_t bytes[STUB_BYTES];
    size_t n = stub_image_make(image, bytes);
    if (n == 0)
        return err_set(info, ERR_LIMIT, "the PDB's path is too long");
    struct strbuf path = {0};
    put_path(f, f->count, &path);
    rc = write_file(strbuf_str(&path), bytes, n);
    if (rc != 0)
        err_set(info, rc, "%s: %s", strbuf_str(&path), strerror(-rc));
    strbuf_release(&path);
    *out_number = f->count++;
    return rc;
}

void stub_folder_remove(struct stub_folder *f)
{
    struct strbuf path = {0};
    for (unsigned i = 0; i < f->count; i++) {
        strbuf_clear(&path);
        put_path(f, i, &path);
        unlink(strbuf_str(&path));
    }
    if (f->path != NULL)
        rmdir(f->path);
    strbuf_release(&path);
    free(f->path);
    *f = (struct stub_folder){0};
}
