/*
 * A plain value with its meaning: what a column of events or of a report holds.
 *
 * Machine formats write the number or the text; for a person the kind decides how it reads. Any
 * thread.
 */
#ifndef MODEL_VALUE_H
#define MODEL_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

enum value_kind {
    VALUE_NONE,     /* absent or unknown: `-`, an empty field, null or a key left out */
    VALUE_ID,       /* pid, tid, generation: a number that is never grouped */
    VALUE_COUNT,    /* a number of things */
    VALUE_BYTES,    /* a size */
    VALUE_HEX,      /* address, handle, flags */
    VALUE_SOURCE,   /* Source (numbers.md, Source histogram) */
    VALUE_TICKS,    /* raw clock; `ticks` */
    VALUE_TIME,     /* ns since the trace's start; `ticks` */
    VALUE_DURATION, /* ns; `ticks` */
    VALUE_CHANGE,   /* a difference of counts or sizes: +1,024; `ticks` */
    VALUE_TEXT,     /* UTF-8, safe to print */
};

struct value {
    enum value_kind kind;
    union {
        uint64_t number;
        int64_t ticks;
        const char *text; /* borrowed from whoever gave the value */
    };
};

#define VALUE_ABSENT ((struct value){.kind = VALUE_NONE})

static inline struct value value_number(enum value_kind kind, uint64_t number)
{
    return (struct value){.kind = kind, .number = number};
}

static inline struct value value_ticks(enum value_kind kind, int64_t ticks)
{
    return (struct value){.kind = kind, .ticks = ticks};
}

static inline struct value value_text(const char *text)
{
    return text != NULL ? (struct value){.kind = VALUE_TEXT, .text = text} : VALUE_ABSENT;
}

/* As a person reads it: `67,050`, `0x13d35bd0000`, `0.444 624 4`, `1.2 ms`, `2 low-frag`; `-` when
 * absent. */
void value_put_text(struct strbuf *b, const struct value *v);

#endif
