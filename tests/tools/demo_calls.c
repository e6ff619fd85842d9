/* Modules and call chains of the demo capture; see demo_calls.h. */
#include "demo_calls.h"

#include <string.h>

#define VOLUME   "\\Device\\HarddiskVolume3\\"
#define SYSTEM32 VOLUME "Windows\\System32\\"
#define SYSWOW64 VOLUME "Windows\\SysWOW64\\"
#define CONTOSO  VOLUME "Program Files\\Contoso\\"
#define GUID(a)                                                                                    \
    {                                                                                              \
        a, 0x2d, 0x91, 0x6e, 0x07, 0xc4, 0x3b, 0x48, 0xb1, 0x5c, 0x0f, 0xe2, 0x88, 0x3d, 0x71, a   \
    }

/* Where the records of stacks and modules go that have no CPU of their own. */
enum { QUIET_CPU = 2, SECOND = 10000000, LOGGED_ELSEWHERE = 2 };

enum place {
    EXE,
    NTDLL,
    KERNEL32,
    KERNELBASE,
    UCRTBASE,
    USER32,
    WIN32U,
    TEXT,
    DOCUMENT,
    UNDO,
    RENDER,
    MACRO,  /* plugins: the second takes */
    EXPORT, /* addresses of the first */
    EDITOR_PLACES,
    CHECKER = EDITOR_PLACES,
    WORDS,
    UPDATE,
    WINHTTP32,
    MSVCRT32,
    KERNELBASE32,
    KERNEL32_32,
    NTDLL32,
    WOW64CPU,
    WOW64,
    NTOSKRNL,
    WIN32KFULL,
    PLACES
};

/* clang-format off */
static const struct {
    uint64_t base;
    struct mketl_module module;
} MODULES[PLACES] = {
    [EXE] =        {0x7ff6a0c00000, {VOLUME "Contoso\\Contoso.Editor.exe", 0x041000, 0x65a1b2c3, 0x04a913, "Contoso.Editor.pdb", GUID(1), 4, "4.2.0.1117"}},
    [NTDLL] =      {0x7ffb3a2e0000, {SYSTEM32 "ntdll.dll",        0x216000, 0x7f0c1d2e, 0x21a5b3, "ntdll.pdb",           GUID(2),  1, "10.0.22631.2506"}},
    [KERNEL32] =   {0x7ffb39000000, {SYSTEM32 "kernel32.dll",     0x0c4000, 0x3a1f77c0, 0x0c9e12, "kernel32.pdb",        GUID(3),  1, "10.0.22631.2506"}},
    [KERNELBASE] = {0x7ffb37600000, {SYSTEM32 "KernelBase.dll",   0x3a7000, 0x51c2d9aa, 0x3ac01f, "kernelbase.pdb",      GUID(4),  1, "10.0.22631.2506"}},
    [UCRTBASE] =   {0x7ffb37d00000, {SYSTEM32 "ucrtbase.dll",     0x111000, 0x00e78ce9, 0x11934f, "ucrtbase.pdb",        GUID(5),  1, "10.0.22631.2506"}},
    [USER32] =     {0x7ffb39400000, {SYSTEM32 "user32.dll",       0x1ae000, 0x4d8a1c11, 0x1b0d4a, "user32.pdb",          GUID(6),  1, "10.0.22631.2506"}},
    [WIN32U] =     {0x7ffb37b00000, {SYSTEM32 "win32u.dll",       0x026000, 0x1e2f3a40, 0x02c5b8, "win32u.pdb",          GUID(7),  1, "10.0.22631.2506"}},
    [TEXT] =       {0x7ffb12400000, {CONTOSO "Contoso.Text.dll",     0x09a000, 0x65a1b2d0, 0x0a11c0, "Contoso.Text.pdb",     GUID(8),  2, "4.2.0.1117"}},
    [DOCUMENT] =   {0x7ffb12500000, {CONTOSO "Contoso.Document.dll", 0x0f2000, 0x65a1b2d1, 0x0f9e07, "Contoso.Document.pdb", GUID(9),  6, "4.2.0.1117"}},
    [UNDO] =       {0x7ffb12600000, {CONTOSO "Contoso.Undo.dll",     0x01c000, 0x65a1b2d2, 0x0256aa, "Contoso.Undo.pdb",     GUID(10), 1, "4.2.0.1117"}},
    [RENDER] =     {0x7ffb12700000, {CONTOSO "Contoso.Render.dll",   0x07e000, 0x65a1b2d3, 0x0802d1, "Contoso.Render.pdb",   GUID(11), 3, "4.2.0.1117"}},
    [MACRO] =      {0x7ffb0d200000, {CONTOSO "Plugins\\Contoso.Macro.dll",  0x034000, 0x64f0aa01, 0x0389f2, "Contoso.Macro.pdb",  GUID(12), 1, "1.9"}},
    [EXPORT] =     {0x7ffb0d1f0000, {CONTOSO "Plugins\\Contoso.Export.dll", 0x058000, 0x64f0aa02, 0x05d113, "Contoso.Export.pdb", GUID(13), 1, "1.3"}},
    [CHECKER] =    {0x7ff7c5a10000, {VOLUME "Contoso\\Contoso.Prüfer.exe",     0x02a000, 0x65a1b2c4, 0x03011e, "Contoso.Prüfer.pdb", GUID(14), 2, "4.2.0.1117"}},
    [WORDS] =      {0x7ffb13100000, {CONTOSO "Wörterbuch\\Contoso.Words.dll", 0x04d000, 0x65a1b2d4, 0x05072b, "Contoso.Words.pdb",  GUID(15), 2, "4.2.0.1117"}},
    [UPDATE] =     {0x00400000,     {VOLUME "Contoso\\Contoso.Update.exe",     0x02f000, 0x65a1b2c5, 0x0338a0, "Contoso.Update.pdb", GUID(16), 9, "4.2.0.1117"}},
    [WINHTTP32] =  {0x73c10000, {SYSWOW64 "winhttp.dll",    0x0c5000, 0x27a1b0c4, 0x0cb1f3, "winhttp.pdb",     GUID(17), 1, "10.0.22631.2506"}},
    [MSVCRT32] =   {0x76300000, {SYSWOW64 "msvcrt.dll",     0x0c3000, 0x564f9f3a, 0x0c8127, "msvcrt.pdb",      GUID(18), 1, "7.0.22631.2506"}},
    [KERNELBASE32] = {0x75f00000, {SYSWOW64 "KernelBase.dll", 0x27c000, 0x51c2d9ab, 0x2800b1, "wkernelbase.pdb", GUID(19), 1, "10.0.22631.2506"}},
    [KERNEL32_32] = {0x76a00000, {SYSWOW64 "kernel32.dll",   0x0f0000, 0x3a1f77c1, 0x0aa0de, "wkernel32.pdb",   GUID(20), 1, "10.0.22631.2506"}},
    [NTDLL32] =    {0x77a00000, {SYSWOW64 "ntdll.dll",      0x1b2000, 0x7f0c1d2f, 0x1b8a03, "wntdll.pdb",      GUID(21), 1, "10.0.22631.2506"}},
    [WOW64CPU] =   {0x77980000, {SYSTEM32 "wow64cpu.dll",   0x00a000, 0x64aa1104, 0x01277b, "wow64cpu.pdb",    GUID(22), 1, "10.0.22631.2506"}},
    [WOW64] =      {0x7ffb3a600000, {SYSTEM32 "wow64.dll",  0x057000, 0x64aa1103, 0x05b0c3, "wow64.pdb",       GUID(23), 1, "10.0.22631.2506"}},
    [NTOSKRNL] =   {0xfffff80265000000, {"\\SystemRoot\\system32\\ntoskrnl.exe",   0x1046000, 0x8bd42f05, 0xb5e2a1, "ntkrnlmp.pdb",   GUID(24), 1, "10.0.22631.2506"}},
    [WIN32KFULL] = {0xfffff80268000000, {"\\SystemRoot\\System32\\win32kfull.sys", 0x3c1000,  0x2f0f3321, 0x3b9a00, "win32kfull.pdb", GUID(25), 1, "10.0.22631.2506"}},
};

static const uint8_t EDITOR[] = {EXE, NTDLL, KERNEL32, KERNELBASE, UCRTBASE, USER32, WIN32U, TEXT,
                                 DOCUMENT, UNDO, RENDER, PLACES};
static const uint8_t HELPER[] = {CHECKER, NTDLL, KERNEL32, KERNELBASE, UCRTBASE, WORDS, PLACES};
static const uint8_t UPDATER[] = {UPDATE, NTDLL, WOW64, WOW64CPU, NTDLL32, KERNEL32_32,
                                  KERNELBASE32, MSVCRT32, WINHTTP32, PLACES};
static const uint8_t *const PROGRAMS[] = {EDITOR, HELPER, UPDATER};

/* A frame; with `ways` more than 1 one of so many calls in the same function. */
struct demo_frame {
    uint8_t place;
    uint8_t ways;
    uint32_t offset;
};

enum { MOST_FRAMES = 18 };

/* Chains leaf first.  A site has one or several, each chosen as often as its weight says. */
#define HEAP     {NTDLL, 1, 0x2e9a1}, {NTDLL, 1, 0x2cd07}
#define MALLOC   HEAP, {UCRTBASE, 1, 0x1b8e6}
#define THREAD   {UCRTBASE, 1, 0x29363}, {KERNEL32, 1, 0x1257d}, {NTDLL, 1, 0x5aa58}
#define START    {EXE, 1, 0x3d1a8}, {KERNEL32, 1, 0x1257d}, {NTDLL, 1, 0x5aa58}
#define LOOP     {USER32, 1, 0x18961}, {USER32, 1, 0x18491}, {EXE, 1, 0x1a2c4}, {EXE, 1, 0x1108c}, START
#define CALLBACK {USER32, 1, 0x1ca39}, {NTDLL, 1, 0xa3cf4}, {WIN32KFULL, 1, 0x11b3a8}, {WIN32KFULL, 1, 0x9e610}, \
                 {NTOSKRNL, 1, 0x42b6e8}, {WIN32U, 1, 0x1464}, {EXE, 1, 0x1a31e}, {EXE, 1, 0x1108c}, START
static const struct chain {
    uint8_t site;
    uint8_t weight;
    struct demo_frame frames[MOST_FRAMES];
} CHAINS[] = {
    {DEMO_SITE_TYPE, 46, {MALLOC, {TEXT, 1, 0x4a1c2}, {TEXT, 1, 0x5b082}, {TEXT, 1, 0x6270e}, {EXE, 1, 0x9311}, LOOP}},
    {DEMO_SITE_TYPE, 31, {MALLOC, {TEXT, 1, 0x713a5}, {TEXT, 1, 0x5c114}, {TEXT, 1, 0x6270e}, {EXE, 1, 0x9311}, LOOP}},
    {DEMO_SITE_TYPE, 15, {MALLOC, {TEXT, 4, 0x22c40}, {EXE, 3, 0xb7d0}, {EXE, 1, 0x9476}, LOOP}},
    {DEMO_SITE_TYPE, 5,  {HEAP, {KERNELBASE, 1, 0x3f0c2}, {EXE, 2, 0x20c12}, {EXE, 1, 0x9476}, LOOP}},
    {DEMO_SITE_TYPE, 3,  {MALLOC, {TEXT, 2, 0x31f5d}, {EXE, 1, 0xc6e4}, CALLBACK}},
    {DEMO_SITE_UNDO, 1,  {MALLOC, {UNDO, 1, 0x2c41}, {UNDO, 1, 0x30d9}, {DOCUMENT, 1, 0x11b07}, {EXE, 1, 0x14f80}, {EXE, 1, 0x14a21}, THREAD}},
    {DEMO_SITE_LOAD, 7,  {MALLOC, {DOCUMENT, 3, 0x8c301}, {DOCUMENT, 1, 0x9d12a}, {DOCUMENT, 1, 0xa0447}, {EXE, 1, 0x15233}, {EXE, 1, 0x14a21}, THREAD}},
    {DEMO_SITE_LOAD, 3,  {MALLOC, {DOCUMENT, 2, 0x7f0b6}, {DOCUMENT, 1, 0x9d2c8}, {DOCUMENT, 1, 0xa0447}, {EXE, 1, 0x15233}, {EXE, 1, 0x14a21}, THREAD}},
    {DEMO_SITE_EDIT, 1,  {MALLOC, {DOCUMENT, 3, 0x8c301}, {DOCUMENT, 2, 0xb1d38}, {EXE, 1, 0x15419}, {EXE, 1, 0x14a21}, THREAD}},
    {DEMO_SITE_MUCH, 1,  {MALLOC, {DOCUMENT, 1, 0xc7a90}, {DOCUMENT, 1, 0xc81f4}, {EXE, 1, 0x15419}, {EXE, 1, 0x14a21}, THREAD}},
    {DEMO_SITE_RENDER, 1, {MALLOC, {RENDER, 1, 0x3a015}, {RENDER, 1, 0x41c7b}, {EXE, 1, 0x1c005}, THREAD}},
    {DEMO_SITE_GROW, 1,  {{NTDLL, 1, 0x2f7c3}, {UCRTBASE, 1, 0x1c2ad}, {RENDER, 1, 0x3b20e}, {RENDER, 1, 0x41cd2}, {EXE, 1, 0x1c005}, THREAD}},
    {DEMO_SITE_SAVE, 3,  {HEAP, {KERNELBASE, 1, 0x3f0c2}, {DOCUMENT, 3, 0x1f330}, {DOCUMENT, 1, 0x20a8c}, {EXE, 1, 0x19d46}, THREAD}},
    {DEMO_SITE_SAVE, 1,  {HEAP, {KERNELBASE, 1, 0x3f0c2}, {DOCUMENT, 1, 0x1f5c9}, {DOCUMENT, 1, 0x1f330}, {DOCUMENT, 1, 0x20a8c}, {EXE, 1, 0x19d46}, THREAD}},
    {DEMO_SITE_SPELL, 5, {MALLOC, {WORDS, 1, 0x1177e}, {WORDS, 1, 0x12b30}, {CHECKER, 1, 0x5d19}, {CHECKER, 1, 0x4f02}, {KERNEL32, 1, 0x1257d}, {NTDLL, 1, 0x5aa58}}},
    {DEMO_SITE_SPELL, 2, {MALLOC, {WORDS, 3, 0x18240}, {WORDS, 1, 0x12c9a}, {CHECKER, 1, 0x5d19}, {CHECKER, 1, 0x4f02}, {KERNEL32, 1, 0x1257d}, {NTDLL, 1, 0x5aa58}}},
    {DEMO_SITE_DOWNLOAD, 3, {{NTDLL32, 1, 0x4a17e}, {MSVCRT32, 1, 0x1a9e3}, {UPDATE, 2, 0x7c40}, {UPDATE, 1, 0x8811}, {UPDATE, 1, 0x12ab4}, {KERNEL32_32, 1, 0x17ba9}, {NTDLL32, 1, 0x6bd4b}, {NTDLL32, 1, 0x6bccf}, {WOW64CPU, 1, 0x1783}, {WOW64, 1, 0x8d7d}, {NTDLL, 1, 0x5dc87}}},
    {DEMO_SITE_DOWNLOAD, 1, {{NTDLL32, 1, 0x4a17e}, {KERNELBASE32, 1, 0xe43d1}, {WINHTTP32, 3, 0x2d008}, {WINHTTP32, 1, 0x31b5e}, {UPDATE, 1, 0x8811}, {UPDATE, 1, 0x12ab4}, {KERNEL32_32, 1, 0x17ba9}, {NTDLL32, 1, 0x6bd4b}, {NTDLL32, 1, 0x6bccf}, {WOW64CPU, 1, 0x1783}, {WOW64, 1, 0x8d7d}, {NTDLL, 1, 0x5dc87}}},
};

/* When each plugin is there, and the way through it. */
static const struct plugin {
    uint8_t place;
    int64_t from, until;
    struct chain chain;
} PLUGINS[] = {
    {MACRO,  25 * (int64_t)SECOND / 2, 16 * (int64_t)SECOND,
     {DEMO_SITE_EDIT, 1, {MALLOC, {DOCUMENT, 1, 0x8c301}, {MACRO, 2, 0x6f10}, {MACRO, 1, 0x71b8}, {EXE, 1, 0x15419}, {EXE, 1, 0x14a21}, THREAD}}},
    {EXPORT, 18 * (int64_t)SECOND, 21 * (int64_t)SECOND,
     {DEMO_SITE_EDIT, 1, {MALLOC, {EXPORT, 2, 0x1a3c4}, {EXPORT, 1, 0x1c021}, {EXE, 1, 0x15419}, {EXE, 1, 0x14a21}, THREAD}}},
};
/* clang-format on */

enum {
    CHAIN_COUNT = sizeof CHAINS / sizeof CHAINS[0],
    PLUGIN_COUNT = sizeof PLUGINS / sizeof PLUGINS[0]
};

static void log_setup(struct stage *stage, uint8_t kind, uint8_t opcode, const char *name,
                      const char *text)
{
    recorder_log(stage->recorder, &(struct mketl_event){.kind = kind,
                                                        .opcode = opcode,
                                                        .time = stage->now,
                                                        .cpu = QUIET_CPU,
                                                        .tid = UINT32_MAX,
                                                        .name = name,
                                                        .text = text});
}

/* The module's record on `cpu`, and what a merger adds to it. */
static void log_image(struct stage *stage, uint32_t pid, enum place place, uint8_t opcode,
                      uint16_t cpu)
{
    static const uint8_t ADDED[] = {MKETL_IMAGE_INFO, MKETL_IMAGE_VERSION, MKETL_IMAGE_RSDS};
    const struct mketl_module *module = &MODULES[place].module;
    struct mketl_event event = {
        .kind = MKETL_KIND_IMAGE,
        .opcode = opcode,
        .time = stage->now,
        .cpu = cpu,
        .pid = pid,
        .target_pid = pid,
        .address = MODULES[place].base,
        .size = module->size,
        .name = module->path,
        .module = module,
    };
    recorder_log(stage->recorder, &event);
    if (opcode != MKETL_START && opcode != MKETL_DC_START)
        return;
    event.kind = MKETL_KIND_IMAGE_ID;
    event.cpu = QUIET_CPU;
    event.tid = UINT32_MAX;
    for (size_t i = 0; i < sizeof ADDED; i++) {
        event.opcode = ADDED[i];
        recorder_log(stage->recorder, &event);
    }
}

void demo_calls_boot(struct stage *stage)
{
    log_setup(stage, MKETL_KIND_CONFIG, 0, "SCHREIBTISCH", NULL);
    log_setup(stage, MKETL_KIND_SETUP, MKETL_SETUP_BUILD, "Windows 11 Pro",
              "22631.1.amd64fre.ni_release.220506-1250");
    log_setup(stage, MKETL_KIND_SETUP, MKETL_SETUP_VOLUME, VOLUME, "C:\\");
    log_image(stage, 0, NTOSKRNL, MKETL_DC_START, QUIET_CPU);
    log_image(stage, 0, WIN32KFULL, MKETL_DC_START, QUIET_CPU);
}

void demo_calls_images(struct stage *stage, const struct stage_process *process,
                       enum demo_program program, uint8_t opcode)
{
    /* The editor's first two have always been where its process is. */
    size_t at_home = program == DEMO_EDITOR && opcode == MKETL_START ? LOGGED_ELSEWHERE : 0;
    for (size_t i = 0; PROGRAMS[program][i] != PLACES; i++)
        log_image(stage, process->pid, PROGRAMS[program][i], opcode, i < at_home ? 0 : QUIET_CPU);
}

void demo_calls_plugins(struct stage *stage, const struct stage_process *process)
{
    for (size_t i = 0; i < PLUGIN_COUNT; i++) {
        bool there = stage->now > PLUGINS[i].from && stage->now < PLUGINS[i].until;
        uint32_t bit = 1u << i;
        if (there == ((stage->plugins & bit) != 0))
            continue;
        stage->plugins ^= bit;
        log_image(stage, process->pid, PLUGINS[i].place, there ? MKETL_START : MKETL_END,
                  QUIET_CPU);
    }
}

static uint32_t add_chain(struct stage *stage, const struct chain *chain)
{
    uint64_t frames[MOST_FRAMES];
    uint32_t count = 0;
    while (count < MOST_FRAMES && chain->frames[count].ways > 0) {
        const struct demo_frame *frame = &chain->frames[count];
        uint64_t way = rng_below(&stage->calls, frame->ways);
        frames[count++] = MODULES[frame->place].base + frame->offset + way * 0x2b;
    }
    return frames_add(&stage->recorder->frames, frames, count);
}

static const struct chain *choose(struct stage *stage, uint32_t site)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < PLUGIN_COUNT; i++)
        if (site == PLUGINS[i].chain.site && stage->plugins & 1u << i &&
            rng_chance(&stage->calls, 400))
            return &PLUGINS[i].chain;
    for (size_t i = 0; i < CHAIN_COUNT; i++)
        sum += CHAINS[i].site == site ? CHAINS[i].weight : 0;
    uint64_t roll = rng_below(&stage->calls, sum);
    size_t i = 0;
    for (;; i++) {
        uint64_t weight = CHAINS[i].site == site ? CHAINS[i].weight : 0;
        if (roll < weight)
            return &CHAINS[i];
        roll -= weight;
    }
}

bool demo_calls_find(struct stage *stage, const struct stage_actor *actor, uint32_t site,
                     struct stack_call *out_call)
{
    enum { MISSED = 4 }; /* walks in a thousand that did not come off */
    if (site == DEMO_SITE_NONE || rng_chance(&stage->calls, MISSED))
        return false;
    *out_call = (struct stack_call){
        .user = add_chain(stage, choose(stage, site)),
        .user_keyed = true,
        .user_cpu = actor->cpu == 0 ? QUIET_CPU : actor->cpu,
    };
    return true;
}
