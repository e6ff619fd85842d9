/*
 * What a file is, told from its first bytes (etl-format 1.1, 1.8), and what a person can do about
 * it when it is neither a trace nor something that holds one.
 */
#ifndef DECODER_ETL_DETECT_H
#define DECODER_ETL_DETECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

/* Bytes that are enough for etl_detect(); fewer are fine when the input has no more. */
#define ETL_DETECT_SIZE 512u

enum etl_kind {
    ETL_KIND_ETL,
    ETL_KIND_EMPTY,   /* no bytes at all */
    ETL_KIND_OLD_ETL, /* logged before Windows Vista (etl-format 1.8) */
    ETL_KIND_ZIP,
    ETL_KIND_CAB,
    ETL_KIND_7Z,
    ETL_KIND_GZIP,
    ETL_KIND_XZ,
    ETL_KIND_ZSTD,
    ETL_KIND_BZIP2,
    ETL_KIND_TAR,
    ETL_KIND_OLE, /* compound file: an older .diagsession */
    ETL_KIND_EVTX,
    ETL_KIND_ZEROS, /* nothing but zero bytes: preallocated, never written */
    ETL_KIND_TEXT,
    ETL_KIND_UNKNOWN,
    ETL_KIND_COUNT
};

/* Classifies the first bytes of an input; looks at ETL_DETECT_SIZE at most. */
enum etl_kind etl_detect(struct span first);

/* True for what may hold a trace: archives, compressed files, compound files. */
bool etl_kind_is_container(enum etl_kind kind);

/* What it is, in a few words: "zip archive", "text". Static text. */
const char *etl_kind_name(enum etl_kind kind);

/* What it is and what to try, as a phrase that follows "NAME: ": lower case, no full stop. Static
 * text. */
const char *etl_kind_advice(enum etl_kind kind);

#endif
