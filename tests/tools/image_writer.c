/* Modules and the machine, field by field; see image_writer.h. */
#include "image_writer.h"

#include <string.h>

void image_writer_put(struct wire *wire, const struct mketl_event *event, uint8_t version)
{
    uint8_t p = event->pointer_size;
    const struct mketl_module *module = event->module;
    wire_pointer(wire, p, event->address);
    if (version == 0)
        wire_u32(wire, (uint32_t)event->size);
    else
        wire_pointer(wire, p, event->size);
    if (version >= 1)
        wire_u32(wire, event->target_pid);
    if (version >= 2) {
        wire_u32(wire, module ? module->checksum : 0);
        wire_u32(wire, module ? module->timestamp : 0x65a1b2c3);
        wire_u32(wire, version >= 3 && module ? 0x0c06 : 0); /* SignatureLevel, SignatureType */
        wire_pointer(wire, p, event->address);
        wire_zeros(wire, 4 * sizeof(uint32_t));
    }
    wire_wide(wire, event->name);
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '\\');
    return slash ? slash + 1 : path;
}

static void put_version(struct wire *wire, const struct mketl_module *module)
{
    wire_u32(wire, module->size);
    wire_u32(wire, module->timestamp);
    wire_wide(wire, file_name(module->path));
    wire_wide(wire, "Made for a test");
    wire_wide(wire, module->version);
    wire_wide(wire, module->version);
    wire_wide(wire, "English (United States)");
    wire_wide(wire, "Contoso Suite");
    wire_wide(wire, "Contoso");
    wire_wide(wire, "1.0");
    wire_wide(wire, "");
    wire_wide(wire, "");
}

void image_writer_put_id(struct wire *wire, const struct mketl_event *event)
{
    const struct mketl_module *module = event->module;
    uint8_t p = event->pointer_size;
    if (event->opcode == MKETL_IMAGE_VERSION) {
        put_version(wire, module);
        return;
    }
    wire_pointer(wire, p, event->address);
    if (event->opcode == MKETL_IMAGE_INFO)
        wire_pointer(wire, p, module->size);
    wire_u32(wire, event->target_pid);
    if (event->opcode == MKETL_IMAGE_INFO) {
        wire_u32(wire, module->timestamp);
        wire_wide(wire, file_name(module->path));
        return;
    }
    wire_bytes(wire, module->guid, sizeof module->guid);
    wire_u32(wire, module->age);
    wire_narrow(wire, module->pdb);
}

/* `text` as UTF-16LE in a field of `units` units, filled up with zeros. */
static void put_field(struct wire *wire, const char *text, size_t units)
{
    size_t end = wire->size + 2 * units;
    wire_wide(wire, text);
    wire_zeros(wire, end - wire->size);
}

void image_writer_put_config(struct wire *wire, const struct mketl_event *event, uint32_t cpus)
{
    enum { COMPUTER_UNITS = 256, DOMAIN_UNITS = 134 };
    wire_u32(wire, 2808); /* MHz */
    wire_u32(wire, cpus);
    wire_u32(wire, 16270); /* MB */
    wire_u32(wire, 0x1000);
    wire_u32(wire, 0x10000);
    put_field(wire, event->name, COMPUTER_UNITS);
    put_field(wire, "", DOMAIN_UNITS);
    wire_pointer(wire, event->pointer_size, 1); /* HyperThreadingFlag */
    wire_zeros(wire, 12);
}

void image_writer_put_setup(struct wire *wire, const struct mketl_event *event)
{
    if (event->opcode == MKETL_SETUP_VOLUME) {
        wire_wide(wire, event->name);
        wire_wide(wire, event->text);
        return;
    }
    wire_u64(wire, 132782000000000000); /* InstallDate */
    wire_wide(wire, event->text);
    wire_wide(wire, event->name);
}
