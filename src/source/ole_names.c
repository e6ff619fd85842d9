/* A property set and an XML element, as far as a name needs them; see ole_names.h. */
#include "source/ole_names.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

/* Properties and names that are looked at: Visual Studio writes a handful. */
#define ENTRIES_MAX 1024u

#define PROPERTY_NAMES 0u /* the dictionary's id (MS-OLEPS 2.17) */
#define TYPE_BSTR      8u
#define TYPE_WIDE      31u

/* The bytes of a property in the section, empty when it is not there. */
static struct span find_property(struct span section, uint32_t id)
{
    uint32_t count;
    if (!span_u32(section, 4, &count))
        return (struct span){section.p, 0};
    for (uint32_t i = 0; i < count && i < ENTRIES_MAX; i++) {
        uint32_t has, at;
        if (!span_u32(section, 8 + 8 * (size_t)i, &has) ||
            !span_u32(section, 12 + 8 * (size_t)i, &at))
            break;
        if (has == id)
            return span_from(section, at);
    }
    return (struct span){section.p, 0};
}

/* True when `units` UTF-16 units at `p` are the text, whose letters are ASCII. */
static bool is_wide(const uint8_t *p, size_t units, const char *text)
{
    size_t n = strlen(text);
    if (units < n || (units > n && load_u16(p + 2 * n) != 0))
        return false;
    for (size_t i = 0; i < n; i++)
        if (load_u16(p + 2 * i) != (unsigned char)text[i])
            return false;
    return true;
}

/* Which property is called `name`. */
static bool find_id(struct span names, const char *name, uint32_t *out_id)
{
    uint32_t count;
    size_t at = 4;
    if (!span_u32(names, 0, &count))
        return false;
    for (uint32_t i = 0; i < count && i < ENTRIES_MAX; i++) {
        uint32_t id, units;
        if (!span_u32(names, at, &id) || !span_u32(names, at + 4, &units) ||
            !span_has(names, at + 8, 2 * (size_t)units))
            return false;
        if (is_wide(names.p + at + 8, units, name)) {
            *out_id = id;
            return true;
        }
        at += 8 + (2 * (size_t)units + 3) / 4 * 4; /* each begins at a multiple of four */
    }
    return false;
}

static bool put_value(struct span value, struct strbuf *out)
{
    uint32_t type, n;
    if (!span_u32(value, 0, &type) || !span_u32(value, 4, &n))
        return false;
    uint64_t bytes = type == TYPE_WIDE ? 2 * (uint64_t)n : n;
    if ((type != TYPE_BSTR && type != TYPE_WIDE) || bytes > 512 ||
        !span_has(value, 8, (size_t)bytes))
        return false;
    text_put_utf16(out, value.p + 8, (size_t)bytes / 2);
    return out->len != 0;
}

static bool put_guid(struct span properties, const char *stream, struct strbuf *out)
{
    uint32_t at, id;
    if (!span_u32(properties, 0x2c, &at))
        return false;
    struct span section = span_from(properties, at);
    return find_id(find_property(section, PROPERTY_NAMES), stream, &id) && id != PROPERTY_NAMES &&
           put_value(find_property(section, id), out);
}

/* ---- metadata.xml ---- */

static const char *find_text(const char *s, const char *end, const char *text)
{
    size_t n = strlen(text);
    for (; s < end && (size_t)(end - s) >= n; s++)
        if (strncasecmp(s, text, n) == 0)
            return s;
    return NULL;
}

/* An attribute's value without its entities. */
static void put_unquoted(const char *s, const char *end, struct strbuf *out)
{
    static const struct {
        const char *entity;
        char c;
    } entities[] = {
        {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&lt;", '<'}, {"&gt;", '>'}};
    while (s < end) {
        size_t used = 1;
        char c = *s;
        for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
            size_t n = strlen(entities[i].entity);
            if ((size_t)(end - s) >= n && memcmp(s, entities[i].entity, n) == 0) {
                used = n;
                c = entities[i].c;
            }
        }
        strbuf_putc(out, c);
        s += used;
    }
}

/* The Name of the element in which the GUID stands. */
static bool put_file_name(const char *xml, size_t n, const char *guid, struct strbuf *out)
{
    const char *end = xml + n;
    const char *at = find_text(xml, end, guid);
    if (at == NULL)
        return false;
    const char *from = at;
    while (from > xml && *from != '<')
        from--;
    const char *to = memchr(at, '>', (size_t)(end - at));
    const char *name = find_text(from, to != NULL ? to : end, " Name=\"");
    if (name == NULL)
        return false;
    name += strlen(" Name=\"");
    const char *quote = memchr(name, '"', (size_t)(end - name));
    if (quote == NULL || quote == name)
        return false;
    put_unquoted(name, quote, out);
    return true;
}

bool ole_names_find(struct span properties, struct span metadata, const char *stream,
                    struct strbuf *out)
{
    struct strbuf guid = {0};
    bool found = metadata.len != 0 && put_guid(properties, stream, &guid) &&
                 put_file_name((const char *)metadata.p, metadata.len, strbuf_str(&guid), out);
    strbuf_release(&guid);
    return found;
}
