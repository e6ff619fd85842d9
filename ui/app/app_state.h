/*
 * Inside of the app, shared by app.c and its parts; no one else includes this. Loop thread only.
 *
 *   app.c          life, keys, snapshots
 *   app_actions.c  what every action does
 *   app_prompt.c   the line being typed
 *   app_history.c  what was typed before, in this run and in others
 *   app_filter.c   the question asked: drill, way back
 *   app_range.c    the time asked about
 *   app_frame.c    the lines around the views
 *   app_theme.c    the theme in use
 *   app_settings.c keys, columns, and writing them down
 *   app_block.c    the rows of one address: asking for them, and `{ }`
 */
#ifndef UI_APP_APP_STATE_H
#define UI_APP_APP_STATE_H

#include "ui/app/app.h"
#include "ui/keys/keymap.h"
#include "ui/view/block_walk.h"
#include "ui/view/census.h"
#include "ui/view/view_stack.h"
#include "ui/view/views.h"
#include "ui/widget/completion.h"
#include "ui/widget/frame.h"
#include "ui/widget/prompt.h"

/* The texts of the frame, kept from one frame to the next so that drawing allocates nothing. */
struct app_texts {
    struct strbuf process, note, range, trust, breadcrumb, lag, prompt;
};

/* Kinds of lines that are remembered, each for itself. */
enum app_history { HISTORY_FILTER, HISTORY_FIND, HISTORY_GOTO, HISTORY_WRITE, HISTORY_COUNT };

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
};

struct app {
    const struct app_host *host; /* borrowed, as the screen */
    struct screen *screen;
    struct keymap keymap;
    struct key_prefix prefix;
    struct view_settings settings;
    struct view_env env;
    struct census census;
    struct view_stack stack;
    struct frame frame;
    struct app_texts texts;

    struct snapshot *newest; /* one reference each; NULL before the first */
    struct snapshot *shown;  /* the newest, or the one that was frozen */
    bool frozen;
    bool thawing; /* frozen, but a new question was asked: its answers are shown as they come */

    struct filter *filter; /* in force; NULL: none. Owned */
    struct filter *asked;  /* the one last asked: `filter`, or the preview of the prompt. Owned */
    struct view_range range, asked_range; /* in force, and last asked */
    struct app_block block;
    struct prompt prompt;
    const struct app_prompt *prompt_kind; /* of the prompt that is or was open */
    struct completion completion;         /* of the prompt's text */
    struct prompt_history history[HISTORY_COUNT];

    struct strbuf theme;        /* the name of the one in use, "" for the default */
    struct theme_hooks theming; /* of the picker */

    struct strbuf problems; /* of the configuration, one a line */
    struct strbuf message;
    bool message_is_error;
    bool dirty;
};

/* The expression in force, "" for none. */
const char *app_filter_text(const struct app *a);

/* True when `s` (may be NULL) answers the question last asked. */
bool app_is_answer(const struct app *a, const struct snapshot *s);

/* Puts `text` in force and asks it. False, and a message, when it is wrong: the old one stays. */
bool app_set_filter(struct app *a, const char *text);

/* Does an action: what the focused view makes of it, else what the program does. */
void app_do(struct app *a, enum action action, uint64_t count);

void app_set_frozen(struct app *a, bool frozen);

/* Tells the number being typed for the next key. */
void app_say_number(struct app *a);

/* Opens a prompt with `text`; feeds the open one a key: false when the key means nothing to it. */
void app_open_prompt(struct app *a, const struct app_prompt *kind, const char *text);
bool app_prompt_key(struct app *a, struct ui_key key);

/* What is said in the prompt's second line, and what Enter would do. */
void app_draw_prompt_note(struct app *a, const struct canvas *whole);

/* ---- handlers of actions; `count` is 0 when none was typed ---- */

void app_edit_filter(struct app *a, uint64_t count);

/* Notes the theme the screen has. */
void app_init_theme(struct app *a, const char *name);

void app_choose_theme(struct app *a, uint64_t count);

/* Writes what was set into the configuration file. */
void app_save(struct app *a, uint64_t count);

/* Adds a step: `condition` joins the filter, and `screen` is shown. */
void app_drill(struct app *a, const char *condition, const char *label, enum ui_scope screen);

/* Takes the last step back. */
void app_undo(struct app *a, uint64_t count);

/* Asks filter and range in force, unless they are what was asked last. */
void app_ask(struct app *a);

/* The range starts or ends at the selected event, or is open again: steps as those of a drill. */
void app_range_start(struct app *a, uint64_t count);
void app_range_end(struct app *a, uint64_t count);
void app_range_clear(struct app *a, uint64_t count);

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

/* Selects an event by its row, or says why that cannot be. */
bool app_go_to_event(struct app *a, uint64_t row);

/* What the frame shows now; strings live until the next call. */
void app_fill_frame(struct app *a, struct frame_state *out_state);

/* When the frame's words will be out of date by themselves, monotonic ns; INT64_MAX: never. */
int64_t app_frame_expires(const struct app *a);

#endif
