/*
 * A person on Stacks while a hundred thousand names are found out: what keys wait, at the whole
 * program, with the program and the PDB of bench_symbols.c and as many different stacks as names.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "clocked.h"
#include "keyboard.h"

#define ALLOCS     100000u
#define CODE       0x1000u /* where it begins in the image */
#define IMAGE      UINT64_C(0x7ff600000000)
#define IMAGE_SIZE 0x200000u

/* The bytes as they are stored. */
static void put_guid(FILE *out, const uint8_t guid[16])
{
    for (int i = 0; i < 16; i++)
        fprintf(out, "%02x", guid[i]);
}

/* Every block is allocated somewhere else. */
static void write_workload(FILE *out, const struct image *image)
{
    fputs("0.01 7 8 dcstart shop.exe\n", out);
    fprintf(out,
            "= 7 8 load 0x%llx 0x%x \\Device\\HarddiskVolume3\\shop\\shop.exe pdb=shop.pdb guid=",
            (unsigned long long)IMAGE, IMAGE_SIZE);
    put_guid(out, image->guid);
    fprintf(out, " age=%u\n= 7 8 create 0x500000\n", image->age);
    for (unsigned i = 0; i < ALLOCS; i++)
        fprintf(out, "%u.%05u 7 8 alloc 0x500000 0x%x 64 frames=0x%llx,0x%llx\n", 1 + i / 100000,
                i % 100000, 0x600000 + i * 64, (unsigned long long)(IMAGE + CODE + i * 2ull),
                (unsigned long long)(IMAGE + CODE + 0x20));
}

/* The trace, made anew: the identity of the PDB may be another. Static storage. */
static const char *make_trace(const struct bench *b, const struct image *image)
{
    static char trace[4096];
    char text[4096], mketl[4096];
    snprintf(trace, sizeof trace, "%s/../bench-naming.etl", b->folder);
    snprintf(text, sizeof text, "%s/../bench-naming.txt", b->folder);
    snprintf(mketl, sizeof mketl, "%s/mketl", b->folder);
    FILE *out = fopen(text, "w");
    if (out == NULL)
        bench_die("no workload can be written");
    write_workload(out, image);
    if (fclose(out) != 0)
        bench_die("no workload can be written");
    char *argv[] = {mketl, (char *)"--workload", text, (char *)"--no-truth", (char *)"-o", trace,
                    NULL};
    struct clocked_run run;
    if (clocked_process(argv, &run) != 0 || run.status != 0)
        bench_die("mketl failed");
    return trace;
}

/* Frames named so far, as far as the screen shows them. */
static int names_shown(struct keyboard *k)
{
    int named = 0;
    for (int row = 0; row < k->app.rows; row++)
        named += strstr(pty_app_row(&k->app, row), "shop!") != NULL;
    return named;
}

/* Answers that no new tree can give or take: what moves the cursor may be undone by the next one,
 * and another kind of tree waits for the worker. */
static void measure_keys(struct keyboard *k)
{
    static const struct {
        const char *key;
        keyboard_answer_fn answer;
        const char *what;
    } keys[] = {{"i", keyboard_hides, "Share"},
                {"i", keyboard_shows, "Share"},
                {"#", keyboard_shows, "number"},
                {"j", keyboard_hides, "number"}};
    char note[64];
    double start = clocked_now(), cpu = keyboard_loop_cpu(k);
    for (int i = 0; i < 40; i++)
        for (size_t m = 0; m < sizeof keys / sizeof keys[0]; m++)
            keyboard_press_later(k, 0.1, keys[m].key, keys[m].answer, keys[m].what);
    double s = clocked_now() - start;
    keyboard_report(k, "a key while names are found out", 16.7);
    bench_line("of that, the loop thread", (keyboard_loop_cpu(k) - cpu) / s * 100, "% of a core",
               "");
    snprintf(note, sizeof note, "%d lines of the screen have names", names_shown(k));
    bench_line("keys were pressed for", s, "s", note);
}

void bench_naming(struct bench *b)
{
    static struct keyboard k;
    struct strbuf folder = {0};
    struct image image = {.has_pdb = true};
    if (!bench_find_program(b, &folder, &image))
        bench_die("naming: clang and lld-link are needed to build a program");
    setenv("_NT_SYMBOL_PATH", strbuf_str(&folder), 1);
    keyboard_open(&k, b, make_trace(b, &image));
    double start = clocked_now();
    keyboard_go(&k, "7", keyboard_shows, "Bottom-up");
    keyboard_press(&k, "j", keyboard_moved, NULL);
    measure_keys(&k);
    keyboard_settle(&k);
    bench_line("until nothing is left to do", clocked_now() - start, "s", "");
    keyboard_close(&k);
    strbuf_release(&folder);
}
