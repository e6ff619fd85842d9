/*
 * The modules of real captures: a plain table of the image records, made by this file's own walk
 * over the bytes, against the product's image map. Skipped without the captures.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/frame_name.h"
#include "model/registry.h"
#include "support/ingested.h"

enum { MOST = 16 << 20 };

static struct memory_file read_capture(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", HT_CAPTURES_DIR, name);
    FILE *in = fopen(path, "rb");
    if (in == NULL) {
        print_message("no real capture %s\n", path);
        skip();
    }
    struct memory_file file = {.bytes = malloc(MOST)};
    assert_non_null(file.bytes);
    file.size = fread(file.bytes, 1, MOST, in);
    fclose(in);
    return file;
}

/* ---- a table of our own ---- */

struct module {
    uint32_t pid;
    uint64_t base, size;
    int64_t from, until;
    const uint8_t *path; /* UTF-16, in the file */
};

struct stack {
    uint32_t pid;
    int64_t time;
    const uint8_t *frames;
    size_t count;
};

struct apart {
    struct module modules[4096];
    size_t module_count;
    struct stack *stacks;
    size_t stack_count;
};

static uint64_t get(const uint8_t *p, size_t n)
{
    uint64_t v = 0;
    memcpy(&v, p, n);
    return v;
}

/* One 64-bit record with a hook id; `body` behind its header. */
static void note(struct apart *a, unsigned hook, int64_t time, const uint8_t *body, size_t size)
{
    bool loads = hook == 0x030a, ends = hook == 0x1402;
    if (hook == 0x1820) {
        a->stacks[a->stack_count++] = (struct stack){
            .pid = (uint32_t)get(body + 8, 4),
            .time = (int64_t)get(body, 8),
            .frames = body + 16,
            .count = (size - 16) / 8,
        };
    }
    if (!loads && !ends && hook != 0x1403 && hook != 0x1404)
        return;
    a->modules[a->module_count++] = (struct module){
        .pid = (uint32_t)get(body + 16, 4),
        .base = get(body, 8),
        .size = get(body + 8, 8),
        .from = loads ? time : INT64_MIN,
        .until = ends ? time : INT64_MAX,
        .path = body + 56,
    };
}

/* An uncompressed 64-bit file; records in any order. */
static void walk(const struct memory_file *file, struct apart *a)
{
    a->stacks = calloc(200000, sizeof *a->stacks);
    assert_non_null(a->stacks);
    size_t at = 0;
    while (at + 0x48 <= file->size && get(file->bytes + at, 4) >= 0x48) {
        size_t end = at + get(file->bytes + at + 0x30, 4);
        for (size_t p = at + 0x48; p + 8 <= end && get(file->bytes + p, 4) != 0xffffffff;) {
            const uint8_t *r = file->bytes + p;
            bool by_hook = r[2] == 2 || r[2] == 17;
            size_t size = get(by_hook ? r + 4 : r, 2);
            assert_true(r[3] == 0xc0 && size >= 8);
            size_t head = r[2] == 2 ? 32 : 16;
            if (by_hook)
                note(a, (unsigned)get(r + 6, 2), (int64_t)get(r + head / 2, 8), r + head,
                     size - head);
            p += (size + 7) & ~(size_t)7;
        }
        at += get(file->bytes + at, 4);
    }
}

/* The only module whose records allow it to have been there; an Unload's and a Load's of the same
 * module are two in this table. */
static const struct module *look_up(const struct apart *a, uint32_t pid, uint64_t address,
                                    int64_t time)
{
    for (size_t i = 0; i < a->module_count; i++) {
        const struct module *m = &a->modules[i];
        bool mine = m->pid == pid || m->pid == 0 || m->pid == 4;
        if (mine && address >= m->base && address - m->base < m->size && m->from <= time &&
            time < m->until)
            return m;
    }
    return NULL;
}

static void check_name(const struct image *image, const struct module *m)
{
    char want[512];
    size_t n = 0;
    while (get(m->path + 2 * n, 2) != 0 && n + 1 < sizeof want) {
        want[n] = (char)get(m->path + 2 * n, 1);
        n++;
    }
    want[n] = '\0';
    assert_string_equal(image->name, strrchr(want, '\\') + 1);
    assert_true(image->base == m->base && image->size == m->size);
}

static uint32_t process_of(const struct trace *trace, uint32_t pid)
{
    uint32_t found = INDEX_NONE;
    for (uint32_t i = 0; i < registry_process_count(trace->registry); i++)
        if (registry_process(trace->registry, i)->pid == pid) {
            assert_int_equal(found, INDEX_NONE); /* one instance: pids are not used again */
            found = i;
        }
    assert_int_not_equal(found, INDEX_NONE);
    return found;
}

static void every_frame_is_in_its_module(void **state)
{
    (void)state;
    struct memory_file file = read_capture("heap-vs17-x64.etl");
    struct apart *apart = calloc(1, sizeof *apart);
    assert_non_null(apart);
    walk(&file, apart);
    struct ingest *in = ingest_saved(&file);
    struct trace *trace = ingest_trace(in);
    struct image_map *images = image_table_map(trace->images);
    assert_non_null(images);
    struct frame_namer namer = {.images = images};
    uint32_t solution = process_of(trace, 21912);
    uint64_t user = 0, found = 0;
    for (size_t i = 0; i < apart->stack_count; i++) {
        const struct stack *s = &apart->stacks[i];
        if (s->pid != 21912)
            continue;
        for (size_t k = 0; k < s->count; k++) {
            uint64_t address = get(s->frames + 8 * k, 8);
            const struct module *want = look_up(apart, s->pid, address, s->time);
            struct frame f;
            frame_find(&namer, solution, s->time, address, 0, &f);
            assert_int_equal(f.hit == IMAGE_LOADED, want != NULL);
            if (want != NULL)
                check_name(f.image, want);
            user += address >> 63 == 0;
            found += address >> 63 == 0 && want != NULL;
        }
    }
    assert_true(user > 100000);
    assert_int_equal(found, user);

    /* The paths are in drive letters, and every module has its PDB. */
    const struct image *const *list;
    size_t n = image_map_images(images, solution, &list);
    assert_true(n >= 10);
    bool has_program = false;
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(list[i]->path[1], ':');
        assert_true(list[i]->has_pdb);
        has_program |= strcmp(list[i]->name, "Solution.exe") == 0;
    }
    assert_true(has_program);
    assert_string_equal(registry_process(trace->registry, solution)->name, "Solution.exe");
    assert_non_null(strstr(registry_process(trace->registry, solution)->command, "Solution.exe"));
    n = image_map_images(images, INDEX_NONE, &list);
    assert_true(n >= 190);
    const struct system_info *info = system_facts_info(trace->system);
    assert_int_equal(info->mhz, 2096);
    assert_int_equal(info->processors, 8);
    assert_int_equal(info->memory_mib, 9941);
    assert_string_equal(info->computer, "WIN-GFC58IM3QMG");
    assert_string_equal(info->product, "Windows 10 Pro");
    image_map_unref(images);
    ingest_free(in);
    free(apart->stacks);
    free(apart);
    free(file.bytes);
}

static void images_of_version_0(void **state)
{
    (void)state;
    struct memory_file file = read_capture("win7-ptr4-image.etl");
    struct ingest *in = ingest_saved(&file);
    struct image_map *images = image_table_map(ingest_trace(in)->images);
    uint32_t process = process_of(ingest_trace(in), 7644);
    const struct image *const *list;
    size_t n = image_map_images(images, process, &list);
    assert_int_equal(n, 25); /* 24 of the rundown, one of which went and came again */
    for (size_t i = 0; i < n; i++)
        if (list[i]->base == 0x1160000)
            assert_true(list[i]->loaded == INT64_MIN ? list[i]->unloaded == 795705797976
                                                     : list[i]->loaded == 795708136045);
    const struct image *image;
    uint64_t inside = 0x1160000 + 0x19dfff;
    assert_int_equal(image_map_find(images, process, inside, 0, &image), IMAGE_LOADED);
    assert_string_equal(image->name, "test_program.exe");
    assert_int_equal(image_map_find(images, process, inside, 795705797976, &image), IMAGE_UNLOADED);
    assert_int_equal(image_map_find(images, process, inside, 795708136045, &image), IMAGE_LOADED);
    assert_int_equal(image_map_find(images, process, inside + 1, 0, &image), IMAGE_UNKNOWN);
    assert_int_equal(image_map_find(images, process, 0x76e10000, 0, &image), IMAGE_LOADED);
    assert_string_equal(image->name, "ntdll.dll");
    assert_int_equal(image_map_find(images, INDEX_NONE, inside, 0, &image), IMAGE_UNKNOWN);
    const char *name = registry_process(ingest_trace(in)->registry, process)->name;
    assert_string_equal(name, "test_program.exe"); /* no process record: by its first program */
    image_map_unref(images);
    ingest_free(in);
    free(file.bytes);
}

static void processes_of_vista(void **state)
{
    (void)state;
    struct memory_file file = read_capture("vista-ptr4-process.etl");
    struct ingest *in = ingest_saved(&file);
    const struct registry *registry = ingest_trace(in)->registry;
    const struct process *p = registry_process(registry, process_of(ingest_trace(in), 0x6f0));
    assert_int_equal(p->parent, 0x3dc);
    assert_int_equal(p->session, 1);
    assert_int_equal(p->exit_status, 0);
    assert_true(p->end != INT64_MAX);
    assert_non_null(p->command);
    assert_non_null(strstr(p->command, p->name));
    assert_null(image_table_map(ingest_trace(in)->images));
    ingest_free(in);
    free(file.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_frame_is_in_its_module),
        cmocka_unit_test(images_of_version_0),
        cmocka_unit_test(processes_of_vista),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
