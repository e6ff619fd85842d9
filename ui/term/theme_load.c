/* Loading a theme: from a path, or by name from the first place that has it (theme_catalog.h). */
#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
#include "ui/term/theme.h"
#include "ui/term/theme_priv.h"

#define MAX_FILE 65536u

static bool is_path(const char *s)
{
    size_t n = strlen(s), tail = sizeof THEME_SUFFIX - 1;
    return strchr(s, '/') || (n > tail && strcmp(s + n - tail, THEME_SUFFIX) == 0);
}

/* A FIFO given for a theme does not stop the program. */
static int read_file(const char *path, struct strbuf *out)
{
    return file_read(path, MAX_FILE, out, NULL);
}

static int read_from_place(enum theme_place place, const char *name, struct strbuf *out,
                           struct strbuf *out_path)
{
    strbuf_clear(out_path);
    if (!theme_put_dir(place, out_path))
        return -ENOENT;
    strbuf_printf(out_path, "/%s" THEME_SUFFIX, name);
    return read_file(out_path->s, out);
}

static int read_builtin(const char *name, struct strbuf *out)
{
    for (unsigned long i = 0; i < theme_builtin_count; i++) {
        if (strcmp(theme_builtins[i].name, name) != 0)
            continue;
        strbuf_add(out, theme_builtins[i].text, theme_builtins[i].size);
        return 0;
    }
    return -ENOENT;
}

int theme_read(const char *name_or_path, struct strbuf *out_text, struct strbuf *out_path)
{
    if (is_path(name_or_path)) {
        strbuf_puts(out_path, name_or_path);
        return read_file(name_or_path, out_text);
    }
    int rc = -ENOENT;
    for (int place = THEME_OWN; rc == -ENOENT && place < THEME_BUILTIN; place++)
        rc = read_from_place((enum theme_place)place, name_or_path, out_text, out_path);
    if (rc != -ENOENT)
        return rc;
    strbuf_clear(out_path);
    strbuf_printf(out_path, "%s (built in)", name_or_path);
    return read_builtin(name_or_path, out_text);
}

void theme_init_builtin(struct theme *t, bool mono)
{
    struct strbuf text = {0};
    *t = (struct theme){0};
    if (read_builtin(mono ? "monochrome" : "dark", &text) == 0)
        theme_parse(t, "built-in", text.s, text.len, NULL);
    strbuf_release(&text);
}

/* What there is instead: the names built in, and where one's own go. */
static void put_choices(struct strbuf *b)
{
    strbuf_puts(b, "built in are");
    for (unsigned long i = 0; i < theme_builtin_count; i++)
        strbuf_printf(b, "%s %s", i > 0 ? "," : "", theme_builtins[i].name);
    struct strbuf own = {0};
    if (theme_put_dir(THEME_OWN, &own))
        strbuf_printf(b, "; your own go to %s", own.s);
    strbuf_release(&own);
}

static void report_unread(const char *name, const char *path, int rc, struct strbuf *errors)
{
    const char *why = rc == ERR_LIMIT ? "larger than 64 KiB, which no theme is" : strerror(-rc);
    if (rc != -ENOENT || is_path(name)) {
        text_put_escaped(errors, path, strlen(path));
        strbuf_printf(errors, ": %s; this is dark\n", why);
        return;
    }
    strbuf_puts(errors, "there is no theme '");
    text_put_escaped(errors, name, strlen(name));
    strbuf_puts(errors, "', this is dark; ");
    put_choices(errors);
    strbuf_putc(errors, '\n');
}

int theme_load(struct theme *t, const char *name_or_path, struct strbuf *errors)
{
    struct strbuf text = {0}, path = {0};
    int rc = theme_read(name_or_path, &text, &path);
    if (rc == 0) {
        *t = (struct theme){0};
        rc = theme_parse(t, path.s, strbuf_str(&text), text.len, errors);
    } else {
        theme_init_builtin(t, false);
        if (errors)
            report_unread(name_or_path, path.s, rc, errors);
    }
    strbuf_release(&text);
    strbuf_release(&path);
    return rc;
}
