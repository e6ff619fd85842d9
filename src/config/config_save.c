/* Reading, editing, reading back and writing; see config_save.h. */
#include "config/config_save.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"

/* Only the person's own business. */
#define FILE_MODE 0600

static bool holds(const struct config *c, const struct config_setting *s)
{
    const struct config_line *line = config_find(c, s->section, s->key);
    if (s->value == NULL)
        return line == NULL;
    const char *value = line != NULL ? line->value : s->usual;
    return value != NULL && strcmp(value, s->value) == 0;
}

/* Makes one change to `text`. */
static void apply(struct strbuf *text, const struct config_setting *s)
{
    struct strbuf edited = {0};
    const struct config_change change = {s->section, s->key, s->value};
    config_edit(strbuf_str(text), text->len, &change, &edited);
    strbuf_release(text);
    *text = edited;
}

/* The text must say what was meant: a value with ` ;` in it, or a long one, would not. */
static int check(const char *path, const struct strbuf *text, const struct config_setting *settings,
                 size_t count, struct err_info *info)
{
    struct config c;
    config_parse(&c, path, strbuf_str(text), text->len);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        if (holds(&c, &settings[i]))
            continue;
        struct strbuf value = {0};
        if (settings[i].value != NULL)
            text_put_escaped(&value, settings[i].value, strlen(settings[i].value));
        rc = err_set(info, ERR_SYNTAX, "%s = %s cannot stand in a configuration file; none written",
                     settings[i].key, strbuf_str(&value));
        strbuf_release(&value);
    }
    config_release(&c);
    return rc;
}

static void edit(const char *path, struct strbuf *text, const struct config_setting *settings,
                 size_t count, struct strbuf *out_changed)
{
    struct config before;
    config_parse(&before, path, strbuf_str(text), text->len);
    for (size_t i = 0; i < count; i++) {
        if (holds(&before, &settings[i]))
            continue;
        apply(text, &settings[i]);
        strbuf_printf(out_changed, "%s%s", out_changed->len > 0 ? ", " : "", settings[i].key);
    }
    config_release(&before);
}

int config_save(const char *path, const struct config_setting *settings, size_t count,
                struct strbuf *out_changed, struct err_info *info)
{
    struct strbuf text = {0};
    int rc = file_read(path, CONFIG_MAX_BYTES, &text, info);
    if (rc == -ENOENT)
        rc = 0;
    if (rc == 0 && memchr(strbuf_str(&text), '\0', text.len) != NULL)
        rc = file_fail(info, ERR_FORMAT, path, "it is no text file and is left as it is");
    if (rc == 0)
        edit(path, &text, settings, count, out_changed);
    if (rc == 0 && out_changed->len > 0)
        rc = check(path, &text, settings, count, info);
    if (rc == 0 && out_changed->len > 0)
        rc = file_write(path, FILE_MODE, strbuf_str(&text), text.len, info);
    strbuf_release(&text);
    return rc;
}
