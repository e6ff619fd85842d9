/*
 * Runs a fuzz target over saved inputs without libFuzzer: every file given, and every file in every
 * folder given. The target's own checks abort on a finding.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/alloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Feeds one file from a block of exactly its size, so that a sanitizer sees any overrun. */
static int run_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        perror(path);
        return -1;
    }
    uint8_t *data = NULL;
    size_t cap = 0;
    size_t size = 0;
    size_t n;
    do {
        data = base_xrealloc(data, cap = 2 * cap + 4096, 1);
        n = fread(data + size, 1, cap - size, f);
        size += n;
    } while (n > 0);
    fclose(f);
    data = base_xrealloc(data, size, 1);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 0;
}

static int run_path(const char *path, unsigned *count);

static int run_folder(const char *path, unsigned *count)
{
    struct dirent **names;
    int n = scandir(path, &names, NULL, alphasort);
    if (n < 0) {
        perror(path);
        return -1;
    }
    int rc = 0;
    for (int i = 0; i < n; i++) {
        char child[4096];
        int len = snprintf(child, sizeof child, "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.' && len > 0 && (size_t)len < sizeof child)
            rc |= run_path(child, count);
        free(names[i]);
    }
    free(names);
    return rc;
}

static int run_path(const char *path, unsigned *count)
{
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return run_folder(path, count);
    (*count)++;
    return run_file(path);
}

int main(int argc, char **argv)
{
    int rc = 0;
    unsigned count = 0;
    for (int i = 1; i < argc; i++)
        rc |= run_path(argv[i], &count);
    printf("%u inputs\n", count);
    return rc != 0 || count == 0;
}
