/* The sample of the theme picker (see theme_sample.h): one table of words in their roles. */
#include "ui/view/theme_sample.h"

#include <string.h>

#include "ui/term/glyph.h"

/* Words of one line that stand together; `word` NULL ends the line. */
struct sample {
    const char *word;
    enum role role;
    enum style_layer layer;
};

static const struct sample samples[] = {
    {"A alloc", ROLE_EVENT_ALLOC, LAYER_PLAIN},
    {"R realloc", ROLE_EVENT_REALLOC, LAYER_PLAIN},
    {"F free", ROLE_EVENT_FREE, LAYER_PLAIN},
    {"! failed", ROLE_EVENT_FAIL, LAYER_PLAIN},
    {0},
    {"C create", ROLE_EVENT_CREATE, LAYER_PLAIN},
    {"D destroy", ROLE_EVENT_DESTROY, LAYER_PLAIN},
    {"E other", ROLE_EVENT_OTHER, LAYER_PLAIN},
    {0},
    {"Title", ROLE_HEADER, LAYER_PLAIN},
    {"sorted " GLYPH_SORT_DOWN, ROLE_HEADER_SORT, LAYER_PLAIN},
    {"cursor", ROLE_HEADER_CURSOR, LAYER_PLAIN},
    {0},
    {"> selected", ROLE_TEXT, LAYER_SELECTED},
    {"cursor cell", ROLE_TEXT, LAYER_CURSOR},
    {"A", ROLE_EVENT_ALLOC, LAYER_SELECTED},
    {"R", ROLE_EVENT_REALLOC, LAYER_SELECTED},
    {"F", ROLE_EVENT_FREE, LAYER_SELECTED},
    {"!", ROLE_EVENT_FAIL, LAYER_SELECTED},
    {0},
    {"> selected, keys elsewhere", ROLE_TEXT, LAYER_BLUR},
    {0},
    {"hit", ROLE_MATCH, LAYER_PLAIN},
    {"current hit", ROLE_MATCH_CURRENT, LAYER_PLAIN},
    {"* marked", ROLE_LIST_MARKED, LAYER_PLAIN},
    {"? not certain", ROLE_LIST_PROVISIONAL, LAYER_PLAIN},
    {0},
    {"text", ROLE_TEXT, LAYER_PLAIN},
    {"muted", ROLE_TEXT_MUTED, LAYER_PLAIN},
    {"strong", ROLE_TEXT_STRONG, LAYER_PLAIN},
    {"outstanding", ROLE_OUTSTANDING, LAYER_PLAIN},
    {0},
    {"64", ROLE_SIZE_SMALL, LAYER_PLAIN},
    {"4,096", ROLE_SIZE_MEDIUM, LAYER_PLAIN},
    {"65,536", ROLE_SIZE_LARGE, LAYER_PLAIN},
    {"1,048,576", ROLE_SIZE_HUGE, LAYER_PLAIN},
    {0},
    {GLYPH_LIVE " follow", ROLE_STATUS_FOLLOW, LAYER_PLAIN},
    {GLYPH_STOPPED " frozen", ROLE_STATUS_PAUSED, LAYER_PLAIN},
    {"lost: 3 events", ROLE_STATUS_WARN, LAYER_PLAIN},
    {0},
    {"filter", ROLE_PROMPT, LAYER_PLAIN},
    {"incomplete", ROLE_PROMPT_HINT, LAYER_PLAIN},
    {"wrong", ROLE_PROMPT_ERROR, LAYER_PLAIN},
    {0},
};

static int draw_word(const struct canvas *c, const struct sample *s, int y, int x)
{
    struct canvas on = *c;
    on.layer = s->layer;
    return canvas_puts(&on, y, x, s->role, s->word);
}

static void draw_graph(const struct canvas *c, int y)
{
    static const uint64_t curve[] = {1, 2, 4, 7, 8, 6, 4, 5, 7, 9, 12, 11, 8, 4};
    canvas_bar(c, y, 0, 14, ROLE_GRAPH_BAR, 5, 7);
    canvas_spark(c, y, 16, 14, ROLE_GRAPH_BAR, curve, sizeof curve / sizeof curve[0]);
    for (int i = 0; i < 8; i++)
        canvas_puts(c, y, 32 + i, (enum role)(ROLE_HEAP_1 + i), "h");
}

void theme_sample_draw(const struct canvas *c)
{
    int y = 0, x = 0;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        if (samples[i].word == NULL) {
            y++;
            x = 0;
            continue;
        }
        x += draw_word(c, &samples[i], y, x) + 2;
    }
    draw_graph(c, y);
}
