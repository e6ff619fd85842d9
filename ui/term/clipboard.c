/* OSC 52 (see clipboard.h). */
#include "ui/term/clipboard.h"

#include <errno.h>
#include <stdint.h>

#include "base/err.h"

/* GNU screen forgets a passed-on string that is longer than 256 bytes (768 since 4.7). */
#define SCREEN_CHUNK 240u

static void put_base64(struct strbuf *out, const uint8_t *s, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        size_t have = n - i < 3 ? n - i : 3;
        uint32_t bits = (uint32_t)s[i] << 16;
        bits |= have > 1 ? (uint32_t)s[i + 1] << 8 : 0;
        bits |= have > 2 ? (uint32_t)s[i + 2] : 0;
        for (size_t k = 0; k < 4; k++)
            strbuf_putc(out, k <= have ? digit[bits >> (18 - 6 * k) & 63] : '=');
    }
}

/* tmux passes on what is wrapped for it, each ESC doubled. The sequence has one, at its start. */
static void wrap_for_tmux(struct strbuf *out, const struct strbuf *sequence)
{
    strbuf_puts(out, "\033Ptmux;\033");
    strbuf_add(out, sequence->s, sequence->len);
    strbuf_puts(out, "\033\\");
}

static void wrap_for_screen(struct strbuf *out, const struct strbuf *sequence)
{
    for (size_t at = 0; at < sequence->len; at += SCREEN_CHUNK) {
        size_t left = sequence->len - at;
        strbuf_puts(out, "\033P");
        strbuf_add(out, sequence->s + at, left < SCREEN_CHUNK ? left : SCREEN_CHUNK);
        strbuf_puts(out, "\033\\");
    }
}

int clipboard_put(struct strbuf *out, enum capability_clipboard way, const char *s, size_t n)
{
    struct strbuf sequence = {0};
    if (way == CLIPBOARD_NONE)
        return -ENOTSUP;
    if (n > CLIPBOARD_MAX)
        return ERR_LIMIT;
    strbuf_puts(&sequence, "\033]52;c;");
    put_base64(&sequence, (const uint8_t *)s, n);
    strbuf_putc(&sequence, '\a');
    if (way == CLIPBOARD_SCREEN)
        wrap_for_screen(out, &sequence);
    else
        strbuf_add(out, sequence.s, sequence.len);
    if (way == CLIPBOARD_TMUX)
        wrap_for_tmux(out, &sequence);
    strbuf_release(&sequence);
    return 0;
}
