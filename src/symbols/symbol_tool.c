/* Looking for llvm-symbolizer; see symbol_tool.h. */
#include "symbols/symbol_tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "llvm-symbolizer"

static bool is_program(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* Only absolute folders count: the current one may be anybody's. */
static bool look_for(const char *name, struct strbuf *out_path)
{
    const char *folders = getenv("PATH");
    while (folders != NULL && folders[0] != '\0') {
        size_t n = strcspn(folders, ":"), start = out_path->len;
        strbuf_add(out_path, folders, n);
        strbuf_printf(out_path, "/%s", name);
        if (folders[0] == '/' && is_program(strbuf_str(out_path)))
            return true;
        strbuf_truncate(out_path, start);
        folders += n + (folders[n] == ':' ? 1 : 0);
    }
    return false;
}

bool symbol_tool_find(struct strbuf *out_path)
{
    bool found = look_for(NAME, out_path);
    for (int version = SYMBOL_TOOL_NEWEST; !found && version >= SYMBOL_TOOL_OLDEST; version--) {
        char name[sizeof NAME + 8];
        snprintf(name, sizeof name, NAME "-%d", version);
        found = look_for(name, out_path);
    }
    return found;
}
