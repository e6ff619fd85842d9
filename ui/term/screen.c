/* The terminal through curses (see screen.h). */
#include "ui/term/screen.h"

#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "ui/term/capability.h"
#include "ui/term/clipboard.h"
#include "ui/term/input.h"
#include "ui/term/outlet.h"
#include "ui/term/report.h"

#define ESCAPE_DELAY_MS 25
/* Synchronized output, as terminals that are asked have it. */
#define SYNC_BEGIN "\033[?2026h"
#define SYNC_END   "\033[?2026l"

#define MAX_PAIRS 1024

struct screen {
    SCREEN *term;
    int input_fd;
    WINDOW *keys; /* a pad to read keys from: reading from a window would draw it */
    struct charset charset;
    enum style_depth depth;
    int cursor_y, cursor_x;
    bool cursor;
    char reset[128];
    char type[64]; /* of the terminal, as terminfo names it */
    struct outlet outlet;
    bool direct; /* the next frame goes past the outlet: curses sets the terminal's modes with it */
    struct report report;
    WINDOW *canvas;   /* what canvases draw on: stdscr, or a pad */
    short pair_count; /* pairs 1.. in use */
    struct style_pair {
        int16_t fg, bg;
    } pair[MAX_PAIRS];
    struct screen_cell_style style[SCOPE_COUNT][LAYER_COUNT][ROLE_COUNT];
};

static int unusable_terminal(const char *term, FILE *out, struct err_info *err)
{
    static const char *const usual[] = {"xterm-256color", "xterm", "screen-256color",
                                        "tmux-256color",  "linux", "vt100"};
    struct strbuf known = {0}, name = {0};
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (capability_is_usable(usual[i], fileno(out), NULL))
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

/* Where frames begin and end, if the terminal has marks for that: terminfo knows, or the terminal
 * itself is asked. A crash in the middle of a frame must not leave it open. */
static void find_sync(struct screen *s, bool ask)
{
    char begin[OUTLET_MARK], end[OUTLET_MARK];
    if (capability_get_sync(begin, end, sizeof begin)) {
        outlet_set_marks(&s->outlet, begin, end);
        snprintf(s->reset, sizeof s->reset, "%s", end);
    } else if (ask && capability_may_ask(s->type)) {
        outlet_write(&s->outlet, REPORT_QUESTION, sizeof REPORT_QUESTION - 1);
        report_expect(&s->report, clock_monotonic_ns());
        snprintf(s->reset, sizeof s->reset, "%s", SYNC_END);
    }
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
    /* Asked before newterm(), which leaks when it fails and puts up with terminals on which it can
     * place nothing. */
    if (!capability_is_usable(term, fileno(options->out), NULL))
        return unusable_terminal(term, options->out, err);
    char sister[CAPABILITY_TERM];
    term = capability_choose_term(term, fileno(options->out), sister);
    struct screen *s = base_xcalloc(1, sizeof *s);
    if (outlet_open(&s->outlet, options->out))
        s->term = newterm(term, s->outlet.stream, options->in);
    s->keys = s->term ? newpad(1, 1) : NULL;
    if (!s->keys) {
        if (s->term) {
            endwin();
            delscreen(s->term);
        }
        outlet_close(&s->outlet);
        free(s);
        return err_set(err, -ENOMEM, "curses cannot open the terminal '%.60s'", term);
    }
    s->input_fd = fileno(options->in);
    s->canvas = stdscr;
    s->direct = true;
    snprintf(s->type, sizeof s->type, "%s", term);
    set_modes(s);
    s->depth = choose_depth(options->color);
    s->charset = choose_charset(options, term);
    find_sync(s, options->ask);
    capability_put_reset(s->reset, sizeof s->reset);
    struct theme theme;
    theme_init_builtin(&theme, s->depth == DEPTH_MONO);
    screen_set_theme(s, &theme);
    *out_screen = s;
    return 0;
}

static void send_mouse(struct screen *s, bool on)
{
    char bytes[64] = "";
    capability_put_mouse(on, bytes, sizeof bytes);
    outlet_write(&s->outlet, bytes, strlen(bytes));
}

void screen_close(struct screen *s)
{
    if (!s)
        return;
    screen_set_mouse(s, false);
    endwin();
    delwin(s->keys);
    delscreen(s->term);
    outlet_close(&s->outlet);
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
    if (!s->direct)
        outlet_begin(&s->outlet);
    curs_set(s->cursor ? 1 : 0);
    wnoutrefresh(stdscr);
    doupdate();
    outlet_end(&s->outlet);
    s->direct = false;
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
    if (s->report.mouse)
        send_mouse(s, false);
    endwin();
    s->direct = true;
}

void screen_resume(struct screen *s)
{
    reset_prog_mode();
    if (s->report.mouse)
        send_mouse(s, true);
    screen_redraw(s);
}

const char *screen_reset_string(const struct screen *s)
{
    return s->reset;
}

bool screen_begin_sheet(struct screen *s, int rows, int cols, struct canvas *out_canvas)
{
    WINDOW *sheet = newpad(rows, cols);
    if (sheet == NULL)
        return false;
    s->canvas = sheet;
    *out_canvas = (struct canvas){.screen = s, .rows = rows, .cols = cols};
    return true;
}

/* The text of a row without the blanks at its end. Curses gives a wide character once. */
static void put_sheet_row(WINDOW *sheet, int y, int cols, struct strbuf *out)
{
    size_t end = out->len;
    for (int x = 0; x < cols; x++) {
        cchar_t cell;
        wchar_t chars[CCHARW_MAX + 1] = {0};
        attr_t attrs;
        short pair;
        if (mvwin_wch(sheet, y, x, &cell) != OK ||
            getcchar(&cell, chars, &attrs, &pair, NULL) != OK)
            continue;
        for (int i = 0; i < CCHARW_MAX && chars[i] != L'\0'; i++)
            text_put_utf8(out, (uint32_t)chars[i]);
        int width = wcwidth(chars[0]);
        x += width > 1 ? width - 1 : 0;
        if (chars[0] != L' ' && chars[0] != L'\0')
            end = out->len;
    }
    strbuf_truncate(out, end);
}

void screen_end_sheet(struct screen *s, struct strbuf *out_text)
{
    int rows, cols;
    size_t end = out_text->len;
    getmaxyx(s->canvas, rows, cols);
    for (int y = 0; y < rows; y++) {
        size_t start = out_text->len;
        put_sheet_row(s->canvas, y, cols, out_text);
        bool blank = out_text->len == start;
        strbuf_putc(out_text, '\n');
        end = blank ? end : out_text->len;
    }
    strbuf_truncate(out_text, end);
    delwin(s->canvas);
    s->canvas = stdscr;
}

bool screen_set_mouse(struct screen *s, bool on)
{
    if (on && !capability_has_mouse())
        return false;
    if (on != s->report.mouse)
        send_mouse(s, on);
    s->report.mouse = on;
    return true;
}

bool screen_has_mouse_on(const struct screen *s)
{
    return s->report.mouse;
}

int screen_copy(struct screen *s, const char *text, size_t n)
{
    struct strbuf bytes = {0};
    int rc = clipboard_put(&bytes, capability_get_clipboard(s->type), text, n);
    if (rc == 0)
        outlet_write(&s->outlet, bytes.s, bytes.len);
    strbuf_release(&bytes);
    return rc;
}

struct report *screen_report(struct screen *s)
{
    return &s->report;
}

void screen_believe_report(struct screen *s)
{
    if (s->report.sync)
        outlet_set_marks(&s->outlet, SYNC_BEGIN, SYNC_END);
}

WINDOW *screen_window(const struct screen *s)
{
    return s->canvas;
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
