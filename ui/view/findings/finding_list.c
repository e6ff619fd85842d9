/* Sentences as rows; see finding_list.h. */
#include "ui/view/findings/finding_list.h"

#include <string.h>

#include "answer/snapshot.h"
#include "base/text.h"
#include "ui/view/cell_format.h"

/* The sentence stands behind the kind and what is thought of it; in a narrow place below them. */
#define KIND_CELLS    14
#define TRUST_CELLS   4
#define SENTENCE_AT   (2 + KIND_CELLS + 1 + TRUST_CELLS + 2)
#define NARROW        60
#define SENTENCE_LESS 4

/* ---- rows ---- */

static uint64_t count(void *ctx)
{
    const struct finding_list *l = ctx;
    return l->found != NULL ? l->found->count : 0;
}

static void row(void *ctx, uint64_t pos, struct list_row *out_row)
{
    struct finding_list *l = ctx;
    (void)out_row;
    l->at = &l->found->items[pos];
}

static uint64_t row_id(void *ctx, uint64_t pos)
{
    const struct finding_list *l = ctx;
    return l->found->items[pos].key;
}

/* A finding that is there no more leaves its place to the next one. */
static uint64_t pos_of(void *ctx, uint64_t id)
{
    const struct finding_list *l = ctx;
    for (uint64_t i = 0; i < count(ctx); i++)
        if (l->found->items[i].key == id)
            return i;
    return l->list.pos;
}

static const struct list_source source = {
    .count = count, .row = row, .row_id = row_id, .pos_of = pos_of};

/* ---- columns: for finding and copying ---- */

static const char *trust_word(const struct finding_list *l)
{
    return finding_is_certain(&l->env->snapshot->trust) ? "high" : "low";
}

static void format_kind(void *ctx, struct list_cell *cell)
{
    strbuf_puts(cell->text, finding_words[((struct finding_list *)ctx)->at->kind].word);
}

static void format_trust(void *ctx, struct list_cell *cell)
{
    strbuf_puts(cell->text, trust_word(ctx));
}

static void format_sentence(void *ctx, struct list_cell *cell)
{
    strbuf_puts(cell->text, ((struct finding_list *)ctx)->at->sentence);
}

static void format_filter(void *ctx, struct list_cell *cell)
{
    strbuf_puts(cell->text, ((struct finding_list *)ctx)->at->condition);
}

static const struct list_column columns[] = {
    {.name = "kind",
     .title = "Kind",
     .min_width = 8,
     .max_width = KIND_CELLS,
     .format = format_kind},
    {.name = "confidence",
     .title = "Confidence",
     .min_width = 4,
     .max_width = 10,
     .format = format_trust},
    {.name = "sentence",
     .title = "Finding",
     .min_width = 20,
     .max_width = LIST_WIDE,
     .format = format_sentence},
    {.name = "filter",
     .title = "Filter",
     .min_width = 10,
     .max_width = 40,
     .priority = 1,
     .format = format_filter},
};

void finding_list_init(struct finding_list *l, const struct view_env *env)
{
    *l = (struct finding_list){.env = env};
    list_init(&l->list, &source, l, columns, sizeof columns / sizeof columns[0]);
    l->list.sort_column = LIST_NO_COLUMN;
}

void finding_list_release(struct finding_list *l)
{
    list_release(&l->list);
    strbuf_release(&l->text);
}

void finding_list_sync(struct finding_list *l)
{
    const struct snapshot *s = l->env->snapshot;
    l->found = s != NULL ? snapshot_findings(s) : NULL;
    l->at = NULL;
    list_sync(&l->list);
}

const struct finding *finding_list_selected(const struct finding_list *l)
{
    return l->found != NULL && l->list.pos < l->found->count ? &l->found->items[l->list.pos] : NULL;
}

/* ---- drawing ---- */

static int sentence_at(int cols)
{
    return cols >= NARROW ? SENTENCE_AT : SENTENCE_LESS;
}

/* Lines of its own before the sentence. */
static int head_lines(int cols)
{
    return cols >= NARROW ? 0 : 1;
}

/* The box of the sentence of a finding whose first line is `y`. */
static struct canvas sentence_box(const struct canvas *c, int y)
{
    int x = sentence_at(c->cols);
    struct canvas box = canvas_sub(c, 0, x, c->rows, c->cols - x - 1);
    (void)y;
    return box;
}

static int lines_of(const struct finding *f, const struct canvas *c)
{
    struct canvas measure = sentence_box(c, 0);
    measure.rows = 0;
    int lines = canvas_paragraph(&measure, 0, ROLE_TEXT, f->sentence);
    return head_lines(c->cols) + (lines > 0 ? lines : 1);
}

int finding_list_lines(const struct finding_list *l, int cols, int most)
{
    struct canvas c = l->list.drawn;
    int lines = 0;
    c.rows = 0;
    c.cols = cols;
    for (uint64_t i = 0; l->found != NULL && i < l->found->count && lines < most; i++)
        lines += lines_of(&l->found->items[i], &c);
    return lines < most ? lines : most;
}

/* The selected one is in sight whole, where it can be, and what is above it stays. */
static void scroll(struct finding_list *l, const struct canvas *c)
{
    uint64_t pos = l->list.pos;
    int lines = 0;
    if (l->top > pos)
        l->top = pos;
    uint64_t least = pos + 1;
    while (least > l->top) {
        lines += lines_of(&l->found->items[least - 1], c);
        if (lines > c->rows && least <= pos)
            break;
        least--;
    }
    l->top = least;
}

static enum role role_of(enum finding_kind kind)
{
    static const enum role roles[FINDING_KINDS] = {
        [FINDING_DOUBLE_FREE] = ROLE_EVENT_FAIL, [FINDING_WRONG_HEAP] = ROLE_EVENT_FAIL,
        [FINDING_GROWTH] = ROLE_OUTSTANDING,     [FINDING_INVALID_SOURCE] = ROLE_EVENT_FAIL,
        [FINDING_REALLOC] = ROLE_EVENT_REALLOC,  [FINDING_STORM] = ROLE_EVENT_ALLOC,
        [FINDING_CROSS_THREAD] = ROLE_THREAD,    [FINDING_FRAGMENTATION] = ROLE_OUTSTANDING,
        [FINDING_BIG_BLOCK] = ROLE_SIZE_HUGE,
    };
    return roles[kind];
}

static void draw_row(struct finding_list *l, const struct finding *f, struct canvas c, int y,
                     int lines)
{
    const char *word = finding_words[f->kind].word;
    bool certain = finding_is_certain(&l->env->snapshot->trust);
    bool selected = f == finding_list_selected(l);
    if (selected) {
        c.layer = l->list.blurred ? LAYER_BLUR : LAYER_SELECTED;
        canvas_fill(&c, y, 0, lines, c.cols, ROLE_TEXT);
        canvas_puts(&c, y, 0, ROLE_TEXT, ">");
    }
    canvas_field(&c, y, 2, KIND_CELLS, role_of(f->kind), ALIGN_LEFT, CUT_END, word, strlen(word));
    canvas_puts(&c, y, 2 + KIND_CELLS + 1, certain ? ROLE_TEXT_MUTED : ROLE_LOST, trust_word(l));
    struct canvas box = sentence_box(&c, y);
    canvas_paragraph(&box, y + head_lines(c.cols), ROLE_TEXT, f->sentence);
}

void finding_list_draw(struct finding_list *l, const struct canvas *c, bool focused)
{
    struct list *list = &l->list;
    list->drawn = *c;
    list->width = c->cols;
    list->blurred = !focused;
    l->seen = 0;
    if (l->found == NULL || l->found->count == 0 || c->rows < 1 || c->cols <= SENTENCE_LESS + 1)
        return;
    scroll(l, c);
    int y = 0;
    for (uint64_t i = l->top; i < l->found->count && y < c->rows; i++) {
        const struct finding *f = &l->found->items[i];
        int lines = lines_of(f, c);
        draw_row(l, f, *c, y, lines);
        if (l->seen < FINDING_LIST_SEEN)
            l->line[l->seen++] = c->y + y;
        y += lines;
    }
    /* So far a page goes: what was in sight, and one to go on from. */
    list->height = l->seen > 1 ? (int)l->seen : 2;
}

uint64_t finding_list_at(const struct finding_list *l, int y)
{
    uint64_t found = LIST_NO_ROW;
    for (size_t i = 0; i < l->seen && l->line[i] <= y; i++)
        found = l->top + i;
    return y < l->list.drawn.y + l->list.drawn.rows ? found : LIST_NO_ROW;
}
