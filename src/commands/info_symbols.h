/*
 * Where the PDBs of the modules of processes with heaps are, for `info`: which were found, which
 * are of no use and why, and what those that are not there are called.
 */
#ifndef COMMANDS_INFO_SYMBOLS_H
#define COMMANDS_INFO_SYMBOLS_H

#include "base/strbuf.h"
#include "commands/naming.h"
#include "model/trace.h"

/* Nothing without folders to look in, or without PDBs to look for. */
void info_put_symbols(struct strbuf *out, const struct trace *trace, const struct naming *naming);

#endif
