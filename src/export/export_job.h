/*
 * Writing what a screen shows to a file: the rows of a query, or rows of a table in a given order.
 *
 * The file is written beside its place and takes it when it is whole, so nobody ever sees a part of
 * it. A job runs on any thread; another one may look at its progress and stop it.
 */
#ifndef EXPORT_EXPORT_JOB_H
#define EXPORT_EXPORT_JOB_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "answer/snapshot.h"
#include "base/err.h"
#include "export/block_records.h"
#include "export/event_list.h"
#include "export/format.h"
#include "export/report_table.h"

struct export_job {
    /* What is written where; set before it runs. */
    struct snapshot *snapshot;   /* one reference */
    char *path;                  /* owned */
    enum export_format format;   /* TSV, CSV or JSONL */
    struct event_list list;      /* the columns of the query's rows; none: a table is written */
    struct block_records blocks; /* the columns of the snapshot's blocks; none: none of them */
    bool tree;                   /* nodes of the snapshot's call tree are written */
    bool moments;                /* rows of its answer about moments are; else a table: */
    enum export_table table;     /* one whose rows have ids */
    uint64_t *ids; /* owned; the rows in order: as report_table.id tells them, or keys */
    size_t id_count;
    struct frame_rules *rules; /* events, blocks: whose caller is told; one reference, NULL: none */
    uint64_t total;            /* events, blocks: how many, from the first on */

    /* While it runs. */
    _Atomic bool stop;     /* set to have it end soon, and nothing written */
    _Atomic uint64_t done; /* events, blocks: of `total` */

    /* Afterwards. */
    int rc;               /* 0, -ECANCELED when it was stopped, or why it failed */
    struct err_info info; /* then: one line */
    uint64_t rows, bytes;
};

/* Frees what the job owns. */
void export_job_release(struct export_job *job);

/* Does it. Takes as long as it takes. */
void export_job_run(struct export_job *job);

#endif
