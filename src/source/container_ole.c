/*
 * The older .diagsession (etl-format 7.2b): an OLE compound file whose streams E1, E2, ... hold
 * resources in blocks of compressed chunks. Streams by libgsf; see container_priv.h.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <gsf/gsf-infile-msole.h>
#include <gsf/gsf-utils.h>
#include <zlib.h>

#include "decoder/etl_expand.h"
#include "source/container_priv.h"
#include "source/ole_check.h"
#include "source/ole_input.h"
#include "source/ole_names.h"

#define BLOCK_HEADER 8u
#define CHUNK_HEADER 16u

/* Visual Studio writes chunks of 64 KiB in blocks of 1 MiB. */
#define CHUNK_MAX ((uint32_t)1 << 20)

/* What a chunk costs, however short it is, in bytes that could be expanded meanwhile. */
#define CHUNK_COST 1024u

/* Block headers that are looked at to learn how long a resource is. */
#define BLOCKS_COUNTED 65536u

/* Of the two streams that give names. */
#define NAMES_MAX ((gsf_off_t)1 << 20)

struct bytes {
    uint8_t *p;
    size_t n;
};

struct ole_reader {
    GsfInfile *file;
    int next; /* child to look at */

    GsfInput *stream;   /* NULL: none is being read */
    uint64_t size, at;  /* of it */
    uint64_t block_end; /* where the next block begins */
    const char *why;    /* first damage; static text */

    struct bytes properties, metadata;
    uint8_t packed[CHUNK_MAX];
    uint8_t expanded[CHUNK_MAX];
};

/* ---- life ---- */

static void be_quiet(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer ctx)
{
    (void)domain;
    (void)level;
    (void)message;
    (void)ctx;
}

/* What the library thinks of a broken file is told in our words. */
static void start_library(void)
{
    g_log_set_default_handler(be_quiet, NULL);
    gsf_init();
}

static void release(struct container *c)
{
    struct ole_reader *r = c->state;
    if (r->stream != NULL)
        g_object_unref(r->stream);
    if (r->file != NULL)
        g_object_unref(r->file);
    free(r->properties.p);
    free(r->metadata.p);
    free(r);
}

static int open_file(struct container *c, uint64_t size, struct err_info *info)
{
    struct ole_reader *r = c->state;
    GsfInput *in = ole_input_new(c, size);
    r->file = gsf_infile_msole_new(in, NULL);
    g_object_unref(in);
    return r->file != NULL ? 0 : err_set(info, ERR_FORMAT, "%s, damaged", c->kind_name);
}

static struct span whole(const struct bytes *b)
{
    return (struct span){b->p, b->n};
}

static void read_small(GsfInput *in, struct bytes *out)
{
    gsf_off_t n = gsf_input_size(in);
    if (n <= 0 || n > NAMES_MAX || out->p != NULL)
        return;
    out->p = malloc((size_t)n);
    if (out->p != NULL && gsf_input_read(in, (size_t)n, out->p) != NULL)
        out->n = (size_t)n;
}

/* The stream of properties is the one whose name begins with a control character. */
static void read_names(struct ole_reader *r)
{
    int n = gsf_infile_num_children(r->file);
    for (int i = 0; i < n; i++) {
        const char *name = gsf_infile_name_by_index(r->file, i);
        bool is_metadata = name != NULL && strcmp(name, "metadata.xml") == 0;
        if (name == NULL || (name[0] != 5 && !is_metadata))
            continue;
        GsfInput *in = gsf_infile_child_by_index(r->file, i);
        if (in == NULL)
            continue;
        read_small(in, is_metadata ? &r->metadata : &r->properties);
        g_object_unref(in);
    }
}

static int step(struct container *c, size_t max, struct err_info *info);

int container_open_ole(struct container *c, struct err_info *info)
{
    static const struct container_reader reader = {.step = step, .release = release};
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    c->kind_name = "OLE compound file";
    uint64_t size;
    int rc = ole_check(c, &size, info);
    if (rc != 0)
        return rc;
    pthread_once(&once, start_library);
    c->reader = &reader;
    c->state = calloc(1, sizeof(struct ole_reader));
    if (c->state == NULL)
        return err_set(info, -ENOMEM, "out of memory");
    rc = open_file(c, size, info);
    if (rc == 0)
        read_names(c->state);
    return rc;
}

/* ---- reading a stream ---- */

/* Reads on; false, and the reason kept, when the stream does not have so many bytes. */
static bool read_on(struct ole_reader *r, void *buf, size_t n)
{
    if (n <= r->size - r->at &&
        (n == 0 || (gsf_input_seek(r->stream, (gsf_off_t)r->at, G_SEEK_SET) == FALSE &&
                    gsf_input_read(r->stream, n, buf) != NULL))) {
        r->at += n;
        return true;
    }
    r->why = "it is cut off";
    return false;
}

/* What the blocks' headers promise; 0 when they make no sense. */
static uint64_t measure(struct ole_reader *r)
{
    uint64_t total = 0;
    unsigned blocks = 0;
    uint8_t h[BLOCK_HEADER];
    for (; r->at < r->size && blocks < BLOCKS_COUNTED && read_on(r, h, sizeof h); blocks++) {
        uint64_t stored = load_u32(h + 4);
        total += load_u32(h);
        if (stored > r->size - r->at)
            break;
        r->at += stored;
    }
    bool whole_stream = r->at == r->size;
    r->at = 0;
    r->why = NULL;
    return whole_stream ? total : 0;
}

static bool is_resource(const char *name)
{
    return name != NULL && name[0] == 'E' && name[1] != '\0' &&
           strspn(name + 1, "0123456789") == strlen(name + 1);
}

/* Begins the next resource; 0 when there is none. */
static int start_member(struct container *c, struct err_info *info)
{
    struct ole_reader *r = c->state;
    int n = gsf_infile_num_children(r->file);
    const char *name = NULL;
    while (r->stream == NULL && r->next < n) {
        name = gsf_infile_name_by_index(r->file, r->next);
        if (is_resource(name))
            r->stream = gsf_infile_child_by_index(r->file, r->next);
        r->next++;
    }
    if (r->stream == NULL)
        return 0;
    gsf_off_t size = gsf_input_size(r->stream);
    r->size = size > 0 ? (uint64_t)size : 0;
    r->at = r->block_end = 0;
    struct strbuf label = {0};
    if (!ole_names_find(whole(&r->properties), whole(&r->metadata), name, &label))
        strbuf_puts(&label, name);
    int rc = intake_start(c, strbuf_str(&label), measure(r), info);
    strbuf_release(&label);
    return rc != 0 ? rc : 1;
}

static int end_member(struct container *c, struct err_info *info)
{
    struct ole_reader *r = c->state;
    g_object_unref(r->stream);
    r->stream = NULL;
    int rc = intake_end(c, r->why, false, info);
    r->why = NULL;
    return rc != 0 ? rc : 1;
}

static bool checksum_is(const uint8_t *p, uint32_t n, const uint8_t *stored)
{
    return crc32(crc32(0, NULL, 0), p, n) == load_u32(stored);
}

/* A chunk that is not what was put in leaves a hole of its length: nothing wrong is counted, and
 * what follows stays in its place. */
static void expand(struct ole_reader *r, const uint8_t *h, uint32_t length, uint32_t stored)
{
    struct span packed = {r->packed, stored};
    int rc = 0;
    if (stored == length)
        memcpy(r->expanded, r->packed, length);
    else
        rc = etl_expand(ETL_COMPRESSION_XPRESS_HUFF, packed, r->expanded, length);
    if (rc == 0 && checksum_is(r->expanded, length, h))
        return;
    memset(r->expanded, 0, length);
    if (r->why == NULL)
        r->why = "a checksum is wrong, and what it was for is left out";
}

/* The next chunk into `expanded`; *out_n is 0 at the end of the stream and where it makes no
 * sense. */
static void read_chunk(struct ole_reader *r, uint32_t *out_n)
{
    uint8_t h[CHUNK_HEADER];
    *out_n = 0;
    if (r->at == r->block_end && r->at < r->size) {
        if (!read_on(r, h, BLOCK_HEADER))
            return;
        r->block_end = r->at + load_u32(h + 4);
    }
    if (r->at == r->size || !read_on(r, h, sizeof h))
        return;
    uint32_t length = load_u32(h + 4), stored = load_u32(h + 12);
    if (length == 0 || length > CHUNK_MAX || stored > CHUNK_MAX || stored > r->block_end - r->at) {
        r->why = length == 0 ? "it is cut off" : "a chunk of it has an impossible size";
        return;
    }
    if (!read_on(r, r->packed, stored))
        return;
    expand(r, h, length, stored);
    *out_n = length;
}

/* Takes one chunk. 1 or a negative code. */
static int read_member(struct container *c, size_t *out_n, struct err_info *info)
{
    struct ole_reader *r = c->state;
    uint64_t before = r->at;
    uint32_t n;
    read_chunk(r, &n);
    *out_n = n;
    c->done += r->at - before;
    if (n == 0)
        return end_member(c, info);
    int rc = intake_take(c, r->expanded, n, info);
    if (rc < 0)
        return rc;
    return rc == INTAKE_MORE ? 1 : end_member(c, info);
}

static int step(struct container *c, size_t max, struct err_info *info)
{
    const struct ole_reader *r = c->state;
    size_t done = 0;
    int rc = 1;
    while (rc == 1 && done < max) {
        size_t n = 0;
        rc = r->stream != NULL ? read_member(c, &n, info) : start_member(c, info);
        done += n + CHUNK_COST;
    }
    return rc;
}
