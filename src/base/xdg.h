/*
 * Where the program keeps its files: the XDG base directory specification.
 *
 *   XDG_CONFIG   $XDG_CONFIG_HOME/heaptail, else ~/.config/heaptail        what the person sets
 *   XDG_STATE    $XDG_STATE_HOME/heaptail, else ~/.local/state/heaptail    what is remembered
 *
 * Values that are no absolute path are ignored, as the specification wants. No state, any thread.
 */
#ifndef BASE_XDG_H
#define BASE_XDG_H

#include <stdbool.h>

#include "base/err.h"
#include "base/strbuf.h"

enum xdg_folder { XDG_CONFIG, XDG_STATE };

/*
 * Appends the path of the file `name` in our folder, or of the folder itself when `name` is "".
 * The name is trusted: it is not one from outside. Nothing has to exist. False, and nothing
 * appended, when neither the variable nor HOME is an absolute path.
 */
bool xdg_put_path(struct strbuf *b, enum xdg_folder folder, const char *name);

/*
 * Makes our folder and those it stands in, mode 0700, unless they are there. 0, -ENOENT when there
 * is no place for it, or what mkdir() gave.
 */
int xdg_make_folder(enum xdg_folder folder, struct err_info *info);

/* `path` with a `~/` in front as the person's home, as in a shell; the caller frees it. */
char *xdg_expand_home(const char *path);

#endif
