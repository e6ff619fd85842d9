/* Interned lists of frames; see frames.h. */
#include "frames.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

static uint64_t hash(const uint64_t *list, uint32_t count)
{
    uint64_t sum = count;
    for (uint32_t i = 0; i < count; i++) {
        sum = (sum ^ list[i]) * 0x9e3779b97f4a7c15u;
        sum ^= sum >> 29;
    }
    return sum;
}

static uint32_t append(struct frames *frames, const uint64_t *list, uint32_t count)
{
    /* The list may be one of this very store. */
    uint64_t *copy = mem_copy(list, count * sizeof *list);
    frames->words = mem_grow(frames->words, &frames->word_capacity, frames->word_count + count,
                             sizeof *frames->words);
    memcpy(frames->words + frames->word_count, copy, count * sizeof *copy);
    free(copy);
    frames->places =
        mem_grow(frames->places, &frames->capacity, frames->count + 1, sizeof *frames->places);
    frames->places[frames->count++] = (struct frame_place){frames->word_count, count};
    frames->word_count += count;
    return (uint32_t)frames->count;
}

uint32_t frames_add(struct frames *frames, const uint64_t *list, uint32_t count)
{
    if (count == 0)
        return FRAMES_NONE;
    uint64_t key = hash(list, count);
    uint64_t probe = 0;
    for (uint64_t number; (number = map_get(&frames->known, key, probe)) != 0; probe++) {
        struct frame_list known = frames_get(frames, (uint32_t)number);
        if (known.count == count && memcmp(known.frames, list, count * sizeof *list) == 0)
            return (uint32_t)number;
    }
    uint32_t number = append(frames, list, count);
    map_set(&frames->known, key, probe, number);
    return number;
}

uint32_t frames_join(struct frames *frames, uint32_t first, uint32_t second)
{
    if (first == FRAMES_NONE || second == FRAMES_NONE)
        return first == FRAMES_NONE ? second : first;
    uint64_t joined[2 * FRAMES_MOST];
    struct frame_list a = frames_get(frames, first);
    struct frame_list b = frames_get(frames, second);
    memcpy(joined, a.frames, a.count * sizeof *joined);
    memcpy(joined + a.count, b.frames, b.count * sizeof *joined);
    return frames_add(frames, joined, a.count + b.count);
}

struct frame_list frames_get(const struct frames *frames, uint32_t number)
{
    if (number == FRAMES_NONE)
        return (struct frame_list){NULL, 0};
    const struct frame_place *place = &frames->places[number - 1];
    return (struct frame_list){frames->words + place->at, place->count};
}

void frames_release(struct frames *frames)
{
    free(frames->words);
    free(frames->places);
    map_release(&frames->known);
    memset(frames, 0, sizeof *frames);
}
