/*
 * What `info` says of the containers that a trace came in: their kind, and each member, read or
 * not.
 */
#ifndef COMMANDS_INFO_PACKAGE_H
#define COMMANDS_INFO_PACKAGE_H

#include <jansson.h>

#include "base/strbuf.h"
#include "source/inputs.h"

/* One line for each container; nothing without one. */
void info_package_put_line(const struct inputs *in, struct strbuf *out);

/* A table of the members of each, of many only the first ones and the traces. */
void info_package_put_members(const struct inputs *in, struct strbuf *out);

/* All of it as an array, empty without containers. */
json_t *info_package_json(const struct inputs *in);

#endif
