/*
 * Help: every key, made from the actions table and the keymap in force, and the signs of the
 * screens. Loop thread only.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "decoder/heap_op.h"
#include "ui/term/glyph.h"
#include "ui/view/cell_format.h"
#include "ui/view/views.h"
#include "ui/widget/page.h"

#define COLUMN_WIDTH 46
#define KEYS_CELLS   13

struct help_view {
    struct view view;
    const struct keymap *km;
    struct page page;
    struct strbuf text;
    struct strbuf line; /* being made, kept for its memory */
};

/* A key or word, and beside it what it does, over as many lines as it takes. */
static void write_entry(struct pen *pen, enum role role, const char *what)
{
    pen_cell(pen, PEN_INDENT, KEYS_CELLS, ALIGN_LEFT, role);
    pen_paragraph(pen, KEYS_CELLS + 1, ROLE_HELP_TEXT, what);
}

static void write_group(const struct help_view *v, enum action_group group, struct pen *pen)
{
    pen_heading(pen, action_group_title(group));
    for (enum action a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
        const struct action_info *info = action_info(a);
        if (info->group != group)
            continue;
        keymap_put_keys(v->km, a, pen->text);
        if (pen->text->len == 0)
            strbuf_printf(pen->text, ":%s", info->name);
        write_entry(pen, ROLE_HELP_KEY, info->help);
    }
}

static void write_move(void *ctx, struct pen *pen)
{
    write_group(ctx, ACTION_GROUP_MOVE, pen);
}

static void write_screens(void *ctx, struct pen *pen)
{
    write_group(ctx, ACTION_GROUP_SCREENS, pen);
}

static void write_filter(void *ctx, struct pen *pen)
{
    write_group(ctx, ACTION_GROUP_FILTER, pen);
}

static void write_live(void *ctx, struct pen *pen)
{
    write_group(ctx, ACTION_GROUP_LIVE, pen);
}

static void write_show(void *ctx, struct pen *pen)
{
    write_group(ctx, ACTION_GROUP_SHOW, pen);
}

static void write_program(void *ctx, struct pen *pen)
{
    write_group(ctx, ACTION_GROUP_PROGRAM, pen);
}

static const struct {
    const char *word, *meaning;
} language[] = {
    {"fields", "op heap pid tid process address old_address size"},
    {"", "old_size block_size source time life"},
    {"", "stack module image class chain"},
    {"flags", "live temporary unmatched failed repaired"},
    {"compare", "== != < <= > >= ~ !~  in [a, b]  in a..b  contains"},
    {"join", "&& || ! ( )"},
    {"numbers", "4K 1M 0x13d35bd0000  1.5ms 300us 2s"},
    {"sources", "lookaside lowfrag mainpath slowpath invalid segmentheap"},
    {"for example", "size >= 4K && source == mainpath && (live || life > 1s)"},
};

static void write_language(void *ctx, struct pen *pen)
{
    (void)ctx;
    pen_heading(pen, "Filter language");
    for (size_t i = 0; i < sizeof language / sizeof language[0]; i++) {
        strbuf_puts(pen->text, language[i].word);
        write_entry(pen, ROLE_HELP_KEY, language[i].meaning);
    }
}

static const struct {
    const char *sign, *meaning;
    enum role role;
} signs[] = {
    {">", "the selected row", ROLE_TEXT_STRONG},
    {"*", "before a row: it has a mark", ROLE_LIST_MARKED},
    {GLYPH_LINE_DOWN, "before a row: a hit of what is looked for", ROLE_MATCH},
    {"?", "a value that is not known; before a row: its order", ROLE_LIST_PROVISIONAL},
    {GLYPH_ZERO, "zero", ROLE_TEXT_MUTED},
    {"!", "an allocation that failed", ROLE_EVENT_FAIL},
    {"#2", "behind a heap: the second heap with that handle", ROLE_HEAP_1},
    {GLYPH_SORT_DOWN, "the column sorted by, largest first", ROLE_HEADER_SORT},
};

static void write_signs(void *ctx, struct pen *pen)
{
    static const unsigned ops[] = {HEAP_OP_ALLOC,   HEAP_OP_REALLOC, HEAP_OP_FREE,
                                   HEAP_OP_CREATE,  HEAP_OP_DESTROY, HEAP_OP_EXPAND,
                                   HEAP_OP_CONTRACT};
    (void)ctx;
    pen_heading(pen, "Signs");
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        const struct heap_op_info *info = heap_op_info(ops[i]);
        strbuf_printf(pen->text, "%c %s", info->letter, info->word);
        write_entry(pen, cell_op_role(ops[i]), info->description);
    }
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        strbuf_puts(pen->text, signs[i].sign);
        write_entry(pen, signs[i].role, signs[i].meaning);
    }
}

/* The file's mistakes, which the status line had room for one of. */
static void write_problems(void *ctx, struct pen *pen)
{
    struct help_view *v = ctx;
    const char *at = v->view.env->problems != NULL ? v->view.env->problems : "";
    if (*at == '\0')
        return;
    pen_heading(pen, "What is wrong with the configuration");
    while (*at != '\0') {
        size_t n = strcspn(at, "\n");
        strbuf_clear(&v->line);
        strbuf_add(&v->line, at, n);
        pen_paragraph(pen, PEN_INDENT, ROLE_STATUS_WARN, strbuf_str(&v->line));
        at += n + (at[n] == '\n');
    }
}

static const struct {
    const char *word, *meaning;
} configuration[] = {
    {"[options]", "theme = light, units = short, time = day, color, ascii, utc, follow"},
    {"[keys]", "list.down = j <Down> <C-n>: replaces the keys of an action; none unbinds it"},
    {"[columns]", "events = time op heap:13 size: what is shown, in which order and how wide"},
    {"comments", "# at the start of a line, or ; behind a blank"},
};

static void write_configuration(void *ctx, struct pen *pen)
{
    struct help_view *v = ctx;
    pen_heading(pen, "Configuration");
    strbuf_puts(pen->text, "file");
    strbuf_clear(&v->line);
    keymap_put_text(v->km, "~/.config/heaptail/config; {config.save} writes it", &v->line);
    write_entry(pen, ROLE_HELP_KEY, strbuf_str(&v->line));
    for (size_t i = 0; i < sizeof configuration / sizeof configuration[0]; i++) {
        strbuf_puts(pen->text, configuration[i].word);
        write_entry(pen, ROLE_HELP_KEY, configuration[i].meaning);
    }
}

static const struct page_block blocks[] = {{write_problems, true},  {write_screens, false},
                                           {write_filter, false},   {write_move, false},
                                           {write_live, false},     {write_show, false},
                                           {write_program, false},  {write_signs, false},
                                           {write_language, false}, {write_configuration, false}};

#define BLOCK_COUNT (sizeof blocks / sizeof blocks[0])

static bool help_sync(struct view *view)
{
    (void)view;
    return true;
}

static void help_draw(struct view *view, const struct canvas *c)
{
    struct help_view *v = (struct help_view *)view;
    page_draw(&v->page, c, COLUMN_WIDTH, blocks, BLOCK_COUNT, v, &v->text);
}

static enum view_result help_action(struct view *view, enum action a, uint64_t count,
                                    struct view_request *out_request)
{
    struct help_view *v = (struct help_view *)view;
    (void)out_request;
    if (a == ACTION_HELP)
        return VIEW_CLOSE;
    return page_action(&v->page, a, count) ? VIEW_DONE : VIEW_IGNORED;
}

static void help_close(struct view *view)
{
    struct help_view *v = (struct help_view *)view;
    strbuf_release(&v->text);
    strbuf_release(&v->line);
    free(v);
}

static struct page *help_page(struct view *view)
{
    return &((struct help_view *)view)->page;
}

static const struct action_hint help_hints[] = {
    {ACTION_CLOSE, NULL}, {ACTION_FIND, NULL}, {ACTION_PAGE_DOWN, NULL}};

static const struct view_ops help_ops = {
    .scope = SCOPE_HELP,
    .is_list = true,
    .close = help_close,
    .sync = help_sync,
    .draw = help_draw,
    .action = help_action,
    .page = help_page,
    .hints = help_hints,
    .hint_count = sizeof help_hints / sizeof help_hints[0],
};

struct view *view_help_new(const struct view_env *env, const struct keymap *km)
{
    struct help_view *v = base_xcalloc(1, sizeof *v);
    v->view = (struct view){.ops = &help_ops, .env = env};
    v->km = km;
    return &v->view;
}
