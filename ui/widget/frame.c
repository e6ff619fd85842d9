/* Title, tabs, filter line and status line (see frame.h). */
#include "ui/widget/frame.h"

#include <string.h>

#include "base/text.h"
#include "ui/term/glyph.h"
#include "ui/widget/segments.h"

/* Screens lower than this lose the tabs, then the title and one bottom line, then all of it. */
#define ROWS_FOR_ALL    8
#define ROWS_FOR_TABS   7
#define ROWS_FOR_STATUS 6
#define ROWS_FOR_FRAME  4

#define METER_CELLS 10
#define MAX_HINTS   8
#define PROMPT_ROWS 2

/* "? help" and the edges; "frozen, Space goes on". */
#define HELP_CELLS   10
#define FROZEN_CELLS 23

/* Which lines a screen of this height has, and where. -1: not shown. */
struct frame_lines {
    int title, tabs, filter, status;
    int body, body_rows;
};

static struct frame_lines arrange(const struct frame_state *st, int rows, bool prompting)
{
    struct frame_lines l = {-1, -1, -1, -1, 0, 0};
    int top = 0, bottom = rows;
    if (rows >= ROWS_FOR_FRAME)
        l.title = top++;
    if (rows >= ROWS_FOR_TABS)
        l.tabs = top++;
    bool status = rows >= ROWS_FOR_STATUS || (rows >= ROWS_FOR_FRAME && !st->filter);
    if (status)
        l.status = --bottom;
    if (rows >= ROWS_FOR_ALL || (rows >= ROWS_FOR_FRAME && st->filter))
        l.filter = --bottom;
    int prompt_top = rows > PROMPT_ROWS ? rows - PROMPT_ROWS : rows - 1;
    if (prompting && bottom > prompt_top)
        bottom = prompt_top;
    l.body = top;
    l.body_rows = bottom > top ? bottom - top : 0;
    return l;
}

struct canvas frame_body(const struct frame_state *st, const struct canvas *whole, bool prompting)
{
    struct frame_lines l = arrange(st, whole->rows, prompting);
    return canvas_sub(whole, l.body, 0, l.body_rows, whole->cols);
}

int frame_tab_at(const struct screen_frame *f, int y, int x)
{
    for (int i = 0; y == f->tabs_y && i < FRAME_MAX_TABS; i++)
        if (x >= f->tab[i].from && x < f->tab[i].to)
            return i;
    return -1;
}

void frame_release(struct screen_frame *f)
{
    strbuf_release(&f->text);
}

/* Whole seconds, then minutes: an estimate has no more digits to give. */
static void put_time_left(struct strbuf *b, uint64_t seconds)
{
    text_put_grouped(b, seconds < 120 ? seconds : seconds / 60);
    strbuf_puts(b, seconds < 120 ? " s left" : " min left");
}

static void add_loading(struct segments *line, const struct frame_state *st)
{
    uint64_t done = st->bytes_done, total = st->bytes_total;
    if (total > 0) {
        struct segment *meter = segments_start(line, ROLE_TITLE_PROGRESS, 27);
        meter->right = meter->meter = true;
        meter->least = METER_CELLS;
        meter->value = done;
        meter->max = total;
        segments_start(line, ROLE_TITLE_PROGRESS, 60)->right = true;
        double percent = done < total ? 100.0 * (double)done / (double)total : 100.0;
        strbuf_printf(line->text, "%s%d %%", st->live == FRAME_UNPACKING ? "unpacking " : "",
                      (int)percent);
    }
    struct segment *bytes = segments_start(line, ROLE_TITLE_PROGRESS, 25);
    bytes->right = true;
    text_put_size(line->text, done);
    if (total > 0) {
        strbuf_puts(line->text, " of ");
        text_put_size(line->text, total);
    }
    if (st->bytes_per_second == 0)
        return;
    segments_start(line, ROLE_TITLE_PROGRESS, 15)->right = true;
    text_put_size(line->text, st->bytes_per_second);
    strbuf_puts(line->text, "/s");
    if (total <= done)
        return;
    segments_start(line, ROLE_TITLE_PROGRESS, 22)->right = true;
    uint64_t seconds = (total - done) / st->bytes_per_second + 1;
    put_time_left(line->text, seconds);
}

/* What the trace is doing: the right end of the title. */
static void add_live(struct segments *line, const struct frame_state *st)
{
    static const struct {
        const char *word;
        enum role role;
    } state[] = {
        [FRAME_COMPLETE] = {"", ROLE_TITLE},
        [FRAME_UNPACKING] = {"", ROLE_TITLE_PROGRESS},
        [FRAME_LOADING] = {"", ROLE_TITLE_PROGRESS},
        [FRAME_FOLLOWING] = {GLYPH_LIVE " follow", ROLE_STATUS_FOLLOW},
        [FRAME_LIVE] = {GLYPH_LIVE " live", ROLE_TITLE},
        [FRAME_ENDED] = {GLYPH_STOPPED " ended", ROLE_TITLE},
        [FRAME_TRUNCATED] = {"! cut", ROLE_STATUS_WARN},
        [FRAME_REPLACED] = {"! replaced", ROLE_STATUS_WARN},
    };
    if (st->frozen) {
        segments_start(line, ROLE_STATUS_PAUSED, 90)->right = true;
        strbuf_puts(line->text, GLYPH_STOPPED " frozen");
        segments_start(line, ROLE_STATUS_PAUSED, 48)->right = true;
        text_put_grouped(line->text, st->new_events);
        strbuf_puts(line->text, " new");
    }
    if (st->live == FRAME_UNPACKING || st->live == FRAME_LOADING)
        add_loading(line, st);
    struct segment *word = segments_add(line, state[st->live].role, 70, state[st->live].word);
    if (word)
        word->right = true;
    struct segment *note = segments_add(line, state[st->live].role, 47, st->live_note);
    if (note)
        note->right = true;
}

static void draw_title(struct screen_frame *f, const struct frame_state *st, const struct canvas *c,
                       int y)
{
    /* A frozen picture must not be taken for the live one: the whole line says so. */
    enum role bar = st->frozen ? ROLE_STATUS_PAUSED : ROLE_TITLE;
    enum role name = st->frozen ? ROLE_STATUS_PAUSED : ROLE_TITLE_FOCUS;
    struct segments line;
    canvas_fill(c, y, 0, 1, c->cols, bar);
    segments_init(&line, &f->text);
    segments_add(&line, name, 10, "heaptail");
    struct segment *file = segments_add(&line, name, 100, st->file);
    if (file)
        file->least = 16;
    struct segment *process = segments_add(&line, bar, 40, st->process);
    if (process)
        process->least = 20;
    if (st->counted) {
        segments_start(&line, bar, 45);
        text_put_duration(line.text, st->duration_ns);
        segments_start(&line, bar, 50);
        text_put_grouped(line.text, st->events);
        strbuf_puts(line.text, st->events == 1 ? " event" : " events");
    }
    add_live(&line, st);
    segments_draw(&line, c, y, 3);
}

/* How the tabs stand: with all titles or the active one's alone, so many blanks between them. */
struct tabs_layout {
    bool titles;
    int gap;
};

/* From the roomiest on. */
static const struct tabs_layout tabs_layouts[] = {{true, 2}, {true, 1}, {false, 2}};

static int tabs_width(const struct frame_state *st, struct charset cs, struct tabs_layout as)
{
    int width = 1;
    for (size_t i = 0; i < st->tab_count; i++) {
        const char *title = st->tabs[i].title;
        bool titled = as.titles || i == st->tab_active;
        width +=
            (i > 0 ? as.gap : 0) + 1 + (titled ? 1 + cells_width(cs, title, strlen(title)) : 0);
    }
    return width;
}

static int draw_tab(struct screen_frame *f, const struct frame_tab *tab, const struct keymap *km,
                    const struct canvas *c, int y, int x, bool active, bool title)
{
    strbuf_clear(&f->text);
    keymap_put_key(km, tab->action, &f->text);
    if (title)
        strbuf_printf(&f->text, " %s", tab->title);
    return canvas_text(c, y, x, active ? ROLE_TAB_ACTIVE : ROLE_TAB, f->text.s, f->text.len);
}

/* The last steps that fit in `cells`, whole; the earlier ones give way to an ellipsis. */
static void put_steps(struct strbuf *out, const char *steps, struct charset cs, int cells)
{
    static const char separator[] = " " GLYPH_CRUMB " ";
    const char *all = steps, *next = steps;
    int lead = cells_width(cs, GLYPH_ELLIPSIS, strlen(GLYPH_ELLIPSIS)) +
               cells_width(cs, separator, strlen(separator));
    while (next != NULL &&
           cells_width(cs, steps, strlen(steps)) > cells - (steps != all ? lead : 0)) {
        next = strstr(steps, separator);
        steps = next != NULL ? next + strlen(separator) : steps;
    }
    if (steps != all)
        strbuf_printf(out, GLYPH_ELLIPSIS "%s", separator);
    strbuf_puts(out, steps);
}

/* The titles give way to the steps, as far as these take no more than a third of the line. */
static struct tabs_layout choose_tabs(const struct frame_state *st, const struct canvas *c)
{
    struct charset cs = canvas_charset(c);
    const char *steps = st->breadcrumb != NULL ? st->breadcrumb : "";
    int wanted = steps[0] != '\0' ? cells_width(cs, steps, strlen(steps)) + 4 : 0;
    int most = c->cols / 3;
    size_t i = 0, last = sizeof tabs_layouts / sizeof tabs_layouts[0] - 1;
    while (i < last &&
           tabs_width(st, cs, tabs_layouts[i]) + (wanted < most ? wanted : most) > c->cols)
        i++;
    return tabs_layouts[i];
}

static void draw_tabs(struct screen_frame *f, const struct frame_state *st, const struct keymap *km,
                      const struct canvas *c, int y)
{
    canvas_fill(c, y, 0, 1, c->cols, ROLE_TAB);
    f->tabs_y = y;
    struct tabs_layout as = choose_tabs(st, c);
    int x = 1;
    for (size_t i = 0; i < st->tab_count; i++) {
        bool active = i == st->tab_active;
        int cells = draw_tab(f, &st->tabs[i], km, c, y, x, active, as.titles || active);
        if (i < FRAME_MAX_TABS)
            f->tab[i] = (struct frame_span){x, x + cells};
        x += cells + as.gap;
    }
    x += 2 - as.gap;
    if (!st->breadcrumb || st->breadcrumb[0] == '\0')
        return;
    struct canvas rest = canvas_sub(c, y, x, 1, c->cols - x);
    struct segments line;
    segments_init(&line, &f->text);
    struct segment *steps = segments_start(&line, ROLE_TAB, 1);
    put_steps(line.text, st->breadcrumb, canvas_charset(c), rest.cols - 1);
    steps->right = true;
    steps->least = 8;
    if (rest.cols > steps->least + 2)
        segments_draw(&line, &rest, 0, 1);
}

static void draw_filter(struct screen_frame *f, const struct frame_state *st,
                        const struct canvas *c, int y)
{
    struct segments line;
    segments_init(&line, &f->text);
    segments_add(&line, ROLE_STATUS, 10, "filter");
    struct segment *filter = segments_add(&line, st->filter ? ROLE_STATUS_FILTER : ROLE_STATUS, 100,
                                          st->filter ? st->filter : "none");
    if (filter)
        filter->least = 24;
    if (st->lines > 0) {
        segments_start(&line, ROLE_STATUS, 5)->right = true;
        strbuf_puts(line.text, "line ");
        text_put_grouped(line.text, st->line);
        strbuf_puts(line.text, " of ");
        text_put_grouped(line.text, st->lines);
    }
    if (st->filter) {
        bool hides_all = st->shown == 0 && st->total > 0 && st->scanned_percent >= 100;
        segments_start(&line, hides_all ? ROLE_STATUS_WARN : ROLE_STATUS, 80)->right = true;
        text_put_grouped(line.text, st->shown);
        strbuf_puts(line.text, " of ");
        text_put_grouped(line.text, st->total);
    }
    if (st->filter && st->scanned_percent < 100) {
        struct segment *meter = segments_start(&line, ROLE_TITLE_PROGRESS, 30);
        meter->right = meter->meter = true;
        meter->least = METER_CELLS;
        meter->value = (uint64_t)(st->scanned_percent > 0 ? st->scanned_percent : 0);
        meter->max = 100;
        segments_start(&line, ROLE_TITLE_PROGRESS, 60)->right = true;
        strbuf_printf(line.text, "%d %% scanned", st->scanned_percent);
    }
    segments_draw(&line, c, y, 2);
}

/* A key and what it does. */
static void add_hint(struct segments *line, const struct keymap *km, struct action_hint hint,
                     unsigned importance, bool right)
{
    struct segment *key = segments_start(line, ROLE_STATUS_KEY, importance);
    key->right = right;
    keymap_put_key(km, hint.action, line->text);
    struct segment *label = segments_start(line, ROLE_STATUS, importance);
    label->right = right;
    label->joined = true;
    strbuf_puts(line->text, hint.label != NULL ? hint.label : action_info(hint.action)->label);
}

/* As many as there is room for; help is the last to go, for it tells all the others. */
static void add_hints(struct segments *line, const struct frame_state *st, const struct keymap *km)
{
    for (size_t i = 0; i < st->hint_count && i < MAX_HINTS; i++)
        add_hint(line, km, st->hints[i],
                 st->hints[i].action == ACTION_HELP ? 95 : 40 - (unsigned)i * 2, true);
}

static bool has_hint(const struct frame_state *st, enum action action)
{
    for (size_t i = 0; i < st->hint_count; i++)
        if (st->hints[i].action == action)
            return true;
    return false;
}

/* What was lost, and what is not certain, not counted or not moving. */
static void add_trust(struct segments *line, const struct frame_state *st, const struct keymap *km,
                      int cols)
{
    enum role role = st->trust_bad ? ROLE_STATUS_WARN : ROLE_STATUS;
    struct segment *trust = segments_add(line, role, 90, st->trust);
    /* Only help, and that the picture is frozen, make a long one give way. */
    int room = cols - HELP_CELLS - (st->frozen ? FROZEN_CELLS : 0);
    if (trust)
        trust->least = (uint8_t)(room < 10 ? 10 : room > UINT8_MAX ? UINT8_MAX : room);
    if (st->trust_bad && !has_hint(st, ACTION_TRUST))
        add_hint(line, km, (struct action_hint){ACTION_TRUST, NULL}, 41, false);
    if (st->frozen) {
        segments_start(line, ROLE_STATUS_PAUSED, 92);
        strbuf_puts(line->text, "frozen, ");
        keymap_put_key(km, ACTION_FREEZE, line->text);
        strbuf_puts(line->text, " goes on");
    }
    segments_add(line, ROLE_TITLE_PROGRESS, 60, st->note);
}

/* What is looked for stays beside a message: the message may be about it. */
static void add_find(struct segments *line, const struct frame_state *st)
{
    if (!st->find)
        return;
    segments_add(line, ROLE_STATUS, 42, "find");
    struct segment *text = segments_add(line, ROLE_STATUS_FILTER, 82, st->find);
    if (text)
        text->least = 16;
    segments_add(line, ROLE_STATUS_KEY, 95, st->find_status);
}

static void draw_status(struct screen_frame *f, const struct frame_state *st,
                        const struct keymap *km, const struct canvas *c, int y)
{
    struct segments line;
    segments_init(&line, &f->text);
    add_find(&line, st);
    if (st->message) {
        enum role role = st->message_is_error ? ROLE_STATUS_WARN : ROLE_STATUS_KEY;
        segments_add(&line, role, 100, st->message);
    } else {
        if (st->range)
            segments_add(&line, ROLE_STATUS, 45, "range");
        segments_add(&line, ROLE_STATUS_FILTER, 80, st->range);
        if (st->marks)
            segments_add(&line, ROLE_STATUS, 43, "marks");
        struct segment *marks = segments_add(&line, ROLE_STATUS_FILTER, 44, st->marks);
        if (marks)
            marks->least = 8;
        add_trust(&line, st, km, c->cols);
    }
    add_hints(&line, st, km);
    segments_draw(&line, c, y, 2);
}

void frame_draw(struct screen_frame *f, const struct frame_state *st, const struct keymap *km,
                const struct prompt *prompt, const struct canvas *whole)
{
    bool prompting = prompt && prompt->active;
    struct frame_lines l = arrange(st, whole->rows, prompting);
    f->tabs_y = -1;
    memset(f->tab, 0, sizeof f->tab);
    if (l.title >= 0)
        draw_title(f, st, whole, l.title);
    if (l.tabs >= 0)
        draw_tabs(f, st, km, whole, l.tabs);
    int bottom = l.filter >= 0 ? l.filter : l.status;
    if (bottom >= 0)
        canvas_fill(whole, bottom, 0, whole->rows, whole->cols, ROLE_STATUS);
    if (prompting) {
        int top = whole->rows > PROMPT_ROWS ? whole->rows - PROMPT_ROWS : whole->rows - 1;
        struct canvas box = canvas_sub(whole, top, 0, PROMPT_ROWS, whole->cols);
        prompt_draw(prompt, &box);
        return;
    }
    if (l.filter >= 0)
        draw_filter(f, st, whole, l.filter);
    if (l.status >= 0)
        draw_status(f, st, km, whole, l.status);
}
