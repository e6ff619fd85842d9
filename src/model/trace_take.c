/* The parts of a trace by the kind of event; see trace_take.h. */
#include "model/trace_take.h"

int trace_take(struct trace *t, const struct trace_event *event)
{
    switch ((enum event_kind)event->kind) {
    case EVENT_PROCESS_START:
    case EVENT_PROCESS_END:
    case EVENT_PROCESS_RUNDOWN:
        return replay_take(t->replay, event, 1);
    case EVENT_HEAP:
    case EVENT_STACK:
    case EVENT_STACK_REFERENCE:
    case EVENT_STACK_DEFINITION:
        break;
    case EVENT_IMAGE_LOAD:
    case EVENT_IMAGE_UNLOAD:
    case EVENT_IMAGE_RUNDOWN:
    case EVENT_IMAGE_INFO:
    case EVENT_IMAGE_PDB:
    case EVENT_IMAGE_VERSION:
    case EVENT_VOLUME:
        return image_table_take(t->images, event);
    case EVENT_SYSTEM:
        return system_facts_take(t->system, event);
    case EVENT_MARK:
        return mark_list_take(t->marks, event);
    }
    return 0;
}
