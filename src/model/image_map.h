/*
 * Which module was at an address, in which process, at which time: an immutable picture of all
 * images known, for any thread.
 *
 * Made by image_table.h from the trace's records; reference counted, a snapshot holds one.
 */
#ifndef MODEL_IMAGE_MAP_H
#define MODEL_IMAGE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A module as it was loaded once. Texts are UTF-8, safe to print; "" when not told. */
struct image {
    uint32_t process; /* registry index; INDEX_NONE: a kernel module, there in every process */
    uint64_t base, size;
    int64_t loaded;   /* raw time of its Load; INT64_MIN when it was there before the trace */
    int64_t unloaded; /* raw time of its Unload; INT64_MAX while it is there */
    uint32_t timestamp, checksum;
    const char *path; /* drive letters where the trace maps volumes (etl-format 6.5) */
    const char *name; /* the last part of `path`: "ucrtbase.dll" */
    bool has_pdb;     /* the three below are known */
    uint8_t guid[16]; /* as stored */
    uint32_t age;
    const char *pdb;     /* as the linker wrote it, perhaps with a path */
    const char *version; /* FileVersion of its resource */
};

struct image_map;

struct image_map *image_map_ref(const struct image_map *m);
void image_map_unref(struct image_map *m); /* NULL is fine; any thread; frees the images' texts */

/* The images of a process in order of base, of the kernel with INDEX_NONE. Borrowed. */
size_t image_map_images(const struct image_map *m, uint32_t process,
                        const struct image *const **out_images);

enum image_hit {
    IMAGE_UNKNOWN,  /* no image known has ever been there: "[unknown]" */
    IMAGE_LOADED,   /* in *out_image */
    IMAGE_UNLOADED, /* the image *out_image had been there and was unloaded before `time` */
};

/*
 * What is at `address` for `process` (registry index) at raw `time`: its own images, then the
 * kernel's. `m` may be NULL. O(log images).
 */
enum image_hit image_map_find(const struct image_map *m, uint32_t process, uint64_t address,
                              int64_t time, const struct image **out_image);

#endif
