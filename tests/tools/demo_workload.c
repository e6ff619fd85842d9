/*
 * The capture that ships with heaptail: thirty seconds of an editor, its spelling helper and an
 * updater.  What there is to find:
 * - the editor's process heap churns with small LFH blocks and keeps a 208-byte block 25 times a
 *   second: a slow leak;
 * - its document heap grows by the main path to some 20 MB while a document loads, and shrinks when
 *   the document is closed; one request for 3 GB fails;
 * - the renderer's arrays double by reallocs that move, and are trimmed in place;
 * - every autosave makes a heap, fills it and destroys it with its blocks: one handle, five
 *   generations;
 * - editor and helper have a heap of the same handle; the helper ran before the trace began;
 * - the updater, a 32-bit process, ends with blocks outstanding;
 * - most of what the user interface allocates comes from two loops in Contoso.Text.dll, every
 *   undo record from one place in Contoso.Undo.dll; a plugin's addresses become another's;
 * - one buffer is lost, and what was freed or allocated in it comes out as unmatched and lost.
 */
#include "workload.h"

#include <stdlib.h>

#include "demo_calls.h"
#include "stage.h"

/* 1 ms and one second of workload time. */
enum { MS = 10000, SECOND = 1000 * MS };

struct demo {
    struct stage stage;
    struct stage_process editor;
    struct stage_process helper;
    struct stage_process updater;
    struct stage_heap editor_heap;
    struct stage_heap document_heap;
    struct stage_heap autosave_heap;
    struct stage_heap helper_heap;
    struct stage_heap updater_heap;
};

/* Frees the oldest blocks beyond `keep`. */
static void trim(struct stage *stage, struct stage_actor *actor, size_t keep)
{
    while (actor->held->count > keep)
        stage_free(stage, actor, actor->held, 0);
}

/* The editor */

static void start_editor(struct stage *stage, struct stage_actor *actor)
{
    static const uint32_t TIDS[] = {6128, 6140, 6152, 6164};
    const struct stage_process *editor = actor->heap->process;
    stage_log_process(stage, editor, MKETL_START);
    for (size_t i = 0; i < sizeof TIDS / sizeof TIDS[0]; i++)
        stage_log_thread(stage, editor, TIDS[i], MKETL_START);
    demo_calls_images(stage, editor, DEMO_EDITOR, MKETL_START);
    stage_pause(stage, MS);
    stage_create(stage, actor);
}

/* Strings and events of the user interface: born and gone within milliseconds. */
static void type_text(struct stage *stage, struct stage_actor *actor)
{
    uint64_t size = rng_range(&stage->rng, 16, 512);
    stage_alloc(stage, actor, actor->held, size, MKETL_SOURCE_LOWFRAG, DEMO_SITE_TYPE);
    if (actor->beat % 64 == 0)
        stage_alloc(stage, actor, actor->held, 24, MKETL_SOURCE_LOOKASIDE, 0);
    while (actor->held->count > 24) {
        stage_pause(stage, 200);
        stage_free(stage, actor, actor->held, rng_below(&stage->rng, actor->held->count));
    }
}

/* An undo record of 208 bytes that nobody ever frees. */
static void keep_undo(struct stage *stage, struct stage_actor *actor)
{
    stage_alloc(stage, actor, actor->held, 208, MKETL_SOURCE_LOWFRAG, DEMO_SITE_UNDO);
}

static void open_document(struct stage *stage, struct stage_actor *actor)
{
    stage_create(stage, actor);
}

static void add_paragraph(struct stage *stage, struct stage_actor *actor, uint32_t site)
{
    uint64_t size = rng_range(&stage->rng, 0x800, 0x4800);
    uint32_t source = size > 0x4000 ? MKETL_SOURCE_SLOWPATH : MKETL_SOURCE_MAINPATH;
    stage_alloc(stage, actor, actor->held, size, source, site);
}

static void load_paragraph(struct stage *stage, struct stage_actor *actor)
{
    add_paragraph(stage, actor, DEMO_SITE_LOAD);
}

static void edit_paragraph(struct stage *stage, struct stage_actor *actor)
{
    demo_calls_plugins(stage, actor->heap->process);
    if (actor->held->count == 0)
        return;
    stage_free(stage, actor, actor->held, rng_below(&stage->rng, actor->held->count));
    add_paragraph(stage, actor, DEMO_SITE_EDIT);
}

static void ask_too_much(struct stage *stage, struct stage_actor *actor)
{
    stage_fail(stage, actor, 0xc0000000, DEMO_SITE_MUCH);
}

static void close_document(struct stage *stage, struct stage_actor *actor)
{
    for (int i = 0; i < 12 && actor->held->count > 150; i++)
        stage_free(stage, actor, actor->held, actor->held->count - 1);
}

/* An array that doubles until it is complete, is trimmed where it is, and goes. */
static void render(struct stage *stage, struct stage_actor *actor)
{
    if (actor->held->count == 0) {
        stage_alloc(stage, actor, actor->held, 256, MKETL_SOURCE_LOWFRAG, DEMO_SITE_RENDER);
        return;
    }
    uint64_t size = actor->held->items[0].size;
    if (size >= 0x10000)
        stage_resize(stage, actor, actor->held, 0, 0xc000, DEMO_SITE_GROW);
    else if (size == 0xc000)
        stage_free(stage, actor, actor->held, 0);
    else
        stage_move(stage, actor, actor->held, 0, size * 2, DEMO_SITE_GROW);
}

static void autosave(struct stage *stage, struct stage_actor *actor)
{
    enum { BLOCKS = 280 };
    stage_create(stage, actor);
    for (int i = 0; i < BLOCKS; i++) {
        stage_pause(stage, 2000);
        stage_alloc(stage, actor, actor->held, rng_range(&stage->rng, 64, 2048),
                    MKETL_SOURCE_MAINPATH, DEMO_SITE_SAVE);
    }
    for (int i = 0; i < BLOCKS / 4; i++) {
        stage_pause(stage, 1000);
        stage_free(stage, actor, actor->held, 0);
    }
    stage_pause(stage, MS);
    stage_destroy(stage, actor);
    actor->held->count = 0;
}

/* The helper */

static void helper_exists(struct stage *stage, struct stage_actor *actor)
{
    demo_calls_boot(stage);
    stage_log_process(stage, actor->heap->process, MKETL_DC_START);
    demo_calls_images(stage, actor->heap->process, DEMO_HELPER, MKETL_DC_START);
    stage_log_thread(stage, actor->heap->process, actor->tid, MKETL_DC_START);
    stage_log_snapshot(stage, actor);
}

static void free_old_words(struct stage *stage, struct stage_actor *actor)
{
    stage_free_unknown(stage, actor);
}

static void check_spelling(struct stage *stage, struct stage_actor *actor)
{
    for (int i = 0; i < 4; i++) {
        stage_alloc(stage, actor, actor->held, rng_range(&stage->rng, 8, 96), MKETL_SOURCE_LOWFRAG,
                    DEMO_SITE_SPELL);
        stage_pause(stage, 300);
    }
    trim(stage, actor, 40);
}

/* The updater */

static void start_updater(struct stage *stage, struct stage_actor *actor)
{
    stage_log_process(stage, actor->heap->process, MKETL_START);
    stage_log_thread(stage, actor->heap->process, actor->tid, MKETL_START);
    demo_calls_images(stage, actor->heap->process, DEMO_UPDATER, MKETL_START);
    stage_pause(stage, MS);
    stage_create(stage, actor);
}

static void download(struct stage *stage, struct stage_actor *actor)
{
    stage_alloc(stage, actor, actor->held, rng_range(&stage->rng, 32, 1400), MKETL_SOURCE_LOWFRAG,
                DEMO_SITE_DOWNLOAD);
    int64_t walk = actor->beat % 16 ? 0 : 1; /* the walk of a stack takes a tick */
    stage->now += walk;
    if (actor->beat % 3 != 0 && actor->held->count > 1)
        stage_free(stage, actor, actor->held, 0);
    stage->now -= walk;
}

static void end_updater(struct stage *stage, struct stage_actor *actor)
{
    demo_calls_images(stage, actor->heap->process, DEMO_UPDATER, MKETL_END);
    stage_log_process(stage, actor->heap->process, MKETL_END);
}

/* Everywhere */

static void sample(struct stage *stage, struct stage_actor *actor)
{
    recorder_log(stage->recorder, &(struct mketl_event){
                                      .kind = MKETL_KIND_SAMPLE,
                                      .time = stage->now,
                                      .cpu = (uint16_t)(actor->beat % 4),
                                      .tid = actor->tid,
                                      .address = 0x7ff6a0c01000 + rng_below(&stage->rng, 0x1000),
                                  });
}

static void last_snapshot(struct stage *stage, struct stage_actor *actor)
{
    stage_log_snapshot(stage, actor);
}

static void set_stage(struct demo *demo, struct recorder *recorder)
{
    enum { PROCESS_HEAP = 0x2, PRIVATE_HEAP = 0x1002 };
    static const uint64_t ROOM = 0x4000000;
    static const uint64_t SHARED_HANDLE = 0x1d35bd0000;
    *demo = (struct demo){
        .stage = {.recorder = recorder,
                  .rng = {2025},
                  .now = MS,
                  .call = demo_calls_find,
                  .calls = {43}},
        /* Command lines as long as the names: the records around them stay where they are. */
        .editor = {6124, 4820, 8, "Contoso.Editor.exe", "Editor Vertrag.doc"},
        .helper = {7720, 6124, 8, "Contoso.Prüfer.exe", "Prüfer /lang de-DE"},
        .updater = {8832, 6124, 4, "Contoso.Update.exe", "Update /quiet /now"},
    };
    demo->editor_heap.process = &demo->editor;
    demo->document_heap.process = &demo->editor;
    demo->autosave_heap.process = &demo->editor;
    demo->helper_heap.process = &demo->helper;
    demo->updater_heap.process = &demo->updater;
    sim_heap_init(&demo->editor_heap.sim, SHARED_HANDLE, ROOM, PROCESS_HEAP);
    sim_heap_init(&demo->document_heap.sim, 0x1d41a20000, ROOM, PRIVATE_HEAP);
    sim_heap_init(&demo->autosave_heap.sim, 0x1d4f550000, ROOM, PRIVATE_HEAP);
    sim_heap_init(&demo->helper_heap.sim, SHARED_HANDLE, ROOM, PROCESS_HEAP);
    sim_heap_init(&demo->updater_heap.sim, 0x00a40000, ROOM, PROCESS_HEAP);
}

static void release_stage(struct demo *demo)
{
    sim_heap_release(&demo->editor_heap.sim);
    sim_heap_release(&demo->document_heap.sim);
    sim_heap_release(&demo->autosave_heap.sim);
    sim_heap_release(&demo->helper_heap.sim);
    sim_heap_release(&demo->updater_heap.sim);
}

void demo_workload_run(struct recorder *recorder)
{
    enum { UI = 6128, LOADER = 6140, PAINTER = 6152, SAVER = 6164, CHECKER = 7724, NET = 8836 };
    enum { LAST = 29 * SECOND, END = 30 * SECOND };
    struct demo demo;
    struct stage_blocks text = {0}, undo = {0}, document = {0}, arrays = {0}, saved = {0},
                        words = {0}, packets = {0};
    set_stage(&demo, recorder);
    struct stage_heap *editor = &demo.editor_heap;
    struct stage_heap *pages = &demo.document_heap;
    struct stage_heap *saves = &demo.autosave_heap;
    struct stage_heap *helper = &demo.helper_heap;
    struct stage_heap *updater = &demo.updater_heap;

    /* Who does what, in which heap, on which thread and CPU, from when until when, how often. */
    /* clang-format off */
#define ONCE(at) (at), (at) + 1, SECOND
    struct stage_actor cast[] = {
        {helper_exists,  helper,  CHECKER, 3, ONCE(2 * MS),                          &words, 0},
        {free_old_words, helper,  CHECKER, 3, 50 * MS,     2 * SECOND,  80 * MS,     &words, 0},
        {check_spelling, helper,  CHECKER, 3, 100 * MS,    LAST,        35 * MS,     &words, 0},
        {start_editor,   editor,  UI,      0, ONCE(SECOND),                          &text, 0},
        {type_text,      editor,  UI,      0, 1100 * MS,   LAST,        11 * MS / 2, &text, 0},
        {keep_undo,      editor,  LOADER,  1, 2 * SECOND,  LAST,        40 * MS,     &undo, 0},
        {open_document,  pages,   LOADER,  1, ONCE(1500 * MS),                       &document, 0},
        {load_paragraph, pages,   LOADER,  1, 2 * SECOND,  12 * SECOND, 5 * MS,      &document, 0},
        {edit_paragraph, pages,   LOADER,  1, 12 * SECOND, 22 * SECOND, 25 * MS,     &document, 0},
        {ask_too_much,   pages,   LOADER,  1, ONCE(17400 * MS),                      &document, 0},
        {close_document, pages,   LOADER,  1, 22 * SECOND, 27 * SECOND, 20 * MS,     &document, 0},
        {render,         editor,  PAINTER, 2, 1200 * MS,   LAST,        40 * MS,     &arrays, 0},
        {autosave,       saves,   SAVER,   3, 4 * SECOND,  LAST,        5 * SECOND,  &saved, 0},
        {start_updater,  updater, NET,     2, ONCE(9 * SECOND),                      &packets, 0},
        {download,       updater, NET,     2, 9100 * MS,   14 * SECOND, 6 * MS,      &packets, 0},
        {end_updater,    updater, NET,     2, ONCE(14 * SECOND + MS),                &packets, 0},
        {sample,         editor,  UI,      0, 10 * MS,     END,         50 * MS,     &text, 0},
        {last_snapshot,  editor,  UI,      0, ONCE(END - 4 * MS),                    &text, 0},
        {last_snapshot,  pages,   LOADER,  1, ONCE(END - 3 * MS),                    &document, 0},
        {last_snapshot,  helper,  CHECKER, 3, ONCE(END - 2 * MS),                    &words, 0},
    };
#undef ONCE
    /* clang-format on */
    stage_run(&demo.stage, cast, sizeof cast / sizeof cast[0]);
    demo_calls_images(&demo.stage, &demo.editor, DEMO_EDITOR, MKETL_DC_END);
    demo_calls_images(&demo.stage, &demo.helper, DEMO_HELPER, MKETL_DC_END);
    stage_log_process(&demo.stage, &demo.editor, MKETL_DC_END);
    stage_log_process(&demo.stage, &demo.helper, MKETL_DC_END);

    struct stage_blocks *const held[] = {&text,  &undo,  &document, &arrays,
                                         &saved, &words, &packets};
    for (size_t i = 0; i < sizeof held / sizeof held[0]; i++)
        free(held[i]->items);
    release_stage(&demo);
}

void demo_workload_options(struct mketl_options *out_options)
{
    out_options->workload = MKETL_WORKLOAD_DEMO;
    out_options->cpus = 4;
    out_options->buffer_size = 0x10000;
    out_options->seed = 1;
    out_options->stack_cpu = 1 + 2;
    out_options->stack_cache = 64;
    out_options->lose_buffer = out_options->split ? 0 : 25; /* the story's, in the one file */
}
