/* The list of blocks asked for, in the format asked for; see blocks.h. */
#include "commands/blocks.h"

#include "answer/answer_maker.h"
#include "answer/blocks/block_order.h"
#include "base/text.h"
#include "commands/command.h"

/* ---- what is asked ---- */

/* A page has what fits beside each other, and who called the allocator. */
#define COLUMNS_OF_LIVING "address,size,heap,born,age,tid,source,caller"
#define COLUMNS_OF_ALL    "address,size,heap,born,died,end,life,class,tid,caller"

/* The standard columns, or those of a page. */
static void put_usual(const struct options *o, unsigned classes, struct strbuf *out)
{
    if (command_format(o) == EXPORT_FORMAT_TEXT) {
        bool living = (classes & ~BLOCK_CLASSES_OUTSTANDING) == 0 && o->until == INT64_MAX;
        strbuf_puts(out, living ? COLUMNS_OF_LIVING : COLUMNS_OF_ALL);
        return;
    }
    for (size_t i = 0; i < BLOCK_COLUMNS_STANDARD; i++)
        strbuf_printf(out, "%s%s", i != 0 ? "," : "", block_columns[i].name);
}

/* Reads --columns; "+NAME" stands behind the usual ones. Returns an exit code. */
static int choose_columns(const struct options *o, unsigned classes, struct block_records *out)
{
    const char *wrong, *text = o->columns;
    size_t len;
    struct strbuf names = {0}, name = {0};
    if (text == NULL || text[0] == '+') {
        put_usual(o, classes, &names);
        if (text != NULL)
            strbuf_printf(&names, ",%s", text + 1);
    } else {
        strbuf_puts(&names, text);
    }
    bool right = block_records_parse(out, strbuf_str(&names), &wrong, &len);
    if (!right) {
        text_put_escaped(&name, wrong, len);
        command_message("--columns: no column '%s'; 'heaptail blocks --help' lists them",
                        strbuf_str(&name));
    }
    strbuf_release(&name);
    strbuf_release(&names);
    return right ? COMMAND_OK : COMMAND_USAGE;
}

static unsigned classes_of(const struct options *o)
{
    if (o->all)
        return BLOCK_CLASSES_ALL;
    return o->classes != 0 ? o->classes : BLOCK_CLASSES_OUTSTANDING;
}

_Static_assert((int)BLOCK_ORDERS == OPTION_SORT_END - OPTION_SORT_BLOCKS,
               "the orders of blocks and their words differ");

static enum block_order order_of(const struct options *o)
{
    return o->sort != OPTION_SORT_USUAL ? (enum block_order)(o->sort - OPTION_SORT_BLOCKS)
                                        : BLOCK_ORDER_BORN;
}

/* Of what tells how much, the greatest is what is looked for. */
static bool is_descending(enum block_order order)
{
    return order == BLOCK_ORDER_SIZE || order == BLOCK_ORDER_AGE || order == BLOCK_ORDER_LIFE ||
           order == BLOCK_ORDER_CHAIN;
}

static void fill_records(const struct options *o, struct block_records *r)
{
    r->raw_time = o->raw_time;
    r->descending = is_descending(order_of(o));
    if (o->top.given)
        r->most = o->top.value;
}

/* ---- names ---- */

static bool has_callers(const struct block_records *r)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->columns[i] == &block_columns[BLOCK_COLUMN_CALLER] ||
            r->columns[i] == &block_columns[BLOCK_COLUMN_MODULE])
            return true;
    return false;
}

/* Looks up what the callers will be called, so that it is found out before they are written. */
static void learn_callers(const struct blocks *b)
{
    const struct trace *trace = b->subject->loaded.trace;
    const struct block_records *r = &b->records;
    uint64_t most = b->list->count < r->most ? b->list->count : r->most;
    struct callers callers;
    if (r->naming.symbols == NULL || !has_callers(r))
        return;
    callers_init(&callers);
    callers_look(&callers, &r->naming);
    for (uint64_t i = 0; i < most; i++) {
        struct row row;
        store_get(trace->store, block_list_opener(b->list, i, r->descending), &row);
        callers_find(&callers, trace, &row);
    }
    callers_release(&callers);
    subject_find_names(b->subject);
}

/* ---- the output ---- */

bool blocks_go_on(void *out, uint64_t done)
{
    (void)done;
    return !output_failed(out);
}

static void put_answer(const struct blocks *b, struct output *out)
{
    enum export_format format = command_format(b->subject->options);
    if (format == EXPORT_FORMAT_TEXT)
        blocks_text(b, out);
    else if (format == EXPORT_FORMAT_JSON)
        blocks_json(b, out);
    else
        block_records_write(&b->records, b->subject->loaded.trace, b->list, format, blocks_go_on,
                            out, out);
}

static int list_blocks(struct blocks *b, struct output *out)
{
    const struct subject *s = b->subject;
    const struct answer_spec spec = {
        .kind = ANSWER_BLOCKS,
        .blocks = {.classes = b->classes, .order = order_of(s->options)},
    };
    struct image_map *images = image_table_map(s->loaded.trace->images);
    struct frame_rules *rules = subject_rules(s->options);
    const struct frame_namer namer = {.images = images, .symbols = subject_symbols(s)};
    struct answer *a = answer_make(s->loaded.query, &spec, &namer);
    if (a != NULL) {
        b->list = (const struct block_list *)a;
        b->records.naming = (struct caller_naming){images, subject_symbols(s), rules};
        learn_callers(b);
        put_answer(b, out);
        answer_unref(a);
    } else {
        command_message("%s: out of memory", strbuf_str(&s->name));
    }
    frame_rules_unref(rules);
    image_map_unref(images);
    return a != NULL ? subject_judge(s, false) : COMMAND_FAILED;
}

int blocks_run(const struct options *o, struct output *out)
{
    struct subject s;
    struct blocks b = {.subject = &s, .classes = classes_of(o)};
    struct query_spec spec = {.since = o->since, .until = o->until};
    int code = choose_columns(o, b.classes, &b.records);
    if (code == COMMAND_OK)
        code = subject_parse_filter(o, &spec.filter);
    if (code != COMMAND_OK)
        return code;
    fill_records(o, &b.records);
    code = subject_open(&s, o, o->files, o->file_count, &spec);
    if (code == COMMAND_OK && !subject_has_events(&s))
        code = COMMAND_FAILED;
    if (code == COMMAND_OK)
        code = list_blocks(&b, out);
    subject_release(&s);
    filter_unref(spec.filter);
    return code;
}
