/* The screens and panes of the program: how each is made. */
#ifndef UI_VIEW_VIEWS_H
#define UI_VIEW_VIEWS_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/keys/keymap.h"
#include "ui/view/blocks/block_seek.h"
#include "ui/view/view.h"

/* `env` and `km` are borrowed and outlive the view; its ops' close() frees it. */
struct view *view_summary_new(const struct view_env *env);
struct view *view_events_new(const struct view_env *env);
struct view *view_heaps_new(const struct view_env *env);
struct view *view_sources_new(const struct view_env *env);
struct view *view_sizes_new(const struct view_env *env);
struct view *view_blocks_new(const struct view_env *env);
struct view *view_stacks_new(const struct view_env *env);
struct view *view_timeline_new(const struct view_env *env);
struct view *view_findings_new(const struct view_env *env);
struct view *view_diff_new(const struct view_env *env);
struct view *view_help_new(const struct view_env *env, const struct keymap *km);

/* What the theme picker has done to the screen; names as theme_load() takes them, "" for the
 * default.
 */
struct theme_hooks {
    void *ctx;
    void (*show)(void *ctx, const char *name); /* on the screen, as long as the picker is open */
    void (*keep)(void *ctx, const char *name); /* for good */
};

/* The theme picker: shows the theme under the cursor, and `current` again when it is closed without
 * Enter. `hooks` are borrowed as `env` is, `current` for the call. */
struct view *view_themes_new(const struct view_env *env, const struct theme_hooks *hooks,
                             const char *current);

/* The column chooser: changes the columns of `subject`, and puts them back when it is closed
 * without Enter. `subject` is borrowed and outlives the view. */
struct view *view_columns_new(const struct view_env *env, const struct keymap *km,
                              struct list *subject);

/* The pane of a moment: what was alive at the raw time. */
struct view *view_moment_new(const struct view_env *env, int64_t time);

/* A moment a diff is asked of: the mark of `letter`, or where that is none a raw time (INT64_MIN
 * before everything, INT64_MAX the end). */
struct view_diff_pick {
    char letter;
    int64_t time;
};

/* Of view_diff_new(): compares these moments, at most MOMENTS_MOST; or the two marks that were set
 * last. */
void view_diff_pick(struct view *diff, const struct view_diff_pick *picks, size_t count);
void view_diff_last_two(struct view *diff);

/* The pane below Events or Blocks; shows the event that is selected there, or that allocated the
 * block. */
struct view *view_detail_new(const struct view_env *env, const struct view *above);

/* Of view_diff_new(): compares with the baseline of its env. */
void view_diff_files(struct view *diff);

/* Of view_events_new(): the selected row, ROW_NONE when there is none; whether it follows. */
uint64_t view_events_selected(const struct view *events);
bool view_events_follows(const struct view *events);

/* Selects row `row` and ends following. False, and nothing is done, when the filter or the range
 * hides the row, or it was not searched yet. */
bool view_events_go(struct view *events, uint64_t row);

/* Of view_blocks_new(): starts a search for hits at the selection; works on, for about a
 * millisecond at most, and selects what is found. */
void view_blocks_seek_start(const struct view *blocks, struct block_seek *s,
                            const struct stops_jump *jump);
enum block_seek_state view_blocks_seek(struct view *blocks, struct block_seek *s,
                                       const struct query *hits);

/* Of view_events_new(): selects the event `row`, or the nearest one that is shown. O(log rows). */
void view_events_select(struct view *events, uint64_t row);

#endif
