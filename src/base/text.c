/*
 * Text from outside made safe, and numbers made readable (see text.h).
 *
 * Pure functions without locale: the same bytes in give the same bytes out on every machine.
 */
#include "base/text.h"

#include <string.h>

#include "base/bytes.h"

#define REPLACEMENT 0xfffdu

/* Lead bytes by length: the payload bits they carry and the least code point they may encode. */
static const struct {
    uint8_t mask, lead;
    uint32_t least;
} utf8_form[] = {{0x80, 0x00, 0x0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

size_t text_decode_utf8(const char *s, size_t n, uint32_t *out_cp)
{
    uint8_t lead = (uint8_t)s[0];
    *out_cp = REPLACEMENT;
    for (size_t len = 1; len <= 4; len++) {
        if ((lead & utf8_form[len - 1].mask) != utf8_form[len - 1].lead)
            continue;
        uint32_t cp = lead & (uint8_t)~utf8_form[len - 1].mask;
        for (size_t i = 1; i < len; i++) {
            if (i >= n || ((uint8_t)s[i] & 0xc0) != 0x80)
                return 1;
            cp = cp << 6 | ((uint8_t)s[i] & 0x3f);
        }
        bool surrogate = cp >= 0xd800 && cp <= 0xdfff;
        if (cp < utf8_form[len - 1].least || cp > 0x10ffff || surrogate)
            return 1;
        *out_cp = cp;
        return len;
    }
    return 1;
}

void text_put_utf8(struct strbuf *b, uint32_t cp)
{
    if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        cp = REPLACEMENT;
    size_t len = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    char bytes[4];
    for (size_t i = len; i-- > 1; cp >>= 6)
        bytes[i] = (char)(0x80 | (cp & 0x3f));
    bytes[0] = (char)(utf8_form[len - 1].lead | cp);
    strbuf_add(b, bytes, len);
}

/* Three continuation bytes at most: text that is not UTF-8 loses no more. */
size_t text_clip(const char *s, size_t n, size_t room)
{
    if (n <= room)
        return n;
    size_t at = room;
    while (at > 0 && room - at < 3 && ((uint8_t)s[at] & 0xc0) == 0x80)
        at--;
    return at;
}

bool text_is_control(uint32_t cp)
{
    static const struct {
        uint32_t first, last;
    } range[] = {
        {0x00, 0x1f},     {0x7f, 0x9f},     {0x061c, 0x061c}, /* Arabic letter mark */
        {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069},
    };
    for (size_t i = 0; i < sizeof range / sizeof range[0]; i++)
        if (cp >= range[i].first && cp <= range[i].last)
            return true;
    return false;
}

static void put_safe(struct strbuf *b, uint32_t cp)
{
    if (!text_is_control(cp))
        text_put_utf8(b, cp);
    else if (cp < 0x100)
        strbuf_printf(b, "\\x%02x", (unsigned)cp);
    else
        strbuf_printf(b, "\\u%04x", (unsigned)cp);
}

void text_put_escaped(struct strbuf *b, const char *s, size_t n)
{
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        i += text_decode_utf8(s + i, n - i, &cp);
        put_safe(b, cp);
    }
}

void text_put_utf16(struct strbuf *b, const uint8_t *p, size_t units)
{
    for (size_t i = 0; i < units; i++) {
        uint32_t cp = load_u16(p + 2 * i);
        if (cp == 0)
            return;
        bool high = cp >= 0xd800 && cp <= 0xdbff;
        uint32_t low = high && i + 1 < units ? load_u16(p + 2 * (i + 1)) : 0;
        if (low >= 0xdc00 && low <= 0xdfff) {
            cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
            i++;
        }
        put_safe(b, cp); /* A surrogate left alone becomes U+FFFD there. */
    }
}

/* Windows-1252 differs from Latin-1 in 0x80..0x9f only; five bytes there mean nothing. */
static const uint16_t windows_1252[32] = {
    0x20ac,      REPLACEMENT, 0x201a, 0x0192, 0x201e, 0x2026,      0x2020, 0x2021,
    0x02c6,      0x2030,      0x0160, 0x2039, 0x0152, REPLACEMENT, 0x017d, REPLACEMENT,
    REPLACEMENT, 0x2018,      0x2019, 0x201c, 0x201d, 0x2022,      0x2013, 0x2014,
    0x02dc,      0x2122,      0x0161, 0x203a, 0x0153, REPLACEMENT, 0x017e, 0x0178,
};

/* U+FFFD itself may stand in a text; only the one-byte form is a malformed byte. */
static bool is_utf8(const char *s, size_t n)
{
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t used = text_decode_utf8(s + i, n - i, &cp);
        if (cp == REPLACEMENT && used == 1)
            return false;
        i += used;
    }
    return true;
}

void text_put_ansi(struct strbuf *b, const char *s, size_t n)
{
    n = strnlen(s, n);
    if (is_utf8(s, n)) {
        text_put_escaped(b, s, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        uint8_t c = (uint8_t)s[i];
        put_safe(b, c >= 0x80 && c <= 0x9f ? windows_1252[c - 0x80] : c);
    }
}

void text_put_middle(struct strbuf *b, const char *s, size_t n, size_t room)
{
    static const char gap[] = "...";
    size_t ends = room > sizeof gap - 1 ? room - (sizeof gap - 1) : 0;
    if (n <= room) {
        strbuf_add(b, s, n);
        return;
    }
    size_t tail = n - ends / 2;
    while (tail < n && ((uint8_t)s[tail] & 0xc0) == 0x80)
        tail++;
    strbuf_add(b, s, text_clip(s, n, ends - ends / 2));
    strbuf_puts(b, gap);
    strbuf_add(b, s + tail, n - tail);
}

const char *text_last_part(const char *path)
{
    const char *name = path;
    for (const char *p = path; *p != '\0'; p++)
        if (*p == '\\' || *p == '/')
            name = p + 1;
    return name;
}

size_t text_stem_length(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name);
}

void text_put_grouped(struct strbuf *b, uint64_t v)
{
    char digits[32];
    size_t at = sizeof digits;
    for (int n = 1;; n++) {
        digits[--at] = (char)('0' + v % 10);
        v /= 10;
        if (v == 0)
            break;
        if (n % 3 == 0)
            digits[--at] = ',';
    }
    strbuf_add(b, digits + at, sizeof digits - at);
}

static uint64_t divide_rounded(uint64_t v, uint64_t by)
{
    return v / by + (v % by >= by - by / 2 ? 1 : 0);
}

/*
 * `v / unit` with three significant digits (four when the unit's quotient runs to 1,023). Returns
 * false, writing nothing, when rounding reaches `limit` units, so that the caller takes the next.
 */
static bool put_scaled(struct strbuf *b, uint64_t v, uint64_t unit, uint64_t limit)
{
    uint64_t whole = v / unit, rest = v % unit;
    uint64_t scale = whole < 10 ? 100 : whole < 100 ? 10 : 1;
    /* rest < unit <= 2^60: divide the unit, not multiply the rest, where that would overflow. */
    uint64_t part = rest > UINT64_MAX / 200 ? divide_rounded(rest, unit / scale)
                                            : divide_rounded(rest * scale, unit);
    if (part == scale) {
        whole++;
        part = 0;
        scale = whole < 10 ? 100 : whole < 100 ? 10 : 1;
    }
    if (whole >= limit)
        return false;
    strbuf_put_u64(b, whole);
    if (scale > 1)
        strbuf_printf(b, scale == 100 ? ".%02u" : ".%01u", (unsigned)part);
    return true;
}

void text_put_size(struct strbuf *b, uint64_t bytes)
{
    static const char *const name[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    for (unsigned i = 0; i < 7; i++) {
        uint64_t unit = UINT64_C(1) << (10 * i);
        if (i < 6 && bytes / unit >= 1024)
            continue;
        /* A whole multiple needs no fraction, and says so by having none. */
        if (bytes % unit == 0)
            strbuf_put_u64(b, bytes / unit);
        else if (!put_scaled(b, bytes, unit, 1024))
            continue;
        strbuf_printf(b, " %s", name[i]);
        return;
    }
}

void text_put_count(struct strbuf *b, uint64_t v)
{
    if (v < 10000) {
        text_put_grouped(b, v);
        return;
    }
    uint64_t unit = 1000;
    for (const char *name = "KMGTPE"; *name; name++, unit *= 1000) {
        uint64_t tenths = divide_rounded(v, unit / 10), whole = divide_rounded(v, unit);
        if (tenths < 1000)
            strbuf_printf(b, "%u.%u%c", (unsigned)(tenths / 10), (unsigned)(tenths % 10), *name);
        else if (whole < 1000)
            strbuf_printf(b, "%u%c", (unsigned)whole, *name);
        else
            continue;
        return;
    }
}

static uint64_t magnitude(int64_t v)
{
    return v < 0 ? -(uint64_t)v : (uint64_t)v;
}

#define NS_PER_S UINT64_C(1000000000)

/* Minutes and up are whole numbers of the two largest units. */
static void put_long_duration(struct strbuf *b, uint64_t ns)
{
    uint64_t seconds = divide_rounded(ns, NS_PER_S);
    if (seconds < 3600) {
        strbuf_printf(b, "%u m %02u s", (unsigned)(seconds / 60), (unsigned)(seconds % 60));
        return;
    }
    uint64_t minutes = divide_rounded(seconds, 60);
    text_put_grouped(b, minutes / 60);
    strbuf_printf(b, " h %02u m", (unsigned)(minutes % 60));
}

void text_put_duration(struct strbuf *b, int64_t ns)
{
    static const struct {
        const char *name;
        uint64_t unit, limit;
    } step[] = {{"us", 1000, 1000}, {"ms", 1000000, 1000}, {"s", NS_PER_S, 60}};
    uint64_t v = magnitude(ns);
    if (ns < 0)
        strbuf_putc(b, '-');
    if (v < 1000) {
        strbuf_printf(b, "%u ns", (unsigned)v);
        return;
    }
    for (size_t i = 0; i < sizeof step / sizeof step[0]; i++) {
        if (!put_scaled(b, v, step[i].unit, step[i].limit))
            continue;
        strbuf_printf(b, " %s", step[i].name);
        return;
    }
    put_long_duration(b, v);
}

void text_put_seconds(struct strbuf *b, int64_t ns)
{
    uint64_t v = magnitude(ns);
    unsigned fraction = (unsigned)(v % NS_PER_S / 100);
    if (ns < 0)
        strbuf_putc(b, '-');
    text_put_grouped(b, v / NS_PER_S);
    strbuf_printf(b, ".%03u %03u %u", fraction / 10000, fraction / 10 % 1000, fraction % 10);
}

void text_put_moment(struct strbuf *b, int64_t ns)
{
    uint64_t ms = (uint64_t)(ns < 0 ? 0 : ns) / 1000000;
    text_put_grouped(b, ms / 1000);
    strbuf_printf(b, ".%03u s", (unsigned)(ms % 1000));
}

/*
 * Year, month and day of the proleptic Gregorian calendar, `days` after 1601-01-01. 1601 opens a
 * cycle of 400 years; inside it a year starts in March, so that the leap day comes last.
 */
static void civil_date(int64_t days, int64_t *out_year, unsigned *out_month, unsigned *out_day)
{
    const int64_t days_per_era = 146097;
    days += 306; /* since 1600-03-01 */
    int64_t era = (days >= 0 ? days : days - (days_per_era - 1)) / days_per_era;
    unsigned day = (unsigned)(days - era * days_per_era);
    unsigned year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    day -= 365 * year + year / 4 - year / 100;
    unsigned march_month = (5 * day + 2) / 153;
    *out_day = day - (153 * march_month + 2) / 5 + 1;
    *out_month = march_month < 10 ? march_month + 3 : march_month - 9;
    *out_year = 1600 + era * 400 + year + (*out_month <= 2 ? 1 : 0);
}

void text_put_filetime(struct strbuf *b, int64_t filetime)
{
    const int64_t ticks_per_second = 10000000, ticks_per_day = 86400 * ticks_per_second;
    int64_t days = filetime / ticks_per_day, ticks = filetime % ticks_per_day;
    if (ticks < 0) {
        ticks += ticks_per_day;
        days--;
    }
    int64_t year;
    unsigned month, day;
    civil_date(days, &year, &month, &day);
    unsigned second = (unsigned)(ticks / ticks_per_second);
    strbuf_printf(b, "%04lld-%02u-%02uT%02u:%02u:%02u.%07uZ", (long long)year, month, day,
                  second / 3600, second / 60 % 60, second % 60,
                  (unsigned)(ticks % ticks_per_second));
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
}

/* Digits of `base` from the front of [s, s+n). Returns how many; 0 for none or on overflow. */
static size_t parse_digits(const char *s, size_t n, unsigned base, uint64_t *out_v)
{
    uint64_t v = 0;
    size_t i = 0;
    for (; i < n && (unsigned)digit_value(s[i]) < base; i++)
        if (__builtin_mul_overflow(v, base, &v) ||
            __builtin_add_overflow(v, (unsigned)digit_value(s[i]), &v))
            return 0;
    *out_v = v;
    return i;
}

bool text_parse_u64(const char *s, size_t n, bool suffixes, uint64_t *out_v)
{
    bool hex = n > 2 && s[0] == '0' && (s[1] | 0x20) == 'x';
    size_t prefix = hex ? 2 : 0;
    uint64_t v;
    size_t used = parse_digits(s + prefix, n - prefix, hex ? 16 : 10, &v);
    if (used == 0)
        return false;
    used += prefix;
    if (suffixes && used + 1 == n) {
        static const char name[] = "KMG";
        const char *at = strchr(name, s[used] & ~0x20);
        if (!at || *at == '\0' ||
            __builtin_mul_overflow(v, UINT64_C(1) << (10 * (at - name + 1)), &v))
            return false;
        used++;
    }
    if (used != n)
        return false;
    *out_v = v;
    return true;
}

/* Nanoseconds in the unit spelled by all of [s, s+n); 0 when there is no such unit. */
static uint64_t duration_unit(const char *s, size_t n)
{
    static const struct {
        const char *name;
        uint64_t ns;
    } unit[] = {
        {"", NS_PER_S},         {"ns", 1},       {"us", 1000},
        {"ms", 1000000},        {"s", NS_PER_S}, {"m", 60 * NS_PER_S},
        {"h", 3600 * NS_PER_S},
    };
    for (size_t i = 0; i < sizeof unit / sizeof unit[0]; i++)
        if (strlen(unit[i].name) == n && memcmp(unit[i].name, s, n) == 0)
            return unit[i].ns;
    return 0;
}

/* The digits behind the point as nanoseconds of `unit`; what is finer than one is cut off. */
static uint64_t parse_fraction(const char *s, size_t digits, uint64_t unit)
{
    uint64_t ns = 0;
    for (size_t i = 0; i < digits; i++, unit /= 10)
        ns += (uint64_t)digit_value(s[i]) * unit / 10;
    return ns;
}

bool text_parse_duration(const char *s, size_t n, int64_t *out_ns)
{
    bool negative = n > 0 && s[0] == '-';
    if (negative) {
        s++;
        n--;
    }
    uint64_t whole = 0;
    size_t used = parse_digits(s, n, 10, &whole), fraction_at = 0, fraction = 0;
    if (used == 0)
        return false;
    if (used < n && s[used] == '.') {
        fraction_at = ++used;
        while (used < n && s[used] >= '0' && s[used] <= '9')
            used++;
        fraction = used - fraction_at;
        if (fraction == 0)
            return false;
    }
    uint64_t unit = duration_unit(s + used, n - used), ns;
    if (unit == 0 || __builtin_mul_overflow(whole, unit, &ns) ||
        __builtin_add_overflow(ns, parse_fraction(s + fraction_at, fraction, unit), &ns) ||
        ns > INT64_MAX)
        return false;
    *out_ns = negative ? -(int64_t)ns : (int64_t)ns;
    return true;
}
