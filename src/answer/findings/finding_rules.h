/*
 * The rules: for each kind of finding which rows it looks at, when it speaks up and what it says.
 *
 *   finding_growth.c   growth of heaps and of call stacks
 *   finding_frees.c    double frees, frees in the wrong heap
 *   finding_moves.c    reallocs
 *   finding_storms.c   short-lived blocks
 *   finding_threads.c  blocks freed by other threads
 *   finding_space.c    committed and not used
 *   finding_single.c   invalid Sources, large requests
 *
 * Private to finding*.c.
 */
#ifndef ANSWER_FINDINGS_FINDING_RULES_H
#define ANSWER_FINDINGS_FINDING_RULES_H

#include "answer/findings/finding_pass.h"
#include "base/text.h"
#include "model/callers.h"
#include "query/condition.h"

/* Which rows a rule takes. */
enum finding_rows {
    FINDING_ON_BLOCK = 1u << 0,   /* opened a block that is alive in the range */
    FINDING_ON_RESIZE = 1u << 1,  /* changed the size of a block in place */
    FINDING_ON_MISTAKE = 1u << 2, /* a double free or wrong heap candidate in the range */
    FINDING_ON_REALLOC = 1u << 3, /* a ReAlloc in the range that took effect */
    FINDING_ON_SPACE = 1u << 4,   /* tells of its heap, before the range, too */
    FINDING_ON_ODD = 1u << 5,     /* in the range: Source 5, failed, or large */
};

/* A finding before it is put into words. */
struct finding_draft {
    enum finding_kind kind;
    unsigned order; /* of the kind in the list */
    double score;   /* ranks those of one kind */
    size_t index;   /* in the pass: of the site, heap, pair or tally */
    bool is_site;   /* FINDING_GROWTH: a site; else a heap */
    struct finding_trend trend;
};

struct finding_drafts {
    struct finding_draft *items;
    size_t count, cap;
};

/* 0 or -ENOMEM. */
int finding_drafts_add(struct finding_drafts *d, const struct finding_draft *draft);

/* What a finding is put into words with. */
struct finding_writer {
    const struct finding_pass *pass;
    const struct finding_drafts *drafts;
    struct callers *callers;
    struct finding *out;    /* subject and numbers */
    struct strbuf sentence; /* the texts, cleared before each finding */
    struct strbuf condition, label, fact;
    struct arena *texts;
    bool several; /* processes have events: each heap says whose it is */
    bool failed;  /* memory is out */
};

struct finding_rule {
    unsigned rows;                                                      /* enum finding_rows */
    int (*take)(struct finding_pass *p, const struct finding_event *e); /* 0 or -ENOMEM */
    int (*judge)(const struct finding_pass *p, struct finding_drafts *out);
    void (*write)(struct finding_writer *w, const struct finding_draft *d);
};

extern const struct finding_rule finding_growth_rule, finding_frees_rule, finding_moves_rule,
    finding_storms_rule, finding_threads_rule, finding_space_rule, finding_single_rule;

#define FINDING_RULES 7
extern const struct finding_rule *const finding_rules[FINDING_RULES];

/* The rule that makes findings of the kind. */
const struct finding_rule *finding_rule_of(enum finding_kind kind);

/* ---- limits that several need ---- */

/* A request that anybody would ask about, and one whose failure says more than its size. */
#define FINDING_LARGE        (UINT64_C(64) << 20)
#define FINDING_LARGE_FAILED (UINT64_C(1) << 20)

/* Blocks of this size have pages of their own, which go with them (Windows' limit on 64 bits). */
#define FINDING_OWN_PAGES (UINT64_C(508) << 10)

#define FINDING_SOURCE_INVALID 5

/* ---- words (finding_words.c) ---- */

/* "heap 0x13d35bd0000", with the process where there are several. */
void finding_put_heap(struct finding_writer *w, struct strbuf *b, uint32_t heap);

/* "thread 2080". */
void finding_put_thread(struct finding_writer *w, struct strbuf *b, uint32_t thread);

/* "Solution!grow (stack 17)", "thread 2080 in heap 0x...". */
void finding_put_site(struct finding_writer *w, struct strbuf *b, const struct finding_site *s);

/* "Solution!grow (stack 17)", of the row; "" without a stack. */
void finding_put_caller(struct finding_writer *w, struct strbuf *b, uint64_t row);

/* "12,500 blocks", "1 block". */
void finding_put_count(struct strbuf *b, uint64_t n, const char *one, const char *many);

/* "1.20 MiB/s" over raw ticks. */
void finding_put_rate(struct finding_writer *w, struct strbuf *b, double bytes, int64_t ticks);

/* "40.0 s". */
void finding_put_span(struct finding_writer *w, struct strbuf *b, int64_t from, int64_t to);

/* "at 1.204 s", "from 1.204 s to 3.000 s". */
void finding_put_when(struct finding_writer *w, struct strbuf *b, int64_t from, int64_t to);

/* Adds " && " when the condition has terms already, and then the term. */
void finding_and_heap(struct finding_writer *w, uint32_t heap);
void finding_and_process(struct finding_writer *w, uint32_t process);
void finding_and_thread(struct finding_writer *w, uint32_t thread);
void finding_and_stack(struct finding_writer *w, uint32_t process, uint32_t stack);
void finding_and(struct finding_writer *w, const char *term);
/* The same in parentheses, for a term with "||". */
void finding_and_any(struct finding_writer *w, const char *terms);
void finding_and_time(struct finding_writer *w, int64_t from, int64_t to);

/* The blocks that are there at the end of the range; `old`: also those from before it. */
void finding_and_alive(struct finding_writer *w, bool old);

/* Keeps `fact` as a line of evidence, and clears it; nothing when it is empty. */
void finding_add_fact(struct finding_writer *w, const char *label);

/* Keeps a curve. */
const uint64_t *finding_add_curve(struct finding_writer *w, const int64_t *at);

#endif
