/* See ole_writer.h. */
#include "ole_writer.h"

#include <stdio.h>

#include <zlib.h>

#include "compress.h"

#define SMALL     4096u /* streams below it go to the stream of small sectors */
#define MINI      64u
#define PER_TABLE (OLE_SECTOR / 4u)
#define END       0xfffffffeu
#define FREE      0xffffffffu
#define TABLE     0xfffffffdu
#define CHUNK     65536u
#define BLOCK     (1u << 20)

struct file {
    struct packed_bytes table; /* of sectors, 32 bits each */
    struct packed_bytes mini_table, mini;
    struct packed_bytes directory;
    struct packed_bytes body; /* sectors behind table and directory */
    size_t first;             /* sector number of the body */
};

static size_t up_to(size_t n, size_t unit)
{
    return (n + unit - 1) / unit;
}

static void pad(struct packed_bytes *b, size_t unit, uint8_t with)
{
    while (b->size % unit != 0)
        packed_add(b, &with, 1);
}

/* A chain of `n` entries from the present end of the table on. */
static uint32_t chain(struct packed_bytes *table, size_t n)
{
    uint32_t first = (uint32_t)(table->size / 4);
    for (size_t i = 0; i < n; i++)
        packed_number(table, i + 1 == n ? END : first + i + 1, 4);
    return n != 0 ? first : END;
}

static uint32_t put_body(struct file *f, const uint8_t *bytes, size_t n)
{
    packed_add(&f->body, bytes, n);
    pad(&f->body, OLE_SECTOR, 0);
    return chain(&f->table, up_to(n, OLE_SECTOR));
}

static uint32_t put_mini(struct file *f, const uint8_t *bytes, size_t n)
{
    packed_add(&f->mini, bytes, n);
    pad(&f->mini, MINI, 0);
    return chain(&f->mini_table, up_to(n, MINI));
}

static void put_entry(struct file *f, const char *name, unsigned type, uint32_t right,
                      uint32_t child, uint32_t start, size_t size)
{
    size_t at = f->directory.size;
    for (size_t i = 0; i < 32; i++)
        packed_number(&f->directory, i < strlen(name) ? (uint8_t)name[i] : 0, 2);
    packed_number(&f->directory, 2 * (strlen(name) + 1), 2);
    packed_number(&f->directory, type | 0x100, 2);
    packed_number(&f->directory, FREE, 4);
    packed_number(&f->directory, right, 4);
    packed_number(&f->directory, child, 4);
    packed_number(&f->directory, 0, 36);
    packed_number(&f->directory, start, 4);
    packed_number(&f->directory, size, 8);
    if (f->directory.size != at + 128)
        abort();
}

static void put_header(struct packed_bytes *out, size_t tables, uint32_t mini_table,
                       size_t mini_tables)
{
    static const uint8_t magic[] = {0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1};
    packed_add(out, magic, sizeof magic);
    packed_number(out, 0, 8);
    packed_number(out, 0, 8);
    packed_number(out, 0x3e, 2);
    packed_number(out, 3, 2);
    packed_number(out, 0xfffe, 2);
    packed_number(out, 9, 2);
    packed_number(out, 6, 2);
    packed_number(out, 0, 6);
    packed_number(out, 0, 4);
    packed_number(out, tables, 4);
    packed_number(out, tables, 4); /* the directory follows the table */
    packed_number(out, 0, 4);
    packed_number(out, SMALL, 4);
    packed_number(out, mini_tables != 0 ? mini_table : END, 4);
    packed_number(out, mini_tables, 4);
    packed_number(out, END, 4);
    packed_number(out, 0, 4);
    for (size_t i = 0; i < 109; i++)
        packed_number(out, i < tables ? i : FREE, 4);
}

/* How many sectors the table takes: it describes itself, too. */
static size_t count_tables(size_t others)
{
    size_t n = 1;
    while (n * PER_TABLE < n + others)
        n++;
    return n;
}

static size_t count_others(const struct packed_file *streams, size_t count)
{
    size_t sectors = up_to((count + 1) * 128, OLE_SECTOR), mini = 0;
    for (size_t i = 0; i < count; i++) {
        if (streams[i].size >= SMALL)
            sectors += up_to(streams[i].size, OLE_SECTOR);
        else
            mini += up_to(streams[i].size, MINI);
    }
    return sectors + up_to(mini * MINI, OLE_SECTOR) + up_to(mini * 4, OLE_SECTOR);
}

uint8_t *ole_write(const struct packed_file *streams, size_t count, size_t *out_size)
{
    struct file f = {0};
    uint32_t starts[64];
    size_t tables = count_tables(count_others(streams, count));
    for (size_t i = 0; i < tables; i++)
        packed_number(&f.table, TABLE, 4);
    chain(&f.table, up_to((count + 1) * 128, OLE_SECTOR));
    for (size_t i = 0; i < count; i++)
        if (streams[i].size >= SMALL)
            starts[i] = put_body(&f, streams[i].bytes, streams[i].size);
        else
            starts[i] = put_mini(&f, streams[i].bytes, streams[i].size);
    uint32_t root = put_body(&f, f.mini.p, f.mini.size);
    size_t mini_tables = up_to(f.mini_table.size, OLE_SECTOR);
    uint32_t mini_table = 0;
    if (mini_tables != 0) {
        pad(&f.mini_table, OLE_SECTOR, 0xff);
        mini_table = put_body(&f, f.mini_table.p, f.mini_table.size);
    }
    put_entry(&f, "Root Entry", 5, FREE, count != 0 ? 1 : FREE, root, f.mini.size);
    for (size_t i = 0; i < count; i++)
        put_entry(&f, streams[i].name, 2, i + 1 < count ? (uint32_t)i + 2 : FREE, FREE, starts[i],
                  streams[i].size);
    pad(&f.directory, OLE_SECTOR, 0);
    pad(&f.table, OLE_SECTOR, 0xff);
    struct packed_bytes out = {0};
    put_header(&out, tables, mini_table, mini_tables);
    packed_add(&out, f.table.p, f.table.size);
    packed_add(&out, f.directory.p, f.directory.size);
    packed_add(&out, f.body.p, f.body.size);
    free(f.table.p);
    free(f.directory.p);
    free(f.body.p);
    free(f.mini.p);
    free(f.mini_table.p);
    *out_size = out.size;
    return out.p;
}

/* ---- resources ---- */

static void put_chunk(struct packed_bytes *out, const uint8_t *p, size_t n)
{
    static uint8_t packed[CHUNK + 1024];
    size_t size = compress_xpress_huff(p, n, packed, n - 1);
    const uint8_t *stored = size != 0 ? packed : p;
    size = size != 0 ? size : n;
    packed_number(out, crc32(0, p, (uInt)n), 4);
    packed_number(out, n, 4);
    packed_number(out, crc32(0, stored, (uInt)size), 4);
    packed_number(out, size, 4);
    packed_add(out, stored, size);
}

uint8_t *ole_pack(const uint8_t *bytes, size_t size, size_t *out_size)
{
    struct packed_bytes out = {0};
    for (size_t at = 0; at < size; at += BLOCK) {
        size_t block = size - at < BLOCK ? size - at : BLOCK;
        size_t header = out.size;
        packed_number(&out, block, 4);
        packed_number(&out, 0, 4); /* below */
        for (size_t in = 0; in < block; in += CHUNK)
            put_chunk(&out, bytes + at + in, block - in < CHUNK ? block - in : CHUNK);
        packed_set(&out, header + 4, out.size - header - 8, 4);
    }
    *out_size = out.size;
    return out.p;
}

static void put_wide(struct packed_bytes *b, const char *text)
{
    for (size_t i = 0; i <= strlen(text); i++)
        packed_number(b, (uint8_t)text[i], 2);
}

static void put_guid(char out[40], size_t i)
{
    snprintf(out, 40, "B6E81C6E-5FF2-43BA-A688-%012zX", i);
}

/* Property 0 names the others: property i + 3 is "E<i + 1>", a string with a GUID. */
static void put_properties(struct packed_bytes *b, size_t count)
{
    packed_number(b, 0xfffe, 2);
    packed_number(b, 0, 2);
    packed_number(b, 0x2000a, 4);
    packed_number(b, 0, 16 - 8);
    packed_number(b, 0, 8);
    packed_number(b, 1, 4);
    packed_number(b, 0x1234, 16 - 8);
    packed_number(b, 0, 8);
    packed_number(b, 48, 4);
    size_t section = b->size;
    packed_number(b, 0, 4);
    packed_number(b, count + 1, 4);
    size_t list = b->size;
    packed_number(b, 0, 8);
    for (size_t i = 0; i < count; i++) {
        packed_number(b, i + 3, 4);
        packed_number(b, 0, 4);
    }
    packed_set(b, list + 4, b->size - section, 4);
    packed_number(b, count, 4);
    for (size_t i = 0; i < count; i++) {
        char name[16];
        snprintf(name, sizeof name, "E%zu", i + 1);
        packed_number(b, i + 3, 4);
        packed_number(b, strlen(name) + 1, 4);
        put_wide(b, name);
        pad(b, 4, 0);
    }
    for (size_t i = 0; i < count; i++) {
        char guid[40];
        put_guid(guid, i);
        packed_set(b, list + 8 * (i + 1) + 4, b->size - section, 4);
        packed_number(b, 8, 4);
        packed_number(b, 2 * (strlen(guid) + 1), 4);
        put_wide(b, guid);
        pad(b, 4, 0);
    }
    packed_set(b, section, b->size - section, 4);
}

static void put_metadata(struct packed_bytes *b, const struct packed_file *resources, size_t count)
{
    static const char head[] = "<?xml version=\"1.0\"?><Package><Content>";
    static const char tail[] = "</Content></Package>";
    packed_add(b, head, strlen(head));
    for (size_t i = 0; i < count; i++) {
        char guid[40], line[512];
        put_guid(guid, i);
        int n = snprintf(line, sizeof line, "<Resource Id=\"{%s}\" Name=\"%s\" Type=\"x\" />", guid,
                         resources[i].name);
        packed_add(b, line, (size_t)n);
    }
    packed_add(b, tail, strlen(tail));
}

uint8_t *ole_write_session(const struct packed_file *resources, size_t count, size_t *out_size)
{
    struct packed_file streams[64];
    char names[64][16];
    struct packed_bytes properties = {0}, metadata = {0};
    for (size_t i = 0; i < count; i++) {
        snprintf(names[i], sizeof names[i], "E%zu", i + 1);
        streams[i].name = names[i];
        streams[i].bytes = ole_pack(resources[i].bytes, resources[i].size, &streams[i].size);
    }
    put_properties(&properties, count);
    put_metadata(&metadata, resources, count);
    streams[count] = (struct packed_file){"metadata.xml", metadata.p, metadata.size};
    streams[count + 1] =
        (struct packed_file){"\005Mgj4efc5D0geeas1LvgnikgsJe", properties.p, properties.size};
    uint8_t *out = ole_write(streams, count + 2, out_size);
    for (size_t i = 0; i < count + 2; i++)
        free((void *)(uintptr_t)streams[i].bytes);
    return out;
}
