/* Why the Stacks screen has nothing to show, as a sentence that says what to do. Loop thread only.
 */
#ifndef UI_VIEW_STACKS_WHY_NO_STACKS_H
#define UI_VIEW_STACKS_WHY_NO_STACKS_H

#include "answer/tree/call_tree.h"
#include "base/strbuf.h"
#include "ui/view/view.h"

/* `out` is overwritten. `tree` may be NULL: none of the kind asked for has come yet. */
void why_no_stacks(const struct view_env *env, const struct call_tree *tree, struct strbuf *out);

#endif
