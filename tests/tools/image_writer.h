/*
 * Payloads of the records about modules and the machine: Image, ImageId, SystemConfig and
 * SystemConfigEx (etl-format 6.3 to 6.5).  The record header is the caller's.
 */
#ifndef TESTS_TOOLS_IMAGE_WRITER_H
#define TESTS_TOOLS_IMAGE_WRITER_H

#include "mketl_event.h"
#include "wire.h"

/* An Image record of version 0 to 3: `name` of `size` bytes at `address` in target_pid. */
void image_writer_put(struct wire *wire, const struct mketl_event *event, uint8_t version);

/* What merging adds about the file of `module` at `address` in target_pid. */
void image_writer_put_id(struct wire *wire, const struct mketl_event *event);

/* SystemConfig CPU of a machine called `name` with `cpus` processors. */
void image_writer_put_config(struct wire *wire, const struct mketl_event *event, uint32_t cpus);

/* BuildInfo of product `name` from build lab `text`, or a volume `name` mapped to drive `text`. */
void image_writer_put_setup(struct wire *wire, const struct mketl_event *event);

#endif
