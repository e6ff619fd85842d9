/*
 * A container as libgsf reads it: by pread(), so that the descriptor's position stays as it is, and
 * followed by zeros up to the size that its header promises, because the library leaves out every
 * stream that does not fit a file cut off.
 */
#ifndef SOURCE_OLE_INPUT_H
#define SOURCE_OLE_INPUT_H

#include <gsf/gsf-input.h>

#include "source/container_priv.h"

/* `size` is what to promise. The container is borrowed until the last reference is gone. NULL when
 * memory is out. */
GsfInput *ole_input_new(const struct container *c, uint64_t size);

#endif
