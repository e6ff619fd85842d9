/* Modules and stacks of the random workload; see sim_program.h. */
#include "sim_program.h"

enum { LATEST = 20000, QUIET = 30 };

static bool roll(struct sim *sim, enum mketl_knob knob)
{
    return rng_chance(&sim->calls, sim->options->rates[knob]);
}

static void log_id(struct sim *sim, const struct mketl_event *image, uint8_t opcode)
{
    struct mketl_event event = *image;
    event.kind = MKETL_KIND_IMAGE_ID;
    event.opcode = opcode;
    event.tid = UINT32_MAX;
    recorder_log(sim->recorder, &event);
}

/* One module's record, and what a merger adds to it. */
static void log_image(struct sim *sim, uint32_t pid, const struct program_image *image,
                      uint8_t opcode)
{
    const struct mketl_module *module = image->module;
    struct mketl_event event = {
        .kind = MKETL_KIND_IMAGE,
        .opcode = opcode,
        .time = sim->now,
        .pid = pid,
        .target_pid = pid,
        .address = image->base,
        .size = module->size,
        .name = module->path,
        .module = module,
    };
    recorder_log(sim->recorder, &event);
    if (opcode == MKETL_END)
        return;
    log_id(sim, &event, MKETL_IMAGE_INFO);
    if (module->version)
        log_id(sim, &event, MKETL_IMAGE_VERSION);
    if (module->pdb)
        log_id(sim, &event, MKETL_IMAGE_RSDS);
}

static void log_setup(struct sim *sim, uint8_t kind, uint8_t opcode, const char *name,
                      const char *text)
{
    recorder_log(sim->recorder, &(struct mketl_event){.kind = kind,
                                                      .opcode = opcode,
                                                      .time = sim->now,
                                                      .tid = UINT32_MAX,
                                                      .name = name,
                                                      .text = text});
}

void sim_program_boot(struct sim *sim)
{
    const struct mketl_options *options = sim->options;
    sim->calls.state = options->seed ^ 0x57ac4;
    program_kernel_begin(&sim->kernel, &sim->recorder->frames, &sim->calls,
                         options->machine_pointer_size);
    if (!options->images)
        return;
    log_setup(sim, MKETL_KIND_CONFIG, 0, "TESTBÄNK", NULL);
    log_setup(sim, MKETL_KIND_SETUP, MKETL_SETUP_BUILD, "Windows 11 Pro",
              "22621.1.amd64fre.ni_release.220506-1250");
    log_setup(sim, MKETL_KIND_SETUP, MKETL_SETUP_VOLUME, "\\Device\\HarddiskVolume3\\", "C:\\");
    log_setup(sim, MKETL_KIND_SETUP, MKETL_SETUP_VOLUME, "\\Device\\HarddiskVolume31\\", "D:\\");
    for (size_t i = 0; i < PROGRAM_KERNEL_IMAGES; i++)
        log_image(sim, i == 0 ? 0 : 4, &sim->kernel.images[i], MKETL_DC_START);
}

void sim_program_begin(struct sim *sim, struct sim_process *process, size_t at)
{
    const struct mketl_options *options = sim->options;
    if (!options->images && options->rates[MKETL_KNOB_STACK] == 0)
        return;
    program_release(&process->program);
    program_begin(&process->program, &sim->recorder->frames, &sim->calls,
                  (uint32_t)at + process->instance, process->instance, process->pointer_size,
                  options->machine_pointer_size, options->stack_sites);
    if (options->images)
        process->name = process->program.name;
}

void sim_program_log(struct sim *sim, const struct sim_process *process, uint8_t opcode)
{
    if (!sim->options->images)
        return;
    for (size_t i = 0; i < PROGRAM_PLACES; i++)
        if (process->program.images[i].module && process->program.images[i].loaded)
            log_image(sim, process->pid, &process->program.images[i], opcode);
}

static void change(struct sim *sim, const struct sim_process *process, struct program_image *image)
{
    image->loaded = !image->loaded;
    if (sim->options->images)
        log_image(sim, process->pid, image, image->loaded ? MKETL_START : MKETL_END);
}

void sim_program_plugin(struct sim *sim, const struct sim_step *step)
{
    struct sim_process *process = step->process;
    struct program_image *plugin = &process->program.images[PROGRAM_PLUGIN];
    struct program_image *taker = &process->program.images[PROGRAM_TAKER];
    if (!plugin->module)
        return;
    sim->now += QUIET; /* nothing else happens at that very moment */
    if (plugin->loaded)
        change(sim, process, plugin);
    else if (taker->loaded)
        change(sim, process, taker);
    else
        change(sim, process, rng_chance(&sim->calls, 500) ? plugin : taker);
    sim->now += QUIET;
}

/* Stacks of one thread at one time are all the same: nothing could tell them apart. */
static bool repeat_call(struct sim *sim, const struct sim_thread *thread,
                        struct stack_call *out_call)
{
    *out_call = thread->last_call;
    return !thread->last_call.in_event && rng_chance(&sim->calls, 500);
}

bool sim_program_call(struct sim *sim, const struct sim_step *step, struct stack_call *out_call)
{
    struct sim_thread *thread = step->thread;
    if (thread->called == sim->now)
        return repeat_call(sim, thread, out_call);
    const struct program_site *site = program_choose(&step->process->program, &sim->calls);
    if (!site)
        return false;
    struct stack_call call = {.user = site->frames, .user_cpu = step->thread->cpu};
    if (roll(sim, MKETL_KNOB_STACK_MIXED))
        call.user = site->mixed;
    if (roll(sim, MKETL_KNOB_STACK_KERNEL)) {
        enum { PARTS = sizeof sim->kernel.parts / sizeof sim->kernel.parts[0] };
        call.kernel = sim->kernel.parts[rng_below(&sim->calls, PARTS)];
    }
    call.kernel_keyed = roll(sim, MKETL_KNOB_STACK_KEYED);
    call.user_keyed = roll(sim, MKETL_KNOB_STACK_KEYED);
    call.in_event = roll(sim, MKETL_KNOB_STACK_ITEM);
    if (roll(sim, MKETL_KNOB_STACK_LATE)) {
        call.delay = (int64_t)rng_below(&sim->calls, LATEST);
        call.user_cpu = (uint16_t)rng_below(&sim->calls, sim->options->cpus);
    }
    if (call.kernel && roll(sim, MKETL_KNOB_STACK_HALF)) {
        call.user = FRAMES_NONE;
    } else if (call.kernel && !call.kernel_keyed && !call.user_keyed &&
               rng_chance(&sim->calls, 300)) {
        /* One record for both. */
        call.kernel = frames_join(&sim->recorder->frames, call.kernel, call.user);
        call.user = FRAMES_NONE;
    }
    thread->last_call = call;
    thread->called = sim->now;
    *out_call = call;
    return true;
}
