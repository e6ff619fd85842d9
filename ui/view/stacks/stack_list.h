/*
 * The list of the Stacks screen: the open rows of a call tree (outline.h) with every figure as a
 * column and the share of the one that is sorted by as a bar.
 *
 * Each kind of tree keeps its own open rows and selection. Loop thread only.
 */
#ifndef UI_VIEW_STACKS_STACK_LIST_H
#define UI_VIEW_STACKS_STACK_LIST_H

#include "ui/view/stacks/outline.h"
#include "ui/view/view.h"
#include "ui/widget/list.h"

#define STACK_KINDS (CALL_TREE_MODULES + 1)

/* The figures stand in the order of enum call_tree_column. */
enum stack_column {
    STACK_COLUMN_FUNCTION,
    STACK_COLUMN_SHARE,
    STACK_COLUMN_OUTSTANDING,
    STACK_COLUMN_BLOCKS,
    STACK_COLUMN_ALLOCS,
    STACK_COLUMN_ALLOC_BYTES,
    STACK_COLUMN_CHURN,
    STACK_COLUMN_AT_PEAK,
    STACK_COLUMN_COPIED,
    STACK_COLUMN_IMPACTING, /* with a range */
    STACK_COLUMN_SELF,
    STACK_COLUMN_PLACE,
    STACK_COLUMN_COUNT
};

struct stack_list {
    struct list list;
    struct list_column columns[STACK_COLUMN_COUNT];
    const struct view_env *env; /* borrowed */
    enum call_tree_kind kind;   /* shown, or asked for */
    struct outline outline[STACK_KINDS];
    struct list_place place[STACK_KINDS]; /* where the list was when it showed another kind */
    const struct outline_row *row;        /* being drawn, as the next */
    const struct call_node *node;
    uint32_t levels;         /* of the rows being drawn, the deepest */
    int indent, skip, width; /* as they were drawn: cells a level, levels left out, cells */
    struct strbuf empty;     /* why there are no rows */
    struct strbuf text;      /* scratch */
};

void stack_list_init(struct stack_list *l, const struct view_env *env);
void stack_list_release(struct stack_list *l);

/* Shows the snapshot's tree if it is of the kind that is shown, in the order of the list. */
void stack_list_sync(struct stack_list *l);

/* It is about to be drawn on so many lines, titles included: how much opens by itself depends on
 * that. */
void stack_list_fit(struct stack_list *l, int rows, int cols);

/* Shows another kind of tree, where it was left. stack_list_sync() follows. */
void stack_list_show(struct stack_list *l, enum call_tree_kind kind);

/* The figure that is sorted by. */
enum call_tree_column stack_list_figure(const struct stack_list *l);

/* The tree and the rows that are shown; the tree is NULL until there is one. */
struct outline *stack_list_outline(struct stack_list *l);

/* The selected node; OUTLINE_NO_NODE when there is none. */
uint32_t stack_list_selected(struct stack_list *l);

/* Opens the way to a node and selects it. */
void stack_list_select(struct stack_list *l, uint32_t node);

/* The row whose mark stands at (y, x) of the screen; LIST_NO_ROW when none does. */
uint64_t stack_list_mark_at(const struct stack_list *l, int y, int x);

/* "outstanding", "allocs": what a figure is, for sentences. */
const char *stack_figure_word(enum call_tree_column column);

/* Bytes of `text` that name the module. */
size_t stack_module_part(const struct call_node *n);

#endif
