/*
 * Any bytes as what traces travel in: archives, compressed files, compound files. Beyond what a
 * sanitizer finds: limits hold, what is told agrees with what is there, and names are safe.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "decoder/etl_detect.h"
#include "source/container.h"

/* So that each run ends soon. */
#define LIMIT ((uint64_t)32 << 20)

/* A step may be over by what a library hands out at once. */
#define BLOCK_MAX ((uint64_t)8 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

static void check_name(const char *name)
{
    size_t n = strlen(name);
    check(n > 0 && n < 200);
    for (size_t at = 0; at < n;) {
        uint32_t cp;
        at += text_decode_utf8(name + at, n - at, &cp);
        check(!text_is_control(cp));
    }
}

static uint64_t check_member(const struct container_member *m)
{
    struct stat st;
    check_name(m->name);
    check(m->what != NULL && m->is_trace == (m->fd >= 0));
    if (!m->is_trace) {
        check(m->expanded == 0);
        return 0;
    }
    uint8_t first[ETL_DETECT_SIZE];
    check(fstat(m->fd, &st) == 0 && (uint64_t)st.st_size == m->expanded);
    ssize_t n = pread(m->fd, first, sizeof first, 0);
    check(n > 0 && etl_detect((struct span){first, (size_t)n}) == ETL_KIND_ETL);
    return m->expanded;
}

static void check_all(const struct container *c, int rc, const struct err_info *info)
{
    uint64_t sum = 0, done, total;
    size_t traces = 0;
    check(container_member_count(c) <= CONTAINER_MEMBERS);
    for (size_t i = 0; i < container_member_count(c); i++) {
        const struct container_member *m = container_member(c, i);
        sum += check_member(m);
        traces += m->is_trace;
    }
    check(sum <= LIMIT + BLOCK_MAX && traces <= CONTAINER_TRACES);
    check(rc < 0 ? info->text[0] != '\0' : traces != 0);
    check((container_damages(c) == 0) == (container_remark(c)[0] == '\0'));
    container_progress(c, &done, &total);
    check(rc < 0 || done == total);
}

static void run(int fd, enum container_kind kind)
{
    struct err_info info = {.text = ""};
    struct container *c = container_open(fd, kind, "some.etl.gz", &info);
    if (c == NULL) {
        check(info.text[0] != '\0');
        return;
    }
    container_set_limit(c, LIMIT);
    int rc;
    do
        rc = container_step(c, (size_t)1 << 18, &info);
    while (rc == 1);
    check_all(c, rc, &info);
    container_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum container_kind kind = container_detect((struct span){data, size});
    if (kind == CONTAINER_NONE)
        return 0;
    int fd = memfd_create("package", MFD_CLOEXEC);
    check(fd >= 0);
    if (write(fd, data, size) == (ssize_t)size)
        run(fd, kind);
    close(fd);
    return 0;
}
