/* The test terminal: pty, emulator, keys (see term.h). golden.c compares pictures. */
#include "term.h"

#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <vterm.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "golden.h"
#include "term_priv.h"
#include "ui/term/input.h"

#define REQUEST    "\033[5n"
#define PATIENCE_S 10 /* only ever spent when a test fails */

/* The emulator tells properties only when they change; the cursor starts visible. */
static int on_property(VTermProp prop, VTermValue *value, void *user)
{
    struct term *t = user;
    if (prop == VTERM_PROP_CURSORVISIBLE)
        t->cursor_visible = value->boolean;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property};

struct screen *term_screen(struct term *t)
{
    return t->screen;
}

/* The reader's thread: keeps the pty empty, since the screen's writes block. */
static void *read_screen(void *arg)
{
    struct term *t = arg;
    struct pollfd fds[2] = {{.fd = t->master, .events = POLLIN},
                            {.fd = t->stop[0], .events = POLLIN}};
    char bytes[4096];
    while (poll(fds, 2, -1) > 0 && fds[1].revents == 0) {
        ssize_t n = read(t->master, bytes, sizeof bytes);
        if (n <= 0)
            break;
        pthread_mutex_lock(&t->lock);
        strbuf_add(&t->arrived, bytes, (size_t)n);
        pthread_cond_signal(&t->more);
        pthread_mutex_unlock(&t->lock);
    }
    return NULL;
}

static void start_reader(struct term *t)
{
    assert_int_equal(pipe(t->stop), 0);
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->more, NULL);
    assert_int_equal(pthread_create(&t->reader, NULL, read_screen, t), 0);
}

static void stop_reader(struct term *t)
{
    assert_int_equal(write(t->stop[1], "", 1), 1);
    pthread_join(t->reader, NULL);
}

/* Gives the emulator what has arrived, waiting for something. */
static void feed_emulator(struct term *t)
{
    struct timespec until;
    int rc = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_S;
    pthread_mutex_lock(&t->lock);
    while (t->arrived.len == 0 && rc == 0)
        rc = pthread_cond_timedwait(&t->more, &t->lock, &until);
    vterm_input_write(t->vt, strbuf_str(&t->arrived), t->arrived.len);
    strbuf_add(&t->sent, strbuf_str(&t->arrived), t->arrived.len);
    strbuf_clear(&t->arrived);
    pthread_mutex_unlock(&t->lock);
    assert_int_equal(rc, 0);
}

/* Feeds the emulator until it answers the status request that was sent last. */
static void drain_picture(struct term *t)
{
    static const char answer[] = "\033[0n";
    const size_t size = sizeof answer - 1;
    char reply[64];
    size_t got = 0;
    while (got < size || memcmp(reply + got - size, answer, size) != 0) {
        feed_emulator(t);
        got += vterm_output_read(t->vt, reply + got, sizeof reply - got);
        assert_true(got < sizeof reply);
    }
}

void term_frame(struct term *t)
{
    t->app.frame(t->app.ctx, t->screen);
    assert_int_equal(write(t->slave, REQUEST, sizeof REQUEST - 1), sizeof REQUEST - 1);
    drain_picture(t);
}

void term_forget_sent(struct term *t)
{
    strbuf_clear(&t->sent);
}

/* Without the status requests, which are the test's own. */
const char *term_sent(struct term *t)
{
    char *request;
    while ((request = strstr(strbuf_str(&t->sent), REQUEST)) != NULL) {
        size_t at = (size_t)(request - t->sent.s), n = sizeof REQUEST - 1;
        memmove(request, request + n, t->sent.len - at - n);
        strbuf_truncate(&t->sent, t->sent.len - n);
    }
    return strbuf_str(&t->sent);
}

void term_run(struct term *t, const struct term_app *app)
{
    t->app = *app;
    term_frame(t);
}

static void ignore_key(void *ctx, struct ui_key key)
{
    (void)ctx;
    (void)key;
}

static void blank_frame(void *ctx, struct screen *s)
{
    (void)ctx;
    screen_begin(s);
    screen_flush(s);
}

int term_group_setup(void **state)
{
    static const char *const foreign[] = {"NO_COLOR",     "ESCDELAY",       "LINES",    "COLUMNS",
                                          "TERM",         "HEAPTAIL_THEME", "TERMINFO", "TMUX",
                                          "TERM_PROGRAM", "COLORTERM"};
    (void)state;
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        unsetenv(foreign[i]);
    setenv("LC_ALL", "C.UTF-8", 1);
    return setlocale(LC_ALL, "C.UTF-8") ? 0 : -1;
}

static void open_screen(struct term *t, const char *type, enum screen_color color, bool ascii,
                        bool ask)
{
    struct err_info err = {.text = ""};
    struct screen_options options = {
        .in = t->in, .out = t->out, .term = type, .color = color, .ascii = ascii, .ask = ask};
    int rc = screen_open(&t->screen, &options, &err);
    if (rc != 0)
        fail_msg("screen_open: %s", err.text);
    if (screen_depth(t->screen) != DEPTH_256)
        return;
    struct theme *theme = base_xcalloc(1, sizeof *theme);
    golden_theme(theme);
    screen_set_theme(t->screen, theme);
    free(theme);
}

static struct term *open_term(int rows, int cols, const char *type, enum screen_color color,
                              bool ascii, bool ask)
{
    struct term *t = base_xcalloc(1, sizeof *t);
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    assert_int_equal(openpty(&t->master, &t->slave, NULL, NULL, &size), 0);
    /* Opened anew: the input is not to block, the output is. */
    t->in = fdopen(open(ttyname(t->slave), O_RDWR | O_NOCTTY | O_NONBLOCK), "r");
    t->out = fdopen(dup(t->slave), "w");
    assert_non_null(t->in);
    assert_non_null(t->out);
    t->vt = vterm_new(rows, cols);
    vterm_set_utf8(t->vt, 1);
    t->vts = vterm_obtain_screen(t->vt);
    vterm_screen_set_callbacks(t->vts, &callbacks, t);
    vterm_screen_enable_altscreen(t->vts, 1);
    vterm_screen_reset(t->vts, 1);
    t->rows = rows;
    t->cols = cols;
    t->app = (struct term_app){NULL, ignore_key, blank_frame};
    start_reader(t);
    open_screen(t, type, color, ascii, ask);
    return t;
}

struct term *term_open_with(int rows, int cols, const char *type, enum screen_color color,
                            bool ascii)
{
    return open_term(rows, cols, type, color, ascii, false);
}

struct term *term_open_asking(int rows, int cols, const char *type)
{
    return open_term(rows, cols, type, SCREEN_COLOR_ALWAYS, false, true);
}

struct term *term_open(int rows, int cols, const char *type)
{
    return term_open_with(rows, cols, type, SCREEN_COLOR_ALWAYS, false);
}

void term_hang_up(struct term *t)
{
    stop_reader(t);
    close(t->master);
    t->hung_up = true;
}

void term_close(struct term *t)
{
    screen_close(t->screen);
    if (!t->hung_up)
        term_hang_up(t);
    fclose(t->in);
    fclose(t->out);
    close(t->slave);
    close(t->stop[0]);
    close(t->stop[1]);
    pthread_mutex_destroy(&t->lock);
    pthread_cond_destroy(&t->more);
    vterm_free(t->vt);
    strbuf_release(&t->arrived);
    strbuf_release(&t->sent);
    strbuf_release(&t->row);
    free(t);
}

static const struct {
    uint32_t ours;
    VTermKey theirs;
} special[] = {
    {UI_KEY_UP, VTERM_KEY_UP},
    {UI_KEY_DOWN, VTERM_KEY_DOWN},
    {UI_KEY_LEFT, VTERM_KEY_LEFT},
    {UI_KEY_RIGHT, VTERM_KEY_RIGHT},
    {UI_KEY_PAGE_UP, VTERM_KEY_PAGEUP},
    {UI_KEY_PAGE_DOWN, VTERM_KEY_PAGEDOWN},
    {UI_KEY_HOME, VTERM_KEY_HOME},
    {UI_KEY_END, VTERM_KEY_END},
    {UI_KEY_INSERT, VTERM_KEY_INS},
    {UI_KEY_DELETE, VTERM_KEY_DEL},
    {UI_KEY_BACKSPACE, VTERM_KEY_BACKSPACE},
    {UI_KEY_ENTER, VTERM_KEY_ENTER},
    {UI_KEY_TAB, VTERM_KEY_TAB},
    {UI_KEY_ESCAPE, VTERM_KEY_ESCAPE},
};

/* Presses a key on the emulator, which knows the sequence for its present mode. */
static void press(struct term *t, struct ui_key key)
{
    VTermModifier mods = VTERM_MOD_NONE;
    if (key.mods & KEY_MOD_CTRL)
        mods |= VTERM_MOD_CTRL;
    if (key.mods & KEY_MOD_ALT)
        mods |= VTERM_MOD_ALT;
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++) {
        if (special[i].ours != key.code)
            continue;
        vterm_keyboard_key(t->vt, special[i].theirs, mods);
        return;
    }
    if (key.code == UI_KEY_BACK_TAB)
        vterm_keyboard_key(t->vt, VTERM_KEY_TAB, mods | VTERM_MOD_SHIFT);
    else if (key.code >= UI_KEY_F1 && key.code <= UI_KEY_F12)
        vterm_keyboard_key(t->vt, VTERM_KEY_FUNCTION(1 + key.code - UI_KEY_F1), mods);
    else
        vterm_keyboard_unichar(t->vt, key.code, mods);
}

void term_send(struct term *t, const char *bytes, size_t n)
{
    assert_int_equal(write(t->master, bytes, n), n);
    struct pollfd typed = {.fd = t->slave, .events = POLLIN};
    assert_int_equal(poll(&typed, 1, PATIENCE_S * 1000), 1);
    struct ui_key key;
    while (input_read(t->screen, &key) == 1)
        t->app.key(t->app.ctx, key);
    term_frame(t);
}

void term_keys(struct term *t, const char *keys)
{
    for (const char *at = keys; *at;) {
        struct ui_key key;
        size_t used = ui_key_parse(at, strlen(at), &key);
        if (used == 0 && *at == ' ') {
            key = (struct ui_key){.code = ' '};
            used = 1;
        }
        assert_true(used > 0);
        at += used;
        char bytes[64];
        press(t, key);
        size_t n = vterm_output_read(t->vt, bytes, sizeof bytes);
        assert_true(n > 0);
        term_send(t, bytes, n);
    }
}

void term_resize(struct term *t, int rows, int cols)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    assert_int_equal(ioctl(t->master, TIOCSWINSZ, &size), 0);
    vterm_set_size(t->vt, rows, cols);
    t->rows = rows;
    t->cols = cols;
    screen_resize(t->screen, rows, cols);
    struct ui_key key;
    while (input_read(t->screen, &key) == 1)
        t->app.key(t->app.ctx, key);
    term_frame(t);
}

static int color_index(const VTermColor *c, bool is_default)
{
    return is_default ? STYLE_DEFAULT : VTERM_COLOR_IS_INDEXED(c) ? c->indexed.idx : -2;
}

struct term_cell term_cell(struct term *t, int row, int col)
{
    VTermScreenCell cell;
    assert_true(vterm_screen_get_cell(t->vts, (VTermPos){.row = row, .col = col}, &cell));
    return (struct term_cell){
        .fg = color_index(&cell.fg, VTERM_COLOR_IS_DEFAULT_FG(&cell.fg)),
        .bg = color_index(&cell.bg, VTERM_COLOR_IS_DEFAULT_BG(&cell.bg)),
        .attrs = (cell.attrs.bold ? STYLE_BOLD : 0u) | (cell.attrs.italic ? STYLE_ITALIC : 0u) |
                 (cell.attrs.underline ? STYLE_UNDERLINE : 0u) |
                 (cell.attrs.reverse ? STYLE_REVERSE : 0u),
        .width = cell.width,
    };
}

const char *term_row(struct term *t, int row)
{
    size_t text_end = 0;
    strbuf_clear(&t->row);
    for (int col = 0; col < t->cols;) {
        VTermScreenCell cell;
        assert_true(vterm_screen_get_cell(t->vts, (VTermPos){.row = row, .col = col}, &cell));
        if (cell.chars[0] == 0)
            strbuf_putc(&t->row, ' ');
        for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] != 0; i++)
            text_put_utf8(&t->row, cell.chars[i]);
        if (cell.chars[0] != 0 && cell.chars[0] != ' ')
            text_end = t->row.len;
        col += cell.width > 0 ? cell.width : 1;
    }
    strbuf_truncate(&t->row, text_end);
    return strbuf_str(&t->row);
}

int term_find(struct term *t, const char *text)
{
    for (int row = 0; row < t->rows; row++)
        if (strstr(term_row(t, row), text))
            return row;
    return -1;
}

bool term_cursor(struct term *t, int *out_row, int *out_col)
{
    VTermPos pos;
    vterm_state_get_cursorpos(vterm_obtain_state(t->vt), &pos);
    *out_row = pos.row;
    *out_col = pos.col;
    return t->cursor_visible;
}
