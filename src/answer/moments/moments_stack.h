/*
 * A call stack in one line: the frame that called the allocator, and who called that.
 *
 * Private to moments_*.c.
 */
#ifndef ANSWER_MOMENTS_MOMENTS_STACK_H
#define ANSWER_MOMENTS_MOMENTS_STACK_H

#include "answer/moments/moments_words.h"

/*
 * Appends "Solution!grow < Solution!load < Solution!main". Callers without a symbol are told where
 * the module changes: "msvcp140d.dll+0x88dd3 < Solution.exe+0x123dc". The group's key is a stack.
 * About 5 us.
 */
void moments_stack_put(const struct moments_words *w, const struct moments_group_figures *g,
                       struct strbuf *out);

#endif
