/* Questions to terminfo (see capability.h). */
#include "ui/term/capability.h"

#include <stdlib.h>
#include <string.h>

#include "ui/term/screen.h"

#include <term.h>

/* terminfo's functions take names and formats they do not change by pointers that could. */
#define NAME_MAX_LENGTH 16

bool capability_is_usable(const char *term, int fd, bool *out_known)
{
    int status;
    bool known = term != NULL && setupterm(term, fd, &status) == OK;
    if (out_known != NULL)
        *out_known = known;
    if (!known)
        return false;
    bool places_cursor = cursor_address != NULL;
    del_curterm(cur_term);
    return places_cursor;
}

static int count_colors(const char *term, int fd)
{
    int status;
    if (setupterm(term, fd, &status) != OK)
        return 0;
    int colors = max_colors;
    del_curterm(cur_term);
    return colors;
}

const char *capability_choose_term(const char *term, int fd, char *buffer)
{
    const char *says = getenv("COLORTERM");
    bool has_more = says != NULL && (strcmp(says, "truecolor") == 0 || strcmp(says, "24bit") == 0);
    int n = snprintf(buffer, CAPABILITY_TERM, "%s-256color", term);
    if (!has_more || n < 0 || n >= CAPABILITY_TERM)
        return term;
    int colors = count_colors(term, fd);
    return colors > 0 && colors < 256 && count_colors(buffer, fd) >= 256 ? buffer : term;
}

static const char *get_string(const char *capability)
{
    char name[NAME_MAX_LENGTH];
    snprintf(name, sizeof name, "%s", capability);
    const char *s = tigetstr(name);
    return s == (const char *)-1 ? NULL : s;
}

/* Appends a terminfo string without its padding marks ("$<5>"). */
static void add(char *out, size_t size, const char *s)
{
    size_t len = strlen(out);
    while (s != NULL && *s != '\0' && len + 1 < size) {
        const char *close = s[0] == '$' && s[1] == '<' ? strchr(s, '>') : NULL;
        if (close != NULL)
            s = close + 1;
        else
            out[len++] = *s++;
    }
    out[len] = '\0';
}

bool capability_has_mouse(void)
{
    return get_string("kmous") != NULL;
}

/* XM has it all where terminfo has it; else both ways to report are asked for, and a terminal that
 * does not know the second one keeps to the first. */
void capability_put_mouse(bool on, char *out, size_t size)
{
    const char *xm = get_string("XM");
    if (!capability_has_mouse())
        return;
    if (xm != NULL)
        add(out, size, tiparm(xm, on ? 1 : 0));
    else
        add(out, size, on ? "\033[?1000h\033[?1006h" : "\033[?1006l\033[?1000l");
}

void capability_put_reset(char *out, size_t size)
{
    static const char *const capability[] = {"rmkx", "cnorm", "sgr0", "rmcup"};
    capability_put_mouse(false, out, size);
    for (size_t i = 0; i < sizeof capability / sizeof capability[0]; i++)
        add(out, size, get_string(capability[i]));
}

bool capability_get_sync(char *out_begin, char *out_end, size_t size)
{
    const char *sync = get_string("Sync");
    out_begin[0] = out_end[0] = '\0';
    if (sync == NULL)
        return false;
    add(out_begin, size, tiparm(sync, 1));
    add(out_end, size, tiparm(sync, 2));
    return out_begin[0] != '\0' && out_end[0] != '\0';
}

static bool begins(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool is_one_of(const char *term, const char *const *prefix, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (begins(term, prefix[i]))
            return true;
    return false;
}

/* Apple's terminal calls itself xterm and shows the end of the question. */
bool capability_may_ask(const char *term)
{
    static const char *const safe[] = {"xterm",   "tmux",    "foot",    "alacritty", "kitty",
                                       "ghostty", "wezterm", "contour", "rio",       "mintty"};
    const char *program = getenv("TERM_PROGRAM");
    if (program != NULL && strcmp(program, "Apple_Terminal") == 0)
        return false;
    return is_one_of(term, safe, sizeof safe / sizeof safe[0]);
}

/* terminfo's Ms is the sign; the others are known to take OSC 52 or to ignore it. */
enum capability_clipboard capability_get_clipboard(const char *term)
{
    static const char *const known[] = {"xterm",   "foot",    "alacritty", "kitty",
                                        "ghostty", "wezterm", "contour",   "rio",
                                        "mintty",  "rxvt",    "st-"};
    bool multiplexed = begins(term, "tmux") || begins(term, "screen");
    if (multiplexed)
        return getenv("TMUX") != NULL || begins(term, "tmux") ? CLIPBOARD_TMUX : CLIPBOARD_SCREEN;
    bool direct =
        get_string("Ms") != NULL || is_one_of(term, known, sizeof known / sizeof known[0]);
    return direct ? CLIPBOARD_DIRECT : CLIPBOARD_NONE;
}
