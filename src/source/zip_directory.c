/* Field order as in PKWARE's application note 4.3; see zip_directory.h. */
#include "source/zip_directory.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "source/source.h"

#define END_SIZE     22u /* of the record at the end, without its comment */
#define LOCATOR_SIZE 20u /* of the record before it, which tells where the larger one is */
#define END64_SIZE   56u

/* The record at the end with its comment, and the locator before it. */
#define TAIL_MOST (LOCATOR_SIZE + END_SIZE + 0xffffu)

/* What stands in the small record when the number is in the large one. */
#define SAYS_MORE_16 0xffffu
#define SAYS_MORE_32 0xffffffffu

static bool read_at(int fd, uint64_t offset, void *buf, size_t n)
{
    struct source reader = {.fd = fd};
    size_t got = 0;
    return source_read_at(&reader, offset, buf, n, &got) == 0 && got == n;
}

static bool is_record(struct span tail, size_t at, const char *signature, size_t size)
{
    return span_has(tail, at, size) && memcmp(tail.p + at, signature, 4) == 0;
}

/* The directory lies before the record, whatever is written of its place. */
static uint64_t length(uint64_t end, uint64_t bytes, uint64_t start)
{
    uint64_t room = start < end ? end - start : end;
    return bytes < room ? bytes : room;
}

static bool take_large(int fd, struct span tail, size_t at, struct zip_directory *out)
{
    uint8_t r[END64_SIZE];
    if (at < LOCATOR_SIZE || !is_record(tail, at - LOCATOR_SIZE, "PK\6\7", LOCATOR_SIZE))
        return false;
    uint64_t end = load_u64(tail.p + at - LOCATOR_SIZE + 8);
    if (!read_at(fd, end, r, sizeof r) || memcmp(r, "PK\6\6", 4) != 0)
        return false;
    *out =
        (struct zip_directory){load_u64(r + 32), length(end, load_u64(r + 40), load_u64(r + 48))};
    return true;
}

/* `base` is where the tail begins in the file. */
static void take(int fd, struct span tail, uint64_t base, size_t at, struct zip_directory *out)
{
    const uint8_t *r = tail.p + at;
    uint32_t members = load_u16(r + 10), bytes = load_u32(r + 12), start = load_u32(r + 16);
    bool says_more = members == SAYS_MORE_16 || bytes == SAYS_MORE_32 || start == SAYS_MORE_32;
    if (says_more && take_large(fd, tail, at, out))
        return;
    *out = (struct zip_directory){members, length(base + at, bytes, start)};
}

bool zip_directory_find(int fd, uint64_t size, struct zip_directory *out)
{
    size_t n = size < TAIL_MOST ? (size_t)size : TAIL_MOST;
    uint8_t *bytes = malloc(n + 1);
    bool found = false;
    if (bytes != NULL && n >= END_SIZE && read_at(fd, size - n, bytes, n)) {
        struct span tail = {bytes, n};
        for (size_t at = n - END_SIZE + 1; at-- > 0 && !found;) {
            found = is_record(tail, at, "PK\5\6", END_SIZE);
            if (found)
                take(fd, tail, size - n, at, out);
        }
    }
    free(bytes);
    return found;
}
