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

#include "base/text.h"
#include "model/filter_priv.h"
#include "model/image_table.h"

struct filter_stacks {
    struct id_map answers; /* by process and stack */
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
    id_map_init(&s->answers);
    s->images = image_table_map(run->trace->images);
    s->namer = (struct frame_namer){s->images, run->filter->symbols};
    s->generation = generation_of(run->filter->symbols);
    return s;
}

void filter_stacks_free(struct filter_stacks *s)
{
    if (s == NULL)
        return;
    id_map_release(&s->answers);
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
        id_map_release(&s->answers);
        id_map_init(&s->answers);
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
    frame_rules_caller(run->filter->rules, &s->namer, process, time, stack, &frame);
    return frame.image != NULL && frame_is_in_module(run, c, &frame, &s->text) != c->negated;
}

bool filter_stacks_answer(const struct filter_run *run, const struct filter_bound *b,
                          uint32_t thread, uint32_t stack, int64_t time)
{
    if (stack == STACK_NONE)
        return false;
    struct filter_stacks *s = b->stacks;
    uint32_t process = registry_thread(run->trace->registry, thread)->process;
    const uint32_t *known = id_map_find(&s->answers, process, stack);
    if (known != NULL)
        return *known != 0;
    struct stack_frames frames = stack_table_get(run->trace->stacks, stack);
    bool yes = b->cond->field == FILTER_FIELD_MODULE
                   ? answer_caller(run, b->cond, s, process, time, frames)
                   : answer_any(run, b->cond, s, process, time, frames);
    /* An answer that finds no room is found again. */
    (void)id_map_add(&s->answers, process, stack, yes);
    return yes;
}
