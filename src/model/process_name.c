/* Comparing the two names of a program; see process_name.h. */
#include "model/process_name.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/* Names of so many bytes may have been cut (etl-format 6.1). */
#define CUT_BYTES 14u

bool process_name_is_program(const char *file)
{
    size_t n = strlen(file);
    return n > 4 && strcasecmp(file + n - 4, ".exe") == 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

/* Passes over what an unknown code page may have made of other letters; '?' stands for those it
 * does not have. */
static const char *skip_foreign(const char *s)
{
    while ((unsigned char)*s >= 0x80 || *s == '?')
        s++;
    return s;
}

static bool is_foreign(char c)
{
    return (unsigned char)c >= 0x80 || c == '?';
}

bool process_name_completes(const char *file, const char *name)
{
    const char *f = file;
    const char *n = name;
    bool foreign = false;
    while (*n != '\0') {
        if (is_foreign(*n)) {
            foreign = true;
            if (!is_foreign(*f))
                return false;
            n = skip_foreign(n);
            f = skip_foreign(f);
        } else if (lower(*n++) != lower(*f++)) {
            return false;
        }
    }
    if (*f == '\0')
        return foreign;
    return strlen(name) >= CUT_BYTES;
}
