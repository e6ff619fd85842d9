/* Containers from files and pipes; see package.h. */
#include "source/package.h"

#include <stdlib.h>
#include <string.h>

void package_init(struct package *p, struct source *source, size_t input)
{
    *p = (struct package){.source = source,
                          .input = input,
                          .state = source->is_stream ? PACKAGE_UNKNOWN : PACKAGE_PACKED,
                          .spool.fd = -1};
}

void package_release(struct package *p)
{
    container_free(p->container);
    spool_close(&p->spool);
    p->container = NULL;
}

/* The first bytes are all there that are needed, or will come. */
static int decide(struct package *p, struct err_info *info)
{
    struct span head = {p->head, p->head_len};
    if (container_detect(head) == CONTAINER_NONE) {
        p->state = PACKAGE_PLAIN;
        return 0;
    }
    int rc = spool_open(&p->spool, info);
    if (rc == 0)
        rc = spool_add(&p->spool, p->head, p->head_len, info);
    if (rc == 0)
        p->state = PACKAGE_COMING;
    return rc;
}

int package_take(struct package *p, const void *bytes, size_t n, size_t *out_taken,
                 struct err_info *info)
{
    size_t room = sizeof p->head - p->head_len;
    size_t part = p->state != PACKAGE_UNKNOWN ? 0 : n < room ? n : room;
    int rc = 0;
    memcpy(p->head + p->head_len, bytes, part);
    p->head_len += part;
    if (p->state == PACKAGE_UNKNOWN && p->head_len == sizeof p->head)
        rc = decide(p, info);
    if (rc == 0 && p->state == PACKAGE_COMING)
        rc = spool_add(&p->spool, (const char *)bytes + part, n - part, info);
    *out_taken = p->state == PACKAGE_COMING ? n : part;
    return rc;
}

int package_end(struct package *p, struct err_info *info)
{
    int rc = p->state == PACKAGE_UNKNOWN ? decide(p, info) : 0;
    if (rc == 0 && p->state == PACKAGE_COMING)
        p->state = PACKAGE_PACKED;
    return rc;
}

static int file_of(const struct package *p)
{
    return p->spool.fd >= 0 ? p->spool.fd : p->source->fd;
}

static int open_container(struct package *p, uint64_t limit, struct err_info *info)
{
    int fd = file_of(p);
    uint8_t first[ETL_DETECT_SIZE];
    size_t n = 0;
    struct source reader = {.fd = fd};
    int rc = source_read_at(&reader, 0, first, sizeof first, &n);
    if (rc != 0)
        return err_set(info, rc, "cannot be read: %s", strerror(-rc));
    enum container_kind kind = container_detect((struct span){first, n});
    if (kind == CONTAINER_NONE) /* it was one when it was opened */
        return err_set(info, ERR_FORMAT, "changed while it was being opened: try again");
    p->container = container_open(fd, kind, p->source->name, info);
    if (p->container == NULL)
        return ERR_FORMAT;
    container_set_limit(p->container, limit);
    return 0;
}

int package_step(struct package *p, size_t max_bytes, uint64_t limit, struct err_info *info)
{
    int rc = p->container == NULL ? open_container(p, limit, info) : 0;
    if (rc == 0)
        rc = container_step(p->container, max_bytes, info);
    if (rc == 0)
        p->state = PACKAGE_UNPACKED;
    return rc;
}
