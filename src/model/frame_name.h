/*
 * What a frame of a call stack is called: "module!function+0x12", "module+0x1234", "[unknown]
 * 0x7ff6..." - the one place where an address becomes a name.
 *
 * A namer is the knowledge it is done with: the images and, where there are any, the symbols. It
 * holds no state of its own; any thread.
 */
#ifndef MODEL_FRAME_NAME_H
#define MODEL_FRAME_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "model/image_map.h"
#include "model/symbol_table.h"

struct frame_namer {
    const struct image_map *images; /* NULL: none known */
    struct symbol_table *symbols;   /* NULL: no names */
};

/* One frame, found in its module. */
struct frame {
    uint64_t address;
    enum image_hit hit;
    const struct image *image; /* NULL when unknown */
    uint64_t offset;           /* in the image */
    enum symbol_state state;   /* of `symbol` */
    struct symbol symbol;      /* valid when SYMBOL_KNOWN */
};

/*
 * Finds frame `index` (0: the leaf) with `address` of a stack of `process` (registry index) at raw
 * `time`. The symbol of a return address is the one of the call before it. O(log images).
 */
void frame_find(const struct frame_namer *namer, uint32_t process, int64_t time, uint64_t address,
                uint32_t index, struct frame *out_frame);

/* What the function is called: "Solution!grow", or "Solution.exe+0x1a40" without a symbol,
 * "old.dll[unloaded]+0x12", "[unknown] 0x7ff6a0c01000". Equal texts are equal functions. */
void frame_put_function(const struct frame *f, struct strbuf *out);

/* The same with file and line where they are known: "Solution!grow  solution.cpp:41". */
void frame_put_place(const struct frame *f, struct strbuf *out);

/* The module alone: "Solution.exe", "old.dll[unloaded]", "[unknown]". */
void frame_put_module(const struct frame *f, struct strbuf *out);

#endif
