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
