/* What a trace is; see info.h. */
#include "commands/info.h"

#include "commands/command.h"
#include "commands/info_json.h"
#include "commands/info_text.h"
#include "commands/json_value.h"
#include "commands/subject.h"

static void put_info(const struct subject *s, struct output *out)
{
    if (command_format(s->options) == EXPORT_FORMAT_JSON) {
        json_t *root = info_json(s);
        json_put(root, out);
        json_decref(root);
        return;
    }
    struct strbuf page = {0};
    info_text(s, &page);
    output_add(out, strbuf_str(&page), page.len);
    strbuf_release(&page);
}

int info_run(const struct options *o, struct output *out)
{
    struct subject s;
    int code = subject_open(&s, o, o->files, o->file_count, NULL);
    if (code == COMMAND_OK) {
        put_info(&s, out);
        code = subject_judge(&s, true);
    }
    subject_release(&s);
    return code;
}
