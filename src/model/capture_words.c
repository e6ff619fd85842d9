/* Words for the file header's numbers; see capture_words.h. */
#include "model/capture_words.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

const struct capture_mode_word capture_mode_words[] = {
    {ETL_MODE_CIRCULAR, "circular"},
    {ETL_MODE_SEQUENTIAL, "sequential"},
    {ETL_MODE_APPEND, "append"},
    {ETL_MODE_NEWFILE, "new file"},
    {ETL_MODE_PREALLOCATE, "preallocated"},
    {ETL_MODE_PRIVATE_LOGGER, "private logger"},
    {ETL_MODE_RELOG, "merged or re-logged"},
    {ETL_MODE_COMPRESSED, "compressed"},
    {ETL_MODE_NO_PER_PROCESSOR_BUFFERING, "shared buffers"},
};

const size_t capture_mode_word_count = sizeof capture_mode_words / sizeof capture_mode_words[0];

void capture_put_mode(struct strbuf *b, uint32_t mode)
{
    const char *separator = "";
    for (size_t i = 0; i < capture_mode_word_count; i++) {
        if ((mode & capture_mode_words[i].bit) == 0)
            continue;
        strbuf_printf(b, "%s%s", separator, capture_mode_words[i].word);
        separator = ", ";
    }
    if (separator[0] == '\0')
        strbuf_put_hex(b, mode);
}

const char *capture_clock_name(uint32_t clock_type)
{
    switch (clock_type) {
    case ETL_CLOCK_SYSTEM_TIME:
        return "system time";
    case ETL_CLOCK_CPU_CYCLES:
        return "CPU cycles";
    default:
        return "QPC";
    }
}

void capture_put_clock(struct strbuf *b, uint32_t clock_type, const struct etl_clock *clock)
{
    strbuf_printf(b, "%s, ", capture_clock_name(clock_type));
    text_put_grouped(b, clock->ticks_per_second);
    strbuf_puts(b, clock->assumed ? " Hz, assumed" : " Hz");
}

void capture_put_version(struct strbuf *b, const struct etl_file_header *header)
{
    strbuf_printf(b, "%u.%u.%u", header->os_major, header->os_minor, header->os_build);
}

/* Windows 11 begins with this build, and its registry still says "Windows 10 Pro". */
#define BUILD_WINDOWS_11 22000u

void capture_put_product(struct strbuf *b, const struct etl_file_header *header,
                         const struct system_info *info)
{
    static const char ten[] = "Windows 10";
    size_t n = sizeof ten - 1;
    if (info->product[0] == '\0')
        strbuf_printf(b, "Windows %u.%u", header->os_major, header->os_minor);
    else if (header->os_build >= BUILD_WINDOWS_11 && strncmp(info->product, ten, n) == 0)
        strbuf_printf(b, "Windows 11%s", info->product + n);
    else
        strbuf_puts(b, info->product);
}

void capture_put_build(struct strbuf *b, const struct etl_file_header *header)
{
    bool known = header->pointer_size == 4 || header->pointer_size == 8; /* headers may lie */
    strbuf_printf(b, "%u", header->os_build);
    strbuf_printf(b, known ? ", %u-bit" : ", pointers of %u bytes?",
                  known ? header->pointer_size * 8 : header->pointer_size);
}

static void put_mhz(struct strbuf *b, const struct etl_file_header *header,
                    const struct system_info *info)
{
    uint32_t mhz = info->mhz != 0 ? info->mhz : header->cpu_mhz;
    if (mhz == 0)
        return;
    strbuf_puts(b, " of ");
    text_put_grouped(b, mhz);
    strbuf_puts(b, " MHz");
}

void capture_put_cpus(struct strbuf *b, const struct etl_file_header *header,
                      const struct system_info *info)
{
    text_put_grouped(b, header->cpus);
    put_mhz(b, header, info);
}

void capture_put_machine(struct strbuf *b, const struct system_info *info)
{
    strbuf_puts(b, info->computer);
    if (info->memory_mib == 0)
        return;
    strbuf_puts(b, info->computer[0] != '\0' ? ", " : "");
    text_put_size(b, (uint64_t)info->memory_mib << 20);
}

void capture_put_windows(struct strbuf *b, const struct etl_file_header *header,
                         const struct system_info *info)
{
    capture_put_product(b, header, info);
    strbuf_puts(b, ", build ");
    capture_put_build(b, header);
}

void capture_put_hardware(struct strbuf *b, const struct etl_file_header *header,
                          const struct system_info *info)
{
    if (info->computer[0] != '\0')
        strbuf_printf(b, "%s, ", info->computer);
    text_put_grouped(b, header->cpus);
    strbuf_puts(b, header->cpus == 1 ? " CPU" : " CPUs");
    put_mhz(b, header, info);
    if (info->memory_mib == 0)
        return;
    strbuf_puts(b, ", ");
    text_put_size(b, (uint64_t)info->memory_mib << 20);
}
