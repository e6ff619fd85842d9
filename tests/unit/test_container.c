/*
 * Containers of every kind: what goes in comes out, whatever it is called, and what cannot be read
 * is told in one line.
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "mketl.h"
#include "support/packed.h"
#include "zip_writer.h"

struct world {
    uint8_t *etl;
    size_t size;
};

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct mketl_options o = {.seed = 3, .events = 9000};
    struct mketl_trace t;
    char error[MKETL_ERROR_SIZE];
    assert_non_null(w);
    assert_int_equal(mketl_generate(&o, &t, error), 0);
    w->etl = mketl_trace_bytes(&t, &w->size);
    mketl_trace_release(&t);
    assert_true(w->size > 300000);
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

/* ---- what goes in comes out ---- */

static void check_whole(const struct unpacked *u, const struct world *w)
{
    const struct container_member *m = unpacked_trace(u);
    assert_string_equal(u->info.text, "");
    assert_int_equal(u->result, 0);
    assert_non_null(m);
    assert_int_equal(m->expanded, w->size);
    assert_int_equal(m->bytes, w->size);
    assert_false(m->is_damaged);
    assert_int_equal(agreeing_bytes(m, w->etl, w->size), w->size);
    assert_string_equal(container_remark(u->container), "");
    assert_int_equal(container_damages(u->container), 0);
}

static void every_form_gives_the_trace_back(void **state)
{
    struct world *w = *state;
    struct packed_file file = {"heap.etl", w->etl, w->size};
    for (enum packing how = 0; how < PACKINGS; how++) {
        size_t size;
        uint8_t *bytes = pack(how, &file, 1, &size);
        struct unpacked u;
        unpack(bytes, size, 0, &u);
        print_message("%s: %zu bytes, %s\n", packing_name(how), size, u.info.text);
        check_whole(&u, w);
        const char *name = packing_is_single(how) ? "packed" : "heap.etl";
        assert_string_equal(unpacked_trace(&u)->name, name);
        uint64_t done, total;
        container_progress(u.container, &done, &total);
        assert_true(done == size && total == size);
        unpacked_release(&u);
        free(bytes);
    }
}

static void contents_tell_not_the_name(void **state)
{
    struct world *w = *state;
    struct packed_file files[] = {{"notes.etl", (const uint8_t *)"only a text, here", 17},
                                  {"README", w->etl, w->size},
                                  {"empty.etl", NULL, 0}};
    for (enum packing how = 0; how < PACKINGS; how++) {
        if (packing_is_single(how))
            continue;
        size_t size;
        uint8_t *bytes = pack(how, files, 3, &size);
        struct unpacked u;
        unpack(bytes, size, 0, &u);
        check_whole(&u, w);
        assert_string_equal(unpacked_trace(&u)->name, "README");
        assert_int_equal(container_member_count(u.container), 3);
        assert_string_equal(container_member(u.container, 1)->what, "Windows event trace");
        unpacked_release(&u);
        free(bytes);
    }
}

static void every_trace_of_it_is_there(void **state)
{
    struct world *w = *state;
    struct packed_file files[] = {{"a/kernel.etl", w->etl, w->size / 2},
                                  {"metadata.xml", (const uint8_t *)"<x/>", 4},
                                  {"b/user.etl", w->etl, w->size}};
    for (enum packing how = 0; how < PACKINGS; how++) {
        if (packing_is_single(how))
            continue;
        size_t size;
        uint8_t *bytes = pack(how, files, 3, &size);
        struct unpacked u;
        unpack(bytes, size, 0, &u);
        assert_int_equal(u.result, 0);
        size_t found = 0;
        for (size_t i = 0; i < container_member_count(u.container); i++) {
            const struct container_member *m = container_member(u.container, i);
            if (!m->is_trace)
                continue;
            size_t n = strcmp(m->name, "a/kernel.etl") == 0 ? w->size / 2 : w->size;
            assert_int_equal(m->expanded, n);
            assert_int_equal(agreeing_bytes(m, w->etl, n), n);
            found++;
        }
        assert_int_equal(found, 2);
        unpacked_release(&u);
        free(bytes);
    }
}

/* ---- names ---- */

static void names_are_safe_and_short(void **state)
{
    struct world *w = *state;
    static char longest[60001];
    memset(longest, 'x', sizeof longest - 1);
    memcpy(longest + sizeof longest - 5, ".etl", 4);
    static const char *const names[] = {"../../etc/passwd",  "/etc/cron.d/x.etl",
                                        "a\033[2Jb\n\t.etl", "C:\\x\\y.etl",
                                        "\xff\xfe.etl",      longest};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct zip_member m = {names[i], strlen(names[i]), w->etl, w->size, (uint32_t)w->size, 0, 0,
                               NULL};
        size_t size;
        uint8_t *bytes = zip_write(&m, 1, &size);
        struct unpacked u;
        unpack(bytes, size, 0, &u);
        const struct container_member *t = unpacked_trace(&u);
        assert_non_null(t);
        assert_true(strlen(t->name) <= 130);
        for (const char *p = t->name; *p != '\0'; p++)
            assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
        assert_int_equal(agreeing_bytes(t, w->etl, w->size), w->size);
        unpacked_release(&u);
        free(bytes);
    }
}

/* The locale of the person has nothing to do with what the members are called. */
static void names_need_no_locale(void **state)
{
    struct world *w = *state;
    struct packed_file file = {"Pr\u00fcfer \u6587.etl", w->etl, w->size};
    static const enum packing ways[] = {PACK_ZIP, PACK_7Z, PACK_TAR};
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    assert_true(utf8 != (locale_t)0);
    assert_string_equal(setlocale(LC_CTYPE, NULL), "C");
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        size_t size;
        locale_t before = uselocale(utf8);
        uint8_t *bytes = pack(ways[i], &file, 1, &size);
        uselocale(before);
        struct unpacked u;
        unpack(bytes, size, 0, &u);
        assert_string_equal(unpacked_trace(&u)->name, file.name);
        unpacked_release(&u);
        free(bytes);
    }
    freelocale(utf8);
}

/* ---- what is none ---- */

static void check_refused(const uint8_t *bytes, size_t size, const char *words)
{
    struct unpacked u;
    unpack(bytes, size, 0, &u);
    if (u.result >= 0 || strstr(u.info.text, words) == NULL)
        print_message("%d: %s\n", u.result, u.info.text);
    assert_true(u.result < 0);
    assert_non_null(strstr(u.info.text, words));
    unpacked_release(&u);
}

static void refuse(enum packing how, const char *name, const uint8_t *bytes, size_t size,
                   const char *words)
{
    struct packed_file file = {name, bytes, size};
    size_t packed_size;
    uint8_t *packed = pack(how, &file, 1, &packed_size);
    check_refused(packed, packed_size, words);
    free(packed);
}

static void without_a_trace_it_says_what_there_is(void **state)
{
    (void)state;
    static const uint8_t text[] = "just some text";
    static const uint8_t zeros[100000];
    refuse(PACK_ZIP, "a.txt", text, sizeof text - 1, "zip archive with no trace in it");
    refuse(PACK_ZIP, "a.etl", text, sizeof text - 1, "a.etl in it is text");
    refuse(PACK_7Z, "a.etl", zeros, sizeof zeros, "a.etl in it is nothing but zero bytes");
    refuse(PACK_ZST, "", text, sizeof text - 1, "zstd-compressed; expanded it is text");
    refuse(PACK_OLE, "x", text, sizeof text - 1, "OLE compound file with no trace in it");
    check_refused((const uint8_t *)"PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22,
                  "nothing in it");
}

static void archives_in_archives_are_not_followed(void **state)
{
    struct world *w = *state;
    struct packed_file file = {"heap.etl", w->etl, w->size};
    for (enum packing inner = 0; inner < PACKINGS; inner++) {
        size_t size;
        uint8_t *bytes = pack(inner, &file, 1, &size);
        refuse(PACK_ZIP, "inner.bin", bytes, size, "holds an archive, inner.bin");
        if (inner != PACK_TAR) /* tar.xz is one thing */
            refuse(PACK_XZ, "", bytes, size,
                   inner == PACK_XZ ? "more than once" : "holds an archive");
        free(bytes);
    }
}

static void a_gzip_in_a_gzip_is_refused(void **state)
{
    struct world *w = *state;
    struct packed_file file = {"heap.etl", w->etl, w->size};
    size_t size;
    uint8_t *bytes = pack(PACK_GZ, &file, 1, &size);
    refuse(PACK_GZ, "", bytes, size, "gzip-compressed that holds an archive");
    free(bytes);
}

/* Flag 1 of the general purpose bits, in both headers. */
static void encrypted_members_are_told(void **state)
{
    struct world *w = *state;
    struct zip_member m = {"secret.etl", 10, w->etl, w->size, (uint32_t)w->size, 0, 0, NULL};
    size_t size;
    uint8_t *bytes = zip_write(&m, 1, &size);
    bytes[6] = 1;
    for (size_t at = size - 22 - 46 - 10; at < size; at++)
        if (memcmp(bytes + at, "PK\1\2", 4) == 0) {
            bytes[at + 8] = 1;
            break;
        }
    check_refused(bytes, size, "secret.etl in it is encrypted");
    free(bytes);
}

/* ---- damage ---- */

static const char *said(const struct unpacked *u)
{
    return u->result < 0 ? u->info.text : container_remark(u->container);
}

/* Whatever is cut off: what comes out is the beginning of the trace, and the loss is told. */
static void cut_anywhere_gives_the_beginning(void **state)
{
    struct world *w = *state;
    struct packed_file file = {"heap.etl", w->etl, w->size};
    for (enum packing how = 0; how < PACKINGS; how++) {
        size_t size;
        uint8_t *bytes = pack(how, &file, 1, &size);
        uint64_t most = 0;
        for (size_t part = 1; part < 16; part++) {
            struct unpacked u;
            unpack(bytes, size / 16 * part, 0, &u);
            const struct container_member *m = unpacked_trace(&u);
            assert_null(strchr(said(&u), '\\'));
            assert_true(how == PACK_OLE || m == NULL || strstr(said(&u), "too early") != NULL);
            bool told = u.result < 0 ? u.info.text[0] != '\0'
                                     : container_remark(u.container)[0] != '\0' &&
                                           container_damages(u.container) > 0;
            if (!told)
                print_message("%s, %zu sixteenths: result %d, silent\n", packing_name(how), part,
                              u.result);
            assert_true(told);
            if (m != NULL) {
                /* The last chunk of a compound file is a hole when it is not whole. */
                size_t hole = how == PACK_OLE ? 65536 : 0;
                assert_true(agreeing_bytes(m, w->etl, m->expanded) + hole >= m->expanded);
                most = m->expanded > most ? m->expanded : most;
            }
            unpacked_release(&u);
        }
        print_message("%s: of %zu bytes at most %zu\n", packing_name(how), w->size, (size_t)most);
        /* The directory of a 7z archive stands at its end; a block of bzip2 has 900 kB. */
        assert_true(how == PACK_7Z || how == PACK_BZ2 || most > w->size / 2);
        free(bytes);
    }
}

/* One byte of the data is another one: everything is there, and its checksum is told. */
static void wrong_checksums_are_told(void **state)
{
    struct world *w = *state;
    struct packed_file file = {"heap.etl", w->etl, w->size};
    static const enum packing with_sums[] = {PACK_ZIP, PACK_ZIP_STORED, PACK_GZ, PACK_XZ,
                                             PACK_7Z,  PACK_CAB_STORED, PACK_OLE};
    for (size_t i = 0; i < sizeof with_sums / sizeof with_sums[0]; i++) {
        size_t size;
        uint8_t *bytes = pack(with_sums[i], &file, 1, &size);
        bytes[size / 2 + 1] ^= 0x10;
        struct unpacked u;
        unpack(bytes, size, 0, &u);
        print_message("%s: %s\n", packing_name(with_sums[i]), said(&u));
        assert_true(strstr(said(&u), "checksum is wrong") != NULL ||
                    strstr(said(&u), "damaged") != NULL);
        assert_int_equal(u.result, 0);
        assert_int_equal(container_damages(u.container), 1);
        assert_true(unpacked_trace(&u)->is_damaged);
        unpacked_release(&u);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_gives_the_trace_back),
        cmocka_unit_test(contents_tell_not_the_name),
        cmocka_unit_test(every_trace_of_it_is_there),
        cmocka_unit_test(names_are_safe_and_short),
        cmocka_unit_test(names_need_no_locale),
        cmocka_unit_test(without_a_trace_it_says_what_there_is),
        cmocka_unit_test(archives_in_archives_are_not_followed),
        cmocka_unit_test(a_gzip_in_a_gzip_is_refused),
        cmocka_unit_test(encrypted_members_are_told),
        cmocka_unit_test(cut_anywhere_gives_the_beginning),
        cmocka_unit_test(wrong_checksums_are_told),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
