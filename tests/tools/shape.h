/*
 * From finished buffers to a file: which buffers are left, in which order they stand, what the file
 * header says, how they are compressed (etl-format 1.5 to 1.10).
 */
#ifndef TESTS_TOOLS_SHAPE_H
#define TESTS_TOOLS_SHAPE_H

#include "mketl.h"
#include "recorder.h"

/*
 * Takes the buffers of a finished session and fills out_trace: buffers, header, tail and cut, the
 * events that are left in trace order, and out_facts for their replay.
 */
void shape_apply(struct recorder *recorder, struct mketl_trace *out_trace,
                 struct truth_facts *out_facts);

#endif
