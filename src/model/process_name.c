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

/* A letter that the code page of the machine decides about, or has not: '?'. */
static bool is_foreign(char c)
{
    return (unsigned char)c >= 0x80 || c == '?';
}

bool process_name_completes(const char *file, const char *name)
{
    size_t n = 0;
    while (name[n] != '\0' && !is_foreign(name[n]))
        n++;
    if (strncasecmp(file, name, n) != 0)
        return false;
    if (name[n] == '\0')
        return file[n] != '\0' && n >= CUT_BYTES;
    /* What follows the first foreign letter cannot be compared: in some code pages the second byte
     * of a letter looks like ASCII. */
    return is_foreign(file[n]);
}
