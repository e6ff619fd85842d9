/*
 * Fuzzes the configuration file: any bytes as its text.
 *
 * Besides not crashing: what is told about it is printable and has a line each; options, keys and
 * columns come out usable; and setting one key changes no other line, and none when done twice.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "commands/option.h"
#include "config/config_edit.h"
#include "runtime/settings.h"

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_told(const struct config *c)
{
    struct strbuf b = {0};
    config_put_problems(c, &b);
    require((b.len == 0) == (c->problem_count == 0));
    for (size_t i = 0; i < b.len; i++)
        require(b.s[i] == '\n' || ((unsigned char)b.s[i] >= ' ' && b.s[i] != 0x7f));
    strbuf_release(&b);
}

static const char *value_of(const struct config *c, const struct config_line *line)
{
    const struct config_line *found = config_find(c, line->section, line->key);
    return found != NULL ? found->value : NULL;
}

/* Every other key has the value it had. */
static void check_kept(const struct config *before, const struct config *after,
                       const struct config_change *change)
{
    size_t step = before->line_count / 50 + 1; /* finding is linear */
    for (size_t i = 0; i < before->line_count; i += step) {
        const struct config_line *line = &before->lines[i];
        if (line->section == change->section && strcmp(line->key, change->key) == 0)
            continue;
        const char *value = value_of(after, line);
        require(value != NULL && strcmp(value, line->value) == 0);
    }
}

static void check_edit(const char *text, size_t n, const struct config *before,
                       const struct config_change *change)
{
    struct strbuf once = {0}, twice = {0};
    struct config after;
    config_edit(text, n, change, &once);
    config_parse(&after, "config", strbuf_str(&once), once.len);
    /* A text that was just small enough, or not text at all, is nobody's after the change. */
    if (once.len <= CONFIG_MAX_BYTES && memchr(text, '\0', n) == NULL)
        check_kept(before, &after, change);
    config_edit(strbuf_str(&once), once.len, change, &twice);
    if (change->value != NULL)
        require(twice.len == once.len && memcmp(twice.s, once.s, once.len) == 0);
    config_release(&after);
    strbuf_release(&once);
    strbuf_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct config_change changes[] = {
        {CONFIG_OPTIONS, "theme", "light"},
        {CONFIG_OPTIONS, "units", NULL},
        {CONFIG_KEYS, "list.down", "j <Down>"},
        {CONFIG_COLUMNS, "events", "time op heap:13"},
    };
    struct config c;
    struct options options = {0};
    const char *text = size > 0 ? (const char *)data : "";
    config_parse(&c, "config", text, size);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
        check_edit(text, size, &c, &changes[i]);
    config_give(&c, CONFIG_OPTIONS, options_take, &options);
    settings_check(&c);
    check_told(&c);
    config_release(&c);
    return 0;
}
