/* Finding demo.etl; see demo.h. HEAPTAIL_DATA_DIR is the installed data directory. */
#include "commands/demo.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEMO_BESIDE_PROGRAM "../share/heaptail/demo.etl"
#define DEMO_INSTALLED      HEAPTAIL_DATA_DIR "/demo.etl"

/* The directory of the running program with its slash; nothing where the system does not tell. */
static void put_program_dir(struct strbuf *out)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path);
    if (n <= 0 || (size_t)n >= sizeof path)
        return;
    const char *slash = memrchr(path, '/', (size_t)n);
    if (slash != NULL)
        strbuf_add(out, path, (size_t)(slash - path) + 1);
}

/* Makes a readable file the answer, by its shortest name. */
static bool take(const char *path, struct strbuf *out)
{
    char shortest[PATH_MAX];
    if (access(path, R_OK) != 0 || realpath(path, shortest) == NULL)
        return false;
    strbuf_puts(out, shortest);
    return true;
}

int demo_find(struct strbuf *out, struct err_info *info)
{
    struct strbuf beside = {0};
    put_program_dir(&beside);
    strbuf_puts(&beside, DEMO_BESIDE_PROGRAM);
    bool found = take(strbuf_str(&beside), out) || take(DEMO_INSTALLED, out);
    strbuf_release(&beside);
    if (found)
        return 0;
    return err_set(info, -ENOENT, "the demo capture is not there: expected " DEMO_INSTALLED);
}
