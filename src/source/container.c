/* Members, limits and messages; see container.h and container_priv.h. */
#include "source/container.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/text.h"
#include "source/container_priv.h"

/* Bytes of a member's name that are kept, and so shown. */
#define NAME_ROOM 120u

/* ---- life ---- */

static enum etl_kind kind_of(int fd)
{
    uint8_t first[ETL_DETECT_SIZE];
    struct container c = {.fd = fd};
    size_t n = 0;
    if (container_read_at(&c, 0, first, sizeof first, &n) != 0)
        return ETL_KIND_UNKNOWN;
    return etl_detect((struct span){first, n});
}

enum container_kind container_detect(struct span first_bytes)
{
    enum etl_kind kind = etl_detect(first_bytes);
    if (kind == ETL_KIND_OLE)
        return CONTAINER_OLE;
    return etl_kind_is_container(kind) ? CONTAINER_ARCHIVE : CONTAINER_NONE;
}

struct container *container_open(int fd, enum container_kind kind, const char *name,
                                 struct err_info *info)
{
    struct stat st;
    struct container *c = calloc(1, sizeof *c);
    if (c == NULL || fstat(fd, &st) != 0) {
        err_set(info, c == NULL ? -ENOMEM : -errno, "cannot be read: %s", strerror(errno));
        free(c);
        return NULL;
    }
    c->fd = fd;
    c->size = (uint64_t)st.st_size;
    c->name = base_xstrdup(name);
    c->guard = (struct expand_guard){.limit = CONTAINER_EXPAND_LIMIT};
    int rc = kind == CONTAINER_OLE ? container_open_ole(c, info)
                                   : container_open_archive(c, kind_of(fd), info);
    if (rc == 0)
        return c;
    container_free(c);
    return NULL;
}

void container_set_limit(struct container *c, uint64_t bytes)
{
    c->guard.limit = bytes;
}

void container_free(struct container *c)
{
    if (c == NULL)
        return;
    if (c->state != NULL)
        c->reader->release(c);
    for (size_t i = 0; i < c->count; i++) {
        spool_close(&c->members[i].spool);
        free(c->members[i].name);
    }
    free(c->members);
    free(c->name);
    strbuf_release(&c->remark);
    free(c);
}

int container_read_at(const struct container *c, uint64_t offset, void *buf, size_t n,
                      size_t *out_n)
{
    return file_read_at(c->fd, offset, buf, n, out_n);
}

/* ---- what is lost ---- */

void container_note_damage(struct container *c, const char *why)
{
    c->damages++;
    if (c->remark.len == 0)
        strbuf_puts(&c->remark, why);
}

/* The first loss is told, the others are counted. */
static void note_member(struct container *c, const struct member *m, const char *why)
{
    struct strbuf line = {0};
    strbuf_printf(&line, "%s: %s", m->name, why);
    container_note_damage(c, strbuf_str(&line));
    strbuf_release(&line);
}

/* ---- members ---- */

/* A copy that is safe to print and short. */
static char *safe_name(const char *name)
{
    struct strbuf whole = {0}, cut = {0};
    text_put_ansi(&whole, name, strlen(name));
    text_put_middle(&cut, strbuf_str(&whole), whole.len, NAME_ROOM);
    char *copy = base_xstrdup(cut.len != 0 ? strbuf_str(&cut) : "(no name)");
    strbuf_release(&whole);
    strbuf_release(&cut);
    return copy;
}

static struct member *current(struct container *c)
{
    return &c->members[c->count - 1];
}

int container_refuse_members(struct err_info *info)
{
    return err_set(info, ERR_LIMIT, "holds more than %u members: unpack the .etl files in it first",
                   CONTAINER_MEMBERS);
}

int intake_start(struct container *c, const char *name, uint64_t bytes, struct err_info *info)
{
    if (c->count == CONTAINER_MEMBERS)
        return container_refuse_members(info);
    if (base_grow((void **)&c->members, &c->cap, c->count + 1, sizeof *c->members) != 0)
        return err_set(info, -ENOMEM, "out of memory");
    struct member *m = &c->members[c->count++];
    *m = (struct member){.name = safe_name(name), .kind = ETL_KIND_EMPTY, .spool.fd = -1};
    m->seen = (struct container_member){
        .name = m->name, .bytes = bytes, .fd = -1, .what = etl_kind_name(ETL_KIND_EMPTY)};
    c->head_len = 0;
    c->probed = false;
    expand_guard_start(&c->guard);
    return 0;
}

void intake_encrypted(struct container *c)
{
    current(c)->is_encrypted = true;
    current(c)->seen.what = "encrypted";
    c->probed = true;
}

static int refuse(const struct container *c, enum expand_verdict v, const char *name,
                  struct err_info *info)
{
    if (v == EXPAND_BOMB)
        return err_set(info, ERR_LIMIT,
                       "%s expands to far more than any trace does: if you trust it, unpack it "
                       "first",
                       name);
    struct strbuf limit = {0};
    text_put_size(&limit, c->guard.limit);
    err_set(info, ERR_LIMIT,
            "expands to more than %s: unpack it first, or allow more with --expand-limit",
            strbuf_str(&limit));
    strbuf_release(&limit);
    return ERR_LIMIT;
}

static int keep(struct container *c, const uint8_t *bytes, size_t n, struct err_info *info)
{
    struct member *m = current(c);
    int rc = spool_add(&m->spool, bytes, n, info);
    m->seen.expanded = m->seen.bytes = m->spool.size;
    return rc;
}

/* Decides by the first bytes what the member is. */
static int probe(struct container *c, struct err_info *info)
{
    struct member *m = current(c);
    c->probed = true;
    m->kind = etl_detect((struct span){c->head, c->head_len});
    m->seen.what = etl_kind_name(m->kind);
    if (m->kind != ETL_KIND_ETL)
        return 0;
    if (c->traces == CONTAINER_TRACES)
        return err_set(info, ERR_LIMIT,
                       "holds more than %u traces: unpack those to be read together",
                       CONTAINER_TRACES);
    int rc = spool_open(&m->spool, info);
    if (rc != 0)
        return rc;
    c->traces++;
    m->seen.is_trace = true;
    m->seen.fd = m->spool.fd;
    return keep(c, c->head, c->head_len, info);
}

/* Collects the first bytes; returns how many of `n` went there. */
static size_t fill_head(struct container *c, const uint8_t *bytes, size_t n)
{
    size_t room = sizeof c->head - c->head_len;
    size_t part = c->probed ? 0 : n < room ? n : room;
    memcpy(c->head + c->head_len, bytes, part);
    c->head_len += part;
    return part;
}

/* Fill without end. A file made at full size ends in zeros, which no reader looks at; in a trace
 * anything else is a loss. */
static int take_fill(struct container *c)
{
    struct member *m = current(c);
    if (!m->seen.is_trace || m->has_ceased) {
        if (!c->is_single)
            note_member(c, m, "fill without end: what follows in the archive is not read");
        return INTAKE_CEASE;
    }
    m->has_ceased = true;
    if (c->guard.run_byte != 0) {
        m->seen.is_damaged = true;
        note_member(c, m, "one byte over and over from there on: the rest is not read");
    }
    return INTAKE_LEAVE;
}

/* Keeps what belongs to a trace, once it is clear whether it is one. */
static int take_bytes(struct container *c, const uint8_t *bytes, size_t n, struct err_info *info)
{
    const struct member *m = current(c);
    size_t part = fill_head(c, bytes, n);
    int rc = 0;
    if (!c->probed && c->head_len == sizeof c->head)
        rc = probe(c, info);
    if (rc == 0 && m->seen.is_trace && !m->has_ceased)
        rc = keep(c, bytes + part, n - part, info);
    return rc;
}

static bool is_wanted(const struct container *c, const struct member *m)
{
    return !c->probed || (m->seen.is_trace && !m->has_ceased);
}

/* What has been read of the container, at most. */
static uint64_t stored_bytes(const struct container *c)
{
    uint64_t read = c->done + CONTAINER_READ_AHEAD;
    return read < c->size ? read : c->size;
}

int intake_take(struct container *c, const uint8_t *bytes, size_t n, struct err_info *info)
{
    const struct member *m = current(c);
    expand_guard_read(&c->guard, stored_bytes(c));
    if (n == 0)
        return is_wanted(c, m) ? INTAKE_MORE : INTAKE_LEAVE;
    bool in_trace = m->seen.is_trace && !m->has_ceased;
    enum expand_verdict v =
        expand_guard_take(&c->guard, bytes, n, in_trace ? EXPAND_TRACE_RUN : EXPAND_OTHER_RUN);
    if (v == EXPAND_BOMB || v == EXPAND_TOO_BIG)
        return refuse(c, v, m->name, info);
    int rc = take_bytes(c, bytes, n, info);
    if (rc != 0)
        return rc;
    if (v == EXPAND_ENDLESS)
        return take_fill(c);
    return is_wanted(c, m) ? INTAKE_MORE : INTAKE_LEAVE;
}

static bool has_suffix(const char *name, const char *suffix)
{
    size_t n = strlen(name), m = strlen(suffix);
    return n >= m && strcasecmp(name + n - m, suffix) == 0;
}

/* False for what is no trace and does not pretend to be one: it would not have been read anyway. */
static bool matters(const struct member *m)
{
    return m->seen.is_trace || m->kind == ETL_KIND_EMPTY || has_suffix(m->name, ".etl");
}

int intake_end(struct container *c, const char *why, bool is_last, struct err_info *info)
{
    struct member *m = current(c);
    int rc = c->probed ? 0 : probe(c, info);
    if (rc != 0 || why == NULL || m->is_encrypted || !(is_last || matters(m)))
        return rc;
    m->seen.is_damaged = true;
    note_member(c, m, why);
    return 0;
}

size_t container_member_count(const struct container *c)
{
    return c->count;
}

const struct container_member *container_member(const struct container *c, size_t i)
{
    return &c->members[i].seen;
}

/* ---- the end ---- */

/* The member that explains best why there is no trace: what hides one, then what looks like one. */
static const struct member *find_culprit(const struct container *c)
{
    const struct member *named = NULL;
    const struct member *nested = NULL;
    for (size_t i = 0; i < c->count; i++) {
        const struct member *m = &c->members[i];
        if (m->is_encrypted)
            return m;
        if (nested == NULL && etl_kind_is_container(m->kind))
            nested = m;
        if (named == NULL && has_suffix(m->name, ".etl"))
            named = m;
    }
    return nested != NULL ? nested : named;
}

static int say_nothing_in_it(const struct container *c, struct err_info *info)
{
    if (c->count == 0)
        return err_set(info, ERR_FORMAT, "%s with nothing in it", c->kind_name);
    const struct member *m = find_culprit(c);
    if (m != NULL && m->is_encrypted)
        return err_set(info, ERR_FORMAT, "%s: %s in it is encrypted: unpack it first", c->kind_name,
                       m->name);
    if (m != NULL && !has_suffix(m->name, ".etl"))
        return err_set(info, ERR_FORMAT, "%s that holds an archive, %s: unpack it first",
                       c->kind_name, m->name);
    if (c->is_single)
        return err_set(info, ERR_FORMAT, "%s; expanded it is %s", c->kind_name,
                       etl_kind_advice(c->members[0].kind));
    if (m != NULL)
        return err_set(info, ERR_FORMAT, "%s: %s in it is %s", c->kind_name, m->name,
                       etl_kind_advice(m->kind));
    return err_set(info, ERR_FORMAT, "%s with no trace in it: no .etl among its %zu members",
                   c->kind_name, c->count);
}

static int finish(struct container *c, struct err_info *info)
{
    c->over = true;
    c->done = c->size;
    if (c->traces != 0)
        return 0;
    if (c->damages != 0)
        return err_set(info, ERR_FORMAT, "%s, damaged: %s", c->kind_name, strbuf_str(&c->remark));
    return say_nothing_in_it(c, info);
}

int container_step(struct container *c, size_t max_bytes, struct err_info *info)
{
    if (c->over)
        return 0;
    int rc = c->reader->step(c, max_bytes, info);
    return rc != 0 ? rc : finish(c, info);
}

const char *container_kind_name(const struct container *c)
{
    return c->kind_name;
}

void container_progress(const struct container *c, uint64_t *out_done, uint64_t *out_total)
{
    *out_done = c->done;
    *out_total = c->size;
}

const char *container_remark(const struct container *c)
{
    return strbuf_str(&c->remark);
}

unsigned container_damages(const struct container *c)
{
    return c->damages;
}
