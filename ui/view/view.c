/* What is the same in all views; see view.h. */
#include "ui/view/view.h"

#include <stdarg.h>

struct list *view_list(struct view *v)
{
    return v != NULL && v->ops->list != NULL ? v->ops->list(v) : NULL;
}

struct page *view_page(struct view *v)
{
    return v != NULL && v->ops->page != NULL ? v->ops->page(v) : NULL;
}

enum view_result view_say(struct view_request *out_request, const char *format, ...)
{
    va_list ap;
    out_request->kind = VIEW_REQUEST_MESSAGE;
    strbuf_clear(&out_request->condition);
    va_start(ap, format);
    strbuf_vprintf(&out_request->condition, format, ap);
    va_end(ap);
    return VIEW_REQUEST;
}
