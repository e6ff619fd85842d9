/* Random keys; see random_input.h. */
#include "random_input.h"

#include <string.h>

#include "base/text.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* Keys that leave or suspend the program are typed this seldom, or little else would be tested. */
#define LEAVING_PERMILLE 300

/* Words a person types at the prompts: filters, places, names of actions and of files. */
static const char *const words[] = {
    "heap == 0x13d35bd0000",
    "heap ~ 0x1",
    "size >= 4K",
    "size in 16..1M",
    "size < ",
    " && ",
    " || ",
    "!(",
    ")",
    "source == lowfrag",
    "source in [1, 2, mainpath",
    "op == realloc",
    "op != free",
    "life < 1ms",
    "live",
    "temporary or failed",
    "pid == 0",
    "tid in [",
    "address contains 0x20",
    "process ~ /sol(u|v)+/",
    "process ~ /(((((/",
    "stack ~ \"operator new\"",
    "time in 0s..1s",
    "time > 18446744073709551616",
    "\"unterminated",
    "0.412 s",
    "+1ms",
    "12:00:01",
    "#100",
    "99999999999999999999",
    "0x20010",
    "50 %",
    "columns",
    "theme",
    "screen.events",
    "heaps.rows",
    "live.freeze",
    "no-such-action",
    "out.tsv",
    "out.csv",
    "out.jsonl",
    "out.xyz",
    "no-such-folder/out.tsv",
    "alloc",
    "main path",
    "256",
};

/* As terminals send them: cursor, editing and function keys, some with modifiers. */
static const char *const sequences[] = {
    "\033[A",    "\033[B",    "\033[C",    "\033[D",    "\033OA",    "\033OB",   "\033OC",
    "\033OD",    "\033[5~",   "\033[6~",   "\033[H",    "\033[F",    "\033OH",   "\033OF",
    "\033[1~",   "\033[4~",   "\033[2~",   "\033[3~",   "\033OP",    "\033OQ",   "\033OR",
    "\033OS",    "\033[15~",  "\033[17~",  "\033[18~",  "\033[24~",  "\033[11~", "\033[14~",
    "\033[Z",    "\033[1;5A", "\033[1;5C", "\033[1;2B", "\033[1;3D", "\033f",    "\033b",
    "\0331",     "\0339",     "\0330",     "\033[5;5~", "\033\033",  "\033x",    "\033\r",
    "\033[200~", "\033[201~", "\033[I",    "\033[O",
};

/* Cut, wrong or unasked for. */
static const char *const rubbish[] = {
    "\033",
    "\033[",
    "\033O",
    "\033[1;",
    "\033[<0;3",
    "\033[<",
    "\033[M",
    "\033]52;c;",
    "\033]52;c;!!!!\a",
    "\033P",
    "\033P1$r0m\033\\",
    "\033[?",
    "\033[?1;2c",
    "\033[999;999R",
    "\033[?2026;2$y",
    "\033[0n",
    "\033[99999999999999999999~",
    "\033[<99999999999;99999999999;99999999999M",
    "\033[<-1;-1;-1M",
    "\033[;;;;;;;;;;;;;;;;;;;;;;;;m",
    "\233A",
    "\xc3",
    "\xe2\x96",
    "\xf0\x9f\x98",
    "\xff\xfe",
    "\xc0\x80",
    "\xed\xa0\x80",
    "\xf4\x90\x80\x80",
};

/* Wide, combining, right to left, beyond the first plane. */
static const uint32_t letters[] = {0xe9,    0x4e2d,  0xff21, 0x301,  0x200d, 0x5d0,
                                   0x1f600, 0x1f1e9, 0xad,   0x2028, 0xfeff, 0x10ffff};

static size_t put_text(struct strbuf *out, const char *text)
{
    strbuf_puts(out, text);
    return strlen(text);
}

static char printable(struct rng *rng)
{
    char c = (char)rng_range(rng, ' ', '~');
    bool leaves = c == 'q' || c == 'Q';
    return leaves && !rng_chance(rng, LEAVING_PERMILLE) ? 'j' : c;
}

static size_t put_printable(struct rng *rng, struct strbuf *out)
{
    strbuf_putc(out, printable(rng));
    return 1;
}

/* The keys that do something, the screens and prompts above all. */
static size_t put_command(struct rng *rng, struct strbuf *out)
{
    static const char commands[] =
        "12345678901234jkjkgGhlfff///::nN=-H{}m'[]\\sSctobLxuRyTMWwF !?r#77vie*ax<>";
    strbuf_putc(out, commands[rng_below(rng, sizeof commands - 1)]);
    return 1;
}

static size_t put_control(struct rng *rng, struct strbuf *out)
{
    char c = (char)rng_range(rng, 0, 31);
    bool leaves = c == 3 || c == 26;
    strbuf_putc(out, leaves && !rng_chance(rng, LEAVING_PERMILLE) ? '\r' : c);
    return 1;
}

static size_t put_editing(struct rng *rng, struct strbuf *out)
{
    static const char keys[] = "\r\r\r\t\t\033\033\177\177\025";
    strbuf_putc(out, keys[rng_below(rng, sizeof keys - 1)]);
    return 1;
}

static size_t put_sequence(struct rng *rng, struct strbuf *out)
{
    strbuf_puts(out, sequences[rng_below(rng, COUNT(sequences))]);
    return 1;
}

static size_t put_rubbish(struct rng *rng, struct strbuf *out)
{
    strbuf_puts(out, rubbish[rng_below(rng, COUNT(rubbish))]);
    return 1;
}

static size_t put_bytes(struct rng *rng, struct strbuf *out)
{
    size_t n = rng_range(rng, 1, 6);
    for (size_t i = 0; i < n; i++)
        strbuf_putc(out, (char)rng_range(rng, 0x80, 0xff));
    return n;
}

static size_t put_letter(struct rng *rng, struct strbuf *out)
{
    text_put_utf8(out, letters[rng_below(rng, COUNT(letters))]);
    return 1;
}

static size_t put_word(struct rng *rng, struct strbuf *out)
{
    return put_text(out, words[rng_below(rng, COUNT(words))]);
}

/* A prompt from its opening to its Enter or Esc. */
static size_t put_dialogue(struct rng *rng, struct strbuf *out)
{
    static const char prompts[] = "f/:wf/:#m'";
    size_t keys = 2;
    strbuf_putc(out, prompts[rng_below(rng, sizeof prompts - 1)]);
    if (rng_chance(rng, 500)) {
        strbuf_putc(out, 'U' - '@');
        keys++;
    }
    for (uint64_t i = rng_range(rng, 1, 3); i > 0; i--)
        keys += put_word(rng, out);
    strbuf_putc(out, rng_chance(rng, 700) ? '\r' : '\033');
    return keys;
}

static size_t put_mouse(struct rng *rng, struct strbuf *out)
{
    unsigned button = (unsigned)rng_below(rng, 128);
    unsigned x = (unsigned)rng_below(rng, 230), y = (unsigned)rng_below(rng, 70);
    if (rng_chance(rng, 700))
        strbuf_printf(out, "\033[<%u;%u;%u%c", button, x, y, rng_chance(rng, 500) ? 'M' : 'm');
    else
        strbuf_printf(out, "\033[M%c%c%c", (char)(32 + button), (char)(32 + x), (char)(32 + y));
    return 1;
}

static size_t put_paste(struct rng *rng, struct strbuf *out)
{
    size_t n = rng_range(rng, 20, 300);
    bool bracketed = rng_chance(rng, 500);
    strbuf_puts(out, bracketed ? "\033[200~" : "");
    for (size_t i = 0; i < n; i++)
        strbuf_putc(out, rng_chance(rng, 30) ? '\r' : printable(rng));
    strbuf_puts(out, bracketed ? "\033[201~" : "");
    return n;
}

/* One key held down. */
static size_t put_repeat(struct rng *rng, struct strbuf *out)
{
    static const char *const keys[] = {"j", "k",    "\033[6~", "\033[5~", "n",
                                       "=", "\177", "s",       "u",       "T"};
    const char *key = keys[rng_below(rng, COUNT(keys))];
    size_t n = rng_range(rng, 5, 60);
    for (size_t i = 0; i < n; i++)
        strbuf_puts(out, key);
    return n;
}

static const struct {
    unsigned weight;
    size_t (*put)(struct rng *rng, struct strbuf *out);
} kinds[] = {
    {300, put_command}, {120, put_printable}, {120, put_sequence}, {120, put_editing},
    {60, put_control},  {60, put_dialogue},   {40, put_mouse},     {30, put_word},
    {40, put_rubbish},  {20, put_bytes},      {20, put_letter},    {8, put_repeat},
    {2, put_paste},
};

size_t random_input_put(struct rng *rng, struct strbuf *out)
{
    unsigned total = 0;
    for (size_t i = 0; i < COUNT(kinds); i++)
        total += kinds[i].weight;
    uint64_t at = rng_below(rng, total);
    size_t i = 0;
    for (; at >= kinds[i].weight; i++)
        at -= kinds[i].weight;
    return kinds[i].put(rng, out);
}
