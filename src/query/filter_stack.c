/*
 * Conditions on call stacks: `stack`, `module` and `image` (cli.md).
 *
 * A stack is a number, and the names of its frames. `stack ~` and `image` ask whether any of its
 * frames says so, `module` asks about the frame that called the allocator. The answer is the same
 * for every row of a process with that stack, so it is found once: what images and symbols were
 * known by then decides, and what is learnt later makes the answers void (filter_stacks_refresh()).
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/text.h"
#include "model/image_table.h"
#include "query/filter_priv.h"

/* The answer for the first process that was seen with a stack. */
struct known {
    uint32_t process; /* INDEX_NONE: not found yet */
    bool yes;
};

struct filter_stacks {
    struct known *answers; /* by stack: nearly all are one process's */
    size_t count, cap;
    struct id_map others; /* by process and stack, of further processes */
    uint32_t *process_of; /* by thread */
    size_t thread_count, thread_cap;
    uint64_t frames; /* looked at, ever */
    struct image_map *images;
    struct frame_namer namer;
    uint64_t generation; /* of the symbols the answers were found with */
    struct strbuf text;  /* of the frame being looked at */
};

/* What a look at one frame comes to. */
typedef bool (*frame_test_fn)(const struct filter_run *run, const struct filter_cond *c,
                              const struct frame *frame, struct strbuf *scratch);

static uint64_t generation_of(const struct symbol_table *symbols)
{
    return symbols != NULL ? symbol_table_generation(symbols) : 0;
}

struct filter_stacks *filter_stacks_new(const struct filter_run *run)
{
    struct filter_stacks *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    id_map_init(&s->others);
    s->images = image_table_map(run->trace->images);
    s->namer = (struct frame_namer){s->images, run->filter->symbols};
    s->generation = generation_of(run->filter->symbols);
    return s;
}

void filter_stacks_free(struct filter_stacks *s)
{
    if (s == NULL)
        return;
    id_map_release(&s->others);
    free(s->answers);
    free(s->process_of);
    image_map_unref(s->images);
    strbuf_release(&s->text);
    free(s);
}

bool filter_stacks_refresh(struct filter_stacks *s, const struct filter_run *run)
{
    uint64_t generation = generation_of(run->filter->symbols);
    struct image_map *images = image_table_map(run->trace->images);
    bool stale = generation != s->generation || images != s->images;
    image_map_unref(s->images);
    s->images = images;
    s->namer.images = images;
    s->generation = generation;
    if (stale) {
        s->count = 0;
        id_map_release(&s->others);
        id_map_init(&s->others);
    }
    return stale;
}

/* ---- one frame ---- */

static bool text_matches(const struct filter_run *run, const struct filter_cond *c,
                         const char *text)
{
    if (c->test == FILTER_TEST_REGEX)
        return filter_regex_matches(run, c->regex, text);
    return memmem(text, strlen(text), c->names[0].s, c->names[0].len) != NULL;
}

/* The names of modules are those of files on Windows: capitals do not matter. */
static bool file_is(const char *name, const struct filter_name *wanted)
{
    size_t len = strlen(name), stem = text_stem_length(name);
    if (len == wanted->len && strncasecmp(name, wanted->s, len) == 0)
        return true;
    return stem == wanted->len && strncasecmp(name, wanted->s, stem) == 0;
}

static bool file_has(const char *name, const struct filter_name *part)
{
    for (size_t n = strlen(name); n >= part->len; n--, name++) {
        if (strncasecmp(name, part->s, part->len) == 0)
            return true;
        if (n == 0)
            break;
    }
    return false;
}

static bool file_matches(const struct filter_run *run, const struct filter_cond *c,
                         const char *name)
{
    if (c->test == FILTER_TEST_REGEX)
        return filter_regex_matches(run, c->regex, name);
    if (c->test == FILTER_TEST_PART)
        return file_has(name, &c->names[0]);
    for (size_t i = 0; i < c->count; i++)
        if (file_is(name, &c->names[i]))
            return true;
    return false;
}

static bool frame_is_called(const struct filter_run *run, const struct filter_cond *c,
                            const struct frame *frame, struct strbuf *scratch)
{
    strbuf_clear(scratch);
    frame_put_function(frame, scratch);
    return text_matches(run, c, strbuf_str(scratch));
}

static bool frame_is_in_module(const struct filter_run *run, const struct filter_cond *c,
                               const struct frame *frame, struct strbuf *scratch)
{
    (void)scratch;
    return frame->image != NULL && file_matches(run, c, frame->image->name);
}

/* The file by its whole path, or by its name alone. */
static bool frame_is_in_image(const struct filter_run *run, const struct filter_cond *c,
                              const struct frame *frame, struct strbuf *scratch)
{
    return frame_is_in_module(run, c, frame, scratch) ||
           (frame->image != NULL && file_matches(run, c, frame->image->path));
}

/* ---- one stack ---- */

/* Whether the condition has something to ask: a stack has frames, but their images may not be
 * known, and what is absent makes every comparison false. */
static bool answer_any(const struct filter_run *run, const struct filter_cond *c,
                       struct filter_stacks *s, uint32_t process, int64_t time,
                       struct stack_frames stack)
{
    bool by_text = c->field == FILTER_FIELD_STACK, known = false;
    frame_test_fn test = by_text ? frame_is_called : frame_is_in_image;
    for (uint32_t i = 0; i < stack.count; i++) {
        struct frame frame;
        frame_find(&s->namer, process, time, stack.frames[i], i, &frame);
        s->frames++;
        known = known || by_text || frame.image != NULL;
        if (test(run, c, &frame, &s->text))
            return !c->negated;
    }
    return known && c->negated;
}

static bool answer_caller(const struct filter_run *run, const struct filter_cond *c,
                          struct filter_stacks *s, uint32_t process, int64_t time,
                          struct stack_frames stack)
{
    struct frame frame;
    s->frames +=
        1 + frame_rules_caller(run->filter->rules, &s->namer, process, time, stack, &frame);
    return frame.image != NULL && frame_is_in_module(run, c, &frame, &s->text) != c->negated;
}

static bool find_answer(const struct filter_run *run, const struct filter_bound *b,
                        uint32_t process, uint32_t stack, int64_t time)
{
    struct stack_frames frames = stack_table_get(run->trace->stacks, stack);
    return b->cond->field == FILTER_FIELD_MODULE
               ? answer_caller(run, b->cond, b->stacks, process, time, frames)
               : answer_any(run, b->cond, b->stacks, process, time, frames);
}

static bool answer_other(const struct filter_run *run, const struct filter_bound *b,
                         uint32_t process, uint32_t stack, int64_t time)
{
    struct filter_stacks *s = b->stacks;
    const uint32_t *known = id_map_find(&s->others, process, stack);
    if (known != NULL)
        return *known != 0;
    bool yes = find_answer(run, b, process, stack, time);
    /* An answer that finds no room is found again. */
    (void)id_map_add(&s->others, process, stack, yes);
    return yes;
}

/* Room for every stack and thread that rows can name by now. */
static void make_room(const struct filter_run *run, struct filter_stacks *s)
{
    const struct registry *r = run->trace->registry;
    size_t count = registry_thread_count(r);
    if (base_grow((void **)&s->process_of, &s->thread_cap, count, sizeof *s->process_of) == 0)
        for (; s->thread_count < count; s->thread_count++)
            s->process_of[s->thread_count] = registry_thread(r, (uint32_t)s->thread_count)->process;
    count = stack_table_count(run->trace->stacks);
    if (base_grow((void **)&s->answers, &s->cap, count, sizeof *s->answers) == 0)
        for (; s->count < count; s->count++)
            s->answers[s->count] = (struct known){.process = INDEX_NONE};
}

bool filter_stacks_answer(const struct filter_run *run, const struct filter_bound *b,
                          uint32_t thread, uint32_t stack, int64_t time)
{
    if (stack == STACK_NONE)
        return false;
    struct filter_stacks *s = b->stacks;
    if (stack >= s->count || thread >= s->thread_count)
        make_room(run, s);
    uint32_t process = thread < s->thread_count
                           ? s->process_of[thread]
                           : registry_thread(run->trace->registry, thread)->process;
    if (stack >= s->count)
        return answer_other(run, b, process, stack, time);
    struct known *known = &s->answers[stack];
    if (known->process == INDEX_NONE)
        *known = (struct known){process, find_answer(run, b, process, stack, time)};
    return known->process == process ? known->yes : answer_other(run, b, process, stack, time);
}

uint64_t filter_stacks_word(const struct filter_run *run, const struct filter_bound *b,
                            const struct store_chunk *c, uint64_t id, uint64_t care)
{
    uint32_t first = (uint32_t)(id % STORE_CHUNK_ROWS);
    uint64_t bits = 0;
    if (atomic_load_explicit(&c->stack, memory_order_acquire) == NULL)
        return 0;
    for (; care != 0; care &= care - 1) {
        unsigned k = (unsigned)__builtin_ctzll(care);
        uint32_t i = first + k, stack = store_chunk_stack(c, i);
        if (stack != STACK_NONE &&
            filter_stacks_answer(run, b, c->thread[i], stack, store_chunk_time(c, i)))
            bits |= UINT64_C(1) << k;
    }
    return bits;
}

uint64_t filter_stacks_frames(const struct filter_stacks *s)
{
    return s->frames;
}
