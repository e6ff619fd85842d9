/*
 * What the parts of the filter share: the table of fields, the parsed expression, its evaluation.
 * Private to filter*.c.
 *
 *   text -> filter_parse.c (filter_lex.c, filter_value.c) -> struct filter -> filter_bind.c
 *                           (filter_expect.c listens)
 *        -> struct filter_run -> filter_run.c (filter_column.c)
 */
#ifndef QUERY_FILTER_PRIV_H
#define QUERY_FILTER_PRIV_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/arena.h"
#include "model/frame_rules.h"
#include "model/id_map.h"
#include "query/filter.h"
#include "query/filter_expect.h"

/* A limit of the language beside FILTER_MAX_LENGTH, so that no text can exhaust the stack. */
#define FILTER_MAX_DEPTH 64

enum filter_field_id {
    FILTER_FIELD_OP,
    FILTER_FIELD_HEAP,
    FILTER_FIELD_PID,
    FILTER_FIELD_TID,
    FILTER_FIELD_PROCESS,
    FILTER_FIELD_ADDRESS,
    FILTER_FIELD_OLD_ADDRESS,
    FILTER_FIELD_SIZE,
    FILTER_FIELD_OLD_SIZE,
    FILTER_FIELD_BLOCK_SIZE,
    FILTER_FIELD_SOURCE,
    FILTER_FIELD_TIME,
    FILTER_FIELD_LIFE,
    FILTER_FIELD_STACK,
    FILTER_FIELD_MODULE,
    FILTER_FIELD_IMAGE,
    FILTER_FIELD_CLASS,
    FILTER_FIELD_CHAIN,
    FILTER_FIELD_LIVE,
    FILTER_FIELD_TEMPORARY,
    FILTER_FIELD_UNMATCHED,
    FILTER_FIELD_FAILED,
    FILTER_FIELD_REPAIRED,
    FILTER_FIELDS
};

/* What a field's values are: decides operators, spelling and error texts. */
enum filter_type {
    FILTER_TYPE_FLAG,
    FILTER_TYPE_OP,
    FILTER_TYPE_HANDLE,
    FILTER_TYPE_NUMBER,
    FILTER_TYPE_NAME,
    FILTER_TYPE_ADDRESS, /* of a block: may ask for a byte inside */
    FILTER_TYPE_POINTER,
    FILTER_TYPE_SIZE,
    FILTER_TYPE_SOURCE,
    FILTER_TYPE_TIME,
    FILTER_TYPE_DURATION,
    FILTER_TYPE_STACK, /* a number, and the names of frames */
    FILTER_TYPE_FILE,  /* of an image: in any case, as Windows has it */
    FILTER_TYPE_CLASS, /* enum block_class */
    FILTER_TYPE_COUNT,
    FILTER_TYPES
};

/* Groups of operators that a type allows. */
enum filter_operators {
    FILTER_EQUALITY = 1u << 0, /* == != in [..] */
    FILTER_ORDER = 1u << 1,    /* < <= > >= in a..b */
    FILTER_MATCH = 1u << 2,    /* ~ !~ with a part of the text */
    FILTER_REGEX = 1u << 3,    /* ~ /../ too */
    FILTER_CONTAINS = 1u << 4,
};

struct filter_type_info {
    unsigned operators;
    const char *value; /* what is expected behind an operator */
    const char *part;  /* and behind ~ */
};

/* True when the values are names, not numbers. */
static inline bool filter_type_is_name(enum filter_type type)
{
    return type == FILTER_TYPE_NAME || type == FILTER_TYPE_FILE;
}

struct filter_field {
    const char *name;
    enum filter_type type;
    bool fate;         /* tells the end of a block, so it can change after the row was appended */
    bool stack;        /* tells of the call stack, which comes after its row, and of names */
    const char *about; /* what it is, in a few words */
};

/* One operator; `in` and `contains` have a grammar of their own. */
struct filter_comparison {
    const char *symbol;
    unsigned operators; /* the group it belongs to */
    bool negated;
    bool below, at, above;           /* of the value: which numbers are in */
    const char *about, *about_names; /* what it asks; of names, when that is something else */
};

#define FILTER_COMPARISONS 10

/* The fields in order of filter_field_id, and the properties of their types. */
extern const struct filter_field filter_fields[FILTER_FIELDS];
extern const struct filter_type_info filter_types[FILTER_TYPES];

/* The operators, in the order in which people are told of them. */
extern const struct filter_comparison filter_comparisons[FILTER_COMPARISONS];

/* The field called [s, s+n); FILTER_FIELDS when there is none. */
enum filter_field_id filter_find_field(const char *s, size_t n);

/* True when [s, s+n) is the beginning of a field's name. */
bool filter_field_begins(const char *s, size_t n);

/* Values in [low, high]. Signed ones (time, life) are shifted by filter_signed(). */
struct filter_interval {
    uint64_t low, high;
};

/* Orders signed values like unsigned ones. Its own inverse, but for the type. */
static inline uint64_t filter_signed(int64_t v)
{
    return (uint64_t)v ^ UINT64_C(1) << 63;
}

enum filter_test {
    FILTER_TEST_FLAG,     /* the flag is set */
    FILTER_TEST_VALUES,   /* the value lies in one of `intervals` */
    FILTER_TEST_NAMES,    /* the text is one of `names` */
    FILTER_TEST_PART,     /* the text contains names[0] */
    FILTER_TEST_REGEX,    /* the text matches `regex` */
    FILTER_TEST_CONTAINS, /* the block covers intervals[0].low */
};

struct filter_name {
    char *s; /* in the filter's arena */
    size_t len;
};

struct filter_cond {
    enum filter_field_id field;
    enum filter_test test;
    bool negated; /* != !~: the opposite, but still false where the value is absent */
    struct filter_interval *intervals; /* ascending, apart; owned */
    struct filter_name *names;         /* owned */
    size_t count;                      /* of intervals or names */
    pcre2_code *regex;                 /* owned */
};

enum filter_node_kind { FILTER_NODE_COND, FILTER_NODE_AND, FILTER_NODE_OR, FILTER_NODE_NOT };

struct filter_node {
    enum filter_node_kind kind;
    uint32_t cond;             /* index, FILTER_NODE_COND */
    struct filter_node *first; /* children, in a list */
    struct filter_node *next;
};

struct filter {
    _Atomic uint32_t refs;
    char *text;
    struct filter_node *root; /* NULL: every row */
    struct filter_cond *conds;
    size_t cond_count, cond_cap;
    bool fate, stack, range, chain; /* what its fields depend on */
    struct symbol_table *symbols;   /* what frames are called */
    struct frame_rules *rules;      /* which of them are the allocator's */
    struct arena arena;             /* nodes and names */
};

/* True when the condition asks for names on the call stack, not for its number. */
static inline bool filter_cond_asks_names(const struct filter_cond *c)
{
    return filter_fields[c->field].stack && c->test != FILTER_TEST_VALUES;
}

/* Releases what the condition owns. */
void filter_cond_release(struct filter_cond *c);

/* Parses the text into `f` (filter_parse.c). False with the error set. */
bool filter_parse_text(struct filter *f, const char *text, size_t len,
                       struct filter_error *out_error, struct filter_expectation *expect);

/* filter_parse() that tells what it looked for last; `expect` may be NULL. */
struct filter *filter_parse_expecting(const char *text, size_t len, struct filter_error *out_error,
                                      struct filter_expectation *expect);

/* A cursor over the text, and the first error met. */
struct filter_lexer {
    const char *s;
    size_t len;
    size_t at;
    unsigned open; /* parentheses */
    struct filter_error *error;
    struct filter_expectation *expect; /* borrowed; NULL: nobody asks */
};

/* The parser looks for this at the cursor now. */
void filter_lex_expect(struct filter_lexer *lx, enum filter_expected what, unsigned field);

bool filter_lex_at_end(const struct filter_lexer *lx);
void filter_lex_skip_blanks(struct filter_lexer *lx);

/* Takes `symbol` when it comes next (blanks were skipped). */
bool filter_lex_take(struct filter_lexer *lx, const char *symbol);

/* Length of the identifier at the cursor; 0 when there is none. */
size_t filter_lex_word(const struct filter_lexer *lx);

/* Takes the word `word` when exactly that comes next. */
bool filter_lex_take_word(struct filter_lexer *lx, const char *word);

/* Length of the unquoted value at the cursor; it ends before ".." when `range`. */
size_t filter_lex_value(const struct filter_lexer *lx, bool range);

/*
 * Reports that something else was expected at `offset` and returns false. `begins`: what stands
 * there up to the end of the text is the beginning of something right; at the very end that holds
 * always.
 */
bool filter_lex_fail(struct filter_lexer *lx, size_t offset, bool begins, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * Reads one value of the condition's field as an interval of one value (a name for the type name)
 * and adds it to `c`. Returns false with the error set.
 */
bool filter_read_value(struct filter_lexer *lx, struct filter *f, struct filter_cond *c);

/* Reads `a..b` into one interval. */
bool filter_read_range(struct filter_lexer *lx, struct filter_cond *c);

/* Reads one item of a list: a value, or `a..b` where the type has an order. */
bool filter_read_item(struct filter_lexer *lx, struct filter *f, struct filter_cond *c);

/* Reads what stands behind ~ and !~: a part of the text or a /regular expression/. */
bool filter_read_pattern(struct filter_lexer *lx, struct filter *f, struct filter_cond *c);

/* Adds [low, high]; end with filter_sort_intervals(). */
void filter_add_interval(struct filter_cond *c, uint64_t low, uint64_t high);
void filter_sort_intervals(struct filter_cond *c);

/* True when `v` lies in one of the intervals. O(log count). */
bool filter_intervals_have(const struct filter_interval *intervals, size_t count, uint64_t v);

/* What a condition says about a whole chunk. */
enum filter_verdict { FILTER_NONE, FILTER_SOME, FILTER_ALL };

/* A condition bound to a trace. */
struct filter_bound {
    const struct filter_cond *cond;
    struct filter_interval *intervals; /* of the condition, times as raw ticks; owned */
    size_t count;

    /*
     * Conditions that ask about an operation, heap, thread, process or Source alone are answered
     * once for each, by index. The answers are a cache: what it does not cover is asked anew.
     */
    uint8_t *answers; /* owned */
    uint32_t answered;
    size_t answers_cap;
    uint64_t zone_mask; /* zone bits of the indices whose answer is yes */

    uint32_t *unnamed; /* processes that had no name when a thread of theirs was judged; owned */
    size_t unnamed_count, unnamed_cap;
    uint32_t processes_seen;

    struct filter_stacks *stacks; /* conditions on the names of frames; owned */

    enum filter_verdict verdict; /* for the chunk being scanned */
};

struct filter_run {
    struct filter *filter;
    const struct trace *trace;
    struct filter_bound *bound; /* one for each condition */
    int64_t since, until;       /* raw; what `class` goes by */
    pcre2_match_data *match_data;
    pcre2_match_context *match_context;
    bool stale; /* an answer given before has changed */
};

/* Binding (filter_bind.c). Returns 0 or -ENOMEM. */
int filter_bind(struct filter_run *run);
void filter_unbind(struct filter_run *run);

/* Answers for the registry's new entries, and for processes that got a name. */
void filter_bind_more(struct filter_run *run);

/* The answer for an operation, heap, thread or Source that the cache does not cover. */
bool filter_answer(const struct filter_run *run, const struct filter_bound *b, uint32_t index);

/* Whether a regular expression matches a text, within FILTER_REGEX_STEPS. */
bool filter_regex_matches(const struct filter_run *run, const pcre2_code *regex, const char *text);

/* Answers by call stack (filter_stack.c). NULL when memory is out. */
struct filter_stacks *filter_stacks_new(const struct filter_run *run);
void filter_stacks_free(struct filter_stacks *s); /* NULL is fine */

/* Takes note of images and symbols learnt since. True when they void the answers given before. */
bool filter_stacks_refresh(struct filter_stacks *s, const struct filter_run *run);

/* The answer for a row of `thread` with `stack`, at raw `time`. O(1) expected once found. */
bool filter_stacks_answer(const struct filter_run *run, const struct filter_bound *b,
                          uint32_t thread, uint32_t stack, int64_t time);

/* Of the rows from `id` on that `care` names, those whose answer is yes. */
uint64_t filter_stacks_word(const struct filter_run *run, const struct filter_bound *b,
                            const struct store_chunk *c, uint64_t id, uint64_t care);

/* Frames looked at for answers so far: some 300 ns each. */
uint64_t filter_stacks_frames(const struct filter_stacks *s);

/* True when `part` occurs in the shown text ("0x13d35bd0000") of `v`. */
bool filter_hex_has(uint64_t v, const struct filter_name *part);

/* Evaluation of one condition (filter_column.c): for a chunk, for rows [id, id+n) of which `care`
 * names those that matter (n <= 64, id % 64 == 0), for one row. */
enum filter_verdict filter_column_judge(const struct filter_bound *b, const struct store_zone *z);
uint64_t filter_column_word(const struct filter_run *run, const struct filter_bound *b,
                            const struct store_chunk *c, uint64_t id, uint32_t n, uint64_t care);
bool filter_column_row(const struct filter_run *run, const struct filter_bound *b,
                       const struct store_chunk *c, uint64_t id);

#endif
