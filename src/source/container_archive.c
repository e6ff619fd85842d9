/*
 * Archives and compressed files by libarchive; see container_priv.h.
 *
 * Only what the first bytes say is enabled: one format, or one filter before tar and plain data.
 * Where the library lacks a compression it would start a program; such a filter is refused.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "source/container_priv.h"
#include "source/gunzip.h"
#include "source/zip_directory.h"

/* Bytes of the container handed to the library at a time. */
#define READ_BLOCK ((size_t)CONTAINER_READ_AHEAD)

/* Headers in one step: of members with nothing in them. */
#define HEADERS_PER_STEP 64

struct archive_reader {
    struct archive *archive;
    enum etl_kind kind;
    uint64_t offset; /* where the library reads next */
    size_t headers;  /* read so far: members, folders, links */
    bool started;    /* a header was read: from here on progress is told */
    bool in_member;
    bool is_encrypted;     /* the member is */
    bool leaving;          /* the member's bytes are not wanted */
    bool skip_is_cheap;    /* and need not be expanded to come to the next */
    uint64_t position;     /* in the member */
    locale_t utf8;         /* which names are to come out in; 0 when the system has none */
    struct gunzip *gunzip; /* NULL unless it is gzip that the library does not see */
    uint8_t block[READ_BLOCK];
};

typedef int (*support_fn)(struct archive *);

static const struct archive_form {
    enum etl_kind kind;
    const char *name;
    support_fn support[3];
} forms[] = {
    {ETL_KIND_ZIP, "zip archive", {archive_read_support_format_zip}},
    {ETL_KIND_CAB, "cabinet archive", {archive_read_support_format_cab}},
    {ETL_KIND_7Z, "7z archive", {archive_read_support_format_7zip}},
    {ETL_KIND_TAR, "tar archive", {archive_read_support_format_tar}},
    {ETL_KIND_GZIP,
     "gzip-compressed",
     {archive_read_support_format_tar, archive_read_support_format_raw}},
    {ETL_KIND_XZ,
     "xz-compressed",
     {archive_read_support_filter_xz, archive_read_support_format_tar,
      archive_read_support_format_raw}},
    {ETL_KIND_ZSTD,
     "zstd-compressed",
     {archive_read_support_filter_zstd, archive_read_support_format_tar,
      archive_read_support_format_raw}},
    {ETL_KIND_BZIP2,
     "bzip2-compressed",
     {archive_read_support_filter_bzip2, archive_read_support_format_tar,
      archive_read_support_format_raw}},
};

/* ---- the library's way to the bytes ---- */

/* A gunzip_read_fn; ctx is the container. */
static int read_container(void *ctx, void *buf, size_t n, size_t *out_n)
{
    struct container *c = ctx;
    struct archive_reader *r = c->state;
    int rc = container_read_at(c, r->offset, buf, n, out_n);
    if (rc != 0)
        return rc;
    r->offset += *out_n;
    if (r->started && r->offset > c->done)
        c->done = r->offset;
    return 0;
}

static ssize_t on_read(struct archive *a, void *ctx, const void **out)
{
    struct container *c = ctx;
    struct archive_reader *r = c->state;
    size_t n;
    *out = r->gunzip != NULL ? r->gunzip->expanded : r->block;
    int rc = r->gunzip != NULL ? gunzip_next(r->gunzip, read_container, c, &n)
                               : read_container(c, r->block, sizeof r->block, &n);
    if (rc == 0)
        return (ssize_t)n;
    if (rc == ERR_FORMAT)
        archive_set_error(a, EILSEQ, "%s", r->gunzip->why);
    else
        archive_set_error(a, -rc, "%s", strerror(-rc));
    return -1;
}

static la_int64_t on_skip(struct archive *a, void *ctx, la_int64_t n)
{
    const struct container *c = ctx;
    struct archive_reader *r = c->state;
    (void)a;
    uint64_t left = c->size > r->offset ? c->size - r->offset : 0;
    uint64_t step = n > 0 && (uint64_t)n < left ? (uint64_t)n : 0;
    r->offset += step;
    return (la_int64_t)step;
}

static la_int64_t on_seek(struct archive *a, void *ctx, la_int64_t offset, int whence)
{
    const struct container *c = ctx;
    struct archive_reader *r = c->state;
    (void)a;
    int64_t base = whence == SEEK_CUR   ? (int64_t)r->offset
                   : whence == SEEK_END ? (int64_t)c->size
                                        : 0;
    int64_t to;
    if (__builtin_add_overflow(base, offset, &to) || to < 0)
        return ARCHIVE_FATAL;
    r->offset = (uint64_t)to;
    return to;
}

/* ---- life ---- */

static void release(struct container *c)
{
    struct archive_reader *r = c->state;
    archive_read_free(r->archive);
    if (r->gunzip != NULL)
        gunzip_close(r->gunzip);
    free(r->gunzip);
    if (r->utf8 != (locale_t)0)
        freelocale(r->utf8);
    free(r);
}

/* Where the library speaks in riddles. */
static const struct riddle {
    const char *words; /* a part of what it says */
    const char *meaning;
} riddles[] = {
    {"ZIP decompression failed (-5)", "its data ends too early: was the file cut off?"},
    {"No progress is possible", "its data ends too early: was the file cut off?"},
    {"Truncated", "its data ends too early: was the file cut off?"},
    {"bad CRC", "its checksum is wrong"},
    {"Checksum error", "its checksum is wrong"},
    {"Decompression failed", "its data is damaged"},
    {"Corrupted input data", "its data is damaged"},
    {"ZIP uncompressed data is wrong size", "its data is damaged, and of another size than said"},
};

/* The library's own words, which may quote the archive, or what they mean. */
static void put_reason(struct archive *a, struct strbuf *out)
{
    const char *words = archive_error_string(a);
    if (words == NULL || words[0] == '\0')
        words = "its directory cannot be found: was the file cut off?";
    for (size_t i = 0; i < sizeof riddles / sizeof riddles[0]; i++)
        if (strstr(words, riddles[i].words) != NULL)
            words = riddles[i].meaning;
    size_t n = strlen(words);
    while (n != 0 && words[n - 1] == '\n')
        n--;
    text_put_escaped(out, words, n);
}

static int open_error(const struct container *c, struct archive *a, struct err_info *info)
{
    struct strbuf why = {0};
    put_reason(a, &why);
    err_set(info, ERR_FORMAT, "%s, damaged: %s", c->kind_name, strbuf_str(&why));
    strbuf_release(&why);
    return ERR_FORMAT;
}

static int support(struct archive *a, const struct archive_form *form, struct err_info *info)
{
    for (size_t i = 0; i < sizeof form->support / sizeof form->support[0]; i++)
        if (form->support[i] != NULL && form->support[i](a) != ARCHIVE_OK)
            return err_set(info, ERR_FORMAT,
                           "%s, which the libarchive of this system cannot read: unpack it first",
                           form->name);
    return 0;
}

static int open_archive(struct container *c, const struct archive_form *form, struct err_info *info)
{
    struct archive_reader *r = c->state;
    int rc = support(r->archive, form, info);
    if (rc != 0)
        return rc;
    archive_read_set_read_callback(r->archive, on_read);
    archive_read_set_callback_data(r->archive, c);
    if (form->kind == ETL_KIND_GZIP) {
        r->gunzip = calloc(1, sizeof *r->gunzip);
        if (r->gunzip == NULL || gunzip_open(r->gunzip) != 0)
            return err_set(info, -ENOMEM, "out of memory");
    } else {
        archive_read_set_skip_callback(r->archive, on_skip);
        archive_read_set_seek_callback(r->archive, on_seek);
    }
    if (archive_read_open1(r->archive) != ARCHIVE_OK)
        return open_error(c, r->archive, info);
    /* A compressed file in a compressed file would be expanded, too, and again. */
    if (archive_filter_count(r->archive) > 2)
        return err_set(info, ERR_FORMAT, "%s more than once: expand it first", form->name);
    return 0;
}

static int step(struct container *c, size_t max, struct err_info *info);

int container_open_archive(struct container *c, enum etl_kind kind, struct err_info *info)
{
    static const struct container_reader reader = {.step = step, .release = release};
    const struct archive_form *form = NULL;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (forms[i].kind == kind)
            form = &forms[i];
    if (form == NULL)
        return err_set(info, ERR_FORMAT, "%s", etl_kind_advice(kind));
    struct archive_reader *r = calloc(1, sizeof *r);
    struct archive *a = archive_read_new();
    if (r == NULL || a == NULL) {
        free(r);
        archive_read_free(a);
        return err_set(info, -ENOMEM, "out of memory");
    }
    r->archive = a;
    r->kind = kind;
    r->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    c->reader = &reader;
    c->state = r;
    c->kind_name = form->name;
    return open_archive(c, form, info);
}

/* ---- members ---- */

/* "x.etl.gz" holds "x.etl". */
static void put_single_name(const struct container *c, struct strbuf *out)
{
    static const char *const suffixes[] = {".gz", ".xz", ".zst", ".bz2"};
    strbuf_puts(out, c->name);
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        size_t n = strlen(suffixes[i]);
        if (out->len > n && strcmp(out->s + out->len - n, suffixes[i]) == 0) {
            strbuf_truncate(out, out->len - n);
            return;
        }
    }
}

static void put_name(const struct container *c, struct archive_entry *e, struct strbuf *out)
{
    const char *name = archive_entry_pathname_utf8(e);
    if (name == NULL)
        name = archive_entry_pathname(e);
    if (c->is_single)
        put_single_name(c, out);
    else
        strbuf_puts(out, name != NULL ? name : "");
}

static int start_member(struct container *c, struct archive_entry *e, struct err_info *info)
{
    struct archive_reader *r = c->state;
    bool has_size = archive_entry_size_is_set(e) && archive_entry_size(e) > 0;
    struct strbuf name = {0};
    c->is_single = archive_format(r->archive) == ARCHIVE_FORMAT_RAW;
    put_name(c, e, &name);
    int rc =
        intake_start(c, strbuf_str(&name), has_size ? (uint64_t)archive_entry_size(e) : 0, info);
    strbuf_release(&name);
    if (rc != 0)
        return rc;
    r->in_member = true;
    r->position = 0;
    r->skip_is_cheap =
        has_size && (archive_format(r->archive) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_ZIP;
    r->is_encrypted = archive_entry_is_encrypted(e) > 0;
    r->leaving = r->is_encrypted;
    if (r->is_encrypted)
        intake_encrypted(c);
    return 1;
}

/* The archive cannot be read any further. */
static int give_up(struct container *c, const char *where)
{
    struct archive_reader *r = c->state;
    struct strbuf why = {0};
    if (where != NULL)
        strbuf_printf(&why, "%s: ", where);
    put_reason(r->archive, &why);
    container_note_damage(c, strbuf_str(&why));
    strbuf_release(&why);
    return 0;
}

/* Before the library reads the whole directory of a zip archive. */
static int check_directory(const struct container *c, struct err_info *info)
{
    const struct archive_reader *r = c->state;
    struct zip_directory d;
    if (r->kind == ETL_KIND_ZIP && zip_directory_find(c->fd, c->size, &d) &&
        (d.members > CONTAINER_MEMBERS || d.bytes > ZIP_DIRECTORY_MOST))
        return container_refuse_members(info);
    return 0;
}

static int next_member(struct container *c, struct err_info *info)
{
    struct archive_reader *r = c->state;
    struct archive_entry *e;
    int rc = r->headers == 0 ? check_directory(c, info) : 0;
    if (rc != 0)
        return rc;
    rc = archive_read_next_header(r->archive, &e);
    if (rc == ARCHIVE_EOF)
        return 0;
    if (rc == ARCHIVE_RETRY || rc == ARCHIVE_FAILED || rc == ARCHIVE_FATAL) {
        if (archive_read_has_encrypted_entries(r->archive) > 0 && c->count == 0)
            return err_set(info, ERR_FORMAT, "%s, encrypted: unpack it first", c->kind_name);
        return give_up(c, NULL);
    }
    r->started = true;
    if (r->headers++ == CONTAINER_MEMBERS)
        return container_refuse_members(info);
    bool is_file = archive_entry_filetype(e) == AE_IFREG || archive_entry_filetype(e) == 0;
    if (is_file && archive_entry_hardlink(e) == NULL)
        return start_member(c, e, info);
    return 1;
}

static int end_member(struct container *c, struct err_info *info)
{
    struct archive_reader *r = c->state;
    r->in_member = false;
    return intake_end(c, NULL, false, info);
}

/* The member's own end, or the archive's. */
static int end_badly(struct container *c, int how, struct err_info *info)
{
    struct archive_reader *r = c->state;
    struct strbuf why = {0};
    put_reason(r->archive, &why);
    r->in_member = false;
    int rc = intake_end(c, strbuf_str(&why), how == ARCHIVE_FATAL, info);
    strbuf_release(&why);
    if (rc != 0)
        return rc;
    return how == ARCHIVE_FATAL ? 0 : 1;
}

/* What was handed over is not wanted any more: on to the next member, which may need all of this
 * one to be expanded. Fill without end (`ceased`) is not. */
static int leave_member(struct container *c, bool ceased, struct err_info *info)
{
    struct archive_reader *r = c->state;
    r->leaving = true;
    if (!r->skip_is_cheap && !c->is_single && !ceased)
        return 1;
    int rc = end_member(c, info);
    if (rc != 0)
        return rc;
    return r->skip_is_cheap ? 1 : 0;
}

/* Takes a block of the member. 1 to go on, 0 at the end of the archive, or negative. */
static int read_member(struct container *c, size_t *out_n, struct err_info *info)
{
    struct archive_reader *r = c->state;
    const void *bytes = NULL;
    size_t n = 0;
    la_int64_t offset = 0;
    if (r->leaving && r->skip_is_cheap)
        return leave_member(c, false, info);
    int how = archive_read_data_block(r->archive, &bytes, &n, &offset);
    if (how == ARCHIVE_EOF) {
        int rc = end_member(c, info);
        return rc != 0 ? rc : 1;
    }
    if (how != ARCHIVE_OK && how != ARCHIVE_WARN)
        return end_badly(c, how == ARCHIVE_RETRY ? ARCHIVE_FATAL : how, info);
    if (n != 0 && (uint64_t)offset != r->position)
        return intake_end(c, "it has holes, which cannot be read", true, info);
    r->position += n;
    *out_n = n;
    int rc = intake_take(c, bytes, n, info);
    if (rc < 0)
        return rc;
    if (how == ARCHIVE_WARN)
        return end_badly(c, how, info);
    return rc == INTAKE_MORE ? 1 : leave_member(c, rc == INTAKE_CEASE, info);
}

static int read_members(struct container *c, size_t max, struct err_info *info)
{
    const struct archive_reader *r = c->state;
    size_t done = 0;
    int rc = 1;
    for (int headers = 0; rc == 1 && done < max && headers < HEADERS_PER_STEP;) {
        size_t n = 0;
        if (r->in_member) {
            rc = read_member(c, &n, info);
        } else {
            rc = next_member(c, info);
            headers++;
        }
        done += n;
    }
    return rc;
}

/* The library turns names into what the thread's locale can hold, and gives up where that is C. */
static int step(struct container *c, size_t max, struct err_info *info)
{
    const struct archive_reader *r = c->state;
    locale_t before = uselocale(r->utf8);
    int rc = read_members(c, max, info);
    uselocale(before);
    return rc;
}
