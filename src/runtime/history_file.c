/* Prompt lines kept from run to run (see history_file.h). */
#include "runtime/history_file.h"

#include "base/file.h"
#include "base/xdg.h"

/* Four kinds of 64 lines are far below it: what is larger was not written by us. */
#define MAX_BYTES (2u << 20)
#define MODE      0600

/* Appends the file's lines to `text`; those that cannot be read are none. */
static void read_lines(const char *path, struct strbuf *text)
{
    (void)file_read(path, MAX_BYTES, text, NULL);
}

void history_file_load(struct app *a)
{
    struct strbuf path = {0}, text = {0};
    if (xdg_put_path(&path, XDG_STATE, "history"))
        read_lines(path.s, &text);
    app_take_history(a, strbuf_str(&text), text.len);
    strbuf_release(&text);
    strbuf_release(&path);
}

void history_file_save(const struct app *a)
{
    struct strbuf path = {0}, kept = {0}, text = {0};
    if (xdg_put_path(&path, XDG_STATE, "history"))
        read_lines(path.s, &kept);
    bool fresh = path.len > 0 && app_put_history(a, strbuf_str(&kept), kept.len, &text);
    if (fresh && xdg_make_folder(XDG_STATE, NULL) == 0)
        (void)file_write(path.s, MODE, strbuf_str(&text), text.len, NULL);
    strbuf_release(&text);
    strbuf_release(&kept);
    strbuf_release(&path);
}
