/*
 * Who called the allocator, event by event, as text: "Solution!grow", "Solution.exe+0x1a40".
 *
 * Found once for each process and stack and kept, for a screen asks for the same ones sixty times a
 * second. One thread.
 */
#ifndef MODEL_CALLERS_H
#define MODEL_CALLERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "model/frame_rules.h"
#include "model/id_map.h"
#include "model/trace.h"

struct caller {
    const char *text;   /* frame_put_function() of the calling frame */
    const char *module; /* frame_put_module() of it */
    enum image_hit hit; /* whether its module is known */
    bool named;         /* by a symbol */
};

/* What callers are found and named by. All may be NULL. */
struct caller_naming {
    const struct image_map *images;
    struct symbol_table *symbols;
    const struct frame_rules *rules;
};

struct callers {
    struct caller_naming naming; /* holds a reference to the images */
    uint64_t generation;         /* of the symbols when the texts were made */
    struct id_map places;        /* in `all`, by process and stack */
    struct caller *all;
    size_t count, cap;
    struct arena texts;
    struct strbuf scratch;
};

void callers_init(struct callers *c);
void callers_release(struct callers *c);

/*
 * What the texts go by from now on. Those made with less knowledge, or by other rules, are
 * forgotten. Symbols and rules are borrowed until the next call, the images are referenced. O(1)
 * when nothing has changed.
 */
void callers_look(struct callers *c, const struct caller_naming *naming);

/* The caller of an event; NULL when it has no stack, or memory is out. Valid until the next
 * callers_look(). */
const struct caller *callers_find(struct callers *c, const struct trace *trace,
                                  const struct row *row);

#endif
