/*
 * The modules of the trace, for completing `module`, `image` and `stack ~`.
 */
#ifndef UI_VIEW_MODULE_WORDS_H
#define UI_VIEW_MODULE_WORDS_H

#include "ui/view/view.h"
#include "ui/widget/completion.h"

/* Offers the modules of the processes with heaps, the programs first, then the kernel's; a part of
 * a name is enough. Cost: some hundred images a process, a bounded number in all. */
void module_words_offer(const struct view_env *env, struct completion *out);

#endif
