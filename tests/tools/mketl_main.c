/* The command mketl: reads the workload, generates the trace, writes what was asked for. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "damage.h"
#include "live.h"
#include "mem.h"
#include "mketl.h"
#include "options.h"
#include "workload.h"

static int complain(const char *what, const char *why)
{
    fprintf(stderr, "mketl: %s: %s\n", what, why);
    return -1;
}

static FILE *open_output(const char *path)
{
    return strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
}

static int close_output(const char *path, FILE *out, int result)
{
    int error = errno;
    if (out != stdout && fclose(out) != 0 && result == 0) {
        result = -1;
        error = errno;
    }
    return result == 0 ? 0 : complain(path, strerror(error));
}

/* The whole file as a string; the caller frees it.  NULL when it could not be read. */
static char *read_text(const char *path)
{
    enum { STEP = 65536 };
    FILE *in = fopen(path, "rb");
    if (!in)
        return NULL;
    char *text = NULL;
    size_t size = 0;
    size_t capacity = 0;
    size_t got;
    do {
        text = mem_grow(text, &capacity, size + STEP + 1, 1);
        got = fread(text + size, 1, STEP, in);
        size += got;
    } while (got > 0);
    text[size] = '\0';
    fclose(in);
    return text;
}

static int write_damaged(const struct command *command, const struct mketl_trace *trace, FILE *out)
{
    size_t size;
    uint8_t *bytes = mketl_trace_bytes(trace, &size);
    int result = 0;
    for (uint32_t i = 0; i < command->damage_count && result == 0; i++)
        if (damage_apply(command->damage[i], bytes, &size) != 0) {
            errno = EINVAL;
            result = complain(command->damage[i], "this file cannot be damaged so");
        }
    if (result == 0 && (fwrite(bytes, 1, size, out) != size || fflush(out) != 0))
        result = -1;
    free(bytes);
    return result;
}

/* Into both files, of which the second may be missing. */
static int write_files(const struct command *command, const struct mketl_trace *trace, FILE *out,
                       FILE *kernel)
{
    if (command->live)
        return live_write(trace, command->live_ms, out, kernel);
    if (kernel && mketl_trace_write(trace->kernel, kernel) != 0)
        return -1;
    return command->damage_count > 0 ? write_damaged(command, trace, out)
                                     : mketl_trace_write(trace, out);
}

static int write_trace(const struct command *command, const struct mketl_trace *trace)
{
    FILE *kernel = command->kernel ? open_output(command->kernel) : NULL;
    if (command->kernel && !kernel)
        return complain(command->kernel, strerror(errno));
    FILE *out = open_output(command->output);
    int result = out ? write_files(command, trace, out, kernel) : -1;
    if (kernel && close_output(command->kernel, kernel, 0) != 0)
        result = -1;
    if (!out)
        return complain(command->output, strerror(errno));
    return close_output(command->output, out, result);
}

static int write_expectations(const struct command *command, const struct mketl_trace *trace)
{
    if (command->truth) {
        FILE *out = open_output(command->truth);
        if (!out)
            return complain(command->truth, strerror(errno));
        if (close_output(command->truth, out, truth_write_json(&trace->truth, out)) != 0)
            return -1;
    }
    if (command->tsv) {
        FILE *out = open_output(command->tsv);
        if (!out)
            return complain(command->tsv, strerror(errno));
        return close_output(command->tsv, out,
                            truth_write_tsv(&trace->truth.facts, trace->events, trace->event_count,
                                            command->raw_time, out));
    }
    return 0;
}

/* Expectations come first: who follows a live trace may want them before it is complete. */
static int generate(struct command *command)
{
    char error[MKETL_ERROR_SIZE];
    struct mketl_trace trace;
    if (mketl_generate(&command->trace, &trace, error) != 0)
        return complain("cannot generate", error);
    int result = write_expectations(command, &trace);
    if (result == 0 && command->output)
        result = write_trace(command, &trace);
    mketl_trace_release(&trace);
    return result;
}

static int run(struct command *command)
{
    char *text = NULL;
    if (!command->output && !command->truth && !command->tsv)
        return complain("nothing to do", "name a file with -o, --truth or --tsv");
    if (command->trace.no_truth && (command->truth || command->tsv))
        return complain("--no-truth", "there would be no truth to write");
    if (command->kernel && !command->output)
        return complain("--kernel", "name the heap session's file with -o, too");
    command->trace.split = command->kernel != NULL;
    if (command->demo)
        demo_workload_options(&command->trace);
    if (command->workload) {
        text = read_text(command->workload);
        if (!text)
            return complain(command->workload, strerror(errno));
        command->trace.workload = MKETL_WORKLOAD_TEXT;
        command->trace.text = text;
    }
    int result = generate(command);
    free(text);
    return result;
}

int main(int argc, char **argv)
{
    struct command command;
    if (options_parse(argc, argv, &command) != 0)
        return 2;
    if (command.help) {
        options_print_help(stdout);
        return 0;
    }
    return run(&command) == 0 ? 0 : 1;
}
