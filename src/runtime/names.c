/* The program's table of symbols and its folders; see names.h. */
#include "runtime/names.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/symbolizer.h"
#include "symbols/pdb_find.h"

void names_init(struct names *n, const char *folders)
{
    *n = (struct names){.table = symbol_table_new()};
    symbol_path_add(&n->path, "--symbols", folders, &n->problems);
    symbol_path_add(&n->path, "_NT_SYMBOL_PATH", getenv("_NT_SYMBOL_PATH"), &n->remarks);
    if (n->table == NULL || n->path.count != 0)
        return;
    const char *why = strbuf_str(n->problems.len != 0 ? &n->problems : &n->remarks);
    struct strbuf line = {0};
    strbuf_add(&line, why, strcspn(why, "\n"));
    if (line.len == 0)
        strbuf_puts(&line, "names of functions need PDBs: start with --symbols FOLDER");
    symbol_table_say(n->table, strbuf_str(&line));
    strbuf_release(&line);
}

void names_release(struct names *n)
{
    symbol_table_unref(n->table);
    symbol_path_release(&n->path);
    strbuf_release(&n->problems);
    strbuf_release(&n->remarks);
    strbuf_release(&n->told);
}

void names_open(struct names *n)
{
    if (n->table != NULL && n->path.count != 0)
        symbol_table_open(n->table);
}

/* Whole lines, each of which ends in a newline. */
static bool has_line(const struct strbuf *lines, const char *line, size_t n)
{
    for (const char *s = strbuf_str(lines); s[0] != '\0'; s += strcspn(s, "\n") + 1)
        if (strncmp(s, line, n) == 0)
            return true;
    return false;
}

void names_resolve(void *names, struct strbuf *problems)
{
    struct names *n = names;
    struct strbuf all = {0};
    strbuf_puts(&all, strbuf_str(&n->remarks));
    symbolizer_run(n->table, &n->path, &all);
    for (const char *s = strbuf_str(&all); s[0] != '\0';) {
        size_t len = strcspn(s, "\n") + 1;
        if (!has_line(&n->told, s, len)) {
            strbuf_add(&n->told, s, len);
            strbuf_add(problems, s, len);
        }
        s += len;
    }
    strbuf_release(&all);
}

bool names_find_pdb(void *names, const struct image *image, struct strbuf *out_path,
                    struct strbuf *out_why)
{
    const struct names *n = names;
    struct pdb_wanted wanted = {.age = image->age, .name = image->pdb};
    memcpy(wanted.guid, image->guid, sizeof wanted.guid);
    bool is_x86;
    if (pdb_find(&n->path, &wanted, out_path, &is_x86, out_why))
        return true;
    pdb_put_place(&wanted, out_path);
    return false;
}
