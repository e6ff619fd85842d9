/*
 * The nested tree, written as it is walked: stacks may be thousands of frames deep, and no call
 * stack of ours may grow with them. A node a line; see stacks_json.h.
 */
#include "commands/stacks_json.h"

#include <stdlib.h>

#include "commands/json_value.h"

static const char *const kinds[] = {
    [CALL_TREE_TOP_DOWN] = "top-down",
    [CALL_TREE_BOTTOM_UP] = "bottom-up",
    [CALL_TREE_FUNCTIONS] = "flat",
    [CALL_TREE_MODULES] = "modules",
};

static const char *const columns[CALL_TREE_COLUMNS] = {
    [CALL_TREE_OUTSTANDING] = "outstanding_bytes",
    [CALL_TREE_BLOCKS] = "outstanding_blocks",
    [CALL_TREE_ALLOCS] = "allocs",
    [CALL_TREE_ALLOC_BYTES] = "alloc_bytes",
    [CALL_TREE_CHURN] = "churn_bytes",
    [CALL_TREE_AT_PEAK] = "at_peak_bytes",
    [CALL_TREE_COPIED] = "copied_bytes",
};

/* Takes `value`. */
static void put_value(struct output *out, json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    if (text != NULL)
        output_puts(out, text);
    free(text);
    json_decref(value);
}

static json_t *columns_json(const uint64_t *of)
{
    json_t *object = json_object();
    for (int c = 0; c < CALL_TREE_COLUMNS; c++)
        json_set_u64(object, columns[c], of[c]);
    return object;
}

static void put_key(struct output *out, const char *key, json_t *value)
{
    output_puts(out, "\"");
    output_puts(out, key);
    output_puts(out, "\":");
    put_value(out, value);
    output_putc(out, ',');
}

static json_t *text_or_null(const char *text)
{
    return text[0] != '\0' ? json_string(text) : json_null();
}

/* All of a node but the end of its list of children. */
static void begin_node(const struct call_node *n, struct output *out)
{
    output_putc(out, '{');
    put_key(out, "function", json_string(n->text));
    put_key(out, "module", text_or_null(n->module));
    put_key(out, "place", text_or_null(n->place));
    put_key(out, "stacks", json_u64(n->stack_count));
    put_key(out, "total", columns_json(n->total));
    put_key(out, "self", columns_json(n->self));
    output_puts(out, "\"children\":[");
}

static void put_nodes(const struct call_tree *t, const bool *chosen, struct output *out)
{
    uint32_t open = 0; /* nodes whose lists of children are */
    bool first = true;
    for (uint32_t i = t->count != 0 ? 0 : UINT32_MAX; i != UINT32_MAX; i = call_tree_next(t, i)) {
        if (!chosen[i])
            continue;
        for (; open > t->nodes[i].depth; open--, first = false)
            output_puts(out, "]}");
        output_puts(out, first ? "\n" : ",\n");
        begin_node(&t->nodes[i], out);
        open++;
        first = true;
    }
    for (; open > 0; open--)
        output_puts(out, "]}");
}

void stacks_json(const struct call_tree *t, const bool *chosen, const struct subject *s,
                 struct output *out)
{
    json_t *stacks = json_object();
    json_set_u64(stacks, "with", t->with);
    json_set_u64(stacks, "without", t->without);
    json_set_u64(stacks, "distinct", t->stacks);
    output_putc(out, '{');
    put_key(out, "file", json_string(strbuf_str(&s->name)));
    put_key(out, "tree", json_string(kinds[t->kind]));
    put_key(out, "sort", json_string(call_tree_column_names[t->sort]));
    put_key(out, "stacks", stacks);
    put_key(out, "total", columns_json(t->whole));
    put_key(out, "cut", json_boolean(t->cut));
    output_puts(out, "\"nodes\":[");
    put_nodes(t, chosen, out);
    output_puts(out, "]}\n");
}
