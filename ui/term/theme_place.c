/* Folders that themes come from (see theme_priv.h). */
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/xdg.h"
#include "ui/term/theme_priv.h"

#define BESIDE_PROGRAM "../share/heaptail/themes"

/* Where `cmake --install --prefix` puts them, whatever the prefix: from the program's own place. */
static bool put_beside(struct strbuf *b)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path);
    const char *slash = n > 0 && (size_t)n < sizeof path ? memrchr(path, '/', (size_t)n) : NULL;
    if (slash == NULL)
        return false;
    strbuf_add(b, path, (size_t)(slash - path) + 1);
    strbuf_puts(b, BESIDE_PROGRAM);
    return true;
}

bool theme_put_dir(enum theme_place place, struct strbuf *out)
{
    switch (place) {
    case THEME_OWN:
        return xdg_put_path(out, XDG_CONFIG, "themes");
    case THEME_BESIDE:
        return put_beside(out);
    case THEME_INSTALLED:
        strbuf_puts(out, HEAPTAIL_INSTALLED_THEMES);
        return true;
    case THEME_SOURCE:
        strbuf_puts(out, HEAPTAIL_SOURCE_THEMES);
        return true;
    case THEME_BUILTIN:
        break;
    }
    return false;
}
