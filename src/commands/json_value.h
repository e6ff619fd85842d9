/*
 * JSON values of the reports: jansson with this program's rules for numbers and texts.
 */
#ifndef COMMANDS_JSON_VALUE_H
#define COMMANDS_JSON_VALUE_H

#include <stdint.h>

#include <jansson.h>

#include "base/strbuf.h"
#include "export/output.h"
#include "model/value.h"

/*
 * A number as an integer. Above INT64_MAX, which only lying bytes reach, it is written in exponent
 * form: right in magnitude, and no reader with signed integers stumbles over it.
 */
json_t *json_u64(uint64_t v);
void json_set_u64(json_t *object, const char *key, uint64_t v);

/* Counts by operation that are not zero, under the machine names; `ops` has HEAP_OP_COUNT. */
json_t *json_ops(const uint64_t *ops);

/* By kind: integer, "0x" string, text, null. */
json_t *json_value(const struct value *v);

/* A string out of `b`, which is emptied. */
json_t *json_take_text(struct strbuf *b);

/* Time of the trace's clock origin as ISO 8601 UTC with 7 digits; null when the header has none. */
json_t *json_filetime(int64_t filetime);

/* Writes the document, indented, with a newline. */
void json_put(const json_t *root, struct output *out);

#endif
