/*
 * Reading a filter's text piece by piece. What a piece means depends on what the parser expects
 * (`Solution.exe`, `0..5`, `/a b/`), so there are no tokens, only questions at the cursor.
 */
#include "query/filter_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool filter_lex_at_end(const struct filter_lexer *lx)
{
    return lx->at == lx->len;
}

void filter_lex_skip_blanks(struct filter_lexer *lx)
{
    while (lx->at < lx->len && is_blank(lx->s[lx->at]))
        lx->at++;
}

bool filter_lex_take(struct filter_lexer *lx, const char *symbol)
{
    size_t n = strlen(symbol);
    if (n > lx->len - lx->at || memcmp(lx->s + lx->at, symbol, n) != 0)
        return false;
    lx->at += n;
    return true;
}

size_t filter_lex_word(const struct filter_lexer *lx)
{
    size_t end = lx->at;
    while (end < lx->len && is_word(lx->s[end]))
        end++;
    return end - lx->at;
}

bool filter_lex_take_word(struct filter_lexer *lx, const char *word)
{
    size_t n = filter_lex_word(lx);
    if (n != strlen(word) || memcmp(lx->s + lx->at, word, n) != 0)
        return false;
    lx->at += n;
    return true;
}

/* What ends a value that stands without quotes. */
static bool ends_value(char c)
{
    return is_blank(c) || (unsigned char)c < 0x20 || strchr("()[],&|!<>=~\"", c) != NULL;
}

size_t filter_lex_value(const struct filter_lexer *lx, bool range)
{
    size_t end = lx->at;
    for (; end < lx->len && !ends_value(lx->s[end]); end++)
        if (range && end + 1 < lx->len && lx->s[end] == '.' && lx->s[end + 1] == '.')
            break;
    return end - lx->at;
}

bool filter_lex_fail(struct filter_lexer *lx, size_t offset, bool begins, const char *fmt, ...)
{
    lx->error->offset = offset;
    lx->error->incomplete = begins || offset == lx->len;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(lx->error->expected, sizeof lx->error->expected, fmt, ap);
    va_end(ap);
    return false;
}
