/*
 * The machine a trace was recorded on, as its records tell (etl-format 6.5).
 *
 * The worker takes records; any thread reads what is known.
 */
#ifndef MODEL_SYSTEM_FACTS_H
#define MODEL_SYSTEM_FACTS_H

#include <stdint.h>

#include "decoder/event.h"

/* What is not known is 0 or "". Texts are UTF-8, safe to print. */
struct system_info {
    uint32_t mhz, processors, memory_mib;
    const char *computer;
    const char *product;   /* as its registry says: "Windows 10 Pro", also on Windows 11 */
    const char *build_lab; /* "22000.1.amd64fre.co_release.210604-1628" */
};

struct system_facts;

struct system_facts *system_facts_new(void); /* NULL when memory is out */
void system_facts_free(struct system_facts *f);

/* Takes an EVENT_SYSTEM event; a merged trace tells of its machine more than once. 0 or -ENOMEM.
 * Worker. */
int system_facts_take(struct system_facts *f, const struct trace_event *event);

/* What is known now, for as long as the facts live. Any thread. */
const struct system_info *system_facts_info(const struct system_facts *f);

#endif
