/*
 * `info --format json`: the container, its session, clock, records, providers and losses.
 */
#ifndef COMMANDS_INFO_JSON_H
#define COMMANDS_INFO_JSON_H

#include <jansson.h>

#include "commands/subject.h"

/* The object; the caller owns it. */
json_t *info_json(const struct subject *s);

#endif
