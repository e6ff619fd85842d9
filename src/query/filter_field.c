/* The fields of the filter language and what can be asked of each: the one table (cli.md). */
#include "query/filter_priv.h"

#include <string.h>

/* In order of enum filter_field_id. */
const struct filter_field filter_fields[FILTER_FIELDS] = {
    {"op", FILTER_TYPE_OP, false, false, "what was done: alloc, free, ..."},
    {"heap", FILTER_TYPE_HANDLE, false, false, "the handle of the heap"},
    {"pid", FILTER_TYPE_NUMBER, false, false, "the number of the process"},
    {"tid", FILTER_TYPE_NUMBER, false, false, "the number of the thread"},
    {"process", FILTER_TYPE_NAME, false, false, "the name of the process"},
    {"address", FILTER_TYPE_ADDRESS, false, false, "of the block"},
    {"old_address", FILTER_TYPE_POINTER, false, false, "of the block before a realloc"},
    {"size", FILTER_TYPE_SIZE, false, false, "bytes asked for"},
    {"old_size", FILTER_TYPE_SIZE, false, false, "bytes before a realloc"},
    {"block_size", FILTER_TYPE_SIZE, false, false, "bytes of the block, of frees too"},
    {"source", FILTER_TYPE_SOURCE, false, false, "where the allocator took the memory from"},
    {"time", FILTER_TYPE_TIME, false, false, "since the start of the trace"},
    {"life", FILTER_TYPE_DURATION, true, false, "from the alloc of the block to its free"},
    {"stack", FILTER_TYPE_STACK, false, true, "of the event: its number, or the names in it"},
    {"module", FILTER_TYPE_FILE, false, true, "the module that called the allocator"},
    {"image", FILTER_TYPE_FILE, false, true, "a file the call stack goes through"},
    {"class", FILTER_TYPE_CLASS, true, false, "how the block's life lies to the range"},
    {"chain", FILTER_TYPE_COUNT, true, false,
     "how many blocks its moving reallocs link, 1 if none"},
    {"live", FILTER_TYPE_FLAG, true, false, "the block is never freed"},
    {"temporary", FILTER_TYPE_FLAG, true, false, "the block is freed again"},
    {"unmatched", FILTER_TYPE_FLAG, false, false, "a free of a block that is not known"},
    {"failed", FILTER_TYPE_FLAG, false, false, "it did not succeed"},
    {"repaired", FILTER_TYPE_FLAG, false, false, "the replay had to make up for a loss"},
};

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
    [FILTER_TYPE_STACK] = {FILTER_EQUALITY | FILTER_ORDER | FILTER_MATCH | FILTER_REGEX,
                           "the number of a stack such as 17",
                           "a part of a frame such as \"operator new\" or ucrtbase.dll+0x1a, or "
                           "/a regular expression/"},
    [FILTER_TYPE_FILE] = {FILTER_EQUALITY | FILTER_MATCH | FILTER_REGEX,
                          "a file such as ucrtbase.dll or \"a name\"",
                          "a part of a file's name, or /a regular expression/"},
    [FILTER_TYPE_CLASS] = {FILTER_EQUALITY, "a class: aifi, aifo, aofi or aofo", NULL},
    [FILTER_TYPE_COUNT] = {FILTER_EQUALITY | FILTER_ORDER, "a number such as 3", NULL},
};

/* Where two begin alike, the longer one is meant. */
const struct filter_comparison filter_comparisons[FILTER_COMPARISONS] = {
    {"==", FILTER_EQUALITY, false, false, true, false, "is", NULL},
    {"!=", FILTER_EQUALITY, true, false, true, false, "is another", NULL},
    {"<", FILTER_ORDER, false, true, false, false, "is less", NULL},
    {"<=", FILTER_ORDER, false, true, true, false, "is at most", NULL},
    {">", FILTER_ORDER, false, false, false, true, "is more", NULL},
    {">=", FILTER_ORDER, false, false, true, true, "is at least", NULL},
    {"~", FILTER_MATCH, false, false, false, false, "has this part",
     "has this part; capitals matter"},
    {"!~", FILTER_MATCH, true, false, false, false, "has not this part",
     "has not this part; capitals matter"},
    {"in", FILTER_EQUALITY, false, false, false, false, "one of a list [a, b] or a range a..b",
     NULL},
    {"contains", FILTER_CONTAINS, false, false, false, false, "the block covers this byte", NULL},
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

bool filter_field_begins(const char *s, size_t n)
{
    for (size_t i = 0; i < FILTER_FIELDS; i++)
        if (strncmp(filter_fields[i].name, s, n) == 0)
            return true;
    return false;
}
