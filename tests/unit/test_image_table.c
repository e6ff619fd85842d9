/* Records of images, made by hand, and the modules that come of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "model/frame_name.h"
#include "model/image_list.h"
#include "model/image_table.h"

#define PID 100u

struct world {
    struct registry *registry;
    struct image_table *table;
    struct image_map *map;
    uint8_t wide[2][512];
};

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    w->registry = registry_new();
    w->table = image_table_new(w->registry);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    image_map_unref(w->map);
    image_table_free(w->table);
    registry_free(w->registry);
    free(w);
    return 0;
}

static struct span wide(uint8_t *out, const char *s)
{
    size_t n = strlen(s);
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = (uint8_t)s[i];
        out[2 * i + 1] = 0;
    }
    return (struct span){out, 2 * n};
}

/* What a record says of an image. */
struct says {
    int kind;
    int64_t time;
    uint32_t pid;
    uint64_t base, size;
    const char *name;
    uint32_t timestamp, age;
};

static int tell(struct world *w, struct says s)
{
    struct trace_event e = {
        .kind = (uint8_t)s.kind,
        .time = s.time,
        .pid = s.pid,
        .image = {.base = s.base, .size = s.size, .timestamp = s.timestamp, .age = s.age},
    };
    if (s.name != NULL && s.kind == EVENT_IMAGE_PDB)
        e.name = (struct span){(const uint8_t *)s.name, strlen(s.name)};
    else if (s.name != NULL)
        e.name = wide(w->wide[0], s.name);
    memset(e.image.guid, (int)s.age, sizeof e.image.guid);
    return image_table_take(w->table, &e);
}

static void map_volume(struct world *w, const char *from, const char *to)
{
    struct trace_event e = {
        .kind = EVENT_VOLUME, .name = wide(w->wide[0], from), .text = wide(w->wide[1], to)};
    assert_int_equal(image_table_take(w->table, &e), 0);
}

static uint32_t process(struct world *w, int kind, uint32_t pid, int64_t time, const char *name)
{
    struct trace_event e = {.kind = (uint8_t)kind, .pid = pid, .time = time};
    if (name != NULL)
        e.name = (struct span){(const uint8_t *)name, strlen(name)};
    return registry_take_process(w->registry, &e);
}

static void look(struct world *w)
{
    image_map_unref(w->map);
    w->map = image_table_map(w->table);
}

/* "app.exe", "app.exe[unloaded]" or "-" of what is at an address. */
static const char *at(struct world *w, uint32_t process, uint64_t address, int64_t time)
{
    static char text[128];
    const struct image *image;
    enum image_hit hit = image_map_find(w->map, process, address, time, &image);
    snprintf(text, sizeof text, "%s%s", hit == IMAGE_UNKNOWN ? "-" : image->name,
             hit == IMAGE_UNLOADED ? "[unloaded]" : "");
    return text;
}

static void a_module_comes_and_goes(void **state)
{
    struct world *w = *state;
    tell(w, (struct says){EVENT_IMAGE_LOAD, 10, PID, 0x1000, 0x2000, "\\Device\\V1\\a.dll", 1, 0});
    tell(w,
         (struct says){EVENT_IMAGE_UNLOAD, 20, PID, 0x1000, 0x2000, "\\Device\\V1\\a.dll", 1, 0});
    tell(w, (struct says){EVENT_IMAGE_LOAD, 30, PID, 0x2000, 0x1000, "\\Device\\V1\\b.dll", 2, 0});
    look(w);
    assert_string_equal(at(w, 0, 0x1000, 9), "-");
    assert_string_equal(at(w, 0, 0x1000, 10), "a.dll");
    assert_string_equal(at(w, 0, 0x2fff, 19), "a.dll");
    assert_string_equal(at(w, 0, 0x3000, 19), "-");
    assert_string_equal(at(w, 0, 0xfff, 19), "-");
    assert_string_equal(at(w, 0, 0x1fff, 20), "a.dll[unloaded]");
    assert_string_equal(at(w, 0, 0x2000, 29), "a.dll[unloaded]");
    assert_string_equal(at(w, 0, 0x2000, 30), "b.dll");
    assert_string_equal(at(w, 0, 0x1fff, 99), "a.dll[unloaded]");
    assert_string_equal(at(w, 1, 0x1000, 15), "-"); /* another process, and none at all */
    assert_string_equal(at(w, INDEX_NONE, 0x1000, 15), "-");
}

static void rundown_and_load_are_one(void **state)
{
    struct world *w = *state;
    const struct image *const *list;
    struct says there = {EVENT_IMAGE_RUNDOWN, 5, PID, 0x1000, 0x1000, "\\x\\a.dll", 7, 0};
    tell(w, there);
    there.time = 6; /* a second session */
    tell(w, there);
    tell(w, (struct says){EVENT_IMAGE_LOAD, 10, PID, 0x5000, 0x1000, "\\x\\b.dll", 8, 0});
    tell(w, (struct says){EVENT_IMAGE_LOAD, 11, PID, 0x5000, 0x1000, "\\x\\B.DLL", 8, 0});
    there.time = 90; /* DCEnd */
    tell(w, there);
    tell(w, (struct says){EVENT_IMAGE_RUNDOWN, 91, PID, 0x5000, 0x1000, "\\x\\b.dll", 8, 0});
    tell(w, (struct says){EVENT_IMAGE_UNLOAD, 95, PID, 0x5000, 0x1000, "\\x\\b.dll", 8, 0});
    tell(w, (struct says){EVENT_IMAGE_UNLOAD, 96, PID, 0x5000, 0x1000, "\\x\\b.dll", 8, 0});
    look(w);
    assert_int_equal(image_map_images(w->map, 0, &list), 2);
    assert_true(list[0]->loaded == INT64_MIN && list[0]->unloaded == INT64_MAX);
    assert_true(list[1]->loaded == 10 && list[1]->unloaded == 95);
}

static void lost_records_are_made_up_for(void **state)
{
    struct world *w = *state;
    /* Another module where one is that was not seen to go. */
    tell(w, (struct says){EVENT_IMAGE_RUNDOWN, 1, PID, 0x1000, 0x3000, "\\x\\a.dll", 1, 0});
    tell(w, (struct says){EVENT_IMAGE_LOAD, 10, PID, 0x2000, 0x1000, "\\x\\b.dll", 2, 0});
    /* One that goes and was not seen to come. */
    tell(w, (struct says){EVENT_IMAGE_UNLOAD, 20, PID, 0x8000, 0x1000, "\\x\\c.dll", 3, 0});
    /* One that is there at the end, where another had gone. */
    tell(w, (struct says){EVENT_IMAGE_RUNDOWN, 30, PID, 0x8000, 0x1000, "\\x\\d.dll", 4, 0});
    look(w);
    assert_string_equal(at(w, 0, 0x2800, 9), "a.dll");
    assert_string_equal(at(w, 0, 0x2800, 10), "b.dll");
    assert_string_equal(at(w, 0, 0x1800, 10), "a.dll[unloaded]");
    assert_string_equal(at(w, 0, 0x8000, INT64_MIN), "c.dll");
    assert_string_equal(at(w, 0, 0x8000, 19), "c.dll");
    assert_string_equal(at(w, 0, 0x8000, 20), "d.dll");
}

static void instances_of_a_pid_are_apart(void **state)
{
    struct world *w = *state;
    uint32_t first = process(w, EVENT_PROCESS_START, PID, 1, "one.exe");
    tell(w, (struct says){EVENT_IMAGE_LOAD, 2, PID, 0x400000, 0x1000, "\\x\\one.exe", 1, 0});
    process(w, EVENT_PROCESS_END, PID, 10, NULL);
    tell(w, (struct says){EVENT_IMAGE_UNLOAD, 11, PID, 0x400000, 0x1000, "\\x\\one.exe", 1, 0});
    uint32_t second = process(w, EVENT_PROCESS_START, PID, 20, "two.exe");
    assert_int_not_equal(first, second);
    tell(w, (struct says){EVENT_IMAGE_LOAD, 21, PID, 0x400000, 0x1000, "\\x\\two.exe", 2, 0});
    look(w);
    assert_string_equal(at(w, first, 0x400000, 5), "one.exe");
    assert_string_equal(at(w, first, 0x400000, 30), "one.exe[unloaded]");
    assert_string_equal(at(w, second, 0x400000, 30), "two.exe");
    assert_string_equal(at(w, second, 0x400000, 5), "-");
    assert_int_equal(registry_process_count(w->registry), 2);
}

static void an_image_may_come_before_its_process(void **state)
{
    struct world *w = *state;
    tell(w, (struct says){EVENT_IMAGE_RUNDOWN, 1, PID, 0x400000, 0x1000, "\\x\\app.exe", 1, 0});
    assert_int_equal(process(w, EVENT_PROCESS_RUNDOWN, PID, 2, "app.exe"), 0);
    look(w);
    assert_string_equal(at(w, 0, 0x400000, 5), "app.exe");
}

static void kernel_modules_are_everywhere(void **state)
{
    struct world *w = *state;
    tell(w,
         (struct says){EVENT_IMAGE_RUNDOWN, 1, 0, 0xfff00000, 0x1000, "\\SystemRoot\\k.sys", 1, 0});
    tell(w, (struct says){EVENT_IMAGE_LOAD, 5, 4, 0xfff80000, 0x1000, "\\??\\C:\\d.sys", 1, 0});
    tell(w, (struct says){EVENT_IMAGE_RUNDOWN, 1, PID, 0x1000, 0x1000, "\\x\\a.dll", 1, 0});
    look(w);
    assert_string_equal(at(w, 0, 0xfff00010, 5), "k.sys");
    assert_string_equal(at(w, 77, 0xfff80010, 5), "d.sys");
    assert_string_equal(at(w, INDEX_NONE, 0xfff00010, 5), "k.sys");
    const struct image *const *list;
    assert_int_equal(image_map_images(w->map, INDEX_NONE, &list), 2);
    assert_int_equal(list[0]->process, INDEX_NONE);
    assert_string_equal(list[1]->path, "C:\\d.sys");
}

static const struct image *only(struct world *w, uint32_t process)
{
    const struct image *const *list;
    look(w);
    assert_int_equal(image_map_images(w->map, process, &list), 1);
    return list[0];
}

/* What ImageId adds, at the time of a Load and in every order with it. */
static void ids_join_in_any_order(void **state)
{
    static const struct says SAID[4] = {
        {EVENT_IMAGE_LOAD, 10, PID, 0x1000, 0x2000, "\\x\\nt.exe", 0xbd, 0},
        {EVENT_IMAGE_INFO, 10, PID, 0x1000, 0x2000, "ntkrnl.exe", 0, 0},
        {EVENT_IMAGE_PDB, 10, PID, 0x1000, 0, "c:\\o\\ntkrnl.pdb", 0, 3},
        {EVENT_IMAGE_VERSION, 10, EVENT_NO_ID, 0, 0x2000, "10.0.1", 0, 0},
    };
    (void)state;
    for (int order = 0; order < 256; order++) {
        int a = order & 3, b = order >> 2 & 3, c = order >> 4 & 3, d = order >> 6 & 3;
        if ((1 << a | 1 << b | 1 << c | 1 << d) != 15)
            continue;
        void *fresh;
        set_up(&fresh);
        struct world *w = fresh;
        /* Another one was at that base before, and one of the same size elsewhere. */
        tell(w, (struct says){EVENT_IMAGE_LOAD, 1, 7, 0x1000, 0x2000, "\\x\\other.dll", 9, 0});
        tell(w, SAID[a]);
        tell(w, SAID[b]);
        tell(w, SAID[c]);
        tell(w, SAID[d]);
        const struct image *i = only(w, 1);
        assert_true(i->loaded == 10 && i->unloaded == INT64_MAX);
        assert_true(i->base == 0x1000 && i->size == 0x2000);
        assert_int_equal(i->timestamp, 0xbd);
        assert_string_equal(i->name, "nt.exe");
        assert_string_equal(i->path, "\\x\\nt.exe");
        assert_true(i->has_pdb);
        assert_int_equal(i->age, 3);
        assert_int_equal(i->guid[15], 3);
        assert_string_equal(i->pdb, "c:\\o\\ntkrnl.pdb");
        assert_string_equal(i->version, "10.0.1");
        assert_string_equal(only(w, 0)->version, "");
        tear_down(&fresh);
    }
}

static void an_id_before_a_reload_is_the_new_one(void **state)
{
    struct world *w = *state;
    const struct image *const *list;
    tell(w, (struct says){EVENT_IMAGE_LOAD, 1, PID, 0x1000, 0x2000, "\\x\\a.dll", 1, 0});
    tell(w, (struct says){EVENT_IMAGE_PDB, 1, PID, 0x1000, 0, "a.pdb", 0, 1});
    tell(w, (struct says){EVENT_IMAGE_UNLOAD, 5, PID, 0x1000, 0x2000, "\\x\\a.dll", 1, 0});
    tell(w, (struct says){EVENT_IMAGE_PDB, 5, PID, 0x1000, 0, "a.pdb", 0, 1});
    tell(w, (struct says){EVENT_IMAGE_PDB, 8, PID, 0x1000, 0, "b.pdb", 0, 2});
    tell(w, (struct says){EVENT_IMAGE_LOAD, 8, PID, 0x1000, 0x3000, "\\x\\b.dll", 2, 0});
    /* The same again while the former is still there: its Unload was lost. */
    tell(w, (struct says){EVENT_IMAGE_PDB, 12, PID, 0x1000, 0, "c.pdb", 0, 3});
    tell(w, (struct says){EVENT_IMAGE_LOAD, 12, PID, 0x1000, 0x3000, "\\x\\c.dll", 3, 0});
    look(w);
    assert_int_equal(image_map_images(w->map, 0, &list), 3);
    static const struct {
        int64_t from, until;
        const char *name, *pdb;
    } WANT[] = {
        {1, 5, "a.dll", "a.pdb"}, {8, 12, "b.dll", "b.pdb"}, {12, INT64_MAX, "c.dll", "c.pdb"}};
    for (int i = 0; i < 3; i++) {
        assert_true(list[i]->loaded == WANT[i].from && list[i]->unloaded == WANT[i].until);
        assert_string_equal(list[i]->name, WANT[i].name);
        assert_string_equal(list[i]->pdb, WANT[i].pdb);
    }
}

static void ids_alone_make_an_image(void **state)
{
    struct world *w = *state;
    tell(w, (struct says){EVENT_IMAGE_PDB, 3, PID, 0x1000, 0, "c:\\o\\lib.pdb", 0, 1});
    assert_string_equal(only(w, 0)->name, "lib");
    assert_string_equal(at(w, 0, 0x1000, 3), "-"); /* nobody said how large it is */
    tell(w, (struct says){EVENT_IMAGE_INFO, 3, PID, 0x1000, 0x2000, "lib.dll", 0, 0});
    const struct image *i = only(w, 0);
    assert_string_equal(i->name, "lib.dll");
    assert_string_equal(i->path, "");
    assert_true(i->loaded == INT64_MIN && i->has_pdb);
    assert_string_equal(at(w, 0, 0x2fff, 1), "lib.dll");
}

static void volumes_are_drives_whenever_told(void **state)
{
    struct world *w = *state;
    tell(w, (struct says){EVENT_IMAGE_LOAD, 1, PID, 0x1000, 0x1000,
                          "\\DEVICE\\HarddiskVolume4\\Users\\x\\a.exe", 1, 0});
    assert_string_equal(only(w, 0)->path, "\\DEVICE\\HarddiskVolume4\\Users\\x\\a.exe");
    map_volume(w, "\\Device\\HarddiskVolume4\\", "C:\\");
    map_volume(w, "\\Device\\HarddiskVolume44\\", "D:\\");
    assert_string_equal(only(w, 0)->path, "C:\\Users\\x\\a.exe");
    map_volume(w, "\\Device\\HarddiskVolume4\\Users", "U:"); /* longer, and no slash at its end */
    assert_string_equal(only(w, 0)->path, "U:\\x\\a.exe");
    map_volume(w, "\\Device\\HarddiskVolume4\\Us", "no");
    assert_string_equal(only(w, 0)->path, "U:\\x\\a.exe");
    map_volume(w, "\\Device\\HarddiskVolume4\\Users", "V:");
    assert_string_equal(only(w, 0)->path, "V:\\x\\a.exe");
}

static void nothing_new_makes_no_map(void **state)
{
    struct world *w = *state;
    assert_null(image_table_map(w->table));
    map_volume(w, "\\Device\\V\\", "C:\\");
    assert_null(image_table_map(w->table));
    tell(w, (struct says){EVENT_IMAGE_LOAD, 1, PID, 0x1000, 0x1000, "\\x\\a.exe", 1, 0});
    look(w);
    struct image_map *again = image_table_map(w->table);
    assert_ptr_equal(again, w->map);
    image_map_unref(again);
    map_volume(w, "\\Device\\V\\", "C:\\");
    again = image_table_map(w->table);
    assert_ptr_equal(again, w->map);
    image_map_unref(again);
}

static void names_are_made_safe(void **state)
{
    struct world *w = *state;
    static const uint8_t NAME[] = {'\\', 0,    0x1b, 0,   '[', 0,   0x3d, 0xd8, 0x00,
                                   0xde, 0x00, 0xd8, 'a', 0,   '.', 0,    'd',  0};
    struct trace_event e = {.kind = EVENT_IMAGE_LOAD,
                            .pid = PID,
                            .image = {.base = 0x1000, .size = 1},
                            .name = {NAME, sizeof NAME}};
    assert_int_equal(image_table_take(w->table, &e), 0);
    assert_string_equal(only(w, 0)->name, "x1b[\U0001F600\uFFFDa.d"); /* after the \ of \x1b */
}

static void a_program_names_its_process(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *told, *file, *want;
    } CASES[] = {
        {"Solution.exe", "Solution.exe", "Solution.exe"},
        {"Solution.exe", "SOLUTION.EXE", "Solution.exe"}, /* nothing new */
        {"VeryLongProgra", "VeryLongProgram Name.exe", "VeryLongProgram Name.exe"},
        {"VERYLONGPROGRAM", "VeryLongProgramName.exe", "VeryLongProgramName.exe"},
        {"VeryLongProgra", "OtherProgram.exe", "VeryLongProgra"},
        {"VeryLongProgra", "VeryLongProgram.dll", "VeryLongProgra"},
        {"Short.exe", "Short.exe.exe", "Short.exe"}, /* not long enough to have been cut */
        {"caf\xe9.exe", "caf\u00e9.exe", "caf\u00e9.exe"},
        {"\x83\x65.exe", "\u30c6.exe", "\u30c6.exe"}, /* code page 932 */
        {"??.exe", "\u30c6\u30c6.exe", "\u30c6\u30c6.exe"},
        {"??.exe", "ab.exe", "??.exe"},
        {NULL, "app.exe", "app.exe"},
    };
    for (uint32_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
        for (int later = 0; later < 2; later++) {
            uint32_t pid = 1000 + 2 * i + (uint32_t)later;
            uint32_t p = registry_mention_process(w->registry, pid);
            if (later == 0 && CASES[i].told != NULL)
                process(w, EVENT_PROCESS_RUNDOWN, pid, 1, CASES[i].told);
            registry_name_process(w->registry, p, CASES[i].file);
            if (later == 1 && CASES[i].told != NULL)
                process(w, EVENT_PROCESS_RUNDOWN, pid, 1, CASES[i].told);
            assert_string_equal(registry_process(w->registry, p)->name, CASES[i].want);
        }
}

static void limits_hold(void **state)
{
    struct world *w = *state;
    struct says s = {EVENT_IMAGE_LOAD, 1, PID, 0, 0x1000, "\\x\\a.dll", 1, 0};
    for (uint64_t i = 0; i < IMAGE_TABLE_MAX; i++) {
        s.base = i << 12;
        s.pid = 100 + (uint32_t)(i & 1023);
        assert_int_equal(tell(w, s), 0);
    }
    s.base = UINT64_MAX - 5;
    assert_int_equal(tell(w, s), ERR_LIMIT);
    assert_int_equal(image_table_count(w->table), IMAGE_TABLE_MAX);
    assert_int_equal(image_table_refused(w->table), 1);
    look(w);
    assert_string_equal(at(w, 3, UINT64_C(3) << 12, 1), "a.dll");
}

static void a_process_has_only_so_many(void **state)
{
    struct world *w = *state;
    struct says s = {EVENT_IMAGE_LOAD, 1, PID, 0, 0x1000, "\\x\\a.dll", 1, 0};
    for (uint64_t i = 0; i <= IMAGE_LIST_OPEN_MAX; i++) {
        s.base = (i * 7919 % 65536) << 12 | i >> 16 << 40;
        assert_int_equal(tell(w, s), i < IMAGE_LIST_OPEN_MAX ? 0 : ERR_LIMIT);
    }
    s = (struct says){EVENT_IMAGE_UNLOAD, 2, PID, 0x5000, 0x1000, "\\x\\a.dll", 1, 0};
    assert_int_equal(tell(w, s), 0); /* there is room again */
    s = (struct says){EVENT_IMAGE_LOAD, 3, PID, UINT64_C(1) << 41, 0x1000, "\\x\\b.dll", 1, 0};
    assert_int_equal(tell(w, s), 0);
    look(w);
    assert_string_equal(at(w, 0, 0x5000, 2), "a.dll[unloaded]");
    assert_string_equal(at(w, 0, 0x6000, 2), "a.dll");
    assert_string_equal(at(w, 0, UINT64_C(1) << 41, 3), "b.dll");
}

/* ---- names of frames ---- */

static void check_frame(struct world *w, uint64_t address, uint32_t index, int64_t time,
                        const char *function, const char *module)
{
    struct frame_namer namer = {.images = w->map};
    struct strbuf b = {0};
    struct frame f;
    frame_find(&namer, 0, time, address, index, &f);
    assert_true(f.address == address);
    frame_put_function(&f, &b);
    assert_string_equal(strbuf_str(&b), function);
    strbuf_clear(&b);
    frame_put_place(&f, &b);
    assert_string_equal(strbuf_str(&b), function);
    strbuf_clear(&b);
    frame_put_module(&f, &b);
    assert_string_equal(strbuf_str(&b), module);
    strbuf_release(&b);
}

static void frames_have_names(void **state)
{
    struct world *w = *state;
    tell(w, (struct says){EVENT_IMAGE_LOAD, 1, PID, 0x10000, 0x2000, "\\x\\Solution.exe", 1, 0});
    tell(w, (struct says){EVENT_IMAGE_LOAD, 1, PID, 0x30000, 0x2000, "\\x\\old.dll", 1, 0});
    tell(w, (struct says){EVENT_IMAGE_UNLOAD, 9, PID, 0x30000, 0x2000, "\\x\\old.dll", 1, 0});
    look(w);
    check_frame(w, 0x11a40, 0, 5, "Solution.exe+0x1a40", "Solution.exe");
    check_frame(w, 0x11a40, 3, 5, "Solution.exe+0x1a40", "Solution.exe");
    check_frame(w, 0x30012, 1, 10, "old.dll[unloaded]+0x12", "old.dll[unloaded]");
    check_frame(w, 0x7ff6a0c01000, 1, 10, "[unknown] 0x7ff6a0c01000", "[unknown]");
    /* A return address behind the module's last call; the address of an event there is no such. */
    check_frame(w, 0x12000, 1, 5, "Solution.exe+0x2000", "Solution.exe");
    check_frame(w, 0x12000, 0, 5, "[unknown] 0x12000", "[unknown]");
    check_frame(w, 0x10000, 1, 5, "[unknown] 0x10000", "[unknown]");
    check_frame(w, 0, 1, 5, "[unknown] 0x0", "[unknown]");
}

static void no_images_at_all(void **state)
{
    struct world *w = *state;
    check_frame(w, 0x1000, 0, 5, "[unknown] 0x1000", "[unknown]");
    const struct image *const *list;
    assert_int_equal(image_map_images(NULL, 0, &list), 0);
    image_map_unref(NULL);
    image_table_free(NULL);
}

/* ---- any history against a list ---- */

struct span_of_time {
    uint64_t base, end;
    int64_t from, until;
};

static uint64_t rng = 88172645463325252u;

static uint64_t any(uint64_t below)
{
    rng ^= rng << 13;
    rng ^= rng >> 7;
    rng ^= rng << 17;
    return rng % below;
}

/* Modules come where there is room or where others are (those have gone unseen), and go. */
static void lookups_are_exact(void **state)
{
    (void)state;
    for (int round = 0; round < 60; round++) {
        void *fresh;
        set_up(&fresh);
        struct world *w = fresh;
        struct span_of_time list[400];
        size_t n = 0;
        for (int64_t time = 1; time < 400; time++) {
            if (n > 0 && any(3) == 0) {
                struct span_of_time *s = &list[any(n)];
                if (s->until != INT64_MAX)
                    continue;
                s->until = time;
                tell(w, (struct says){EVENT_IMAGE_UNLOAD, time, PID, s->base, s->end - s->base,
                                      NULL, 0, 0});
                continue;
            }
            uint64_t base = any(64) << 8, size = (any(12) + 1) << 8;
            for (size_t i = 0; i < n; i++)
                if (list[i].until == INT64_MAX && list[i].base < base + size && base < list[i].end)
                    list[i].until = time;
            list[n++] = (struct span_of_time){base, base + size, time, INT64_MAX};
            char name[32];
            snprintf(name, sizeof name, "\\m%zu", n - 1);
            tell(w, (struct says){EVENT_IMAGE_LOAD, time, PID, base, size, name, (uint32_t)n, 0});
        }
        look(w);
        for (int i = 0; i < 3000; i++) {
            uint64_t address = any(80 << 8);
            int64_t time = (int64_t)any(402);
            const struct span_of_time *there = NULL, *gone = NULL;
            for (size_t k = 0; k < n; k++) {
                const struct span_of_time *s = &list[k];
                if (address < s->base || address >= s->end || s->from > time)
                    continue;
                if (time < s->until)
                    there = s;
                else if (gone == NULL || s->until > gone->until)
                    gone = s;
            }
            char want[32] = "-";
            if (there != NULL)
                snprintf(want, sizeof want, "m%zu", (size_t)(there - list));
            else if (gone != NULL)
                snprintf(want, sizeof want, "m%zu[unloaded]", (size_t)(gone - list));
            assert_string_equal(at(w, 0, address, time), want);
        }
        tear_down(&fresh);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_module_comes_and_goes),
        TEST(rundown_and_load_are_one),
        TEST(lost_records_are_made_up_for),
        TEST(instances_of_a_pid_are_apart),
        TEST(an_image_may_come_before_its_process),
        TEST(kernel_modules_are_everywhere),
        TEST(ids_join_in_any_order),
        TEST(an_id_before_a_reload_is_the_new_one),
        TEST(ids_alone_make_an_image),
        TEST(volumes_are_drives_whenever_told),
        TEST(nothing_new_makes_no_map),
        TEST(names_are_made_safe),
        TEST(a_program_names_its_process),
        TEST(limits_hold),
        TEST(a_process_has_only_so_many),
        TEST(frames_have_names),
        TEST(no_images_at_all),
        TEST(lookups_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
