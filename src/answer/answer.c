/* Life of an answer; see answer.h. */
#include "answer/answer.h"

void answer_init(struct answer *a, void (*free)(struct answer *a))
{
    atomic_init(&a->refs, 1);
    a->free = free;
}

struct answer *answer_ref(struct answer *a)
{
    atomic_fetch_add_explicit(&a->refs, 1, memory_order_relaxed);
    return a;
}

void answer_unref(struct answer *a)
{
    if (a == NULL || atomic_fetch_sub_explicit(&a->refs, 1, memory_order_acq_rel) != 1)
        return;
    answer_spec_copy(&a->spec, NULL);
    a->free(a);
}
