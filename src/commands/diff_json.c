/* A difference as one JSON object; see diff.h. Rows are written one by one: there may be many. */
#include "commands/diff.h"

#include <stdlib.h>

#include "commands/json_value.h"

static json_t *moments_json(const struct diff *d)
{
    json_t *list = json_array();
    for (uint32_t k = 0; k < d->moments.count; k++) {
        json_t *moment = json_object();
        json_object_set_new(moment, "moment", json_string(d->moments.words[k]));
        json_object_set_new(moment, "time", json_integer(d->moments.ns[k]));
        json_array_append_new(list, moment);
    }
    return list;
}

static json_t *at_json(const struct moments *m, const struct moments_row *row, bool blocks)
{
    json_t *list = json_array();
    for (uint32_t k = 0; k < m->count; k++)
        json_array_append_new(list, json_u64(blocks ? row->at[k].blocks : row->at[k].bytes));
    return list;
}

static void set_pair(json_t *object, const char *bytes, const char *blocks,
                     const struct moment_value *v)
{
    json_set_u64(object, bytes, v->bytes);
    json_set_u64(object, blocks, v->blocks);
}

static void set_figures(json_t *object, const struct moments *m, const struct moments_row *row)
{
    json_object_set_new(object, "delta_bytes", json_integer(row->delta_bytes));
    json_object_set_new(object, "delta_blocks", json_integer(row->delta_blocks));
    set_pair(object, "new_bytes", "new_blocks", &row->fresh);
    set_pair(object, "gone_bytes", "gone_blocks", &row->gone);
    set_pair(object, "old_bytes", "old_blocks", &row->old);
    json_object_set_new(object, "grew", m->count > 2 ? json_boolean(row->grew) : json_null());
    json_object_set_new(object, "bytes", at_json(m, row, false));
    json_object_set_new(object, "blocks", at_json(m, row, true));
}

/* Takes `value`. */
static void put_value(json_t *value, struct output *out)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    if (text != NULL)
        output_puts(out, text);
    free(text);
    json_decref(value);
}

static void put_key(const char *key, json_t *value, struct output *out)
{
    output_puts(out, "\"");
    output_puts(out, key);
    output_puts(out, "\":");
    put_value(value, out);
    output_puts(out, ",\n ");
}

static json_t *name_of(const struct subject *s)
{
    return s != NULL ? json_string(strbuf_str(&s->name)) : json_null();
}

void diff_json(const struct diff *d, struct output *out)
{
    json_t *whole = json_object();
    set_figures(whole, d->m, &d->m->whole);
    output_putc(out, '{');
    put_key("file", name_of(d->subject), out);
    put_key("baseline", name_of(d->baseline), out);
    put_key("by", json_string(diff_group_words[d->by]), out);
    put_key("moments", moments_json(d), out);
    put_key("whole", whole, out);
    output_puts(out, "\"rows\":[");
    for (size_t i = 0; i < d->row_count; i++) {
        const struct moments_row *row = d->rows[i];
        json_t *object = json_object();
        json_object_set_new(object, "name", json_string(row->text));
        set_figures(object, d->m, row);
        json_object_set_new(object, "condition",
                            row->condition[0] != '\0' ? json_string(row->condition) : json_null());
        output_puts(out, i != 0 ? ",\n  " : "\n  ");
        put_value(object, out);
    }
    output_puts(out, "]}\n");
}
