/* Addresses to functions; see call_tree_names.h. */
#include "answer/tree/call_tree_names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "model/hash.h"

/* An address of a process, as it was last looked up. */
struct call_address {
    int64_t since, until; /* raw times between which this holds, both included */
    uint32_t name;
    bool folded; /* of the frame: a module's frames may differ */
};

void call_names_init(struct call_names *n)
{
    id_map_init(&n->by_address);
    id_map_init(&n->by_text);
}

void call_names_release(struct call_names *n)
{
    id_map_release(&n->by_address);
    id_map_release(&n->by_text);
    strbuf_release(&n->scratch);
    strbuf_release(&n->place);
    free(n->names);
    free(n->addresses);
}

uint64_t call_names_hash(uint64_t a, uint64_t b)
{
    /* No table depends on it: two nodes with one key would open and close together, that is all. */
    static const struct hash_seed seed = {0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f};
    return hash_pair(&seed, a, b) ^ a;
}

static const char *keep_text(struct call_names *n, const char *s, size_t len)
{
    return len != 0 ? arena_strndup(n->arena, s, len) : "";
}

/* Adds `name` with the text in `scratch`. */
static uint32_t add_name(struct call_names *n, struct call_name name, uint64_t slot)
{
    static const struct hash_seed plain = {0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f};
    uint32_t *first = id_map_find(&n->by_text, 0, slot);
    uint32_t index = (uint32_t)n->count;
    if (index == ID_MAP_NONE ||
        base_grow((void **)&n->names, &n->cap, n->count + 1, sizeof *n->names) != 0)
        return ID_MAP_NONE;
    name.text = keep_text(n, strbuf_str(&n->scratch), n->scratch.len);
    name.module = keep_text(n, name.module, strlen(name.module));
    name.place = keep_text(n, name.place, strlen(name.place));
    name.hash = hash_text(&plain, strbuf_str(&n->scratch), n->scratch.len);
    name.root = ID_MAP_NONE;
    name.twin = first != NULL ? *first : ID_MAP_NONE;
    if (name.text == NULL || name.module == NULL || name.place == NULL)
        return ID_MAP_NONE;
    if (first != NULL)
        *first = index;
    else if (id_map_add(&n->by_text, 0, slot, index) != 0)
        return ID_MAP_NONE;
    n->names[n->count++] = name;
    return index;
}

/* The name whose text is in `scratch`; `name` is what else there is to know when it is new. */
static uint32_t intern(struct call_names *n, struct call_name name)
{
    uint64_t slot = hash_text(&n->by_text.seed, strbuf_str(&n->scratch), n->scratch.len);
    const uint32_t *first = id_map_find(&n->by_text, 0, slot);
    for (uint32_t i = first != NULL ? *first : ID_MAP_NONE; i != ID_MAP_NONE; i = n->names[i].twin)
        if (strcmp(n->names[i].text, strbuf_str(&n->scratch)) == 0)
            return i;
    return add_name(n, name, slot);
}

uint32_t call_names_add(struct call_names *n, const char *text)
{
    strbuf_clear(&n->scratch);
    strbuf_puts(&n->scratch, text);
    return intern(n, (struct call_name){.module = "", .place = "", .hit = IMAGE_UNKNOWN});
}

/* "solution.cpp:41" of "C:\src\solution.cpp", line 41. */
static const char *place_of(struct call_names *n, const struct frame *f)
{
    if (f->state != SYMBOL_KNOWN || f->symbol.file[0] == '\0')
        return "";
    strbuf_clear(&n->place);
    strbuf_puts(&n->place, text_last_part(f->symbol.file));
    if (f->symbol.line != 0)
        strbuf_printf(&n->place, ":%u", f->symbol.line);
    return strbuf_str(&n->place);
}

static uint32_t name_frame(struct call_names *n, const struct frame *f)
{
    strbuf_clear(&n->scratch);
    if (n->of_modules)
        frame_put_module(f, &n->scratch);
    else
        frame_put_function(f, &n->scratch);
    return intern(n, (struct call_name){
                         .module = f->image != NULL ? f->image->name : "",
                         .place = n->of_modules ? "" : place_of(n, f),
                         .named = f->state == SYMBOL_KNOWN && !n->of_modules,
                         .hit = f->hit,
                     });
}

/*
 * For how long around `time` the address is in that frame. A module is where it is until it is
 * unloaded, unless another was loaded over it; what is not loaded at the end of all time, when
 * every module that ever was there has come, is so since the last one went.
 */
static void set_stretch(struct call_names *n, uint32_t process, const struct frame *f,
                        uint32_t index, struct call_address *a)
{
    bool there = f->hit == IMAGE_LOADED;
    int64_t since = f->image == NULL ? INT64_MIN : there ? f->image->loaded : f->image->unloaded;
    int64_t until = there && f->image->unloaded != INT64_MIN ? f->image->unloaded - 1 : INT64_MAX;
    struct frame last;
    frame_find(&n->namer, process, until, f->address, index, &last);
    if (last.hit != f->hit || last.image != f->image)
        return;
    a->since = since;
    a->until = until;
}

static int look_up(struct call_names *n, uint32_t process, int64_t time, uint64_t address,
                   uint32_t index, struct call_address *out_address)
{
    struct frame f;
    frame_find(&n->namer, process, time, address, index, &f);
    uint32_t name = name_frame(n, &f);
    if (name == ID_MAP_NONE)
        return -ENOMEM;
    *out_address = (struct call_address){
        .since = time,
        .until = time,
        .name = name,
        .folded = frame_rules_fold(n->rules, &f),
    };
    set_stretch(n, process, &f, index, out_address);
    return 0;
}

/* The same address at another time: something else may have been there. */
static struct call_address *look_again(struct call_names *n, struct call_address *a,
                                       uint32_t process, int64_t time, uint64_t address,
                                       uint32_t index)
{
    if (time >= a->since && time <= a->until)
        return a;
    return look_up(n, process, time, address, index, a) == 0 ? a : NULL;
}

uint32_t call_names_find(struct call_names *n, uint32_t process, int64_t time, uint64_t address,
                         uint32_t index, bool *out_folded)
{
    /* The leaf is no return address: it may have another name than the same address further up. */
    uint32_t owner = process << 1 | (index == 0);
    const uint32_t *known = id_map_find(&n->by_address, owner, address);
    struct call_address *a;
    if (known != NULL) {
        a = look_again(n, &n->addresses[*known], process, time, address, index);
    } else {
        if (base_grow((void **)&n->addresses, &n->address_cap, n->address_count + 1,
                      sizeof *n->addresses) != 0)
            return ID_MAP_NONE;
        a = &n->addresses[n->address_count];
        if (look_up(n, process, time, address, index, a) != 0 ||
            id_map_add(&n->by_address, owner, address, (uint32_t)n->address_count) != 0)
            return ID_MAP_NONE;
        n->address_count++;
    }
    if (a == NULL)
        return ID_MAP_NONE;
    *out_folded = a->folded;
    return a->name;
}

void call_names_prefetch_more(const struct call_names *n, uint32_t process, uint64_t address,
                              uint32_t index)
{
    const uint32_t *known = id_map_find(&n->by_address, process << 1 | (index == 0), address);
    if (known != NULL)
        __builtin_prefetch(&n->addresses[*known]);
}
