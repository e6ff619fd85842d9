/*
 * The containers among the inputs of a trace: they are expanded before anything is read, and their
 * traces take their place.
 *
 *   inputs_open() -> inputs_prepare() ... until it says INPUTS_READY -> inputs_ingest()
 *
 * The first trace of a container gets the number of the input that was named, its further ones come
 * behind all others, so that nobody's number changes.
 */
#ifndef SOURCE_INPUTS_UNPACK_H
#define SOURCE_INPUTS_UNPACK_H

#include "model/trust.h"
#include "source/inputs.h"

/* What inputs_prepare() has to say. */
enum inputs_state {
    INPUTS_READY, /* every input is a trace now */
    INPUTS_MORE,  /* there is more to do: call again */
    INPUTS_WAIT,  /* bytes of the stream are needed: inputs_take(), inputs_end() */
};

/*
 * Expands about `max_bytes` more. Returns an inputs_state or a negative code with a line in `info`
 * that leaves out the name of the input, which is number `failed`. Do not touch `list` and `count`
 * from another thread meanwhile.
 */
int inputs_prepare(struct inputs *in, size_t max_bytes, struct err_info *info);

/*
 * While inputs_prepare() waits: the next bytes of the stream. *out_taken is how many were taken:
 * all as long as it may be, or is, a container; once it turns out to be none, what is in
 * inputs_head(). 0 or a negative code with a line, as above.
 */
int inputs_take(struct inputs *in, const void *bytes, size_t n, size_t *out_taken,
                struct err_info *info);

/* The stream has ended. */
int inputs_end(struct inputs *in, struct err_info *info);

/* The first bytes of the stream that is read as it comes: to be pushed to the ingest before what
 * follows. Empty when there is none. */
struct span inputs_head(const struct inputs *in);

/* True when input number `input`, once named as a container, is a trace out of it now. */
bool inputs_is_unpacked(const struct inputs *in, size_t input);

/* How far the containers were read. */
void inputs_progress(const struct inputs *in, uint64_t *out_done, uint64_t *out_total);

/* The first trace that is being expanded, to show its first rows early; NULL when there is none yet
 * or more than one input. */
const struct container_member *inputs_first_trace(const struct inputs *in);

/* Adds to the trust what is missing of containers. */
void inputs_add_damage(const struct inputs *in, struct trust *trust);

/* What was lost of a container and why, one line safe to print; "" when nothing was. */
const char *inputs_remark(const struct inputs *in);

#endif
