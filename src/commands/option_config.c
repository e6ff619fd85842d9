/* Options from the configuration file: options_take() of option.h. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "commands/option.h"
#include "commands/option_table.h"

/* What the environment says about an option holds against the file. */
static const struct {
    const char *option, *variable;
} environment[] = {
    {"theme", "HEAPTAIL_THEME"},
    {"color", "NO_COLOR"},
};

static bool is_in_environment(const char *option)
{
    for (size_t i = 0; i < sizeof environment / sizeof environment[0]; i++) {
        const char *value = getenv(environment[i].variable);
        if (strcmp(environment[i].option, option) == 0 && value != NULL && value[0] != '\0')
            return true;
    }
    return false;
}

/* Two options may set the same thing: --follow and --no-follow. */
static bool is_given(const struct options *o, const struct option_row *row)
{
    for (size_t i = 0; i < option_row_count; i++)
        if ((o->given >> i & 1) != 0 && option_rows[i].offset == row->offset)
            return true;
    return is_in_environment(row->name);
}

static const struct option_row *find_row(const char *name)
{
    for (size_t i = 0; i < option_row_count; i++)
        if ((option_rows[i].commands & ON_CONFIG) != 0 && strcmp(option_rows[i].name, name) == 0)
            return &option_rows[i];
    return NULL;
}

static bool refuse_name(const char *name, struct strbuf *out_why)
{
    const char *separator = "";
    text_put_escaped(out_why, name, strlen(name));
    strbuf_puts(out_why, ": no such option, expected one of ");
    for (size_t i = 0; i < option_row_count; i++) {
        if ((option_rows[i].commands & ON_CONFIG) == 0)
            continue;
        strbuf_printf(out_why, "%s%s", separator, option_rows[i].name);
        separator = ", ";
    }
    return false;
}

static bool refuse_value(const struct option_row *row, const char *value, struct strbuf *out_why)
{
    strbuf_printf(out_why, "%s = ", row->name);
    text_put_escaped(out_why, value, text_clip(value, strlen(value), 60));
    strbuf_puts(out_why, ": expected ");
    if (row->words != NULL)
        option_put_words(row->words, out_why);
    else if (row->argument == NULL)
        strbuf_puts(out_why, "yes or no");
    else
        strbuf_puts(out_why, row->expected != NULL ? row->expected : "a value");
    return false;
}

/* A flag of the command line is a yes or no here. */
static bool read_yes_or_no(const char *value, bool *out_yes)
{
    static const char *const words[] = {"no", "yes", "off", "on", "false", "true"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i], value) != 0)
            continue;
        *out_yes = i % 2 != 0;
        return true;
    }
    return false;
}

/* --follow is one of three states, the other flags are plain. */
static void set_flag(struct options *o, const struct option_row *row, bool yes)
{
    void *member = (char *)o + row->offset;
    if (row->offset == offsetof(struct options, follow))
        *(unsigned *)member = yes ? OPTION_FOLLOW_ON : OPTION_FOLLOW_OFF;
    else
        *(bool *)member = yes;
}

bool options_take(void *ctx, const struct config_line *line, struct strbuf *out_why)
{
    struct options *o = ctx;
    const struct option_row *row = find_row(line->key);
    if (row == NULL)
        return refuse_name(line->key, out_why);
    bool held = is_given(o, row), yes;
    if (row->argument == NULL) {
        if (!read_yes_or_no(line->value, &yes))
            return refuse_value(row, line->value, out_why);
        if (!held)
            set_flag(o, row, yes);
        return true;
    }
    struct options scratch = {0};
    struct options *target = held ? &scratch : o;
    if (line->value[0] == '\0' || !row->read(row, line->value, (char *)target + row->offset))
        return refuse_value(row, line->value, out_why);
    return true;
}
