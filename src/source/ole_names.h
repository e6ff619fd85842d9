/*
 * What the resources of an older .diagsession are called (etl-format 7.2b).
 *
 * A property set names a GUID for each stream, metadata.xml a file for each GUID. Both are for the
 * eye only and may be missing or wrong in any way.
 */
#ifndef SOURCE_OLE_NAMES_H
#define SOURCE_OLE_NAMES_H

#include "base/bytes.h"
#include "base/strbuf.h"

/*
 * Appends the name of the resource in `stream` ("E1") as it stands in the file: not safe to print.
 * False, and nothing, when it is not to be found out.
 */
bool ole_names_find(struct span properties, struct span metadata, const char *stream,
                    struct strbuf *out);

#endif
