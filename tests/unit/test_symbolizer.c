/*
 * Names by llvm-symbolizer: of real PDBs that are built here, where the linker's map says what is
 * where, and with false tools that crash, hang, flood and lie (symbolizer.h).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "base/bytes.h"
#include "base/file.h"
#include "pdb_world.h"
#include "runtime/symbolizer.h"

struct world {
    char *folder, *path; /* PATH as it was */
    struct symbol_table *table;
    struct symbol_path symbols;
    struct image image;
    struct strbuf problems;
};

static int make_world(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    w->folder = folder_make();
    w->path = strdup(getenv("PATH"));
    w->table = symbol_table_new();
    symbol_table_open(w->table);
    symbol_path_add(&w->symbols, "test", w->folder, &w->problems);
    w->image = (struct image){.has_pdb = true, .age = 1, .pdb = "shop.pdb", .name = "shop.exe"};
    assert_int_equal(mkdir(path_in(w->folder, "run"), 0700), 0);
    setenv("XDG_RUNTIME_DIR", path_in(w->folder, "run"), 1);
    *state = w;
    return 0;
}

/* Nothing is left of what was made while it ran. */
static void expect_nothing_left(const struct world *w)
{
    int entries = 0;
    DIR *dir = opendir(path_in(w->folder, "run"));
    assert_non_null(dir);
    while (readdir(dir) != NULL)
        entries++;
    closedir(dir);
    assert_int_equal(entries, 2);
}

static int free_world(void **state)
{
    struct world *w = *state;
    expect_nothing_left(w);
    setenv("PATH", w->path, 1);
    symbol_table_unref(w->table);
    symbol_path_release(&w->symbols);
    strbuf_release(&w->problems);
    folder_remove(w->folder);
    free(w->path);
    free(w);
    return 0;
}

static enum symbol_state look(struct world *w, uint64_t offset, struct symbol *out)
{
    return symbol_table_find(w->table, &w->image, offset, out);
}

static void resolve(struct world *w)
{
    symbolizer_run(w->table, &w->symbols, &w->problems);
    assert_int_equal(symbol_table_wanted(w->table), 0);
}

/* ---- a real program ---- */

/* Builds it, unless the tools for that are not there: then the test is skipped, visibly. */
static void build(struct world *w, const char *arch)
{
    static const char *const tools[] = {"clang", "lld-link", "llvm-symbolizer"};
    struct strbuf command = {0};
    for (size_t i = 0; i < sizeof tools / sizeof tools[0]; i++) {
        strbuf_clear(&command);
        strbuf_printf(&command, "command -v %s >/dev/null", tools[i]);
        if (system(command.s) != 0) {
            print_message("skipped: %s is not there\n", tools[i]);
            strbuf_release(&command);
            skip();
        }
    }
    strbuf_clear(&command);
    strbuf_printf(&command, "%s/tests/tools/mkpdb.sh %s %s", HT_SOURCE_DIR, w->folder, arch);
    assert_int_equal(system(command.s), 0);
    strbuf_release(&command);
}

/* What the linker wrote into the image. */
static void read_identity(struct world *w)
{
    struct strbuf exe = {0};
    assert_int_equal(file_read(path_in(w->folder, "shop.exe"), 1 << 20, &exe, NULL), 0);
    const uint8_t *rsds = memmem(exe.s, exe.len, "RSDS", 4);
    assert_non_null(rsds);
    memcpy(w->image.guid, rsds + 4, 16);
    w->image.age = load_u32(rsds + 20);
    strbuf_release(&exe);
}

/* Where the map says a function begins, from the beginning of the image. */
static uint64_t mapped(const struct world *w, const char *name)
{
    struct strbuf map = {0};
    assert_int_equal(file_read(path_in(w->folder, "shop.map"), 1 << 20, &map, NULL), 0);
    const char *at = strstr(map.s, name), *base = strstr(map.s, "load address is ");
    assert_non_null(at);
    assert_non_null(base);
    uint64_t rva = strtoull(at + strlen(name), NULL, 16) - strtoull(base + 16, NULL, 16);
    strbuf_release(&map);
    return rva;
}

/* The line of the source that contains `text`. */
static unsigned source_line(const struct world *w, const char *file, const char *text)
{
    struct strbuf source = {0};
    unsigned line = 1;
    assert_int_equal(file_read(path_in(w->folder, file), 1 << 20, &source, NULL), 0);
    const char *at = strstr(source.s, text);
    assert_non_null(at);
    for (const char *s = source.s; s < at; s++)
        line += *s == '\n';
    strbuf_release(&source);
    return line;
}

/* What is where: the name in the map, the function's name, and how its source begins. */
struct function {
    const char *mapped, *name, *file, *source;
};

static const struct function functions_x64[] = {
    {" ?add@cart@shop@@QEAAHH@Z ", "shop::cart::add(int)", "cart.cpp", "int shop::cart::add"},
    {" grow ", "grow", "cart.cpp", "extern \"C\" __declspec(noinline) int grow"},
    {" start ", "start", "cart.cpp", "extern \"C\" int start"},
    {" ??$twice@H@shop@@YAHH@Z ", "shop::twice<int>(int)", "cart.cpp", "template <class T>"},
    {" helper ", "helper", "helper.c", "int helper"},
};

static const struct function functions_x86[] = {
    {" ?add@cart@shop@@QAEHH@Z ", "shop::cart::add(int)", "cart.cpp", "int shop::cart::add"},
    {" _grow ", "grow", "cart.cpp", "extern \"C\" __declspec(noinline) int grow"},
    {" _helper ", "helper", "helper.c", "int helper"},
};

static void expect_functions(struct world *w, const struct function *functions, size_t count)
{
    struct symbol s;
    for (size_t i = 0; i < count; i++)
        assert_int_equal(look(w, mapped(w, functions[i].mapped), &s), SYMBOL_WAITING);
    resolve(w);
    for (size_t i = 0; i < count; i++) {
        const struct function *f = &functions[i];
        assert_int_equal(look(w, mapped(w, f->mapped), &s), SYMBOL_KNOWN);
        assert_string_equal(s.function, f->name);
        assert_string_equal(strrchr(s.file, '/') + 1, f->file);
        /* A function begins at its brace, in the next line, or without a prologue behind it. */
        unsigned line = source_line(w, f->file, f->source);
        assert_in_range(s.line, line + 1, line + 2);
    }
    assert_string_equal(strbuf_str(&w->problems), "");
}

static void names_files_and_lines_of_a_program(void **state)
{
    struct world *w = *state;
    struct symbol s;
    build(w, "x86_64");
    read_identity(w);
    expect_functions(w, functions_x64, sizeof functions_x64 / sizeof functions_x64[0]);
    assert_int_equal(look(w, mapped(w, " helper ") + 6, &s), SYMBOL_WAITING);
    resolve(w);
    assert_int_equal(look(w, mapped(w, " helper ") + 6, &s), SYMBOL_KNOWN);
    assert_string_equal(s.function, "helper");
    char remark[SYMBOL_REMARK_BYTES];
    symbol_table_remark(w->table, remark, sizeof remark);
    assert_string_equal(remark, "");
}

static void names_of_a_32_bit_program(void **state)
{
    struct world *w = *state;
    build(w, "i686");
    read_identity(w);
    expect_functions(w, functions_x86, sizeof functions_x86 / sizeof functions_x86[0]);
}

static void another_build_is_refused(void **state)
{
    struct world *w = *state;
    struct symbol s;
    build(w, "x86_64");
    read_identity(w);
    w->image.age++;
    assert_int_equal(look(w, 0x1000, &s), SYMBOL_WAITING);
    resolve(w);
    assert_int_equal(look(w, 0x1000, &s), SYMBOL_NONE);
    assert_non_null(strstr(strbuf_str(&w->problems), "/shop.pdb: age 1, the trace wants 2\n"));
    w->image.age--;
    w->image.guid[5] ^= 1;
    assert_int_equal(look(w, 0x1000, &s), SYMBOL_WAITING);
    resolve(w);
    assert_int_equal(look(w, 0x1000, &s), SYMBOL_NONE);
    assert_non_null(strstr(strbuf_str(&w->problems), "/shop.pdb: of another build ("));
    char remark[SYMBOL_REMARK_BYTES];
    symbol_table_remark(w->table, remark, sizeof remark);
    assert_non_null(strstr(remark, "of another build"));
}

/* ---- false tools ---- */

/* A tool of this body is the only one in PATH; the PDB it is asked about is there. */
static void fake(struct world *w, const char *body)
{
    const struct pdb_made made = {.age = 1, .dbi_age = 1, .machine = 0x8664};
    uint8_t bytes[PDB_BYTES];
    pdb_make(&made, bytes);
    pdb_write(path_in(w->folder, "shop.pdb"), bytes, sizeof bytes);
    const char *tool = path_in(w->folder, "llvm-symbolizer");
    struct strbuf script = {0};
    strbuf_printf(&script, "#!/bin/sh\nPATH='%s'\n%s\n", w->path, body);
    pdb_write(tool, script.s, script.len);
    strbuf_release(&script);
    assert_int_equal(chmod(tool, 0700), 0);
    setenv("PATH", w->folder, 1);
}

#define ANSWER                                                                                     \
    "printf '{\"Address\":\"%s\",\"ModuleName\":\"%s\",\"Symbol\":[{\"FileName\":\"a.c\","         \
    "\"FunctionName\":\"f%s\",\"Line\":3}]}\\n' \"$address\" \"$image\" \"$address\"\n"

static void wish(struct world *w, uint64_t from, uint64_t count)
{
    struct symbol s;
    for (uint64_t i = from; i < from + count; i++)
        assert_int_equal(look(w, i, &s), SYMBOL_WAITING);
}

static uint64_t count_known(struct world *w, uint64_t count)
{
    struct symbol s;
    uint64_t known = 0;
    for (uint64_t i = 0; i < count; i++)
        known += look(w, i, &s) == SYMBOL_KNOWN;
    return known;
}

static void a_false_tool_is_believed(void **state)
{
    struct world *w = *state;
    struct symbol s;
    fake(w, "while read -r image address; do " ANSWER "done");
    wish(w, 0, 3000);
    resolve(w);
    assert_int_equal(count_known(w, 3000), 3000);
    assert_int_equal(look(w, 0xabc, &s), SYMBOL_KNOWN);
    assert_string_equal(s.function, "f0xabc");
    assert_string_equal(strbuf_str(&w->problems), "");
}

static void without_the_tool_it_is_said_once(void **state)
{
    struct world *w = *state;
    struct symbol s;
    setenv("PATH", "", 1);
    wish(w, 0, 10);
    resolve(w);
    assert_int_equal(look(w, 3, &s), SYMBOL_NONE);
    assert_int_equal(look(w, 300, &s), SYMBOL_NONE);
    assert_int_equal(symbol_table_wanted(w->table), 0);
    const char *said = strbuf_str(&w->problems);
    assert_non_null(strstr(said, "llvm-symbolizer is not in PATH"));
    assert_int_equal(strlen(said), strcspn(said, "\n") + 1);
}

/* At every second of a PDB's functions: after three failures it is not asked about any more. */
static void a_tool_that_crashes_is_started_again(void **state)
{
    struct world *w = *state;
    fake(w, "n=0; while read -r image address; do n=$((n+1)); [ $n = 10 ] && kill -9 $$\n" ANSWER
            "done");
    wish(w, 0, 100);
    resolve(w);
    assert_int_equal(count_known(w, 100), 27);
    assert_non_null(strstr(strbuf_str(&w->problems), "shop.pdb: llvm-symbolizer fails at it\n"));
}

static void a_tool_that_does_not_work_is_given_up(void **state)
{
    struct world *w = *state;
    static const char *const bodies[] = {
        "exit 1",
        "exec yes",
        "exec cat /dev/zero",
        "read -r x; exit 0",
        "exec 0<&- 1>&-",
        "while :; do echo '{\"Address\":\"0x0\",\"ModuleName\":\"image0.exe\"}'; done",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        symbol_table_unref(w->table);
        w->table = symbol_table_new();
        symbol_table_open(w->table);
        strbuf_clear(&w->problems);
        fake(w, bodies[i]);
        wish(w, 0, 600);
        resolve(w);
        assert_in_range(count_known(w, 600), 0, 1);
        assert_true(w->problems.len > 10);
        setenv("PATH", w->path, 1);
    }
}

static void a_line_too_long_is_no_answer(void **state)
{
    struct world *w = *state;
    fake(w, "read -r image address; head -c 3000000 /dev/zero | tr '\\0' x; echo\n"
            "while read -r image address; do " ANSWER "done");
    wish(w, 0, 20);
    resolve(w);
    assert_int_equal(count_known(w, 20), 19);
    assert_string_equal(strbuf_str(&w->problems), "");
}

/* ---- a loop of one's own ---- */

struct watch {
    struct symbolizer *symbolizer;
    const char *wait_for; /* a file */
    uv_timer_t timer;
    unsigned changes;
};

static void on_changed(void *ctx)
{
    ((struct watch *)ctx)->changes++;
}

static void on_look(uv_timer_t *timer)
{
    struct watch *watch = timer->data;
    if (access(watch->wait_for, F_OK) != 0)
        return;
    uv_close((uv_handle_t *)timer, NULL);
    symbolizer_close(watch->symbolizer);
}

static void a_tool_that_hangs_is_killed_at_the_end(void **state)
{
    struct world *w = *state;
    struct strbuf body = {0};
    strbuf_printf(&body, "read -r x; echo $$ >%s/pid.new; mv %s/pid.new %s/pid; exec sleep 1000",
                  w->folder, w->folder, w->folder);
    fake(w, strbuf_str(&body));
    strbuf_release(&body);
    wish(w, 0, 50);
    uv_loop_t loop;
    struct watch watch = {.wait_for = strdup(path_in(w->folder, "pid"))};
    const struct symbolizer_options options = {
        .table = w->table, .path = &w->symbols, .changed = on_changed, .ctx = &watch};
    uv_loop_init(&loop);
    watch.symbolizer = symbolizer_new(&loop, &options);
    uv_timer_init(&loop, &watch.timer);
    watch.timer.data = &watch;
    uv_timer_start(&watch.timer, on_look, 5, 5);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    struct strbuf pid = {0};
    assert_int_equal(file_read(watch.wait_for, 100, &pid, NULL), 0);
    assert_int_equal(kill((pid_t)strtol(pid.s, NULL, 10), 0), -1);
    assert_int_equal(errno, ESRCH);
    assert_int_equal(symbol_table_wanted(w->table), 50);
    strbuf_release(&pid);
    free((char *)(uintptr_t)watch.wait_for);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_world, free_world)
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        TEST(names_files_and_lines_of_a_program),
        TEST(names_of_a_32_bit_program),
        TEST(another_build_is_refused),
        TEST(a_false_tool_is_believed),
        TEST(without_the_tool_it_is_said_once),
        TEST(a_tool_that_crashes_is_started_again),
        TEST(a_tool_that_does_not_work_is_given_up),
        TEST(a_line_too_long_is_no_answer),
        TEST(a_tool_that_hangs_is_killed_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
