/* The machine and its processes in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/capture_words.h"
#include "model/process_words.h"
#include "model/system_facts.h"

static void says(struct strbuf *b, const char *want)
{
    assert_string_equal(strbuf_str(b), want);
    strbuf_clear(b);
}

static void the_machine(void **state)
{
    (void)state;
    static const struct {
        uint32_t build;
        const char *product, *want;
    } CASES[] = {
        {22000, "Windows 10 Pro", "Windows 11 Pro"},
        {26100, "Windows 10 Enterprise LTSC 2024", "Windows 11 Enterprise LTSC 2024"},
        {22000, "Windows 11 Pro", "Windows 11 Pro"},
        {19045, "Windows 10 Home", "Windows 10 Home"},
        {20348, "Windows Server 2022 Datacenter", "Windows Server 2022 Datacenter"},
        {26100, "Windows Server 2025 Standard", "Windows Server 2025 Standard"},
        {7601, "Windows 7 Enterprise", "Windows 7 Enterprise"},
        {9200, "", "Windows 6.2"},
    };
    struct etl_file_header h = {
        .os_major = 6, .os_minor = 2, .pointer_size = 8, .cpus = 8, .cpu_mhz = 1000};
    struct system_info info = {.computer = "", .product = "", .build_lab = ""};
    struct strbuf b = {0};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        h.os_build = CASES[i].build;
        info.product = CASES[i].product;
        capture_put_product(&b, &h, &info);
        says(&b, CASES[i].want);
    }
    capture_put_windows(&b, &h, &info);
    says(&b, "Windows 6.2, build 9200, 64-bit");
    capture_put_hardware(&b, &h, &info);
    says(&b, "8 CPUs of 1,000 MHz");
    info.mhz = 2096;
    info.memory_mib = 9941;
    capture_put_machine(&b, &info);
    says(&b, "9.71 GiB");
    info.computer = "WIN-1";
    capture_put_hardware(&b, &h, &info);
    says(&b, "WIN-1, 8 CPUs of 2,096 MHz, 9.71 GiB");
    h.pointer_size = 3;
    capture_put_build(&b, &h);
    says(&b, "9200, pointers of 3 bytes?");
    strbuf_release(&b);
}

static void what_is_told_of_the_machine(void **state)
{
    (void)state;
    struct system_facts *f = system_facts_new();
    struct trace_event e = {.kind = EVENT_SYSTEM, .system = {.mhz = 2000, .processors = 4}};
    assert_string_equal(system_facts_info(f)->computer, "");
    assert_int_equal(system_facts_take(f, &e), 0);
    const struct system_info *before = system_facts_info(f);
    struct trace_event more = {.kind = EVENT_SYSTEM,
                               .system = {.computer = {(const uint8_t *)"A\0\x1b\0", 4}},
                               .name = {(const uint8_t *)"W\0", 2}};
    assert_int_equal(system_facts_take(f, &more), 0);
    const struct system_info *now = system_facts_info(f);
    assert_int_equal(before->mhz, 2000); /* readers of the former state are undisturbed */
    assert_string_equal(before->computer, "");
    assert_int_equal(now->mhz, 2000);
    assert_int_equal(now->processors, 4);
    assert_string_equal(now->computer, "A\\x1b");
    assert_string_equal(now->product, "W");
    assert_int_equal(system_facts_take(f, &more), 0);
    assert_ptr_equal(system_facts_info(f), now); /* nothing new */
    for (uint32_t i = 0; i < 100000; i++) {
        e.system.mhz = i + 1; /* a record that never tells the same */
        assert_int_equal(system_facts_take(f, &e), 0);
    }
    assert_int_equal(system_facts_info(f)->processors, 4);
    system_facts_free(f);
}

static void processes(void **state)
{
    (void)state;
    struct etl_file_header h = {.perf_frequency = 1000, .clock_type = ETL_CLOCK_QPC};
    struct trace *t = trace_new(&h);
    struct strbuf b = {0};
    struct process p = {.pid = 7, .start = INT64_MIN, .end = INT64_MAX};
    process_put_times(&b, t, &p);
    says(&b, "there throughout");
    process_put_name(&b, &p, true);
    says(&b, "process 7");
    p.end = 3200;
    p.exit_status = 0xc0000005;
    process_put_times(&b, t, &p);
    says(&b, "until 3.200 s, exit 0xc0000005");
    p.start = 412;
    p.exit_status = 3;
    process_put_times(&b, t, &p);
    says(&b, "0.412 s to 3.200 s, exit 3");
    p.end = INT64_MAX;
    process_put_times(&b, t, &p);
    says(&b, "since 0.412 s");
    p.name = "app.exe";
    process_put_name(&b, &p, true);
    says(&b, "app.exe (7)");
    process_put_name(&b, &p, false);
    says(&b, "app.exe 7");
    assert_null(process_command(&p));
    p.command = "app.exe";
    assert_null(process_command(&p));
    p.command = "app.exe -x";
    assert_string_equal(process_command(&p), "app.exe -x");
    p.pid = EVENT_NO_ID;
    process_put_name(&b, &p, true);
    says(&b, "app.exe");
    strbuf_release(&b);
    trace_unref(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_machine),
        cmocka_unit_test(what_is_told_of_the_machine),
        cmocka_unit_test(processes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
