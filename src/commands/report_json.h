/*
 * `report --format json`: the stable object of cli.md.
 */
#ifndef COMMANDS_REPORT_JSON_H
#define COMMANDS_REPORT_JSON_H

#include <jansson.h>

#include "commands/report_table.h"

/* One file's object; the caller owns it. */
json_t *report_json(const struct report *r);

#endif
