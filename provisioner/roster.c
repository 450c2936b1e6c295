/* SPDX-License-Identifier: Apache-2.0 */
/* Loading the groups from the registry and finding them by gid.  Few groups: a plain list. */
#include "provisioner/roster.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct prov_roster {
    atomic_uint references;
    struct xtt_arena *arena; /* of allocation keys */
    struct prov_entry **entries;
    size_t n, room;
};

/* --- one group ------------------------------------------------------------------------------ */

struct list {
    uint8_t *secrets, *pseudonyms;
    size_t n_secrets, n_pseudonyms;
};

static xtt_err append(uint8_t **list, size_t *n, xtt_bytes value)
{
    uint8_t *more = realloc(*list, (*n + 1) * value.n);

    if (more == NULL)
        return XTT_ERR_NOMEM;
    memcpy(more + *n * value.n, value.p, value.n);
    *list = more;
    ++*n;
    return XTT_OK;
}

static xtt_err add_revoked(void *arg, enum prov_revoked_kind kind, xtt_bytes value)
{
    struct list *list = arg;

    if (value.n != (kind == PROV_REVOKED_PSEUDONYM ? 65u : 32u))
        return XTT_ERR_REGISTRY;
    if (kind == PROV_REVOKED_PSEUDONYM)
        return append(&list->pseudonyms, &list->n_pseudonyms, value);
    return append(&list->secrets, &list->n_secrets, value);
}

static xtt_err load_revoked(struct prov_registry *reg, const struct prov_group *group,
                            xtt_bytes basename, const struct xtt_daa_revoked **out)
{
    struct xtt_daa_revoked *revoked = NULL;
    struct list list = {0};
    xtt_err err;

    err = prov_revoked_each(reg, group->number, add_revoked, &list);
    if (err == XTT_OK && list.n_secrets + list.n_pseudonyms > 0)
        err = xtt_daa_revoked_new(&revoked, basename, list.secrets, list.n_secrets, list.pseudonyms,
                                  list.n_pseudonyms);
    free(list.secrets);
    free(list.pseudonyms);
    if (err == XTT_OK)
        *out = revoked;
    return err;
}

static void free_entry(struct prov_roster *roster, struct prov_entry *entry)
{
    if (entry == NULL)
        return;
    xtt_daa_group_free((struct xtt_daa_group *)(uintptr_t)entry->group.key);
    xtt_daa_revoked_free((struct xtt_daa_revoked *)(uintptr_t)entry->group.revoked);
    xtt_arena_put(roster->arena, (void *)(uintptr_t)entry->rules.k_alloc);
    free(entry);
}

/* What one walk through the registry's groups works on. */
struct load {
    struct prov_roster *roster;
    struct prov_registry *reg;
    prov_open_k_alloc *open_k_alloc;
    void *arg;
    struct xttd_fail *fail;
};

static xtt_err prepare(const struct load *load, const struct prov_group *group,
                       struct prov_entry *entry)
{
    struct xtt_daa_group *key = NULL;
    uint8_t *k_alloc;
    xtt_err err;

    memcpy(entry->name, group->name, sizeof entry->name);
    memcpy(entry->gid, group->gid, sizeof entry->gid);
    memcpy(entry->basename, group->basename, sizeof entry->basename);
    entry->group.basename = (xtt_bytes){entry->basename, group->basename_size};
    entry->rules.group = group->number;
    memcpy(entry->rules.prefix, group->prefix, sizeof entry->rules.prefix);
    entry->rules.activation = group->activation;
    entry->rules.choice = group->choice;
    if ((k_alloc = xtt_arena_get(load->roster->arena, 64)) == NULL)
        return XTT_ERR_NOMEM;
    entry->rules.k_alloc = k_alloc;
    if ((err = load->open_k_alloc(load->arg, group, k_alloc, load->fail)) != XTT_OK)
        return err;
    if ((err = xtt_daa_group_new(&key, group->issuer_key)) != XTT_OK)
        return xttd_fail(load->fail, err, "its public key is damaged");
    entry->group.key = key;
    err = load_revoked(load->reg, group, entry->group.basename, &entry->group.revoked);
    if (err == XTT_OK)
        return XTT_OK;
    return xttd_fail(load->fail, err, "its revocation list: %s",
                     err == XTT_ERR_REGISTRY ? prov_registry_error(load->reg) : xtt_err_text(err));
}

static xtt_err load_group(void *arg, const struct prov_group *group)
{
    const struct load *load = arg;
    struct prov_roster *roster = load->roster;
    struct prov_entry *entry;
    xtt_err err;

    /* A group that was made since we counted waits for the next reload. */
    if (group->status != PROV_GROUP_OPEN || roster->n == roster->room)
        return XTT_OK;
    if ((entry = calloc(1, sizeof *entry)) == NULL)
        return XTT_ERR_NOMEM;
    if ((err = prepare(load, group, entry)) != XTT_OK) {
        free_entry(roster, entry);
        if (load->fail->err != err)
            xttd_fail(load->fail, err, "%s", xtt_err_text(err));
        return xttd_fail_while(load->fail, "group %s", group->name);
    }
    roster->entries[roster->n++] = entry;
    return XTT_OK;
}

/* --- all groups ----------------------------------------------------------------------------- */

static xtt_err count_group(void *arg, const struct prov_group *group)
{
    *(size_t *)arg += group->status == PROV_GROUP_OPEN;
    return XTT_OK;
}

static void free_roster(struct prov_roster *roster)
{
    for (size_t i = 0; i < roster->n; i++)
        free_entry(roster, roster->entries[i]);
    xtt_arena_free(roster->arena);
    free(roster->entries);
    free(roster);
}

/* Room for n groups. */
static xtt_err make_room(struct prov_roster **out, size_t n)
{
    struct prov_roster *roster = calloc(1, sizeof *roster);
    xtt_err err;

    if (roster == NULL)
        return XTT_ERR_NOMEM;
    atomic_init(&roster->references, 1);
    roster->room = n;
    if ((roster->entries = calloc(n + 1, sizeof *roster->entries)) == NULL)
        err = XTT_ERR_NOMEM;
    else
        err = xtt_arena_new(&roster->arena, 64, n + 1);
    if (err != XTT_OK) {
        free_roster(roster);
        return err;
    }
    *out = roster;
    return XTT_OK;
}

xtt_err prov_roster_new(struct prov_roster **out, struct prov_registry *reg,
                        prov_open_k_alloc *open_k_alloc, void *arg, struct xttd_fail *fail)
{
    struct load load = {NULL, reg, open_k_alloc, arg, fail};
    size_t n = 0;
    xtt_err err;

    if ((err = prov_group_each(reg, count_group, &n)) == XTT_OK &&
        (err = make_room(&load.roster, n)) == XTT_OK &&
        (err = prov_group_each(reg, load_group, &load)) != XTT_OK)
        free_roster(load.roster);
    if (err == XTT_OK)
        *out = load.roster;
    else if (fail->err != err)
        xttd_fail(fail, err, "reading the groups: %s",
                  err == XTT_ERR_REGISTRY ? prov_registry_error(reg) : xtt_err_text(err));
    return err;
}

struct prov_roster *prov_roster_hold(struct prov_roster *roster)
{
    atomic_fetch_add(&roster->references, 1);
    return roster;
}

void prov_roster_drop(struct prov_roster *roster)
{
    if (roster != NULL && atomic_fetch_sub(&roster->references, 1) == 1)
        free_roster(roster);
}

const struct prov_entry *prov_roster_find(const struct prov_roster *roster, const uint8_t gid[32])
{
    for (size_t i = 0; i < roster->n; i++)
        if (memcmp(roster->entries[i]->gid, gid, 32) == 0)
            return roster->entries[i];
    return NULL;
}

size_t prov_roster_size(const struct prov_roster *roster)
{
    return roster->n;
}
