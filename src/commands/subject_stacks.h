/*
 * Call stacks of a batch command's input: added up, named, drawn as a tree.
 */
#ifndef COMMANDS_SUBJECT_STACKS_H
#define COMMANDS_SUBJECT_STACKS_H

#include "answer/findings/findings.h"
#include "answer/tree/call_tree.h"
#include "commands/subject.h"

/* What stacks are shown with. */
struct subject_stacks {
    struct stack_totals *totals;
    struct frame_rules *rules; /* --fold */
    struct frame_namer namer;  /* its images are referenced */
};

/*
 * Adds up by stack what was asked of the subject. Returns COMMAND_OK, or COMMAND_FAILED after
 * saying that memory is out. Release in any case.
 */
int subject_add_stacks(const struct subject *s, struct subject_stacks *out);
void subject_stacks_release(struct subject_stacks *st);

/* Has the names found out that are missing: true when what was named must be named again. */
bool subject_stacks_wait(const struct subject *s, const struct subject_stacks *st);

/* The tree, with the names that could be found out. One reference; NULL after saying that memory is
 * out. */
struct call_tree *subject_call_tree(const struct subject *s, const struct subject_stacks *st,
                                    enum call_tree_kind kind, enum call_tree_column sort);

/* The findings, with the names that could be found out. One reference (answer_unref); NULL after
 * saying that memory is out. */
struct findings *subject_find(const struct subject *s);

/* Says on standard error why there are no stacks; nothing when there are some. */
void subject_explain_stacks(const struct subject *s, const struct subject_stacks *st);

#endif
