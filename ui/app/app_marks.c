/* Moments with a letter, jumps to them, and the way back from any jump. */
#include <string.h>

#include "base/text.h"
#include "model/successor.h"
#include "ui/app/app_state.h"
#include "ui/term/glyph.h"
#include "ui/view/cell_format.h"
#include "ui/view/views.h"

uint64_t app_selected_row(struct app *a, const char *message)
{
    const struct snapshot *s = a->shown;
    bool there = a->stack.shown == SCOPE_EVENTS && s != NULL && s->trace != NULL;
    uint64_t row = there ? view_events_selected(app_events(a)) : ROW_NONE;
    if (row == ROW_NONE && message != NULL)
        app_message(a, false, message);
    return row;
}

void app_go_to_row(struct app *a, uint64_t row, const char *name)
{
    struct view *events = app_events(a);
    if (a->stack.shown != SCOPE_EVENTS || view_stack_is_covered(&a->stack))
        view_stack_show(&a->stack, SCOPE_EVENTS);
    view_stack_sync(&a->stack);
    view_events_select(events, row);
    uint64_t at = view_events_selected(events);
    struct strbuf b = {0};
    if (at == ROW_NONE)
        strbuf_printf(&b, "No event is shown: %s cannot be reached.",
                      name != NULL ? name : "the place");
    else if (at != row && name != NULL)
        strbuf_printf(&b, "%s is not shown under this filter; this is the nearest event.", name);
    if (b.len > 0)
        app_message(a, false, b.s);
    strbuf_release(&b);
}

bool app_moment(struct app *a, struct view_mark *out_moment)
{
    struct view_mark m = {0};
    if (!app_has_rows(a) || !view_stack_moment(&a->stack, &m.time, &m.row))
        return false;
    *out_moment = m;
    return true;
}

static struct view_mark mark_of(const struct app *a, char letter, uint64_t row)
{
    return (struct view_mark){
        .letter = letter, .row = row, .time = store_time(a->shown->trace->store, row)};
}

void app_note_jump(struct app *a)
{
    struct view *events = app_events(a);
    uint64_t row = app_selected_row(a, NULL);
    /* From another screen: where one was in Events before. */
    if (row == ROW_NONE && a->stack.shown != SCOPE_EVENTS)
        row = view_list(events)->id;
    if (row != ROW_NONE && a->shown != NULL && row < a->shown->rows)
        a->jumped_from = mark_of(a, '\'', row);
}

/* ---- letters ---- */

static void await(struct app *a, enum app_letter what)
{
    a->awaiting = what;
    if (what == LETTER_MARK)
        app_message(a, false, "mark: press a letter, Esc forgets");
    else
        app_message(a, false, "to mark: press its letter, ' goes back, Esc forgets");
}

/* While the input grows there is always a moment: now, which is the last event. */
bool app_find_moment(struct app *a, struct view_mark *out_moment)
{
    if (app_moment(a, out_moment))
        return true;
    if (!app_has_rows(a) || a->newest->source.state != SOURCE_FOLLOWING)
        return false;
    *out_moment = mark_of(a, '\0', a->shown->rows - 1);
    return true;
}

void app_say_no_moment(struct app *a, const char *what)
{
    struct strbuf b = {0};
    strbuf_printf(&b,
                  "%s at a moment: select an event ({screen.events}), a heap ({screen.heaps}) or a "
                  "time ({screen.timeline}).",
                  what);
    app_tell(a, false, strbuf_str(&b));
    strbuf_release(&b);
}

/* The moment is that of the key: the letter may come when others are selected. */
void app_mark(struct app *a, uint64_t count)
{
    (void)count;
    if (app_find_moment(a, &a->marking))
        await(a, LETTER_MARK);
    else
        app_say_no_moment(a, "A mark is set");
}

void app_mark_jump(struct app *a, uint64_t count)
{
    (void)count;
    await(a, LETTER_JUMP);
}

struct view_mark *app_find_mark(struct app *a, char letter)
{
    if (letter == '\'')
        return a->jumped_from.letter != '\0' ? &a->jumped_from : NULL;
    for (size_t i = 0; i < a->mark_count; i++)
        if (a->marks[i].letter == letter)
            return &a->marks[i];
    return NULL;
}

void app_put_mark(struct app *a, const struct view_mark *mark)
{
    struct view_mark *place = app_find_mark(a, mark->letter);
    if (place == NULL) {
        size_t i = a->mark_count++;
        for (; i > 0 && a->marks[i - 1].letter > mark->letter; i--)
            a->marks[i] = a->marks[i - 1];
        place = &a->marks[i];
    }
    *place = *mark;
    if (!mark->recorded)
        place->turn = ++a->turn;
    a->env.mark_count = a->mark_count;
}

bool app_drop_mark(struct app *a, char letter)
{
    struct view_mark *mark = app_find_mark(a, letter);
    if (mark == NULL)
        return false;
    size_t behind = (size_t)(a->marks + a->mark_count - (mark + 1));
    memmove(mark, mark + 1, behind * sizeof *mark);
    a->env.mark_count = --a->mark_count;
    return true;
}

static void set_mark(struct app *a, char letter)
{
    a->marking.letter = letter;
    app_put_mark(a, &a->marking);
    struct strbuf b = {0};
    strbuf_printf(&b, "mark %c at ", letter);
    cell_put_time(&b, &a->env, a->marking.time);
    strbuf_printf(&b, "%s; {mark.jump}%c comes back", a->settings.wall_time ? "" : " s", letter);
    app_tell(a, false, b.s);
    strbuf_release(&b);
}

/* Fewer rows are shown than when the mark was set: the input is read anew, or is shorter now. */
static void say_far(struct app *a, char letter)
{
    struct strbuf b = {0};
    bool whole = a->shown != NULL && a->shown->rows_complete;
    strbuf_printf(&b, letter == '\'' ? "The place before" : "Mark %c", letter);
    strbuf_printf(&b, " lies behind the last event%s.", whole ? "" : " so far");
    app_message(a, false, b.s);
    strbuf_release(&b);
}

/* Goes to its event, or where the moment is none's to the last one before it. */
static uint64_t row_of(const struct app *a, const struct view_mark *mark)
{
    if (mark->row != ROW_NONE || !app_has_rows(a))
        return mark->row;
    uint64_t behind = block_moment(a->shown->trace, mark->time);
    return behind > 0 ? behind - 1 : 0;
}

bool app_go_to_mark(struct app *a, char letter)
{
    struct strbuf b = {0};
    const struct view_mark *mark = app_find_mark(a, letter);
    uint64_t row = mark != NULL ? row_of(a, mark) : ROW_NONE;
    bool there = mark != NULL && a->shown != NULL && row < a->shown->rows;
    if (mark != NULL && !there) {
        say_far(a, letter);
    } else if (there) {
        bool exactly = mark->row != ROW_NONE;
        strbuf_printf(&b, letter == '\'' ? "The place before" : "Mark %c", letter);
        app_note_jump(a);
        app_go_to_row(a, row, exactly ? strbuf_str(&b) : NULL);
    } else if (letter == '\'') {
        app_message(a, false, "There was no jump to come back from.");
    } else if (a->mark_count == 0) {
        app_tell(a, false, "There are no marks: {mark.set} and a letter sets one.");
    } else {
        strbuf_printf(&b, "There is no mark %c; there are: ", letter);
        app_put_marks(a, &b);
        app_message(a, false, b.s);
    }
    strbuf_release(&b);
    return there;
}

static bool is_letter(uint32_t code)
{
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
}

void app_take_letter(struct app *a, struct ui_key key)
{
    enum app_letter what = a->awaiting;
    a->awaiting = LETTER_NONE;
    bool letter = key.mods == 0 && is_letter(key.code);
    if (key.code == UI_KEY_ESCAPE)
        return;
    if (what == LETTER_JUMP && key.mods == 0 && (letter || key.code == '\''))
        app_go_to_mark(a, (char)key.code);
    else if (letter)
        set_mark(a, (char)key.code);
    else
        app_message(a, false, "A mark is a letter from a to z or A to Z.");
}

/* ---- pictures ---- */

/* A row that is not there yet, for the input is read anew, is waited for. */
static void rebase(const struct snapshot *s, struct view_mark *mark)
{
    const struct store *rows = s->trace->store;
    if (mark->row < s->rows && store_time(rows, mark->row) != mark->time)
        mark->row = store_find_time(rows, mark->time);
}

void app_marks_rebase(struct app *a)
{
    if (a->shown == NULL || a->shown->trace == NULL)
        return;
    for (size_t i = 0; i < a->mark_count; i++)
        rebase(a->shown, &a->marks[i]);
    if (a->jumped_from.letter != '\0')
        rebase(a->shown, &a->jumped_from);
    if (a->awaiting == LETTER_MARK)
        rebase(a->shown, &a->marking);
}

/* A moment between events is the same in every trace of them. */
static void follow(const struct trace *now, const struct trace *old, struct view_mark *mark)
{
    if (mark->row != ROW_NONE)
        mark->row = successor_row(now, old, mark->row);
}

void app_marks_follow(struct app *a, const struct trace *old)
{
    const struct trace *now = a->shown->trace;
    for (size_t i = 0; i < a->mark_count; i++)
        follow(now, old, &a->marks[i]);
    follow(now, old, &a->marking);
    a->jumped_from.row = successor_row(now, old, a->jumped_from.row);
    a->find.came_from.row = successor_row(now, old, a->find.came_from.row);
    a->find.from = successor_row(now, old, a->find.from);
}

/* The first words of a name tell which one it is. */
#define NAME_CELLS 12

void app_put_marks(const struct app *a, struct strbuf *out)
{
    for (size_t i = 0; i < a->mark_count; i++) {
        const struct view_mark *mark = &a->marks[i];
        strbuf_printf(out, "%s%c", i > 0 ? " " : "", mark->letter);
        if (mark->name[0] == '\0')
            continue;
        size_t n = strlen(mark->name), fits = text_clip(mark->name, n, NAME_CELLS);
        strbuf_putc(out, ':');
        strbuf_add(out, mark->name, fits);
        strbuf_puts(out, fits < n ? GLYPH_ELLIPSIS : "");
    }
}
