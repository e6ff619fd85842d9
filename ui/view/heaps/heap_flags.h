/*
 * HeapFlags of Create, Snapshot and HeapRange records in Windows' words (etl-format 4.8). Pure.
 */
#ifndef UI_VIEW_HEAPS_HEAP_FLAGS_H
#define UI_VIEW_HEAPS_HEAP_FLAGS_H

#include <stdint.h>

#include "base/strbuf.h"

/* "0x1002 GROWABLE, class private", bits without a name in hex at the end. */
void heap_flags_put(struct strbuf *b, uint32_t flags);

#endif
