/*
 * Where the capture is that ships with the program.
 */
#ifndef COMMANDS_DEMO_H
#define COMMANDS_DEMO_H

#include "base/err.h"
#include "base/strbuf.h"

/*
 * Appends the path of demo.etl: beside the running program (an unpacked or just built tree), else
 * where it was to be installed. Returns 0, or -ENOENT with a line in `info`.
 */
int demo_find(struct strbuf *out, struct err_info *info);

#endif
