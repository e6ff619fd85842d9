/* Fills err_info; see err.h. No state, any thread. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

/* A message that does not fit ends here or a little before, so that its last character is whole. */
#define CUT_AT (sizeof(struct err_info) - 4)

int err_set(struct err_info *info, int code, const char *fmt, ...)
{
    if (info != NULL) {
        va_list ap;
        va_start(ap, fmt);
        int n = vsnprintf(info->text, sizeof info->text, fmt, ap);
        va_end(ap);
        if (n < 0)
            info->text[0] = '\0';
        else if ((size_t)n >= sizeof info->text)
            info->text[text_clip(info->text, sizeof info->text - 1, CUT_AT)] = '\0';
    }
    return code;
}
