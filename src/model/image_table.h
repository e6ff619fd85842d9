/*
 * The modules of a trace as its records tell of them: which came and went in which process, and
 * which file and PDB each is (etl-format 6.3, 6.4).
 *
 * Takes the records in time order and publishes what they come to as image maps (image_map.h).
 * Worker only; the maps are for anybody.
 */
#ifndef MODEL_IMAGE_TABLE_H
#define MODEL_IMAGE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "decoder/event.h"
#include "model/image_map.h"
#include "model/registry.h"

/* Records that would make more images than this, over the whole trace, are left out; a machine that
 * is full of processes has some fifty thousand. */
#define IMAGE_TABLE_MAX (UINT32_C(1) << 20)

/* What their texts may come to, in bytes. */
#define IMAGE_TABLE_TEXT ((size_t)64 << 20)

struct image_table;

/* `registry` is borrowed and must outlive the table. NULL when memory is out. */
struct image_table *image_table_new(struct registry *registry);
void image_table_free(struct image_table *t); /* NULL is fine; the maps live on */

/*
 * Takes an EVENT_IMAGE_* or EVENT_VOLUME event. Returns 0; ERR_LIMIT when it would have made one
 * image too many, which is counted; -ENOMEM. O(log images of the process), and a new image moves
 * the others' places.
 */
int image_table_take(struct image_table *t, const struct trace_event *event);

/*
 * What is known now, with one reference for the caller; NULL while nothing is, or when memory is
 * out. O(1) when nothing changed since the last one, else O(processes) and O(n log n) for the
 * images of each process that changed.
 */
struct image_map *image_table_map(struct image_table *t);

/* Images known, ever; and records and texts that were left out for the limits. */
uint32_t image_table_count(const struct image_table *t);
uint64_t image_table_refused(const struct image_table *t);

size_t image_table_bytes(const struct image_table *t);

#endif
