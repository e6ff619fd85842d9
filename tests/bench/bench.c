/*
 * The benchmark: one command, one table. Ratios within one run count, absolute times do not: the
 * machines are shared.
 *
 *     heaptail_bench [--events N] [--list] [FILE] [SECTION...]
 *
 * FILE (its name has a dot or a slash), or a random trace of N heap events (10 million: about
 * 600 MB), made once. Without names every section runs.
 */
#include "bench.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clocked.h"

static const struct section {
    const char *name;
    void (*run)(struct bench *b);
    const char *what;
} sections[] = {
    {"read", bench_read, "a bare read() of the file"},
    {"first", bench_first_rows, "from opening to the first rows"},
    {"ingest", bench_ingest, "decoding and storing, memory"},
    {"stacks", bench_stacks, "ingest with call stacks against without"},
    {"report", bench_report, "heaptail report as a whole process"},
    {"filter", bench_filters, "scanning all rows"},
    {"figures", bench_figures, "adding all rows up"},
    {"blocks", bench_blocks, "lists of blocks, sorted"},
    {"sizes", bench_sizes, "tables of sizes and lifetimes"},
    {"findings", bench_findings, "looking for what is wrong"},
    {"timeline", bench_timeline, "outstanding over time: its index, windows at every zoom"},
    {"frames", bench_frames, "what a key and its frame cost at 200x60"},
    {"symbols", bench_symbols, "names of 100,000 addresses, and the loop meanwhile"},
    {"naming", bench_naming, "keys on Stacks while names are found out, through a terminal"},
    {"typing", bench_typing, "keys at the whole program on the trace, through a terminal"},
    {"live", bench_live, "keys while 100,000 events a second arrive, through a terminal"},
    {"moments", bench_moments, "what was outstanding at moments, by heap and by stack"},
    {"range", bench_range, "other ranges over all rows"},
    {"trees", bench_trees, "adding up by call stack, and call trees"},
};

#define SECTIONS (sizeof sections / sizeof sections[0])

void bench_line(const char *what, double value, const char *unit, const char *note)
{
    printf("%-34s %12.2f %-12s %s\n", what, value, unit, note);
}

_Noreturn void bench_die(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

static void find_folder(struct bench *b)
{
    ssize_t n = readlink("/proc/self/exe", b->folder, sizeof b->folder - 1);
    if (n <= 0)
        bench_die("cannot find the build's programs");
    b->folder[n] = '\0';
    *strrchr(b->folder, '/') = '\0';
}

const char *bench_make_trace(const struct bench *b, const char *events)
{
    return bench_make_special(b, events, "", (const char *const[]){NULL});
}

const char *bench_make_special(const struct bench *b, const char *events, const char *name,
                               const char *const *options)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/../bench-%s%s.etl", b->folder, events, name);
    struct stat st;
    if (stat(path, &st) == 0)
        return path;
    char mketl[4096];
    snprintf(mketl, sizeof mketl, "%s/mketl", b->folder);
    fprintf(stderr, "making %s ...\n", path);
    char *argv[6 + BENCH_OPTIONS + 1] = {
        mketl, (char *)"--events", (char *)(uintptr_t)events, (char *)"--no-truth", (char *)"-o",
        path};
    for (size_t i = 0; options[i] != NULL && i < BENCH_OPTIONS; i++)
        argv[6 + i] = (char *)(uintptr_t)options[i];
    struct clocked_run run;
    if (clocked_process(argv, &run) != 0 || run.status != 0)
        bench_die("mketl failed");
    return path;
}

static const struct section *find_section(const char *name)
{
    for (size_t i = 0; i < SECTIONS; i++)
        if (strcmp(sections[i].name, name) == 0)
            return &sections[i];
    fprintf(stderr, "bench: no section %s; --list names them\n", name);
    exit(2);
}

static int list(void)
{
    for (size_t i = 0; i < SECTIONS; i++)
        printf("%-10s %s\n", sections[i].name, sections[i].what);
    return 0;
}

static void run_section(struct bench *b, const struct section *s)
{
    double load[1] = {0};
    (void)getloadavg(load, 1);
    printf("-- %s: %s (load %.1f)\n", s->name, s->what, load[0]);
    s->run(b);
}

int main(int argc, char **argv)
{
    static struct bench b;
    const char *events = "10000000";
    static const struct option options[] = {
        {"events", required_argument, NULL, 'e'}, {"list", no_argument, NULL, 'l'}, {0}};
    int c;
    while ((c = getopt_long(argc, argv, "e:l", options, NULL)) != -1) {
        if (c == 'l')
            return list();
        if (c != 'e')
            return 2;
        events = optarg;
    }
    find_folder(&b);
    bool named = optind < argc && strpbrk(argv[optind], "./") != NULL;
    snprintf(b.path, sizeof b.path, "%s", named ? argv[optind++] : bench_make_trace(&b, events));
    struct stat st;
    if (stat(b.path, &st) != 0)
        bench_die("no trace");
    b.bytes = (double)st.st_size;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("%s: %.0f MB\n", b.path, b.bytes / 1e6);
    for (int i = optind; i < argc; i++)
        run_section(&b, find_section(argv[i]));
    for (size_t i = 0; optind == argc && i < SECTIONS; i++)
        run_section(&b, &sections[i]);
    if (b.ingest != NULL) {
        ingest_free(b.ingest);
        inputs_close(&b.inputs);
    }
    return 0;
}
