/* Programs, their modules and their ways to the heap; see program.h. */
#include "program.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define VOLUME   "\\Device\\HarddiskVolume3\\"
#define SYSTEM32 VOLUME "Windows\\System32\\"
#define SYSWOW64 VOLUME "Windows\\SysWOW64\\"

#define GUID(a, b)                                                                                 \
    {                                                                                              \
        a, b, 0x5e, 0x11, 0x29, 0x9c, 0x4c, 0x4e, 0x9a, 0x3b, 0x71, 0x02, a, b, 0x4d, 0x5a         \
    }

/* A folder name that no screen is wide enough for. */
#define LONG_PART "a folder whose name goes on and on as if nobody had ever to read it, "

/* clang-format off */
static const struct mketl_module
    NTDLL =      {SYSTEM32 "ntdll.dll",      0x216000, 0x7f0c1d2e, 0x21a5b3, "ntdll.pdb",      GUID(1, 0), 1, "10.0.22621.2506"},
    KERNEL32 =   {SYSTEM32 "kernel32.dll",   0x0c4000, 0x3a1f77c0, 0x0c9e12, "kernel32.pdb",   GUID(2, 0), 1, "10.0.22621.2506"},
    KERNELBASE = {SYSTEM32 "KernelBase.dll", 0x3a7000, 0x51c2d9aa, 0x3ac01f, "kernelbase.pdb", GUID(3, 0), 1, "10.0.22621.2506"},
    UCRTBASE =   {SYSTEM32 "ucrtbase.dll",   0x111000, 0x00e78ce9, 0x11934f, "ucrtbase.pdb",   GUID(4, 0), 1, "10.0.22621.2506"},
    MSVCRT =     {SYSTEM32 "msvcrt.dll",     0x0a7000, 0x564f9f39, 0x0ad3c4, "msvcrt.pdb",     GUID(5, 0), 1, "7.0.22621.2506"},
    NTDLL_32 =      {SYSWOW64 "ntdll.dll",      0x1b2000, 0x7f0c1d2f, 0x1b8a03, "wntdll.pdb",      GUID(1, 1), 1, "10.0.22621.2506"},
    KERNEL32_32 =   {SYSWOW64 "kernel32.dll",   0x0f0000, 0x3a1f77c1, 0x0aa0de, "wkernel32.pdb",   GUID(2, 1), 1, "10.0.22621.2506"},
    KERNELBASE_32 = {SYSWOW64 "KernelBase.dll", 0x27c000, 0x51c2d9ab, 0x2800b1, "wkernelbase.pdb", GUID(3, 1), 1, "10.0.22621.2506"},
    UCRTBASE_32 =   {SYSWOW64 "ucrtbase.dll",   0x112000, 0x00e78cea, 0x11e9d0, "ucrtbase.pdb",    GUID(4, 1), 1, "10.0.22621.2506"},
    MSVCRT_32 =     {SYSWOW64 "msvcrt.dll",     0x0c3000, 0x564f9f3a, 0x0c8127, "msvcrt.pdb",      GUID(5, 1), 1, "7.0.22621.2506"},
    WOW64 =      {SYSTEM32 "wow64.dll",      0x057000, 0x64aa1103, 0x05b0c3, "wow64.pdb",      GUID(6, 0), 1, NULL},
    WOW64CPU =   {SYSTEM32 "wow64cpu.dll",   0x00a000, 0x64aa1104, 0x01277b, "wow64cpu.pdb",   GUID(7, 0), 1, NULL},
    NTOSKRNL =   {"\\SystemRoot\\system32\\ntoskrnl.exe",   0x1046000, 0x8bd42f05, 0xb5e2a1, "ntkrnlmp.pdb",   GUID(8, 0), 1, NULL},
    WIN32KFULL = {"\\SystemRoot\\System32\\win32kfull.sys", 0x3c1000,  0x2f0f3321, 0x3b9a00, "win32kfull.pdb", GUID(9, 0), 1, NULL},
    DRIVER =     {"\\??\\C:\\Program Files\\Fabrikam\\fabguard.sys", 0x2e000, 0x5f3759df, 0, NULL, {0}, 0, NULL},
    PLUGIN =     {VOLUME "Contoso\\plugins\\Contoso.Spell.dll",   0x050000, 0x65a1b2c4, 0, "D:\\src\\spell\\Contoso.Spell.pdb", GUID(10, 0), 3, "2.4.1.0"},
    TAKER =      {VOLUME "Fabrikam\\fabrikam.render.dll",         0x090000, 0x65a1b2c5, 0, "fabrikam.render.pdb", GUID(11, 0), 7, "0.9"};

static const struct mketl_module EXES[] = {
    {VOLUME "Contoso\\Contoso.Editor.exe", 0x041000, 0x65a1b2c3, 0x04a913, "D:\\src\\editor\\x64\\Release\\Contoso.Editor.pdb", GUID(20, 0), 5, "4.2.0.1117"},
    {VOLUME "Contoso\\Grüße\\Contoso.Prüfer.exe", 0x063000, 0x65a1b2c6, 0x06b0aa, "Contoso.Prüfer.pdb", GUID(21, 0), 2, "4.2.0.1117"},
    {VOLUME "Windows\\System32\\svchost.exe", 0x01a000, 0x3fd0c3ab, 0x01eb35, "svchost.pdb", GUID(22, 0), 1, "10.0.22621.1"},
    {VOLUME "Программы\\文書\\fabrikam.exe", 0x08c000, 0x65a1b2c7, 0, NULL, {0}, 0, NULL},
    {VOLUME "odd\x1b[31m\tplaces\n\\tailspin.exe", 0x030000, 0x65a1b2c8, 0, "tailspin.pdb", GUID(24, 0), 0x1f, "🦊 1.0"},
    {VOLUME LONG_PART LONG_PART LONG_PART LONG_PART "\\wingtip.exe", 0x055000, 0x65a1b2c9, 0, LONG_PART LONG_PART "wingtip.pdb", GUID(25, 0), 2, LONG_PART},
};

static const struct {
    const char *name;
    const char *command;
} KINDS[] = {
    {"Contoso.Editor.exe", "\"C:\\Contoso\\Contoso.Editor.exe\" --open \"D:\\Briefe\\Grüße.docx\""},
    {"Contoso.Prüfer.exe", "Contoso.Prüfer.exe -pipe 3"},
    {"svchost.exe", "C:\\Windows\\System32\\svchost.exe -k netsvcs -p"},
    {"fabrikam.exe", "fabrikam.exe \"Отчёт 2025.txt\" 文書"},
    {"tailspin.exe", "tailspin.exe --say \"\x1b]0;gotcha\a\tline\nbreak\""},
    {"wingtip.exe", "wingtip.exe " LONG_PART LONG_PART LONG_PART LONG_PART LONG_PART LONG_PART},
};

/* Where each place is, in 64-bit and in 32-bit programs. */
static const struct {
    const struct mketl_module *wide;
    uint64_t wide_base;
    const struct mketl_module *narrow;
    uint64_t narrow_base;
} PLACES[PROGRAM_PLACES] = {
    [PROGRAM_EXE] =        {NULL,        0x7ff6a0c00000, NULL,           0x00400000},
    [PROGRAM_NTDLL] =      {&NTDLL,      0x7ffb3a2e0000, &NTDLL_32,      0x77a00000},
    [PROGRAM_KERNEL32] =   {&KERNEL32,   0x7ffb39000000, &KERNEL32_32,   0x76a00000},
    [PROGRAM_KERNELBASE] = {&KERNELBASE, 0x7ffb37600000, &KERNELBASE_32, 0x75f00000},
    [PROGRAM_UCRTBASE] =   {&UCRTBASE,   0x7ffb37d00000, &UCRTBASE_32,   0x74e00000},
    [PROGRAM_MSVCRT] =     {&MSVCRT,     0x7ffb3a000000, &MSVCRT_32,     0x76300000},
    [PROGRAM_PLUGIN] =     {&PLUGIN,     0x7ffb10000000, &PLUGIN,        0x10000000},
    [PROGRAM_TAKER] =      {&TAKER,      0x7ffb0fff0000, &TAKER,         0x0fff0000},
    [PROGRAM_NTDLL64] =    {NULL,        0,              &NTDLL,         0x7ffb3a2e0000},
    [PROGRAM_WOW64] =      {NULL,        0,              &WOW64,         0x7ffb3a600000},
    [PROGRAM_WOW64CPU] =   {NULL,        0,              &WOW64CPU,      0x77980000},
};
/* clang-format on */

enum { KIND_COUNT = sizeof KINDS / sizeof KINDS[0], FUNCTIONS = 60 };

_Static_assert(sizeof EXES / sizeof EXES[0] == KIND_COUNT, "every program has its file");

uint32_t program_count(void)
{
    return KIND_COUNT;
}

uint64_t program_call(const struct program_image *image, uint32_t function, uint32_t place)
{
    uint64_t offset = (function * UINT64_C(0x1f3) + place * UINT64_C(0x1d) + 5);
    return image->base + 0x1000 + offset % (image->module->size - 0x2000);
}

/* A chain while it is built, leaf first. */
struct chain {
    const struct program *program;
    struct rng *rng;
    uint64_t frames[FRAMES_MOST];
    uint32_t count;
    uint32_t most;
};

static void push(struct chain *chain, uint64_t frame)
{
    if (chain->count < chain->most)
        chain->frames[chain->count++] = frame;
}

static void push_call(struct chain *chain, enum program_place place, uint32_t function,
                      uint32_t call)
{
    push(chain, program_call(&chain->program->images[place], function, call));
}

/* The allocator's own frames. */
static void push_allocator(struct chain *chain)
{
    push_call(chain, PROGRAM_NTDLL, 1, (uint32_t)rng_below(chain->rng, 2));
    uint64_t way = rng_below(chain->rng, 4);
    if (way == 0) {
        push_call(chain, PROGRAM_KERNELBASE, 2, 0);
        return;
    }
    push_call(chain, way == 1 ? PROGRAM_MSVCRT : PROGRAM_UCRTBASE, 3, 0);
    if (way == 2)
        push_call(chain, PROGRAM_EXE, 0, 1); /* operator new */
}

/* What the program itself does; with `through` a module that comes and goes takes part. */
static void push_program(struct chain *chain, uint32_t depth, enum program_place through)
{
    for (uint32_t i = 0; i < depth; i++) {
        uint32_t function = (uint32_t)rng_below(chain->rng, FUNCTIONS);
        uint32_t call = (uint32_t)rng_below(chain->rng, 3);
        if (rng_chance(chain->rng, 30))
            push(chain, 0x1a2b3c40 + function * UINT64_C(0x100) + call); /* made while it runs */
        else
            push_call(chain, i < 2 || rng_chance(chain->rng, 200) ? through : PROGRAM_EXE,
                      4 + function, call);
    }
}

static void push_root(struct chain *chain)
{
    push_call(chain, PROGRAM_EXE, 2, 0);
    push_call(chain, PROGRAM_KERNEL32, 3, 0);
    push_call(chain, PROGRAM_NTDLL, 4, 0);
    if (!chain->program->images[PROGRAM_WOW64].module)
        return;
    push_call(chain, PROGRAM_WOW64CPU, 1, 0);
    push_call(chain, PROGRAM_WOW64, 2, 0);
    push_call(chain, PROGRAM_NTDLL64, 5, 0);
}

/* The chain with two frames of the kernel somewhere in its middle. */
static uint32_t add_mixed(const struct chain *chain, struct frames *frames, uint8_t machine)
{
    uint64_t mixed[FRAMES_MOST];
    uint32_t middle = chain->count / 2;
    if (middle == 0 || chain->count + 2 > FRAMES_MOST)
        return frames_add(frames, chain->frames, chain->count);
    memcpy(mixed, chain->frames, middle * sizeof *mixed);
    mixed[middle] = machine == 8 ? 0xfffff80265123456u : 0x82723456u;
    mixed[middle + 1] = machine == 8 ? 0xfffff80265223456u : 0x82823456u;
    memcpy(mixed + middle + 2, chain->frames + middle, (chain->count - middle) * sizeof *mixed);
    return frames_add(frames, mixed, chain->count + 2);
}

static void make_site(struct program *program, struct frames *frames, struct rng *rng,
                      uint8_t machine, struct program_site *out_site)
{
    enum { MOST = FRAMES_MOST - 32 }; /* leaves room for frames in the kernel */
    uint64_t shape = rng_below(rng, 100);
    uint64_t through = rng_below(rng, 100);
    struct chain chain = {.program = program, .rng = rng, .most = MOST};
    out_site->needs = through < 25 ? PROGRAM_PLUGIN : through < 40 ? PROGRAM_TAKER : PROGRAM_EXE;
    if (shape < 6)
        chain.most = 1 + (uint32_t)rng_below(rng, 3);
    push_allocator(&chain);
    push_program(&chain, (uint32_t)(shape > 96 ? rng_range(rng, 80, MOST) : rng_range(rng, 1, 12)),
                 (enum program_place)out_site->needs);
    push_root(&chain);
    out_site->frames = frames_add(frames, chain.frames, chain.count);
    out_site->mixed = add_mixed(&chain, frames, machine);
}

void program_begin(struct program *program, struct frames *frames, struct rng *rng, uint32_t which,
                   uint32_t instance, uint8_t pointer_size, uint8_t machine, uint32_t sites)
{
    which %= KIND_COUNT;
    *program = (struct program){
        .name = KINDS[which].name,
        .command = KINDS[which].command,
        .pointer_size = pointer_size,
        .sites = mem_alloc(sites * sizeof *program->sites),
        .site_count = sites,
    };
    for (size_t i = 0; i < PROGRAM_PLACES; i++) {
        bool wide = pointer_size == 8;
        if (i >= PROGRAM_NTDLL64 && (wide || machine == 4))
            continue;
        struct program_image *image = &program->images[i];
        image->module = wide ? PLACES[i].wide : PLACES[i].narrow;
        image->base = wide ? PLACES[i].wide_base : PLACES[i].narrow_base;
        image->loaded = i != PROGRAM_PLUGIN && i != PROGRAM_TAKER;
    }
    program->images[PROGRAM_EXE].module = &EXES[which];
    program->images[PROGRAM_EXE].base += 0x10000 * (uint64_t)(instance % 4);
    for (uint32_t i = 0; i < sites; i++)
        make_site(program, frames, rng, machine, &program->sites[i]);
}

void program_release(struct program *program)
{
    free(program->sites);
    memset(program, 0, sizeof *program);
}

void program_kernel_begin(struct program_kernel *kernel, struct frames *frames, struct rng *rng,
                          uint8_t machine)
{
    bool wide = machine == 8;
    *kernel =
        (struct program_kernel){.images = {
                                    {&NTOSKRNL, wide ? 0xfffff80265000000u : 0x82600000u, true},
                                    {&WIN32KFULL, wide ? 0xfffff80268000000u : 0x91a00000u, true},
                                    {&DRIVER, wide ? 0xfffff8026a000000u : 0x8f000000u, true},
                                }};
    enum { PARTS = sizeof kernel->parts / sizeof kernel->parts[0] };
    for (uint32_t i = 0; i < PARTS; i++) {
        uint64_t list[24];
        uint32_t count = (uint32_t)(i % 4 == 0 ? rng_range(rng, 1, 3) : rng_range(rng, 4, 24));
        for (uint32_t at = 0; at < count; at++) {
            size_t image = at == 0 ? 0 : rng_below(rng, PROGRAM_KERNEL_IMAGES);
            list[at] = program_call(&kernel->images[image], (uint32_t)rng_below(rng, FUNCTIONS), i);
        }
        kernel->parts[i] = frames_add(frames, list, count);
    }
}

const struct program_site *program_choose(const struct program *program, struct rng *rng)
{
    size_t first = rng_below(rng, program->site_count);
    for (size_t i = 0; i < program->site_count; i++) {
        const struct program_site *site = &program->sites[(first + i) % program->site_count];
        if (program->images[site->needs].loaded)
            return site;
    }
    return NULL;
}
