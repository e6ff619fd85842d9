/* Containers become inputs; see inputs_unpack.h. */
#include "source/inputs_unpack.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/text.h"

/* ---- what is known of them ---- */

static struct package *stream_package(const struct inputs *in)
{
    for (size_t i = 0; i < in->package_count; i++)
        if (in->packages[i].state == PACKAGE_UNKNOWN || in->packages[i].state == PACKAGE_COMING)
            return &in->packages[i];
    return NULL;
}

struct span inputs_head(const struct inputs *in)
{
    for (size_t i = 0; i < in->package_count; i++)
        if (in->packages[i].state == PACKAGE_PLAIN)
            return (struct span){in->packages[i].head, in->packages[i].head_len};
    return (struct span){NULL, 0};
}

bool inputs_is_unpacked(const struct inputs *in, size_t input)
{
    for (size_t i = 0; i < in->package_count; i++)
        if (in->packages[i].input == input && in->packages[i].state == PACKAGE_UNPACKED)
            return true;
    return false;
}

void inputs_progress(const struct inputs *in, uint64_t *out_done, uint64_t *out_total)
{
    *out_done = *out_total = 0;
    for (size_t i = 0; i < in->package_count; i++) {
        uint64_t done, total;
        if (in->packages[i].container == NULL)
            continue;
        container_progress(in->packages[i].container, &done, &total);
        *out_done += done;
        *out_total += total;
    }
}

const struct container_member *inputs_first_trace(const struct inputs *in)
{
    const struct container *c = in->package_count == 1 ? in->packages[0].container : NULL;
    size_t n = c != NULL && in->named == 1 ? container_member_count(c) : 0;
    for (size_t i = 0; i < n; i++)
        if (container_member(c, i)->is_trace)
            return container_member(c, i);
    return NULL;
}

void inputs_add_damage(const struct inputs *in, struct trust *trust)
{
    uint64_t damages = 0;
    for (size_t i = 0; i < in->package_count; i++)
        if (in->packages[i].container != NULL)
            damages += container_damages(in->packages[i].container);
    /* What is cut off there is missed by who reads the trace, too. */
    if (trust->buffers_damaged < damages)
        trust->buffers_damaged = damages;
}

const char *inputs_remark(const struct inputs *in)
{
    for (size_t i = 0; i < in->package_count; i++)
        if (in->packages[i].container != NULL &&
            container_remark(in->packages[i].container)[0] != '\0')
            return container_remark(in->packages[i].container);
    return "";
}

/* ---- their traces become inputs ---- */

/* A source of its own for a member: "PATH (MEMBER)". The descriptor stays the container's. */
static struct source *member_source(const struct source *outer, const struct container_member *m)
{
    struct source *s = base_xcalloc(1, sizeof *s);
    struct strbuf path = {0};
    struct stat st = {0};
    strbuf_printf(&path, "%s (%s)", strcmp(outer->path, "-") == 0 ? "stdin" : outer->path, m->name);
    s->fd = m->fd;
    s->path = base_xstrdup(strbuf_str(&path));
    size_t n = text_clip(m->name, strlen(m->name), sizeof s->name - 1);
    memcpy(s->name, m->name, n);
    (void)fstat(m->fd, &st);
    s->device = st.st_dev;
    s->inode = st.st_ino;
    strbuf_release(&path);
    return s;
}

static int add_member(struct inputs *in, struct package *p, const struct container_member *m,
                      bool first, struct err_info *info)
{
    struct source *s = member_source(p->source, m);
    if (first) {
        in->list[p->input] = s;
        return 0;
    }
    if (in->count == INGEST_INPUTS_MAX) {
        source_close(s);
        free(s);
        return err_set(info, ERR_LIMIT, "too many traces: unpack those to be read together");
    }
    in->list = base_xrealloc(in->list, in->count + 1, sizeof(struct source *));
    in->list[in->count++] = s;
    return 0;
}

static int add_members(struct inputs *in, struct package *p, struct err_info *info)
{
    bool first = true;
    int rc = 0;
    for (size_t i = 0; i < container_member_count(p->container) && rc == 0; i++) {
        const struct container_member *m = container_member(p->container, i);
        if (!m->is_trace)
            continue;
        rc = add_member(in, p, m, first, info);
        first = false;
    }
    return rc;
}

static int unpack(struct inputs *in, struct package *p, size_t max_bytes, struct err_info *info)
{
    int rc = package_step(p, max_bytes, in->expand_limit, info);
    in->failed = p->input;
    if (rc == 0)
        rc = add_members(in, p, info);
    return rc < 0 ? rc : INPUTS_MORE;
}

int inputs_prepare(struct inputs *in, size_t max_bytes, struct err_info *info)
{
    for (size_t i = 0; i < in->package_count; i++)
        if (in->packages[i].state == PACKAGE_PACKED)
            return unpack(in, &in->packages[i], max_bytes, info);
    return stream_package(in) != NULL ? INPUTS_WAIT : INPUTS_READY;
}

/* ---- the stream ---- */

int inputs_take(struct inputs *in, const void *bytes, size_t n, size_t *out_taken,
                struct err_info *info)
{
    struct package *p = stream_package(in);
    *out_taken = 0;
    if (p == NULL)
        return 0;
    in->failed = p->input;
    return package_take(p, bytes, n, out_taken, info);
}

int inputs_end(struct inputs *in, struct err_info *info)
{
    struct package *p = stream_package(in);
    if (p == NULL)
        return 0;
    in->failed = p->input;
    return package_end(p, info);
}
