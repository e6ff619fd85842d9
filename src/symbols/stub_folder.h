/*
 * A private folder for stub images, there as long as somebody works with them.
 *
 * In $XDG_RUNTIME_DIR, else $TMPDIR, else /tmp; mode 0700, a name nobody knows before. One thread
 * at a time.
 */
#ifndef SYMBOLS_STUB_FOLDER_H
#define SYMBOLS_STUB_FOLDER_H

#include <stddef.h>

#include "base/err.h"
#include "symbols/stub_image.h"

/* Zero is a valid state: there is no folder. */
struct stub_folder {
    char *path; /* owned; NULL: there is none yet */
    unsigned count;
};

/* What a stub is called in its folder: without blanks or quotes, which the tool would read. */
#define STUB_NAME_SIZE 24
void stub_name(unsigned number, char out[STUB_NAME_SIZE]);

/* Makes the folder unless it is there. 0 or an errno with a line in `info`. */
int stub_folder_open(struct stub_folder *f, struct err_info *info);

/* Writes one more stub, whose number is *out_number. 0, or an errno or ERR_LIMIT (the path of the
 * PDB is too long) with a line in `info`. */
int stub_folder_add(struct stub_folder *f, const struct stub_image *image, unsigned *out_number,
                    struct err_info *info);

/* Removes the stubs and the folder. Accepts a zeroed struct. */
void stub_folder_remove(struct stub_folder *f);

#endif
