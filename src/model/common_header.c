/* What several file headers have in common; see common_header.h. */
#include "model/common_header.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "model/capture_words.h"

/* ---- whether ---- */

/* What the clock type means: an unknown one counts as QPC. */
static uint32_t clock_kind(const struct etl_file_header *h)
{
    bool known = h->clock_type == ETL_CLOCK_SYSTEM_TIME || h->clock_type == ETL_CLOCK_CPU_CYCLES;
    return known ? h->clock_type : ETL_CLOCK_QPC;
}

static bool is_same_boot(int64_t a, int64_t b)
{
    uint64_t apart = a < b ? (uint64_t)b - (uint64_t)a : (uint64_t)a - (uint64_t)b;
    /* A tool that wrote no boot time says nothing against it. */
    return a == 0 || b == 0 || apart <= (uint64_t)COMMON_BOOT_TOLERANCE;
}

static int refuse_clock(const struct etl_file_header *other, const struct etl_clock *theirs,
                        const struct etl_file_header *h, const struct etl_clock *own,
                        struct err_info *info)
{
    struct strbuf b = {0};
    strbuf_puts(&b, "its times cannot be compared with the other file's: its clock is ");
    capture_put_clock(&b, h->clock_type, own);
    strbuf_puts(&b, ", the other's ");
    capture_put_clock(&b, other->clock_type, theirs);
    err_set(info, ERR_FORMAT, "%s", strbuf_str(&b));
    strbuf_release(&b);
    return ERR_FORMAT;
}

static int refuse_boot(const struct etl_file_header *other, const struct etl_file_header *h,
                       struct err_info *info)
{
    struct strbuf b = {0};
    strbuf_puts(&b, "of another boot than the other trace: open one alone (booted ");
    text_put_filetime(&b, h->boot_time);
    strbuf_puts(&b, ", the other ");
    text_put_filetime(&b, other->boot_time);
    strbuf_puts(&b, ")");
    err_set(info, ERR_FORMAT, "%s", strbuf_str(&b));
    strbuf_release(&b);
    return ERR_FORMAT;
}

int common_header_check(const struct etl_file_header *other, const struct etl_file_header *h,
                        struct err_info *info)
{
    struct etl_clock theirs, own;
    etl_clock_init(&theirs, other);
    etl_clock_init(&own, h);
    if (clock_kind(other) != clock_kind(h) || theirs.ticks_per_second != own.ticks_per_second)
        return refuse_clock(other, &theirs, h, &own, info);
    return is_same_boot(other->boot_time, h->boot_time) ? 0 : refuse_boot(other, h, info);
}

/* ---- what ---- */

static uint32_t sum(uint32_t a, uint32_t b)
{
    uint32_t s;
    return __builtin_add_overflow(a, b, &s) ? UINT32_MAX : s;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* 0 stands for a session that still runs. */
static int64_t common_end(int64_t a, int64_t b)
{
    if (a == 0 || b == 0)
        return 0;
    return a > b ? a : b;
}

/* "NT Kernel Logger + heap session"; a name that stands there already is not repeated. */
static void join_name(char *names, const char *name)
{
    if (name[0] == '\0' || strcmp(names, name) == 0)
        return;
    struct strbuf b = {0};
    strbuf_printf(&b, "%s%s%s", names, names[0] != '\0' ? " + " : "", name);
    strbuf_truncate(&b, text_clip(strbuf_str(&b), b.len, ETL_NAME_SIZE - 1));
    memcpy(names, strbuf_str(&b), b.len + 1);
    strbuf_release(&b);
}

void common_header_join(struct etl_file_header *common, const struct etl_file_header *h)
{
    bool earlier = h->header_time < common->header_time;
    struct etl_file_header joined = earlier ? *h : *common;
    const struct etl_file_header *rest = earlier ? common : h;
    joined.end_time = common_end(common->end_time, h->end_time);
    joined.cpus = larger(common->cpus, h->cpus);
    joined.cpu_mhz = larger(common->cpu_mhz, h->cpu_mhz);
    joined.pointer_size = larger(common->pointer_size, h->pointer_size);
    joined.buffer_size = larger(common->buffer_size, h->buffer_size);
    joined.first_buffer_size = larger(common->first_buffer_size, h->first_buffer_size);
    joined.buffers_written = sum(common->buffers_written, h->buffers_written);
    joined.events_lost = sum(common->events_lost, h->events_lost);
    joined.buffers_lost = sum(common->buffers_lost, h->buffers_lost);
    joined.log_file_mode |= rest->log_file_mode;
    join_name(joined.session_name, rest->session_name);
    join_name(joined.log_file_name, rest->log_file_name);
    *common = joined;
}
