/* Fills err_info; see err.h. No state, any thread. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

int err_set(struct err_info *info, int code, const char *fmt, ...)
{
    if (info != NULL) {
        va_list ap;
        va_start(ap, fmt);
        if (vsnprintf(info->text, sizeof info->text, fmt, ap) < 0)
            info->text[0] = '\0';
        va_end(ap);
    }
    return code;
}
