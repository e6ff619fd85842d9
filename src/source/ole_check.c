/* Bounds of a compound file; see ole_check.h. Offsets are those of MS-CFB 2.2 and 2.6. */
#include "source/ole_check.h"

#include <stdbool.h>

#include "base/bytes.h"

#define HEADER_SIZE   512u
#define HEADER_TABLES 109u /* places of table sectors that the header itself holds */
#define ENTRY_SIZE    128u
#define ENTRIES_MAX   2048u
#define SECTORS_MAX   (UINT64_C(1) << 24)
/* Those a table may describe although the file does not have them: 2 GiB, as far as version 3 goes.
 */
#define SECTORS_TRUSTED (UINT64_C(1) << 22)
#define STREAM_MAX      (UINT64_C(1) << 40)
#define SECTOR_LAST     UINT32_C(0xfffffffa) /* above it are marks, not places */

struct ole_file {
    const struct container *c;
    uint8_t header[HEADER_SIZE];
    unsigned shift;   /* log2 of the sector size */
    uint64_t sectors; /* that fit the file */
};

static uint64_t per_table(const struct ole_file *f)
{
    return (UINT64_C(1) << f->shift) / 4;
}

static int read_u32(const struct ole_file *f, uint64_t sector, uint64_t offset, uint32_t *out_v)
{
    uint8_t b[4];
    size_t n;
    uint64_t at = ((sector + 1) << f->shift) + offset;
    if (sector >= f->sectors || container_read_at(f->c, at, b, sizeof b, &n) != 0 || n != sizeof b)
        return ERR_FORMAT;
    *out_v = load_u32(b);
    return 0;
}

/* Where the `index`th sector of the table lies: in the header, or along a chain of further lists.
 */
static int find_table(const struct ole_file *f, uint64_t index, uint32_t *out_sector)
{
    uint64_t per_list = (UINT64_C(1) << f->shift) / 4 - 1;
    if (index < HEADER_TABLES) {
        *out_sector = load_u32(f->header + 0x4c + 4 * index);
        return 0;
    }
    index -= HEADER_TABLES;
    uint32_t list = load_u32(f->header + 0x44);
    for (; index >= per_list; index -= per_list)
        if (read_u32(f, list, per_list * 4, &list) != 0)
            return ERR_FORMAT;
    return read_u32(f, list, index * 4, out_sector);
}

static int next_sector(const struct ole_file *f, uint32_t sector, uint32_t *out_next)
{
    uint32_t table;
    if (find_table(f, sector / per_table(f), &table) != 0)
        return ERR_FORMAT;
    return read_u32(f, table, sector % per_table(f) * 4, out_next);
}

/* The sizes that streams claim. */
static bool entries_are_sane(const struct ole_file *f, uint32_t sector)
{
    for (uint64_t at = 0; at < UINT64_C(1) << f->shift; at += ENTRY_SIZE) {
        uint32_t high;
        if (read_u32(f, sector, at + 124, &high) != 0)
            return false;
        /* The upper half means something in sectors of 4 KiB only. */
        if (f->shift != 9 && high >= STREAM_MAX >> 32)
            return false;
    }
    return true;
}

static bool directory_is_sane(const struct ole_file *f)
{
    uint32_t sector = load_u32(f->header + 0x30);
    uint64_t entries = 0;
    while (sector < SECTOR_LAST) {
        entries += (UINT64_C(1) << f->shift) / ENTRY_SIZE;
        if (entries > ENTRIES_MAX || !entries_are_sane(f, sector) ||
            next_sector(f, sector, &sector) != 0)
            return false;
    }
    return entries != 0;
}

static bool header_is_sane(struct ole_file *f)
{
    f->shift = load_u16(f->header + 0x1e);
    if (load_u16(f->header + 0x1c) != 0xfffe || load_u16(f->header + 0x20) != 6 ||
        (f->shift != 9 && f->shift != 12))
        return false;
    f->sectors = f->c->size >> f->shift;
    uint64_t tables = load_u32(f->header + 0x2c);
    uint64_t needed = f->sectors / per_table(f) + 1;
    return f->sectors <= SECTORS_MAX &&
           (tables <= 2 * needed || tables * per_table(f) <= SECTORS_TRUSTED);
}

/* As many sectors as the table describes, which is rarely full in its last one: a little too much,
 * and of that nothing is read. */
static uint64_t promised_size(const struct ole_file *f)
{
    uint64_t sectors = load_u32(f->header + 0x2c) * per_table(f);
    return (sectors + 1) << f->shift;
}

int ole_check(const struct container *c, uint64_t *out_size, struct err_info *info)
{
    struct ole_file f = {.c = c};
    size_t n;
    int rc = container_read_at(c, 0, f.header, sizeof f.header, &n);
    if (rc != 0)
        return err_set(info, rc, "cannot be read");
    if (n == sizeof f.header && header_is_sane(&f) && directory_is_sane(&f)) {
        uint64_t promised = promised_size(&f);
        *out_size = promised > c->size ? promised : c->size;
        return 0;
    }
    return err_set(info, ERR_FORMAT,
                   "OLE compound file, damaged or cut off: its directory cannot be read");
}
