/*
 * Writing settings into the configuration file: only when the person asks for it, only what differs
 * from what stands there, and all of it or nothing.
 */
#ifndef CONFIG_CONFIG_SAVE_H
#define CONFIG_CONFIG_SAVE_H

#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "config/config_edit.h"

/* What a key is to be. */
struct config_setting {
    enum config_section section;
    const char *key;
    const char *value; /* NULL: it shall have no line */
    const char *usual; /* what it is without a line: then none is written. NULL: there is no such
                          value, a line is needed */
};

/*
 * Sets the keys in the file at `path`, which is read anew and made when it is not there (its folder
 * must be). `out_changed` gets the keys whose lines were changed, ", " between; nothing is written
 * when there are none. Returns 0 or a negative code with a line in `info`: what cannot be read, is
 * no text, or cannot be written stays as it is.
 */
int config_save(const char *path, const struct config_setting *settings, size_t count,
                struct strbuf *out_changed, struct err_info *info);

#endif
