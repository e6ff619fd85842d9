/*
 * The bytes of a PE file with one section; see stub_image.h.
 *
 *   0x000  DOS header: the magic, and where the next is
 *   0x040  PE signature, COFF header, optional header, section header
 *   0x200  .rdata (0x1000 in memory): debug directory of one entry, RSDS record
 */
#include "symbols/stub_image.h"

#include <string.h>

#define AT_PE         0x40u
#define AT_COFF       (AT_PE + 4u)
#define AT_OPTIONAL   (AT_COFF + 20u)
#define AT_SECTION    0x200u /* in the file */
#define SECTION_RVA   0x1000u
#define FILE_ALIGN    0x200u
#define MEMORY_ALIGN  0x1000u
#define DEBUG_BYTES   28u
#define RSDS_BYTES    24u /* before the name */
#define DIRECTORIES   16u
#define DEBUG_INDEX   6u
#define MACHINE_I386  0x14cu
#define MACHINE_AMD64 0x8664u
#define READ_DATA     0x40000040u /* initialised, readable */
#define CODE_VIEW     2u

static void put16(uint8_t *p, uint16_t v)
{
    memcpy(p, &v, sizeof v);
}

static void put32(uint8_t *p, uint32_t v)
{
    memcpy(p, &v, sizeof v);
}

static void put64(uint8_t *p, uint64_t v)
{
    memcpy(p, &v, sizeof v);
}

static uint32_t align_up(size_t n, uint32_t to)
{
    return (uint32_t)(n + to - 1) / to * to;
}

/* The debug directory and the record it points at; returns how many bytes. */
static size_t put_section(const struct stub_image *image, uint8_t *p)
{
    size_t name = strlen(image->pdb) + 1;
    put32(p + 12, CODE_VIEW);
    put32(p + 16, (uint32_t)(RSDS_BYTES + name));
    put32(p + 20, SECTION_RVA + DEBUG_BYTES);
    put32(p + 24, AT_SECTION + DEBUG_BYTES);
    uint8_t *rsds = p + DEBUG_BYTES;
    memcpy(rsds, "RSDS", 4);
    memcpy(rsds + 4, image->guid, sizeof image->guid);
    put32(rsds + 20, image->age);
    memcpy(rsds + RSDS_BYTES, image->pdb, name);
    return DEBUG_BYTES + RSDS_BYTES + name;
}

/* The fields both forms have at the same place; returns where the directories' count stands. */
static size_t put_optional(bool is_x86, size_t used, uint8_t *p)
{
    put16(p, is_x86 ? 0x10b : 0x20b);
    put32(p + 8, align_up(used, FILE_ALIGN)); /* initialised data */
    if (is_x86)
        put32(p + 28, 0x400000);
    else
        put64(p + 24, UINT64_C(0x140000000));
    put32(p + 32, MEMORY_ALIGN);
    put32(p + 36, FILE_ALIGN);
    put16(p + 40, 6); /* system version, subsystem version: Vista */
    put16(p + 48, 6);
    put32(p + 56, SECTION_RVA + align_up(used, MEMORY_ALIGN)); /* size in memory */
    put32(p + 60, AT_SECTION);                                 /* size of the headers */
    put16(p + 68, 3);                                          /* console */
    return is_x86 ? 92 : 108;
}

static size_t put_headers(const struct stub_image *image, size_t used, uint8_t *out)
{
    memcpy(out, "MZ", 2);
    put32(out + 0x3c, AT_PE);
    memcpy(out + AT_PE, "PE\0\0", 4);
    uint8_t *optional = out + AT_OPTIONAL;
    size_t at = put_optional(image->is_x86, used, optional);
    put32(optional + at, DIRECTORIES);
    put32(optional + at + 4 + DEBUG_INDEX * 8, SECTION_RVA);
    put32(optional + at + 8 + DEBUG_INDEX * 8, DEBUG_BYTES);
    size_t optional_bytes = at + 4 + DIRECTORIES * 8;
    uint8_t *coff = out + AT_COFF;
    put16(coff, image->is_x86 ? MACHINE_I386 : MACHINE_AMD64);
    put16(coff + 2, 1);
    put16(coff + 16, (uint16_t)optional_bytes);
    put16(coff + 18, image->is_x86 ? 0x102 : 0x22); /* executable, 32-bit or large addresses */
    return AT_OPTIONAL + optional_bytes;
}

size_t stub_image_make(const struct stub_image *image, uint8_t out[STUB_BYTES])
{
    if (strlen(image->pdb) >= STUB_PDB_BYTES)
        return 0;
    memset(out, 0, STUB_BYTES);
    size_t used = put_section(image, out + AT_SECTION);
    uint8_t *section = out + put_headers(image, used, out);
    memcpy(section, ".rdata", 6);
    put32(section + 8, (uint32_t)used);
    put32(section + 12, SECTION_RVA);
    put32(section + 16, align_up(used, FILE_ALIGN));
    put32(section + 20, AT_SECTION);
    put32(section + 36, READ_DATA);
    return AT_SECTION + align_up(used, FILE_ALIGN);
}
