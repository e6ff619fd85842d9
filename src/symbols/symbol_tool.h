/*
 * Where llvm-symbolizer is: in $PATH, by its plain name or by that of a version.
 */
#ifndef SYMBOLS_SYMBOL_TOOL_H
#define SYMBOLS_SYMBOL_TOOL_H

#include <stdbool.h>

#include "base/strbuf.h"

/* The oldest that gives its answers as JSON, and the newest whose name is tried. */
#define SYMBOL_TOOL_OLDEST 14
#define SYMBOL_TOOL_NEWEST 40

/* Appends its path; false when there is none. */
bool symbol_tool_find(struct strbuf *out_path);

#endif
