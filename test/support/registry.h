/* SPDX-License-Identifier: Apache-2.0 */
/* What the registry's tests share: a fresh registry with one group, members and keys by number. */
#ifndef TEST_SUPPORT_REGISTRY_H
#define TEST_SUPPORT_REGISTRY_H

#include "provisioner/identity.h"
#include "test/support/tmpdir.h"

#define NOW 1700000000
#define DAY (24 * 3600)

static const uint8_t k_alloc[64] = {1, 2, 3};
static const uint8_t prefix[8] = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1};

/* 65 bytes that name pseudonym or key number n of a kind. */
static inline void numbered(uint8_t out[65], char kind, uint32_t n)
{
    memset(out, 0, 65);
    out[0] = 4;
    out[1] = (uint8_t)kind;
    memcpy(out + 2, &n, sizeof n);
}

static inline struct prov_group a_group(const char *name, uint8_t tag)
{
    struct prov_group g = {.basename = "base",
                           .basename_size = 4,
                           .k_alloc = "wrapped",
                           .k_alloc_size = 7,
                           .created = NOW};

    memset(g.gid, tag, sizeof g.gid);
    strcpy(g.name, name);
    memcpy(g.prefix, prefix, sizeof prefix);
    return g;
}

static inline struct prov_rules rules_of(const struct prov_group *g)
{
    struct prov_rules rules = {
        .group = g->number, .k_alloc = k_alloc, .activation = g->activation, .choice = g->choice};

    memcpy(rules.prefix, g->prefix, sizeof rules.prefix);
    return rules;
}

/* A new registry in the test's directory, with group "cars". */
static inline struct prov_registry *new_registry(struct prov_group *group)
{
    struct prov_registry *reg;
    struct prov_group g = a_group("cars", 0x11);

    ck_assert_int_eq(prov_registry_create(&reg, tmpdir_file("registry")), XTT_OK);
    ck_assert_int_eq(prov_group_add(reg, &g), XTT_OK);
    ck_assert_int_eq(prov_group_get(reg, "cars", group), XTT_OK);
    return reg;
}

static inline struct prov_registry *open_registry(void)
{
    struct prov_registry *reg;

    ck_assert_int_eq(prov_registry_open(&reg, tmpdir_file("registry")), XTT_OK);
    return reg;
}

#endif
