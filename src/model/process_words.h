/*
 * A process in words, the same on screens and in reports.
 */
#ifndef MODEL_PROCESS_WORDS_H
#define MODEL_PROCESS_WORDS_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "model/trace.h"

/* "Solution.exe 21912"; "Solution.exe (21912)" with `brackets`; "process 21912" without a name. */
void process_put_name(struct strbuf *b, const struct process *process, bool brackets);

/* "0.412 s to 3.200 s, exit 0"; "since 0.412 s"; "until 3.200 s, exit 0xc0000005"; "there
 * throughout". */
void process_put_times(struct strbuf *b, const struct trace *trace, const struct process *process);

/* How it was started; NULL when that is not known or says no more than the name. */
const char *process_command(const struct process *process);

#endif
