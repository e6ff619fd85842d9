/*
 * What completes an expression of the filter language over the trace that is shown.
 *
 * The language says what belongs at the cursor and has words of its own (query/filter_expect.h);
 * values are those that occur: under the question shown first, most outstanding or most frequent
 * first, then those of the rest of the trace. Loop thread only.
 */
#ifndef UI_VIEW_FILTER_WORDS_H
#define UI_VIEW_FILTER_WORDS_H

#include "ui/view/view.h"
#include "ui/widget/completion.h"

/* Begins `out` with what could stand at the prompt's cursor. Of thousands of heaps or threads a
 * limited number is looked at: below 2 ms. Returns NULL, or why there is nothing, as a sentence for
 * app_tell(). */
const char *filter_words_complete(const struct view_env *env, const struct prompt *prompt,
                                  struct completion *out);

#endif
