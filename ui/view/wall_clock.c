/* Time zone arithmetic; see wall_clock.h. */
#include "ui/view/wall_clock.h"

#include <string.h>

#include "base/text.h"

#define TICKS_PER_SECOND INT64_C(10000000)
#define TICKS_PER_MINUTE (60 * TICKS_PER_SECOND)
#define TICKS_PER_DAY    (1440 * TICKS_PER_MINUTE)

/* Times from here on, some 14,000 years on, have no summer: sums of them might not fit. */
#define LATEST (INT64_MAX / 2)

/* SYSTEMTIME, as indexes of its eight words. */
enum system_time { ST_YEAR, ST_MONTH, ST_WEEKDAY, ST_DAY, ST_HOUR, ST_MINUTE, ST_SECOND };

/* Days from 1601-01-01 to the first day of a month; years count from March so that the leap day
 * comes last. */
static int64_t days_to_month(int64_t year, int month)
{
    int64_t y = year - 1600 - (month <= 2 ? 1 : 0);
    int64_t m = month <= 2 ? month + 9 : month - 3;
    int64_t era_days = y * 365 + y / 4 - y / 100 + y / 400;
    return era_days + (153 * m + 2) / 5 - 306;
}

static int64_t year_of(int64_t filetime)
{
    int64_t days = filetime / TICKS_PER_DAY;
    int64_t year = 1601 + days * 400 / 146097;
    while (days < days_to_month(year, 1))
        year--;
    while (days >= days_to_month(year + 1, 1))
        year++;
    return year;
}

/*
 * The local FILETIME at which a change of the clock happens in `year`: an absolute date, or "the
 * n-th weekday of the month", n = 5 meaning the last.
 */
static int64_t change_time(const uint16_t date[8], int64_t year)
{
    int month = date[ST_MONTH];
    int64_t first = days_to_month(year, month),
            next = month == 12 ? days_to_month(year + 1, 1) : days_to_month(year, month + 1);
    int64_t day = first + date[ST_DAY] - 1;
    if (date[ST_YEAR] == 0) {
        int64_t weekday = (first + 1) % 7; /* 1601-01-01 was a Monday */
        day = first + (date[ST_WEEKDAY] % 7 - weekday + 7) % 7 + 7 * ((int64_t)date[ST_DAY] - 1);
        while (day >= next)
            day -= 7;
    }
    int64_t seconds = date[ST_HOUR] * 3600 + date[ST_MINUTE] * 60 + date[ST_SECOND];
    return day * TICKS_PER_DAY + seconds * TICKS_PER_SECOND;
}

static bool is_month(uint16_t month)
{
    return month >= 1 && month <= 12;
}

/* Both changes are told in the local time that holds just before them. */
static bool is_daylight(const struct etl_time_zone *z, int64_t filetime)
{
    if (!is_month(z->standard_date[ST_MONTH]) || !is_month(z->daylight_date[ST_MONTH]))
        return false;
    int64_t standard = wall_clock_shift(filetime, -((int64_t)z->bias + z->standard_bias));
    int64_t daylight = wall_clock_shift(filetime, -((int64_t)z->bias + z->daylight_bias));
    int64_t year = year_of(standard);
    bool begun = standard >= change_time(z->daylight_date, year);
    bool over = daylight >= change_time(z->standard_date, year);
    bool northern = change_time(z->daylight_date, year) < change_time(z->standard_date, year);
    return northern ? begun && !over : begun || !over;
}

int64_t wall_clock_offset(const struct etl_time_zone *zone, int64_t filetime)
{
    if (filetime < 0 || filetime > LATEST)
        return -((int64_t)zone->bias + zone->standard_bias);
    int64_t extra = is_daylight(zone, filetime) ? zone->daylight_bias : zone->standard_bias;
    return -(zone->bias + extra);
}

int64_t wall_clock_shift(int64_t filetime, int64_t minutes)
{
    int64_t ticks, shifted;
    if (__builtin_mul_overflow(minutes, TICKS_PER_MINUTE, &ticks) ||
        __builtin_add_overflow(filetime, ticks, &shifted))
        return filetime;
    return shifted;
}

/* Bytes [from, to) of "2025-11-02T09:14:33.1234567Z". */
static void put_part(struct strbuf *b, int64_t filetime, size_t from, size_t to)
{
    size_t start = b->len;
    text_put_filetime(b, filetime);
    char part[32];
    size_t n = 0;
    for (size_t i = start + from; i < start + to && i < b->len && n < sizeof part; i++)
        part[n++] = b->s[i] == 'T' ? ' ' : b->s[i];
    strbuf_truncate(b, start);
    strbuf_add(b, part, n);
}

void wall_clock_put_time(struct strbuf *b, int64_t filetime)
{
    put_part(b, filetime, 11, 27);
}

void wall_clock_put_date(struct strbuf *b, int64_t filetime)
{
    put_part(b, filetime, 0, 19);
}

/* ---- reading ---- */

/* A text being read. */
struct reading {
    const char *s;
    size_t at;
    const char *expected; /* NULL: all is well so far */
};

static bool fail(struct reading *r, const char *expected)
{
    r->expected = expected;
    return false;
}

/* `least` to `most` digits whose value is at most `limit`. */
static bool read_number(struct reading *r, int least, int most, int64_t low, int64_t high,
                        const char *expected, int64_t *out_v)
{
    int64_t v = 0;
    int n = 0;
    size_t start = r->at;
    for (; n < most && r->s[r->at] >= '0' && r->s[r->at] <= '9'; n++)
        v = v * 10 + (r->s[r->at++] - '0');
    if (n < least)
        return fail(r, expected);
    if (v < low || v > high) {
        r->at = start;
        return fail(r, expected);
    }
    *out_v = v;
    return true;
}

static bool read_sign(struct reading *r, char sign, const char *expected)
{
    if (r->s[r->at] != sign)
        return fail(r, expected);
    r->at++;
    return true;
}

static bool read_date(struct reading *r, int64_t *out_days)
{
    int64_t year, month, day;
    if (!read_number(r, 4, 4, 1601, 9999, "a year", &year) || !read_sign(r, '-', "'-'") ||
        !read_number(r, 2, 2, 1, 12, "a month from 01 to 12", &month) ||
        !read_sign(r, '-', "'-'") || !read_number(r, 2, 2, 1, 31, "a day of the month", &day))
        return false;
    if (r->s[r->at] != ' ' && r->s[r->at] != 'T')
        return fail(r, "a blank and a time of day");
    r->at++;
    *out_days = days_to_month(year, (int)month) + day - 1;
    return true;
}

/* What is finer than a tick is read over. */
static int64_t read_fraction(struct reading *r)
{
    int64_t ticks = 0, unit = TICKS_PER_SECOND;
    for (; (r->s[r->at] >= '0' && r->s[r->at] <= '9') || r->s[r->at] == ' '; r->at++) {
        if (r->s[r->at] == ' ')
            continue;
        unit /= 10;
        ticks += unit * (r->s[r->at] - '0');
    }
    return ticks;
}

static bool read_clock(struct reading *r, int64_t *out_ticks)
{
    int64_t hour, minute, second = 0, fraction = 0;
    if (!read_number(r, 1, 2, 0, 23, "an hour from 0 to 23", &hour) ||
        !read_sign(r, ':', "':' and minutes") ||
        !read_number(r, 2, 2, 0, 59, "minutes from 00 to 59", &minute))
        return false;
    if (r->s[r->at] == ':') {
        r->at++;
        if (!read_number(r, 2, 2, 0, 59, "seconds from 00 to 59", &second))
            return false;
        if (r->s[r->at] == '.') {
            r->at++;
            fraction = read_fraction(r);
        }
    }
    *out_ticks = (hour * 60 + minute) * TICKS_PER_MINUTE + second * TICKS_PER_SECOND + fraction;
    return r->s[r->at] == '\0' || fail(r, "nothing more");
}

const char *wall_clock_parse(const char *s, int64_t *out_filetime, bool *out_dated,
                             size_t *out_wrong_at)
{
    struct reading r = {.s = s};
    int64_t days = 0, ticks;
    bool dated = strchr(s, '-') != NULL;
    if ((dated && !read_date(&r, &days)) || !read_clock(&r, &ticks)) {
        *out_wrong_at = r.at;
        return r.expected;
    }
    *out_filetime = days * TICKS_PER_DAY + ticks;
    *out_dated = dated;
    return NULL;
}

void wall_clock_put_offset(struct strbuf *b, int64_t minutes)
{
    uint64_t n = (uint64_t)(minutes < 0 ? -minutes : minutes);
    strbuf_puts(b, "UTC");
    if (n == 0)
        return;
    strbuf_printf(b, "%c%llu", minutes < 0 ? '-' : '+', (unsigned long long)(n / 60));
    if (n % 60 != 0)
        strbuf_printf(b, ":%02u", (unsigned)(n % 60));
}
