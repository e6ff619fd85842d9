/*
 * What proves a finding: its numbers beside the limits they passed, its curve, and the filter that
 * shows the rows. Loop thread only.
 */
#ifndef UI_VIEW_FINDINGS_FINDING_EVIDENCE_H
#define UI_VIEW_FINDINGS_FINDING_EVIDENCE_H

#include "answer/findings/findings.h"
#include "ui/term/canvas.h"
#include "ui/view/view.h"

/* Draws it from the first row on; returns the rows it takes, drawn or not. `scratch` is
 * overwritten. */
int finding_evidence_draw(const struct view_env *env, const struct finding *f,
                          const struct canvas *c, struct strbuf *scratch);

#endif
