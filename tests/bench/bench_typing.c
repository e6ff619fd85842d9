/* A person at the whole program on a large saved trace: a filter typed key by key, screens, motion.
 */
#include <string.h>

#include "bench.h"
#include "keyboard.h"

static const struct {
    const char *key;
    const char *shows; /* on this screen alone */
} screens[] = {{"1", "Trust"}, {"3", "Alloc/s"}, {"4", "low-frag"}, {"2", "Outcome"}};

static void type_filter(struct keyboard *k, const char *text)
{
    keyboard_go(k, "f", keyboard_shows, "Enter apply");
    for (const char *c = text; *c != '\0'; c++) {
        char key[2] = {*c, '\0'};
        keyboard_press_later(k, 0.12, key, keyboard_typed, NULL);
    }
    keyboard_report(k, "filter of three terms, a key", 30);
    keyboard_go(k, "\033", keyboard_shows, "Outcome");
    keyboard_wait(k, 0.2);
}

/* The worker has looked through all rows: each hit is a step away. */
static void find(struct keyboard *k, const char *text)
{
    keyboard_go(k, "/", keyboard_shows, "Enter");
    keyboard_press(k, text, keyboard_shows, text);
    keyboard_go(k, "\r", keyboard_moved, NULL);
    keyboard_settle(k);
    k->count = k->unanswered = 0;
    for (int i = 0; i < 60; i++)
        keyboard_press_later(k, 0.05, i % 3 == 2 ? "N" : "n", keyboard_moved, NULL);
    keyboard_report(k, "to the next hit", 16);
}

void bench_typing(struct bench *b)
{
    static struct keyboard k;
    keyboard_open(&k, b, b->path);
    keyboard_settle(&k);
    keyboard_go(&k, "2", keyboard_shows, "Outcome");
    for (int i = 0; i < 10; i++)
        for (size_t s = 0; s < sizeof screens / sizeof screens[0]; s++)
            keyboard_press_later(&k, 0.05, screens[s].key, keyboard_shows, screens[s].shows);
    keyboard_report(&k, "opening a screen", 50);
    type_filter(&k, "size >= 1K && source == mainpath && op == alloc");
    keyboard_settle(&k);
    static const char *const motions[] = {"j", "\033[6~", "G", "k", "\033[5~", "g"};
    for (int i = 0; i < 20; i++)
        for (size_t m = 0; m < sizeof motions / sizeof motions[0]; m++)
            keyboard_press_later(&k, 0.05, motions[m], keyboard_moved, NULL);
    keyboard_report(&k, "motion in Events", 50);
    keyboard_go(&k, "g", keyboard_shows, "Outcome");
    keyboard_wait(&k, 0.2);
    find(&k, "op == realloc && size > 100K");
    keyboard_close(&k);
}
