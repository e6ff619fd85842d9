/* Taking a symbol path apart; see symbol_path.h. */
#include "symbols/symbol_path.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/text.h"

/* What a piece between two stars or semicolons is. */
enum piece_kind {
    PIECE_FOLDER,
    PIECE_NOTHING, /* empty, a keyword, an address: ignored as a matter of course */
    PIECE_WINDOWS, /* a path of another system */
};

static bool starts_with(const char *s, const char *prefix)
{
    return strncasecmp(s, prefix, strlen(prefix)) == 0;
}

static enum piece_kind classify(const char *s)
{
    static const char *const keywords[] = {"srv", "cache", "symsrv", "symsrv.dll"};
    if (s[0] == '\0' || starts_with(s, "http:") || starts_with(s, "https:"))
        return PIECE_NOTHING;
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
        if (strcasecmp(s, keywords[i]) == 0)
            return PIECE_NOTHING;
    bool drive = isalpha((unsigned char)s[0]) && s[1] == ':';
    return drive || starts_with(s, "\\\\") ? PIECE_WINDOWS : PIECE_FOLDER;
}

static char *expand(const char *s)
{
    struct strbuf b = {0};
    const char *home = getenv("HOME");
    bool at_home = s[0] == '~' && s[1] == '/' && home != NULL;
    strbuf_puts(&b, at_home ? home : "");
    strbuf_puts(&b, at_home ? s + 1 : s);
    char *expanded = base_xstrdup(strbuf_str(&b));
    strbuf_release(&b);
    return expanded;
}

static void complain(struct strbuf *problems, const char *origin, const char *piece,
                     const char *why)
{
    strbuf_printf(problems, "%s: ", origin);
    text_put_escaped(problems, piece, text_clip(piece, strlen(piece), 120));
    strbuf_printf(problems, "%s\n", why);
}

static void add_folder(struct symbol_path *p, const char *origin, const char *piece,
                       struct strbuf *problems)
{
    struct stat st;
    char *folder = expand(piece);
    if (stat(folder, &st) != 0 || !S_ISDIR(st.st_mode)) {
        complain(problems, origin, folder, ": no such folder");
        free(folder);
    } else if (p->count == SYMBOL_PATH_MOST) {
        complain(problems, origin, folder, ": ignored, too many folders");
        free(folder);
    } else {
        p->folders[p->count++] = folder;
    }
}

void symbol_path_add(struct symbol_path *p, const char *origin, const char *text,
                     struct strbuf *problems)
{
    bool told = false;
    char *copy = base_xstrdup(text != NULL ? text : "");
    char *rest = copy;
    for (char *piece; (piece = strsep(&rest, ";*")) != NULL;) {
        enum piece_kind kind = classify(piece);
        if (kind == PIECE_FOLDER)
            add_folder(p, origin, piece, problems);
        if (kind == PIECE_WINDOWS && !told)
            complain(problems, origin, piece, " is a folder of Windows: ignored here");
        told = told || kind == PIECE_WINDOWS;
    }
    free(copy);
}

void symbol_path_release(struct symbol_path *p)
{
    for (size_t i = 0; i < p->count; i++)
        free(p->folders[i]);
    *p = (struct symbol_path){0};
}
