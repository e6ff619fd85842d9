/* Names of modules that occur; see module_words.h. */
#include "ui/view/module_words.h"

#include <string.h>
#include <strings.h>

#include "answer/snapshot.h"
#include "query/condition.h"
#include "ui/view/census.h"

/* Images looked at for one key: what a hostile trace names beyond is left out. */
#define LOOKED_AT 16384

struct gather {
    const struct snapshot *s;
    struct completion *out;
    struct strbuf word;
    size_t left; /* of LOOKED_AT */
};

static bool is_program(const struct image *image)
{
    const char *suffix = strrchr(image->name, '.');
    return suffix != NULL && strcasecmp(suffix, ".exe") == 0;
}

static void offer_images(struct gather *g, uint32_t process, bool programs)
{
    const struct image *const *images;
    size_t n = image_map_images(g->s->images, process, &images);
    bool quoted = strbuf_str(&g->out->stem)[0] == '"';
    for (size_t i = 0; i < n && g->left > 0 && !completion_is_full(g->out); i++, g->left--) {
        if (is_program(images[i]) != programs || images[i]->name[0] == '\0')
            continue;
        condition_put_name(&g->word, images[i]->name, quoted);
        completion_offer_part(g->out, strbuf_str(&g->word), images[i]->path);
        strbuf_clear(&g->word);
    }
}

void module_words_offer(const struct view_env *env, struct completion *out)
{
    struct gather g = {.s = env->snapshot, .out = out, .left = LOOKED_AT};
    if (g.s->images == NULL)
        return;
    uint32_t processes = registry_process_count(g.s->trace->registry);
    for (int programs = 1; programs >= 0; programs--)
        for (uint32_t p = 0; p < processes && g.left > 0; p++)
            if (census_has(env->census, p))
                offer_images(&g, p, programs != 0);
    offer_images(&g, INDEX_NONE, false);
    out->more = out->more || g.left == 0;
    strbuf_release(&g.word);
}
