/*
 * Workloads as text, so that a test can say exactly what happens and a recorded program can become
 * a capture.  TEXT_WORKLOAD_HELP below is the description of the lines.
 */
#include "workload.h"

#include <string.h>

#include "mem.h"
#include "number.h"

const char *const TEXT_WORKLOAD_HELP =
    "Lines of a --workload, in the order of time; # begins a comment:\n"
    "  TIME PID TID VERB ARGUMENTS... [KEY=VALUE...]\n"
    "TIME is in seconds since the trace's start, with up to 7 digits behind the point; = is the\n"
    "time of the line before.  Numbers may be hexadecimal.  A TID stands in for its thread's CPU:\n"
    "CPU is TID / 4 modulo the number of CPUs unless cpu=N is given; ptr=4 makes it a record of a\n"
    "32-bit process.  Verbs:\n"
    "  start NAME, end, dcstart NAME, dcend NAME     the process PID\n"
    "  create HEAP, destroy HEAP                     flags= reserved= committed= allocated=\n"
    "  load ADDRESS SIZE PATH                        a module; pdb=NAME guid=32-HEX-DIGITS age=\n"
    "  alloc HEAP ADDRESS SIZE                       source= (3) stack=HOW-MANY-FRAMES, or\n"
    "                                                frames=ADDRESS,... from the leaf\n"
    "  free HEAP ADDRESS                             source=\n"
    "  realloc HEAP OLD NEW OLDSIZE NEWSIZE          the ReAlloc record alone; source=\n"
    "  move HEAP OLD NEW OLDSIZE NEWSIZE             Alloc, Free and ReAlloc of a block that "
    "moves\n"
    "  expand HEAP ADDRESS SIZE, contract ...        committed= reserved= freespace= ucrs=\n"
    "  snapshot HEAP                                 flags= committed= reserved= freespace=\n"
    "  lock HEAP, unlock HEAP, validate HEAP, walk HEAP\n"
    "  range-rundown HEAP ADDRESS SIZE, range-create HEAP SIZE, range-reserve HEAP ADDRESS SIZE,\n"
    "  range-release HEAP ADDRESS SIZE, range-destroy HEAP\n"
    "  op HEAP                                       op=N: any other heap opcode\n"
    "  sample                                        a CPU sample\n"
    "  mark NAME                                     a mark of the session\n";

enum { MOST_WORDS = 24, MOST_ARGUMENTS = 5, FREE_LAG = 34, SUMMARY_LAG = 38 };

/* What an argument of a verb fills. */
enum argument { NONE, HEAP, ADDRESS, SIZE, OLD_ADDRESS, OLD_SIZE, NAME };

enum verb_kind { VERB_PLAIN, VERB_MOVE, VERB_LOAD };

/* clang-format off */
static const struct verb {
    const char *word;
    enum verb_kind verb;
    uint8_t kind;
    uint8_t opcode;
    enum argument arguments[MOST_ARGUMENTS];
} VERBS[] = {
    {"start",         VERB_PLAIN, MKETL_KIND_PROCESS,  MKETL_START,         {NAME}},
    {"end",           VERB_PLAIN, MKETL_KIND_PROCESS,  MKETL_END,           {NONE}},
    {"dcstart",       VERB_PLAIN, MKETL_KIND_PROCESS,  MKETL_DC_START,      {NAME}},
    {"dcend",         VERB_PLAIN, MKETL_KIND_PROCESS,  MKETL_DC_END,        {NAME}},
    {"load",          VERB_LOAD,  MKETL_KIND_IMAGE,    MKETL_DC_START,      {ADDRESS, SIZE, NAME}},
    {"create",        VERB_PLAIN, MKETL_KIND_HEAP,     MKETL_CREATE,        {HEAP}},
    {"destroy",       VERB_PLAIN, MKETL_KIND_HEAP,     MKETL_DESTROY,       {HEAP}},
    {"alloc",         VERB_PLAIN, MKETL_KIND_HEAP,     MKETL_ALLOC,         {HEAP, ADDRESS, SIZE}},
    {"free",          VERB_PLAIN, MKETL_KIND_HEAP,     MKETL_FREE,          {HEAP, ADDRESS}},
    {"realloc",       VERB_PLAIN, MKETL_KIND_HEAP,     MKETL_REALLOC,
     {HEAP, OLD_ADDRESS, ADDRESS, OLD_SIZE, SIZE}},
    {"move",          VERB_MOVE,  MKETL_KIND_HEAP,     MKETL_REALLOC,
     {HEAP, OLD_ADDRESS, ADDRESS, OLD_SIZE, SIZE}},
    {"expand",        VERB_PLAIN, MKETL_KIND_HEAP,     MKETL_EXPAND,        {HEAP, ADDRESS, SIZE}},
    {"contract",      VERB_PLAIN, MKETL_KIND_HEAP,     MKETL_CONTRACT,      {HEAP, ADDRESS, SIZE}},
    {"snapshot",      VERB_PLAIN, MKETL_KIND_HEAP,     MKETL_SNAPSHOT,      {HEAP}},
    {"lock",          VERB_PLAIN, MKETL_KIND_HEAP,     MKETL_LOCK,          {HEAP}},
    {"unlock",        VERB_PLAIN, MKETL_KIND_HEAP,     MKETL_UNLOCK,        {HEAP}},
    {"validate",      VERB_PLAIN, MKETL_KIND_HEAP,     MKETL_VALIDATE,      {HEAP}},
    {"walk",          VERB_PLAIN, MKETL_KIND_HEAP,     MKETL_WALK,          {HEAP}},
    {"range-rundown", VERB_PLAIN, MKETL_KIND_RANGE,    MKETL_RANGE_RUNDOWN, {HEAP, ADDRESS, SIZE}},
    {"range-create",  VERB_PLAIN, MKETL_KIND_RANGE,    MKETL_RANGE_CREATE,  {HEAP, SIZE}},
    {"range-reserve", VERB_PLAIN, MKETL_KIND_RANGE,    MKETL_RANGE_RESERVE, {HEAP, ADDRESS, SIZE}},
    {"range-release", VERB_PLAIN, MKETL_KIND_RANGE,    MKETL_RANGE_RELEASE, {HEAP, ADDRESS, SIZE}},
    {"range-destroy", VERB_PLAIN, MKETL_KIND_RANGE,    MKETL_RANGE_DESTROY, {HEAP}},
    {"op",            VERB_PLAIN, MKETL_KIND_HEAP,     0,                   {HEAP}},
    {"sample",        VERB_PLAIN, MKETL_KIND_SAMPLE,   0,                   {NONE}},
    {"mark",          VERB_PLAIN, MKETL_KIND_MARK,     0,                   {NAME}},
};

/* KEY=VALUE pairs that fill a field of the event. */
#define KEY(word, member) \
    {word, offsetof(struct mketl_event, member), sizeof(((struct mketl_event *)0)->member)}
static const struct key {
    const char *word;
    size_t at;
    size_t size;
} KEYS[] = {
    KEY("cpu", cpu),             KEY("ptr", pointer_size),     KEY("flags", flags),
    KEY("source", source),       KEY("reserved", reserved),    KEY("committed", committed),
    KEY("allocated", allocated), KEY("freespace", free_space), KEY("ucrs", count),
    KEY("op", opcode),           KEY("address", address),      KEY("size", size),
};
#undef KEY
/* clang-format on */

struct line {
    struct recorder *recorder;
    unsigned number;
    char *words[MOST_WORDS];
    size_t count;
    int64_t time;         /* of the last line */
    uint32_t frame_count; /* of the event's stack; 0: it has none */
    uint64_t frames[FRAMES_MOST];
    struct mketl_module module;
    const struct verb *verb;
    struct mketl_event event;
};

/* Seconds with up to 7 digits behind the point, as ticks of 100 ns. */
static int parse_time(const char *text, int64_t *out_ticks)
{
    enum { MOST_SECONDS = 1000000 };
    uint64_t seconds;
    text = number_read(text, &seconds);
    if (!text || seconds > MOST_SECONDS)
        return -1;
    int64_t ticks = (int64_t)seconds * RECORDER_SECOND;
    int64_t unit = RECORDER_SECOND;
    if (*text == '.')
        for (text++; *text >= '0' && *text <= '9' && unit > 1; text++) {
            unit /= 10;
            ticks += (*text - '0') * unit;
        }
    *out_ticks = ticks;
    return *text ? -1 : 0;
}

/* Cuts the text into words between blanks, up to a comment. */
static void split(struct line *line, char *text)
{
    static const char BLANKS[] = " \t";
    text[strcspn(text, "#\r")] = '\0';
    line->count = 0;
    for (text += strspn(text, BLANKS); *text && line->count < MOST_WORDS;
         text += strspn(text, BLANKS)) {
        line->words[line->count++] = text;
        text += strcspn(text, BLANKS);
        if (*text)
            *text++ = '\0';
    }
}

static const struct verb *find_verb(const char *word)
{
    for (size_t i = 0; i < sizeof VERBS / sizeof VERBS[0]; i++)
        if (strcmp(VERBS[i].word, word) == 0)
            return &VERBS[i];
    return NULL;
}

static int take_argument(struct line *line, enum argument argument, const char *word)
{
    struct mketl_event *event = &line->event;
    uint64_t *const fields[] = {
        [HEAP] = &event->heap,         [ADDRESS] = &event->address,         [SIZE] = &event->size,
        [OLD_SIZE] = &event->old_size, [OLD_ADDRESS] = &event->old_address,
    };
    if (argument == NAME) {
        event->name = word;
        return 0;
    }
    return number_parse(word, UINT64_MAX, fields[argument]);
}

/* A call chain of its own for every line of the text. */
static int take_stack(struct line *line, const char *text)
{
    uint64_t count;
    if (number_parse(text, FRAMES_MOST, &count) != 0)
        return -1;
    line->frame_count = (uint32_t)count;
    for (uint32_t i = 0; i < line->frame_count; i++)
        line->frames[i] = 0x10001000 + i * UINT64_C(0x100) + line->number;
    return 0;
}

static int take_frames(struct line *line, const char *text)
{
    for (line->frame_count = 0; line->frame_count < FRAMES_MOST; text++) {
        text = number_read(text, &line->frames[line->frame_count++]);
        if (!text || (*text && *text != ','))
            return -1;
        if (!*text)
            return 0;
    }
    return -1;
}

/* The digits in the order of the stored bytes. */
static int take_guid(struct line *line, const char *text)
{
    enum { DIGITS = 2 * sizeof line->module.guid };
    if (strlen(text) != DIGITS)
        return -1;
    for (size_t i = 0; i < sizeof line->module.guid; i++) {
        uint64_t byte;
        const char digits[] = {'0', 'x', text[2 * i], text[2 * i + 1], 0};
        if (number_parse(digits, UINT8_MAX, &byte) != 0)
            return -1;
        line->module.guid[i] = (uint8_t)byte;
    }
    return 0;
}

static int take_pdb(struct line *line, const char *text)
{
    line->module.pdb = text;
    return 0;
}

static int take_age(struct line *line, const char *text)
{
    uint64_t age;
    int result = number_parse(text, UINT32_MAX, &age);
    line->module.age = (uint32_t)age;
    return result;
}

/* KEY=VALUE pairs of another kind. */
static const struct text_key {
    const char *word;
    int (*take)(struct line *line, const char *text);
} TEXT_KEYS[] = {
    {"stack=", take_stack}, {"frames=", take_frames}, {"guid=", take_guid},
    {"pdb=", take_pdb},     {"age=", take_age},
};

static int take_key(struct line *line, const char *word)
{
    for (size_t i = 0; i < sizeof TEXT_KEYS / sizeof TEXT_KEYS[0]; i++) {
        size_t n = strlen(TEXT_KEYS[i].word);
        if (strncmp(word, TEXT_KEYS[i].word, n) == 0)
            return TEXT_KEYS[i].take(line, word + n);
    }
    size_t length = strcspn(word, "=");
    uint64_t value;
    if (number_parse(word + length + 1, UINT64_MAX, &value) != 0)
        return -1;
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++) {
        if (strlen(KEYS[i].word) != length || memcmp(KEYS[i].word, word, length) != 0)
            continue;
        void *member = (char *)&line->event + KEYS[i].at;
        if (KEYS[i].size == sizeof(uint64_t))
            *(uint64_t *)member = value;
        else if (KEYS[i].size == sizeof(uint32_t))
            *(uint32_t *)member = (uint32_t)value;
        else if (KEYS[i].size == sizeof(uint16_t))
            *(uint16_t *)member = (uint16_t)value;
        else
            *(uint8_t *)member = (uint8_t)value;
        return 0;
    }
    return -1;
}

/* The words every line opens with. */
static const char *parse_head(struct line *line)
{
    uint64_t pid;
    uint64_t tid;
    if (line->count < 4)
        return "a line is TIME PID TID VERB ...";
    if (strcmp(line->words[0], "=") != 0 && parse_time(line->words[0], &line->time) != 0)
        return "the time makes no sense";
    if (number_parse(line->words[1], UINT32_MAX, &pid) != 0 ||
        number_parse(line->words[2], UINT32_MAX, &tid) != 0)
        return "the pid or tid makes no sense";
    line->verb = find_verb(line->words[3]);
    if (!line->verb)
        return "nobody knows this verb";
    line->frame_count = 0;
    line->module = (struct mketl_module){.age = 1};
    line->event = (struct mketl_event){
        .kind = line->verb->kind,
        .opcode = line->verb->opcode,
        .time = line->time,
        .pid = (uint32_t)pid,
        .tid = (uint32_t)tid,
        .target_pid = (uint32_t)pid,
        .pointer_size = line->recorder->header.pointer_size,
        .cpu = (uint16_t)(tid / 4 % line->recorder->options->cpus),
        .source = MKETL_SOURCE_MAINPATH,
        .name = "",
    };
    return NULL;
}

static const char *parse_arguments(struct line *line)
{
    const enum argument *wanted = line->verb->arguments;
    size_t taken = 0;
    for (size_t i = 4; i < line->count; i++) {
        if (strchr(line->words[i], '=')) {
            if (take_key(line, line->words[i]) != 0)
                return "a KEY=VALUE makes no sense";
        } else if (taken == MOST_ARGUMENTS || wanted[taken] == NONE ||
                   take_argument(line, wanted[taken++], line->words[i]) != 0) {
            return "an argument makes no sense";
        }
    }
    if (taken < MOST_ARGUMENTS && wanted[taken] != NONE)
        return "an argument is missing";
    if (line->event.cpu >= line->recorder->options->cpus)
        return "there is no such CPU";
    if (line->event.pointer_size != 4 && line->event.pointer_size != 8)
        return "a pointer has 4 or 8 bytes";
    return NULL;
}

/* The three records of a block that moves, at the times of a real one (etl-format 4.7). */
static void log_move(struct line *line)
{
    struct mketl_event part = line->event;
    part.opcode = MKETL_ALLOC;
    recorder_log(line->recorder, &part);
    part.opcode = MKETL_FREE;
    part.address = line->event.old_address;
    part.time += FREE_LAG;
    recorder_log(line->recorder, &part);
    line->event.time += SUMMARY_LAG;
    recorder_log(line->recorder, &line->event);
}

static void log_called(struct line *line)
{
    recorder_log_called(
        line->recorder, &line->event,
        &(struct stack_call){
            .user = frames_add(&line->recorder->frames, line->frames, line->frame_count),
            .user_cpu = line->event.cpu,
        });
}

/* The module's record, and the one with its PDB that a merger adds. */
static void log_load(struct line *line)
{
    struct recorder *r = line->recorder;
    r->modules = mem_grow(r->modules, &r->module_capacity, r->module_count + 1, sizeof *r->modules);
    line->module.path = line->event.name;
    line->module.size = (uint32_t)line->event.size;
    line->event.module = r->modules[r->module_count++] =
        mem_copy(&line->module, sizeof line->module);
    recorder_log(r, &line->event);
    if (!line->module.pdb)
        return;
    line->event.kind = MKETL_KIND_IMAGE_ID;
    line->event.opcode = MKETL_IMAGE_RSDS;
    recorder_log(r, &line->event);
}

static const char *run_line(struct line *line)
{
    const char *wrong = parse_head(line);
    if (!wrong)
        wrong = parse_arguments(line);
    if (wrong)
        return wrong;
    if (line->verb->verb == VERB_MOVE)
        log_move(line);
    else if (line->verb->verb == VERB_LOAD)
        log_load(line);
    else if (line->frame_count)
        log_called(line);
    else
        recorder_log(line->recorder, &line->event);
    return NULL;
}

int text_workload_run(struct recorder *recorder, char *text, char out_error[MKETL_ERROR_SIZE])
{
    struct line line = {.recorder = recorder};
    char *rest;
    while (text) {
        rest = strchr(text, '\n');
        if (rest)
            *rest++ = '\0';
        line.number++;
        split(&line, text);
        const char *wrong = line.count > 0 ? run_line(&line) : NULL;
        if (wrong) {
            snprintf(out_error, MKETL_ERROR_SIZE, "workload line %u: %s", line.number, wrong);
            return -1;
        }
        text = rest;
    }
    return 0;
}
