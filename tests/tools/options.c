/* Command line parsing from the table in options.def; see options.h. */
#include "options.h"

#include <getopt.h>
#include <stddef.h>
#include <string.h>

#include "damage.h"
#include "number.h"
#include "workload.h"

enum { FIRST_LONG = 256, HELP_COLUMN = 28 };

enum value_type {
    VALUE_FLAG,
    VALUE_U8,
    VALUE_U32,
    VALUE_U64,
    VALUE_TEXT,
    VALUE_WORD, /* one of `words`; its place is the enum's value */
    VALUE_RATE,
    VALUE_PLANT,
    VALUE_DAMAGE,
    VALUE_LIVE
};

static const char *const FORM_WORDS[] = {"system", "compact", "perfinfo", "full", "mixed", NULL};
static const char *const POINTER_WORDS[] = {"64", "32", "mixed", NULL};
static const char *const LAYOUT_WORDS[] = {"v3", "old", "v2", "newest", NULL};
static const char *const CLOCK_WORDS[] = {"default", "qpc", "system", "cycles", NULL};
static const char *const SHAPE_WORDS[] = {"sequential", "circular", "preallocated",
                                          "append",     "merged",   "relogged",
                                          "unfinished", "shared",   NULL};
static const char *const COMPRESSION_WORDS[] = {"none",   "-",           "lznt1",
                                                "xpress", "xpress-huff", NULL};

static const struct option_row {
    const char *name;
    char letter;
    enum value_type type;
    size_t at;
    const char *argument;
    const char *const *words;
    const char *help;
} ROWS[] = {
#define OPTION(name, letter, type, place, argument, words, help)                                   \
    {name, letter, VALUE_##type, offsetof(struct command, place), argument, words, help},
#include "options.def"
#undef OPTION
};

enum { ROW_COUNT = sizeof ROWS / sizeof ROWS[0] };

static const struct {
    const char *word;
    uint16_t rate;
    const char *help;
} KNOBS[MKETL_KNOBS] = {
#define KNOB(name, word, rate, help) {word, rate, help},
#include "knobs.def"
#undef KNOB
};

static const struct {
    const char *word;
    const char *help;
} PLANTS[MKETL_PLANTS] = {
#define PLANT(name, word, help) {word, help},
#include "planted.def"
#undef PLANT
};

static int complain(const char *option, const char *value)
{
    fprintf(stderr, "mketl: --%s: '%s' makes no sense here, see --help\n", option, value);
    return -1;
}

static int parse_word(const char *const *words, const char *text, uint64_t *out_value)
{
    for (size_t i = 0; words[i]; i++)
        if (strcmp(words[i], text) == 0) {
            *out_value = i;
            return 0;
        }
    return -1;
}

/* "word=N", or "all=N" for every knob. */
static int parse_rate(struct mketl_options *options, const char *text)
{
    size_t word = strcspn(text, "=");
    uint64_t rate;
    bool found = false;
    if (text[word] == '\0' || number_parse(text + word + 1, 1000, &rate) != 0)
        return -1;
    for (size_t i = 0; i < MKETL_KNOBS; i++) {
        bool named = strlen(KNOBS[i].word) == word && memcmp(KNOBS[i].word, text, word) == 0;
        if (!named && !(word == 3 && memcmp(text, "all", 3) == 0))
            continue;
        options->rates[i] = rate ? (uint16_t)rate : MKETL_RATE_OFF;
        found = true;
    }
    return found ? 0 : -1;
}

static int take_plant(struct mketl_options *options, const char *text)
{
    for (size_t i = 0; i < MKETL_PLANTS; i++)
        if (strcmp(PLANTS[i].word, text) == 0) {
            options->workload = MKETL_WORKLOAD_PLANTED;
            options->planted |= 1u << i;
            return 0;
        }
    return -1;
}

static void store(void *member, enum value_type type, uint64_t value)
{
    if (type == VALUE_U8)
        *(uint8_t *)member = (uint8_t)value;
    else if (type == VALUE_U64)
        *(uint64_t *)member = value;
    else
        *(uint32_t *)member = (uint32_t)value; /* words too: enums are 32 bits wide */
}

static int take_damage(struct command *command, const char *text)
{
    if (command->damage_count == OPTIONS_MOST_DAMAGE)
        return -1;
    command->damage[command->damage_count++] = text;
    return 0;
}

static int take_live(struct command *command, const char *text)
{
    uint64_t ms;
    if (number_parse(text, UINT32_MAX, &ms) != 0)
        return -1;
    command->live = true;
    command->live_ms = (uint32_t)ms;
    return 0;
}

static int take(struct command *command, const struct option_row *row, const char *text)
{
    static const uint64_t MOST[] = {
        [VALUE_U8] = UINT8_MAX, [VALUE_U32] = UINT32_MAX, [VALUE_U64] = INT64_MAX};
    char *member = (char *)command + row->at;
    uint64_t value = 0;
    int result = 0;
    switch (row->type) {
    case VALUE_FLAG:
        *(bool *)(void *)member = true;
        break;
    case VALUE_TEXT:
        *(const char **)(void *)member = text;
        break;
    case VALUE_U8:
    case VALUE_U32:
    case VALUE_U64:
        result = number_parse(text, MOST[row->type], &value);
        store(member, row->type, value);
        break;
    case VALUE_WORD:
        result = parse_word(row->words, text, &value);
        store(member, row->type, value);
        break;
    case VALUE_RATE:
        result = parse_rate(&command->trace, text);
        break;
    case VALUE_PLANT:
        result = take_plant(&command->trace, text);
        break;
    case VALUE_DAMAGE:
        result = take_damage(command, text);
        break;
    case VALUE_LIVE:
        result = take_live(command, text);
        break;
    }
    return result == 0 ? 0 : complain(row->name, text);
}

static const struct option_row *find_row(int code)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (code == FIRST_LONG + (int)i || (ROWS[i].letter && code == ROWS[i].letter))
            return &ROWS[i];
    return NULL;
}

static void fill_getopt(struct option *longs, char *letters)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        longs[i] =
            (struct option){ROWS[i].name, ROWS[i].argument ? 1 : 0, NULL, FIRST_LONG + (int)i};
        if (!ROWS[i].letter)
            continue;
        *letters++ = ROWS[i].letter;
        if (ROWS[i].argument)
            *letters++ = ':';
    }
    longs[ROW_COUNT] = (struct option){0};
    *letters = '\0';
}

int options_parse(int argc, char **argv, struct command *out_command)
{
    struct option longs[ROW_COUNT + 1];
    char letters[2 * ROW_COUNT + 1];
    struct command command = {0};
    fill_getopt(longs, letters);
    for (int code; (code = getopt_long(argc, argv, letters, longs, NULL)) != -1;) {
        const struct option_row *row = find_row(code);
        if (!row || take(&command, row, optarg) != 0)
            return -1; /* getopt has told about what it does not know */
    }
    if (optind < argc) {
        fprintf(stderr, "mketl: '%s' is no option, see --help\n", argv[optind]);
        return -1;
    }
    *out_command = command;
    return 0;
}

static void print_row(const struct option_row *row, FILE *out)
{
    int width = 0;
    if (row->letter)
        width += fprintf(out, "  -%c, ", row->letter);
    else
        width += fprintf(out, "      ");
    width += fprintf(out, "--%s", row->name);
    if (row->argument)
        width += fprintf(out, " %s", row->argument);
    fprintf(out, "%*s %s", width < HELP_COLUMN ? HELP_COLUMN - width : 1, "", row->help);
    for (size_t i = 0; row->words && row->words[i]; i++)
        if (strcmp(row->words[i], "-") != 0)
            fprintf(out, "%s%s", i ? " " : ": ", row->words[i]);
    fputc('\n', out);
}

void options_print_help(FILE *out)
{
    fputs("mketl: writes ETL traces of heap events for the tests of heaptail.\n\n"
          "  mketl -o FILE [--truth FILE] [--tsv FILE] [OPTIONS]\n\n",
          out);
    for (size_t i = 0; i < ROW_COUNT; i++)
        print_row(&ROWS[i], out);
    fputs("\nKnobs of --rate, in a thousand events (default); all=N sets every one:\n", out);
    for (size_t i = 0; i < MKETL_KNOBS; i++)
        fprintf(out, "  %-18s%4d  %s\n", KNOBS[i].word, KNOBS[i].rate, KNOBS[i].help);
    fputs("\nWhat can be --planted:\n", out);
    for (size_t i = 0; i < MKETL_PLANTS; i++)
        fprintf(out, "  %-18s%s\n", PLANTS[i].word, PLANTS[i].help);
    fprintf(out, "\nKinds of --damage:\n%s\n%s", DAMAGE_HELP, TEXT_WORKLOAD_HELP);
}
