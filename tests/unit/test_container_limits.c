/*
 * Bombs, archives of too much of anything, and honest files that look a little like them. What is
 * counted is expanded bytes, never time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <zlib.h>

#include "mketl.h"
#include "ole_writer.h"
#include "source/expand_guard.h"
#include "support/packed.h"
#include "zip_writer.h"

#define MIB ((size_t)1 << 20)

struct world {
    uint8_t *etl;
    size_t size;
};

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct mketl_options o = {.seed = 4, .events = 9000};
    struct mketl_trace t;
    char error[MKETL_ERROR_SIZE];
    assert_non_null(w);
    assert_int_equal(mketl_generate(&o, &t, error), 0);
    w->etl = mketl_trace_bytes(&t, &w->size);
    mketl_trace_release(&t);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    free(w->etl);
    free(w);
    return 0;
}

static uint64_t expanded_bytes(const struct unpacked *u)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < container_member_count(u->container); i++)
        sum += container_member(u->container, i)->expanded;
    return sum;
}

/* ---- bombs ---- */

/* `gib` GiB of one byte behind a head that looks like a trace, or behind nothing. */
static uint8_t *fill_bomb(const struct world *w, size_t head, uint8_t fill, size_t *out_size)
{
    size_t n;
    uint8_t *packed = deflate_fill(w->etl, head, fill, 10 * 1024, &n);
    struct zip_member m = {"x.etl", 5, packed, n, UINT32_MAX, 0, 8, NULL};
    uint8_t *bytes = zip_write(&m, 1, out_size);
    free(packed);
    return bytes;
}

static void ten_gigabytes_of_zeros_are_no_trace(void **state)
{
    size_t size;
    uint8_t *bytes = fill_bomb(*state, 0, 0, &size);
    struct unpacked u;
    unpack(bytes, size, 0, &u);
    assert_int_equal(u.result, ERR_FORMAT);
    assert_non_null(strstr(u.info.text, "x.etl in it is nothing but zero bytes"));
    assert_int_equal(expanded_bytes(&u), 0);
    unpacked_release(&u);
    free(bytes);
}

/* With the beginning of a trace they are one that was made at full size and not filled. */
static void fill_behind_a_trace_is_not_expanded(void **state)
{
    struct world *w = *state;
    static const uint8_t fills[] = {0, 0xff};
    for (size_t i = 0; i < 2; i++) {
        size_t size;
        uint8_t *bytes = fill_bomb(w, w->size, fills[i], &size);
        struct unpacked u;
        unpack(bytes, size, 0, &u);
        assert_int_equal(u.result, 0);
        assert_true(expanded_bytes(&u) < EXPAND_TRACE_RUN + 2 * MIB);
        assert_int_equal(container_damages(u.container), fills[i] != 0);
        assert_int_equal(agreeing_bytes(unpacked_trace(&u), w->etl, w->size), w->size);
        unpacked_release(&u);
        free(bytes);
    }
}

/* A pattern that is no fill, over and over. */
static void a_repeated_trace_is_a_bomb(void **state)
{
    struct world *w = *state;
    size_t times = 200 * MIB / w->size;
    uint8_t *many = malloc(times * w->size);
    assert_non_null(many);
    for (size_t i = 0; i < times; i++)
        memcpy(many + i * w->size, w->etl, w->size);
    struct packed_file file = {"x.etl", many, times * w->size};
    size_t size;
    uint8_t *bytes = pack(PACK_ZST, &file, 1, &size);
    struct unpacked u;
    unpack(bytes, size, 0, &u);
    print_message("%zu bytes for %zu: %s\n", size, file.size, u.info.text);
    assert_int_equal(u.result, ERR_LIMIT);
    assert_non_null(strstr(u.info.text, "expands to far more than any trace does"));
    assert_true(expanded_bytes(&u) < 150 * MIB);
    unpacked_release(&u);
    free(bytes);
    free(many);
}

/* What was honest at the beginning is not saved up. */
static void a_bomb_behind_an_honest_trace_is_one(void **state)
{
    (void)state;
    struct expand_guard g = {.limit = UINT64_MAX};
    static uint8_t bytes[MIB];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 31 + i / 256);
    for (size_t i = 1; i <= 1000; i++) {
        expand_guard_read(&g, i * MIB / 10);
        assert_int_equal(expand_guard_take(&g, bytes, MIB, EXPAND_TRACE_RUN), EXPAND_FINE);
    }
    size_t more = 0;
    while (expand_guard_take(&g, bytes, MIB, EXPAND_TRACE_RUN) == EXPAND_FINE)
        more++;
    assert_true(more <= EXPAND_FREE / MIB);
}

/* Two kinds of it in turn, as in no buffer. */
static void fill_of_two_kinds_is_fill(void **state)
{
    (void)state;
    struct expand_guard g = {.limit = UINT64_MAX};
    static uint8_t bytes[MIB];
    size_t taken = 0;
    do {
        memset(bytes, taken++ % 2 == 0 ? 0 : 0xff, sizeof bytes);
    } while (expand_guard_take(&g, bytes, MIB, EXPAND_TRACE_RUN) == EXPAND_FINE);
    assert_int_equal(taken, EXPAND_TRACE_RUN / MIB + 1);
}

/* 9,000 members of a megabyte and more each that lie in the same place are one. */
static void overlapping_members_are_one(void **state)
{
    struct world *w = *state;
    enum { MEMBERS = 9000 };
    struct zip_member *m = calloc(MEMBERS, sizeof *m);
    assert_non_null(m);
    size_t n;
    uint8_t *packed = deflate_fill(w->etl, w->size, 0xff, 1, &n);
    for (size_t i = 0; i < MEMBERS; i++)
        m[i] = (struct zip_member){
            "x.etl", 5, packed, n, (uint32_t)(w->size + MIB), 0, 8, i != 0 ? &m[0] : NULL};
    size_t size;
    uint8_t *bytes = zip_write(m, MEMBERS, &size);
    struct unpacked u;
    unpack(bytes, size, 0, &u);
    assert_int_equal(expanded_bytes(&u), w->size + MIB);
    unpacked_release(&u);
    free(bytes);
    free(packed);
    free(m);
}

/* The archive is a member of itself, as far as that can be seen. */
static void a_quine_is_an_archive_in_an_archive(void **state)
{
    (void)state;
    struct zip_member m = {"r/r.zip", 7, (const uint8_t *)"PK\3\4", 4, 4, 0, 0, NULL};
    size_t size;
    uint8_t *bytes = zip_write(&m, 1, &size);
    m.packed = bytes;
    m.packed_size = size;
    m.expanded_size = (uint32_t)size;
    m.crc = (uint32_t)crc32(0, bytes, (uInt)size);
    size_t outer_size;
    uint8_t *outer = zip_write(&m, 1, &outer_size);
    struct unpacked u;
    unpack(outer, outer_size, 0, &u);
    assert_int_equal(u.result, ERR_FORMAT);
    assert_non_null(strstr(u.info.text, "holds an archive, r/r.zip: unpack it first"));
    unpacked_release(&u);
    free(bytes);
    free(outer);
}

/* ---- too much of it ---- */

static uint8_t *archive_of(size_t count, enum packing how, const struct packed_file *file,
                           size_t *out_size)
{
    struct packed_file *files = calloc(count, sizeof *files);
    char(*names)[16] = calloc(count, sizeof *names);
    assert_true(files != NULL && names != NULL);
    for (size_t i = 0; i < count; i++) {
        snprintf(names[i], sizeof names[i], "%zu.etl", i);
        files[i] = (struct packed_file){names[i], file->bytes, file->size};
    }
    uint8_t *bytes = pack(how, files, count, out_size);
    free(files);
    free(names);
    return bytes;
}

static void check_limit(uint8_t *bytes, size_t size, const char *words)
{
    struct unpacked u;
    unpack(bytes, size, 0, &u);
    assert_int_equal(u.result, ERR_LIMIT);
    assert_non_null(strstr(u.info.text, words));
    assert_int_equal(expanded_bytes(&u), 0);
    unpacked_release(&u);
    free(bytes);
}

static void a_hundred_thousand_members_are_too_many(void **state)
{
    (void)state;
    struct packed_file file = {"", (const uint8_t *)"x", 1};
    static const enum packing ways[] = {PACK_ZIP, PACK_7Z, PACK_TAR};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        size_t size;
        uint8_t *bytes = archive_of(100000, ways[i], &file, &size);
        check_limit(bytes, size, "holds more than 10000 members");
    }
}

/* Folders hold nothing, but take their time; a name that ends in a slash is one. */
static void a_hundred_thousand_folders_are_too_many(void **state)
{
    (void)state;
    enum { FOLDERS = 60000 };
    struct zip_member *m = calloc(FOLDERS, sizeof *m);
    assert_non_null(m);
    for (size_t i = 0; i < FOLDERS; i++)
        m[i] = (struct zip_member){"d/", 2, (const uint8_t *)"", 0, 0, 0, 0, NULL};
    size_t size;
    uint8_t *bytes = zip_write(m, FOLDERS, &size);
    check_limit(bytes, size, "holds more than 10000 members");
    /* Said to be one: the folders are counted as they come. */
    bytes = zip_write(m, FOLDERS, &size);
    memcpy(bytes + size - 14, "\1\0\1\0", 4);
    check_limit(bytes, size, "holds more than 10000 members");
    /* A directory too long to be read at all, whatever its length is said to be. */
    static char name[2000];
    memset(name, 'x', sizeof name);
    for (size_t i = 0; i < FOLDERS; i++) {
        m[i].name = i < 9000 ? name : "d/";
        m[i].name_size = i < 9000 ? sizeof name : 2;
    }
    bytes = zip_write(m, 9000, &size);
    check_limit(bytes, size, "holds more than 10000 members");
    free(m);
}

static void ten_thousand_members_are_fine(void **state)
{
    (void)state;
    struct packed_file file = {"", (const uint8_t *)"x", 1};
    size_t size;
    uint8_t *bytes = archive_of(CONTAINER_MEMBERS, PACK_ZIP, &file, &size);
    struct unpacked u;
    unpack(bytes, size, 0, &u);
    assert_int_equal(u.result, ERR_FORMAT);
    assert_int_equal(container_member_count(u.container), CONTAINER_MEMBERS);
    unpacked_release(&u);
    free(bytes);
}

static void more_traces_than_can_be_merged_are_refused(void **state)
{
    struct world *w = *state;
    struct packed_file file = {"", w->etl, 4096};
    size_t size;
    uint8_t *bytes = archive_of(CONTAINER_TRACES + 1, PACK_ZIP, &file, &size);
    struct unpacked u;
    unpack(bytes, size, 0, &u);
    assert_int_equal(u.result, ERR_LIMIT);
    assert_non_null(strstr(u.info.text, "holds more than 64 traces"));
    unpacked_release(&u);
    free(bytes);
}

static void the_size_is_limited_as_asked(void **state)
{
    struct world *w = *state;
    struct packed_file file = {"x.etl", w->etl, w->size};
    for (enum packing how = 0; how < PACKINGS; how++) {
        size_t size;
        uint8_t *bytes = pack(how, &file, 1, &size);
        struct unpacked u;
        unpack(bytes, size, w->size - 1, &u);
        assert_int_equal(u.result, ERR_LIMIT);
        assert_non_null(strstr(u.info.text, "--expand-limit"));
        unpacked_release(&u);
        unpack(bytes, size, w->size + 10000, &u);
        assert_int_equal(u.result, 0);
        unpacked_release(&u);
        free(bytes);
    }
}

/* ---- honest ones ---- */

/* Buffers of 1 MiB that were flushed with a few records in them: 0xFF to their ends. */
static void a_trace_that_is_mostly_fill_is_read(void **state)
{
    (void)state;
    struct mketl_options o = {.seed = 5, .events = 8000, .cpus = 1, .buffer_size = 65536};
    struct mketl_trace t;
    char error[MKETL_ERROR_SIZE];
    assert_int_equal(mketl_generate(&o, &t, error), 0);
    size_t size = t.buffer_count * MIB;
    uint8_t *etl = malloc(size);
    assert_non_null(etl);
    memset(etl, 0xff, size);
    for (size_t i = 0; i < t.buffer_count; i++) {
        size_t used = t.buffers[i].used < 4096 ? t.buffers[i].used : 4096;
        memcpy(etl + i * MIB, t.buffers[i].bytes, used);
    }
    mketl_trace_release(&t);
    struct packed_file file = {"x.etl", etl, size};
    for (enum packing how = 0; how < PACKINGS; how++) {
        if (how == PACK_OLE) /* the tests' compressor is slow, and there is nothing new in it */
            continue;
        size_t packed;
        uint8_t *bytes = pack(how, &file, 1, &packed);
        struct unpacked u;
        unpack(bytes, packed, 0, &u);
        print_message("%s: %zu of %zu, 1 to %zu\n", packing_name(how), packed, size, size / packed);
        assert_int_equal(u.result, 0);
        assert_int_equal(unpacked_trace(&u)->expanded, size);
        unpacked_release(&u);
        free(bytes);
    }
    free(etl);
}

/* The guard alone, with the numbers of such a capture when it is long: 400 GiB of buffers with 2
 * KiB in each. */
static void the_guard_lets_hours_of_idling_through(void **state)
{
    (void)state;
    static uint8_t buffer[MIB];
    memset(buffer, 0xff, sizeof buffer);
    for (size_t i = 0; i < 2048; i++)
        buffer[i] = (uint8_t)(i * 7);
    /* As xz stores it: 2 KiB of records to a fifth, the fill to 150 bytes. */
    struct expand_guard g = {.limit = UINT64_MAX};
    expand_guard_start(&g);
    for (size_t i = 0; i < 20000; i++) {
        expand_guard_read(&g, i * (2048 / 5 + 150));
        assert_int_equal(expand_guard_take(&g, buffer, sizeof buffer, EXPAND_TRACE_RUN),
                         EXPAND_FINE);
    }
}

static void the_guard_counts_what_it_is_given(void **state)
{
    (void)state;
    static uint8_t bytes[10000];
    struct expand_guard g = {.stored = 0, .limit = 25000};
    expand_guard_start(&g);
    assert_int_equal(expand_guard_take(&g, bytes, 10000, 9999), EXPAND_ENDLESS);
    assert_int_equal(g.run, 10000);
    bytes[5000] = 1;
    assert_int_equal(expand_guard_take(&g, bytes, 10000, 9999), EXPAND_FINE);
    assert_int_equal(g.expanded, 20000);
    assert_int_equal(expand_guard_take(&g, bytes, 5001, 9999), EXPAND_TOO_BIG);
    g = (struct expand_guard){.limit = UINT64_MAX};
    enum expand_verdict v = EXPAND_FINE;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 31 + i / 256);
    while (v == EXPAND_FINE)
        v = expand_guard_take(&g, bytes, 8192, 1 << 20);
    assert_int_equal(v, EXPAND_BOMB);
    assert_true(g.expanded > EXPAND_FREE && g.expanded < EXPAND_FREE + 100000);
}

/* ---- compound files that lie ---- */

static void check_compound(const uint8_t *bytes, size_t size)
{
    struct unpacked u;
    unpack(bytes, size, 0, &u);
    assert_true(u.result <= 0);
    assert_true(u.result == 0 || u.info.text[0] != '\0');
    unpacked_release(&u);
}

static void put(uint8_t *p, uint32_t v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

static void hostile_compound_files_end(void **state)
{
    struct world *w = *state;
    struct packed_file file = {"x.etl", w->etl, w->size};
    static const struct {
        size_t at, n;
        uint32_t v;
    } lies[] = {
        {OLE_AT_SECTOR_SHIFT, 2, 0},
        {OLE_AT_SECTOR_SHIFT, 2, 30},
        {OLE_AT_SECTOR_SHIFT, 2, 12},
        {OLE_AT_TABLES, 4, 0},
        {OLE_AT_TABLES, 4, 0xffffffff},
        {OLE_AT_TABLES, 4, 32767},
        {OLE_AT_DIRECTORY, 4, 0},
        {OLE_AT_DIRECTORY, 4, 0x7fffffff},
        {OLE_AT_DIRECTORY, 4, 0xfffffffe},
        {OLE_AT_TABLE_PLACES, 4, 0xffffffff},
        {OLE_AT_TABLE_PLACES, 4, 1},
        {OLE_TABLE + 4, 4, 1},
        {OLE_TABLE + 4, 4, 0},
        {OLE_TABLE + 8, 4, 2},
        {OLE_TABLE + 12, 4, 0x7ffffff0},
        {2 * OLE_SECTOR + 128 + 0x78, 4, 0xffffffff},
        {2 * OLE_SECTOR + 128 + 0x44, 4, 1},
        {2 * OLE_SECTOR + 128 + 0x44, 4, 0},
        {2 * OLE_SECTOR + 0x4c, 4, 0},
        {2 * OLE_SECTOR + 0x4c, 4, 0x1000},
        {2 * OLE_SECTOR + 128 + 0x40, 2, 99},
        {2 * OLE_SECTOR + 128 + 0x42, 1, 1},
    };
    size_t size;
    uint8_t *bytes = pack(PACK_OLE, &file, 1, &size);
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        uint8_t saved[4];
        memcpy(saved, bytes + lies[i].at, 4);
        put(bytes + lies[i].at, lies[i].v, lies[i].n);
        check_compound(bytes, size);
        memcpy(bytes + lies[i].at, saved, 4);
    }
    check_compound(bytes, size);
    free(bytes);
}

/* As many entries in one chain as the directory may have, and then too many. */
static void deep_directories_are_refused(void **state)
{
    (void)state;
    enum { STREAMS = 60 };
    struct packed_file streams[STREAMS];
    for (size_t i = 0; i < STREAMS; i++)
        streams[i] = (struct packed_file){"E7", (const uint8_t *)"abc", 3};
    size_t size;
    uint8_t *bytes = ole_write(streams, STREAMS, &size);
    check_compound(bytes, size);
    /* The directory's chain runs in a circle: it never ends. */
    put(bytes + OLE_TABLE + 4 * 3, 1, 4);
    struct unpacked u;
    unpack(bytes, size, 0, &u);
    assert_null(u.container);
    assert_non_null(strstr(u.info.text, "its directory cannot be read"));
    unpacked_release(&u);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_gigabytes_of_zeros_are_no_trace),
        cmocka_unit_test(fill_behind_a_trace_is_not_expanded),
        cmocka_unit_test(a_repeated_trace_is_a_bomb),
        cmocka_unit_test(a_bomb_behind_an_honest_trace_is_one),
        cmocka_unit_test(fill_of_two_kinds_is_fill),
        cmocka_unit_test(overlapping_members_are_one),
        cmocka_unit_test(a_quine_is_an_archive_in_an_archive),
        cmocka_unit_test(a_hundred_thousand_members_are_too_many),
        cmocka_unit_test(a_hundred_thousand_folders_are_too_many),
        cmocka_unit_test(ten_thousand_members_are_fine),
        cmocka_unit_test(more_traces_than_can_be_merged_are_refused),
        cmocka_unit_test(the_size_is_limited_as_asked),
        cmocka_unit_test(a_trace_that_is_mostly_fill_is_read),
        cmocka_unit_test(the_guard_lets_hours_of_idling_through),
        cmocka_unit_test(the_guard_counts_what_it_is_given),
        cmocka_unit_test(hostile_compound_files_end),
        cmocka_unit_test(deep_directories_are_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
