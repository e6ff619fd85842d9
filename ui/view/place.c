/* Places as they are typed; see place.h. */
#include "ui/view/place.h"

#include <string.h>
#include <strings.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "ui/view/wall_clock.h"

#define TICKS_PER_DAY INT64_C(864000000000)
#define DIGITS        "0123456789"

/* A text that no place is written in, at byte `at`. */
static void fail(struct place *p, bool incomplete, size_t at, const char *expected)
{
    p->kind = incomplete ? PLACE_INCOMPLETE : PLACE_WRONG;
    p->wrong_at = at;
    p->expected = expected;
}

static void parse_mark(const char *s, struct place *p)
{
    bool letter = (s[1] >= 'a' && s[1] <= 'z') || (s[1] >= 'A' && s[1] <= 'Z') || s[1] == '\'';
    if (!letter) {
        fail(p, s[1] == '\0', 1, "the letter of a mark");
    } else if (s[2] != '\0') {
        fail(p, false, 2, "one letter");
    } else {
        p->kind = PLACE_MARK;
        p->mark = s[1];
    }
}

static void parse_address(const char *s, struct place *p)
{
    size_t n = strlen(s), digits = strspn(s + 2, DIGITS "abcdefABCDEF");
    if (digits + 2 < n || digits == 0)
        fail(p, digits + 2 == n, digits + 2, "a hexadecimal digit");
    else if (!text_parse_u64(s, n, false, &p->value))
        fail(p, false, 2 + 16, "at most 16 digits");
    else
        p->kind = PLACE_ADDRESS;
}

static void parse_clock(const char *s, struct place *p)
{
    size_t wrong_at;
    p->expected = wall_clock_parse(s, &p->filetime, &p->dated, &wrong_at);
    if (p->expected != NULL)
        fail(p, s[wrong_at] == '\0', wrong_at, p->expected);
    else
        p->kind = PLACE_CLOCK;
}

/* A whole number with or without grouping. */
static bool parse_row(const char *s, struct place *p)
{
    struct strbuf digits = {0};
    for (const char *c = s; *c != '\0'; c++)
        if (*c != ',')
            strbuf_putc(&digits, *c);
    bool row = digits.len > 0 && strspn(digits.s, DIGITS) == digits.len;
    if (row) {
        p->kind = PLACE_ROW;
        if (!text_parse_u64(digits.s, digits.len, false, &p->value))
            p->value = UINT64_MAX;
    }
    strbuf_release(&digits);
    return row;
}

/* True when one more character or two could make a time of it. */
static bool time_begins(const char *s, size_t n)
{
    static const char *const endings[] = {"0", "s", "0s"};
    struct strbuf longer = {0};
    int64_t ns;
    bool begins = false;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0] && !begins; i++) {
        strbuf_clear(&longer);
        strbuf_add(&longer, s, n);
        strbuf_puts(&longer, endings[i]);
        begins = text_parse_duration(longer.s, longer.len, &ns);
    }
    strbuf_release(&longer);
    return begins;
}

/* Blanks and commas group digits: "1,204.444 624 4 s". */
static void parse_time(const char *s, struct place *p)
{
    struct strbuf bare = {0};
    for (const char *c = s; *c != '\0'; c++)
        if (*c != ' ' && *c != ',')
            strbuf_putc(&bare, *c);
    if (text_parse_duration(strbuf_str(&bare), bare.len, &p->ns))
        p->kind = PLACE_TIME;
    else if (time_begins(strbuf_str(&bare), bare.len))
        fail(p, true, strlen(s), "a digit or one of s ms us ns m h");
    else
        fail(p, false, strspn(s, DIGITS " .,-"), "a time such as 1.5s, 300ms or 14:03:22");
    strbuf_release(&bare);
}

static void parse_number(const char *s, struct place *p)
{
    bool date = strspn(s, DIGITS) == 4 && s[4] == '-';
    if (date || strchr(s, ':') != NULL)
        parse_clock(s, p);
    else if (!parse_row(s, p))
        parse_time(s, p);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void parse_trimmed(const char *s, struct place *p)
{
    if (s[0] == '\0')
        return;
    if (s[0] == '\'')
        parse_mark(s, p);
    else if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
        parse_address(s, p);
    else if (is_digit(s[0]) || (s[0] == '-' && is_digit(s[1])))
        parse_number(s, p);
    else if (strncasecmp(s, "row ", 4) == 0 && !parse_row(s + 4, p))
        fail(p, s[4] == '\0', 4, "the number of a row");
    else if (p->kind == PLACE_NOTHING)
        p->kind = PLACE_WORD;
}

void place_parse(const char *text, struct place *out_place)
{
    struct strbuf trimmed = {0};
    size_t from = strspn(text, " "), to = strlen(text);
    /* The blank behind `row` belongs to it. */
    while (to > from && text[to - 1] == ' ' && strcasecmp(text + from, "row ") != 0)
        to--;
    strbuf_add(&trimmed, text + from, to - from);
    *out_place = (struct place){.kind = PLACE_NOTHING};
    parse_trimmed(strbuf_str(&trimmed), out_place);
    out_place->wrong_at += from;
    strbuf_release(&trimmed);
}

static int64_t floor_day(int64_t filetime)
{
    int64_t rest = filetime % TICKS_PER_DAY;
    return filetime - (rest < 0 ? rest + TICKS_PER_DAY : rest);
}

static int64_t add_saturated(int64_t a, int64_t b)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return b < 0 ? INT64_MIN : INT64_MAX;
    return sum;
}

/* The time of day on the trace's first day; on the next when it had passed and the trace goes on
 * until then. */
static int64_t date_clock(int64_t of_day, int64_t start, int64_t end)
{
    int64_t at = add_saturated(floor_day(start), of_day);
    int64_t next = add_saturated(at, TICKS_PER_DAY);
    return at < start && next <= end ? next : at;
}

int64_t place_clock_ns(const struct place *place, const struct snapshot *s, bool utc)
{
    const struct etl_clock *clock = &s->trace->clock;
    int64_t start = etl_clock_filetime(clock, trace_raw(s->trace, 0));
    int64_t end = s->last_time != INT64_MIN ? etl_clock_filetime(clock, s->last_time) : start;
    int64_t minutes = utc ? 0 : wall_clock_offset(&s->header.zone, start);
    int64_t local = place->filetime;
    if (!place->dated)
        local = date_clock(local, wall_clock_shift(start, minutes), wall_clock_shift(end, minutes));
    int64_t at = wall_clock_shift(local, -minutes);
    if (!utc) /* the clock may have been changed since the start */
        at = wall_clock_shift(local, -wall_clock_offset(&s->header.zone, at));
    int64_t ticks, ns;
    if (__builtin_sub_overflow(at, start, &ticks) || __builtin_mul_overflow(ticks, 100, &ns))
        return at < start ? INT64_MIN : INT64_MAX;
    return ns;
}
