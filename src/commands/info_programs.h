/*
 * The programs of a trace for `info`: its processes and the modules they had loaded.
 */
#ifndef COMMANDS_INFO_PROGRAMS_H
#define COMMANDS_INFO_PROGRAMS_H

#include <jansson.h>

#include "base/strbuf.h"
#include "model/trace.h"

/* Marks the processes that have heaps; returns how many. The caller frees *out_marks. */
uint32_t info_mark_heap_processes(const struct registry *r, bool **out_marks);

/* Lines that count processes and modules, and what is known of each process that has a heap.
 * Nothing when the trace tells of neither. */
void info_put_programs(struct strbuf *out, const struct trace *trace);

/* "processes" and "modules" with everything that is known of each: a module's path, place, time,
 * and the PDB to look for. */
void info_set_programs(json_t *root, const struct trace *trace);

#endif
