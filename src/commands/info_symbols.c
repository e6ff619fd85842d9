/* PDBs found and missing; see info_symbols.h. */
#include "commands/info_symbols.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "commands/info_programs.h"

/* So many are looked for, and so many of each kind are told one by one. */
#define MOST_SOUGHT 1000u
#define MOST_TOLD   20u

#define NAME_COLUMN 24

/* The PDBs of a trace, each once. */
struct sought {
    const struct image **images;
    size_t count, cap;
};

/* What came of it. */
struct found {
    struct strbuf there, useless, missing; /* lines */
    size_t counts[3];                      /* of them */
};

static void collect(struct sought *s, const struct image_map *images, uint32_t process)
{
    const struct image *const *list;
    size_t count = image_map_images(images, process, &list);
    for (size_t i = 0; i < count; i++) {
        if (!list[i]->has_pdb || base_grow((void **)&s->images, &s->cap, s->count + 1,
                                           sizeof(const struct image *)) != 0)
            continue;
        s->images[s->count++] = list[i];
    }
}

static int compare(const void *a, const void *b)
{
    const struct image *x = *(const struct image *const *)a, *y = *(const struct image *const *)b;
    int order = strcmp(x->name, y->name);
    if (order == 0)
        order = memcmp(x->guid, y->guid, sizeof x->guid);
    return order != 0 ? order : (x->age > y->age) - (x->age < y->age);
}

static void collect_all(struct sought *s, const struct trace *trace, const struct image_map *images)
{
    bool *has_heaps;
    info_mark_heap_processes(trace->registry, &has_heaps);
    for (uint32_t p = 0; p < registry_process_count(trace->registry); p++)
        if (has_heaps[p])
            collect(s, images, p);
    free(has_heaps);
    if (s->count != 0)
        qsort(s->images, s->count, sizeof *s->images, compare);
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++)
        if (n == 0 || compare(&s->images[n - 1], &s->images[i]) != 0)
            s->images[n++] = s->images[i];
    s->count = n < MOST_SOUGHT ? n : MOST_SOUGHT;
}

static void put_line(struct strbuf *out, size_t *count, const char *name, const char *text)
{
    if (++*count > MOST_TOLD)
        return;
    strbuf_printf(out, "  %-*s %s\n", NAME_COLUMN, name, text);
}

static void look_for(const struct naming *n, const struct image *image, struct found *f)
{
    struct strbuf path = {0}, why = {0}, text = {0};
    bool there = n->find_pdb(n->ctx, image, &path, &why);
    if (there) {
        text_put_escaped(&text, strbuf_str(&path), path.len);
        put_line(&f->there, &f->counts[0], image->name, strbuf_str(&text));
    } else if (why.len != 0) {
        put_line(&f->useless, &f->counts[1], image->name, strbuf_str(&why));
    } else {
        put_line(&f->missing, &f->counts[2], image->name, strbuf_str(&path));
    }
    strbuf_release(&path);
    strbuf_release(&why);
    strbuf_release(&text);
}

static void put_part(struct strbuf *out, const char *title, const struct strbuf *lines,
                     size_t count)
{
    if (count == 0)
        return;
    strbuf_printf(out, "\n%s\n%s", title, strbuf_str(lines));
    if (count > MOST_TOLD)
        strbuf_printf(out, "  and %zu more\n", count - MOST_TOLD);
}

void info_put_symbols(struct strbuf *out, const struct trace *trace, const struct naming *naming)
{
    if (trace == NULL || naming == NULL || naming->find_pdb == NULL)
        return;
    struct image_map *images = image_table_map(trace->images);
    struct sought s = {0};
    struct found f = {0};
    collect_all(&s, trace, images);
    for (size_t i = 0; i < s.count; i++)
        look_for(naming, s.images[i], &f);
    put_part(out, "PDBs found", &f.there, f.counts[0]);
    put_part(out, "PDBs of no use", &f.useless, f.counts[1]);
    put_part(out, "PDBs not there, as a symbol store has them", &f.missing, f.counts[2]);
    strbuf_release(&f.there);
    strbuf_release(&f.useless);
    strbuf_release(&f.missing);
    free(s.images);
    image_map_unref(images);
}
