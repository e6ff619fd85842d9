/*
 * Text from outside made safe, and numbers made readable.
 *
 * Names in a trace are hostile input: what leaves these functions is valid UTF-8 without control
 * characters. All functions append to a strbuf.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/*
 * Decodes one code point of UTF-8 from [s, s+n), n > 0. Returns the bytes used (1..4); a malformed
 * byte counts as one and
 * gives U+FFFD.
 */
size_t text_decode_utf8(const char *s, size_t n, uint32_t *out_cp);

void text_put_utf8(struct strbuf *b, uint32_t cp);

/* How much of the `n` bytes of UTF-8 at `s` fits `room` bytes without cutting a character. */
size_t text_clip(const char *s, size_t n, size_t room);

/* True for C0, DEL, C1, bidi overrides and line separators: what must never reach a terminal as it
 * is. */
bool text_is_control(uint32_t cp);

/* Appends 8-bit text as valid UTF-8; controls become `\xNN` or `\uNNNN`, malformed bytes U+FFFD. */
void text_put_escaped(struct strbuf *b, const char *s, size_t n);

/* UTF-16LE of `units` code units to UTF-8, escaped as above; stops at a NUL unit. Lone surrogates
 * give U+FFFD. */
void text_put_utf16(struct strbuf *b, const uint8_t *p, size_t units);

/* 8-bit trace text (bytes up to a NUL): taken as UTF-8 if it is valid UTF-8, else as Windows-1252.
 * Escaped. */
void text_put_ansi(struct strbuf *b, const char *s, size_t n);

/* Appends the `n` bytes of UTF-8 at `s`; of more than `room` bytes the first and the last ones with
 * "..." between them: the ends of paths and command lines tell most. No character is cut. */
void text_put_middle(struct strbuf *b, const char *s, size_t n, size_t room);

/* Where the last part of a path begins, whichever system wrote it. */
const char *text_last_part(const char *path);

/* Bytes of a file's name without its suffix, which is not the whole of it. */
size_t text_stem_length(const char *name);

/* 67,050 */
void text_put_grouped(struct strbuf *b, uint64_t v);

/* 512 B, 1.02 MiB: three significant digits, binary units. */
void text_put_size(struct strbuf *b, uint64_t bytes);

/* 12.1K, 3.4M: a count in at most five columns, decimal units. */
void text_put_count(struct strbuf *b, uint64_t v);

/* 340 ns, 17.0 us, 1.20 ms, 4.64 s, 3 m 12 s, 2 h 05 m; a minus sign in front when negative. */
void text_put_duration(struct strbuf *b, int64_t ns);

/* Seconds with 7 digits after the point in groups of three: `0.444 624 4` (numbers.md, Time). */
void text_put_seconds(struct strbuf *b, int64_t ns);

/* 1.204 s for sentences: seconds with three digits; 0.000 s for what lies before 0. */
void text_put_moment(struct strbuf *b, int64_t ns);

/* 2025-11-02T09:14:33.1234567Z from 100 ns units since 1601 (FILETIME). */
void text_put_filetime(struct strbuf *b, int64_t filetime);

/*
 * Parses a whole number: decimal or 0x hex, then optionally K, M, G (1024 each; only when
 * `suffixes`). Consumes [s, s+n) whole. Returns false on anything else or on overflow.
 */
bool text_parse_u64(const char *s, size_t n, bool suffixes, uint64_t *out_v);

/* Parses a duration such as `1.5ms`, `2s`, `300us`, `40ns`, `1m`; a bare number means seconds.
 * `out_ns` may be negative. */
bool text_parse_duration(const char *s, size_t n, int64_t *out_ns);

#endif
