/* Timing for the bench; see clocked.h. */
#include "clocked.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

double clocked_now(void)
{
    return (double)clock_monotonic_ns() / 1e9;
}

double clocked_cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int clocked_process(char *const argv[], struct clocked_run *out_run)
{
    double start = clocked_now();
    pid_t pid = fork();
    if (pid < 0)
        return -1;
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);
        if (null >= 0)
            dup2(null, STDOUT_FILENO);
        execvp(argv[0], argv);
        _exit(127);
    }
    int status;
    struct rusage usage;
    if (wait4(pid, &status, 0, &usage) != pid || (WIFEXITED(status) && WEXITSTATUS(status) == 127))
        return -1;
    *out_run = (struct clocked_run){
        .status = status,
        .wall = clocked_now() - start,
        .cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime),
        .peak_mb = (double)usage.ru_maxrss / 1024,
    };
    return 0;
}

double clocked_resident_mb(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f == NULL || fscanf(f, "%*s %ld", &pages) != 1)
        pages = 0;
    if (f != NULL)
        fclose(f);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

double clocked_median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, compare);
    return values[n / 2];
}

double clocked_percentile(double *values, size_t n, double percent)
{
    if (n == 0)
        return 0;
    qsort(values, n, sizeof *values, compare);
    size_t at = (size_t)((double)n * percent / 100);
    return values[at < n ? at : n - 1];
}
