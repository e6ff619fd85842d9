/* The trust table of trust.h: one row a counter, read by the screen, the text report and JSON. */
#include "model/trust.h"

#include <string.h>

#define FIELD(key_, label_, grade_, json_, hint_)                                                  \
    {                                                                                              \
        .key = #key_, .label = (label_), .hint = (hint_), .offset = offsetof(struct trust, key_),  \
        .grade = TRUST_##grade_, .in_json = (json_)                                                \
    }

const struct trust_field trust_fields[] = {
    FIELD(events_lost, "events lost", LOSS, true, "figures after the loss are too low"),
    FIELD(buffers_lost, "buffers lost", LOSS, true, "figures after the loss are too low"),
    FIELD(buffers_damaged, "buffers damaged", LOSS, true, "stretches that could not be read whole"),
    FIELD(records_skipped, "records skipped", LOSS, true, "records that could not be decoded"),
    FIELD(late_records, "late records", NOTE, true,
          "came after later rows, put in their place since"),
    FIELD(sequence_gaps, "sequence gaps", DOUBT, true,
          "buffer numbers missing: a hint, not a loss"),
    FIELD(unmatched_frees, "unmatched frees", NOTE, true,
          "blocks from before the trace, or after a loss"),
    FIELD(lost_frees, "lost frees", DOUBT, true, "address handed out again without a Free"),
    FIELD(lost_destroys, "lost destroys", DOUBT, true,
          "heap handle created again without a Destroy"),
    FIELD(repaired, "repaired", DOUBT, true, "ReAllocs whose missing half was supplied"),
    FIELD(double_frees, "double free candidates", MISTAKE, true,
          "freed twice, not allocated between"),
    FIELD(wrong_heap, "wrong heap candidates", MISTAKE, true, "address is live in another heap"),
    FIELD(stacks_missing, "stacks missing", NOTE, false,
          "Allocs and ReAllocs whose stack was not recorded or lost"),
    FIELD(duplicates, "duplicates", NOTE, false,
          "Create, Expand, Contract told twice: not counted"),
    FIELD(other, "other events", NOTE, false, "heap events that no rule fits"),
};

const size_t trust_field_count = sizeof trust_fields / sizeof trust_fields[0];

uint64_t trust_value(const struct trust *t, const struct trust_field *field)
{
    uint64_t v;
    memcpy(&v, (const char *)t + field->offset, sizeof v);
    return v;
}

bool trust_has_loss(const struct trust *t)
{
    for (size_t i = 0; i < trust_field_count; i++)
        if (trust_fields[i].grade == TRUST_LOSS && trust_value(t, &trust_fields[i]) != 0)
            return true;
    return false;
}
