/* The picture of a call tree; see icicle.h. */
#include "ui/view/stacks/icicle.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/term/glyph.h"
#include "ui/view/stacks/stack_list.h"

/* As large as the picture is taken to be before it was drawn. */
#define FIRST_ROWS 20
#define FIRST_COLS 80

/* Roles that tell modules apart. */
#define MODULE_ROLES 7

/* From this width on a frame leaves its last cell to the gap before the next one. */
#define GAP_FROM 2

static const struct call_node *node_at(const struct icicle *p, uint32_t node)
{
    return &p->tree->nodes[node];
}

/* ---- nodes of another tree ---- */

/* Most often it stands where it stood. */
static void find_node(const struct icicle *p, struct icicle_node *n)
{
    if (n->key == 0 && n->node == OUTLINE_NO_NODE)
        return;
    if (n->node < p->tree->count && node_at(p, n->node)->key == n->key)
        return;
    n->node = OUTLINE_NO_NODE;
    for (uint32_t i = 0; i < p->tree->count && n->node == OUTLINE_NO_NODE; i++)
        if (node_at(p, i)->key == n->key)
            n->node = i;
}

static void set_node(const struct icicle *p, struct icicle_node *n, uint32_t node)
{
    n->node = node;
    n->key = node != OUTLINE_NO_NODE ? node_at(p, node)->key : 0;
}

void icicle_show(struct icicle *p, struct call_tree *tree)
{
    if (tree == p->tree)
        return;
    struct call_tree *old = p->tree;
    p->tree = tree != NULL ? call_tree_ref(tree) : NULL;
    call_tree_unref(old);
    p->count = 0;
    if (tree == NULL || tree->count == 0)
        return;
    find_node(p, &p->selected);
    if (p->selected.node == OUTLINE_NO_NODE)
        set_node(p, &p->selected, 0);
    for (size_t i = 0; i < p->zoom_count; i++) {
        find_node(p, &p->zoom[i]);
        if (p->zoom[i].node == OUTLINE_NO_NODE)
            p->zoom_count = i;
    }
}

/* ---- layout ---- */

static uint32_t zoomed(const struct icicle *p)
{
    return p->zoom_count > 0 ? p->zoom[p->zoom_count - 1].node : OUTLINE_NO_NODE;
}

static double whole_width(const struct icicle *p)
{
    uint32_t zoom = zoomed(p);
    unsigned by = (unsigned)p->tree->sort;
    return (double)(zoom != OUTLINE_NO_NODE ? node_at(p, zoom)->total[by] : p->tree->whole[by]);
}

static bool add_box(struct icicle *p, struct icicle_box box)
{
    void *boxes = p->boxes;
    if (base_grow(&boxes, &p->cap, p->count + 1, sizeof *p->boxes) != 0)
        return false;
    p->boxes = boxes;
    p->boxes[p->count++] = box;
    return true;
}

/* Adds `count` brothers from `first` on, which begin at `from` of the width and end before the cell
 * `end`. They are sorted: behind the first that has no cell of its own there is none that has. */
static void add_brothers(struct icicle *p, uint32_t first, uint32_t count, double from, int end,
                         int row, int cols)
{
    double whole = whole_width(p);
    for (uint32_t i = 0; i < count && whole > 0; i++) {
        double value = (double)node_at(p, first + i)->total[p->tree->sort];
        double to = from + value / whole;
        int x = (int)(from * cols + 1e-6), next = (int)(to * cols + 1e-6);
        next = next < end ? next : end;
        bool narrow = value * cols < whole * (1 - 1e-6);
        if (value <= 0 || x >= end)
            return;
        struct icicle_box box = {from, narrow ? OUTLINE_NO_NODE : first + i, row, x,
                                 narrow ? 1 : next - x};
        if ((box.width > 0 && !add_box(p, box)) || narrow)
            return;
        from = to;
    }
}

/* Lays out the rows up to `rows`. */
static void lay_out(struct icicle *p, int rows, int cols)
{
    uint32_t zoom = zoomed(p);
    p->count = 0;
    if (p->tree == NULL || p->tree->count == 0)
        return;
    if (zoom != OUTLINE_NO_NODE)
        add_brothers(p, zoom, 1, 0, cols, 0, cols);
    else
        add_brothers(p, 0, p->tree->root_count, 0, cols, 0, cols);
    for (size_t i = 0; i < p->count; i++) {
        const struct icicle_box b = p->boxes[i];
        if (b.row + 1 >= rows || b.node == OUTLINE_NO_NODE)
            continue;
        const struct call_node *n = node_at(p, b.node);
        add_brothers(p, n->first_child, n->child_count, b.from, b.x + b.width, b.row + 1, cols);
    }
}

/* The row of the selected frame; of one that is not below the zoomed frame 0. */
static int selected_row(const struct icicle *p)
{
    uint32_t zoom = zoomed(p);
    uint32_t first = zoom != OUTLINE_NO_NODE ? node_at(p, zoom)->depth : 0;
    uint32_t depth = node_at(p, p->selected.node)->depth;
    return depth > first ? (int)(depth - first) : 0;
}

/* Brings the selected row into sight, and one below it, and lays out what is seen. */
static void arrange(struct icicle *p)
{
    int rows = p->drawn.rows > 0 ? p->drawn.rows : FIRST_ROWS;
    int cols = p->drawn.cols > 0 ? p->drawn.cols : FIRST_COLS;
    int row = p->tree != NULL && p->tree->count > 0 ? selected_row(p) : 0;
    bool more = row > 0 && node_at(p, p->selected.node)->child_count > 0 && rows > 1;
    if (row < p->top)
        p->top = row;
    if (row + more >= p->top + rows)
        p->top = row + more - rows + 1;
    lay_out(p, p->top + rows + 1, cols);
}

static size_t find_box(const struct icicle *p, uint32_t node)
{
    size_t i = 0;
    while (i < p->count && p->boxes[i].node != node)
        i++;
    return i;
}

/* The selected frame, or the nearest one outside of it that is drawn; `count` when none is. */
static size_t selected_box(const struct icicle *p)
{
    size_t i = p->count;
    for (uint32_t n = p->selected.node; n != UINT32_MAX && i == p->count; n = node_at(p, n)->parent)
        i = find_box(p, n);
    return i;
}

/* ---- moving ---- */

static bool is_below(const struct icicle *p, uint32_t node, uint32_t above)
{
    while (node != UINT32_MAX && node != above)
        node = node_at(p, node)->parent;
    return node == above;
}

void icicle_select(struct icicle *p, uint32_t node)
{
    if (p->tree == NULL || node >= p->tree->count)
        return;
    set_node(p, &p->selected, node);
    while (p->zoom_count > 0 && !is_below(p, node, zoomed(p)))
        p->zoom_count--;
}

/* The next frame of the row to the right or left; the sign for narrow ones is stepped over. */
static uint32_t neighbour(const struct icicle *p, size_t at, bool right)
{
    int row = p->boxes[at].row;
    for (size_t i = at; right ? i + 1 < p->count : i > 0;) {
        i = right ? i + 1 : i - 1;
        if (p->boxes[i].row != row)
            break;
        if (p->boxes[i].node != OUTLINE_NO_NODE)
            return p->boxes[i].node;
    }
    return OUTLINE_NO_NODE;
}

static bool move_once(struct icicle *p, enum action a)
{
    size_t at = selected_box(p);
    if (at == p->count)
        return false;
    const struct icicle_box *b = &p->boxes[at];
    const struct call_node *selected = node_at(p, p->selected.node);
    uint32_t to = OUTLINE_NO_NODE;
    if (a == ACTION_DOWN)
        to = selected->child_count > 0 ? selected->first_child : OUTLINE_NO_NODE;
    else if (b->node != p->selected.node)
        to = b->node; /* from one too narrow to be drawn to the one around it that is */
    else if (a == ACTION_UP)
        to = b->row > 0 ? selected->parent : OUTLINE_NO_NODE;
    else
        to = neighbour(p, at, a == ACTION_RIGHT);
    if (to == OUTLINE_NO_NODE)
        return false;
    set_node(p, &p->selected, to);
    arrange(p);
    return true;
}

/* Down the first ones to the end. */
static void go_to_end(struct icicle *p)
{
    while (node_at(p, p->selected.node)->child_count > 0)
        set_node(p, &p->selected, node_at(p, p->selected.node)->first_child);
}

static void go_to_start(struct icicle *p)
{
    set_node(p, &p->selected, p->zoom_count > 0 ? zoomed(p) : 0);
}

bool icicle_move(struct icicle *p, enum action a, uint64_t count)
{
    uint64_t steps = count > 0 ? count : 1;
    uint64_t page = p->drawn.rows > 1 ? (uint64_t)p->drawn.rows - 1 : 1;
    enum action step = a;
    switch ((int)a) {
    case ACTION_UP:
    case ACTION_DOWN:
    case ACTION_RIGHT:
    case ACTION_LEFT:
        break;
    case ACTION_PAGE_UP:
    case ACTION_HALF_UP:
        step = ACTION_UP;
        steps = a == ACTION_PAGE_UP ? page : page / 2 + 1;
        break;
    case ACTION_PAGE_DOWN:
    case ACTION_HALF_DOWN:
        step = ACTION_DOWN;
        steps = a == ACTION_PAGE_DOWN ? page : page / 2 + 1;
        break;
    case ACTION_FIRST:
    case ACTION_LAST:
        if (p->tree != NULL && p->tree->count > 0)
            a == ACTION_FIRST ? go_to_start(p) : go_to_end(p);
        return true;
    default:
        return false;
    }
    if (p->tree == NULL || p->tree->count == 0)
        return true;
    arrange(p);
    while (steps-- > 0 && move_once(p, step))
        continue;
    return true;
}

bool icicle_zoom(struct icicle *p)
{
    if (p->tree == NULL || p->tree->count == 0 || p->selected.node == zoomed(p) ||
        node_at(p, p->selected.node)->child_count == 0)
        return false;
    if (p->zoom_count == ICICLE_ZOOMS)
        p->zoom_count--;
    p->zoom[p->zoom_count++] = p->selected;
    p->top = 0;
    return true;
}

bool icicle_unzoom(struct icicle *p)
{
    if (p->zoom_count == 0)
        return false;
    p->zoom_count--;
    return true;
}

uint32_t icicle_at(const struct icicle *p, int y, int x)
{
    int row = y - p->drawn.y + p->top, cell = x - p->drawn.x;
    if (y < p->drawn.y || y >= p->drawn.y + p->drawn.rows)
        return OUTLINE_NO_NODE;
    for (size_t i = 0; i < p->count; i++) {
        const struct icicle_box *b = &p->boxes[i];
        if (b->row == row && cell >= b->x && cell < b->x + b->width)
            return b->node;
    }
    return OUTLINE_NO_NODE;
}

/* ---- drawing ---- */

static enum role module_role(const struct call_node *n)
{
    uint32_t hash = 2166136261u;
    if (n->module[0] == '\0')
        return ROLE_STACK_FRAME;
    for (const char *s = n->module; *s != '\0'; s++)
        hash = (hash ^ (unsigned char)*s) * 16777619u;
    return (enum role)(ROLE_STACK_FRAME_1 + (hash >> 16) % MODULE_ROLES);
}

/* The function alone where the module does not fit beside it. */
static const char *frame_text(const struct canvas *c, const struct call_node *n, int width)
{
    struct charset cs = canvas_charset(c);
    size_t part = stack_module_part(n);
    if (!n->named || cells_width(cs, n->text, strlen(n->text)) <= width || n->text[part] != '!')
        return n->text;
    return n->text + part + 1;
}

static void draw_box(struct icicle *p, const struct canvas *c, const struct icicle_box *b,
                     bool selected)
{
    int y = b->row - p->top, width = b->width >= GAP_FROM ? b->width - 1 : b->width;
    if (b->node == OUTLINE_NO_NODE) {
        canvas_puts(c, y, b->x, ROLE_TEXT_MUTED, GLYPH_ELLIPSIS);
        return;
    }
    const struct call_node *n = node_at(p, b->node);
    enum role role = selected ? ROLE_STACK_FRAME_CURSOR : module_role(n);
    struct canvas box = canvas_sub(c, y, b->x, 1, width);
    box.find_row = selected ? box.y : -1;
    canvas_fill(&box, 0, 0, 1, width, role);
    int x = selected && width > 2 ? canvas_puts(&box, 0, 0, role, ">") : 0;
    const char *text = frame_text(c, n, width - x);
    if (width - x < 3) /* a sign that something was cut would be all there is */
        canvas_text(&box, 0, x, role, text,
                    cells_fit(canvas_charset(c), text, strlen(text), width - x, NULL));
    else
        /* Without a name the end tells one from the other. */
        canvas_field(&box, 0, x, width - x, role, ALIGN_LEFT, n->named ? CUT_END : CUT_MIDDLE, text,
                     strlen(text));
}

void icicle_draw(struct icicle *p, const struct canvas *c, bool focused)
{
    p->drawn = *c;
    arrange(p);
    size_t selected = p->tree != NULL && p->tree->count > 0 ? selected_box(p) : p->count;
    for (size_t i = 0; i < p->count; i++) {
        const struct icicle_box *b = &p->boxes[i];
        if (b->row >= p->top && b->row < p->top + c->rows)
            draw_box(p, c, b, i == selected && focused);
    }
    if (p->top > 0)
        canvas_puts(c, 0, c->cols - 1, ROLE_TEXT_MUTED, GLYPH_ARROW_UP);
    for (size_t i = p->count; i > 0 && c->rows > 0; i--)
        if (p->boxes[i - 1].row >= p->top + c->rows) {
            canvas_puts(c, c->rows - 1, c->cols - 1, ROLE_TEXT_MUTED, GLYPH_ARROW_DOWN);
            break;
        }
}

void icicle_release(struct icicle *p)
{
    call_tree_unref(p->tree);
    free(p->boxes);
    *p = (struct icicle){.tree = NULL};
}
