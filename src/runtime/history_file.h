/*
 * The file that keeps what was typed into prompts: `history` in the program's state folder
 * (base/xdg.h).
 *
 * It is a convenience: without a home, a readable file or room on the disk the program works as
 * well, and says nothing. Loop thread.
 */
#ifndef RUNTIME_HISTORY_FILE_H
#define RUNTIME_HISTORY_FILE_H

#include "ui/app/app.h"

/* Gives the app the lines of former runs. */
void history_file_load(struct app *a);

/* Adds the lines of this run, behind those that another program has added since. */
void history_file_save(const struct app *a);

#endif
