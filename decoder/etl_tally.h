/*
 * Counts of everything the decoder saw, understood or not: what `info`, the trust table and the
 * sentence about an empty trace are made from. A zeroed struct is an empty tally; it may be copied.
 */
#ifndef DECODER_ETL_TALLY_H
#define DECODER_ETL_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "decoder/etl_guid.h"
#include "decoder/event.h"

/* Distinct providers counted one by one; the rest are counted together. */
#define ETL_TALLY_PROVIDERS 1024
#define ETL_HEADER_TYPES    32

struct etl_provider_count {
    struct etl_guid guid;
    uint64_t records;
};

struct etl_tally {
    uint64_t records;  /* all records, the file header among them */
    int64_t last_time; /* greatest raw time of any record; valid when records is not 0 */
    uint64_t by_header_type[ETL_HEADER_TYPES]; /* etl-format 2.1 */

    /* Decoded heap and HeapRange records by operation; the heap provider's among them in total. */
    uint64_t heap_ops[HEAP_OP_COUNT];
    uint64_t heap_events;

    uint64_t stack_records; /* StackWalk group */
    uint64_t buffers;
    uint64_t buffers_compressed;
    uint64_t bytes; /* stored bytes of the buffers read */

    /* Buffers with a bad header, record or compression, or cut before their events end, or that
     * would expand beyond all measure, and stretches skipped to resynchronise. */
    uint64_t buffers_damaged;

    /* Heap or process records whose payload could not be decoded, records of unknown form. */
    uint64_t records_skipped;

    /* EVENTS_LOST flags and RT_LostEvent records, each at least one event; BUFFER_LOST flags and
     * RT_LostEvent buffer records. */
    uint64_t lost_event_marks;
    uint64_t lost_buffer_marks;

    size_t provider_count;
    struct etl_provider_count providers[ETL_TALLY_PROVIDERS]; /* in order of first sight */
    uint64_t other_provider_records; /* of providers beyond the table, or without a GUID */

    /* Private: where a provider stands in `providers`, plus one, by group and by hash. */
    uint16_t group_slot[ETL_GROUP_COUNT];
    uint16_t guid_slot[2 * ETL_TALLY_PROVIDERS];
};

/* Adds what `other` counted. O(providers). */
void etl_tally_add(struct etl_tally *t, const struct etl_tally *other);

struct etl_record;

/* Counts one record of `guid`. O(1) expected. */
void etl_tally_provider(struct etl_tally *t, const struct etl_guid *guid);

/* Counts what every record is counted as: record, header type, provider, stack, loss mark. O(1)
 * expected. */
void etl_tally_record(struct etl_tally *t, const struct etl_record *r);

#endif
