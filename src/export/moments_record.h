/*
 * Rows of an answer about moments as records: what `heaptail diff` prints in TSV, CSV and JSONL,
 * and the Diff screen writes.
 */
#ifndef EXPORT_MOMENTS_RECORD_H
#define EXPORT_MOMENTS_RECORD_H

#include "answer/moments.h"
#include "export/record.h"

#define MOMENTS_RECORD_FIELDS 15

extern const struct record_field moments_record_fields[MOMENTS_RECORD_FIELDS];

/* Writes one row. `grew` is absent with fewer than three moments, so is a condition where there is
 * none. */
void moments_record_put(struct record_writer *w, const struct moments *m,
                        const struct moments_row *row);

#endif
