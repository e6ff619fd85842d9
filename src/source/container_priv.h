/*
 * What container*.c share: a container being read, and the taking in of its members.
 *
 *   container.c          members, limits, what is said at the end
 *   container_archive.c  archives and compressed files, by libarchive
 *   container_ole.c      compound files, by libgsf
 *
 * A reader tells of each member, hands over its bytes from the first on, and ends it; what to make
 * of them is decided here, in one place.
 */
#ifndef SOURCE_CONTAINER_PRIV_H
#define SOURCE_CONTAINER_PRIV_H

#include "base/strbuf.h"
#include "decoder/etl_detect.h"
#include "source/container.h"
#include "source/expand_guard.h"
#include "source/spool.h"

/* Bytes of the container that a reader may hold before `done` tells of them. */
#define CONTAINER_READ_AHEAD ((uint64_t)64 << 10)

/* One way of reading; `state` is its own. */
struct container_reader {
    /* Reads about `max` expanded bytes: 1 more, 0 at the end, negative with a line in `info`. */
    int (*step)(struct container *c, size_t max, struct err_info *info);
    void (*release)(struct container *c);
};

struct member {
    struct container_member seen;
    char *name;
    enum etl_kind kind;
    struct spool spool;
    bool is_encrypted;
    bool has_ceased; /* fill without end: no more of it is kept */
};

struct container {
    const struct container_reader *reader;
    void *state;
    const char *kind_name;
    int fd;        /* borrowed */
    uint64_t size; /* of the container */
    uint64_t done; /* of it read, for progress */
    char *name;
    bool is_single; /* one compressed file */

    struct member *members;
    size_t count, cap;
    unsigned traces;
    uint8_t head[ETL_DETECT_SIZE]; /* of the member being taken in */
    size_t head_len;
    bool probed; /* what it is has been decided */

    struct expand_guard guard;
    struct strbuf remark;
    unsigned damages;
    bool over; /* no further step */
};

/* What a reader does with the rest of the member. */
enum intake {
    INTAKE_MORE,  /* hand over more */
    INTAKE_LEAVE, /* its bytes are not wanted: pass over them */
    INTAKE_CEASE, /* they are fill without end: do not expand any more of it */
};

/* A member begins; `bytes` is what the container says of its size, 0 when it does not. Returns 0,
 * ERR_LIMIT or -ENOMEM with a line in `info`. */
int intake_start(struct container *c, const char *name, uint64_t bytes, struct err_info *info);

/* The next bytes of it; also of one that is passed over by expanding it. Returns an enum intake or
 * a negative code with a line in `info`. */
int intake_take(struct container *c, const uint8_t *bytes, size_t n, struct err_info *info);

/* It has ended, whole or (`why` not NULL) not, and with it the container (`is_last`) or not.
 * Returns 0 or a negative code. */
int intake_end(struct container *c, const char *why, bool is_last, struct err_info *info);

/* It cannot be read without a password. */
void intake_encrypted(struct container *c);

/* It has more members than are looked at. Returns ERR_LIMIT with a line in `info`. */
int container_refuse_members(struct err_info *info);

/* The container itself is damaged. */
void container_note_damage(struct container *c, const char *why);

/* pread() of the container until `n` bytes are there or it ends; sets *out_n. 0 or an errno. */
int container_read_at(const struct container *c, uint64_t offset, void *buf, size_t n,
                      size_t *out_n);

/* The two ways; set reader, state and kind_name. 0 or a negative code with a line in `info`. */
int container_open_archive(struct container *c, enum etl_kind kind, struct err_info *info);
int container_open_ole(struct container *c, struct err_info *info);

#endif
