/* A growing file; see live.h. */
#include "live.h"

#include <stdlib.h>
#include <time.h>

#include "mem.h"

static void wait_ms(uint32_t ms)
{
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    while (nanosleep(&left, &left) != 0) {
    }
}

static int put(const uint8_t *bytes, size_t size, FILE *out)
{
    return fwrite(bytes, 1, size, out) == size && fflush(out) == 0 ? 0 : -1;
}

/* The header buffer as it stands while the session logs. */
static int put_unfinished_header(const struct mketl_buffer *header, FILE *out)
{
    uint8_t *bytes = mem_copy(header->bytes, header->size);
    file_header_unfinish(bytes + ETL_BUFFER_HEADER);
    int result = put(bytes, header->size, out);
    free(bytes);
    return result;
}

int live_write(const struct mketl_trace *trace, uint32_t interval_ms, FILE *out)
{
    if (put_unfinished_header(&trace->buffers[0], out) != 0)
        return -1;
    for (size_t i = 1; i < trace->buffer_count; i++) {
        wait_ms(interval_ms);
        if (put(trace->buffers[i].bytes, trace->buffers[i].size, out) != 0)
            return -1;
    }
    wait_ms(interval_ms);
    if (fseek(out, 0, SEEK_SET) != 0)
        return 0; /* a pipe */
    return put(trace->buffers[0].bytes, trace->buffers[0].size, out);
}
