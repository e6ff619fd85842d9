/* The table of options made from option.def, and the help made from the table. */
#include "commands/option_table.h"

#include <string.h>

#include "base/text.h"
#include "commands/option.h"
#include "model/frame_rules.h"

#define HELP_COLUMN 22

static const char *const unit_words[] = {"exact", "short", NULL};
static const char *const time_words[] = {"start", "day", NULL};
static const char *const color_words[] = {"auto", "always", "never", NULL};
static const char *const tree_words[] = {"", "top-down", "bottom-up", "flat", "modules", NULL};
static const char *const sort_words[] = {
    "",        "outstanding",  "blocks", "allocs",      "alloc_bytes", "churn", "peak", "copied",
    "delta",   "delta_blocks", "new",    "gone",        "old",         "now",   "name", "born",
    "address", "size",         "heap",   "pid",         "died",        "age",   "life", "class",
    "tid",     "free_tid",     "source", "free_source", "stack",       "chain", NULL};
static const char *const class_words[] = {"aifi", "aifo", "aofi", "aofo", NULL};

/* ---- how an argument becomes a value ---- */

static bool read_flag(const struct option_row *row, const char *text, void *member)
{
    (void)row;
    (void)text;
    *(bool *)member = true;
    return true;
}

static bool read_follow(const struct option_row *row, const char *text, void *member)
{
    (void)row;
    (void)text;
    *(unsigned *)member = OPTION_FOLLOW_ON;
    return true;
}

static bool read_stay(const struct option_row *row, const char *text, void *member)
{
    (void)row;
    (void)text;
    *(unsigned *)member = OPTION_FOLLOW_OFF;
    return true;
}

static bool read_text(const struct option_row *row, const char *text, void *member)
{
    (void)row;
    *(const char **)member = text;
    return true;
}

static bool read_number(const struct option_row *row, const char *text, void *member)
{
    (void)row;
    struct option_number *number = member;
    number->given = text_parse_u64(text, strlen(text), false, &number->value);
    return number->given;
}

/* Bytes; none at all is not what anybody means. */
static bool read_size(const struct option_row *row, const char *text, void *member)
{
    (void)row;
    uint64_t bytes;
    if (!text_parse_u64(text, strlen(text), true, &bytes) || bytes == 0)
        return false;
    *(uint64_t *)member = bytes;
    return true;
}

static bool read_moment(const struct option_row *row, const char *text, void *member)
{
    (void)row;
    int64_t ns;
    if (!text_parse_duration(text, strlen(text), &ns) || ns < 0)
        return false;
    *(int64_t *)member = ns;
    return true;
}

static bool find_word(const char *const *words, const char *text, size_t len, unsigned *out_place)
{
    for (unsigned i = 0; len != 0 && words[i] != NULL; i++) {
        if (strncmp(words[i], text, len) == 0 && words[i][len] == '\0') {
            *out_place = i;
            return true;
        }
    }
    return false;
}

static bool read_word(const struct option_row *row, const char *text, void *member)
{
    return find_word(row->words, text, strlen(text), member);
}

/* Which words it may be depends on the command, which is not known yet: check_sort() knows. */
static bool read_sort(const struct option_row *row, const char *text, void *member)
{
    if (!find_word(row->words, text, strlen(text), member))
        *(unsigned *)member = OPTION_SORT_END;
    return true;
}

/* A flag that is one of several words itself. */
static bool read_kind(const struct option_row *row, const char *text, void *member)
{
    (void)text;
    return find_word(row->words, row->name, strlen(row->name), member);
}

static bool read_fold(const struct option_row *row, const char *text, void *member)
{
    (void)row;
    struct frame_rules *rules = frame_rules_parse(text, NULL);
    frame_rules_unref(rules);
    *(const char **)member = text;
    return rules != NULL;
}

/* A list of words, as bits. */
static bool read_words(const struct option_row *row, const char *text, void *member)
{
    unsigned bits = 0;
    for (;;) {
        size_t len = strcspn(text, ",");
        unsigned place;
        if (!find_word(row->words, text, len, &place))
            return false;
        bits |= 1u << place;
        if (text[len] == '\0')
            break;
        text += len + 1;
    }
    *(unsigned *)member = bits;
    return true;
}

#define EXPECTED_flag   NULL
#define EXPECTED_follow NULL
#define EXPECTED_stay   NULL
#define EXPECTED_text   NULL
#define EXPECTED_number "a number, decimal or 0x hex"
#define EXPECTED_size   "a number of bytes such as 500M or 100G"
#define EXPECTED_moment "a time since the trace's start, such as 0.5, 300ms or 2m"
#define EXPECTED_word   NULL
#define EXPECTED_sort   NULL
#define EXPECTED_kind   NULL
#define EXPECTED_fold   "patterns such as 'ntdll; ucrtbase!; *!malloc*'"
#define EXPECTED_words  NULL

const struct option_row option_rows[] = {
#define OPTION(name_, letter_, argument_, commands_, how, member_, words_, help_)                  \
    {.name = (name_),                                                                              \
     .letter = (letter_),                                                                          \
     .argument = (argument_),                                                                      \
     .commands = (commands_),                                                                      \
     .read = read_##how,                                                                           \
     .offset = offsetof(struct options, member_),                                                  \
     .words = (words_),                                                                            \
     .expected = EXPECTED_##how,                                                                   \
     .help = (help_)},
#include "commands/option.def"
#undef OPTION
};

const size_t option_row_count = sizeof option_rows / sizeof option_rows[0];

_Static_assert(sizeof option_rows / sizeof option_rows[0] <= OPTION_ROWS_MOST,
               "options outgrow the arrays of their parser");

void options_put_help(unsigned commands_, struct strbuf *out)
{
    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        if ((row->commands & commands_) == 0 || row->help == NULL)
            continue;
        size_t start = out->len;
        if (row->letter != 0)
            strbuf_printf(out, "  -%c, --%s", row->letter, row->name);
        else
            strbuf_printf(out, "  --%s", row->name);
        if (row->argument != NULL)
            strbuf_printf(out, " %s", row->argument);
        size_t used = out->len - start;
        int pad = used < HELP_COLUMN ? (int)(HELP_COLUMN - used) : 1;
        strbuf_printf(out, "%*s%s\n", pad, "", row->help);
    }
}
