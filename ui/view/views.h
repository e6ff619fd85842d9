/* The screens and panes of the program: how each is made. */
#ifndef UI_VIEW_VIEWS_H
#define UI_VIEW_VIEWS_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/keys/keymap.h"
#include "ui/view/view.h"

/* `env` and `km` are borrowed and outlive the view; its ops' close() frees it. */
struct view *view_summary_new(const struct view_env *env);
struct view *view_events_new(const struct view_env *env);
struct view *view_heaps_new(const struct view_env *env);
struct view *view_sources_new(const struct view_env *env);
struct view *view_help_new(const struct view_env *env, const struct keymap *km);

/* The pane below Events; shows the row that is selected there. */
struct view *view_detail_new(const struct view_env *env, const struct view *events);

/* Of view_events_new(): the selected row, ROW_NONE when there is none; whether it follows. */
uint64_t view_events_selected(const struct view *events);
bool view_events_follows(const struct view *events);

#endif
