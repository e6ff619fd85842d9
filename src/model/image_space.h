/*
 * The modules of one process over time, for looking up addresses: immutable, shared by the image
 * maps made while the process did not change.
 */
#ifndef MODEL_IMAGE_SPACE_H
#define MODEL_IMAGE_SPACE_H

#include <stddef.h>
#include <stdint.h>

#include "model/image_map.h"
#include "model/text_pool.h"

struct image_space;

/*
 * A space of `count` images, which are copied; `texts`, where their texts are, is referenced. Where
 * two were at an address at once, the one loaded later counts, and of those loaded together the one
 * further back in the list. One reference; NULL when memory is out. O(count log count).
 */
struct image_space *image_space_new(const struct image *images, size_t count,
                                    struct text_pool *texts);
struct image_space *image_space_ref(struct image_space *s);
void image_space_unref(struct image_space *s); /* NULL is fine; any thread */

/* In order of base, then of load. Borrowed. */
size_t image_space_images(const struct image_space *s, const struct image *const **out_images);

/* As image_map_find(), in this process alone. O((log count)^2), O(log count) where no two images
 * overlap. */
enum image_hit image_space_find(const struct image_space *s, uint64_t address, int64_t time,
                                const struct image **out_image);

#endif
