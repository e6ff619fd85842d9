/* Looking through symbol folders; see pdb_find.h. */
#include "symbols/pdb_find.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/text.h"
#include "symbols/pdb_identity.h"

#define MOST_NAME 255u /* of a file system's name */

/* One search. */
struct search {
    const struct pdb_wanted *wanted;
    char name[MOST_NAME + 1];
    char key[PDB_KEY_SIZE];
    struct strbuf *path;
    struct strbuf *reason;
    bool is_x86;
};

void pdb_key(const uint8_t guid[16], uint32_t age, char out[PDB_KEY_SIZE])
{
    int n = snprintf(out, PDB_KEY_SIZE, "%08X%04X%04X", load_u32(guid), load_u16(guid + 4),
                     load_u16(guid + 6));
    for (size_t i = 8; i < 16; i++)
        n += snprintf(out + n, (size_t)(PDB_KEY_SIZE - n), "%02X", guid[i]);
    snprintf(out + n, (size_t)(PDB_KEY_SIZE - n), "%X", age);
}

/* ---- the name ---- */

/* What stands behind the last separator of either system; false when that is no file's name. */
static bool take_name(const char *s, char out[MOST_NAME + 1])
{
    const char *slash = strrchr(s, '/'), *backslash = strrchr(s, '\\');
    if (slash != NULL && (backslash == NULL || slash > backslash))
        s = slash + 1;
    else if (backslash != NULL)
        s = backslash + 1;
    size_t n = strlen(s);
    if (n == 0 || n > MOST_NAME || strcmp(s, ".") == 0 || strcmp(s, "..") == 0)
        return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] < ' ' || s[i] == 0x7f)
            return false;
    memcpy(out, s, n + 1);
    return true;
}

/*
 * Appends "/NAME" to `path` as the folder spells it. The name itself is tried first, because
 * reading a large folder takes long.
 */
static bool enter(struct strbuf *path, const char *name)
{
    struct stat st;
    size_t start = path->len;
    strbuf_printf(path, "/%s", name);
    if (stat(strbuf_str(path), &st) == 0)
        return true;
    strbuf_truncate(path, start);
    DIR *dir = opendir(strbuf_str(path));
    if (dir == NULL)
        return false;
    const struct dirent *entry;
    while ((entry = readdir(dir)) != NULL && strcasecmp(entry->d_name, name) != 0)
        continue;
    if (entry != NULL)
        strbuf_printf(path, "/%s", entry->d_name);
    closedir(dir);
    return entry != NULL;
}

/* ---- is it the one? ---- */

static bool refuse(struct search *s, const char *path, const char *why)
{
    if (s->reason->len != 0)
        strbuf_puts(s->reason, "; ");
    text_put_escaped(s->reason, path, strlen(path));
    strbuf_printf(s->reason, ": %s", why);
    return false;
}

static bool matches(struct search *s, const char *path, const struct pdb_identity *found)
{
    char why[96];
    if (memcmp(found->guid, s->wanted->guid, sizeof found->guid) != 0) {
        pdb_key(found->guid, found->age, s->key);
        snprintf(why, sizeof why, "of another build (%s)", s->key);
        pdb_key(s->wanted->guid, s->wanted->age, s->key);
        return refuse(s, path, why);
    }
    if (found->age != s->wanted->age) {
        snprintf(why, sizeof why, "age %u, the trace wants %u", found->age, s->wanted->age);
        return refuse(s, path, why);
    }
    s->is_x86 = found->is_x86;
    return true;
}

/* Nothing but a regular file is read: a FIFO would wait. */
static int open_file(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        return fd;
    close(fd);
    return -EINVAL;
}

static bool check_file(struct search *s, const char *path)
{
    int fd = open_file(path);
    if (fd < 0)
        return refuse(s, path, fd == -EINVAL ? "not a file" : strerror(-fd));
    struct pdb_identity found;
    struct err_info info;
    int rc = pdb_identity_read(fd, &found, &info);
    close(fd);
    return rc == 0 ? matches(s, path, &found) : refuse(s, path, info.text);
}

/* ---- where it may be ---- */

/* "Solution.pd_": what a store holds when its files are compressed. */
static void mind_compressed(struct search *s, size_t folder_end)
{
    strbuf_truncate(s->path, folder_end);
    char packed[MOST_NAME + 1];
    snprintf(packed, sizeof packed, "%s", s->name);
    packed[strlen(packed) - 1] = '_';
    if (enter(s->path, packed))
        refuse(s, strbuf_str(s->path), "compressed, expand it first (cabextract)");
}

static bool look_in_store(struct search *s)
{
    if (!enter(s->path, s->name) || !enter(s->path, s->key))
        return false;
    size_t end = s->path->len;
    if (enter(s->path, s->name))
        return check_file(s, strbuf_str(s->path));
    mind_compressed(s, end);
    return false;
}

static bool look_in_folder(struct search *s)
{
    struct stat st;
    return enter(s->path, s->name) && stat(strbuf_str(s->path), &st) == 0 && !S_ISDIR(st.st_mode) &&
           check_file(s, strbuf_str(s->path));
}

static bool look_in(struct search *s, const char *folder)
{
    size_t start = s->path->len;
    strbuf_puts(s->path, folder);
    size_t end = s->path->len;
    if (look_in_store(s))
        return true;
    strbuf_truncate(s->path, end);
    if (look_in_folder(s))
        return true;
    strbuf_truncate(s->path, start);
    return false;
}

void pdb_put_place(const struct pdb_wanted *wanted, struct strbuf *out)
{
    char name[MOST_NAME + 1], key[PDB_KEY_SIZE];
    if (!take_name(wanted->name, name)) {
        strbuf_puts(out, "its name is not that of a file");
        return;
    }
    pdb_key(wanted->guid, wanted->age, key);
    text_put_escaped(out, name, strlen(name));
    strbuf_printf(out, "/%s/", key);
    text_put_escaped(out, name, strlen(name));
}

bool pdb_find(const struct symbol_path *path, const struct pdb_wanted *wanted,
              struct strbuf *out_path, bool *out_is_x86, struct strbuf *out_reason)
{
    struct strbuf found = {0};
    struct search s = {.wanted = wanted, .path = &found, .reason = out_reason};
    bool there = false;
    pdb_key(wanted->guid, wanted->age, s.key);
    if (take_name(wanted->name, s.name))
        for (size_t i = 0; i < path->count && !there; i++)
            there = look_in(&s, path->folders[i]);
    char *absolute = there ? realpath(strbuf_str(&found), NULL) : NULL;
    if (absolute != NULL) {
        strbuf_puts(out_path, absolute);
        *out_is_x86 = s.is_x86;
    }
    free(absolute);
    strbuf_release(&found);
    return absolute != NULL;
}
