/* Patterns for the frames of the allocator; see frame_rules.h. */
#include "model/frame_rules.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

/* Patterns of one list, and bytes of its text: far beyond what a person writes. */
#define RULES_MOST 1024
#define TEXT_MOST  65536

/*
 * "module!" without a function takes only frames that have no name: where there are no symbols the
 * C library is folded whole, where there are some its malloc family alone.
 */
const char FRAME_RULES_DEFAULT[] =
    "ntdll; ntoskrnl; ntkrnl*; *.sys; wow64*; verifier; vrfcore; "
    "ucrtbase*!; msvcr*!; vcruntime*!; kernelbase!; kernel32!; "
    "*!operator new*; *!operator delete*; "
    "*!malloc*; *!calloc*; *!realloc*; *!free; *!free_*; *!_malloc_*; *!_calloc_*; *!_realloc_*; "
    "*!_recalloc*; *!_free_*; *!_expand*; *!_aligned_*; *!heap_alloc*; *!_heap_alloc*; "
    "*!_nh_malloc*; *!*std::_Allocate*; *!*std::allocator*; *!*std::_Default_allocate_traits*; "
    "kernel*!Heap*; kernel*!Local*; kernel*!Global*; *!CoTaskMem*; *!Sys*AllocString*; "
    "*!SysFreeString";

struct rule {
    const char *module, *function; /* in `words` */
};

struct frame_rules {
    _Atomic uint32_t refs;
    char *text;
    char *words; /* the text cut into patterns */
    size_t count;
    struct rule rules[];
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether `s` of `n` bytes is what `pattern` with * and ? describes, in any case. */
static bool matches_glob(const char *pattern, const char *s, size_t n)
{
    const char *star = NULL; /* behind the last *, which takes s[0, taken) at first */
    size_t taken = 0, i = 0;
    while (i < n) {
        if (*pattern == '*') {
            star = ++pattern;
            taken = i;
        } else if (*pattern == '?' || (*pattern != '\0' && lower(*pattern) == lower(s[i]))) {
            pattern++;
            i++;
        } else if (star != NULL) {
            pattern = star;
            i = ++taken;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

/* ---- reading the list ---- */

/* The piece of the list at `s`, blanks around it left out; returns its bytes. */
static size_t piece_at(const char **s)
{
    static const char blanks[] = " \t\r\n";
    *s += strspn(*s, blanks);
    size_t n = strcspn(*s, ";");
    while (n > 0 && strchr(blanks, (*s)[n - 1]) != NULL)
        n--;
    return n;
}

static int bad_pattern(const char *s, size_t n, const char *why, struct err_info *info)
{
    struct strbuf b = {0};
    text_put_escaped(&b, s, n);
    err_set(info, ERR_SYNTAX, "%s: %s", strbuf_str(&b), why);
    strbuf_release(&b);
    return ERR_SYNTAX;
}

/* Reads the pattern `s` of `n` bytes, which ends in `words`. */
static int read_rule(char *s, size_t n, struct rule *out_rule, struct err_info *info)
{
    char *function = memchr(s, '!', n);
    if (function == s)
        return bad_pattern(s, n, "a pattern begins with a module: ntdll, or *!malloc*", info);
    if (function != NULL && memchr(function + 1, '!', n - (size_t)(function + 1 - s)) != NULL)
        return bad_pattern(s, n, "a pattern is module!function; separate them with ;", info);
    s[n] = '\0';
    if (function != NULL)
        *function++ = '\0';
    *out_rule = (struct rule){s, function != NULL ? function : "*"};
    return 0;
}

static int read_rules(struct frame_rules *r, struct err_info *info)
{
    for (char *s = r->words, *next; s != NULL; s = next) {
        next = strchr(s, ';');
        if (next != NULL)
            next++;
        const char *piece = s;
        size_t n = piece_at(&piece);
        if (n == 0)
            continue;
        int rc = read_rule(s + (piece - s), n, &r->rules[r->count++], info);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static bool is_word(const char *s, size_t n, const char *word)
{
    return strlen(word) == n && strncasecmp(s, word, n) == 0;
}

/* The list with what its words stand for in their place: malloced, NULL when memory is out. */
static char *expand(const char *text)
{
    struct strbuf b = {0};
    for (const char *s = text; s != NULL;) {
        size_t n = piece_at(&s);
        if (is_word(s, n, "default"))
            strbuf_puts(&b, FRAME_RULES_DEFAULT);
        else if (!is_word(s, n, "none"))
            strbuf_add(&b, s, n);
        strbuf_putc(&b, ';');
        s = strchr(s, ';');
        s = s != NULL ? s + 1 : NULL;
    }
    char *words = strdup(strbuf_str(&b));
    strbuf_release(&b);
    return words;
}

/* As many as the list can hold patterns. */
static size_t count_places(const char *text)
{
    size_t n = 1;
    for (; *text != '\0'; text++)
        n += *text == ';';
    return n;
}

struct frame_rules *frame_rules_parse(const char *text, struct err_info *info)
{
    bool fits = count_places(text) <= RULES_MOST && strlen(text) <= TEXT_MOST;
    char *words = fits ? expand(text) : NULL;
    size_t places = words != NULL ? count_places(words) : 0;
    if (!fits || places > RULES_MOST) {
        free(words);
        err_set(info, ERR_LIMIT, "a list holds at most %d patterns", RULES_MOST);
        return NULL;
    }
    struct frame_rules *r = calloc(1, sizeof *r + places * sizeof r->rules[0]);
    if (r == NULL) {
        free(words);
        err_set(info, -ENOMEM, "out of memory");
        return NULL;
    }
    atomic_init(&r->refs, 1);
    r->text = strdup(text);
    r->words = words;
    int rc = r->text != NULL && r->words != NULL ? read_rules(r, info)
                                                 : err_set(info, -ENOMEM, "out of memory");
    if (rc == 0)
        return r;
    frame_rules_unref(r);
    return NULL;
}

struct frame_rules *frame_rules_ref(const struct frame_rules *r)
{
    struct frame_rules *own = (struct frame_rules *)(uintptr_t)r;
    atomic_fetch_add_explicit(&own->refs, 1, memory_order_relaxed);
    return own;
}

void frame_rules_unref(struct frame_rules *r)
{
    if (r == NULL || atomic_fetch_sub_explicit(&r->refs, 1, memory_order_acq_rel) != 1)
        return;
    free(r->text);
    free(r->words);
    free(r);
}

const char *frame_rules_text(const struct frame_rules *r)
{
    return r->text;
}

/* ---- asking ---- */

bool frame_rules_fold(const struct frame_rules *r, const struct frame *f)
{
    if (r == NULL || f->image == NULL)
        return false;
    const char *module = f->image->name;
    size_t stem = text_stem_length(module), whole = strlen(module);
    const char *function = f->state == SYMBOL_KNOWN ? f->symbol.function : "";
    size_t function_len = strlen(function);
    for (size_t i = 0; i < r->count; i++)
        if ((matches_glob(r->rules[i].module, module, stem) ||
             matches_glob(r->rules[i].module, module, whole)) &&
            matches_glob(r->rules[i].function, function, function_len))
            return true;
    return false;
}

uint32_t frame_rules_caller(const struct frame_rules *rules, const struct frame_namer *namer,
                            uint32_t process, int64_t time, struct stack_frames stack,
                            struct frame *out_frame)
{
    *out_frame = (struct frame){0};
    for (uint32_t i = 0; i < stack.count; i++) {
        frame_find(namer, process, time, stack.frames[i], i, out_frame);
        if (!frame_rules_fold(rules, out_frame))
            return i;
    }
    return stack.count != 0 ? stack.count - 1 : 0;
}

bool frame_module_starts_threads(const char *module)
{
    static const char *const modules[] = {"kernel32.dll", "ntdll.dll", "wow64.dll", "wow64cpu.dll"};
    for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++)
        if (strcasecmp(module, modules[i]) == 0)
            return true;
    return false;
}
