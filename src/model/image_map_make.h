/* Making image maps, for image_table.h alone. */
#ifndef MODEL_IMAGE_MAP_MAKE_H
#define MODEL_IMAGE_MAP_MAKE_H

#include "model/image_map.h"
#include "model/image_space.h"

/* A map with one reference over spaces that are referenced: the kernel's, and those of processes
 * 0..count-1; NULL where there are no images. NULL when memory is out. O(count). */
struct image_map *image_map_new(struct image_space *kernel, struct image_space *const *spaces,
                                uint32_t count);

#endif
