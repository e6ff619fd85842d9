/*
 * From the kernel's names of files to a person's: \Device\HarddiskVolume3\x to C:\x, by the
 * VolumeMapping records of the trace (etl-format 6.5), which tell \SystemRoot\ too.
 *
 * One thread.
 */
#ifndef MODEL_VOLUME_MAP_H
#define MODEL_VOLUME_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/strbuf.h"

/* More mappings than this many are not kept; a machine has a dozen. */
#define VOLUME_MAP_MAX 256

struct volume {
    char *from, *to; /* owned; UTF-8, safe to print */
};

struct volume_map {
    struct volume items[VOLUME_MAP_MAX];
    size_t count;
};

void volume_map_release(struct volume_map *m);

/* Takes a mapping, UTF-16LE; a later one for the same device takes the place of the former. False
 * when it changed nothing. */
bool volume_map_take(struct volume_map *m, struct span from, struct span to);

/* Appends `path` (UTF-8) as a person would write it: by the longest device that it begins with; as
 * it is, but for a leading \??\, when there is none. O(mappings). */
void volume_map_put(const struct volume_map *m, const char *path, struct strbuf *out);

#endif
