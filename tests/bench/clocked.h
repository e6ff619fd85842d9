/*
 * Timing for the bench: wall time of a piece of code, and time and memory of a whole process.
 */
#ifndef TESTS_BENCH_CLOCKED_H
#define TESTS_BENCH_CLOCKED_H

#include <stddef.h>

/* Seconds on the monotonic clock. */
double clocked_now(void);

/* Seconds of CPU that the calling thread has used: what a machine that others share does not
 * change. */
double clocked_cpu(void);

struct clocked_run {
    int status;     /* as of wait4() */
    double wall;    /* seconds */
    double cpu;     /* user and system seconds */
    double peak_mb; /* greatest resident size */
};

/* Runs argv with standard output to /dev/null and waits for it. Returns 0, or -1 when it could not
 * be started. */
int clocked_process(char *const argv[], struct clocked_run *out_run);

/* Resident megabytes of this process now. */
double clocked_resident_mb(void);

/* The middle one of `n` values, which are sorted. */
double clocked_median(double *values, size_t n);

/* The value that `percent` of the `n` do not surpass; they are sorted. 0 when there are none. */
double clocked_percentile(double *values, size_t n, double percent);

#endif
