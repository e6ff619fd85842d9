/*
 * Setting keys in the text of a configuration file without touching anything else: comments, order,
 * unknown lines, indentation and line ends stay.
 */
#ifndef CONFIG_CONFIG_EDIT_H
#define CONFIG_CONFIG_EDIT_H

#include <stddef.h>

#include "base/strbuf.h"
#include "config/config.h"

struct config_change {
    enum config_section section;
    const char *key;
    const char *value; /* NULL: the key's line goes */
};

/*
 * Appends the text with the change made. The first line of the key is rewritten up to its comment;
 * a key that has none gets one behind the last line of its section, a section that is not there
 * stands at the end.
 */
void config_edit(const char *text, size_t n, const struct config_change *change,
                 struct strbuf *out);

#endif
