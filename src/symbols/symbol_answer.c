/* Questions and answers of llvm-symbolizer; see symbol_answer.h. */
#include "symbols/symbol_answer.h"

#include <jansson.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "symbols/stub_folder.h"

const char *const symbol_tool_arguments[] = {"--output-style=JSON", "--relative-address",
                                             "--no-inlines", "--demangle", NULL};

void symbol_question_put(unsigned number, uint64_t offset, struct strbuf *out)
{
    char name[STUB_NAME_SIZE];
    stub_name(number, name);
    strbuf_printf(out, "%s ", name);
    strbuf_put_hex(out, offset);
    strbuf_putc(out, '\n');
}

/* True when the answer says that it is for this question. */
static bool repeats(const json_t *root, unsigned number, uint64_t offset)
{
    char name[STUB_NAME_SIZE];
    stub_name(number, name);
    const char *module = json_string_value(json_object_get(root, "ModuleName"));
    const char *address = json_string_value(json_object_get(root, "Address"));
    uint64_t v;
    return module != NULL && strcmp(module, name) == 0 && address != NULL &&
           text_parse_u64(address, strlen(address), false, &v) && v == offset;
}

static void take_text(const json_t *frame, const char *key, struct strbuf *out)
{
    const char *text = json_string_value(json_object_get(frame, key));
    strbuf_clear(out);
    if (text != NULL && strcmp(text, "??") != 0)
        strbuf_puts(out, text);
}

static int take_frame(const json_t *frame, struct symbol_answer *out)
{
    json_int_t line = json_integer_value(json_object_get(frame, "Line"));
    take_text(frame, "FunctionName", &out->function);
    take_text(frame, "FileName", &out->file);
    out->line = line > 0 && line <= INT32_MAX ? (uint32_t)line : 0;
    return out->function.len != 0 ? 0 : ERR_EMPTY;
}

int symbol_answer_read(const char *line, size_t n, unsigned number, uint64_t offset,
                       struct symbol_answer *out_answer)
{
    /* A name may hold a NUL, and ends there. */
    json_t *root = json_loadb(line, n, JSON_ALLOW_NUL, NULL);
    int rc = ERR_FORMAT;
    if (root != NULL && repeats(root, number, offset))
        rc = take_frame(json_array_get(json_object_get(root, "Symbol"), 0), out_answer);
    json_decref(root);
    return rc;
}

void symbol_answer_release(struct symbol_answer *a)
{
    strbuf_release(&a->function);
    strbuf_release(&a->file);
    *a = (struct symbol_answer){0};
}
