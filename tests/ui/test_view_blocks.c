/* Blocks as a person walks through it: what is listed, in what order, and where the keys lead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "answer/blocks/block_list.h"
#include "base/text.h"
#include "on_stage.h"
#include "ui/app/app_state.h"
#include "ui/widget/list.h"

static int open_stage(void **state)
{
    (void)state;
    stage_open(&st, &(struct stage_options){.rows = 30, .cols = 200});
    type("6");
    return 0;
}

static struct list *blocks(void)
{
    return view_list(st.app->stack.screens[SCOPE_BLOCKS]);
}

static const struct block_list *listed(void)
{
    return snapshot_blocks(st.app->shown);
}

/* The caption tells the figures that Summary has. */
static void tells_what_is_outstanding(void **state)
{
    (void)state;
    const struct figures total = st.app->shown->summary->total, *f = &total;
    assert_int_equal(listed()->total.blocks, f->outstanding_blocks);
    assert_int_equal(listed()->total.bytes, f->outstanding_bytes);
    assert_int_equal(blocks()->count, f->outstanding_blocks);
    assert_true(sees("Outstanding: "));
    type("o");
    assert_true(sees("All blocks: "));
    assert_true(blocks()->count > f->outstanding_blocks);
    uint64_t all = blocks()->count;
    type("o");
    assert_true(sees("Freed: "));
    assert_int_equal(blocks()->count, all - f->outstanding_blocks);
    type("o");
    assert_true(sees("Outstanding: "));
}

/* In a range every class has its turn, and together they are all that lived in it. */
static void a_range_has_classes(void **state)
{
    (void)state;
    uint64_t count[6];
    type("2#400g[#900g]6");
    for (size_t i = 0; i < 6; i++) {
        count[i] = blocks()->count;
        type("o");
    }
    assert_int_equal(count[2] + count[3] + count[4] + count[5], count[1]);
    assert_int_equal(count[3] + count[5], count[0]);
    assert_true(sees("Outstanding at the range's end"));
    type("oooo");
    assert_true(sees("AOFI"));
    type("\\");
    assert_true(sees("AOFI")); /* what is listed is not changed behind a person's back */
    type("o");
    assert_true(sees("Outstanding: ") || sees("AOFO"));
}

static void order_is_turned_round(void **state)
{
    (void)state;
    uint64_t first = blocks()->source->row_id(blocks()->ctx, 0);
    unsigned asked = st.answers[ANSWER_BLOCKS];
    type("GS");
    assert_int_equal(st.answers[ANSWER_BLOCKS], asked); /* nothing is sorted for it */
    type("G");
    assert_int_equal(blocks()->id, first);
    type("s");
    assert_int_equal(blocks()->id, first); /* the selection stays on its block */
}

/* Enter leads to the alloc and Backspace back to the same block. */
static void enter_leads_to_the_alloc(void **state)
{
    (void)state;
    type("jjj<Enter>");
    uint64_t chosen = blocks()->id;
    assert_int_equal(st.app->stack.shown, SCOPE_EVENTS);
    assert_int_equal(view_events_selected(app_events(st.app)), chosen);
    type("<BS>");
    assert_int_equal(st.app->stack.shown, SCOPE_BLOCKS);
    assert_int_equal(blocks()->id, chosen);
    assert_int_equal(blocks()->pos, 3);
    type("e");
    assert_true(sees("nothing ended it") || sees("process ended"));
    assert_int_equal(st.app->stack.shown, SCOPE_BLOCKS);
}

static void end_leads_to_the_free(void **state)
{
    (void)state;
    type("oojj");
    uint64_t chosen = block_list_opener(listed(), blocks()->pos, blocks()->sort_descending);
    uint64_t end = store_closer(st.app->shown->trace->store, chosen);
    type("e");
    assert_int_equal(st.app->stack.shown, SCOPE_EVENTS);
    assert_int_equal(view_events_selected(app_events(st.app)), end);
    type("<BS>");
    assert_int_equal(blocks()->id, chosen);
}

/* The details follow the selection, with the life of its address. */
static void details_are_those_of_the_alloc(void **state)
{
    (void)state;
    struct strbuf row = {0};
    type("d");
    strbuf_puts(&row, "Alloc  row ");
    text_put_grouped(&row, blocks()->source->row_id(blocks()->ctx, blocks()->pos));
    assert_true(sees(row.s));
    strbuf_release(&row);
    assert_true(sees("Life  at 0x"));
    type("j<Esc>");
    assert_false(sees("Life  at"));
}

static void cells_filter(void **state)
{
    (void)state;
    type("gl="); /* the size */
    assert_true(strncmp(st.last_filter, "size == ", 8) == 0);
    assert_true(blocks()->count >= 1);
    type("<BS>H");
    assert_true(strncmp(st.last_filter, "heap == 0x", 10) == 0);
    type("<BS>g-");
    assert_non_null(strstr(st.last_filter, "size "));
    assert_true(st.last_filter[0] == '!' || strstr(st.last_filter, "!=") != NULL);
}

/* ---- finding ---- */

static uint64_t at_cursor(void)
{
    return block_list_opener(listed(), blocks()->pos, blocks()->sort_descending);
}

static struct row opener_at(uint64_t pos)
{
    struct row row;
    store_get(st.app->shown->trace->store,
              block_list_opener(listed(), pos, blocks()->sort_descending), &row);
    return row;
}

/* The positions of the blocks that cover the address, read off one by one. */
static size_t covering(uint64_t address, uint64_t out_pos[], size_t most)
{
    size_t n = 0;
    for (uint64_t pos = 0; pos < blocks()->count && n < most; pos++) {
        struct row row = opener_at(pos);
        if (address >= row.address && address - row.address < row.size)
            out_pos[n++] = pos;
    }
    return n;
}

/* A byte in the middle of a block, of which no start begins with the same digits. */
static uint64_t byte_inside(uint64_t pos)
{
    struct row row = opener_at(pos);
    return row.address + row.size / 2;
}

static void type_address(const char *before, uint64_t address)
{
    char keys[64];
    snprintf(keys, sizeof keys, "%s0x%llx<Enter>", before, (unsigned long long)address);
    type(keys);
}

static void find_leads_to_blocks_that_cover_a_byte(void **state)
{
    (void)state;
    uint64_t pos[64];
    type("oo"); /* freed ones: several lived at an address */
    for (uint64_t i = 0; i < blocks()->count; i += blocks()->count / 7 + 1) {
        uint64_t byte = byte_inside(i);
        if (opener_at(i).size < 3)
            continue;
        size_t n = covering(byte, pos, 64);
        assert_true(n >= 1);
        type("g");
        type_address("/", byte);
        size_t k = 0;
        assert_int_equal(blocks()->pos, pos[k]);
        for (size_t more = 0; more < n; more++) {
            type("n");
            k = (k + 1) % n;
            assert_int_equal(blocks()->pos, pos[k]);
        }
        type("N");
        assert_int_equal(blocks()->pos, pos[(k + n - 1) % n]);
    }
}

static void goto_leads_to_the_block_that_covers_a_byte(void **state)
{
    (void)state;
    uint64_t at = blocks()->count / 2, block = opener_at(at).id;
    type_address(":", byte_inside(at));
    assert_int_equal(st.app->stack.shown, SCOPE_BLOCKS);
    assert_int_equal(at_cursor(), block);
    type("g:0x1234<Enter>");
    assert_true(sees("No block of this list covers 0x1234"));
    assert_int_equal(blocks()->pos, 0);
}

static void find_tells_what_it_finds(void **state)
{
    (void)state;
    type("/no-such-thing<Enter>");
    assert_true(sees("no hit: address, size"));
    type("/size >=<Enter>");
    assert_true(sees("expected"));
    type("<Esc><Esc>/size > 0<Enter>");
    assert_true(sees("hit "));
    type("2/size > 0<Enter>");
    assert_true(sees("hit "));
}

/* A block that is older than the range is found all the same. */
static void find_knows_no_range(void **state)
{
    (void)state;
    type("2#900g[6");
    uint64_t at = blocks()->count / 2;
    for (uint64_t i = 0; i < blocks()->count; i++)
        if (opener_at(i).id < 900 && opener_at(i).size > 2)
            at = i;
    uint64_t block = opener_at(at).id;
    assert_true(block < 900);
    type("g");
    type_address("/", byte_inside(at));
    assert_int_equal(at_cursor(), block);
}

/* The same text in Events asks for the rows of the filter, back in Blocks for blocks. */
static void find_follows_the_screen(void **state)
{
    (void)state;
    uint64_t byte = byte_inside(3), block = opener_at(3).id;
    type_address("/", byte);
    assert_int_equal(at_cursor(), block);
    type("2/alloc<Enter>n");
    assert_true(sees(" hits") || sees("hit "));
    type("6gn");
    assert_true(sees("hit 2 of ") || sees("many hits"));
}

static void braces_follow_the_block_in_events(void **state)
{
    (void)state;
    type("oojj");
    uint64_t chosen = at_cursor();
    uint64_t end = store_closer(st.app->shown->trace->store, chosen);
    type("}");
    assert_int_equal(st.app->stack.shown, SCOPE_EVENTS);
    uint64_t row = view_events_selected(app_events(st.app));
    assert_true(row > chosen && row <= end);
    type("{");
    assert_int_equal(view_events_selected(app_events(st.app)), chosen);
    type("<BS>");
    assert_int_equal(st.app->stack.shown, SCOPE_BLOCKS);
    assert_int_equal(blocks()->id, chosen);
}

/* ---- progress ---- */

static void put_percent(struct snapshot *s)
{
    s->answer_percent[ANSWER_BLOCKS] = 62;
    answer_unref(s->answer[ANSWER_BLOCKS]);
    s->answer[ANSWER_BLOCKS] = NULL;
}

static void tells_how_far_the_sorting_is(void **state)
{
    (void)state;
    st.dress = put_percent;
    type("s");
    assert_true(sees("62 %"));
    st.dress = NULL;
}

static void stacks_open_blocks(void **state)
{
    (void)state;
    type("7<Enter>");
    assert_int_equal(st.app->stack.shown, SCOPE_BLOCKS);
    type("<BS>");
    assert_int_equal(st.app->stack.shown, SCOPE_STACKS);
}

static void blocks_are_written(void **state)
{
    (void)state;
    type("w");
    assert_true(sees("blocks to NAME.tsv"));
    type("<C-u>/tmp/x.tsv<Enter>");
    assert_int_equal(st.writes, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tells_what_is_outstanding),
        TEST(a_range_has_classes),
        TEST(order_is_turned_round),
        TEST(enter_leads_to_the_alloc),
        TEST(end_leads_to_the_free),
        TEST(details_are_those_of_the_alloc),
        TEST(cells_filter),
        TEST(find_leads_to_blocks_that_cover_a_byte),
        TEST(goto_leads_to_the_block_that_covers_a_byte),
        TEST(find_tells_what_it_finds),
        TEST(find_knows_no_range),
        TEST(find_follows_the_screen),
        TEST(braces_follow_the_block_in_events),
        TEST(tells_how_far_the_sorting_is),
        TEST(stacks_open_blocks),
        TEST(blocks_are_written),
    };
    return cmocka_run_group_tests(tests, term_group_setup, NULL);
}
