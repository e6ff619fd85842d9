/*
 * Which frames say nothing about who allocates: the allocator's own, folded on the screens and
 * passed over by the "calling frame" of an event.
 *
 * A list of patterns "module!function" with * and ?, case-insensitive, separated by semicolons;
 * the module is written without its suffix, or with it. "module" alone is all of its frames,
 * "module!" those without a symbol. The word "default" stands for FRAME_RULES_DEFAULT, "none" for
 * no pattern. Only the run of matching frames at the leaf is folded: ntdll at the root of every
 * stack stays. Immutable, reference counted, any thread.
 */
#ifndef MODEL_FRAME_RULES_H
#define MODEL_FRAME_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/frame_name.h"
#include "model/stack_table.h"

/* ntdll's heap, the malloc families of ucrtbase and msvcrt, HeapAlloc and its kin, operator new. */
extern const char FRAME_RULES_DEFAULT[];

struct frame_rules;

/* NULL with a line in `info` (may be NULL) when `text` is wrong or memory is out; "" folds nothing.
 */
struct frame_rules *frame_rules_parse(const char *text, struct err_info *info);
struct frame_rules *frame_rules_ref(const struct frame_rules *r);
void frame_rules_unref(struct frame_rules *r); /* NULL is fine */
const char *frame_rules_text(const struct frame_rules *r);

/* True when the frame is one of the allocator's; `r` may be NULL. About 30 ns a pattern. */
bool frame_rules_fold(const struct frame_rules *r, const struct frame *f);

/*
 * The frame that called the allocator: the index of the first frame from the leaf that is not
 * folded, or of the last one when all are. `rules` NULL: 0. `out_frame` is that frame.
 */
uint32_t frame_rules_caller(const struct frame_rules *rules, const struct frame_namer *namer,
                            uint32_t process, int64_t time, struct stack_frames stack,
                            struct frame *out_frame);

/* True for the modules that every thread starts in, at the root of a stack: no news. */
bool frame_module_starts_threads(const char *module);

#endif
