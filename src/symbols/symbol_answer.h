/*
 * Talking with llvm-symbolizer: how it is started, what it is asked, what a line of it means.
 *
 * It answers in order, each question with one line of JSON that repeats the question. It reads
 * files that anybody may have made: its answers are bytes from outside.
 */
#ifndef SYMBOLS_SYMBOL_ANSWER_H
#define SYMBOLS_SYMBOL_ANSWER_H

#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/* A longer line is no answer that could be used. */
#define SYMBOL_LINE_BYTES ((size_t)1 << 20)

/*
 * The arguments it is started with, after its name; ends with NULL. Inlined functions are not asked
 * for: a frame of a stack is one function, that of the code that is there, and the line in it.
 */
extern const char *const symbol_tool_arguments[];

/* Appends the question for `offset` of the stub `number`, with its newline. */
void symbol_question_put(unsigned number, uint64_t offset, struct strbuf *out);

/* Zeroed to begin with; its texts are overwritten by the next answer. */
struct symbol_answer {
    struct strbuf function, file; /* not neutralised; empty when not known */
    uint32_t line;
};

/*
 * Reads the line that should answer the question for `offset` of the stub `number`. 0; ERR_EMPTY
 * when the answer is that there is nothing; ERR_FORMAT when this is no such answer.
 */
int symbol_answer_read(const char *line, size_t n, unsigned number, uint64_t offset,
                       struct symbol_answer *out_answer);

void symbol_answer_release(struct symbol_answer *a);

#endif
