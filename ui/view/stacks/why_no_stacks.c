/* No call tree, explained; see why_no_stacks.h. */
#include "ui/view/stacks/why_no_stacks.h"

#include "answer/snapshot.h"
#include "base/text.h"
#include "ui/keys/keymap.h"
#include "ui/view/why_empty.h"

/* Stack walking is a switch of the recording. */
static void why_not_recorded(const struct view_env *env, const struct call_tree *tree,
                             struct strbuf *out)
{
    text_put_grouped(out, tree->without);
    strbuf_puts(out, tree->without == 1 ? " alloc, and it has no call stack."
                                        : " allocs, and none of them has a call stack.");
    if (env->snapshot->source.state == SOURCE_FOLLOWING)
        strbuf_puts(out, " Stacks come a little after their events; if none come,");
    else
        strbuf_puts(out, " Probably");
    strbuf_puts(out, " stack walking was off when this was recorded: with xperf add"
                     " -stackwalk HeapAlloc+HeapRealloc, with wpr use the profile Heap.");
    keymap_put_text(env->keymap,
                    " {screen.heaps} tells which heap, {screen.sources} which part of "
                    "the allocator.",
                    out);
}

void why_no_stacks(const struct view_env *env, const struct call_tree *tree, struct strbuf *out)
{
    const struct snapshot *s = env->snapshot;
    strbuf_clear(out);
    if (s == NULL || s->trace == NULL || s->rows == 0) {
        why_empty_rows(env, out);
    } else if (tree == NULL) {
        strbuf_puts(out, "Adding up the stacks of ");
        text_put_grouped(out, s->rows);
        strbuf_puts(out, s->rows == 1 ? " event." : " events.");
    } else if (tree->stacks == 0 && tree->without > 0) {
        why_not_recorded(env, tree, out);
    } else if (s->matched == 0) {
        why_empty_rows(env, out);
    } else {
        strbuf_puts(out, "None of the events shown is an alloc with a call stack.");
        keymap_put_text(env->keymap, " {filter.edit} changes the filter.", out);
    }
}
