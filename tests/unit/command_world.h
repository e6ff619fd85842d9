/*
 * Batch commands run in process: a generated trace in a temporary file, a command line as a user
 * types it, and what came out of it. Include behind <cmocka.h>.
 */
#ifndef TESTS_UNIT_COMMAND_WORLD_H
#define TESTS_UNIT_COMMAND_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <getopt.h>

#include "base/alloc.h"
#include "commands/command.h"
#include "support/ingested.h"

struct command_world {
    struct mketl_trace trace;
    FILE *file;     /* without a name: it goes with the test */
    char path[128]; /* of the open file */
};

static inline void command_world_init(struct command_world *w, const struct mketl_options *options)
{
    struct memory_file file;
    generate(options, &w->trace, &file);
    w->file = tmpfile();
    assert_non_null(w->file);
    assert_int_equal(fwrite(file.bytes, 1, file.size, w->file), file.size);
    fflush(w->file);
    snprintf(w->path, sizeof w->path, "/dev/fd/%d", fileno(w->file));
    free(file.bytes);
}

static inline void command_world_release(struct command_world *w)
{
    fclose(w->file);
    mketl_trace_release(&w->trace);
}

/* Everything in a stream, which is closed; the caller frees it. */
static inline char *command_read_all(FILE *f)
{
    long size = ftell(f);
    assert_true(size >= 0);
    char *text = base_xcalloc((size_t)size + 1, 1);
    rewind(f);
    assert_int_equal(fread(text, 1, (size_t)size, f), size);
    fclose(f);
    return text;
}

/*
 * Runs `heaptail ARGS...`, `args` ending in NULL. Returns the exit code and, in *out_text,
 * what the command printed; the caller frees it.
 */
static inline int command_call_args(const char *const *args, char **out_text)
{
    char *argv[20] = {(char[]){"heaptail"}};
    int argc = 1;
    for (; *args != NULL; args++)
        argv[argc++] = base_xstrdup(*args);
    const struct option_place place = {.stdout_is_terminal = false};
    struct options o;
    struct err_info info = {.text = ""};
    optind = 0; /* getopt starts anew */
    if (options_parse(argc, argv, &place, &o, &info) != 0)
        fail_msg("%s", info.text);
    FILE *f = tmpfile();
    assert_non_null(f);
    int code = command_run(&o, fileno(f));
    fseek(f, 0, SEEK_END);
    *out_text = command_read_all(f);
    options_release(&o);
    for (int i = 1; i < argc; i++)
        free(argv[i]);
    return code;
}

/* The same with FILE behind the arguments. */
static inline int command_call(const struct command_world *w, const char *const *args,
                               char **out_text)
{
    const char *all[16] = {0};
    size_t n = 0;
    for (; args[n] != NULL; n++)
        all[n] = args[n];
    all[n] = w->path;
    return command_call_args(all, out_text);
}

#define COMMAND_CALL(w, out_text, ...)                                                             \
    command_call((w), (const char *const[]){__VA_ARGS__, NULL}, (out_text))

#endif
