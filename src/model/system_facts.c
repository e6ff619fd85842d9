/* Facts are replaced as a whole, so that readers always see one state; see system_facts.h. */
#include "model/system_facts.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/text.h"

/* Records that change something, at most: every one keeps the former facts in memory. */
#define CHANGES_MAX 64u

/* What is kept of a text. */
#define TEXT_UNITS 256u

struct system_facts {
    const struct system_info *_Atomic info;
    struct arena arena;
    unsigned changes;
};

static const struct system_info nothing = {.computer = "", .product = "", .build_lab = ""};

struct system_facts *system_facts_new(void)
{
    struct system_facts *f = calloc(1, sizeof *f);
    if (f != NULL)
        atomic_init(&f->info, &nothing);
    return f;
}

void system_facts_free(struct system_facts *f)
{
    if (f == NULL)
        return;
    arena_release(&f->arena);
    free(f);
}

const struct system_info *system_facts_info(const struct system_facts *f)
{
    return atomic_load_explicit(&f->info, memory_order_acquire);
}

/* Puts the text into *known if it says something new; true then. */
static bool learn_text(struct system_facts *f, const char **known, struct span text)
{
    struct strbuf b = {0};
    size_t units = text.len / 2;
    text_put_utf16(&b, text.p, units < TEXT_UNITS ? units : TEXT_UNITS);
    char *copy =
        b.len != 0 && strcmp(b.s, *known) != 0 ? arena_strndup(&f->arena, b.s, b.len) : NULL;
    strbuf_release(&b);
    if (copy != NULL)
        *known = copy;
    return copy != NULL;
}

static bool learn_number(uint32_t *known, uint32_t v)
{
    bool is_new = v != 0 && v != *known;
    if (is_new)
        *known = v;
    return is_new;
}

int system_facts_take(struct system_facts *f, const struct trace_event *e)
{
    if (f->changes == CHANGES_MAX)
        return 0;
    struct system_info now = *system_facts_info(f);
    bool is_new = learn_number(&now.mhz, e->system.mhz);
    is_new |= learn_number(&now.processors, e->system.processors);
    is_new |= learn_number(&now.memory_mib, e->system.memory_mib);
    is_new |= learn_text(f, &now.computer, e->system.computer);
    is_new |= learn_text(f, &now.build_lab, e->system.build_lab);
    is_new |= learn_text(f, &now.product, e->name);
    if (!is_new)
        return 0;
    struct system_info *made = arena_alloc(&f->arena, sizeof *made);
    if (made == NULL)
        return -ENOMEM;
    *made = now;
    f->changes++;
    atomic_store_explicit(&f->info, made, memory_order_release);
    return 0;
}
