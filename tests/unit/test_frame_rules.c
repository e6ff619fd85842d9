/* Which frames are the allocator's: the language of the patterns, and what the default list says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "model/frame_rules.h"

/* A frame of the module; `function` NULL: without a symbol. */
static bool folds(const struct frame_rules *r, const char *module, const char *function)
{
    const struct image image = {.name = module};
    struct frame f = {.hit = IMAGE_LOADED, .image = &image, .state = SYMBOL_NONE};
    if (function != NULL) {
        f.state = SYMBOL_KNOWN;
        f.symbol.function = function;
    }
    return frame_rules_fold(r, &f);
}

static bool text_folds(const char *text, const char *module, const char *function)
{
    struct err_info info = {.text = ""};
    struct frame_rules *r = frame_rules_parse(text, &info);
    assert_string_equal(info.text, "");
    assert_non_null(r);
    bool is = folds(r, module, function);
    assert_string_equal(frame_rules_text(r), text);
    frame_rules_unref(r);
    return is;
}

static void test_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *text, *module, *function;
        bool folds;
    } cases[] = {
        {"ntdll", "ntdll.dll", NULL, true},
        {"ntdll", "ntdll.dll", "RtlAllocateHeap", true},
        {"NTDLL", "ntdll.dll", NULL, true},
        {"ntdll", "NTDLL.DLL", NULL, true},
        {"ntdll.dll", "ntdll.dll", NULL, true},
        {"ntdll.dll!Rtl*", "ntdll.dll", "RtlAllocateHeap", true},
        {"ntdll", "ntdll2.dll", NULL, false},
        {"ntdl", "ntdll.dll", NULL, false},
        {"*.sys", "driver.sys", NULL, true},
        {"*.sys", "sys.dll", NULL, false},
        {"nt?ll", "ntdll.dll", NULL, true},
        {"nt*", "ntdll.dll", NULL, true},
        {"*", "a.b.c", NULL, true},
        {"a.b", "a.b.c", NULL, true},
        {".hidden", ".hidden", NULL, true},
        {"", "ntdll.dll", NULL, false},
        {" ; ;", "ntdll.dll", NULL, false},
        {"a; b ;\tntdll ", "ntdll.dll", NULL, true},
        {"default", "ntdll.dll", NULL, true},
        {"default", "app.exe", "grow", false},
        {"default; app!gr*", "app.exe", "grow", true},
        {" Default ", "app.exe", "malloc", true},
        {"none", "ntdll.dll", NULL, false},
        {"none; app", "app.exe", NULL, true},
        {"ucrtbase!", "ucrtbase.dll", NULL, true},
        {"ucrtbase!", "ucrtbase.dll", "fopen", false},
        {"ucrtbase!*", "ucrtbase.dll", NULL, true},
        {"*!operator new*", "app.exe", "operator new(unsigned __int64)", true},
        {"*!operator new*", "app.exe", "operator delete", false},
        {"*!operator new*", "app.exe", NULL, false},
        {"*!malloc", "app.exe", "Malloc", true},
        {"*!malloc", "app.exe", "malloc_base", false},
        {"*!*a*b*c", "app.exe", "xaybzabc", true},
        {"*!*a*b*c", "app.exe", "xaybzab", false},
        {"*!a?c", "app.exe", "abc", true},
        {"*!a?c", "app.exe", "ac", false},
        {"*!?", "app.exe", NULL, false},
        {"*!*aaaaaaaaaaaaaaaaaaaab", "app.exe", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (text_folds(cases[i].text, cases[i].module, cases[i].function) != cases[i].folds)
            fail_msg("%s: %s!%s", cases[i].text, cases[i].module,
                     cases[i].function != NULL ? cases[i].function : "");
}

static void test_mistakes(void **state)
{
    (void)state;
    static const char *const wrong[] = {"!malloc", "ntdll; !x", "a!b!c", "a!b, c!d", "a!!"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct err_info info = {.text = ""};
        assert_null(frame_rules_parse(wrong[i], &info));
        assert_string_not_equal(info.text, "");
        assert_null(strchr(info.text, '\n'));
        assert_null(frame_rules_parse(wrong[i], NULL));
    }
    char many[5000];
    memset(many, ';', sizeof many - 1);
    many[sizeof many - 1] = '\0';
    assert_null(frame_rules_parse(many, NULL));
}

/* What nothing is known of is nobody's. */
static void test_unknown_frames(void **state)
{
    (void)state;
    struct frame_rules *r = frame_rules_parse("*; *!*", NULL);
    struct frame f = {.hit = IMAGE_UNKNOWN, .state = SYMBOL_NONE};
    assert_false(frame_rules_fold(r, &f));
    assert_false(frame_rules_fold(NULL, &f));
    struct frame_rules *same = frame_rules_ref(r);
    assert_ptr_equal(same, r);
    frame_rules_unref(r);
    frame_rules_unref(same);
    frame_rules_unref(NULL);
}

static void test_default(void **state)
{
    (void)state;
    static const struct {
        const char *module, *function;
        bool folds;
    } cases[] = {
        {"ntdll.dll", NULL, true},
        {"ntdll.dll", "RtlpAllocateHeapInternal", true},
        {"ntoskrnl.exe", NULL, true},
        {"win32kfull.sys", NULL, true},
        {"ucrtbase.dll", NULL, true},
        {"ucrtbased.dll", NULL, true},
        {"ucrtbased.dll", "_malloc_dbg", true},
        {"ucrtbase.dll", "_malloc_base", true},
        {"ucrtbase.dll", "_calloc_base", true},
        {"ucrtbase.dll", "fopen", false},
        {"msvcrt.dll", NULL, true},
        {"msvcr120.dll", "malloc", true},
        {"vcruntime140.dll", NULL, true},
        {"KERNELBASE.dll", NULL, true},
        {"KERNELBASE.dll", "LocalAlloc", true},
        {"KERNELBASE.dll", "GlobalReAlloc", true},
        {"kernel32.dll", "HeapAlloc", true},
        {"KERNELBASE.dll", "LoadLibraryExW", false},
        {"combase.dll", "CoTaskMemAlloc", true},
        {"combase.dll", NULL, false},
        {"oleaut32.dll", "SysAllocStringLen", true},
        {"app.exe", "operator new", true},
        {"app.exe", "operator new[]", true},
        {"app.exe", "operator delete", true},
        {"app.exe", "std::_Allocate<16,std::_Default_allocate_traits,0>", true},
        {"app.exe", "std::allocator<int>::allocate", true},
        {"app.exe", "free", true},
        {"app.exe", "freeze", false},
        {"app.exe", "main", false},
        {"app.exe", "HeapOfThings::grow", false},
        {"app.exe", "localize", false},
        {"app.exe", NULL, false},
    };
    struct frame_rules *r = frame_rules_parse(FRAME_RULES_DEFAULT, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (folds(r, cases[i].module, cases[i].function) != cases[i].folds)
            fail_msg("%s!%s", cases[i].module, cases[i].function ? cases[i].function : "");
    frame_rules_unref(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_unknown_frames),
        cmocka_unit_test(test_default),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
