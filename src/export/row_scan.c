/* Matching rows in order, chunk by chunk; see row_scan.h. */
#include "export/row_scan.h"

#include <errno.h>

#define NO_CHUNK UINT64_MAX

int row_scan_init(struct row_scan *s, const struct trace *trace, const struct filter *filter,
                  int64_t since, int64_t until)
{
    *s = (struct row_scan){.trace = trace, .chunk = NO_CHUNK, .end = store_rows(trace->store)};
    int64_t raw_since = since != INT64_MIN ? trace_raw(trace, since) : INT64_MIN;
    int64_t raw_until = until != INT64_MAX ? trace_raw(trace, until + 1) - 1 : INT64_MAX;
    if (since != INT64_MIN)
        s->at = store_find_time(trace->store, raw_since);
    if (until != INT64_MAX)
        s->end = store_find_time(trace->store, raw_until + 1);
    if (filter == NULL || filter_is_empty(filter))
        return 0;
    s->run = filter_run_new(filter, trace);
    if (s->run == NULL)
        return -ENOMEM;
    filter_run_set_range(s->run, raw_since, raw_until);
    return 0;
}

void row_scan_release(struct row_scan *s)
{
    filter_run_free(s->run);
    s->run = NULL;
}

/* Evaluates the filter over what the range has of the chunk that row `at` is in. */
static void load_chunk(struct row_scan *s)
{
    uint64_t chunk = s->at / STORE_CHUNK_ROWS;
    if (chunk == s->chunk)
        return;
    s->chunk = chunk;
    uint64_t start = chunk * STORE_CHUNK_ROWS;
    uint64_t rows = s->end - start < STORE_CHUNK_ROWS ? s->end - start : STORE_CHUNK_ROWS;
    filter_run_chunk(s->run, chunk, (uint32_t)(s->at - start), (uint32_t)rows, s->bits);
}

uint64_t row_scan_next(struct row_scan *s)
{
    while (s->at < s->end) {
        if (s->run == NULL)
            return s->at++;
        load_chunk(s);
        uint64_t place = s->at % STORE_CHUNK_ROWS;
        uint64_t word = s->bits[place / 64] >> (place % 64);
        if (word == 0) {
            s->at += 64 - place % 64;
            continue;
        }
        s->at += (unsigned)__builtin_ctzll(word);
        return s->at < s->end ? s->at++ : ROW_NONE;
    }
    return ROW_NONE;
}
