/* Modules and call chains of the planted server; see planted_calls.h. */
#include "planted_calls.h"

#define VOLUME   "\\Device\\HarddiskVolume3\\"
#define SYSTEM32 VOLUME "Windows\\System32\\"

enum place { EXE, NTDLL, KERNEL32, UCRTBASE, CORE, NET, PLACES };

/* clang-format off */
static const struct {
    uint64_t base;
    struct mketl_module module;
} MODULES[PLACES] = {
    [EXE] =      {0x7ff7a0c00000, {VOLUME "Contoso\\Contoso.Server.exe", 0x041000, 0x65b1b2c3, 0x04a913, "Contoso.Server.pdb", {1, 7}, 1, "1.0"}},
    [NTDLL] =    {0x7ffb3a2e0000, {SYSTEM32 "ntdll.dll",                 0x216000, 0x7f0c1d2e, 0x21a5b3, "ntdll.pdb",          {2, 7}, 1, "10.0.22631.2506"}},
    [KERNEL32] = {0x7ffb39000000, {SYSTEM32 "kernel32.dll",              0x0c4000, 0x3a1f77c0, 0x0c9e12, "kernel32.pdb",       {3, 7}, 1, "10.0.22631.2506"}},
    [UCRTBASE] = {0x7ffb37d00000, {SYSTEM32 "ucrtbase.dll",              0x111000, 0x00e78ce9, 0x11934f, "ucrtbase.pdb",       {4, 7}, 1, "10.0.22631.2506"}},
    [CORE] =     {0x7ffb12400000, {VOLUME "Contoso\\Contoso.Core.dll",   0x09a000, 0x65b1b2d0, 0x0a11c0, "Contoso.Core.pdb",   {5, 7}, 1, "1.0"}},
    [NET] =      {0x7ffb12500000, {VOLUME "Contoso\\Contoso.Net.dll",    0x0f2000, 0x65b1b2d1, 0x0f9e07, "Contoso.Net.pdb",    {6, 7}, 1, "1.0"}},
};
/* clang-format on */

void planted_calls_images(struct stage *stage, const struct stage_process *process)
{
    static const uint8_t RECORDS[] = {MKETL_IMAGE_INFO, MKETL_IMAGE_VERSION, MKETL_IMAGE_RSDS};
    for (size_t i = 0; i < PLACES; i++) {
        const struct mketl_module *module = &MODULES[i].module;
        struct mketl_event event = {
            .kind = MKETL_KIND_IMAGE,
            .opcode = MKETL_DC_START,
            .time = stage->now,
            .pid = process->pid,
            .target_pid = process->pid,
            .address = MODULES[i].base,
            .size = module->size,
            .name = module->path,
            .module = module,
        };
        recorder_log(stage->recorder, &event);
        event.kind = MKETL_KIND_IMAGE_ID;
        event.tid = UINT32_MAX;
        for (size_t k = 0; k < sizeof RECORDS; k++) {
            event.opcode = RECORDS[k];
            recorder_log(stage->recorder, &event);
        }
    }
}

/* The two functions that a site goes through tell it from all others. */
bool planted_calls_find(struct stage *stage, const struct stage_actor *actor, uint32_t site,
                        struct stack_call *out_call)
{
    enum { FUNCTIONS = 40 };
    if (site == 0)
        return false;
    const uint64_t frames[] = {
        MODULES[NTDLL].base + 0x2e9a1,
        MODULES[UCRTBASE].base + 0x1b8e6,
        MODULES[CORE].base + 0x1000 + site % FUNCTIONS * 0x340 + 0x57,
        MODULES[NET].base + 0x1000 + site / FUNCTIONS * 0x220 + 0x31,
        MODULES[EXE].base + 0x14f80,
        MODULES[EXE].base + 0x1108c,
        MODULES[KERNEL32].base + 0x1257d,
        MODULES[NTDLL].base + 0x5aa58,
    };
    *out_call = (struct stack_call){
        .user = frames_add(&stage->recorder->frames, frames, sizeof frames / sizeof frames[0]),
        .user_cpu = actor->cpu,
    };
    return true;
}
