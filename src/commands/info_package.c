/* Containers and their members in words; see info_package.h. */
#include "commands/info_package.h"

#include <string.h>

#include "base/text.h"
#include "commands/json_value.h"
#include "commands/text_lines.h"
#include "export/text_table.h"

#define INDENT 2

/* Members of one container that are listed for people, and how wide their names may be. */
#define LISTED    20u
#define NAME_ROOM 36u

static size_t count_traces(const struct container *c)
{
    size_t traces = 0;
    for (size_t i = 0; i < container_member_count(c); i++)
        traces += container_member(c, i)->is_trace;
    return traces;
}

void info_package_put_line(const struct inputs *in, struct strbuf *out)
{
    for (size_t i = 0; i < in->package_count; i++) {
        const struct container *c = in->packages[i].container;
        if (c == NULL)
            continue;
        struct strbuf b = {0};
        size_t members = container_member_count(c);
        strbuf_printf(&b, "%s, ", container_kind_name(c));
        text_put_grouped(&b, members);
        strbuf_puts(&b, members == 1 ? " member, " : " members, ");
        text_put_grouped(&b, count_traces(c));
        strbuf_puts(&b, " read");
        if (container_remark(c)[0] != '\0')
            strbuf_printf(&b, "; damaged: %s", container_remark(c));
        text_line(out, "container", &b);
    }
}

static const char *reading(const struct container_member *m)
{
    if (!m->is_trace)
        return "not read";
    return m->is_damaged ? "read, damaged" : "read";
}

static void add_member(struct text_table *table, const struct container_member *m)
{
    struct strbuf name = {0};
    strbuf_printf(&name, "%*s", INDENT, "");
    text_put_middle(&name, m->name, strlen(m->name), NAME_ROOM);
    const struct value cells[] = {
        value_text(strbuf_str(&name)),
        m->bytes != 0 ? value_number(VALUE_BYTES, m->bytes) : VALUE_ABSENT,
        value_text(m->what),
        value_text(reading(m)),
    };
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        text_table_add(table, &cells[i]);
    strbuf_release(&name);
}

static void put_members(const struct container *c, struct strbuf *out)
{
    static const struct text_column columns[] = {
        {"Members", true, 0}, {"Bytes", false, 0}, {"What", true, 0}, {"", true, 0}};
    struct text_table table;
    size_t left_out = 0;
    text_table_init(&table, columns, sizeof columns / sizeof columns[0], true);
    for (size_t i = 0; i < container_member_count(c); i++) {
        const struct container_member *m = container_member(c, i);
        if (i < LISTED || m->is_trace)
            add_member(&table, m);
        else
            left_out++;
    }
    strbuf_putc(out, '\n');
    text_table_put(&table, 0, out);
    text_table_release(&table);
    if (left_out == 0)
        return;
    strbuf_puts(out, "  and ");
    text_put_grouped(out, left_out);
    strbuf_puts(out, " more, not read\n");
}

void info_package_put_members(const struct inputs *in, struct strbuf *out)
{
    for (size_t i = 0; i < in->package_count; i++)
        if (in->packages[i].container != NULL)
            put_members(in->packages[i].container, out);
}

static json_t *member_json(const struct container_member *m)
{
    json_t *member = json_object();
    json_object_set_new(member, "name", json_string(m->name));
    if (m->bytes != 0)
        json_set_u64(member, "bytes", m->bytes);
    else
        json_object_set_new(member, "bytes", json_null());
    json_object_set_new(member, "what", json_string(m->what));
    json_object_set_new(member, "read", json_boolean(m->is_trace));
    json_object_set_new(member, "damaged", json_boolean(m->is_damaged));
    return member;
}

json_t *info_package_json(const struct inputs *in)
{
    json_t *all = json_array();
    for (size_t i = 0; i < in->package_count; i++) {
        const struct container *c = in->packages[i].container;
        if (c == NULL)
            continue;
        json_t *one = json_object();
        json_t *members = json_array();
        json_object_set_new(one, "kind", json_string(container_kind_name(c)));
        for (size_t k = 0; k < container_member_count(c); k++)
            json_array_append_new(members, member_json(container_member(c, k)));
        json_object_set_new(one, "members", members);
        json_array_append_new(all, one);
    }
    return all;
}
