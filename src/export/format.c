/* Names of formats, and suffixes of files; see format.h. */
#include "export/format.h"

#include <string.h>
#include <strings.h>

const char *const export_format_words[] = {"", "text", "json", "tsv", "csv", "jsonl", NULL};

enum export_format export_format_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    for (unsigned f = EXPORT_FORMAT_TSV; dot != NULL && f <= EXPORT_FORMAT_JSONL; f++)
        if (strcasecmp(dot + 1, export_format_words[f]) == 0)
            return (enum export_format)f;
    return EXPORT_FORMAT_DEFAULT;
}
