/* The fields of the filter language and what can be asked of each: the one table (cli.md). */
#include "model/filter_priv.h"

#include <string.h>

/* In order of enum filter_field_id. */
const struct filter_field filter_fields[FILTER_FIELDS] = {
    {"op", FILTER_TYPE_OP, false},
    {"heap", FILTER_TYPE_HANDLE, false},
    {"pid", FILTER_TYPE_NUMBER, false},
    {"tid", FILTER_TYPE_NUMBER, false},
    {"process", FILTER_TYPE_NAME, false},
    {"address", FILTER_TYPE_ADDRESS, false},
    {"old_address", FILTER_TYPE_POINTER, false},
    {"size", FILTER_TYPE_SIZE, false},
    {"old_size", FILTER_TYPE_SIZE, false},
    {"block_size", FILTER_TYPE_SIZE, false},
    {"source", FILTER_TYPE_SOURCE, false},
    {"time", FILTER_TYPE_TIME, false},
    {"life", FILTER_TYPE_DURATION, true},
    {"live", FILTER_TYPE_FLAG, true},
    {"temporary", FILTER_TYPE_FLAG, true},
    {"unmatched", FILTER_TYPE_FLAG, false},
    {"failed", FILTER_TYPE_FLAG, false},
    {"repaired", FILTER_TYPE_FLAG, false},
};

/* Fields of the language whose data no part of this version reads yet. */
static const char *const planned[] = {"stack", "module", "image", "class", "chain"};

const struct filter_type_info filter_types[FILTER_TYPES] = {
    [FILTER_TYPE_FLAG] = {0, NULL, NULL},
    [FILTER_TYPE_OP] = {FILTER_EQUALITY | FILTER_MATCH | FILTER_REGEX,
                        "an operation: alloc, realloc, free, create, destroy, ... or op<N>",
                        "a part of an operation's name, or /a regular expression/"},
    [FILTER_TYPE_HANDLE] = {FILTER_EQUALITY | FILTER_ORDER | FILTER_MATCH,
                            "a heap handle such as 0x13d35bd0000",
                            "a part of a heap handle such as 0x13d35b"},
    [FILTER_TYPE_NUMBER] = {FILTER_EQUALITY | FILTER_ORDER, "a number such as 2080", NULL},
    [FILTER_TYPE_NAME] = {FILTER_EQUALITY | FILTER_MATCH | FILTER_REGEX,
                          "a process name such as Solution.exe or \"a name\"",
                          "a part of a process name, or /a regular expression/"},
    [FILTER_TYPE_ADDRESS] = {FILTER_EQUALITY | FILTER_ORDER | FILTER_MATCH | FILTER_CONTAINS,
                             "an address such as 0x13d35bd0860",
                             "a part of an address such as 0x13d35b"},
    [FILTER_TYPE_POINTER] = {FILTER_EQUALITY | FILTER_ORDER | FILTER_MATCH,
                             "an address such as 0x13d35bd0860",
                             "a part of an address such as 0x13d35b"},
    [FILTER_TYPE_SIZE] = {FILTER_EQUALITY | FILTER_ORDER, "a size such as 256 or 4K", NULL},
    [FILTER_TYPE_SOURCE] = {FILTER_EQUALITY | FILTER_ORDER,
                            "a Source: lookaside, lowfrag, mainpath, slowpath, invalid, "
                            "segmentheap or a number",
                            NULL},
    [FILTER_TYPE_TIME] = {FILTER_EQUALITY | FILTER_ORDER,
                          "a time since the trace's start such as 0.444s or 12ms", NULL},
    [FILTER_TYPE_DURATION] = {FILTER_EQUALITY | FILTER_ORDER,
                              "a duration such as 1.5ms, 20us or 2s", NULL},
};

static bool is_name(const char *name, const char *s, size_t n)
{
    return strncmp(name, s, n) == 0 && name[n] == '\0';
}

enum filter_field_id filter_find_field(const char *s, size_t n)
{
    unsigned id = 0;
    while (id < FILTER_FIELDS && !is_name(filter_fields[id].name, s, n))
        id++;
    return (enum filter_field_id)id;
}

bool filter_field_is_planned(const char *s, size_t n)
{
    for (size_t i = 0; i < sizeof planned / sizeof planned[0]; i++)
        if (is_name(planned[i], s, n))
            return true;
    return false;
}

bool filter_field_begins(const char *s, size_t n)
{
    for (size_t i = 0; i < FILTER_FIELDS; i++)
        if (strncmp(filter_fields[i].name, s, n) == 0)
            return true;
    return false;
}
