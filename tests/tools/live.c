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

struct growing {
    const struct mketl_trace *trace; /* NULL: there is no such file */
    FILE *out;
    size_t next;
};

/* The file whose next buffer was full first; NULL when both are complete. */
static struct growing *whose_turn(struct growing files[2])
{
    struct growing *first = NULL;
    for (size_t i = 0; i < 2; i++) {
        struct growing *file = &files[i];
        if (!file->trace || file->next == file->trace->buffer_count)
            continue;
        if (!first ||
            file->trace->buffers[file->next].time < first->trace->buffers[first->next].time)
            first = file;
    }
    return first;
}

static int finish(const struct growing *file)
{
    if (!file->trace || fseek(file->out, 0, SEEK_SET) != 0)
        return 0; /* a pipe */
    return put(file->trace->buffers[0].bytes, file->trace->buffers[0].size, file->out);
}

int live_write(const struct mketl_trace *trace, uint32_t interval_ms, FILE *out, FILE *kernel)
{
    struct growing files[2] = {{trace, out, 1}, {trace->kernel, kernel, 1}};
    for (size_t i = 0; i < 2; i++)
        if (files[i].trace && put_unfinished_header(&files[i].trace->buffers[0], files[i].out) != 0)
            return -1;
    for (struct growing *file; (file = whose_turn(files)) != NULL; file->next++) {
        const struct mketl_buffer *buffer = &file->trace->buffers[file->next];
        wait_ms(interval_ms);
        if (put(buffer->bytes, buffer->size, file->out) != 0)
            return -1;
    }
    wait_ms(interval_ms);
    return finish(&files[0]) == 0 && finish(&files[1]) == 0 ? 0 : -1;
}
