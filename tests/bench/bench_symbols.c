/*
 * What a hundred thousand names cost, and what the loop that has them found out feels of it: the
 * real llvm-symbolizer on a program of 8,192 functions that is built once.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <uv.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "bench.h"
#include "clocked.h"
#include "runtime/symbolizer.h"

#define ADDRESSES 100000u
#define CODE      0x1000u /* where it begins in the image */
#define FRAME_MS  16u

struct watch {
    uv_loop_t loop;
    uv_prepare_t prepare;
    uv_timer_t frame; /* what a screen would do meanwhile */
    struct symbol_table *table;
    struct symbolizer *symbolizer;
    double turned_at;         /* CPU seconds when the loop came around last */
    double longest;           /* turn */
    int64_t frame_at, latest; /* ns that a frame came late at most */
    unsigned frames, changes;
};

/* Builds the program unless it is there; its folder is appended to `folder`. */
static bool build_program(const struct bench *b, struct strbuf *folder)
{
    struct stat st;
    struct strbuf text = {0};
    strbuf_printf(folder, "%s/../bench-symbols", b->folder);
    strbuf_printf(&text, "%s/shop.pdb", strbuf_str(folder));
    bool there = stat(strbuf_str(&text), &st) == 0;
    strbuf_clear(&text);
    strbuf_printf(&text, "mkdir -p '%s' && %s/tests/tools/mkpdb.sh '%s' x86_64 64 128",
                  strbuf_str(folder), HT_SOURCE_DIR, strbuf_str(folder));
    there = there || system(strbuf_str(&text)) == 0;
    strbuf_release(&text);
    return there;
}

static bool read_identity(const struct strbuf *folder, struct image *image)
{
    struct strbuf path = {0}, exe = {0};
    strbuf_printf(&path, "%s/shop.exe", strbuf_str(folder));
    const uint8_t *rsds = NULL;
    if (file_read(strbuf_str(&path), (size_t)16 << 20, &exe, NULL) == 0)
        rsds = memmem(exe.s, exe.len, "RSDS", 4);
    if (rsds != NULL) {
        memcpy(image->guid, rsds + 4, sizeof image->guid);
        image->age = load_u32(rsds + 20);
    }
    strbuf_release(&path);
    strbuf_release(&exe);
    return rsds != NULL;
}

bool bench_find_program(const struct bench *b, struct strbuf *folder, struct image *image)
{
    return build_program(b, folder) && read_identity(folder, image);
}

/* ---- the loop ---- */

/* In CPU time: others share the machine. */
static void on_turn(uv_prepare_t *prepare)
{
    struct watch *w = prepare->data;
    double now = clocked_cpu();
    w->longest = now - w->turned_at > w->longest ? now - w->turned_at : w->longest;
    w->turned_at = now;
}

static void on_frame(uv_timer_t *timer)
{
    struct watch *w = timer->data;
    int64_t now = clock_monotonic_ns();
    int64_t late = now - w->frame_at - (int64_t)FRAME_MS * 1000000;
    w->latest = late > w->latest ? late : w->latest;
    w->frame_at = now;
    w->frames++;
}

static void on_changed(void *ctx)
{
    struct watch *w = ctx;
    w->changes++;
    if (symbol_table_wanted(w->table) != 0)
        return;
    symbolizer_close(w->symbolizer);
    uv_close((uv_handle_t *)&w->prepare, NULL);
    uv_close((uv_handle_t *)&w->frame, NULL);
}

static void start_watch(struct watch *w)
{
    uv_loop_init(&w->loop);
    uv_prepare_init(&w->loop, &w->prepare);
    uv_timer_init(&w->loop, &w->frame);
    w->prepare.data = w->frame.data = w;
    uv_prepare_start(&w->prepare, on_turn);
    uv_timer_start(&w->frame, on_frame, FRAME_MS, FRAME_MS);
    w->frame_at = clock_monotonic_ns();
    w->turned_at = clocked_cpu();
}

/* ---- what is measured ---- */

/* ns of a look at each of the addresses; how many are known. */
static double look_at_all(struct symbol_table *t, const struct image *image, unsigned *out_known)
{
    struct symbol s;
    unsigned known = 0;
    double start = clocked_cpu();
    for (uint64_t i = 0; i < ADDRESSES; i++)
        known += symbol_table_find(t, image, CODE + i * 2, &s) == SYMBOL_KNOWN;
    *out_known = known;
    return (clocked_cpu() - start) * 1e9 / ADDRESSES;
}

/* CPU seconds of the processes that were waited for. */
static double child_cpu(void)
{
    struct rusage u;
    getrusage(RUSAGE_CHILDREN, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void resolve_all(struct watch *w, const struct image *image, const struct symbol_path *path)
{
    unsigned known;
    char note[96];
    struct symbol_table *t = w->table;
    bench_line("a look, without symbols", look_at_all(t, image, &known), "ns", "");
    symbol_table_open(t);
    size_t before = symbol_table_bytes(t);
    bench_line("a look that wishes", look_at_all(t, image, &known), "ns", "");
    start_watch(w);
    const struct symbolizer_options options = {
        .table = t, .path = path, .changed = on_changed, .ctx = w};
    double start = clocked_now(), cpu = clocked_cpu(), tool = child_cpu();
    w->symbolizer = symbolizer_new(&w->loop, &options);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    double seconds = clocked_now() - start;
    cpu = clocked_cpu() - cpu;
    uv_loop_close(&w->loop);
    double look = look_at_all(t, image, &known);
    snprintf(note, sizeof note, "%u of %u addresses, told %u times", known, ADDRESSES, w->changes);
    bench_line("all of them", seconds, "s", note);
    bench_line("of that, the loop", cpu, "s CPU", "");
    bench_line("of that, llvm-symbolizer", child_cpu() - tool, "s CPU", "");
    bench_line("a look at what is known", look, "ns", "");
    bench_line("memory", (double)(symbol_table_bytes(t) - before) / ADDRESSES, "bytes/address", "");
    bench_line("longest turn of the loop", w->longest * 1e3, "ms CPU", "");
    snprintf(note, sizeof note, "%.1f frames/s of %.1f", w->frames / seconds, 1000.0 / FRAME_MS);
    bench_line("latest frame", (double)w->latest / 1e6, "ms late", note);
}

void bench_symbols(struct bench *b)
{
    struct strbuf folder = {0}, problems = {0};
    struct symbol_path path = {0};
    struct image image = {.has_pdb = true, .pdb = "shop.pdb", .name = "shop.exe"};
    struct watch w = {.table = symbol_table_new()};
    if (!bench_find_program(b, &folder, &image) || w.table == NULL)
        bench_die("symbols: clang and lld-link are needed to build a program");
    symbol_path_add(&path, "bench", strbuf_str(&folder), &problems);
    resolve_all(&w, &image, &path);
    symbol_table_unref(w.table);
    symbol_path_release(&path);
    strbuf_release(&problems);
    strbuf_release(&folder);
}
