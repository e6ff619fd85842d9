/* Making a table of sizes from its fold; see size_table.h. */
#include "answer/sizes/size_table.h"

#include <stdlib.h>

struct place {
    uint64_t from;
    size_t group;
};

struct size_table_build {
    struct size_fold *fold;
    struct place *order; /* the fold's rows in order of size */
    size_t count, next;
    struct size_table *table;
};

static void table_free(struct answer *a)
{
    struct size_table *t = (struct size_table *)a;
    free(t->rows);
    free(t);
}

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

struct size_table_build *size_table_build_new(struct size_fold *fold, enum size_kind kind,
                                              unsigned pointer_size)
{
    struct size_table_build *b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    b->fold = fold;
    b->count = size_fold_count(fold);
    b->order = calloc(b->count + 1, sizeof *b->order);
    b->table = calloc(1, sizeof *b->table);
    if (b->table != NULL) {
        answer_init(&b->table->base, table_free);
        b->table->kind = kind;
        b->table->pointer_size = pointer_size;
        b->table->rows = calloc(b->count + 1, sizeof *b->table->rows);
    }
    if (b->order == NULL || b->table == NULL || b->table->rows == NULL) {
        size_table_build_free(b);
        return NULL;
    }
    size_fold_get_whole(fold, &b->table->whole);
    for (size_t i = 0; i < b->count; i++)
        b->order[i] = (struct place){size_fold_from(fold, i), i};
    qsort(b->order, b->count, sizeof *b->order, compare_places);
    return b;
}

void size_table_build_free(struct size_table_build *b)
{
    if (b == NULL)
        return;
    if (b->table != NULL)
        answer_unref(&b->table->base);
    free(b->order);
    free(b);
}

bool size_table_build_step(struct size_table_build *b, size_t rows)
{
    struct size_table *t = b->table;
    for (; b->next < b->count && rows > 0; b->next++, rows--) {
        struct size_row *row = &t->rows[t->count];
        size_fold_get(b->fold, b->order[b->next].group, row);
        if (size_row_is_empty(row))
            continue;
        size_row_add(&t->whole, row);
        t->count++;
    }
    return b->next == b->count;
}

struct size_table *size_table_build_take(struct size_table_build *b)
{
    struct size_table *t = b->table;
    b->table = NULL;
    return t;
}
