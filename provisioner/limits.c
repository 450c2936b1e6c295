/* SPDX-License-Identifier: Apache-2.0 */
/* Counts of connections by address prefix: a plain list, because the total is small. */
#include "provisioner/limits.h"

#include <stdlib.h>
#include <string.h>

struct place {
    uint8_t prefix[16];
    size_t count;
};

struct prov_limits {
    size_t total, per_prefix;
    size_t count; /* of connections */
    size_t n;     /* of places in use */
    struct place places[];
};

xtt_err prov_limits_new(struct prov_limits **out, size_t total, size_t per_prefix)
{
    struct prov_limits *limits;

    if (total == 0 || per_prefix == 0 || total > SIZE_MAX / 2 / sizeof limits->places[0])
        return XTT_ERR_ARGUMENT;
    if ((limits = calloc(1, sizeof *limits + total * sizeof limits->places[0])) == NULL)
        return XTT_ERR_NOMEM;
    limits->total = total;
    limits->per_prefix = per_prefix;
    *out = limits;
    return XTT_OK;
}

void prov_limits_free(struct prov_limits *limits)
{
    free(limits);
}

/* The address itself for IPv4, the /64 for IPv6. */
static void cut(const uint8_t address[static 16], uint8_t prefix[static 16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    const size_t n = memcmp(address, mapped, sizeof mapped) == 0 ? 16 : 8;

    memset(prefix, 0, 16);
    memcpy(prefix, address, n);
}

static struct place *find(struct prov_limits *limits, const uint8_t address[static 16])
{
    uint8_t prefix[16];

    cut(address, prefix);
    for (size_t i = 0; i < limits->n; i++)
        if (memcmp(limits->places[i].prefix, prefix, sizeof prefix) == 0)
            return &limits->places[i];
    return NULL;
}

xtt_err prov_limits_enter(struct prov_limits *limits, const uint8_t address[16])
{
    struct place *place;

    if (limits->count >= limits->total)
        return XTT_ERR_OVERLOAD;
    if ((place = find(limits, address)) == NULL) {
        /* There are never more places than connections, so one is free. */
        place = &limits->places[limits->n++];
        cut(address, place->prefix);
        place->count = 0;
    }
    if (place->count >= limits->per_prefix)
        return XTT_ERR_OVERLOAD;
    place->count++;
    limits->count++;
    return XTT_OK;
}

void prov_limits_leave(struct prov_limits *limits, const uint8_t address[16])
{
    struct place *place = find(limits, address);

    if (place == NULL)
        return;
    limits->count--;
    if (--place->count == 0)
        *place = limits->places[--limits->n];
}

size_t prov_limits_count(const struct prov_limits *limits)
{
    return limits->count;
}
