/* The table of known GUIDs; see etl_guid.h. */
#include "decoder/etl_guid.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/bytes.h"

/* Byte `i` of a number, from its low end. */
#define BYTE(v, i) (uint8_t)((v) >> (8 * (i)) & 0xff)

/* A GUID as on disk, from its printed groups; the last two are one number. */
#define GUID(a, b, c, d)                                                                           \
    {                                                                                              \
        {                                                                                          \
            BYTE(a, 0), BYTE(a, 1), BYTE(a, 2), BYTE(a, 3), BYTE(b, 0), BYTE(b, 1), BYTE(c, 0),    \
                BYTE(c, 1), BYTE(d, 7), BYTE(d, 6), BYTE(d, 5), BYTE(d, 4), BYTE(d, 3),            \
                BYTE(d, 2), BYTE(d, 1), BYTE(d, 0)                                                 \
        }                                                                                          \
    }

struct etl_known_guid {
    uint16_t group; /* enum etl_group */
    const char *name;
    struct etl_guid guid;
};

/* First the hook groups, each at its own number (etl-format 2.3), then providers without one. */
static const struct etl_known_guid known[] = {
    {0x00, "EventTrace", GUID(0x68fdd900, 0x4a3e, 0x11d1, 0x84f40000f80464e3)},
    {0x01, "DiskIo", GUID(0x3d6fa8d4, 0xfe05, 0x11d0, 0x9dda00c04fd7ba7c)},
    {0x02, "PageFault", GUID(0x3d6fa8d3, 0xfe05, 0x11d0, 0x9dda00c04fd7ba7c)},
    {0x03, "Process", GUID(0x3d6fa8d0, 0xfe05, 0x11d0, 0x9dda00c04fd7ba7c)},
    {0x04, "FileIo", GUID(0x90cbdc39, 0x4a3e, 0x11d1, 0x84f40000f80464e3)},
    {0x05, "Thread", GUID(0x3d6fa8d1, 0xfe05, 0x11d0, 0x9dda00c04fd7ba7c)},
    {0x06, "TcpIp", GUID(0x9a280ac0, 0xc8e0, 0x11d1, 0x84e200c04fb998a2)},
    {0x07, "Job", GUID(0x3282fc76, 0xfeed, 0x498e, 0x8aa7e70f459d430e)},
    {0x08, "UdpIp", GUID(0xbf3a50c5, 0xa9c9, 0x4988, 0xa0052df0b7c80f80)},
    {0x09, "Registry", GUID(0xae53722e, 0xc863, 0x11d2, 0x865900c04fa321a1)},
    {0x0a, "DbgPrint", GUID(0x13976d09, 0xa327, 0x438c, 0x950b7f03192815c7)},
    {0x0b, "Config", GUID(0x01853a65, 0x418f, 0x4f36, 0xaefcdc0f1d2fd235)},
    {0x0c, "Spare1", GUID(0x99134383, 0x5248, 0x43fc, 0x834b529454e75df3)},
    {0x0d, "Wnf", GUID(0x42695762, 0xea50, 0x497a, 0x90685cbbb35e0b95)},
    {0x0e, "Pool", GUID(0x0268a8b6, 0x74fd, 0x4302, 0x9dd06e8f1795c0cf)},
    {0x0f, "PerfInfo", GUID(0xce1dbfb4, 0x137e, 0x4da6, 0x87b03f59aa102cbc)},
    {0x10, "Heap", GUID(0x222962ab, 0x6180, 0x4b88, 0xa825346b75f2a24a)},
    {0x11, "Object", GUID(0x89497f50, 0xeffe, 0x4440, 0x8cf2ce6b1cdcaca7)},
    {0x12, "Power", GUID(0xe43445e0, 0x0903, 0x48c3, 0xb878ff0fccebdd04)},
    {0x13, "ModBound", GUID(0xa9152f00, 0x3f58, 0x4bee, 0x92a170c7d079d5dd)},
    {0x14, "Image", GUID(0x2cb15d1d, 0x5fc1, 0x11d2, 0xabe100a0c911f518)},
    {0x15, "Dpc", GUID(0xb2d14872, 0x7c5b, 0x463d, 0x8419ee9bf7d23e04)},
    {0x16, "Cc", GUID(0x7687a439, 0xf752, 0x45b8, 0xb741321aec0f8df9)},
    {0x17, "CritSec", GUID(0x3ac66736, 0xcc59, 0x4cff, 0x81158df50e39816b)},
    {0x18, "StackWalk", GUID(0xdef2fe46, 0x7bd6, 0x4b80, 0xbd94f57fe20d0ce3)},
    {0x19, "Ums", GUID(0x9aec974b, 0x5b8e, 0x4118, 0x9b923186d8002ce5)},
    {0x1a, "ALPC", GUID(0x45d8cccd, 0x539f, 0x4b72, 0xa8b75c683142609a)},
    {0x1b, "SplitIo", GUID(0xd837ca92, 0x12b9, 0x44a5, 0xad6a3a65b3578aa8)},
    {0x1c, "ThreadPool", GUID(0xc861d0e2, 0xa2c1, 0x4d36, 0x9f9c970bab943a12)},
    {0x1d, "Hypervisor", GUID(0x7f2a405c, 0x69b5, 0x4bf9, 0xa1f530e8f1afab5e)},
    {0x1e, "HypervisorX", GUID(0x2ce9a149, 0xeffe, 0x42f0, 0xa635a1d39e26c8f2)},
    {ETL_GROUP_LOST_EVENT, "RT_LostEvent", GUID(0x6a399ae0, 0x4bc6, 0x4de9, 0x870b3657f8947e7e)},
    {ETL_GROUP_NONE, "HeapRange", GUID(0xd781ca11, 0x61c0, 0x4387, 0xb83daf52d3d2dd6a)},
    {ETL_GROUP_NONE, "HeapSummary", GUID(0x05867806, 0xc246, 0x43ef, 0xa147e17d2bdb1496)},
    {ETL_GROUP_NONE, "Heap-Snapshot", GUID(0x901d2afa, 0x4ff6, 0x46d7, 0x8d0e53645e1a47f5)},
    {ETL_GROUP_IMAGE_ID, "ImageId", GUID(0xb3e675d7, 0x2554, 0x4f18, 0x830b2762732560de)},
    {ETL_GROUP_NONE, "SystemTraceControl", GUID(0x9e814aad, 0x3204, 0x11d2, 0x9a82006008a86939)},
    {ETL_GROUP_SYSTEM_CONFIG_EX, "SystemConfigEx",
     GUID(0x9b79ee91, 0xb5fd, 0x41c0, 0xa2434248e266e9d0)},
    {ETL_GROUP_NONE, "EventMetadata", GUID(0xbbccf6c1, 0x6cd1, 0x48c4, 0x80ff839482e37671)},
    {ETL_GROUP_NONE, "WinSat", GUID(0xed54dff8, 0xc409, 0x4cf6, 0xbf8305e1e61a09c4)},
    {ETL_GROUP_NONE, "KernelRundown", GUID(0x3b9c9951, 0x3480, 0x4220, 0x93779c8e5184f5cd)},
    {ETL_GROUP_NONE, "CLR", GUID(0xe13c0d23, 0xccbc, 0x4e12, 0x931bd9cc2eee27e4)},
    {ETL_GROUP_NONE, "CLR-Rundown", GUID(0xa669021c, 0xc450, 0x4609, 0xa0355af59af4df18)},
};

#define KNOWN_COUNT (sizeof known / sizeof known[0])

static const struct etl_known_guid *find(const struct etl_guid *g)
{
    for (size_t i = 0; i < KNOWN_COUNT; i++)
        if (etl_guid_equal(&known[i].guid, g))
            return &known[i];
    return NULL;
}

uint32_t etl_guid_hash(const struct etl_guid *g)
{
    uint64_t h = load_u64(g->bytes) ^ load_u64(g->bytes + 8) * UINT64_C(0x9e3779b97f4a7c15);
    h ^= h >> 32;
    h *= UINT64_C(0xd6e8feb86659fd93);
    return (uint32_t)(h >> 32);
}

const char *etl_guid_format(const struct etl_guid *g, char buf[static ETL_GUID_TEXT_SIZE])
{
    const uint8_t *b = g->bytes;
    snprintf(buf, ETL_GUID_TEXT_SIZE, "%08" PRIx32 "-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
             load_u32(b), load_u16(b + 4), load_u16(b + 6), b[8], b[9], b[10], b[11], b[12], b[13],
             b[14], b[15]);
    return buf;
}

const char *etl_guid_name(const struct etl_guid *g)
{
    const struct etl_known_guid *k = find(g);
    return k != NULL ? k->name : NULL;
}

const struct etl_guid *etl_guid_of_group(unsigned group)
{
    return group < ETL_GROUP_COUNT ? &known[group].guid : NULL;
}

uint16_t etl_guid_group(const struct etl_guid *g)
{
    const struct etl_known_guid *k = find(g);
    return k != NULL ? k->group : ETL_GROUP_NONE;
}
