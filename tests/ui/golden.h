/* The theme of golden pictures: every role can be told from a cell's colours. */
#ifndef TESTS_UI_GOLDEN_H
#define TESTS_UI_GOLDEN_H

#include "ui/term/theme.h"

/* Each role has its own foreground, each layer its own background; the cursor cell is underlined.
 */
void golden_theme(struct theme *out_theme);

/* The role with foreground `fg`, or ROLE_COUNT. */
enum role golden_role(int fg);

/* The layer with background `bg`, or LAYER_COUNT. */
enum style_layer golden_layer(int bg);

#endif
