/* Files written whole or not at all: what a job leaves behind when it ends, fails or is stopped. */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/file.h"
#include "export/export_job.h"
#include "random_trace.h"

#define ROWS 200000

static struct random_trace rt;
static char folder[] = "/tmp/heaptail-export-XXXXXX";
static struct strbuf path;

/* A finished picture of the trace. */
static struct snapshot *make_snapshot(const char *filter)
{
    struct filter_error error;
    struct query_spec spec = {.filter = filter_parse(filter, strlen(filter), &error),
                              .since = INT64_MIN,
                              .until = INT64_MAX};
    assert_non_null(spec.filter);
    struct snapshot *s = base_xcalloc(1, sizeof *s);
    s->refs = 1;
    s->trace = trace_ref(rt.trace);
    s->query = query_new(rt.trace, &spec);
    filter_unref(spec.filter);
    while (query_advance(s->query, ROWS))
        continue;
    s->summary = query_summarize(s->query);
    s->rows = s->scanned = store_rows(rt.trace->store);
    s->matched = query_count(s->query);
    return s;
}

static struct export_job events_job(const char *filter, const char *columns)
{
    const char *wrong;
    size_t len;
    struct export_job job = {.snapshot = make_snapshot(filter),
                             .path = base_xstrdup(strbuf_str(&path)),
                             .format = EXPORT_FORMAT_TSV};
    job.total = job.snapshot->matched;
    assert_true(event_list_parse(&job.list, columns, &wrong, &len));
    return job;
}

static unsigned count_files(void)
{
    unsigned n = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    while (readdir(dir) != NULL)
        n++;
    closedir(dir);
    return n - 2;
}

static size_t count_lines(const char *s)
{
    size_t n = 0;
    for (; *s != '\0'; s++)
        n += *s == '\n';
    return n;
}

static void test_rows(void **state)
{
    (void)state;
    struct export_job job = events_job("op == alloc && size >= 100", "row,size");
    struct strbuf text = {0};
    export_job_run(&job);
    assert_int_equal(job.rc, 0);
    assert_int_equal(job.rows, job.total);
    assert_true(job.rows > 1000 && job.rows < ROWS);
    assert_int_equal(file_read(job.path, SIZE_MAX, &text, NULL), 0);
    assert_int_equal(job.bytes, text.len);
    assert_int_equal(count_lines(text.s), job.rows + 1);
    /* The first and the last row are those of the query. */
    struct strbuf line = {0};
    strbuf_printf(&line, "row\tsize\n%llu\t",
                  (unsigned long long)query_select(job.snapshot->query, 0));
    assert_int_equal(strncmp(text.s, line.s, line.len), 0);
    strbuf_clear(&line);
    strbuf_printf(&line, "\n%llu\t",
                  (unsigned long long)query_select(job.snapshot->query, job.total - 1));
    assert_non_null(strstr(text.s + text.len - 40, line.s));
    assert_int_equal(count_files(), 1);
    unlink(job.path);
    strbuf_release(&line);
    strbuf_release(&text);
    export_job_release(&job);
}

/* Rows stand in the order that was asked for; one that is not known is left out. */
static void test_table(void **state)
{
    (void)state;
    struct export_job job = {.snapshot = make_snapshot(""),
                             .path = base_xstrdup(strbuf_str(&path)),
                             .format = EXPORT_FORMAT_CSV,
                             .table = EXPORT_TABLE_HEAP,
                             .id_count = 3};
    const struct heap_figures *heaps = job.snapshot->summary->heaps;
    assert_true(job.snapshot->summary->heap_count > 1);
    job.ids = base_xcalloc(3, sizeof *job.ids);
    job.ids[0] = heaps[1].heap;
    job.ids[1] = UINT64_MAX;
    job.ids[2] = heaps[0].heap;
    struct strbuf text = {0}, handle = {0};
    export_job_run(&job);
    assert_int_equal(job.rc, 0);
    assert_int_equal(job.rows, 2);
    assert_int_equal(file_read(job.path, SIZE_MAX, &text, NULL), 0);
    assert_int_equal(count_lines(text.s), 3);
    assert_int_equal(strncmp(text.s, "pid,process,heap,", 17), 0);
    strbuf_put_hex(&handle, registry_heap(rt.trace->registry, heaps[1].heap)->handle);
    const char *first = strchr(text.s, '\n') + 1;
    assert_non_null(memmem(first, strcspn(first, "\n"), handle.s, handle.len));
    unlink(job.path);
    strbuf_release(&text);
    strbuf_release(&handle);
    export_job_release(&job);
}

/* What was there stays, and nothing is left beside it. */
static void assert_untouched(struct export_job *job, int rc)
{
    struct strbuf text = {0};
    struct err_info info;
    assert_int_equal(file_write(job->path, 0600, "mine", 4, &info), 0);
    export_job_run(job);
    assert_int_equal(job->rc, rc);
    assert_non_null(strstr(job->info.text, job->path));
    assert_int_equal(file_read(job->path, 100, &text, NULL), 0);
    assert_string_equal(text.s, "mine");
    assert_int_equal(count_files(), 1);
    unlink(job->path);
    strbuf_release(&text);
    export_job_release(job);
}

static void test_stopped(void **state)
{
    (void)state;
    struct export_job job = events_job("", NULL);
    job.stop = true;
    assert_untouched(&job, -ECANCELED);
}

static void test_no_space(void **state)
{
    (void)state;
    struct export_job job = events_job("", NULL);
    struct rlimit before, small = {.rlim_cur = 100000};
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    small.rlim_max = before.rlim_max;
    setrlimit(RLIMIT_FSIZE, &small);
    assert_untouched(&job, -EFBIG);
    setrlimit(RLIMIT_FSIZE, &before);
}

static void test_no_folder(void **state)
{
    (void)state;
    struct export_job job = events_job("", NULL);
    free(job.path);
    job.path = base_xstrdup("/nowhere/out.tsv");
    export_job_run(&job);
    assert_int_equal(job.rc, -ENOENT);
    assert_string_equal(job.info.text,
                        "/nowhere/out.tsv: cannot be written: No such file or directory");
    export_job_release(&job);
}

static void test_suffixes(void **state)
{
    (void)state;
    assert_int_equal(export_format_of("a.tsv"), EXPORT_FORMAT_TSV);
    assert_int_equal(export_format_of("/x.y/a.CSV"), EXPORT_FORMAT_CSV);
    assert_int_equal(export_format_of("a.tsv.jsonl"), EXPORT_FORMAT_JSONL);
    static const char *const none[] = {"",       "tsv",    "a",       "a.",
                                       "a.json", "a.text", "a.tsv/b", "a.tsv "};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_int_equal(export_format_of(none[i]), EXPORT_FORMAT_DEFAULT);
}

static int set_up(void **state)
{
    (void)state;
    random_trace_init(&rt, 5, 10000000, 100);
    random_trace_add(&rt, ROWS);
    if (mkdtemp(folder) == NULL)
        return -1;
    strbuf_printf(&path, "%s/out", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    random_trace_release(&rt);
    strbuf_release(&path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),      cmocka_unit_test(test_table),
        cmocka_unit_test(test_stopped),   cmocka_unit_test(test_no_space),
        cmocka_unit_test(test_no_folder), cmocka_unit_test(test_suffixes),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
