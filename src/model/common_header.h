/*
 * Several file headers as one: whether their traces can be merged, and what then holds for all.
 *
 * Raw times can be compared when the sessions ran on one clock, at one frequency, since one boot
 * (etl-format 3).
 */
#ifndef MODEL_COMMON_HEADER_H
#define MODEL_COMMON_HEADER_H

#include "base/err.h"
#include "decoder/etl_file_header.h"

/*
 * Boot times may differ by so much (FILETIME) and still be one boot's: Windows moves the time of
 * the boot when the clock is set, and no machine boots twice so soon.
 */
#define COMMON_BOOT_TOLERANCE INT64_C(100000000)

/* 0 when `h` can be merged with `other`, else ERR_FORMAT with the reason in `info`, a line about
 * `h` that leaves out its name. */
int common_header_check(const struct etl_file_header *other, const struct etl_file_header *h,
                        struct err_info *info);

/*
 * Joins `h` to `common`: the earlier one's time zero and system, the sums of what was lost and
 * written, the larger pointers, CPUs and buffers, both sessions' names; finished when both are.
 */
void common_header_join(struct etl_file_header *common, const struct etl_file_header *h);

#endif
