/*
 * Programs as they stand in memory: modules at their places, and the call chains that lead through
 * them to the heap.  Knows nothing of time or records; who runs a program tells what is loaded.
 */
#ifndef TESTS_TOOLS_PROGRAM_H
#define TESTS_TOOLS_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frames.h"
#include "mketl_event.h"
#include "rng.h"

/* The places of a program's modules; a 32-bit program on a 64-bit machine has all of them. */
enum program_place {
    PROGRAM_EXE,
    PROGRAM_NTDLL,
    PROGRAM_KERNEL32,
    PROGRAM_KERNELBASE,
    PROGRAM_UCRTBASE,
    PROGRAM_MSVCRT,
    PROGRAM_PLUGIN, /* loaded and unloaded while the program runs */
    PROGRAM_TAKER,  /* may be loaded when the plugin is not: it takes the plugin's addresses */
    PROGRAM_NTDLL64,
    PROGRAM_WOW64,
    PROGRAM_WOW64CPU,
    PROGRAM_PLACES
};

struct program_image {
    const struct mketl_module *module; /* NULL: the program has none there */
    uint64_t base;
    bool loaded;
};

/* One way to the heap. */
struct program_site {
    uint32_t frames;
    uint32_t mixed; /* the same with a callback from the kernel in the middle */
    uint8_t needs;  /* the place that must be loaded; PROGRAM_EXE always is */
};

struct program {
    const char *name;
    const char *command; /* line */
    uint8_t pointer_size;
    struct program_image images[PROGRAM_PLACES];
    struct program_site *sites;
    uint32_t site_count;
};

/* The kernel's modules, there for every process. */
enum { PROGRAM_KERNEL_IMAGES = 3 };
struct program_kernel {
    struct program_image images[PROGRAM_KERNEL_IMAGES];
    uint32_t parts[16]; /* of stacks: frames in the kernel alone */
};

/* How many programs there are to choose from. */
uint32_t program_count(void);

/*
 * Program `which` (modulo their count) of a process with pointers of `pointer_size` bytes on a
 * machine with pointers of `machine` bytes, with `sites` ways to the heap.  `instance` moves it a
 * little in memory, so that a second instance has other code at the addresses of the first.
 */
void program_begin(struct program *program, struct frames *frames, struct rng *rng, uint32_t which,
                   uint32_t instance, uint8_t pointer_size, uint8_t machine, uint32_t sites);

void program_release(struct program *program);

void program_kernel_begin(struct program_kernel *kernel, struct frames *frames, struct rng *rng,
                          uint8_t machine);

/* A way to the heap whose modules are all loaded. */
const struct program_site *program_choose(const struct program *program, struct rng *rng);

/* The address of a call in function `function` of a module, at its `place`. */
uint64_t program_call(const struct program_image *image, uint32_t function, uint32_t place);

#endif
