/* gzip by zlib; see gunzip.h. */
#include "source/gunzip.h"

#include <errno.h>

#include "base/err.h"

/* A gzip header and trailer are wanted, and the largest window allowed. */
#define GZIP_WINDOW (16 + MAX_WBITS)

int gunzip_open(struct gunzip *g)
{
    g->z = (z_stream){0};
    g->is_open = inflateInit2(&g->z, GZIP_WINDOW) == Z_OK;
    return g->is_open ? 0 : -ENOMEM;
}

void gunzip_close(struct gunzip *g)
{
    if (g->is_open)
        inflateEnd(&g->z);
    g->is_open = false;
}

/* More input. At its end zlib is not asked any more. */
static int refill(struct gunzip *g, gunzip_read_fn read, void *ctx)
{
    size_t n;
    int rc = read(ctx, g->packed, sizeof g->packed, &n);
    if (rc != 0)
        return rc;
    g->z.next_in = g->packed;
    g->z.avail_in = (uInt)n;
    if (n != 0)
        return 0;
    g->over = true;
    if (!g->between)
        g->why = "gzip data ends too early";
    return 0;
}

static void inflate_some(struct gunzip *g)
{
    if (g->between) {
        /* Behind the last member some programs leave zeros, which are none. */
        if (g->z.next_in[0] != 0x1f) {
            g->over = true;
            return;
        }
        inflateReset(&g->z);
        g->between = false;
    }
    int rc = inflate(&g->z, Z_NO_FLUSH);
    if (rc == Z_STREAM_END) {
        g->between = true;
    } else if (rc != Z_OK && rc != Z_BUF_ERROR) {
        g->why = rc == Z_MEM_ERROR ? "out of memory" : "gzip data is damaged";
        g->over = true;
    }
}

int gunzip_next(struct gunzip *g, gunzip_read_fn read, void *ctx, size_t *out_n)
{
    g->z.next_out = g->expanded;
    g->z.avail_out = sizeof g->expanded;
    int rc = 0;
    while (rc == 0 && !g->over && g->z.avail_out != 0) {
        if (g->z.avail_in == 0)
            rc = refill(g, read, ctx);
        else
            inflate_some(g);
    }
    *out_n = sizeof g->expanded - g->z.avail_out;
    if (rc != 0 || *out_n != 0)
        return rc;
    return g->why != NULL ? ERR_FORMAT : 0;
}
