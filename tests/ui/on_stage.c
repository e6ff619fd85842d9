/* The stage that a test program plays on; see on_stage.h. */
#include "on_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

struct stage st;

int close_stage(void **state)
{
    (void)state;
    stage_close(&st);
    return 0;
}

void type(const char *keys)
{
    term_keys(st.term, keys);
}

bool sees(const char *text)
{
    return term_find(st.term, text) >= 0;
}

void assert_filter(const char *expected)
{
    assert_string_equal(st.last_filter, expected);
}

void assert_row(unsigned row)
{
    struct strbuf text = {0};
    type("<Enter>");
    strbuf_puts(&text, "row ");
    text_put_grouped(&text, row);
    strbuf_putc(&text, ' ');
    bool right = sees(text.s);
    strbuf_release(&text);
    type("<Esc>");
    if (!right)
        if (!right)
            fail_msg("row %u is not the selected one", row);
}
