/* Looking for a text, character by character; see matcher.h. */
#include "ui/term/matcher.h"

#include <stdint.h>
#include <string.h>
#include <wctype.h>

#include "base/text.h"

void matcher_release(struct matcher *m)
{
    strbuf_release(&m->text);
    *m = (struct matcher){0};
}

static bool has_upper(const char *s, size_t n)
{
    for (size_t at = 0; at < n;) {
        uint32_t cp;
        at += text_decode_utf8(s + at, n - at, &cp);
        if (iswupper((wint_t)cp))
            return true;
    }
    return false;
}

void matcher_set(struct matcher *m, const char *text, bool any_case)
{
    size_t n = strlen(text);
    strbuf_clear(&m->text);
    strbuf_add(&m->text, text, n);
    m->any_case = any_case || !has_upper(text, n);
    m->figure = n > 0 && strspn(text, "0123456789") == n;
}

bool matcher_is_empty(const struct matcher *m)
{
    return m->text.len == 0;
}

/* ASCII is nearly all there is, and towlower() asks the locale. */
static uint32_t lower(uint32_t cp)
{
    if (cp < 0x80)
        return cp >= 'A' && cp <= 'Z' ? cp | 0x20 : cp;
    return (uint32_t)towlower((wint_t)cp);
}

static bool same(const struct matcher *m, uint32_t a, uint32_t b)
{
    return a == b || (m->any_case && lower(a) == lower(b));
}

/* Bytes of [s, s+n) that begin with the text; 0 when it does not begin so. */
static size_t match_here(const struct matcher *m, const char *s, size_t n)
{
    size_t used = 0;
    for (size_t at = 0; at < m->text.len;) {
        if (m->figure && at > 0 && used + 1 < n && s[used] == ',')
            used++;
        if (used >= n)
            return 0;
        uint32_t wanted, there;
        at += text_decode_utf8(m->text.s + at, m->text.len - at, &wanted);
        used += text_decode_utf8(s + used, n - used, &there);
        if (!same(m, wanted, there))
            return 0;
    }
    return used;
}

bool matcher_find(const struct matcher *m, const char *s, size_t n, size_t from, size_t *out_at,
                  size_t *out_len)
{
    if (matcher_is_empty(m))
        return false;
    for (size_t at = from; at < n;) {
        size_t len = match_here(m, s + at, n - at);
        if (len > 0) {
            *out_at = at;
            *out_len = len;
            return true;
        }
        uint32_t cp;
        at += text_decode_utf8(s + at, n - at, &cp);
    }
    return false;
}
