/* Opening and naming the inputs of one trace; see inputs.h. */
#include "source/inputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

/* So many names stand in a title, and how many more there are. */
#define NAMES_MOST 3u

/* ---- names ---- */

static void make_name(struct inputs *in)
{
    struct strbuf b = {0};
    size_t named = in->count <= NAMES_MOST ? in->count : NAMES_MOST - 1;
    for (size_t i = 0; i < named; i++)
        strbuf_printf(&b, "%s%s", i != 0 ? " + " : "", in->list[i]->name);
    if (named < in->count)
        strbuf_printf(&b, " + %zu more", in->count - named);
    strbuf_truncate(&b, text_clip(strbuf_str(&b), b.len, sizeof in->name - 1));
    memcpy(in->name, strbuf_str(&b), b.len + 1);
    strbuf_release(&b);
}

void inputs_put_paths(char *const *paths, size_t count, struct strbuf *out)
{
    for (size_t i = 0; i < count; i++) {
        const char *path = strcmp(paths[i], "-") == 0 ? "stdin" : paths[i];
        if (i != 0)
            strbuf_puts(out, " + ");
        text_put_escaped(out, path, strlen(path));
    }
}

int inputs_error(const struct inputs *in, unsigned input, struct err_info *info, int code,
                 const char *what)
{
    return source_error(info, code, in->list[input]->path, what);
}

/* ---- opening ---- */

static int check_new(const struct inputs *in, const struct source *s, struct err_info *info)
{
    for (size_t i = 0; i < in->count; i++) {
        const struct source *other = in->list[i];
        if (other->device == s->device && other->inode == s->inode)
            return source_error(info, ERR_FORMAT, s->path,
                                "named twice: each file is read into the trace once");
        if (other->is_stream && s->is_stream)
            return source_error(info, ERR_FORMAT, s->path,
                                "a second pipe: only one of the inputs can be one");
    }
    return 0;
}

static void add_package(struct inputs *in, struct source *s)
{
    in->packages = base_xrealloc(in->packages, in->package_count + 1, sizeof *in->packages);
    package_init(&in->packages[in->package_count++], s, in->count - 1);
}

static int add(struct inputs *in, const char *path, struct err_info *info)
{
    if (in->count == INGEST_INPUTS_MAX)
        return err_set(info, ERR_LIMIT, "more than %u files: merge fewer", INGEST_INPUTS_MAX);
    struct source *s = base_xcalloc(1, sizeof *s);
    int rc = source_open(path, s, info);
    if (rc == 0) {
        rc = check_new(in, s, info);
        if (rc != 0)
            source_close(s);
    }
    if (rc != 0) {
        free(s);
        return rc;
    }
    in->list = base_xrealloc(in->list, in->count + 1, sizeof(struct source *));
    in->list[in->count++] = s;
    if (s->is_stream || s->is_container)
        add_package(in, s);
    return 0;
}

int inputs_open(struct inputs *in, char *const *paths, size_t count, struct err_info *info)
{
    *in = (struct inputs){.expand_limit = CONTAINER_EXPAND_LIMIT};
    for (size_t i = 0; i < count; i++) {
        int rc = add(in, paths[i], info);
        if (rc != 0) {
            inputs_close(in);
            return rc;
        }
    }
    in->named = in->count;
    make_name(in);
    return 0;
}

static void free_source(struct source *s)
{
    source_close(s);
    free(s);
}

/* A container's own source is not in the list any more once its traces are. */
void inputs_close(struct inputs *in)
{
    for (size_t i = 0; i < in->package_count; i++) {
        struct package *p = &in->packages[i];
        package_release(p);
        if (in->list[p->input] != p->source)
            free_source(p->source);
    }
    free(in->packages);
    for (size_t i = 0; i < in->count; i++)
        free_source(in->list[i]);
    free(in->list);
    *in = (struct inputs){0};
}

/* ---- reading ---- */

bool inputs_have_stream(const struct inputs *in)
{
    for (size_t i = 0; i < in->count; i++)
        if (in->list[i]->is_stream)
            return true;
    return false;
}

uint64_t inputs_size(const struct inputs *in)
{
    uint64_t sum = 0, size;
    for (size_t i = 0; i < in->count; i++) {
        if (in->list[i]->is_stream || source_size(in->list[i], &size) != 0)
            return 0;
        sum += size;
    }
    return sum;
}

struct ingest *inputs_ingest(struct inputs *in)
{
    struct ingest *made = ingest_new();
    int number = 0;
    for (size_t i = 0; i < in->count && made != NULL && number >= 0; i++) {
        struct source *s = in->list[i];
        number = s->is_stream ? ingest_add_stream(made) : ingest_add_file(made, source_read_at, s);
    }
    if (number >= 0)
        return made;
    ingest_free(made);
    return NULL;
}
