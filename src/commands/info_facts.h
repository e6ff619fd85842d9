/*
 * What both forms of `info` say, so that they say the same.
 */
#ifndef COMMANDS_INFO_FACTS_H
#define COMMANDS_INFO_FACTS_H

#include <stddef.h>
#include <stdint.h>

#include "decoder/etl_tally.h"

/* "SYSTEM64" for a record's header type (etl-format 2.1), NULL for an unknown one. */
const char *info_header_type_name(unsigned type);

/*
 * Indexes of the providers, the one with most records first; returns how many. `out_order` has room
 * for ETL_TALLY_PROVIDERS.
 */
size_t info_order_providers(const struct etl_tally *t, uint16_t *out_order);

#endif
