/* Keys and answers; see keyboard.h. */
#include "keyboard.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clocked.h"

#define PATIENCE_S 10
#define BODY_ROW   2 /* of a screen: below the title and the tabs */

/* ---- CPU ---- */

static double thread_cpu(int pid, const char *thread)
{
    char path[128];
    double ns = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%.20s/schedstat", pid, thread);
    FILE *f = fopen(path, "r");
    if (f != NULL && fscanf(f, "%lf", &ns) != 1)
        ns = 0;
    if (f != NULL)
        fclose(f);
    return ns / 1e9;
}

double keyboard_loop_cpu(const struct keyboard *k)
{
    char thread[16];
    snprintf(thread, sizeof thread, "%d", (int)k->app.pid);
    return thread_cpu((int)k->app.pid, thread);
}

double keyboard_all_cpu(const struct keyboard *k)
{
    char path[64];
    double sum = 0;
    snprintf(path, sizeof path, "/proc/%d/task", (int)k->app.pid);
    DIR *d = opendir(path);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        if (e->d_name[0] != '.')
            sum += thread_cpu((int)k->app.pid, e->d_name);
    if (d != NULL)
        closedir(d);
    return sum;
}

/* ---- the screen ---- */

int keyboard_selected(struct keyboard *k)
{
    for (int row = BODY_ROW; row < k->app.rows - 2; row++) {
        const char *text = pty_app_row(&k->app, row);
        if (text[0] == '>' || (text[0] == ' ' && text[1] == '>'))
            return row;
    }
    return -1;
}

static void note_screen(struct keyboard *k)
{
    VTermPos cursor;
    vterm_state_get_cursorpos(vterm_obtain_state(k->app.vt), &cursor);
    k->column = cursor.col;
    k->selected = keyboard_selected(k);
    snprintf(k->top, sizeof k->top, "%.60s", pty_app_row(&k->app, BODY_ROW + 1));
}

bool keyboard_shows(struct keyboard *k, const void *what)
{
    return pty_app_find(&k->app, what) >= 0;
}

bool keyboard_hides(struct keyboard *k, const void *what)
{
    return pty_app_find(&k->app, what) < 0;
}

bool keyboard_moved(struct keyboard *k, const void *what)
{
    (void)what;
    char top[sizeof k->top];
    snprintf(top, sizeof top, "%.60s", pty_app_row(&k->app, BODY_ROW + 1));
    return keyboard_selected(k) != k->selected || strcmp(top, k->top) != 0;
}

bool keyboard_typed(struct keyboard *k, const void *what)
{
    (void)what;
    VTermPos cursor;
    vterm_state_get_cursorpos(vterm_obtain_state(k->app.vt), &cursor);
    return cursor.col == k->column + 1;
}

/* ---- life ---- */

bool keyboard_wait(struct keyboard *k, double s)
{
    double until = clocked_now() + s;
    for (double left = s; left > 0 && k->app.state == PTY_APP_RUNNING; left = until - clocked_now())
        pty_app_pump(&k->app, (int)(left * 1000) + 1);
    return k->app.state == PTY_APP_RUNNING;
}

void keyboard_open(struct keyboard *k, const struct bench *b, const char *path)
{
    char program[4096];
    snprintf(program, sizeof program, "%s/heaptail", b->folder);
    char *argv[] = {program, (char *)(uintptr_t)path, NULL};
    struct pty_app_options options = {.argv = argv, .rows = 60, .cols = 200};
    setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
    setenv("XDG_STATE_HOME", "/nonexistent", 1);
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    *k = (struct keyboard){.random = 1};
    if (pty_app_start(&k->app, &options) != 0)
        bench_die("cannot start heaptail");
    while (k->app.modes.redraws == 0)
        if (!keyboard_wait(k, 0.1))
            bench_die(pty_app_row(&k->app, 0));
}

void keyboard_close(struct keyboard *k)
{
    pty_app_send(&k->app, "Q", 1);
    keyboard_wait(k, PATIENCE_S);
    pty_app_release(&k->app);
}

void keyboard_settle(struct keyboard *k)
{
    double used = -1, until = clocked_now() + 60;
    while (clocked_now() < until && keyboard_all_cpu(k) - used > 0.002) {
        used = keyboard_all_cpu(k);
        keyboard_wait(k, 0.5);
    }
}

/* ---- keys ---- */

/* Milliseconds until the answer, -1 when it never came. */
static double press(struct keyboard *k, const char *key, keyboard_answer_fn answer,
                    const void *what)
{
    note_screen(k);
    double start = clocked_now();
    pty_app_send(&k->app, key, strlen(key));
    while (k->app.state == PTY_APP_RUNNING && clocked_now() < start + PATIENCE_S) {
        if (!pty_app_pump(&k->app, 100))
            continue;
        double now = clocked_now();
        if (answer(k, what))
            return (now - start) * 1e3;
    }
    return -1;
}

void keyboard_press(struct keyboard *k, const char *key, keyboard_answer_fn answer,
                    const void *what)
{
    double ms = press(k, key, answer, what);
    if (ms < 0)
        k->unanswered++;
    else if (k->count < KEYBOARD_MAX)
        k->ms[k->count++] = ms;
}

void keyboard_press_later(struct keyboard *k, double s, const char *key, keyboard_answer_fn answer,
                          const void *what)
{
    k->random = k->random * 6364136223846793005u + 1442695040888963407u;
    keyboard_wait(k, s * (double)(k->random >> 40) / (double)(1 << 24));
    keyboard_press(k, key, answer, what);
}

void keyboard_go(struct keyboard *k, const char *key, keyboard_answer_fn answer, const void *what)
{
    if (press(k, key, answer, what) >= 0)
        return;
    for (int row = 0; row < k->app.rows; row++)
        fprintf(stderr, "|%s\n", pty_app_row(&k->app, row));
    fprintf(stderr, "bench: no answer to the key %s\n", key);
    exit(1);
}

void keyboard_report(struct keyboard *k, const char *what, double target_ms)
{
    char note[128];
    double most = clocked_percentile(k->ms, k->count, 100);
    snprintf(note, sizeof note, "95 %%; median %.1f, most %.1f, %zu keys, %zu unanswered; bar %.0f",
             clocked_median(k->ms, k->count), most, k->count, k->unanswered, target_ms);
    bench_line(what, clocked_percentile(k->ms, k->count, 95), "ms", note);
    k->count = k->unanswered = 0;
}
