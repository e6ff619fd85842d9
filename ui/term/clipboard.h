/*
 * The terminal's clipboard, by OSC 52: it works over ssh, and the terminal decides whether it
 * allows it. Loop thread only.
 */
#ifndef UI_TERM_CLIPBOARD_H
#define UI_TERM_CLIPBOARD_H

#include <stddef.h>

#include "base/strbuf.h"
#include "ui/term/capability.h"

/* What terminals take at most: 100,000 bytes of a sequence, which 4/3 of this stay below. */
#define CLIPBOARD_MAX 74000u

/* Appends what sets the clipboard to [s, s+n). 0; ERR_LIMIT when n is over CLIPBOARD_MAX; -ENOTSUP
 * for CLIPBOARD_NONE. */
int clipboard_put(struct strbuf *out, enum capability_clipboard way, const char *s, size_t n);

#endif
