/* Damage by description; see damage.h. */
#include "damage.h"

#include <stdbool.h>
#include <string.h>

#include "etl_writer.h"
#include "number.h"
#include "rng.h"

const char *const DAMAGE_HELP =
    "  cut:BYTES                      keep the first BYTES of the file\n"
    "  zero:OFFSET:COUNT              zero a range\n"
    "  flip:COUNT[:SEED]              flip COUNT random bits\n"
    "  record-size:BUFFER:RECORD:SIZE set a record's Size, 0 or too large\n"
    "  buffer-size:BUFFER:SIZE        set a buffer's BufferSize\n"
    "  buffer-used:BUFFER:SIZE        set a buffer's Offset, the end of its records\n"
    "  zero-buffer:BUFFER             zero a whole buffer, header included\n";

enum { MOST_ARGUMENTS = 3 };

struct image {
    uint8_t *bytes;
    size_t *size;
};

/* The offset of buffer `ordinal`, or the file size when there is none. */
static size_t find_buffer(const struct image *image, uint64_t ordinal)
{
    size_t at = 0;
    while (*image->size - at >= ETL_BUFFER_HEADER) {
        if (ordinal-- == 0)
            return at;
        size_t stride = etl_get32(image->bytes + at + ETL_AT_BUFFER_SIZE);
        if (stride < ETL_BUFFER_HEADER || stride > *image->size - at)
            break;
        at += stride;
    }
    return *image->size;
}

/* Where a record's Size stands: at +4 behind a hook id's header, else at +0 (etl-format 2.1). */
static uint8_t *size_field(uint8_t *record)
{
    uint8_t type = record[2];
    bool hook = (type >= 1 && type <= 4) || type == 16 || type == 17;
    return hook ? record + 4 : record;
}

static int cut(struct image *image, const uint64_t *arguments)
{
    if (arguments[0] > *image->size)
        return -1;
    *image->size = (size_t)arguments[0];
    return 0;
}

static int zero(struct image *image, const uint64_t *arguments)
{
    if (arguments[0] > *image->size || arguments[1] > *image->size - arguments[0])
        return -1;
    memset(image->bytes + arguments[0], 0, (size_t)arguments[1]);
    return 0;
}

static int flip(struct image *image, const uint64_t *arguments)
{
    struct rng rng = {arguments[1]};
    if (*image->size == 0)
        return -1;
    for (uint64_t i = 0; i < arguments[0]; i++) {
        uint64_t bit = rng_below(&rng, (uint64_t)*image->size * 8);
        image->bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    return 0;
}

static int record_size(struct image *image, const uint64_t *arguments)
{
    size_t buffer = find_buffer(image, arguments[0]);
    if (buffer == *image->size)
        return -1;
    size_t end = buffer + etl_get32(image->bytes + buffer + ETL_AT_OFFSET);
    size_t at = buffer + ETL_BUFFER_HEADER;
    for (uint64_t left = arguments[1]; at + 8 <= end && end <= *image->size; left--) {
        uint8_t *size = size_field(image->bytes + at);
        if (left == 0) {
            etl_put16(size, (uint16_t)arguments[2]);
            return 0;
        }
        if (etl_get16(size) == 0)
            return -1;
        at += (etl_get16(size) + 7u) & ~(size_t)7;
    }
    return -1;
}

static int put_in_buffer(struct image *image, const uint64_t *arguments, size_t field)
{
    size_t buffer = find_buffer(image, arguments[0]);
    if (buffer == *image->size)
        return -1;
    etl_put32(image->bytes + buffer + field, (uint32_t)arguments[1]);
    return 0;
}

static int buffer_size(struct image *image, const uint64_t *arguments)
{
    return put_in_buffer(image, arguments, ETL_AT_BUFFER_SIZE);
}

static int buffer_used(struct image *image, const uint64_t *arguments)
{
    return put_in_buffer(image, arguments, ETL_AT_OFFSET);
}

static int zero_buffer(struct image *image, const uint64_t *arguments)
{
    size_t buffer = find_buffer(image, arguments[0]);
    if (buffer == *image->size)
        return -1;
    size_t stride = etl_get32(image->bytes + buffer + ETL_AT_BUFFER_SIZE);
    if (stride > *image->size - buffer)
        return -1;
    memset(image->bytes + buffer, 0, stride);
    return 0;
}

static const struct {
    const char *kind;
    int (*apply)(struct image *, const uint64_t *);
    size_t least;
    size_t most;
} KINDS[] = {
    {"cut", cut, 1, 1},
    {"zero", zero, 2, 2},
    {"flip", flip, 1, 2},
    {"record-size", record_size, 3, 3},
    {"buffer-size", buffer_size, 2, 2},
    {"buffer-used", buffer_used, 2, 2},
    {"zero-buffer", zero_buffer, 1, 1},
};

/* Reads ":number:number"; returns their count, or a count nobody accepts. */
static size_t parse_arguments(const char *text, uint64_t *out_arguments)
{
    size_t count = 0;
    while (*text == ':' && count < MOST_ARGUMENTS) {
        text = number_read(text + 1, &out_arguments[count++]);
        if (!text)
            return SIZE_MAX;
    }
    return *text ? SIZE_MAX : count;
}

int damage_apply(const char *description, uint8_t *bytes, size_t *size)
{
    size_t word = strcspn(description, ":");
    uint64_t arguments[MOST_ARGUMENTS] = {0};
    size_t count = parse_arguments(description + word, arguments);
    struct image image = {bytes, size};
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (strlen(KINDS[i].kind) == word && memcmp(KINDS[i].kind, description, word) == 0)
            return count < KINDS[i].least || count > KINDS[i].most
                       ? -1
                       : KINDS[i].apply(&image, arguments);
    return -1;
}
