/* The folders of the XDG base directory specification (see xdg.h). */
#include "base/xdg.h"
#include "base/alloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

/* Folders are the person's alone: a filter or a path tells what they work on. */
#define FOLDER_MODE 0700

static const struct {
    const char *variable, *below_home;
} place[] = {
    [XDG_CONFIG] = {"XDG_CONFIG_HOME", ".config"},
    [XDG_STATE] = {"XDG_STATE_HOME", ".local/state"},
};

bool xdg_put_path(struct strbuf *b, enum xdg_folder folder, const char *name)
{
    const char *base = getenv(place[folder].variable);
    const char *home = getenv("HOME");
    if (base != NULL && base[0] == '/')
        strbuf_puts(b, base);
    else if (home != NULL && home[0] == '/')
        strbuf_printf(b, "%s/%s", home, place[folder].below_home);
    else
        return false;
    strbuf_puts(b, "/heaptail");
    if (name[0] != '\0')
        strbuf_printf(b, "/%s", name);
    return true;
}

/* Those above may be there although nobody may make them: they are looked for first. */
static int make_one(const char *path, struct err_info *info)
{
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return 0;
    if (mkdir(path, FOLDER_MODE) == 0)
        return 0;
    int rc = -errno;
    return file_fail(info, rc, path, "cannot be made: %s", strerror(-rc));
}

int xdg_make_folder(enum xdg_folder folder, struct err_info *info)
{
    struct strbuf path = {0};
    int rc = 0;
    if (!xdg_put_path(&path, folder, ""))
        return err_set(info, -ENOENT, "no folder for it: neither %s nor HOME is an absolute path",
                       place[folder].variable);
    for (size_t end = 1; rc == 0 && end <= path.len; end++) {
        char next = path.s[end];
        if (next != '/' && next != '\0')
            continue;
        path.s[end] = '\0';
        rc = make_one(path.s, info);
        path.s[end] = next;
    }
    strbuf_release(&path);
    return rc;
}

char *xdg_expand_home(const char *path)
{
    struct strbuf b = {0};
    const char *home = getenv("HOME");
    if (path[0] == '~' && path[1] == '/' && home != NULL)
        strbuf_puts(&b, home);
    strbuf_puts(&b, b.len > 0 ? path + 1 : path);
    char *expanded = base_xstrdup(strbuf_str(&b));
    strbuf_release(&b);
    return expanded;
}
