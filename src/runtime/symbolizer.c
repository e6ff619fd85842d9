/* Wishes to answers; see symbolizer.h. */
#include "runtime/symbolizer.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "runtime/symbol_child.h"
#include "symbols/pdb_find.h"
#include "symbols/stub_folder.h"
#include "symbols/symbol_answer.h"
#include "symbols/symbol_tool.h"

/* Questions under way, and how few may be left before more are sent: the answers to all of them may
 * come in one turn of the loop, and take some 10 us each. */
#define ASKED_MOST  128u
#define ASKED_LOW   64u
#define STAGE_COUNT 128u

#define TELL_NS INT64_C(100000000)

/* How often the child may fail: at one PDB, without an answer in between, in all. */
#define FAILURES_OF_PDB   3u
#define FAILURES_IN_A_ROW 5u
#define FAILURES_MOST     64u

/* Problems told; more of them say nothing new. */
#define PROBLEMS_MOST 16u

enum pdb_state { PDB_UNKNOWN, PDB_FOUND, PDB_REFUSED };

struct known_pdb {
    enum pdb_state state;
    unsigned stub; /* its number, when found */
    unsigned failures;
};

struct asked {
    struct symbol_wish wish;
    unsigned stub;
};

/* A look for one PDB, by a thread of the pool. */
struct search {
    uv_work_t work;
    bool busy;
    struct symbol_wish wish;
    const struct symbol_path *path;
    struct stub_folder *stubs; /* touched by nobody else meanwhile */
    bool found;
    unsigned stub;
    struct strbuf reason; /* why it is of no use; "" when there is none */
};

struct symbolizer {
    uv_loop_t *loop;
    struct symbol_table *table;
    struct symbolizer_options options;
    uv_async_t wished; /* there are wishes to take */
    uv_timer_t tell;   /* paces changed() */
    int64_t told_at;
    struct search search;
    struct stub_folder stubs;
    struct strbuf tool; /* path of the program */
    struct symbol_child *child;
    int users; /* handles and children that are not gone yet */
    bool closing;
    bool shut; /* given up */

    struct known_pdb *pdbs; /* by the wish's pdb_id */
    size_t pdb_cap;
    struct symbol_wish stage[STAGE_COUNT]; /* taken, not yet asked */
    unsigned stage_first, stage_end;
    struct asked asked[ASKED_MOST]; /* a ring, oldest first */
    unsigned asked_first, asked_count;
    unsigned failures, failures_in_a_row;

    struct strbuf questions; /* to be sent */
    struct symbol_answer answer;
    struct strbuf problems;
    unsigned problem_count;
};

static void pump(struct symbolizer *s);

/* ---- telling ---- */

static void say(struct symbolizer *s)
{
    struct strbuf b = {0};
    size_t wanted = symbol_table_wanted(s->table);
    const char *problems = strbuf_str(&s->problems);
    if (wanted != 0) {
        strbuf_puts(&b, "finding names: ");
        text_put_grouped(&b, wanted);
        strbuf_puts(&b, " to go");
    } else {
        strbuf_add(&b, problems, strcspn(problems, "\n"));
    }
    symbol_table_say(s->table, strbuf_str(&b));
    strbuf_release(&b);
}

static void on_tell(uv_timer_t *timer)
{
    struct symbolizer *s = timer->data;
    s->told_at = clock_monotonic_ns();
    say(s);
    s->options.changed(s->options.ctx);
}

/* Something is to be told: at once when it is the last for now, else ten times a second. */
static void note_change(struct symbolizer *s)
{
    if (s->closing)
        return;
    bool last = symbol_table_wanted(s->table) == 0;
    if (!last && uv_is_active((uv_handle_t *)&s->tell))
        return;
    int64_t wait = last ? 0 : s->told_at + TELL_NS - clock_monotonic_ns();
    uv_update_time(s->loop);
    uv_timer_start(&s->tell, on_tell, wait > 0 ? (uint64_t)wait / 1000000 : 0, 0);
}

static void add_problem(struct symbolizer *s, const char *text)
{
    if (s->problem_count == PROBLEMS_MOST)
        return;
    s->problem_count++;
    bool last = s->problem_count == PROBLEMS_MOST;
    strbuf_printf(&s->problems, "%s\n", last ? "more of the same is not told" : text);
}

/* There will be no more names. */
static void give_up(struct symbolizer *s, const char *why)
{
    s->shut = true;
    add_problem(s, why);
    symbol_table_shut(s->table);
    if (s->child != NULL)
        symbol_child_close(s->child);
    s->child = NULL;
    note_change(s);
}

/* ---- PDBs ---- */

static struct known_pdb *pdb_of(struct symbolizer *s, const struct symbol_wish *wish)
{
    size_t had = s->pdb_cap;
    if (wish->pdb_id >= had) {
        if (base_grow((void **)&s->pdbs, &s->pdb_cap, (size_t)wish->pdb_id + 1, sizeof *s->pdbs) !=
            0)
            abort(); /* at most SYMBOL_TABLE_MOST_PDBS of a few bytes */
        memset(s->pdbs + had, 0, (s->pdb_cap - had) * sizeof *s->pdbs);
    }
    return &s->pdbs[wish->pdb_id];
}

static void refuse_pdb(struct symbolizer *s, const struct symbol_wish *wish)
{
    pdb_of(s, wish)->state = PDB_REFUSED;
    symbol_table_refuse(s->table, wish);
    note_change(s);
}

/* In the pool. */
static void on_search(uv_work_t *work)
{
    struct search *search = work->data;
    struct pdb_wanted wanted = {.age = search->wish.age, .name = search->wish.pdb};
    memcpy(wanted.guid, search->wish.guid, sizeof wanted.guid);
    struct strbuf pdb = {0};
    struct err_info info;
    struct stub_image image = {.age = wanted.age};
    search->found = pdb_find(search->path, &wanted, &pdb, &image.is_x86, &search->reason);
    memcpy(image.guid, wanted.guid, sizeof image.guid);
    image.pdb = strbuf_str(&pdb);
    if (search->found && stub_folder_add(search->stubs, &image, &search->stub, &info) != 0) {
        search->found = false;
        strbuf_clear(&search->reason);
        strbuf_puts(&search->reason, info.text);
    }
    strbuf_release(&pdb);
}

static void release(struct symbolizer *s);

static void on_searched(uv_work_t *work, int status)
{
    struct search *search = work->data;
    struct symbolizer *s =
        (struct symbolizer *)((char *)search - offsetof(struct symbolizer, search));
    (void)status;
    search->busy = false;
    s->users--;
    if (s->closing) {
        release(s);
        return;
    }
    struct known_pdb *pdb = pdb_of(s, &search->wish);
    if (search->found) {
        pdb->state = PDB_FOUND;
        pdb->stub = search->stub;
    } else {
        if (search->reason.len != 0)
            add_problem(s, strbuf_str(&search->reason));
        refuse_pdb(s, &search->wish);
    }
    pump(s);
}

static void look_for(struct symbolizer *s, const struct symbol_wish *wish)
{
    struct search *search = &s->search;
    search->wish = *wish;
    strbuf_clear(&search->reason);
    search->busy = true;
    s->users++;
    uv_queue_work(s->loop, &search->work, on_search, on_searched);
    note_change(s); /* a slow folder is told, too */
}

/* ---- the child ---- */

static void on_line(void *ctx, const char *line, size_t n);
static void on_lost(void *ctx);

static void on_gone(void *ctx)
{
    struct symbolizer *s = ctx;
    s->users--;
    release(s);
}

static void start_child(struct symbolizer *s)
{
    const struct symbol_child_events events = {
        .ctx = s, .line = on_line, .lost = on_lost, .gone = on_gone};
    struct strbuf why = {0};
    s->users++;
    int rc = symbol_child_start(s->loop, strbuf_str(&s->tool), s->stubs.path, &events, &s->child);
    if (rc != 0) {
        text_put_escaped(&why, s->tool.s, s->tool.len);
        strbuf_printf(&why, " cannot be started: %s", uv_strerror(rc));
        give_up(s, strbuf_str(&why));
    }
    strbuf_release(&why);
}

static struct asked *oldest(struct symbolizer *s)
{
    return &s->asked[s->asked_first % ASKED_MOST];
}

static void forget_oldest(struct symbolizer *s)
{
    s->asked_first++;
    s->asked_count--;
}

/* Sends again what the child that was lost had not answered. */
static void ask_again(struct symbolizer *s)
{
    unsigned count = s->asked_count;
    for (unsigned i = 0; i < count; i++) {
        struct asked a = *oldest(s);
        forget_oldest(s);
        if (pdb_of(s, &a.wish)->state == PDB_REFUSED)
            continue;
        s->asked[(s->asked_first + s->asked_count++) % ASKED_MOST] = a;
        symbol_question_put(a.stub, a.wish.offset, &s->questions);
    }
}

/* The child ended, or said what makes no sense, at its oldest question: that one is not asked
 * again. */
static void blame(struct symbolizer *s)
{
    struct symbol_wish wish = oldest(s)->wish;
    struct known_pdb *pdb = pdb_of(s, &wish);
    forget_oldest(s);
    symbol_table_put(s->table, &wish, NULL);
    note_change(s);
    if (++pdb->failures < FAILURES_OF_PDB || pdb->state == PDB_REFUSED)
        return;
    struct strbuf why = {0};
    text_put_escaped(&why, wish.pdb, strlen(wish.pdb));
    strbuf_puts(&why, ": llvm-symbolizer fails at it");
    add_problem(s, strbuf_str(&why));
    strbuf_release(&why);
    refuse_pdb(s, &wish);
}

static void on_lost(void *ctx)
{
    struct symbolizer *s = ctx;
    symbol_child_close(s->child);
    s->child = NULL;
    if (s->asked_count != 0)
        blame(s);
    s->failures++;
    s->failures_in_a_row++;
    if (s->failures_in_a_row >= FAILURES_IN_A_ROW || s->failures >= FAILURES_MOST) {
        struct strbuf why = {0};
        text_put_escaped(&why, s->tool.s, s->tool.len);
        strbuf_printf(&why, " failed %u times; names need version %u or newer", s->failures,
                      SYMBOL_TOOL_OLDEST);
        give_up(s, strbuf_str(&why));
        strbuf_release(&why);
        return;
    }
    strbuf_clear(&s->questions);
    ask_again(s);
    pump(s);
}

static void on_line(void *ctx, const char *line, size_t n)
{
    struct symbolizer *s = ctx;
    if (s->asked_count == 0) {
        on_lost(s);
        return;
    }
    struct asked *a = oldest(s);
    int rc = ERR_EMPTY;
    if (line != NULL)
        rc = symbol_answer_read(line, n, a->stub, a->wish.offset, &s->answer);
    if (rc == ERR_FORMAT) {
        on_lost(s);
        return;
    }
    struct symbol symbol = {.function = strbuf_str(&s->answer.function),
                            .file = strbuf_str(&s->answer.file),
                            .line = s->answer.line};
    symbol_table_put(s->table, &a->wish, rc == 0 ? &symbol : NULL);
    forget_oldest(s);
    s->failures_in_a_row = 0;
    note_change(s);
    if (s->asked_count <= ASKED_LOW)
        pump(s);
}

/* ---- the flow ---- */

/* The next wish to ask; NULL when there is none. */
static const struct symbol_wish *next_wish(struct symbolizer *s)
{
    if (s->stage_first == s->stage_end) {
        s->stage_first = 0;
        s->stage_end = (unsigned)symbol_table_take(s->table, s->stage, STAGE_COUNT);
    }
    return s->stage_first < s->stage_end ? &s->stage[s->stage_first] : NULL;
}

/* Asks as much as may be under way. A PDB not seen before stops it until the PDB was looked for. */
static void ask_more(struct symbolizer *s)
{
    const struct symbol_wish *wish;
    while (s->asked_count < ASKED_MOST && (wish = next_wish(s)) != NULL) {
        const struct known_pdb *pdb = pdb_of(s, wish);
        if (pdb->state == PDB_UNKNOWN) {
            look_for(s, wish);
            return;
        }
        if (pdb->state == PDB_FOUND) {
            s->asked[(s->asked_first + s->asked_count++) % ASKED_MOST] =
                (struct asked){.wish = *wish, .stub = pdb->stub};
            symbol_question_put(pdb->stub, wish->offset, &s->questions);
        }
        s->stage_first++;
    }
}

static void pump(struct symbolizer *s)
{
    if (s->closing || s->shut)
        return;
    if (!s->search.busy)
        ask_more(s);
    if (s->questions.len == 0)
        return;
    if (s->child == NULL)
        start_child(s);
    if (s->child != NULL)
        symbol_child_write(s->child, s->questions.s, s->questions.len);
    strbuf_clear(&s->questions);
}

/* ---- life ---- */

static void wake(void *ctx)
{
    uv_async_send(ctx);
}

static void on_wished(uv_async_t *async)
{
    pump(async->data);
}

/* What can be told before the first wish. */
static void prepare(struct symbolizer *s)
{
    struct err_info info;
    if (!symbol_tool_find(&s->tool))
        give_up(s, "llvm-symbolizer is not in PATH: without it functions have no names "
                   "(Debian's package llvm has it)");
    else if (stub_folder_open(&s->stubs, &info) != 0)
        give_up(s, info.text);
    else
        start_child(s); /* now, while forking is cheap: memory grows with the trace */
}

struct symbolizer *symbolizer_new(uv_loop_t *loop, const struct symbolizer_options *options)
{
    struct symbolizer *s = base_xcalloc(1, sizeof *s);
    s->loop = loop;
    s->options = *options;
    s->table = symbol_table_ref(options->table);
    s->told_at = INT64_MIN / 2;
    s->search.path = options->path;
    s->search.stubs = &s->stubs;
    s->search.work.data = &s->search;
    uv_async_init(loop, &s->wished, on_wished);
    uv_timer_init(loop, &s->tell);
    s->wished.data = s->tell.data = s;
    s->users = 2;
    symbol_table_on_wish(s->table, wake, &s->wished);
    symbol_table_open(s->table);
    prepare(s);
    say(s);
    pump(s);
    return s;
}

const char *symbolizer_problems(const struct symbolizer *s)
{
    return strbuf_str(&s->problems);
}

/* When everything has ended. */
static void release(struct symbolizer *s)
{
    if (!s->closing || s->users != 0)
        return;
    stub_folder_remove(&s->stubs);
    symbol_table_unref(s->table);
    symbol_answer_release(&s->answer);
    strbuf_release(&s->search.reason);
    strbuf_release(&s->questions);
    strbuf_release(&s->problems);
    strbuf_release(&s->tool);
    free(s->pdbs);
    free(s);
}

static void on_closed(uv_handle_t *handle)
{
    on_gone(handle->data);
}

void symbolizer_close(struct symbolizer *s)
{
    if (s == NULL)
        return;
    s->closing = true;
    symbol_table_on_wish(s->table, NULL, NULL);
    uv_close((uv_handle_t *)&s->wished, on_closed);
    uv_close((uv_handle_t *)&s->tell, on_closed);
    if (s->child != NULL)
        symbol_child_close(s->child);
}
