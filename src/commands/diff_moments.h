/*
 * The moments that a command line names: "1.204", "300ms", "start", "end", "peak", a mark's name.
 */
#ifndef COMMANDS_DIFF_MOMENTS_H
#define COMMANDS_DIFF_MOMENTS_H

#include "answer/answer_spec.h"
#include "commands/subject.h"

struct diff_moments {
    uint32_t count;
    const char *words[MOMENTS_MOST]; /* as given; borrowed */
    int64_t raw[MOMENTS_MOST];       /* ascending; INT64_MIN and INT64_MAX for the ends */
    int64_t ns[MOMENTS_MOST];        /* since the trace's start, to be told */
};

/* True for what is a moment in any trace: a time, "start", "end", "peak". */
bool diff_is_moment(const char *word);

/*
 * What the words mean in the trace of the subject; `start` and `end` are those of its range.
 * Returns COMMAND_OK; COMMAND_USAGE after saying which word is none, that they are not in order of
 * time, or too many; COMMAND_FAILED after saying that memory is out.
 */
int diff_find_moments(const struct subject *s, char *const *words, size_t count,
                      struct diff_moments *out);

/* The raw time of the end of the range in the subject's trace; INT64_MAX when it is open. */
int64_t diff_end(const struct subject *s);

#endif
