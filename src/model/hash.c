/* Seeds for the tables of the model (hash.h). */
#include "model/hash.h"

#include <unistd.h>

void hash_seed_init(struct hash_seed *seed)
{
    /* Without entropy the address of the seed still differs from run to run. */
    if (getentropy(seed, sizeof *seed) != 0) {
        seed->a = (uint64_t)(uintptr_t)seed * UINT64_C(0x9e3779b97f4a7c15);
        seed->b = ~seed->a;
    }
}
