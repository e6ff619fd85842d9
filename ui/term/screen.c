/* The terminal through curses (see screen.h). */
#include "ui/term/screen.h"

#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <term.h>

#include "base/alloc.h"
#include "base/text.h"
#include "ui/term/input.h"

#define ESCAPE_DELAY_MS 25
#define MAX_PAIRS       1024

struct screen {
    SCREEN *term;
    int input_fd;
    WINDOW *keys; /* a pad to read keys from: reading from a window would draw it */
    struct charset charset;
    enum style_depth depth;
    int cursor_y, cursor_x;
    bool cursor;
    char reset[128];
    short pair_count; /* pairs 1.. in use */
    struct style_pair {
        int16_t fg, bg;
    } pair[MAX_PAIRS];
    struct screen_cell_style style[SCOPE_COUNT][LAYER_COUNT][ROLE_COUNT];
};

/* Asked before newterm(), which leaks when it fails and puts up with terminals on which it can
 * place nothing. */
static bool is_usable(const char *term, FILE *out)
{
    int status;
    if (!term || setupterm(term, fileno(out), &status) != OK)
        return false;
    bool places_cursor = cursor_address != NULL;
    del_curterm(cur_term);
    return places_cursor;
}

static int unusable_terminal(const char *term, FILE *out, struct err_info *err)
{
    static const char *const usual[] = {"xterm-256color", "xterm", "screen-256color",
                                        "tmux-256color",  "linux", "vt100"};
    struct strbuf known = {0}, name = {0};
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (is_usable(usual[i], out))
            strbuf_printf(&known, "%s%s", known.len > 0 ? ", " : "", usual[i]);
    if (term)
        text_put_escaped(&name, term, strlen(term));
    int rc = err_set(err, ERR_FORMAT,
                     "the terminal type '%.60s' is unknown or too simple; TERM can be %s",
                     strbuf_str(&name), known.len > 0 ? known.s : "any once terminfo is installed");
    strbuf_release(&known);
    strbuf_release(&name);
    return rc;
}

static enum style_depth choose_depth(enum screen_color color)
{
    const char *no_color = getenv("NO_COLOR");
    bool refused = color == SCREEN_COLOR_NEVER ||
                   (color == SCREEN_COLOR_AUTO && no_color && no_color[0] != '\0');
    if (refused || !has_colors() || start_color() == ERR)
        return DEPTH_MONO;
    return COLORS >= 256 ? DEPTH_256 : COLORS >= 16 ? DEPTH_16 : COLORS >= 8 ? DEPTH_8 : DEPTH_MONO;
}

/* The console's fonts hold few of the block signs; text beyond ASCII they do show. */
static struct charset choose_charset(const struct screen_options *options, const char *term)
{
    bool utf8 = !options->ascii && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    return (struct charset){.utf8 = utf8, .glyphs = utf8 && strcmp(term, "linux") != 0};
}

/* Appends a terminfo string without its padding marks ("$<5>"). */
static void add_reset(char *out, size_t size, const char *capability)
{
    char name[16];
    size_t len = strlen(out);
    snprintf(name, sizeof name, "%s", capability);
    const char *s = tigetstr(name);
    if (!s || s == (const char *)-1)
        return;
    while (*s && len + 1 < size) {
        const char *close = s[0] == '$' && s[1] == '<' ? strchr(s, '>') : NULL;
        if (close)
            s = close + 1;
        else
            out[len++] = *s++;
    }
    out[len] = '\0';
}

static void make_reset(struct screen *s)
{
    static const char *const capability[] = {"rmkx", "cnorm", "sgr0", "rmcup"};
    for (size_t i = 0; i < sizeof capability / sizeof capability[0]; i++)
        add_reset(s->reset, sizeof s->reset, capability[i]);
}

static void set_modes(struct screen *s)
{
    raw();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    typeahead(-1); /* never peek at the input while drawing */
    if (!getenv("ESCDELAY"))
        set_escdelay(ESCAPE_DELAY_MS);
    keypad(s->keys, TRUE);
    nodelay(s->keys, TRUE);
    input_define_keys();
    curs_set(0);
}

int screen_open(struct screen **out_screen, const struct screen_options *options,
                struct err_info *err)
{
    const char *term = options->term ? options->term : getenv("TERM");
    if (!is_usable(term, options->out))
        return unusable_terminal(term, options->out, err);
    struct screen *s = base_xcalloc(1, sizeof *s);
    s->term = newterm(term, options->out, options->in);
    s->keys = s->term ? newpad(1, 1) : NULL;
    if (!s->keys) {
        if (s->term) {
            endwin();
            delscreen(s->term);
        }
        free(s);
        return err_set(err, -ENOMEM, "curses cannot open the terminal '%.60s'", term);
    }
    s->input_fd = fileno(options->in);
    set_modes(s);
    s->depth = choose_depth(options->color);
    s->charset = choose_charset(options, term);
    make_reset(s);
    struct theme theme;
    theme_init_builtin(&theme, s->depth == DEPTH_MONO);
    screen_set_theme(s, &theme);
    *out_screen = s;
    return 0;
}

void screen_close(struct screen *s)
{
    if (!s)
        return;
    endwin();
    delwin(s->keys);
    delscreen(s->term);
    free(s);
}

enum style_depth screen_depth(const struct screen *s)
{
    return s->depth;
}

/* The pair with these colours, made on first use. Pair 0 when the terminal has no more. */
static short pair_for(struct screen *s, int16_t fg, int16_t bg, bool defaults)
{
    if (fg == STYLE_DEFAULT && bg == STYLE_DEFAULT)
        return 0;
    for (short i = 1; i <= s->pair_count; i++)
        if (s->pair[i].fg == fg && s->pair[i].bg == bg)
            return i;
    if (s->pair_count + 1 >= (COLOR_PAIRS < MAX_PAIRS ? COLOR_PAIRS : MAX_PAIRS))
        return 0;
    short pair = ++s->pair_count;
    s->pair[pair] = (struct style_pair){fg, bg};
    /* A terminal that cannot name its own colours gets white on black for them. */
    init_pair(pair, fg == STYLE_DEFAULT && !defaults ? COLOR_WHITE : fg,
              bg == STYLE_DEFAULT && !defaults ? COLOR_BLACK : bg);
    return pair;
}

static attr_t curses_attrs(uint8_t attrs)
{
    static const struct {
        uint8_t ours;
        attr_t theirs;
    } map[] = {{STYLE_BOLD, WA_BOLD},
               {STYLE_DIM, WA_DIM},
               {STYLE_ITALIC, WA_ITALIC},
               {STYLE_UNDERLINE, WA_UNDERLINE},
               {STYLE_REVERSE, WA_REVERSE}};
    attr_t out = WA_NORMAL;
    for (size_t i = 0; i < sizeof map / sizeof map[0]; i++)
        if (attrs & map[i].ours)
            out |= map[i].theirs;
    return out;
}

void screen_set_theme(struct screen *s, const struct theme *theme)
{
    struct style_table *table = base_xcalloc(1, sizeof *table);
    theme_apply(theme, s->depth, table);
    bool defaults = s->depth != DEPTH_MONO && use_default_colors() == OK;
    const struct style *from = &table->style[0][0][0];
    struct screen_cell_style *to = &s->style[0][0][0];
    s->pair_count = 0;
    for (size_t i = 0; i < (size_t)SCOPE_COUNT * LAYER_COUNT * ROLE_COUNT; i++)
        to[i] = (struct screen_cell_style){curses_attrs(from[i].attrs),
                                           pair_for(s, from[i].fg, from[i].bg, defaults)};
    free(table);
    screen_redraw(s);
}

struct canvas screen_begin(struct screen *s)
{
    struct canvas whole = {.screen = s, .scope = SCOPE_GLOBAL, .layer = LAYER_PLAIN};
    getmaxyx(stdscr, whole.rows, whole.cols);
    s->cursor = false;
    canvas_fill(&whole, 0, 0, whole.rows, whole.cols, ROLE_TEXT);
    return whole;
}

void screen_flush(struct screen *s)
{
    if (s->cursor)
        wmove(stdscr, s->cursor_y, s->cursor_x);
    curs_set(s->cursor ? 1 : 0);
    wnoutrefresh(stdscr);
    doupdate();
}

void screen_resize(struct screen *s, int rows, int cols)
{
    resizeterm(rows > 0 ? rows : 1, cols > 0 ? cols : 1);
    screen_redraw(s);
}

void screen_redraw(struct screen *s)
{
    (void)s;
    clearok(curscr, TRUE);
}

void screen_suspend(struct screen *s)
{
    (void)s;
    endwin();
}

void screen_resume(struct screen *s)
{
    reset_prog_mode();
    screen_redraw(s);
}

const char *screen_reset_string(const struct screen *s)
{
    return s->reset;
}

WINDOW *screen_keys(const struct screen *s)
{
    return s->keys;
}

int screen_input_fd(const struct screen *s)
{
    return s->input_fd;
}

struct charset screen_charset(const struct screen *s)
{
    return s->charset;
}

struct screen_cell_style screen_style(const struct screen *s, enum ui_scope scope,
                                      enum style_layer layer, enum role role)
{
    return s->style[scope][layer][role];
}

void screen_place_cursor(struct screen *s, int y, int x)
{
    s->cursor = true;
    s->cursor_y = y;
    s->cursor_x = x;
}
