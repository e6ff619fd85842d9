/* The calling frames found so far; see callers.h. */
#include "model/callers.h"

#include <stdlib.h>

#include "base/alloc.h"

void callers_init(struct callers *c)
{
    *c = (struct callers){0};
    id_map_init(&c->places);
}

static void forget(struct callers *c)
{
    id_map_release(&c->places);
    id_map_init(&c->places);
    arena_release(&c->texts);
    c->count = 0;
}

void callers_release(struct callers *c)
{
    forget(c);
    id_map_release(&c->places);
    image_map_unref((struct image_map *)c->naming.images);
    frame_rules_unref((struct frame_rules *)(uintptr_t)c->naming.rules);
    free(c->all);
    strbuf_release(&c->scratch);
    *c = (struct callers){0};
}

void callers_look(struct callers *c, const struct caller_naming *naming)
{
    uint64_t generation = naming->symbols != NULL ? symbol_table_generation(naming->symbols) : 0;
    struct image_map *old = (struct image_map *)c->naming.images;
    struct frame_rules *old_rules = (struct frame_rules *)(uintptr_t)c->naming.rules;
    if (naming->images == old && naming->symbols == c->naming.symbols &&
        naming->rules == old_rules && generation == c->generation)
        return;
    forget(c);
    c->naming = *naming;
    c->generation = generation;
    if (naming->images != NULL)
        image_map_ref(naming->images);
    if (naming->rules != NULL)
        frame_rules_ref(naming->rules);
    image_map_unref(old);
    frame_rules_unref(old_rules);
}

/* A copy of what `put` writes; NULL when memory is out. */
static const char *keep_text(struct callers *c, const struct frame *frame,
                             void (*put)(const struct frame *, struct strbuf *))
{
    strbuf_clear(&c->scratch);
    put(frame, &c->scratch);
    return arena_strndup(&c->texts, strbuf_str(&c->scratch), c->scratch.len);
}

/* Finds and keeps the caller of a stack; its place, or ID_MAP_NONE when memory is out. */
static uint32_t add_caller(struct callers *c, const struct trace *trace, uint32_t process,
                           const struct row *row)
{
    struct frame_namer namer = {c->naming.images, c->naming.symbols};
    struct frame frame;
    frame_rules_caller(c->naming.rules, &namer, process, row->time,
                       stack_table_get(trace->stacks, row->stack), &frame);
    struct caller made = {
        .text = keep_text(c, &frame, frame_put_function),
        .module = keep_text(c, &frame, frame_put_module),
        .hit = frame.hit,
        .named = frame.state == SYMBOL_KNOWN,
    };
    if (made.text == NULL || made.module == NULL ||
        base_grow((void **)&c->all, &c->cap, c->count + 1, sizeof *c->all) != 0 ||
        id_map_add(&c->places, process, row->stack, (uint32_t)c->count) != 0)
        return ID_MAP_NONE;
    c->all[c->count] = made;
    return (uint32_t)c->count++;
}

const struct caller *callers_find(struct callers *c, const struct trace *trace,
                                  const struct row *row)
{
    if (row->id == ROW_NONE || row->stack == STACK_NONE)
        return NULL;
    uint32_t process = registry_thread(trace->registry, row->thread)->process;
    const uint32_t *known = id_map_find(&c->places, process, row->stack);
    uint32_t place = known != NULL ? *known : add_caller(c, trace, process, row);
    return place != ID_MAP_NONE ? &c->all[place] : NULL;
}
