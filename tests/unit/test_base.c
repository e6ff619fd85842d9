/* src/base: strings, arenas, bounded reads, safe text, readable numbers. */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/text.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void strbuf_grows_and_keeps_its_end(void **state)
{
    (void)state;
    struct strbuf b = {0};
    char want[4001];
    assert_string_equal(strbuf_str(&b), "");
    for (size_t i = 0; i < 4000; i++) {
        want[i] = (char)('a' + i % 26);
        strbuf_putc(&b, want[i]);
    }
    want[4000] = '\0';
    assert_int_equal(b.len, 4000);
    assert_string_equal(b.s, want);
    strbuf_truncate(&b, 5000);
    assert_int_equal(b.len, 4000);
    strbuf_truncate(&b, 3);
    assert_string_equal(b.s, "abc");
    strbuf_add(&b, "x\0y", 3);
    assert_int_equal(b.len, 6);
    assert_memory_equal(b.s, "abcx\0y", 7);
    strbuf_clear(&b);
    assert_string_equal(strbuf_str(&b), "");
    strbuf_release(&b);
    strbuf_release(&b);
}

static void strbuf_writes_numbers_as_printf_does(void **state)
{
    (void)state;
    static const uint64_t value[] = {0, 1, 9, 10, 255, 4096, UINT32_MAX, INT64_MAX, UINT64_MAX};
    struct strbuf b = {0};
    for (size_t i = 0; i < COUNT(value); i++) {
        char want[128];
        int64_t negative = -(int64_t)(value[i] / 2) - 1;
        snprintf(want, sizeof want, "%" PRIu64 " 0x%" PRIx64 " %" PRId64, value[i], value[i],
                 negative);
        strbuf_clear(&b);
        strbuf_put_u64(&b, value[i]);
        strbuf_putc(&b, ' ');
        strbuf_put_hex(&b, value[i]);
        strbuf_printf(&b, "%s", " ");
        strbuf_put_i64(&b, negative);
        assert_string_equal(b.s, want);
    }
    strbuf_clear(&b);
    strbuf_put_i64(&b, INT64_MIN);
    assert_string_equal(b.s, "-9223372036854775808");
    strbuf_release(&b);
}

static void arrays_double_and_refuse_overflow(void **state)
{
    (void)state;
    uint32_t *items = NULL;
    size_t cap = 0;
    assert_int_equal(base_grow((void **)&items, &cap, 1, sizeof *items), 0);
    assert_int_equal(cap, 16);
    items[15] = 7;
    assert_int_equal(base_grow((void **)&items, &cap, 17, sizeof *items), 0);
    assert_int_equal(cap, 32);
    assert_int_equal(items[15], 7);
    uint32_t *before = items;
    assert_int_equal(base_grow((void **)&items, &cap, SIZE_MAX / 2, sizeof *items), -ENOMEM);
    assert_int_equal(base_grow((void **)&items, &cap, SIZE_MAX, 1), -ENOMEM);
    assert_ptr_equal(items, before);
    assert_int_equal(cap, 32);
    free(items);
}

static void arena_memory_is_aligned_and_apart(void **state)
{
    (void)state;
    struct arena a = {0};
    unsigned char *piece[600];
    for (size_t i = 0; i < COUNT(piece); i++) {
        size_t n = i * 37 % 900 + 1;
        piece[i] = arena_alloc(&a, n);
        assert_non_null(piece[i]);
        assert_int_equal((uintptr_t)piece[i] % 8, 0);
        memset(piece[i], (int)(i & 0xff), n);
    }
    for (size_t i = 0; i < COUNT(piece); i++)
        for (size_t k = 0; k < i * 37 % 900 + 1; k++)
            assert_int_equal(piece[i][k], i & 0xff);
    unsigned char *large = arena_alloc(&a, 10 << 20);
    assert_non_null(large);
    large[(10 << 20) - 1] = 1;
    assert_true(a.bytes >= (10u << 20));
    assert_string_equal(arena_strndup(&a, "abcdef", 3), "abc");
    assert_null(arena_alloc(&a, SIZE_MAX - 4));
    arena_release(&a);
    assert_int_equal(a.bytes, 0);
    arena_release(&a);
}

static void spans_never_read_outside(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0xff, 1, 2, 3, 4, 5, 6, 7, 8};
    struct span s = {bytes, sizeof bytes};
    uint16_t u16 = 0;
    uint32_t u32 = 0;
    uint64_t u64 = 0;
    assert_true(span_u16(s, 7, &u16));
    assert_int_equal(u16, 0x0807);
    assert_false(span_u16(s, 8, &u16));
    assert_true(span_u32(s, 5, &u32));
    assert_int_equal(u32, 0x08070605);
    assert_false(span_u32(s, 6, &u32));
    assert_true(span_u64(s, 1, &u64));
    assert_true(u64 == UINT64_C(0x0807060504030201));
    assert_false(span_u64(s, 2, &u64));
    assert_false(span_u64(s, SIZE_MAX, &u64));
    assert_false(span_has(s, 1, SIZE_MAX));
    assert_int_equal(span_from(s, 4).len, 5);
    assert_int_equal(span_from(s, 10).len, 0);
}

static void errors_keep_their_code(void **state)
{
    (void)state;
    struct err_info err;
    assert_int_equal(err_set(&err, ERR_FORMAT, "%s: %d", "a.etl", 3), ERR_FORMAT);
    assert_string_equal(err.text, "a.etl: 3");
    assert_int_equal(err_set(NULL, -EIO, "nobody reads this"), -EIO);
    char longer[2000];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    err_set(&err, -EIO, "%s", longer);
    assert_int_equal(strlen(err.text), sizeof err.text - 4);
}

static void utf8_round_trips(void **state)
{
    (void)state;
    struct strbuf b = {0};
    for (uint32_t cp = 0; cp <= 0x10ffff; cp += cp < 0x900 ? 1 : 0x3d) {
        uint32_t back;
        if (cp >= 0xd800 && cp <= 0xdfff)
            continue;
        strbuf_clear(&b);
        text_put_utf8(&b, cp);
        assert_int_equal(text_decode_utf8(b.s, b.len, &back), b.len);
        assert_int_equal(back, cp);
        if (b.len > 1) { /* any cut is malformed */
            assert_int_equal(text_decode_utf8(b.s, b.len - 1, &back), 1);
            assert_int_equal(back, 0xfffd);
        }
    }
    strbuf_release(&b);
}

static void malformed_utf8_is_one_byte(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x80",         "\xc0\x80",         "\xc1\xbf",         "\xe0\x80\x80",
        "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf5\x80\x80\x80", "\xf4\x90\x80\x80",
        "\xff",         "\xe2\x28\xa1",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        uint32_t cp = 0;
        assert_int_equal(text_decode_utf8(bad[i], strlen(bad[i]), &cp), 1);
        assert_int_equal(cp, 0xfffd);
    }
}

static void hostile_text_is_escaped(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        size_t n;
        const char *want;
    } sample[] = {
        {"plain C:\\x", 10, "plain C:\\x"},    {"\033[31m", 5, "\\x1b[31m"},
        {"a\0b\x7f", 4, "a\\x00b\\x7f"},       {"\u202eexe.txt", 10, "\\u202eexe.txt"},
        {"\u2028\xc2\x9b", 5, "\\u2028\\x9b"}, {"\xff\u00e9", 3, "\ufffd\u00e9"},
    };
    struct strbuf b = {0};
    for (size_t i = 0; i < COUNT(sample); i++) {
        strbuf_clear(&b);
        text_put_escaped(&b, sample[i].in, sample[i].n);
        assert_string_equal(strbuf_str(&b), sample[i].want);
    }
    strbuf_release(&b);
}

static void utf16_becomes_utf8(void **state)
{
    (void)state;
    static const uint8_t text[] = {'a', 0, 0xe9, 0,    0x3d, 0xd8, 0x00, 0xde, 0x3d, 0xd8,
                                   'b', 0, 0x00, 0xde, 0x1b, 0,    0,    0,    'z',  0};
    struct strbuf b = {0};
    text_put_utf16(&b, text, sizeof text / 2);
    assert_string_equal(b.s, "a\u00e9\U0001f600\ufffdb\ufffd\\x1b");
    strbuf_clear(&b);
    text_put_utf16(&b, text + 4, 1); /* cut inside the pair */
    assert_string_equal(b.s, "\ufffd");
    text_put_utf16(&b, text, 0);
    strbuf_release(&b);
}

static void ansi_text_is_utf8_or_windows_1252(void **state)
{
    (void)state;
    struct strbuf b = {0};
    text_put_ansi(&b, "caf\xc3\xa9\0more", 10);
    assert_string_equal(b.s, "caf\u00e9");
    strbuf_clear(&b);
    text_put_ansi(&b, "caf\xe9 \x80 \x81", 8);
    assert_string_equal(b.s, "caf\u00e9 \u20ac \ufffd");
    strbuf_release(&b);
}

/* Calls a formatter and compares; `want` at most 63 bytes. */
#define assert_text(call, want)                                                                    \
    do {                                                                                           \
        struct strbuf b = {0};                                                                     \
        call;                                                                                      \
        assert_string_equal(strbuf_str(&b), want);                                                 \
        strbuf_release(&b);                                                                        \
    } while (0)

static void numbers_are_grouped(void **state)
{
    (void)state;
    assert_text(text_put_grouped(&b, 0), "0");
    assert_text(text_put_grouped(&b, 999), "999");
    assert_text(text_put_grouped(&b, 1000), "1,000");
    assert_text(text_put_grouped(&b, 67050), "67,050");
    assert_text(text_put_grouped(&b, UINT64_MAX), "18,446,744,073,709,551,615");
}

static void sizes_have_three_digits(void **state)
{
    (void)state;
    assert_text(text_put_size(&b, 0), "0 B");
    assert_text(text_put_size(&b, 1023), "1023 B");
    assert_text(text_put_size(&b, 1024), "1 KiB");
    assert_text(text_put_size(&b, 65536), "64 KiB");
    assert_text(text_put_size(&b, 1069547), "1.02 MiB");
    assert_text(text_put_size(&b, 10250), "10.0 KiB");
    assert_text(text_put_size(&b, 10235), "10.0 KiB"); /* 9.995 rounds across the border */
    assert_text(text_put_size(&b, 1048575), "1.00 MiB");
    assert_text(text_put_size(&b, UINT64_MAX), "16.0 EiB");
    assert_text(text_put_size(&b, UINT64_C(1) << 63), "8 EiB");
}

/* Against printf's own rounding over many magnitudes. */
static void sizes_agree_with_floating_point(void **state)
{
    (void)state;
    static const char *const unit[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    for (uint64_t v = 1; v < UINT64_C(1) << 49; v = v * 13 / 8 + 1) {
        double scaled = (double)v;
        int u = 0;
        char want[64];
        for (; scaled >= 1024 && u < 4; u++)
            scaled /= 1024;
        int digits = scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0;
        bool whole = v % (UINT64_C(1) << (10 * u)) == 0;
        snprintf(want, sizeof want, "%.*f %s", whole ? 0 : digits, scaled, unit[u]);
        if (scaled < 1023.5)
            assert_text(text_put_size(&b, v), want);
    }
}

static void counts_take_five_columns(void **state)
{
    (void)state;
    assert_text(text_put_count(&b, 9999), "9,999");
    assert_text(text_put_count(&b, 12096), "12.1K");
    assert_text(text_put_count(&b, 99949), "99.9K");
    assert_text(text_put_count(&b, 99950), "100K");
    assert_text(text_put_count(&b, 999499), "999K");
    assert_text(text_put_count(&b, 999500), "1.0M");
    assert_text(text_put_count(&b, 3400000), "3.4M");
    assert_text(text_put_count(&b, UINT64_MAX), "18.4E");
    struct strbuf b = {0};
    for (uint64_t v = 1; v < UINT64_MAX / 2; v += v / 7 + 1) {
        strbuf_clear(&b);
        text_put_count(&b, v);
        assert_true(b.len <= 5);
    }
    strbuf_release(&b);
}

static void durations_are_readable(void **state)
{
    (void)state;
    assert_text(text_put_duration(&b, 0), "0 ns");
    assert_text(text_put_duration(&b, 340), "340 ns");
    assert_text(text_put_duration(&b, 17000), "17.0 us");
    assert_text(text_put_duration(&b, 1200000), "1.20 ms");
    assert_text(text_put_duration(&b, 999999), "1.00 ms");
    assert_text(text_put_duration(&b, INT64_C(4640000000)), "4.64 s");
    assert_text(text_put_duration(&b, INT64_C(59990000000)), "1 m 00 s");
    assert_text(text_put_duration(&b, INT64_C(192000000000)), "3 m 12 s");
    assert_text(text_put_duration(&b, INT64_C(7500000000000)), "2 h 05 m");
    assert_text(text_put_duration(&b, INT64_C(3599700000000)), "1 h 00 m");
    assert_text(text_put_duration(&b, -17000), "-17.0 us");
    assert_text(text_put_duration(&b, INT64_MIN), "-2,562,047 h 47 m");
}

static void seconds_have_seven_digits(void **state)
{
    (void)state;
    assert_text(text_put_seconds(&b, 444624400), "0.444 624 4");
    assert_text(text_put_seconds(&b, 99), "0.000 000 0");
    assert_text(text_put_seconds(&b, INT64_C(12345678901200)), "12,345.678 901 2");
    assert_text(text_put_seconds(&b, -100), "-0.000 000 1");
    assert_text(text_put_seconds(&b, INT64_MIN), "-9,223,372,036.854 775 8");
}

/* The C library's own calendar, for the years it knows. */
static void file_times_agree_with_gmtime(void **state)
{
    (void)state;
    const int64_t unix_epoch = INT64_C(116444736000000000);
    for (int64_t t = -INT64_C(11644473600); t < INT64_C(20000000000); t += 86400 * 17 + 12345) {
        struct tm tm;
        time_t seconds = (time_t)t;
        char want[64];
        assert_non_null(gmtime_r(&seconds, &tm));
        size_t n = strftime(want, sizeof want, "%Y-%m-%dT%H:%M:%S", &tm);
        snprintf(want + n, sizeof want - n, ".1234567Z");
        assert_text(text_put_filetime(&b, unix_epoch + t * 10000000 + 1234567), want);
    }
    assert_text(text_put_filetime(&b, 0), "1601-01-01T00:00:00.0000000Z");
    assert_text(text_put_filetime(&b, -1), "1600-12-31T23:59:59.9999999Z");
    assert_text(text_put_filetime(&b, INT64_MAX), "30828-09-14T02:48:05.4775807Z");
}

static void whole_numbers_parse(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool suffixes, good;
        uint64_t value;
    } sample[] = {
        {"0", false, true, 0},
        {"67050", false, true, 67050},
        {"0x13d35bd0000", false, true, UINT64_C(0x13d35bd0000)},
        {"0XfF", false, true, 255},
        {"4K", true, true, 4096},
        {"2m", true, true, 2097152},
        {"0x10G", true, true, UINT64_C(16) << 30},
        {"18446744073709551615", false, true, UINT64_MAX},
        {"18446744073709551616", false, false, 0},
        {"0x10000000000000000", false, false, 0},
        {"17179869184G", true, false, 0},
        {"4K", false, false, 0},
        {"4KB", true, false, 0},
        {"4T", true, false, 0},
        {"", true, false, 0},
        {"0x", true, false, 0},
        {"-1", true, false, 0},
        {"1 ", true, false, 0},
    };
    for (size_t i = 0; i < COUNT(sample); i++) {
        uint64_t v = 12345;
        bool good = text_parse_u64(sample[i].text, strlen(sample[i].text), sample[i].suffixes, &v);
        assert_int_equal(good, sample[i].good);
        assert_true(v == (good ? sample[i].value : 12345));
    }
    uint64_t v;
    assert_false(text_parse_u64("1\0", 2, true, &v));
}

static void durations_parse(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
        int64_t ns;
    } sample[] = {
        {"1.5ms", true, 1500000},
        {"2s", true, INT64_C(2000000000)},
        {"300us", true, 300000},
        {"40ns", true, 40},
        {"1m", true, INT64_C(60000000000)},
        {"0.25", true, 250000000},
        {"-3", true, INT64_C(-3000000000)},
        {"1.0000000019", true, 1000000001},
        {"1h", true, INT64_C(3600000000000)},
        {"0.5m", true, INT64_C(30000000000)},
        {"9223372036854775807ns", true, INT64_MAX},
        {"9223372036.9", false, 0},
        {"1.", false, 0},
        {".5", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"1 s", false, 0},
        {"1x", false, 0},
        {"99999999999999999999", false, 0},
    };
    for (size_t i = 0; i < COUNT(sample); i++) {
        int64_t ns = 777;
        assert_int_equal(text_parse_duration(sample[i].text, strlen(sample[i].text), &ns),
                         sample[i].good);
        assert_true(ns == (sample[i].good ? sample[i].ns : 777));
    }
}

static void clipping_keeps_characters_whole(void **state)
{
    (void)state;
    assert_int_equal(text_clip("abc", 3, 3), 3);
    assert_int_equal(text_clip("abc", 3, 2), 2);
    assert_int_equal(text_clip("a\303\251b", 4, 2), 1);
    assert_int_equal(text_clip("a\303\251b", 4, 3), 3);
    assert_int_equal(text_clip("\360\237\230\200!", 5, 3), 0);
    assert_int_equal(text_clip("\200\200\200\200\200\200", 6, 5), 2); /* no UTF-8 */
    assert_int_equal(text_clip("abc", 3, 0), 0);
}

static void check_middle(const char *text, size_t room, const char *want)
{
    struct strbuf b = {0};
    text_put_middle(&b, text, strlen(text), room);
    assert_string_equal(strbuf_str(&b), want);
    assert_true(b.len <= room || room < 3);
    strbuf_release(&b);
}

static void the_middle_goes_first(void **state)
{
    (void)state;
    check_middle("", 5, "");
    check_middle("C:\\a\\b.exe", 10, "C:\\a\\b.exe");
    check_middle("C:\\folder\\b.exe", 11, "C:\\f....exe");
    check_middle("C:\\folder\\b.exe", 12, "C:\\fo....exe");
    check_middle("abcdef", 3, "...");
    check_middle("abcdef", 0, "...");
    for (size_t room = 3; room < 24; room++) { /* whole characters on both sides */
        struct strbuf b = {0};
        text_put_middle(&b, "\u0434\u20ac\U0001F600\u0434\u20ac\U0001F600\u0434", 20, room);
        for (size_t i = 0; i < b.len;) {
            uint32_t cp;
            i += text_decode_utf8(b.s + i, b.len - i, &cp);
            assert_int_not_equal(cp, 0xfffd);
        }
        assert_true(b.len <= room);
        strbuf_release(&b);
    }
}

static void parts_and_moments(void **state)
{
    (void)state;
    assert_string_equal(text_last_part("C:\\a b\\x.dll"), "x.dll");
    assert_string_equal(text_last_part("/usr/x\\y/z"), "z");
    assert_string_equal(text_last_part("z"), "z");
    assert_string_equal(text_last_part("a\\"), "");
    static const struct {
        int64_t ns;
        const char *want;
    } CASES[] = {{0, "0.000 s"},
                 {-5, "0.000 s"},
                 {1204999999, "1.204 s"},
                 {INT64_C(4321000000000), "4,321.000 s"}};
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct strbuf b = {0};
        text_put_moment(&b, CASES[i].ns);
        assert_string_equal(strbuf_str(&b), CASES[i].want);
        strbuf_release(&b);
    }
}

/* A message too long ends with a whole character, wherever the end falls. */
static void long_errors_are_cut_between_characters(void **state)
{
    (void)state;
    for (size_t lead = 0; lead < 5; lead++) {
        struct strbuf text = {0};
        for (size_t i = 0; i < lead; i++)
            strbuf_putc(&text, 'x');
        for (size_t i = 0; i < 200; i++)
            strbuf_puts(&text, "\360\237\230\200");
        struct err_info info;
        assert_int_equal(err_set(&info, ERR_FORMAT, "%s", strbuf_str(&text)), ERR_FORMAT);
        size_t n = strlen(info.text);
        assert_true(n > sizeof info.text - 9 && n < sizeof info.text);
        assert_int_equal(n % 4, lead % 4);
        assert_memory_equal(info.text, text.s, n);
        strbuf_release(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strbuf_grows_and_keeps_its_end),
        cmocka_unit_test(strbuf_writes_numbers_as_printf_does),
        cmocka_unit_test(arrays_double_and_refuse_overflow),
        cmocka_unit_test(arena_memory_is_aligned_and_apart),
        cmocka_unit_test(spans_never_read_outside),
        cmocka_unit_test(errors_keep_their_code),
        cmocka_unit_test(long_errors_are_cut_between_characters),
        cmocka_unit_test(utf8_round_trips),
        cmocka_unit_test(malformed_utf8_is_one_byte),
        cmocka_unit_test(clipping_keeps_characters_whole),
        cmocka_unit_test(the_middle_goes_first),
        cmocka_unit_test(parts_and_moments),
        cmocka_unit_test(hostile_text_is_escaped),
        cmocka_unit_test(utf16_becomes_utf8),
        cmocka_unit_test(ansi_text_is_utf8_or_windows_1252),
        cmocka_unit_test(numbers_are_grouped),
        cmocka_unit_test(sizes_have_three_digits),
        cmocka_unit_test(sizes_agree_with_floating_point),
        cmocka_unit_test(counts_take_five_columns),
        cmocka_unit_test(durations_are_readable),
        cmocka_unit_test(seconds_have_seven_digits),
        cmocka_unit_test(file_times_agree_with_gmtime),
        cmocka_unit_test(whole_numbers_parse),
        cmocka_unit_test(durations_parse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
