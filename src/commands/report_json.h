/*
 * `report --format json`: the stable object of cli.md.
 */
#ifndef COMMANDS_REPORT_JSON_H
#define COMMANDS_REPORT_JSON_H

#include <jansson.h>

#include "commands/subject.h"
#include "export/report_table.h"

/* One file's object; the caller owns it. */
json_t *report_json(const struct report *r, const struct subject *s);

#endif
