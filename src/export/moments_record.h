/*
 * Rows of an answer about moments as records: what `heaptail diff` prints in TSV, CSV and JSONL,
 * and the Diff screen writes.
 */
#ifndef EXPORT_MOMENTS_RECORD_H
#define EXPORT_MOMENTS_RECORD_H

#include "answer/moments/moments.h"
#include "export/record.h"

#define MOMENTS_RECORD_FIELDS 15

extern const struct record_field moments_record_fields[MOMENTS_RECORD_FIELDS];

/* Writes one row. `grew` is absent with fewer than three moments, so is a condition where there is
 * none. */
void moments_record_put(struct record_writer *w, const struct moments *m,
                        const struct moments_row *row);

/*
 * The rows with these keys, in their order; keys of no row are left out. MOMENTS_NO_SOURCE is
 * UINT64_MAX - 1 among them: a list has the other for no row. Returns how many. O(rows log rows).
 */
uint64_t moments_record_put_keys(struct record_writer *w, const struct moments *m,
                                 const uint64_t *keys, size_t count);

#endif
