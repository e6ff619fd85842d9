/* One space of images for each process and one for the kernel; see image_map.h. */
#include <stdatomic.h>
#include <stdlib.h>

#include "model/image_map_make.h"
#include "model/row.h"

struct image_map {
    _Atomic uint32_t refs;
    struct image_space *kernel; /* NULL: no images */
    uint32_t count;
    struct image_space *spaces[]; /* by process; NULL: no images */
};

struct image_map *image_map_new(struct image_space *kernel, struct image_space *const *spaces,
                                uint32_t count)
{
    struct image_map *m = calloc(1, sizeof *m + count * sizeof m->spaces[0]);
    if (m == NULL)
        return NULL;
    atomic_init(&m->refs, 1);
    m->kernel = kernel != NULL ? image_space_ref(kernel) : NULL;
    m->count = count;
    for (uint32_t i = 0; i < count; i++)
        m->spaces[i] = spaces[i] != NULL ? image_space_ref(spaces[i]) : NULL;
    return m;
}

struct image_map *image_map_ref(const struct image_map *m)
{
    struct image_map *counted = (struct image_map *)m; /* what it shows does not change */
    atomic_fetch_add_explicit(&counted->refs, 1, memory_order_relaxed);
    return counted;
}

void image_map_unref(struct image_map *m)
{
    if (m == NULL || atomic_fetch_sub_explicit(&m->refs, 1, memory_order_acq_rel) != 1)
        return;
    image_space_unref(m->kernel);
    for (uint32_t i = 0; i < m->count; i++)
        image_space_unref(m->spaces[i]);
    free(m);
}

static const struct image_space *space_of(const struct image_map *m, uint32_t process)
{
    if (m == NULL)
        return NULL;
    if (process == INDEX_NONE)
        return m->kernel;
    return process < m->count ? m->spaces[process] : NULL;
}

size_t image_map_images(const struct image_map *m, uint32_t process,
                        const struct image *const **out_images)
{
    const struct image_space *space = space_of(m, process);
    *out_images = NULL;
    return space != NULL ? image_space_images(space, out_images) : 0;
}

enum image_hit image_map_find(const struct image_map *m, uint32_t process, uint64_t address,
                              int64_t time, const struct image **out_image)
{
    const struct image_space *own = space_of(m, process);
    const struct image_space *kernel = space_of(m, INDEX_NONE);
    enum image_hit hit = IMAGE_UNKNOWN;
    const struct image *image = NULL;
    if (own != NULL)
        hit = image_space_find(own, address, time, &image);
    if (hit != IMAGE_LOADED && kernel != NULL && kernel != own) {
        const struct image *other;
        enum image_hit there = image_space_find(kernel, address, time, &other);
        if (there == IMAGE_LOADED || (there == IMAGE_UNLOADED && hit == IMAGE_UNKNOWN)) {
            hit = there;
            image = other;
        }
    }
    if (hit != IMAGE_UNKNOWN)
        *out_image = image;
    return hit;
}
