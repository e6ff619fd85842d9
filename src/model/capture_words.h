/*
 * How a capture was made, in words: the mode of its session, its clock, the machine.
 *
 * Read by the Summary screen and by `report` and `info`. Appends to a strbuf; any thread.
 */
#ifndef MODEL_CAPTURE_WORDS_H
#define MODEL_CAPTURE_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "decoder/etl_file_header.h"
#include "model/system_facts.h"

struct capture_mode_word {
    uint32_t bit; /* enum etl_log_mode */
    const char *word;
};

extern const struct capture_mode_word capture_mode_words[];
extern const size_t capture_mode_word_count;

/* "sequential, merged or re-logged"; the number in hex when no known bit is set. */
void capture_put_mode(struct strbuf *b, uint32_t mode);

/* "QPC", "system time", "CPU cycles" for a clock type (etl-format 3.1). */
const char *capture_clock_name(uint32_t clock_type);

/* "QPC, 10,000,000 Hz", ", assumed" added when the header's frequency was absurd. */
void capture_put_clock(struct strbuf *b, uint32_t clock_type, const struct etl_clock *clock);

/* "10.0.22000". */
void capture_put_version(struct strbuf *b, const struct etl_file_header *header);

/* "Windows 11 Pro": the product, which calls itself 10 on Windows 11; "Windows 10.0" when it is not
 * told. */
void capture_put_product(struct strbuf *b, const struct etl_file_header *header,
                         const struct system_info *info);

/* "22000, 64-bit". */
void capture_put_build(struct strbuf *b, const struct etl_file_header *header);

/* "8 of 2,096 MHz". */
void capture_put_cpus(struct strbuf *b, const struct etl_file_header *header,
                      const struct system_info *info);

/* "WIN-GFC58IM3QMG, 9.71 GiB": as much as is known, perhaps nothing. */
void capture_put_machine(struct strbuf *b, const struct system_info *info);

/* "Windows 11 Pro, build 22000, 64-bit". */
void capture_put_windows(struct strbuf *b, const struct etl_file_header *header,
                         const struct system_info *info);

/* "WIN-GFC58IM3QMG, 8 CPUs of 2,096 MHz, 9.71 GiB". */
void capture_put_hardware(struct strbuf *b, const struct etl_file_header *header,
                          const struct system_info *info);

#endif
