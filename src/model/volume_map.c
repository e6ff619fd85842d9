/* A short list of prefixes; see volume_map.h. */
#include "model/volume_map.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/text.h"

/* What is kept of a text; device names are short. */
#define TEXT_UNITS 512

/* What the Object Manager puts in front of a name that has a drive letter already. */
static const char DOS_PREFIX[] = "\\??\\";

void volume_map_release(struct volume_map *m)
{
    for (size_t i = 0; i < m->count; i++) {
        free(m->items[i].from);
        free(m->items[i].to);
    }
    m->count = 0;
}

static char *utf8_of(struct span text)
{
    struct strbuf b = {0};
    size_t units = text.len / 2;
    text_put_utf16(&b, text.p, units < TEXT_UNITS ? units : TEXT_UNITS);
    char *copy = base_xstrdup(strbuf_str(&b));
    strbuf_release(&b);
    return copy;
}

static struct volume *find(struct volume_map *m, const char *from)
{
    for (size_t i = 0; i < m->count; i++)
        if (strcasecmp(m->items[i].from, from) == 0)
            return &m->items[i];
    return NULL;
}

bool volume_map_take(struct volume_map *m, struct span from, struct span to)
{
    struct volume v = {utf8_of(from), utf8_of(to)};
    struct volume *known = find(m, v.from);
    bool same = known != NULL && strcmp(known->to, v.to) == 0;
    if (v.from[0] == '\0' || same || (known == NULL && m->count == VOLUME_MAP_MAX)) {
        free(v.from);
        free(v.to);
        return false;
    }
    if (known != NULL) {
        free(known->from);
        free(known->to);
        *known = v;
    } else {
        m->items[m->count++] = v;
    }
    return true;
}

/* Bytes of `path` that are the device; 0 when it is on another one: a name goes to its end. */
static size_t prefix_length(const char *path, const char *from)
{
    size_t n = strlen(from);
    if (strncasecmp(path, from, n) != 0)
        return 0;
    bool whole = from[n - 1] == '\\' || path[n] == '\\' || path[n] == '\0';
    return whole ? n : 0;
}

void volume_map_put(const struct volume_map *m, const char *path, struct strbuf *out)
{
    size_t cut = prefix_length(path, DOS_PREFIX);
    const char *to = "";
    for (size_t i = 0; i < m->count; i++) {
        size_t n = prefix_length(path, m->items[i].from);
        if (n > cut) {
            cut = n;
            to = m->items[i].to;
        }
    }
    strbuf_puts(out, to);
    strbuf_puts(out, path + cut);
}
