/* Magic numbers of traces and of what people mistake for them; see etl_detect.h. */
#include "decoder/etl_detect.h"

#include "decoder/etl_buffer.h"

struct magic {
    enum etl_kind kind;
    uint8_t len;
    uint8_t bytes[8];
};

static const struct magic magics[] = {
    {ETL_KIND_ZIP, 4, {'P', 'K', 3, 4}},
    {ETL_KIND_ZIP, 4, {'P', 'K', 5, 6}},
    {ETL_KIND_CAB, 4, {'M', 'S', 'C', 'F'}},
    {ETL_KIND_7Z, 6, {'7', 'z', 0xbc, 0xaf, 0x27, 0x1c}},
    {ETL_KIND_GZIP, 3, {0x1f, 0x8b, 8}},
    {ETL_KIND_XZ, 6, {0xfd, '7', 'z', 'X', 'Z', 0}},
    {ETL_KIND_ZSTD, 4, {0x28, 0xb5, 0x2f, 0xfd}},
    {ETL_KIND_BZIP2, 3, {'B', 'Z', 'h'}},
    {ETL_KIND_OLE, 8, {0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}},
    {ETL_KIND_EVTX, 8, {'E', 'l', 'f', 'F', 'i', 'l', 'e', 0}},
};

static const struct {
    const char *name;
    const char *advice;
    bool is_container;
} kinds[ETL_KIND_COUNT] = {
    [ETL_KIND_ETL] = {"Windows event trace", "a Windows event trace (.etl)", false},
    [ETL_KIND_EMPTY] = {"empty", "empty: is the trace session still to write its first buffer?",
                        false},
    [ETL_KIND_OLD_ETL] = {"trace from before Windows Vista",
                          "a trace from before Windows Vista, which has no heap events: record it "
                          "on a newer Windows",
                          false},
    [ETL_KIND_ZIP] = {"zip archive", "a zip archive: unpack it first", true},
    [ETL_KIND_CAB] = {"cabinet archive", "a cabinet archive: unpack it first (cabextract)", true},
    [ETL_KIND_7Z] = {"7z archive", "a 7z archive: unpack it first (7z x)", true},
    [ETL_KIND_GZIP] = {"gzip-compressed", "gzip-compressed: expand it first (gunzip)", true},
    [ETL_KIND_XZ] = {"xz-compressed", "xz-compressed: expand it first (unxz)", true},
    [ETL_KIND_ZSTD] = {"zstd-compressed", "zstd-compressed: expand it first (unzstd)", true},
    [ETL_KIND_BZIP2] = {"bzip2-compressed", "bzip2-compressed: expand it first (bunzip2)", true},
    [ETL_KIND_TAR] = {"tar archive", "a tar archive: unpack it first", true},
    [ETL_KIND_OLE] = {"OLE compound file", "an OLE compound file: extract the .etl inside first",
                      true},
    [ETL_KIND_EVTX] = {"Windows event log",
                       "a Windows event log (.evtx), not a trace: record an .etl with xperf or wpr",
                       false},
    [ETL_KIND_ZEROS] = {"zero bytes",
                        "nothing but zero bytes: a trace file that was created but never written",
                        false},
    [ETL_KIND_TEXT] = {"text", "text, not a trace: give the .etl file itself, not a dump of it",
                       false},
    [ETL_KIND_UNKNOWN] = {"no trace",
                          "not a Windows event trace: give an .etl file recorded with xperf, wpr, "
                          "UIforETW or Visual Studio",
                          false},
};

static bool is_marker(struct span s)
{
    return s.p[0x4b] == 0xc0 && (s.p[0x4a] == 1 || s.p[0x4a] == 2) && load_u16(s.p + 0x4e) == 0;
}

/* The rule of etl-format 1.1. */
static bool is_etl(struct span s)
{
    return span_has(s, 0, 0x50) && load_u32(s.p) >= ETL_BUFFER_HEADER_SIZE + 0x20 &&
           load_u16(s.p + 0x36) == ETL_BUFFER_HEADER && is_marker(s);
}

/* Before Vista the first word is a reference count, but the record behind the header is the same
 * (etl-format 1.8). */
static bool is_old_etl(struct span s)
{
    return span_has(s, 0, 0x50) && is_marker(s) && load_u16(s.p + 0x48) == 1 &&
           load_u32(s.p) < ETL_BUFFER_HEADER_SIZE;
}

/* Text has no NUL and no control characters but white space, ESC aside for coloured logs. */
static bool is_text(struct span s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.p[i] < 0x20 && memchr("\t\n\v\f\r\033", s.p[i], 6) == NULL)
            return false;
    return true;
}

/* UTF-16 with a byte order mark, as Windows tools write text. */
static bool is_wide_text(struct span s)
{
    return s.len >= 4 && s.p[0] == 0xff && s.p[1] == 0xfe && s.p[3] == 0;
}

/* The signature stands behind the first header's fields (POSIX.1-1988 and later). */
static bool is_tar(struct span s)
{
    return span_has(s, 257, 5) && memcmp(s.p + 257, "ustar", 5) == 0;
}

static bool is_zero(struct span s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.p[i] != 0)
            return false;
    return true;
}

enum etl_kind etl_detect(struct span first)
{
    struct span s = {first.p, first.len < ETL_DETECT_SIZE ? first.len : ETL_DETECT_SIZE};
    if (s.len == 0)
        return ETL_KIND_EMPTY;
    if (is_etl(s))
        return ETL_KIND_ETL;
    if (is_old_etl(s))
        return ETL_KIND_OLD_ETL;
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++)
        if (s.len >= magics[i].len && memcmp(s.p, magics[i].bytes, magics[i].len) == 0)
            return magics[i].kind;
    if (is_tar(s))
        return ETL_KIND_TAR;
    if (is_zero(s))
        return ETL_KIND_ZEROS;
    return is_text(s) || is_wide_text(s) ? ETL_KIND_TEXT : ETL_KIND_UNKNOWN;
}

bool etl_kind_is_container(enum etl_kind kind)
{
    return kinds[kind].is_container;
}

const char *etl_kind_name(enum etl_kind kind)
{
    return kinds[kind].name;
}

const char *etl_kind_advice(enum etl_kind kind)
{
    return kinds[kind].advice;
}
