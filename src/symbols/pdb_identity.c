/* Reading the few fields of a PDB that tell which build it is of; see pdb_identity.h. */
#include "symbols/pdb_identity.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"

/* The superblock: a magic of 32 bytes, then six numbers. */
#define MAGIC               "Microsoft C/C++ MSF 7.00\r\n\x1a"
#define MAGIC_BYTES         32u
#define SUPERBLOCK_BYTES    56u
#define AT_BLOCK_SIZE       32u
#define AT_BLOCK_COUNT      40u
#define AT_DIRECTORY_BYTES  44u
#define AT_DIRECTORY_BLOCKS 52u

#define LEAST_BLOCK 512u
#define MOST_BLOCK  65536u

#define STREAM_INFO 1u
#define STREAM_DBI  3u
#define NO_STREAM   UINT32_MAX /* the size of a stream that is not there */

#define INFO_BYTES    28u
#define INFO_AGE      8u
#define INFO_GUID     12u
#define DBI_BYTES     64u
#define DBI_SIGNATURE 0u
#define DBI_AGE       8u
#define DBI_MACHINE   58u
#define MACHINE_I386  0x14cu

struct msf {
    int fd;
    uint32_t block_size, block_count;
    uint32_t directory_bytes;
    uint32_t directory_blocks; /* the block that lists the directory's blocks */
    struct err_info *info;
};

static int damaged(const struct msf *m, const char *what)
{
    return err_set(m->info, ERR_FORMAT, "damaged: %s", what);
}

static int read_at(const struct msf *m, uint64_t offset, void *out, size_t n)
{
    ssize_t got;
    do
        got = pread(m->fd, out, n, (off_t)offset);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        int error = errno;
        return err_set(m->info, -error, "%s", strerror(error));
    }
    return (size_t)got == n ? 0 : damaged(m, "it ends too early");
}

static int open_msf(struct msf *m)
{
    uint8_t head[SUPERBLOCK_BYTES];
    ssize_t got = pread(m->fd, head, sizeof head, 0);
    if (got >= 4 && memcmp(head, "BSJB", 4) == 0)
        return err_set(m->info, ERR_FORMAT, "a portable PDB of .NET, which has no native symbols");
    if (got != (ssize_t)sizeof head || memcmp(head, MAGIC "DS\0\0\0", MAGIC_BYTES) != 0)
        return err_set(m->info, ERR_FORMAT, "not a PDB file");
    m->block_size = load_u32(head + AT_BLOCK_SIZE);
    m->block_count = load_u32(head + AT_BLOCK_COUNT);
    m->directory_bytes = load_u32(head + AT_DIRECTORY_BYTES);
    m->directory_blocks = load_u32(head + AT_DIRECTORY_BLOCKS);
    uint32_t size = m->block_size;
    if (size < LEAST_BLOCK || size > MOST_BLOCK || (size & (size - 1)) != 0)
        return damaged(m, "its block size");
    return m->directory_blocks < m->block_count ? 0 : damaged(m, "its directory's place");
}

/* The u32 number `index` of the stream directory. */
static int directory_u32(const struct msf *m, uint64_t index, uint32_t *out_v)
{
    uint64_t offset = index * 4;
    if (offset + 4 > m->directory_bytes)
        return damaged(m, "its directory ends too early");
    uint8_t bytes[4];
    uint64_t entry = (uint64_t)m->directory_blocks * m->block_size + offset / m->block_size * 4;
    int rc = read_at(m, entry, bytes, sizeof bytes);
    if (rc != 0)
        return rc;
    uint32_t block = load_u32(bytes);
    if (block >= m->block_count)
        return damaged(m, "a block of its directory");
    rc = read_at(m, (uint64_t)block * m->block_size + offset % m->block_size, bytes, sizeof bytes);
    if (rc == 0)
        *out_v = load_u32(bytes);
    return rc;
}

/* Where the first block of `stream` lies among the numbers of the directory, and its size. */
static int find_stream(const struct msf *m, uint32_t stream, uint64_t *out_index,
                       uint32_t *out_size)
{
    uint32_t count;
    int rc = directory_u32(m, 0, &count);
    if (rc == 0 && stream >= count)
        rc = damaged(m, "a stream is missing");
    uint64_t index = 1 + (uint64_t)count;
    for (uint32_t i = 0; rc == 0; i++) {
        uint32_t size;
        rc = directory_u32(m, 1 + i, &size);
        if (rc != 0)
            break;
        size = size != NO_STREAM ? size : 0;
        if (i == stream) {
            *out_index = index;
            *out_size = size;
            break;
        }
        index += ((uint64_t)size + m->block_size - 1) / m->block_size;
    }
    return rc;
}

/* The first `n` bytes of a stream, which lie in its first block. *out_there is false when the
 * stream is shorter. */
static int read_head(const struct msf *m, uint32_t stream, uint8_t *out, uint32_t n,
                     bool *out_there)
{
    uint64_t index = 0;
    uint32_t size = 0, block;
    int rc = find_stream(m, stream, &index, &size);
    *out_there = rc == 0 && size >= n;
    if (!*out_there)
        return rc;
    rc = directory_u32(m, index, &block);
    if (rc == 0 && block >= m->block_count)
        rc = damaged(m, "a block of a stream");
    return rc == 0 ? read_at(m, (uint64_t)block * m->block_size, out, n) : rc;
}

int pdb_identity_read(int fd, struct pdb_identity *out_identity, struct err_info *info)
{
    struct msf m = {.fd = fd, .info = info};
    uint8_t head[INFO_BYTES], dbi[DBI_BYTES];
    bool there, has_dbi = false;
    int rc = open_msf(&m);
    if (rc == 0)
        rc = read_head(&m, STREAM_INFO, head, sizeof head, &there);
    if (rc == 0 && !there)
        rc = damaged(&m, "it has no GUID");
    if (rc == 0)
        rc = read_head(&m, STREAM_DBI, dbi, sizeof dbi, &has_dbi);
    if (rc != 0)
        return rc;
    has_dbi = has_dbi && load_u32(dbi + DBI_SIGNATURE) == UINT32_MAX;
    *out_identity = (struct pdb_identity){
        .age = has_dbi ? load_u32(dbi + DBI_AGE) : load_u32(head + INFO_AGE),
        .is_x86 = has_dbi && load_u16(dbi + DBI_MACHINE) == MACHINE_I386,
    };
    memcpy(out_identity->guid, head + INFO_GUID, sizeof out_identity->guid);
    return 0;
}
