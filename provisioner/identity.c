/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules for identities.  decide is pure; claim feeds it from the registry and carries out what
 * it says.  The registry's unique index has the last word on which id is free.
 */
#include "provisioner/identity.h"

#include <xtt/identity.h>

#include <string.h>

static const char *const step_names[] = {
    [PROV_REFUSE] = "refused",         [PROV_SAME] = "same",     [PROV_ALLOT] = "new",
    [PROV_CHOOSE] = "chosen",          [PROV_TAKE] = "reserved", [PROV_REPLACE] = "replaced",
    [PROV_QUARANTINE] = "quarantined",
};

const char *prov_step_name(enum prov_step step)
{
    return step_names[step];
}

static int is_assignable(const uint8_t prefix[static 8], const uint8_t id[static 16])
{
    return memcmp(id, prefix, 8) == 0 && !xtt_iid_is_reserved(id + 8);
}

static int is_own_key(const struct prov_identity *own, const uint8_t key[static 65])
{
    return (own->has_active && memcmp(own->active_key, key, 65) == 0) ||
           (own->has_pending && memcmp(own->pending_key, key, 65) == 0);
}

/* A member that the registry knows. */
static xtt_err decide_known(const struct xtt_claim *claim, const struct prov_facts *facts,
                            enum prov_step *step)
{
    const struct prov_identity *own = facts->own;

    if (own->status == PROV_ID_REVOKED)
        return XTT_ERR_REVOKED;
    if (own->status == PROV_ID_QUARANTINED)
        return XTT_ERR_QUARANTINED;
    if (!xtt_ct_is_zero(claim->requested_id, 16) && memcmp(claim->requested_id, own->id, 16) != 0)
        return XTT_ERR_ID;
    if (facts->key_owner != 0 && facts->key_owner != own->number)
        return XTT_ERR_ID_CONFLICT;
    if (own->status == PROV_ID_RESERVED) {
        *step = PROV_TAKE;
        return XTT_OK;
    }
    if (is_own_key(own, claim->longterm_key)) {
        *step = PROV_SAME;
        return XTT_OK;
    }
    if (facts->replacements >= PROV_REPLACEMENTS_MAX) {
        *step = PROV_QUARANTINE;
        return XTT_ERR_QUARANTINED;
    }
    *step = PROV_REPLACE;
    return XTT_OK;
}

xtt_err prov_identity_decide(const struct prov_rules *rules, const struct xtt_claim *claim,
                             const struct prov_facts *facts, enum prov_step *step)
{
    *step = PROV_REFUSE;
    if (facts->own != NULL)
        return decide_known(claim, facts, step);
    if (facts->key_owner != 0)
        return XTT_ERR_ID_CONFLICT;
    if (xtt_ct_is_zero(claim->requested_id, 16)) {
        *step = PROV_ALLOT;
        return XTT_OK;
    }
    /* A reserved id is found by its member above; whoever comes here has nothing kept for him. */
    if (!rules->choice || !is_assignable(rules->prefix, claim->requested_id))
        return XTT_ERR_ID;
    *step = PROV_CHOOSE;
    return XTT_OK;
}

/* --- carried out ---------------------------------------------------------------------------- */

static xtt_err look_up(struct prov_registry *reg, const struct prov_rules *rules,
                       const struct xtt_claim *claim, int64_t now, struct prov_identity *own,
                       struct prov_facts *facts)
{
    int64_t after = now - PROV_REPLACEMENTS_WINDOW;
    xtt_err err;

    *facts = (struct prov_facts){NULL, 0, 0};
    err = prov_key_owner(reg, claim->longterm_key, &facts->key_owner);
    if (err != XTT_OK && err != XTT_ERR_NOT_FOUND)
        return err;
    err = prov_identity_by_member(reg, rules->group, claim->pseudonym, own);
    if (err == XTT_ERR_NOT_FOUND)
        return XTT_OK;
    if (err != XTT_OK)
        return err;
    facts->own = own;
    if (is_own_key(own, claim->longterm_key))
        return XTT_OK;
    if (after < own->counted_from)
        after = own->counted_from;
    return prov_identity_replacements(reg, own->number, after, &facts->replacements);
}

static void fill_new(const struct prov_rules *rules, const struct xtt_claim *claim, int64_t now,
                     struct prov_identity *in)
{
    memset(in, 0, sizeof *in);
    in->group = rules->group;
    memcpy(in->pseudonym, claim->pseudonym, sizeof in->pseudonym);
    in->has_active = 1;
    memcpy(in->active_key, claim->longterm_key, sizeof in->active_key);
    in->status = PROV_ID_OK;
    in->created = now;
    in->suite = claim->suite;
}

static xtt_err allot(struct prov_registry *reg, const struct prov_rules *rules,
                     struct prov_identity *in, struct prov_answer *out)
{
    xtt_err err;

    memcpy(in->id, rules->prefix, 8);
    for (uint32_t attempt = 0; attempt < PROV_ATTEMPTS_MAX; attempt++) {
        if ((err = xtt_id_allot(rules->k_alloc, in->pseudonym, attempt, in->id + 8)) != XTT_OK)
            return err;
        if (xtt_iid_is_reserved(in->id + 8))
            continue;
        if ((err = prov_identity_add(reg, in, &out->number)) == XTT_ERR_EXISTS)
            continue;
        if (err == XTT_OK)
            memcpy(out->id, in->id, sizeof out->id);
        return err;
    }
    out->err = XTT_ERR_NO_ID;
    out->step = PROV_REFUSE;
    return XTT_OK;
}

static xtt_err choose(struct prov_registry *reg, const struct xtt_claim *claim,
                      struct prov_identity *in, struct prov_answer *out)
{
    xtt_err err;

    memcpy(in->id, claim->requested_id, sizeof in->id);
    if ((err = prov_identity_add(reg, in, &out->number)) == XTT_OK) {
        memcpy(out->id, in->id, sizeof out->id);
    } else if (err == XTT_ERR_EXISTS) {
        out->err = XTT_ERR_ID;
        out->step = PROV_REFUSE;
        err = XTT_OK;
    }
    return err;
}

static xtt_err replace(struct prov_registry *reg, const struct prov_rules *rules,
                       const struct xtt_claim *claim, const struct prov_identity *own, int64_t now)
{
    xtt_err err;

    err = prov_identity_replace(reg, own, claim->longterm_key, rules->activation == PROV_AT_ONCE,
                                now);
    return err == XTT_OK ? prov_identity_seen(reg, own->number, claim->suite, now) : err;
}

xtt_err prov_identity_claim(struct prov_registry *reg, const struct prov_rules *rules,
                            const struct xtt_claim *claim, int64_t now, struct prov_answer *out)
{
    struct prov_answer answer = {.err = XTT_OK};
    struct prov_identity own, new;
    struct prov_facts facts;
    xtt_err err;

    if ((err = look_up(reg, rules, claim, now, &own, &facts)) != XTT_OK)
        return err;
    answer.err = prov_identity_decide(rules, claim, &facts, &answer.step);
    if (facts.own != NULL) {
        memcpy(answer.id, own.id, sizeof answer.id);
        answer.number = own.number;
    } else {
        fill_new(rules, claim, now, &new);
    }
    switch (answer.step) {
    case PROV_REFUSE:
        break;
    case PROV_SAME:
        err = prov_identity_seen(reg, own.number, claim->suite, now);
        break;
    case PROV_ALLOT:
        err = allot(reg, rules, &new, &answer);
        break;
    case PROV_CHOOSE:
        err = choose(reg, claim, &new, &answer);
        break;
    case PROV_TAKE:
        err = prov_identity_take(reg, own.number, claim->longterm_key, claim->suite, now);
        break;
    case PROV_REPLACE:
        err = replace(reg, rules, claim, &own, now);
        break;
    case PROV_QUARANTINE:
        err = prov_identity_set_status(reg, own.number, PROV_ID_QUARANTINED,
                                       "long-term key replaced too often", own.counted_from);
        break;
    }
    if (err == XTT_OK)
        *out = answer;
    return err;
}

xtt_err prov_identity_reserve(struct prov_registry *reg, const struct prov_group *group,
                              const uint8_t pseudonym[65], const uint8_t id[16], int64_t now)
{
    struct prov_identity in = {.group = group->number, .status = PROV_ID_RESERVED, .created = now};
    struct prov_identity there;
    int64_t number;
    xtt_err err;

    if (!is_assignable(group->prefix, id))
        return XTT_ERR_ID;
    if ((err = prov_registry_begin(reg)) != XTT_OK)
        return err;
    err = prov_identity_by_member(reg, group->number, pseudonym, &there);
    if (err != XTT_ERR_NOT_FOUND) {
        err = err == XTT_OK ? XTT_ERR_EXISTS : err;
        goto out;
    }
    memcpy(in.id, id, sizeof in.id);
    memcpy(in.pseudonym, pseudonym, sizeof in.pseudonym);
    if ((err = prov_identity_add(reg, &in, &number)) == XTT_OK)
        err = prov_registry_commit(reg);
out:
    prov_registry_rollback(reg);
    return err;
}

xtt_err prov_identity_revoke(struct prov_registry *reg, const struct prov_identity *identity,
                             const char *reason, int64_t now)
{
    const xtt_bytes pseudonym = {identity->pseudonym, sizeof identity->pseudonym};
    xtt_err err;

    if ((err = prov_registry_begin(reg)) != XTT_OK)
        return err;
    err = prov_identity_set_status(reg, identity->number, PROV_ID_REVOKED, reason,
                                   identity->counted_from);
    if (err == XTT_OK)
        err = prov_revoke(reg, identity->group, PROV_REVOKED_PSEUDONYM, pseudonym, reason, now);
    if (err == XTT_OK)
        err = prov_registry_commit(reg);
    prov_registry_rollback(reg);
    return err;
}
