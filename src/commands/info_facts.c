/* Names and orders for `info`; see info_facts.h. */
#include "commands/info_facts.h"

#include "decoder/etl_record.h"

const char *info_header_type_name(unsigned type)
{
    static const char *const names[ETL_HEADER_TYPES] = {
        [1] = "SYSTEM32", [2] = "SYSTEM64",    [3] = "COMPACT32",   [4] = "COMPACT64",
        [10] = "FULL32",  [11] = "INSTANCE32", [12] = "TIMED",      [13] = "ERROR",
        [14] = "WNODE",   [15] = "MESSAGE",    [16] = "PERFINFO32", [17] = "PERFINFO64",
        [18] = "EVENT32", [19] = "EVENT64",    [20] = "FULL64",     [21] = "INSTANCE64",
    };
    return type < ETL_HEADER_TYPES ? names[type] : NULL;
}

size_t info_order_providers(const struct etl_tally *t, uint16_t *out_order)
{
    for (size_t n = 0; n < t->provider_count; n++) {
        size_t at = n;
        for (; at > 0 && t->providers[out_order[at - 1]].records < t->providers[n].records; at--)
            out_order[at] = out_order[at - 1];
        out_order[at] = (uint16_t)n;
    }
    return t->provider_count;
}
