/* Words for the file header's numbers; see capture_words.h. */
#include "model/capture_words.h"

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

void capture_put_windows(struct strbuf *b, const struct etl_file_header *header)
{
    strbuf_printf(b, "%u.%u.%u", header->os_major, header->os_minor, header->os_build);
}
