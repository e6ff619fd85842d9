/*
 * Counting providers: by group for records with a hook id, by an open-addressed hash of the GUID
 * for the others; see etl_tally.h.
 */
#include "decoder/etl_tally.h"

#include "decoder/etl_record.h"

/* RT_LostEvent opcodes (etl-format 2.3). */
enum { LOST_EVENT = 32, LOST_BUFFER = 33 };

#define GUID_SLOTS (sizeof((struct etl_tally *)0)->guid_slot / sizeof(uint16_t))

/* Finds or takes the slot of `guid`; 0 when it is new and the table is full. Half of the slots are
 * always free, so the search ends. */
static uint16_t provider_slot(struct etl_tally *t, const struct etl_guid *guid)
{
    size_t at = etl_guid_hash(guid) % GUID_SLOTS;
    for (; t->guid_slot[at] != 0; at = (at + 1) % GUID_SLOTS)
        if (etl_guid_equal(&t->providers[t->guid_slot[at] - 1].guid, guid))
            return t->guid_slot[at];
    if (t->provider_count == ETL_TALLY_PROVIDERS)
        return 0;
    t->providers[t->provider_count].guid = *guid;
    t->guid_slot[at] = (uint16_t)++t->provider_count;
    return t->guid_slot[at];
}

static void count(struct etl_tally *t, uint16_t slot)
{
    if (slot != 0)
        t->providers[slot - 1].records++;
    else
        t->other_provider_records++;
}

void etl_tally_provider(struct etl_tally *t, const struct etl_guid *guid)
{
    count(t, provider_slot(t, guid));
}

/* Everything but the providers and the time. */
static void add_counts(struct etl_tally *t, const struct etl_tally *other)
{
    t->records += other->records;
    t->heap_events += other->heap_events;
    t->stack_records += other->stack_records;
    t->buffers += other->buffers;
    t->buffers_compressed += other->buffers_compressed;
    t->bytes += other->bytes;
    t->buffers_damaged += other->buffers_damaged;
    t->records_skipped += other->records_skipped;
    t->lost_event_marks += other->lost_event_marks;
    t->lost_buffer_marks += other->lost_buffer_marks;
    t->other_provider_records += other->other_provider_records;
    for (size_t i = 0; i < ETL_HEADER_TYPES; i++)
        t->by_header_type[i] += other->by_header_type[i];
    for (size_t i = 0; i < HEAP_OP_COUNT; i++)
        t->heap_ops[i] += other->heap_ops[i];
}

void etl_tally_add(struct etl_tally *t, const struct etl_tally *other)
{
    if (other->records != 0 && (t->records == 0 || other->last_time > t->last_time))
        t->last_time = other->last_time;
    add_counts(t, other);
    for (size_t i = 0; i < other->provider_count; i++) {
        uint16_t slot = provider_slot(t, &other->providers[i].guid);
        if (slot != 0)
            t->providers[slot - 1].records += other->providers[i].records;
        else
            t->other_provider_records += other->providers[i].records;
    }
}

/* A known group has its slot from its second record on: the common case is one array access. */
static void count_group(struct etl_tally *t, unsigned group)
{
    const struct etl_guid *guid = etl_guid_of_group(group);
    if (guid != NULL && t->group_slot[group] == 0)
        t->group_slot[group] = provider_slot(t, guid);
    count(t, guid != NULL ? t->group_slot[group] : 0);
}

void etl_tally_record(struct etl_tally *t, const struct etl_record *r)
{
    if (t->records++ == 0 || r->time > t->last_time)
        t->last_time = r->time;
    t->by_header_type[r->type % ETL_HEADER_TYPES]++;
    if (r->guid == NULL) {
        count_group(t, r->group);
    } else {
        struct etl_guid guid = etl_guid_load(r->guid);
        etl_tally_provider(t, &guid);
    }
    if (r->group == ETL_GROUP_STACK_WALK)
        t->stack_records++;
    else if (r->group == ETL_GROUP_LOST_EVENT && r->opcode == LOST_EVENT)
        t->lost_event_marks++;
    else if (r->group == ETL_GROUP_LOST_EVENT && r->opcode == LOST_BUFFER)
        t->lost_buffer_marks++;
    if ((r->flags & ETL_RECORD_OPAQUE) != 0)
        t->records_skipped++;
}
