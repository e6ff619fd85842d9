/*
 * Inside of the app, shared by app.c and its parts; no one else includes this. Loop thread only.
 *
 *   app.c              life, keys, snapshots
 *   app_actions.c      what every action does
 *   app_screens.c      the screens and their tabs
 *   app_prompt.c       the line being typed
 *   app_history.c      what was typed before, in this run and in others
 *   app_filter.c       the question asked: drill, way back
 *   app_range.c        the time asked about
 *   app_find.c         what is looked for: its prompt, the next hit, how many there are
 *   app_find_place.c   where hits are on the screen at hand
 *   app_goto.c         places and actions by name
 *   app_marks.c        moments with a letter, and the way back from a jump
 *   app_mark_names.c   what marks are called, and those that come with the trace
 *   app_words.c        words of `:` that take more than an action
 *   app_frame.c        the lines around the views
 *   app_theme.c        the theme in use
 *   app_write.c        what is shown to a file
 *   app_settings.c     keys, columns, and writing them down
 *   app_baseline.c     the other file that Diff compares with
 *   app_block.c        the rows of one address: asking for them, and `{ }`
 *   app_mouse.c        what is clicked on
 *   app_copy.c         what goes to the clipboard
 *   app_answers.c      the answers asked for, by the views that show them
 *   app_stacks.c       the frames that stacks fold
 */
#ifndef UI_APP_APP_STATE_H
#define UI_APP_APP_STATE_H

#include "ui/app/app.h"
#include "ui/keys/keymap.h"
#include "ui/view/census.h"
#include "ui/view/detail/block_walk.h"
#include "ui/view/view_stack.h"
#include "ui/view/views.h"
#include "ui/widget/completion.h"
#include "ui/widget/frame.h"
#include "ui/widget/list.h"
#include "ui/widget/prompt.h"
#include "ui/widget/stops.h"

/* The texts of the frame, kept from one frame to the next so that drawing allocates nothing. */
struct app_texts {
    struct strbuf process, note, range, trust, breadcrumb, lag, prompt, find, marks;
};

/* Kinds of lines that are remembered, each for itself. */
enum app_history {
    HISTORY_FILTER,
    HISTORY_FIND,
    HISTORY_GOTO,
    HISTORY_WRITE,
    HISTORY_RULES,
    HISTORY_BASELINE,
    HISTORY_COUNT
};

/* What a prompt is for. Every function is called while it is open, but for cancel. */
struct app_prompt {
    const char *label;
    const char *accept_word;                             /* what Enter does: "apply" */
    enum app_history history;                            /* where the arrows look */
    void (*edited)(struct app *a);                       /* judge and preview; optional */
    bool (*accept)(struct app *a);                       /* false: it stays open */
    void (*cancel)(struct app *a);                       /* after it was closed; optional */
    void (*put_note)(struct app *a, struct strbuf *out); /* beside its keys; optional */
    /* Tab: begins `out` and offers what could stand at the cursor; optional. Bounded work. */
    void (*complete)(struct app *a, struct completion *out);
};

/* The question about an address (ASIDE_ADDRESS), and the walk along a block that waits for it. */
struct app_block {
    struct strbuf asked;  /* the question as put to the worker, "" for none */
    struct strbuf wanted; /* the one being made */
    struct block_walk walk;
    const struct trace *trace; /* of the walk; for comparing only */
    uint64_t left;             /* steps to go; 0: no walk is under way */
    bool waits;                /* for an answer of the worker, or the rows of a new filter */
};

/* Where a person was on a screen. */
struct app_place {
    const struct view *view; /* not owned: compared, never followed */
    struct list_place list;
    int page_top, page_found;
};

/* What is looked for, on whatever screen: text in lists and pages, rows in Events. */
struct app_find {
    struct strbuf text, last; /* now, "" for nothing; and before it was cleared */
    struct matcher matcher;   /* of `text` */
    bool stale;               /* Events or Blocks has to ask for its rows anew */
    bool of_blocks;           /* the rows asked for are those of Blocks */
    struct filter *asked;     /* they, in Events with the filter in force; NULL: none. Owned */
    struct view_range asked_range;
    bool jumping; /* a jump waits for rows that are not searched yet */
    struct stops_jump jump;
    uint64_t from;          /* the row in Events it starts at */
    bool wrapped;           /* the last jump went round */
    struct block_seek seek; /* the same in Blocks */
    struct stops stops;
    struct app_place hit;       /* of the last jump in a list or page; `view` NULL: none */
    uint64_t index, total;      /* of that hit */
    struct app_place start;     /* where the person was when the prompt was opened */
    struct strbuf kept;         /* what was looked for then, */
    struct view_mark came_from; /* and where the last jump had started */
};

/* A place of `:` that is not reached yet. */
struct app_goto {
    enum { GOTO_IDLE, GOTO_ROW, GOTO_ADDRESS } state;
    uint64_t row;         /* ROW: to go to. ADDRESS: to search from */
    bool exactly;         /* ROW: another row in its stead is told */
    struct strbuf name;   /* of the place, for messages */
    struct strbuf note;   /* told on arrival; "" for nothing */
    struct filter *asked; /* ADDRESS: the rows asked for. Owned */
    struct view_range asked_range;
    bool in_blocks;         /* ADDRESS: a block is searched for, in Blocks */
    struct block_seek seek; /* by this */
};

/* The answers asked of the host while views that want them are shown. */
struct app_answers {
    bool is_asked[ANSWER_KINDS];
    struct answer_spec asked[ANSWER_KINDS]; /* hold references */
};

#define APP_MARKS 52

/* Keys that mean something together with the letter after them. */
enum app_letter { LETTER_NONE, LETTER_MARK, LETTER_JUMP };

struct app {
    const struct app_host *host; /* borrowed, as the screen */
    struct screen *screen;
    struct keymap keymap;
    struct key_prefix prefix;
    struct view_settings settings;
    struct view_env env;
    struct census census;
    struct view_stack stack;
    struct screen_frame frame;
    struct canvas body; /* of the last frame, as a measure: nothing is drawn on it */
    struct app_texts texts;

    struct snapshot *newest; /* one reference each; NULL before the first */
    struct snapshot *shown;  /* the newest, or the one that was frozen */
    bool frozen;
    bool thawing; /* frozen, but a new question was asked: its answers are shown as they come */

    struct filter *filter;        /* in force; NULL: none. Owned */
    struct symbol_table *symbols; /* what filters go by; borrowed, NULL: no names */
    struct filter *asked; /* the one last asked: `filter`, or the preview of the prompt. Owned */
    struct view_range range, asked_range; /* in force, and last asked */
    struct app_block block;
    struct prompt prompt;
    const struct app_prompt *prompt_kind; /* of the prompt that is or was open */
    struct completion completion;         /* of the prompt's text */
    struct prompt_history history[HISTORY_COUNT];

    struct app_find find;
    struct view_mark marks[APP_MARKS];
    size_t mark_count;
    struct view_mark jumped_from; /* no letter: nowhere yet */
    enum app_letter awaiting;
    struct view_mark marking;        /* LETTER_MARK: the moment that gets the letter */
    uint32_t turn;                   /* marks set so far */
    const struct trace *recorded_in; /* for comparing only */
    size_t recorded;                 /* marks of that trace that were looked at */
    struct app_goto going;
    struct app_answers answers;
    struct frame_rules *rules; /* the frames to fold; owned */

    struct strbuf theme;        /* the name of the one in use, "" for the default */
    struct theme_hooks theming; /* of the picker */

    bool writing, reading;         /* a file is being written, or read to compare with */
    struct view_baseline baseline; /* holds a reference; `trace` NULL: none */
    struct strbuf baseline_name;
    struct strbuf task;        /* how far it is */
    bool quit_asked;           /* the last key would have given it up by quitting */
    struct strbuf write_asked; /* the name of a file that is there, if Enter again replaces it */

    struct strbuf problems;   /* of the configuration, one a line */
    uint32_t columns_refused; /* bit i: what was to be shown in scope i was wrong */
    struct strbuf message;
    bool message_is_error;
    bool dirty;
};

/* The expression in force, "" for none. */
const char *app_filter_text(const struct app *a);

/* True when `s` (may be NULL) answers the question last asked. */
bool app_is_answer(const struct app *a, const struct snapshot *s);

/* True when `q` (may be NULL) answers the question for `filter` (NULL: every row) in `range`. */
bool app_answers(const struct query *q, const struct filter *filter, struct view_range range);

/* The rows of the question last asked that meet `expression`, too; NULL when that is not of the
 * filter language, or too deep for it together. The caller releases it. */
struct filter *app_narrow(const struct app *a, const char *expression);

/* Asks the filter in force anew when other frames are the allocator's than it was made with. */
void app_rename_filter(struct app *a);

/* filter_parse() with the names that frames have now, and the rules of who calls the allocator. */
struct filter *app_parse_filter(const struct app *a, const char *text, size_t len,
                                struct filter_error *out_error);

/* True when there are rows to show. */
bool app_has_rows(const struct app *a);

/* Puts `text` in force and asks it. False, and a message, when it is wrong: the old one stays. */
bool app_set_filter(struct app *a, const char *text);

/* Does an action: what the focused view makes of it, else what the program does. */
void app_do(struct app *a, enum action action, uint64_t count);

/* Offers the action to the views. False when none of them takes it. */
bool app_offer(struct app *a, enum action action, uint64_t count);

/* What the mouse did. */
void app_mouse(struct app *a, struct ui_key event);

/* Makes the screens; once. */
void app_add_screens(struct app *a);

/* Shows the screen that the action is for. False when it is for none. */
bool app_show_screen(struct app *a, enum action action);

/* Does the action of a tab, by its place among them; nothing when there is no such tab. */
void app_show_tab(struct app *a, int tab);

/* What the frame shows of the tabs. */
void app_fill_tabs(const struct app *a, struct frame_state *st);

/* The screen Events. */
struct view *app_events(const struct app *a);

void app_set_frozen(struct app *a, bool frozen);

/* Tells the number being typed for the next key. */
void app_say_number(struct app *a);

/* Opens a prompt with `text`; feeds the open one a key: false when the key means nothing to it. */
void app_open_prompt(struct app *a, const struct app_prompt *kind, const char *text);
bool app_prompt_key(struct app *a, struct ui_key key);

/* What is said in the prompt's second line, and what Enter would do. */
void app_draw_prompt_note(struct app *a, const struct canvas *whole);

/* Notes the theme the screen has. */
void app_init_theme(struct app *a, const char *name);

/* ---- handlers of actions; `count` is 0 when none was typed ---- */

void app_edit_filter(struct app *a, uint64_t count);

void app_choose_theme(struct app *a, uint64_t count);
void app_switch_mouse(struct app *a, uint64_t count);
void app_copy(struct app *a, uint64_t count);

/* Asks for a file to write what is shown to. */
void app_edit_write(struct app *a, uint64_t count);

/* Gives up the file being written; false when there is none. */
bool app_stop_task(struct app *a);

/* Writes what was set into the configuration file. */
void app_save(struct app *a, uint64_t count);

/* Adds a step: `condition` joins the filter, and `screen` is shown as a list of `rows`
 * (VIEW_ROWS_NONE: of what it is). */
void app_drill(struct app *a, const char *condition, const char *label, enum ui_scope screen,
               enum view_rows rows);

/* The same, and the range becomes `range`: one step. */
void app_drill_in(struct app *a, const char *condition, const char *label, enum ui_scope screen,
                  enum view_rows rows, struct view_range range);

/* Takes the last step back. */
void app_undo(struct app *a, uint64_t count);

/* Asks filter and range in force, unless they are what was asked last. */
void app_ask(struct app *a);

/* The moment that is selected in the views with the keys (view_ops.moment), without a letter.
 * False when there is none. */
bool app_moment(struct app *a, struct view_mark *out_moment);

/* The range starts or ends at the selected moment, or is open again: steps as those of a drill. */
void app_range_start(struct app *a, uint64_t count);
void app_range_end(struct app *a, uint64_t count);
void app_range_clear(struct app *a, uint64_t count);

/* Asks for a file to compare with. */
void app_edit_baseline(struct app *a, uint64_t count);
void app_baseline_release(struct app *a);

/* ---- finding ---- */

void app_find(struct app *a, uint64_t count);
void app_find_next(struct app *a, uint64_t count);
void app_find_previous(struct app *a, uint64_t count);

/* Esc where nothing is left to close: a jump under way, then what is marked. */
void app_find_close(struct app *a, uint64_t count);

/* Filter, range, screen or picture may be others: asks for the rows anew where that is needed, and
 * finishes a jump that can be. */
void app_find_settle(struct app *a);

/* A search through Blocks goes on in the next frame. */
bool app_find_seeks(const struct app *a);

/* The rows that are hits, as far as they are known; NULL while Events has none. */
const struct query *app_find_hits(const struct app *a);

/* "hit 3 of 1,204", "searching 62 %"; nothing when nothing is looked for. */
void app_find_put_status(struct app *a, struct strbuf *out);

void app_find_release(struct app *a);

/* Where the person is on the focused screen; back there. */
struct app_place app_place(struct app *a);
void app_place_return(struct app *a, const struct app_place *place);

/* Jumps in the focused list or page. False when nothing is found. */
bool app_find_in_view(struct app *a, const struct stops_jump *jump);

/* ---- events ---- */

/* The selected event; ROW_NONE, and a message, when Events is not shown or has none. */
uint64_t app_selected_row(struct app *a, const char *message);

/* Shows Events and selects `row`, or the nearest one that is shown: then `name` of the place, if
 * there is one, is told to be hidden. */
void app_go_to_row(struct app *a, uint64_t row, const char *name);

/* ---- going ---- */

void app_goto(struct app *a, uint64_t count);

/* Another picture: what could not be reached may be now. */
void app_goto_settle(struct app *a);

/* A search through Blocks for an address goes on in the next frame. */
bool app_goto_seeks(const struct app *a);

/* Calls off what is not reached yet. */
void app_goto_stop(struct app *a);

void app_goto_release(struct app *a);

/* ---- words of `:` that take more than an action: "mark a load" ---- */

/* What the text of the prompt is worth, when it begins with such a word; false when it does not. */
bool app_word_judge(struct app *a, const char *text);

/* What Enter would do, as a note. */
void app_word_put_note(struct app *a, const char *text, struct strbuf *out);

/* Does it; it was judged valid. */
void app_word_run(struct app *a, const char *text);

void app_words_complete(struct completion *out);

/* ---- marks ---- */

/* The mark of the letter, ' for where the last jump began; NULL when there is none. */
struct view_mark *app_find_mark(struct app *a, char letter);

/* Puts a mark in the place of the one with its letter, or beside the others. */
void app_put_mark(struct app *a, const struct view_mark *mark);

/* Forgets the mark of the letter; false when there is none. */
bool app_drop_mark(struct app *a, char letter);

/* What a mark is set at: the selected moment, or now in a live trace. False when there is none. */
bool app_find_moment(struct app *a, struct view_mark *out_moment);

/* Says that there is no such moment, and what to do. */
void app_say_no_moment(struct app *a, const char *what);

/* Gives the mark a name, cut to what it has room for. */
void app_name_mark(struct view_mark *mark, const char *name);

/* The marks that were set while the trace was recorded get letters, too: those that have come since
 * the last picture, and in another trace all of them. */
void app_take_recorded_marks(struct app *a);

void app_mark(struct app *a, uint64_t count);
void app_mark_jump(struct app *a, uint64_t count);

/* The letter after `m` or `'`. */
void app_take_letter(struct app *a, struct ui_key key);

/* Jumps to the mark. False, and a message with those there are, when there is no such mark. */
bool app_go_to_mark(struct app *a, char letter);

/* Notes where a jump starts. */
void app_note_jump(struct app *a);

/* Another picture is shown: finds the events that are marked by their time when they have other
 * rows in it. O(marks), and O(log rows) for each that has. */
void app_marks_rebase(struct app *a);

/* Another trace than `old` is shown: finds the marked events in it by what they are. */
void app_marks_follow(struct app *a, const struct trace *old);

/* "a b"; nothing when there are none. */
void app_put_marks(const struct app *a, struct strbuf *out);

/* "[0.412 s .. 1.204 s]"; nothing when it is open on both ends. */
void app_put_range(const struct app *a, struct strbuf *out);

/* `{ }`: `count` operations back or on along the block of the selected event. */
void app_block_previous(struct app *a, uint64_t count);
void app_block_next(struct app *a, uint64_t count);

/* Asks for the rows of the selected event's address while its details are open. Once a frame. */
void app_block_ask(struct app *a);

/* A picture has come: a walk that waits for its answer goes on. A key was pressed: it ends. */
void app_block_go_on(struct app *a);
void app_block_stop(struct app *a);

/* A long walk has steps to go that need nothing but time: they are done frame by frame. */
bool app_block_is_walking(const struct app *a);

/* Shows Events, from elsewhere as a step that can be taken back, and selects an event by its row;
 * or says why that cannot be. */
bool app_go_to_event(struct app *a, uint64_t row);

/* ---- answers ---- */

/* Asks for the answers that the views which are shown want. Once a frame. */
void app_answers_ask(struct app *a);

/* True when the picture has the answers that were asked for, of `rows` rows at least. */
bool app_answers_are_told(const struct app *a, const struct snapshot *s, uint64_t rows);

void app_answers_release(struct app *a);

/* ---- stacks ---- */

/* The frames to fold at the start, as patterns; NULL: the usual ones. */
void app_init_rules(struct app *a, const char *patterns);

/* Their list as text. */
const char *app_rules_text(const struct app *a);

void app_toggle_folding(struct app *a, uint64_t count);
void app_edit_rules(struct app *a, uint64_t count);
void app_rules_release(struct app *a);

/* What the frame shows now; strings live until the next call. */
void app_fill_frame(struct app *a, struct frame_state *out_state);

/* When the frame's words will be out of date by themselves, monotonic ns; INT64_MAX: never. */
int64_t app_frame_expires(const struct app *a);

#endif
