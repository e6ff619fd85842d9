/*
 * `report --format text`: one page for people, in 80 columns.
 */
#ifndef COMMANDS_REPORT_TEXT_H
#define COMMANDS_REPORT_TEXT_H

#include "base/strbuf.h"
#include "commands/subject.h"
#include "export/report_table.h"

/* Appends one file's page. */
void report_text(const struct report *r, const struct subject *s, struct strbuf *out);

#endif
