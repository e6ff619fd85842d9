/* Symbol paths, PDBs found and told apart, stubs, answers of the tool (src/symbols). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "pdb_world.h"
#include "symbols/pdb_find.h"
#include "symbols/pdb_identity.h"
#include "symbols/stub_folder.h"
#include "symbols/symbol_answer.h"
#include "symbols/symbol_path.h"

static const struct pdb_made solution = {
    .guid = {0x10, 0x84, 0x7d, 0x3b, 0x8e, 0x1e, 0xf3, 0x46, 0x8f, 0x6a, 0x7f, 0x2d, 0x6c, 0x2b,
             0x1d, 0x0a},
    .age = 9,
    .dbi_age = 0x1b,
    .machine = 0x8664,
};

#define SOLUTION_KEY "3B7D84101E8E46F38F6A7F2D6C2B1D0A1B"

struct world {
    char *folder;
    uint8_t bytes[PDB_BYTES];
    struct strbuf path, reason;
    struct symbol_path symbols;
    bool is_x86;
};

static int make_world(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct strbuf problems = {0};
    w->folder = folder_make();
    pdb_make(&solution, w->bytes);
    symbol_path_add(&w->symbols, "test", w->folder, &problems);
    assert_string_equal(strbuf_str(&problems), "");
    *state = w;
    return 0;
}

static int free_world(void **state)
{
    struct world *w = *state;
    folder_remove(w->folder);
    symbol_path_release(&w->symbols);
    strbuf_release(&w->path);
    strbuf_release(&w->reason);
    free(w);
    return 0;
}

/* ---- who a PDB is ---- */

static int identify(const struct world *w, struct pdb_identity *out, struct err_info *info)
{
    const char *path = path_in(w->folder, "x.pdb");
    pdb_write(path, w->bytes, sizeof w->bytes);
    int fd = open(path, O_RDONLY);
    int rc = pdb_identity_read(fd, out, info);
    close(fd);
    return rc;
}

static void a_pdb_tells_guid_and_age(void **state)
{
    struct world *w = *state;
    struct pdb_identity id;
    assert_int_equal(identify(w, &id, NULL), 0);
    assert_memory_equal(id.guid, solution.guid, 16);
    assert_int_equal(id.age, 0x1b);
    assert_false(id.is_x86);
    struct pdb_made other = solution;
    other.machine = 0x14c;
    pdb_make(&other, w->bytes);
    assert_int_equal(identify(w, &id, NULL), 0);
    assert_true(id.is_x86);
    other.dbi_age = 0;
    pdb_make(&other, w->bytes);
    assert_int_equal(identify(w, &id, NULL), 0);
    assert_int_equal(id.age, 9);
}

static void what_is_no_pdb_is_told(void **state)
{
    struct world *w = *state;
    struct pdb_identity id;
    struct err_info info;
    memcpy(w->bytes, "BSJB", 4);
    assert_int_equal(identify(w, &id, &info), ERR_FORMAT);
    assert_non_null(strstr(info.text, ".NET"));
    w->bytes[0] = 'X';
    assert_int_equal(identify(w, &id, &info), ERR_FORMAT);
    assert_string_equal(info.text, "not a PDB file");
}

/* Every number of the few that are read set to every kind of wrong value. */
static void no_number_of_a_pdb_is_believed(void **state)
{
    struct world *w = *state;
    static const uint32_t wrong[] = {0, 1, 3, 511, 0x10000, 0x7fffffff, 0x80000000, UINT32_MAX};
    static const size_t places[] = {32, 40, 44, 52, 3 * PDB_BLOCK};
    uint8_t good[PDB_BYTES];
    memcpy(good, w->bytes, sizeof good);
    for (size_t i = 0; i < 12; i++) {
        size_t place = i < 5 ? places[i] : 4 * PDB_BLOCK + (i - 5) * 4;
        for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
            struct pdb_identity id = {.age = 77};
            memcpy(w->bytes, good, sizeof good);
            pdb_put32(w->bytes + place, wrong[k]);
            int rc = identify(w, &id, NULL);
            assert_true(rc == 0 || rc == ERR_FORMAT);
            if (rc != 0)
                assert_int_equal(id.age, 77);
        }
    }
}

static void a_cut_pdb_is_refused(void **state)
{
    struct world *w = *state;
    const char *path = path_in(w->folder, "x.pdb");
    for (size_t n = 0; n < 6 * PDB_BLOCK; n += 37) {
        struct pdb_identity id;
        pdb_write(path, w->bytes, n);
        int fd = open(path, O_RDONLY);
        assert_int_equal(pdb_identity_read(fd, &id, NULL), ERR_FORMAT);
        close(fd);
    }
}

/* ---- where it is ---- */

static bool find(struct world *w, const char *name)
{
    struct pdb_wanted wanted = {.age = solution.dbi_age, .name = name};
    memcpy(wanted.guid, solution.guid, sizeof wanted.guid);
    strbuf_clear(&w->path);
    strbuf_clear(&w->reason);
    return pdb_find(&w->symbols, &wanted, &w->path, &w->is_x86, &w->reason);
}

static void put_file(struct world *w, const char *name)
{
    pdb_write(path_in(w->folder, name), w->bytes, sizeof w->bytes);
}

static void put_folder(struct world *w, const char *name)
{
    assert_int_equal(mkdir(path_in(w->folder, name), 0700), 0);
}

static void it_is_found_flat_and_in_a_store(void **state)
{
    struct world *w = *state;
    assert_false(find(w, "Solution.pdb"));
    assert_string_equal(strbuf_str(&w->reason), "");
    put_file(w, "Solution.pdb");
    assert_true(find(w, "Solution.pdb"));
    assert_string_equal(strbuf_str(&w->path), path_in(w->folder, "Solution.pdb"));
    unlink(path_in(w->folder, "Solution.pdb"));
    put_folder(w, "Solution.pdb");
    put_folder(w, "Solution.pdb/" SOLUTION_KEY);
    assert_false(find(w, "Solution.pdb"));
    put_file(w, "Solution.pdb/" SOLUTION_KEY "/Solution.pdb");
    assert_true(find(w, "Solution.pdb"));
    assert_string_equal(strbuf_str(&w->path),
                        path_in(w->folder, "Solution.pdb/" SOLUTION_KEY "/Solution.pdb"));
    assert_string_equal(strbuf_str(&w->reason), "");
}

static void letter_case_does_not_matter(void **state)
{
    struct world *w = *state;
    put_folder(w, "solution.PDB");
    put_folder(w, "solution.PDB/3b7d84101e8e46f38f6a7f2d6c2b1d0a1b");
    put_file(w, "solution.PDB/3b7d84101e8e46f38f6a7f2d6c2b1d0a1b/SOLUTION.pdb");
    assert_true(find(w, "Solution.pdb"));
}

/* Only the last part of the name counts, whatever it is written with. */
static void no_path_of_a_trace_is_used(void **state)
{
    struct world *w = *state;
    put_file(w, "Solution.pdb");
    put_folder(w, "deep");
    put_file(w, "deep/hidden.pdb");
    assert_true(find(w, "D:\\build\\x64\\Solution.pdb"));
    assert_true(find(w, "/home/me/Solution.pdb"));
    assert_true(find(w, "..\\..\\Solution.pdb"));
    assert_false(find(w, "deep/hidden.pdb"));
    assert_false(find(w, "deep\\hidden.pdb"));
    static const char *const bad[] = {"",    ".",    "..",          "a\\..",       "a/..",
                                      "a\\", "x\ny", "\x1b[2J.pdb", "\x7f\x7f.pdb"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(find(w, bad[i]));
    char *long_name = calloc(1, 70000);
    memset(long_name, 'a', 69999);
    assert_false(find(w, long_name));
    free(long_name);
}

static void another_build_is_refused_with_the_reason(void **state)
{
    struct world *w = *state;
    struct pdb_made other = solution;
    other.dbi_age = 2;
    pdb_make(&other, w->bytes);
    put_file(w, "Solution.pdb");
    assert_false(find(w, "Solution.pdb"));
    assert_string_equal(strrchr(strbuf_str(&w->reason), '/'),
                        "/Solution.pdb: age 2, the trace wants 27");
    other = solution;
    other.guid[0] = 0x11;
    pdb_make(&other, w->bytes);
    put_file(w, "Solution.pdb");
    assert_false(find(w, "Solution.pdb"));
    assert_non_null(strstr(strbuf_str(&w->reason), "of another build (3B7D8411"));
    pdb_write(path_in(w->folder, "Solution.pdb"), "MZ", 2);
    assert_false(find(w, "Solution.pdb"));
    assert_non_null(strstr(strbuf_str(&w->reason), "not a PDB file"));
}

static void special_files_and_compressed_ones_are_not_read(void **state)
{
    struct world *w = *state;
    assert_int_equal(mkfifo(path_in(w->folder, "Solution.pdb"), 0600), 0);
    assert_false(find(w, "Solution.pdb"));
    assert_non_null(strstr(strbuf_str(&w->reason), "not a file"));
    unlink(path_in(w->folder, "Solution.pdb"));
    put_folder(w, "Solution.pdb");
    put_folder(w, "Solution.pdb/" SOLUTION_KEY);
    put_file(w, "Solution.pdb/" SOLUTION_KEY "/Solution.pd_");
    assert_false(find(w, "Solution.pdb"));
    assert_non_null(strstr(strbuf_str(&w->reason), "compressed"));
}

static void the_second_folder_has_it(void **state)
{
    struct world *w = *state;
    struct strbuf problems = {0};
    struct pdb_made other = solution;
    put_folder(w, "two");
    put_file(w, "two/Solution.pdb");
    symbol_path_add(&w->symbols, "test", path_in(w->folder, "two"), &problems);
    other.dbi_age = 3;
    pdb_make(&other, w->bytes);
    put_file(w, "Solution.pdb");
    assert_true(find(w, "Solution.pdb"));
    assert_string_equal(strbuf_str(&w->path), path_in(w->folder, "two/Solution.pdb"));
}

static void what_is_missing_is_named_as_a_store_has_it(void **state)
{
    (void)state;
    struct pdb_wanted wanted = {.age = solution.dbi_age, .name = "D:\\x\\Solution.pdb"};
    struct strbuf b = {0};
    memcpy(wanted.guid, solution.guid, sizeof wanted.guid);
    pdb_put_place(&wanted, &b);
    assert_string_equal(strbuf_str(&b), "Solution.pdb/" SOLUTION_KEY "/Solution.pdb");
    strbuf_clear(&b);
    wanted.name = "a\\..";
    pdb_put_place(&wanted, &b);
    assert_string_equal(strbuf_str(&b), "its name is not that of a file");
    strbuf_release(&b);
}

/* ---- symbol paths ---- */

static void a_symbol_path_is_taken_apart(void **state)
{
    struct world *w = *state;
    struct symbol_path p = {0};
    struct strbuf text = {0}, problems = {0};
    put_folder(w, "a");
    put_folder(w, "b");
    put_folder(w, "c");
    strbuf_printf(&text, "SRV*%s/a*%s/b*https://msdl.microsoft.com/download/symbols;", w->folder,
                  w->folder);
    strbuf_printf(&text,
                  "cache*;symsrv*symsrv.dll*http://server/;srv*C:\\symbols;\\\\host\\share;");
    strbuf_printf(&text, ";%s/c;%s/none;~/c", w->folder, w->folder);
    setenv("HOME", w->folder, 1);
    symbol_path_add(&p, "here", strbuf_str(&text), &problems);
    assert_int_equal(p.count, 4);
    assert_string_equal(p.folders[0], path_in(w->folder, "a"));
    assert_string_equal(p.folders[1], path_in(w->folder, "b"));
    assert_string_equal(p.folders[2], path_in(w->folder, "c"));
    assert_string_equal(p.folders[3], path_in(w->folder, "c"));
    struct strbuf expected = {0};
    strbuf_printf(&expected,
                  "here: C:\\symbols is a folder of Windows: ignored here\n"
                  "here: %s/none: no such folder\n",
                  w->folder);
    assert_string_equal(strbuf_str(&problems), strbuf_str(&expected));
    symbol_path_add(&p, "here", NULL, &problems);
    assert_int_equal(p.count, 4);
    strbuf_release(&expected);
    strbuf_release(&problems);
    strbuf_release(&text);
    symbol_path_release(&p);
}

/* ---- stubs ---- */

static void a_stub_names_the_pdb(void **state)
{
    (void)state;
    uint8_t bytes[STUB_BYTES];
    struct stub_image image = {.pdb = "/sym/Solution.pdb", .age = 0x1b};
    memcpy(image.guid, solution.guid, 16);
    for (int x86 = 0; x86 < 2; x86++) {
        image.is_x86 = x86 != 0;
        size_t n = stub_image_make(&image, bytes);
        assert_in_range(n, 0x201, 2048);
        uint32_t pe = load_u32(bytes + 0x3c);
        assert_memory_equal(bytes + pe, "PE\0\0", 4);
        assert_int_equal(load_u16(bytes + pe + 4), x86 != 0 ? 0x14c : 0x8664);
        assert_int_equal(load_u16(bytes + pe + 24), x86 != 0 ? 0x10b : 0x20b);
        const uint8_t *rsds = memmem(bytes, n, "RSDS", 4);
        assert_non_null(rsds);
        assert_memory_equal(rsds + 4, solution.guid, 16);
        assert_int_equal(load_u32(rsds + 20), 0x1b);
        assert_string_equal((const char *)rsds + 24, "/sym/Solution.pdb");
    }
    char *long_path = calloc(1, STUB_PDB_BYTES + 1);
    memset(long_path, 'a', STUB_PDB_BYTES);
    image.pdb = long_path;
    assert_int_equal(stub_image_make(&image, bytes), 0);
    long_path[STUB_PDB_BYTES - 1] = '\0';
    assert_in_range(stub_image_make(&image, bytes), STUB_PDB_BYTES, STUB_BYTES);
    free(long_path);
}

static void the_folder_of_stubs_is_private_and_goes(void **state)
{
    struct world *w = *state;
    struct stub_folder f = {0};
    struct stub_image image = {.pdb = "/sym/Solution.pdb"};
    struct stat st;
    unsigned number;
    setenv("XDG_RUNTIME_DIR", w->folder, 1);
    assert_int_equal(stub_folder_add(&f, &image, &number, NULL), 0);
    assert_int_equal(number, 0);
    assert_int_equal(stub_folder_add(&f, &image, &number, NULL), 0);
    assert_int_equal(number, 1);
    assert_int_equal(strncmp(f.path, w->folder, strlen(w->folder)), 0);
    assert_int_equal(stat(f.path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_int_equal(stat(path_in(f.path, "image1.exe"), &st), 0);
    char *path = strdup(f.path);
    stub_folder_remove(&f);
    assert_int_not_equal(stat(path, &st), 0);
    free(path);
    stub_folder_remove(&f);
    unsetenv("XDG_RUNTIME_DIR");
}

/* ---- answers ---- */

static void answers_are_read(void **state)
{
    (void)state;
    static const char good[] =
        "{\"Address\":\"0x1a40\",\"ModuleName\":\"image3.exe\",\"Symbol\":[{\"Column\":0,"
        "\"FileName\":\"C:\\\\src\\\\a.cpp\",\"FunctionName\":\"shop::twice<int>(int)\","
        "\"Line\":41},{\"FunctionName\":\"outer\"}]}";
    struct symbol_answer a = {0};
    assert_int_equal(symbol_answer_read(good, strlen(good), 3, 0x1a40, &a), 0);
    assert_string_equal(strbuf_str(&a.function), "shop::twice<int>(int)");
    assert_string_equal(strbuf_str(&a.file), "C:\\src\\a.cpp");
    assert_int_equal(a.line, 41);
    assert_int_equal(symbol_answer_read(good, strlen(good), 2, 0x1a40, &a), ERR_FORMAT);
    assert_int_equal(symbol_answer_read(good, strlen(good), 3, 0x1a41, &a), ERR_FORMAT);
    for (size_t n = 0; n < strlen(good); n++)
        assert_int_equal(symbol_answer_read(good, n, 3, 0x1a40, &a), ERR_FORMAT);
    static const char *const empty[] = {
        "{\"Address\":\"0x1a40\",\"ModuleName\":\"image3.exe\",\"Symbol\":[{\"FunctionName\":\"\"}]"
        "}",
        "{\"Address\":\"0x1a40\",\"ModuleName\":\"image3.exe\",\"Symbol\":[{\"FunctionName\":\"??"
        "\"}]}",
        "{\"Address\":\"0x1a40\",\"ModuleName\":\"image3.exe\",\"Symbol\":[]}",
        "{\"Address\":\"0x1a40\",\"ModuleName\":\"image3.exe\",\"Symbol\":7}",
        "{\"Address\":\"0x1a40\",\"ModuleName\":\"image3.exe\",\"Error\":{\"Message\":\"no\"}}",
    };
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++)
        assert_int_equal(symbol_answer_read(empty[i], strlen(empty[i]), 3, 0x1a40, &a), ERR_EMPTY);
    static const char odd[] = "{\"Address\":\"0x1A40\",\"ModuleName\":\"image3.exe\",\"Symbol\":[{"
                              "\"FileName\":3,\"FunctionName\":\"a\\u0000b\",\"Line\":-4}]}";
    assert_int_equal(symbol_answer_read(odd, strlen(odd), 3, 0x1a40, &a), 0);
    assert_string_equal(strbuf_str(&a.function), "a");
    assert_string_equal(strbuf_str(&a.file), "");
    assert_int_equal(a.line, 0);
    symbol_answer_release(&a);
}

static void questions_are_lines(void **state)
{
    (void)state;
    struct strbuf b = {0};
    symbol_question_put(12, 0x1a40, &b);
    assert_string_equal(strbuf_str(&b), "image12.exe 0x1a40\n");
    strbuf_release(&b);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_world, free_world)
    const struct CMUnitTest tests[] = {
        TEST(a_pdb_tells_guid_and_age),
        TEST(what_is_no_pdb_is_told),
        TEST(no_number_of_a_pdb_is_believed),
        TEST(a_cut_pdb_is_refused),
        TEST(it_is_found_flat_and_in_a_store),
        TEST(letter_case_does_not_matter),
        TEST(no_path_of_a_trace_is_used),
        TEST(another_build_is_refused_with_the_reason),
        TEST(special_files_and_compressed_ones_are_not_read),
        TEST(the_second_folder_has_it),
        cmocka_unit_test(what_is_missing_is_named_as_a_store_has_it),
        TEST(a_symbol_path_is_taken_apart),
        cmocka_unit_test(a_stub_names_the_pdb),
        TEST(the_folder_of_stubs_is_private_and_goes),
        cmocka_unit_test(answers_are_read),
        cmocka_unit_test(questions_are_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
