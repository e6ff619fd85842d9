/*
 * The formats that tables and lists are written in: their names, and the files they go to.
 */
#ifndef EXPORT_FORMAT_H
#define EXPORT_FORMAT_H

enum export_format {
    EXPORT_FORMAT_DEFAULT, /* the command's own */
    EXPORT_FORMAT_TEXT,
    EXPORT_FORMAT_JSON,
    EXPORT_FORMAT_TSV,
    EXPORT_FORMAT_CSV,
    EXPORT_FORMAT_JSONL,
};

/* "text", "json" ... at their places, "" for the default; NULL behind the last. */
extern const char *const export_format_words[];

/* The format of records that goes into a file of this name (.tsv, .csv or .jsonl, in any case);
 * EXPORT_FORMAT_DEFAULT when the suffix names none. */
enum export_format export_format_of(const char *path);

#endif
