/* Rows and columns of the tables of sizes; see report_sizes.h. */
#include "export/report_sizes.h"

#include "base/text.h"
#include "query/lfh.h"

/* ---- rows ---- */

static struct report_rows rows_of(const struct report *r, enum size_kind kind)
{
    const struct size_table *t = r->sizes[kind];
    if (t == NULL)
        return (struct report_rows){NULL, 0, sizeof(struct size_row)};
    return (struct report_rows){t->rows, t->count, sizeof t->rows[0]};
}

struct report_rows report_size_rows(const struct report *r)
{
    return rows_of(r, SIZE_BY_POWER);
}

struct report_rows report_exact_rows(const struct report *r)
{
    return rows_of(r, SIZE_BY_EXACT);
}

struct report_rows report_bucket_rows(const struct report *r)
{
    return rows_of(r, SIZE_BY_BUCKET);
}

/* Every class, in order: a histogram without gaps. */
struct report_rows report_life_rows(const struct report *r)
{
    const struct size_table *t = r->sizes[SIZE_BY_POWER];
    if (t == NULL)
        return (struct report_rows){NULL, 0, sizeof(struct life_cell)};
    return (struct report_rows){t->whole.life, LIFE_CLASSES, sizeof t->whole.life[0]};
}

uint64_t report_size_weight(const void *row)
{
    return ((const struct size_row *)row)->f.alloc_bytes;
}

uint64_t report_size_id(const void *row)
{
    return size_row_id(row);
}

uint64_t report_life_weight(const void *row)
{
    return ((const struct life_cell *)row)->blocks;
}

/* ---- sizes ---- */

/* Absent of the sizes that have no row of their own. */
static struct value size_from(const struct report *r, const void *row)
{
    (void)r;
    const struct size_row *s = row;
    return s->others ? VALUE_ABSENT : value_number(VALUE_BYTES, s->from);
}

/* The first size that is too large for the row. */
static struct value size_to(const struct report *r, const void *row)
{
    (void)r;
    const struct size_row *s = row;
    return value_number(VALUE_BYTES, s->to < UINT64_MAX ? s->to + 1 : UINT64_MAX);
}

static struct value exact_text(const struct report *r, const void *row)
{
    return ((const struct size_row *)row)->others ? value_text("others") : size_from(r, row);
}

static struct value bucket_number(const struct report *r, const void *row)
{
    (void)r;
    const struct size_row *s = row;
    return s->key != LFH_NONE ? value_number(VALUE_ID, s->key) : VALUE_ABSENT;
}

static struct value bucket_text(const struct report *r, const void *row)
{
    return ((const struct size_row *)row)->key != LFH_NONE ? bucket_number(r, row)
                                                           : value_text("none");
}

/* What no bucket holds has no end. */
static struct value bucket_to(const struct report *r, const void *row)
{
    return ((const struct size_row *)row)->key != LFH_NONE ? size_to(r, row) : VALUE_ABSENT;
}

static struct value bucket_block(const struct report *r, const void *row)
{
    const struct size_row *s = row;
    if (s->key == LFH_NONE)
        return VALUE_ABSENT;
    unsigned pointer_size = r->sizes[SIZE_BY_BUCKET]->pointer_size;
    return value_number(VALUE_BYTES, lfh_block_size((unsigned)s->key, pointer_size));
}

/* ---- lifetimes ---- */

static struct value life_value(const struct size_row *s, int64_t ns)
{
    return s->ended.blocks > 0 ? value_ticks(VALUE_DURATION, ns) : VALUE_ABSENT;
}

/* With a sign where it is not exact. */
static struct value life_text(const struct report *r, const struct size_row *s, int64_t ns)
{
    struct value v = life_value(s, ns);
    if (v.kind == VALUE_NONE || s->exact)
        return v;
    strbuf_clear(r->scratch);
    strbuf_putc(r->scratch, '~');
    text_put_duration(r->scratch, ns);
    return value_text(strbuf_str(r->scratch));
}

#define LIFE(name)                                                                                 \
    static struct value name##_life(const struct report *r, const void *row)                       \
    {                                                                                              \
        (void)r;                                                                                   \
        return life_value(row, ((const struct size_row *)row)->name);                              \
    }                                                                                              \
    static struct value name##_text(const struct report *r, const void *row)                       \
    {                                                                                              \
        return life_text(r, row, ((const struct size_row *)row)->name);                            \
    }

LIFE(p50)
LIFE(p90)
LIFE(p99)

static struct value mean_life(const struct report *r, const void *row)
{
    (void)r;
    return life_value(row, ((const struct size_row *)row)->mean);
}

static struct value longest_life(const struct report *r, const void *row)
{
    (void)r;
    return life_value(row, ((const struct size_row *)row)->longest);
}

static struct value exact_percentiles(const struct report *r, const void *row)
{
    (void)r;
    return value_number(VALUE_ID, ((const struct size_row *)row)->exact);
}

static struct value percent(const struct report *r, uint64_t part, uint64_t whole, const char *sign)
{
    strbuf_clear(r->scratch);
    if (whole == 0)
        return VALUE_ABSENT;
    strbuf_printf(r->scratch, "%.1f%s", 100.0 * (double)part / (double)whole, sign);
    return value_text(strbuf_str(r->scratch));
}

static struct value lfh_text(const struct report *r, const void *row)
{
    const struct size_row *s = row;
    return percent(r, s->source[SIZE_LFH].allocs, s->f.allocs, " %");
}

/* ---- the histogram ---- */

static unsigned class_of(const struct report *r, const void *row)
{
    const struct life_cell *first = r->sizes[SIZE_BY_POWER]->whole.life;
    return (unsigned)((const struct life_cell *)row - first);
}

static struct value class_from(const struct report *r, const void *row)
{
    return value_ticks(VALUE_DURATION, life_class_from(class_of(r, row)));
}

static struct value class_to(const struct report *r, const void *row)
{
    unsigned k = class_of(r, row);
    return k + 1 < LIFE_CLASSES ? value_ticks(VALUE_DURATION, life_class_to(k)) : VALUE_ABSENT;
}

static struct value class_share(const struct report *r, const void *row)
{
    return percent(r, ((const struct life_cell *)row)->blocks,
                   r->sizes[SIZE_BY_POWER]->whole.ended.blocks, "");
}

static struct value class_share_text(const struct report *r, const void *row)
{
    return percent(r, ((const struct life_cell *)row)->blocks,
                   r->sizes[SIZE_BY_POWER]->whole.ended.blocks, " %");
}

/* ---- columns ---- */

#define MEMBER(name_, title_, rank_, kind_, member_)                                               \
    {                                                                                              \
        .name = (name_), .title = (title_), .rank = (rank_), .kind = VALUE_##kind_,                \
        .offset = offsetof(struct size_row, member_)                                               \
    }
#define GET(name_, title_, rank_, get_, text_)                                                     \
    {                                                                                              \
        .name = (name_), .title = (title_), .rank = (rank_), .get = (get_), .get_text = (text_)    \
    }

/* What all of them tell. The share of the LFH is a text; machine formats have the count. */
#define FIGURES(lfh_title, lfh_rank)                                                               \
    MEMBER("allocs", "Allocs", 0, COUNT, f.allocs),                                                \
        MEMBER("bytes", "Alloc bytes", 0, BYTES, f.alloc_bytes),                                   \
        MEMBER("outstanding_blocks", "Blocks", 3, COUNT, f.outstanding_blocks),                    \
        MEMBER("outstanding_bytes", "Outstanding", 0, BYTES, f.outstanding_bytes),                 \
        MEMBER("ended", NULL, 0, COUNT, ended.blocks),                                             \
        MEMBER("ended_bytes", NULL, 0, BYTES, ended.bytes),                                        \
        MEMBER("temporary", NULL, 0, COUNT, temporary),                                            \
        GET("mean_life", "Mean life", 1, mean_life, NULL),                                         \
        GET("p50_life", "Median", 5, p50_life, p50_text),                                          \
        GET("p90_life", "90 % life", 2, p90_life, p90_text),                                       \
        GET("p99_life", "99 % life", 6, p99_life, p99_text),                                       \
        GET("longest_life", NULL, 0, longest_life, NULL),                                          \
        GET("exact_life", NULL, 0, exact_percentiles, NULL),                                       \
    {                                                                                              \
        .name = "lfh_allocs", .title = (lfh_title), .rank = (lfh_rank), .kind = VALUE_COUNT,       \
        .offset = offsetof(struct size_row, source[SIZE_LFH].allocs), .get_text = lfh_text         \
    }

const struct report_column report_size_columns[REPORT_SIZE_COLUMNS] = {
    GET("from", "From", 0, size_from, NULL),
    GET("to", "Below", 0, size_to, NULL),
    FIGURES(NULL, 0),
};

const struct report_column report_exact_columns[REPORT_EXACT_COLUMNS] = {
    GET("size", "Size", 0, size_from, exact_text),
    FIGURES(NULL, 0),
};

const struct report_column report_bucket_columns[REPORT_BUCKET_COLUMNS] = {
    GET("bucket", "Bucket", 0, bucket_number, bucket_text),
    GET("block_size", NULL, 0, bucket_block, NULL),
    GET("from", "From", 0, size_from, NULL),
    GET("to", "Below", 0, bucket_to, NULL),
    FIGURES("LFH", 1),
};

const struct report_column report_life_columns[REPORT_LIFE_COLUMNS] = {
    GET("from", "Lived", 0, class_from, NULL),
    GET("to", "Less than", 0, class_to, NULL),
    {.name = "blocks",
     .title = "Blocks",
     .kind = VALUE_COUNT,
     .offset = offsetof(struct life_cell, blocks)},
    {.name = "bytes",
     .title = "Bytes",
     .kind = VALUE_BYTES,
     .offset = offsetof(struct life_cell, bytes)},
    GET("percent", "Share", 0, class_share, class_share_text),
};
