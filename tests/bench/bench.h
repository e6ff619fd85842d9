/*
 * What the sections of the bench share: the trace, its rows once they are needed, and the table.
 */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include "model/image_map.h"
#include "model/ingest.h"
#include "source/inputs.h"

#define BENCH_RUNS 3

/* Words of options for mketl. */
#define BENCH_OPTIONS 8

struct bench {
    char path[4096];   /* of the trace */
    char folder[3072]; /* of the programs */
    double bytes;
    double read_s; /* a bare read() of the whole file; 0 until bench_read() */
    struct inputs inputs;
    struct ingest *ingest; /* NULL until bench_need_rows() */
    double rows;
};

/* A line of the table. */
void bench_line(const char *what, double value, const char *unit, const char *note);

/* Ends the program: what is measured would be worthless. */
_Noreturn void bench_die(const char *what);

/* Path of a random trace of that many events, made once. Static storage, until the next call. */
const char *bench_make_trace(const struct bench *b, const char *events);

/* The same with other options of mketl, NULL behind the last; `name` tells the file from others. */
const char *bench_make_special(const struct bench *b, const char *events, const char *name,
                               const char *const *options);

/* Reads the trace into memory unless that was done. */
void bench_need_rows(struct bench *b);

/* Builds a Windows program with its PDB in a folder that is appended to `folder`, once, and reads
 * the PDB's GUID and age. False when the compiler is not there. */
bool bench_find_program(const struct bench *b, struct strbuf *folder, struct image *image);

/* ---- the sections ---- */

void bench_read(struct bench *b);
void bench_first_rows(struct bench *b);
void bench_ingest(struct bench *b);
void bench_stacks(struct bench *b);
void bench_report(struct bench *b);
void bench_filters(struct bench *b);
void bench_figures(struct bench *b);
void bench_blocks(struct bench *b);
void bench_findings(struct bench *b);
void bench_range(struct bench *b);
void bench_frames(struct bench *b);
void bench_live(struct bench *b);
void bench_moments(struct bench *b);
void bench_sizes(struct bench *b);
void bench_trees(struct bench *b);
void bench_timeline(struct bench *b);
void bench_symbols(struct bench *b);
void bench_naming(struct bench *b);
void bench_typing(struct bench *b);

/* Gives every Alloc one of so many call stacks, 30 frames deep each. */
void bench_give_stacks(struct trace *t, uint32_t stacks);

#endif
