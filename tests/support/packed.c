/* Containers by libarchive's writer and by the tests' own; see packed.h. */
#include "support/packed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>
#include <unistd.h>

#include "cab_writer.h"
#include "ole_writer.h"

typedef int (*archive_fn)(struct archive *);

static int set_stored_zip(struct archive *a)
{
    int rc = archive_write_set_format_zip(a);
    return rc == ARCHIVE_OK ? archive_write_zip_set_compression_store(a) : rc;
}

/* How libarchive writes it; nothing for those that it does not write. */
static const struct {
    const char *name;
    archive_fn format;
    archive_fn filter;
} packings[PACKINGS] = {
    [PACK_ZIP] = {"zip", archive_write_set_format_zip, archive_write_add_filter_none},
    [PACK_ZIP_STORED] = {"stored zip", set_stored_zip, archive_write_add_filter_none},
    [PACK_7Z] = {"7z", archive_write_set_format_7zip, archive_write_add_filter_none},
    [PACK_TAR] = {"tar", archive_write_set_format_pax_restricted, archive_write_add_filter_none},
    [PACK_TAR_GZ] = {"tar.gz", archive_write_set_format_pax_restricted,
                     archive_write_add_filter_gzip},
    [PACK_GZ] = {"gz", archive_write_set_format_raw, archive_write_add_filter_gzip},
    [PACK_XZ] = {"xz", archive_write_set_format_raw, archive_write_add_filter_xz},
    [PACK_ZST] = {"zst", archive_write_set_format_raw, archive_write_add_filter_zstd},
    [PACK_BZ2] = {"bz2", archive_write_set_format_raw, archive_write_add_filter_bzip2},
    [PACK_CAB] = {"cab", NULL, NULL},
    [PACK_CAB_STORED] = {"stored cab", NULL, NULL},
    [PACK_OLE] = {"OLE", NULL, NULL},
};

const char *packing_name(enum packing how)
{
    return packings[how].name;
}

bool packing_is_single(enum packing how)
{
    return packings[how].format == archive_write_set_format_raw;
}

static void write_file(struct archive *a, const struct packed_file *file)
{
    struct archive_entry *e = archive_entry_new();
    archive_entry_set_pathname(e, file->name);
    archive_entry_set_size(e, (la_int64_t)file->size);
    archive_entry_set_filetype(e, AE_IFREG);
    archive_entry_set_perm(e, 0644);
    assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
    assert_int_equal(archive_write_data(a, file->bytes, file->size), file->size);
    archive_entry_free(e);
}

static uint8_t *pack_archive(enum packing how, const struct packed_file *files, size_t count,
                             size_t *out_size)
{
    size_t room = 1 << 20;
    for (size_t i = 0; i < count; i++)
        room += files[i].size + files[i].size / 50 + 4 * strlen(files[i].name) + 2048;
    uint8_t *out = malloc(room);
    struct archive *a = archive_write_new();
    assert_non_null(out);
    assert_int_equal(packings[how].format(a), ARCHIVE_OK);
    assert_int_equal(packings[how].filter(a), ARCHIVE_OK);
    archive_write_set_bytes_in_last_block(a, 1);
    if (how == PACK_XZ) /* the usual level takes ten times as long */
        assert_int_equal(archive_write_set_option(a, "xz", "compression-level", "1"), ARCHIVE_OK);
    assert_int_equal(archive_write_open_memory(a, out, room, out_size), ARCHIVE_OK);
    for (size_t i = 0; i < count; i++)
        write_file(a, &files[i]);
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    archive_write_free(a);
    return out;
}

uint8_t *pack(enum packing how, const struct packed_file *files, size_t count, size_t *out_size)
{
    if (how == PACK_OLE)
        return ole_write_session(files, count, out_size);
    if (how == PACK_CAB || how == PACK_CAB_STORED)
        return cab_write(files, count, how == PACK_CAB, out_size);
    return pack_archive(how, files, count, out_size);
}

int file_of(const uint8_t *bytes, size_t size)
{
    FILE *f = tmpfile();
    assert_non_null(f);
    int fd = dup(fileno(f));
    fclose(f);
    assert_true(fd >= 0);
    for (size_t at = 0; at < size;) {
        ssize_t n = pwrite(fd, bytes + at, size - at, (off_t)at);
        assert_true(n > 0);
        at += (size_t)n;
    }
    return fd;
}

void unpack(const uint8_t *bytes, size_t size, uint64_t limit, struct unpacked *out)
{
    struct span first = {bytes, size};
    *out = (struct unpacked){.fd = file_of(bytes, size), .result = 1};
    out->container = container_open(out->fd, container_detect(first), "packed.gz", &out->info);
    if (out->container == NULL) {
        out->result = ERR_FORMAT;
        return;
    }
    if (limit != 0)
        container_set_limit(out->container, limit);
    while (out->result == 1)
        out->result = container_step(out->container, (size_t)1 << 18, &out->info);
}

void unpacked_release(struct unpacked *u)
{
    container_free(u->container);
    close(u->fd);
}

const struct container_member *unpacked_trace(const struct unpacked *u)
{
    size_t n = u->container != NULL ? container_member_count(u->container) : 0;
    for (size_t i = 0; i < n; i++)
        if (container_member(u->container, i)->is_trace)
            return container_member(u->container, i);
    return NULL;
}

size_t agreeing_bytes(const struct container_member *m, const uint8_t *bytes, size_t size)
{
    uint8_t block[4096];
    for (size_t at = 0; at < size;) {
        ssize_t n = pread(m->fd, block, sizeof block, (off_t)at);
        for (size_t i = 0; n > 0 && i < (size_t)n && at + i < size; i++)
            if (block[i] != bytes[at + i])
                return at + i;
        if (n <= 0)
            return at;
        at += (size_t)n;
    }
    return size;
}
