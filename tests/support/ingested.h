/*
 * Generated traces through the product's ingest, and what came out held against the generator's own
 * bookkeeping.
 */
#ifndef TESTS_SUPPORT_INGESTED_H
#define TESTS_SUPPORT_INGESTED_H

#include <stddef.h>
#include <stdint.h>

#include "mketl.h"
#include "model/ingest.h"
#include "query/query.h"

/* A file in memory, for ingest_new_file(). */
struct memory_file {
    uint8_t *bytes; /* owned */
    size_t size;
};

/* An ingest_read_fn; ctx is the memory file. */
int memory_file_read(void *ctx, uint64_t offset, void *buf, size_t n, size_t *out_n);

/* Generates a trace or fails the test. */
void generate(const struct mketl_options *options, struct mketl_trace *out_trace,
              struct memory_file *out_file);

/* Steps until `hold` gives nothing more; fails the test on an error. Returns the last result. */
int ingest_drain(struct ingest *in, enum ingest_hold hold);

/* The whole file at once, as a saved one. The caller frees the ingest. */
struct ingest *ingest_saved(struct memory_file *file);

/* The file pushed in blocks of random sizes up to `largest`, with hold-back, then finished. */
struct ingest *ingest_piped(const struct memory_file *file, size_t largest, uint64_t seed);

/* Every row against the generator's events; every total against its truth; every counter of trust.
 */
void check_rows(const struct trace *trace, const struct mketl_trace *expected);
void check_totals(struct trace *trace, const struct truth *expected);
void check_trust(struct ingest *in, const struct truth *expected);

/* All three, and the record counts. */
void check_ingest(struct ingest *in, const struct mketl_trace *expected);

#endif
