/*
 * What a process is called: by the name of its process record or by its program's file.
 *
 * ImageFileName is 8-bit text in the code page of the machine, which the trace does not tell, and
 * the kernel cuts it after 14 or 15 bytes. The file name of the program's image is UTF-16 and
 * whole. So the record's name is shown, read as UTF-8 where it is that and as Windows-1252 where
 * not, until an image ".exe" is known that agrees with it; then that one's name, if it says more.
 */
#ifndef MODEL_PROCESS_NAME_H
#define MODEL_PROCESS_NAME_H

#include <stdbool.h>

/* True for names of programs: those that end in ".exe". */
bool process_name_is_program(const char *file);

/*
 * True when `file` (UTF-8) is the whole of `name`, a record's as shown, and says more: the same but
 * for case up to where the kernel cut, or up to the first letter that is not ASCII.
 */
bool process_name_completes(const char *file, const char *name);

#endif
