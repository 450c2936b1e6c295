/* SPDX-License-Identifier: Apache-2.0 */
/* Tests provisioner/identity.c: each rule of doc/protocol.md, "Identities", on a real registry. */
#include "provisioner/identity.h"
#include "test/support/registry.h"
#include "test/support/suite.h"

#include <xtt/identity.h>

static struct prov_registry *reg;
static struct prov_group cars;
static struct prov_rules rules;

static void set_up(void)
{
    tmpdir_make();
    reg = new_registry(&cars);
    rules = rules_of(&cars);
}

static void tear_down(void)
{
    prov_registry_close(reg);
    tmpdir_remove();
}

/* One claim in a transaction of its own; the answer comes after the commit. */
static struct prov_answer claim_at(uint32_t member, uint32_t key, const uint8_t *requested,
                                   int64_t now)
{
    static const uint8_t none[16];
    uint8_t pseudonym[65], longterm[65];
    struct xtt_claim claim = {0x0101, cars.gid, pseudonym, longterm,
                              requested != NULL ? requested : none};
    struct prov_answer answer;

    numbered(pseudonym, 'p', member);
    numbered(longterm, 'k', key);
    ck_assert_int_eq(prov_registry_begin(reg), XTT_OK);
    ck_assert_int_eq(prov_identity_claim(reg, &rules, &claim, now, &answer), XTT_OK);
    ck_assert_int_eq(prov_registry_commit(reg), XTT_OK);
    return answer;
}

static struct prov_answer claim(uint32_t member, uint32_t key, const uint8_t *requested)
{
    return claim_at(member, key, requested, NOW);
}

static struct prov_identity row(const uint8_t id[16])
{
    struct prov_identity out;

    ck_assert_int_eq(prov_identity_by_id(reg, id, &out), XTT_OK);
    return out;
}

static void assert_refused(struct prov_answer answer, xtt_err err)
{
    ck_assert_int_eq(answer.err, err);
    ck_assert(answer.step == PROV_REFUSE || answer.step == PROV_QUARANTINE);
}

static void assert_key(const uint8_t key[65], uint32_t n)
{
    uint8_t want[65];

    numbered(want, 'k', n);
    ck_assert_mem_eq(key, want, 65);
}

static xtt_err count_one(void *arg, const struct prov_identity *identity)
{
    (void)identity;
    ++*(int *)arg;
    return XTT_OK;
}

static int count_rows(void)
{
    int n = 0;

    ck_assert_int_eq(prov_identity_each(reg, 0, count_one, &n), XTT_OK);
    return n;
}

/* An id inside the group's prefix. */
static void inside(uint8_t id[16], uint8_t last)
{
    memcpy(id, prefix, 8);
    memset(id + 8, 0x77, 8);
    id[15] = last;
}

/* --- rule 1: which id ------------------------------------------------------------------------ */

START_TEST(a_new_member_gets_the_id_its_pseudonym_computes)
{
    const struct prov_answer answer = claim(1, 1, NULL);
    uint8_t pseudonym[65], want[16];

    numbered(pseudonym, 'p', 1);
    memcpy(want, prefix, 8);
    ck_assert_int_eq(xtt_id_allot(k_alloc, pseudonym, 0, want + 8), XTT_OK);
    ck_assert_int_eq(answer.err, XTT_OK);
    ck_assert_int_eq(answer.step, PROV_ALLOT);
    ck_assert_mem_eq(answer.id, want, 16);
    assert_key(row(want).active_key, 1);
    ck_assert_int_eq(row(want).generation, 1);
    ck_assert_int_eq(row(want).has_pending, 0);
    ck_assert_int_eq(row(want).status, PROV_ID_OK);
    ck_assert_int_eq(row(want).created, NOW);
    ck_assert_int_eq(row(want).suite, 0x0101);
}
END_TEST

START_TEST(a_taken_id_leads_to_the_next_attempt)
{
    struct prov_answer answer;
    uint8_t p1[65], p2[65], first[16], second[16];

    numbered(p1, 'p', 1);
    numbered(p2, 'p', 2);
    memcpy(first, prefix, 8);
    memcpy(second, prefix, 8);
    ck_assert_int_eq(xtt_id_allot(k_alloc, p2, 0, first + 8), XTT_OK);
    ck_assert_int_eq(xtt_id_allot(k_alloc, p2, 1, second + 8), XTT_OK);
    ck_assert_int_eq(prov_identity_reserve(reg, &cars, p1, first, NOW), XTT_OK);
    answer = claim(2, 2, NULL);
    ck_assert_int_eq(answer.err, XTT_OK);
    ck_assert_mem_eq(answer.id, second, 16);
    /* And again the same, though the first attempt is free now. */
    ck_assert_mem_eq(claim(2, 2, NULL).id, second, 16);
}
END_TEST

START_TEST(a_group_without_a_free_id_says_so)
{
    uint8_t pseudonym[65], other[65], id[16];

    numbered(pseudonym, 'p', 1);
    memcpy(id, prefix, 8);
    for (uint32_t i = 0; i < PROV_ATTEMPTS_MAX; i++) {
        numbered(other, 'o', i);
        ck_assert_int_eq(xtt_id_allot(k_alloc, pseudonym, i, id + 8), XTT_OK);
        ck_assert_int_eq(prov_identity_reserve(reg, &cars, other, id, NOW), XTT_OK);
    }
    assert_refused(claim(1, 1, NULL), XTT_ERR_NO_ID);
    ck_assert_int_eq(count_rows(), PROV_ATTEMPTS_MAX);
    ck_assert_int_eq(claim(2, 1, NULL).err, XTT_OK);
}
END_TEST

/* --- rule 2: one member, one identity -------------------------------------------------------- */

START_TEST(the_same_member_keeps_its_identity_whatever_it_does)
{
    const struct prov_answer first = claim(1, 1, NULL);

    ck_assert_mem_eq(claim(1, 1, NULL).id, first.id, 16);
    ck_assert_mem_eq(claim(1, 1, first.id).id, first.id, 16);
    ck_assert_mem_eq(claim(1, 2, NULL).id, first.id, 16);
    ck_assert_int_eq(claim(1, 3, NULL).number, first.number);
    ck_assert_int_eq(count_rows(), 1);
}
END_TEST

START_TEST(two_groups_give_one_pseudonym_two_identities)
{
    struct prov_group boats = a_group("boats", 0x22);
    const struct prov_answer in_cars = claim(1, 1, NULL);
    struct prov_answer in_boats;

    ck_assert_int_eq(prov_group_add(reg, &boats), XTT_OK);
    ck_assert_int_eq(prov_group_get(reg, "boats", &boats), XTT_OK);
    rules.group = boats.number;
    in_boats = claim(1, 2, NULL);
    ck_assert_int_eq(in_boats.err, XTT_OK);
    ck_assert_int_ne(in_boats.number, in_cars.number);
    ck_assert_mem_ne(in_boats.id, in_cars.id, 16);
}
END_TEST

/* --- rule 3: requested ids -------------------------------------------------------------------- */

START_TEST(a_requested_id_is_refused_where_devices_do_not_choose)
{
    uint8_t id[16];

    inside(id, 1);
    assert_refused(claim(1, 1, id), XTT_ERR_ID);
    ck_assert_int_eq(count_rows(), 0);
}
END_TEST

START_TEST(a_free_id_inside_the_prefix_may_be_chosen_by_policy)
{
    struct prov_answer answer;
    uint8_t id[16];

    rules.choice = 1;
    inside(id, 1);
    answer = claim(1, 1, id);
    ck_assert_int_eq(answer.err, XTT_OK);
    ck_assert_int_eq(answer.step, PROV_CHOOSE);
    ck_assert_mem_eq(answer.id, id, 16);
    ck_assert_mem_eq(claim(1, 1, NULL).id, id, 16);
}
END_TEST

START_TEST(the_id_of_somebody_else_cannot_be_had)
{
    const struct prov_answer victim = claim(1, 1, NULL);
    const struct prov_identity before = row(victim.id);
    struct prov_identity after;

    for (rules.choice = 0; rules.choice < 2; rules.choice++)
        assert_refused(claim(2, 2, victim.id), XTT_ERR_ID);
    ck_assert_int_eq(claim(2, 2, NULL).err, XTT_OK);
    assert_refused(claim(2, 2, victim.id), XTT_ERR_ID);
    after = row(victim.id);
    ck_assert_mem_eq(&before, &after, sizeof before);
}
END_TEST

START_TEST(a_chosen_id_must_lie_inside_the_prefix_and_not_be_reserved)
{
    static const uint8_t reserved[][8] = {{0},
                                          {0x02, 0x00, 0x5e, 0xff, 0xfe, 0x00, 0x00, 0x00},
                                          {0x02, 0x00, 0x5e, 0xff, 0xfe, 0x00, 0x52, 0x13},
                                          {0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x80},
                                          {0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
    uint8_t id[16];

    rules.choice = 1;
    for (int i = 0; i < 8; i++) {
        inside(id, 1);
        id[i] ^= 1;
        assert_refused(claim(1, 1, id), XTT_ERR_ID);
    }
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
        inside(id, 1);
        memcpy(id + 8, reserved[i], 8);
        assert_refused(claim(1, 1, id), XTT_ERR_ID);
    }
    ck_assert_int_eq(count_rows(), 0);
}
END_TEST

START_TEST(a_member_with_an_identity_gets_no_second_one_by_asking)
{
    uint8_t id[16];

    rules.choice = 1;
    inside(id, 1);
    ck_assert_int_eq(claim(1, 1, NULL).err, XTT_OK);
    assert_refused(claim(1, 1, id), XTT_ERR_ID);
    ck_assert_int_eq(count_rows(), 1);
}
END_TEST

START_TEST(a_reserved_id_goes_to_its_member_only)
{
    struct prov_answer answer;
    uint8_t pseudonym[65], id[16];

    rules.choice = 1;
    inside(id, 9);
    numbered(pseudonym, 'p', 1);
    ck_assert_int_eq(prov_identity_reserve(reg, &cars, pseudonym, id, NOW), XTT_OK);
    assert_refused(claim(2, 2, id), XTT_ERR_ID);
    rules.choice = 0;
    answer = claim(1, 1, id);
    ck_assert_int_eq(answer.err, XTT_OK);
    ck_assert_int_eq(answer.step, PROV_TAKE);
    ck_assert_mem_eq(answer.id, id, 16);
    ck_assert_int_eq(row(id).status, PROV_ID_OK);
    ck_assert_int_eq(row(id).generation, 1);
    assert_key(row(id).active_key, 1);
    ck_assert_int_eq(claim(1, 1, NULL).step, PROV_SAME);
}
END_TEST

START_TEST(a_member_with_a_reserved_id_gets_it_unasked)
{
    uint8_t pseudonym[65], id[16], other[16];

    inside(id, 9);
    inside(other, 10);
    rules.choice = 1;
    numbered(pseudonym, 'p', 1);
    ck_assert_int_eq(prov_identity_reserve(reg, &cars, pseudonym, id, NOW), XTT_OK);
    assert_refused(claim(1, 1, other), XTT_ERR_ID);
    ck_assert_mem_eq(claim(1, 1, NULL).id, id, 16);
}
END_TEST

START_TEST(a_reservation_refuses_what_a_device_could_not_have)
{
    const struct prov_answer taken = claim(1, 1, NULL);
    uint8_t pseudonym[65], id[16];

    numbered(pseudonym, 'p', 2);
    ck_assert_int_eq(prov_identity_reserve(reg, &cars, pseudonym, taken.id, NOW), XTT_ERR_EXISTS);
    inside(id, 1);
    id[7] ^= 1;
    ck_assert_int_eq(prov_identity_reserve(reg, &cars, pseudonym, id, NOW), XTT_ERR_ID);
    inside(id, 1);
    memset(id + 8, 0, 8);
    ck_assert_int_eq(prov_identity_reserve(reg, &cars, pseudonym, id, NOW), XTT_ERR_ID);
    inside(id, 1);
    numbered(pseudonym, 'p', 1);
    ck_assert_int_eq(prov_identity_reserve(reg, &cars, pseudonym, id, NOW), XTT_ERR_EXISTS);
    ck_assert_int_eq(prov_registry_is_open(reg), 0);
    ck_assert_int_eq(count_rows(), 1);
}
END_TEST

/* --- rule 4: keys ----------------------------------------------------------------------------- */

START_TEST(the_same_key_again_changes_nothing)
{
    const struct prov_answer first = claim(1, 1, NULL);
    const struct prov_answer again = claim_at(1, 1, NULL, NOW + 99);
    unsigned n;

    ck_assert_int_eq(again.step, PROV_SAME);
    ck_assert_mem_eq(again.id, first.id, 16);
    ck_assert_int_eq(row(first.id).generation, 1);
    ck_assert_int_eq(row(first.id).has_pending, 0);
    ck_assert_int_eq(row(first.id).created, NOW);
    ck_assert_int_eq(row(first.id).last_seen, NOW + 99);
    ck_assert_int_eq(prov_identity_replacements(reg, first.number, 0, &n), XTT_OK);
    ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(another_key_waits_for_its_first_session)
{
    const struct prov_answer first = claim(1, 1, NULL);
    const struct prov_answer second = claim(1, 2, NULL);
    struct prov_identity identity;
    uint8_t key[65];

    ck_assert_int_eq(second.step, PROV_REPLACE);
    identity = row(first.id);
    assert_key(identity.active_key, 1);
    ck_assert_int_eq(identity.has_pending, 1);
    assert_key(identity.pending_key, 2);
    ck_assert_int_eq(identity.generation, 1);
    /* A retry with either key is idempotent. */
    ck_assert_int_eq(claim(1, 2, NULL).step, PROV_SAME);
    ck_assert_int_eq(claim(1, 1, NULL).step, PROV_SAME);
    identity = row(first.id);
    assert_key(identity.pending_key, 2);
    /* Only the pending key can be activated. */
    numbered(key, 'k', 1);
    ck_assert_int_eq(prov_identity_activate(reg, &identity, key), XTT_ERR_NOT_FOUND);
    numbered(key, 'k', 2);
    ck_assert_int_eq(prov_identity_activate(reg, &identity, key), XTT_OK);
    identity = row(first.id);
    assert_key(identity.active_key, 2);
    ck_assert_int_eq(identity.has_pending, 0);
    ck_assert_int_eq(identity.generation, 2);
    ck_assert_int_eq(prov_identity_activate(reg, &identity, key), XTT_ERR_NOT_FOUND);
}
END_TEST

START_TEST(another_key_is_active_at_once_where_the_group_says_so)
{
    struct prov_answer first;

    rules.activation = PROV_AT_ONCE;
    first = claim(1, 1, NULL);
    ck_assert_int_eq(claim(1, 2, NULL).step, PROV_REPLACE);
    assert_key(row(first.id).active_key, 2);
    ck_assert_int_eq(row(first.id).has_pending, 0);
    ck_assert_int_eq(row(first.id).generation, 2);
}
END_TEST

START_TEST(a_third_key_takes_the_place_of_the_pending_one)
{
    const struct prov_answer first = claim(1, 1, NULL);

    ck_assert_int_eq(claim(1, 2, NULL).err, XTT_OK);
    ck_assert_int_eq(claim(1, 3, NULL).err, XTT_OK);
    assert_key(row(first.id).active_key, 1);
    assert_key(row(first.id).pending_key, 3);
}
END_TEST

START_TEST(a_key_of_another_identity_is_refused_active_pending_or_old)
{
    struct prov_answer victim;
    int keys;

    for (keys = 0; keys < 2; keys++) {
        const uint32_t base = 10u * (uint32_t)keys;

        rules.activation = keys == 0 ? PROV_AT_FIRST_SESSION : PROV_AT_ONCE;
        victim = claim(base + 1, base + 1, NULL);
        ck_assert_int_eq(claim(base + 1, base + 2, NULL).err, XTT_OK);
        ck_assert_int_eq(claim(base + 1, base + 3, NULL).err, XTT_OK);
        for (uint32_t k = 1; k <= 3; k++) {
            /* A member without an identity, one with, and one that asks for the victim's. */
            assert_refused(claim(base + 2, base + k, NULL), XTT_ERR_ID_CONFLICT);
            assert_refused(claim(base + 2, base + k, victim.id), XTT_ERR_ID_CONFLICT);
            ck_assert_int_eq(claim(base + 3, base + 9, NULL).err, XTT_OK);
            assert_refused(claim(base + 3, base + k, NULL), XTT_ERR_ID_CONFLICT);
        }
    }
    ck_assert_int_eq(count_rows(), 4);
}
END_TEST

START_TEST(a_key_conflict_reaches_across_groups)
{
    struct prov_group boats = a_group("boats", 0x22);

    ck_assert_int_eq(claim(1, 1, NULL).err, XTT_OK);
    ck_assert_int_eq(prov_group_add(reg, &boats), XTT_OK);
    ck_assert_int_eq(prov_group_get(reg, "boats", &boats), XTT_OK);
    rules.group = boats.number;
    assert_refused(claim(1, 1, NULL), XTT_ERR_ID_CONFLICT);
    assert_refused(claim(2, 1, NULL), XTT_ERR_ID_CONFLICT);
}
END_TEST

START_TEST(the_fourth_replacement_in_30_days_is_quarantined)
{
    const struct prov_answer first = claim(1, 1, NULL);
    struct prov_answer fourth;

    for (uint32_t k = 2; k <= 4; k++)
        ck_assert_int_eq(claim_at(1, k, NULL, NOW + k * DAY).err, XTT_OK);
    fourth = claim_at(1, 5, NULL, NOW + 5 * DAY);
    assert_refused(fourth, XTT_ERR_QUARANTINED);
    ck_assert_int_eq(fourth.step, PROV_QUARANTINE);
    ck_assert_mem_eq(fourth.id, first.id, 16);
    ck_assert_int_eq(row(first.id).status, PROV_ID_QUARANTINED);
    ck_assert_int_gt((int)strlen(row(first.id).reason), 0);
    assert_key(row(first.id).active_key, 1);
    assert_key(row(first.id).pending_key, 4);
    /* From now on nothing goes, not even the old key; and only the first time is an alarm. */
    fourth = claim_at(1, 1, NULL, NOW + 400 * DAY);
    assert_refused(fourth, XTT_ERR_QUARANTINED);
    ck_assert_int_eq(fourth.step, PROV_REFUSE);
    assert_refused(claim_at(1, 4, first.id, NOW + 400 * DAY), XTT_ERR_QUARANTINED);
}
END_TEST

START_TEST(going_back_to_an_old_key_counts_as_a_replacement)
{
    rules.activation = PROV_AT_ONCE;
    ck_assert_int_eq(claim(1, 1, NULL).err, XTT_OK);
    ck_assert_int_eq(claim(1, 2, NULL).step, PROV_REPLACE);
    ck_assert_int_eq(claim(1, 1, NULL).step, PROV_REPLACE);
    ck_assert_int_eq(claim(1, 2, NULL).step, PROV_REPLACE);
    assert_refused(claim(1, 1, NULL), XTT_ERR_QUARANTINED);
}
END_TEST

START_TEST(replacements_older_than_30_days_do_not_count)
{
    ck_assert_int_eq(claim(1, 1, NULL).err, XTT_OK);
    for (uint32_t k = 2; k <= 4; k++)
        ck_assert_int_eq(claim_at(1, k, NULL, NOW + k * DAY).err, XTT_OK);
    ck_assert_int_eq(claim_at(1, 5, NULL, NOW + 32 * DAY).err, XTT_OK);
    assert_refused(claim_at(1, 6, NULL, NOW + 32 * DAY), XTT_ERR_QUARANTINED);
}
END_TEST

START_TEST(an_operator_who_releases_forgives_what_was)
{
    const struct prov_answer first = claim(1, 1, NULL);

    for (uint32_t k = 2; k <= 5; k++)
        (void)claim_at(1, k, NULL, NOW + k);
    ck_assert_int_eq(row(first.id).status, PROV_ID_QUARANTINED);
    ck_assert_int_eq(prov_identity_set_status(reg, first.number, PROV_ID_OK, "repaired", NOW + 10),
                     XTT_OK);
    for (uint32_t k = 5; k <= 7; k++)
        ck_assert_int_eq(claim_at(1, k, NULL, NOW + 10 + k).err, XTT_OK);
    assert_refused(claim_at(1, 8, NULL, NOW + 20), XTT_ERR_QUARANTINED);
}
END_TEST

/* --- revocation ------------------------------------------------------------------------------- */

static xtt_err see_revoked(void *arg, enum prov_revoked_kind kind, xtt_bytes value)
{
    uint8_t pseudonym[65];

    numbered(pseudonym, 'p', 1);
    ck_assert_int_eq(kind, PROV_REVOKED_PSEUDONYM);
    ck_assert_uint_eq(value.n, 65);
    ck_assert_mem_eq(value.p, pseudonym, 65);
    ++*(int *)arg;
    return XTT_OK;
}

START_TEST(a_revoked_identity_is_refused_and_its_member_listed_once)
{
    const struct prov_answer first = claim(1, 1, NULL);
    struct prov_identity identity = row(first.id);
    int n = 0;

    ck_assert_int_eq(prov_identity_revoke(reg, &identity, "stolen", NOW), XTT_OK);
    ck_assert_int_eq(prov_identity_revoke(reg, &identity, "stolen", NOW), XTT_OK);
    ck_assert_str_eq(row(first.id).reason, "stolen");
    assert_refused(claim(1, 1, NULL), XTT_ERR_REVOKED);
    assert_refused(claim(1, 2, first.id), XTT_ERR_REVOKED);
    assert_refused(claim(2, 1, NULL), XTT_ERR_ID_CONFLICT);
    ck_assert_int_eq(claim(3, 3, NULL).err, XTT_OK);
    ck_assert_int_eq(prov_revoked_each(reg, cars.number, see_revoked, &n), XTT_OK);
    ck_assert_int_eq(n, 1);
}
END_TEST

static xtt_err see_history(void *arg, const uint8_t key[65], const uint8_t replaced[65], int64_t at)
{
    const uint32_t n = ++*(uint32_t *)arg;

    assert_key(key, n + 1);
    assert_key(replaced, n);
    ck_assert_int_eq(at, NOW + n);
    return XTT_OK;
}

START_TEST(the_history_tells_which_key_came_for_which)
{
    const struct prov_answer first = claim(1, 1, NULL);
    uint32_t n = 0;

    for (uint32_t k = 2; k <= 4; k++)
        ck_assert_int_eq(claim_at(1, k, NULL, NOW + k - 1).err, XTT_OK);
    ck_assert_int_eq(prov_history_each(reg, first.number, see_history, &n), XTT_OK);
    ck_assert_uint_eq(n, 3);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_new_member_gets_the_id_its_pseudonym_computes);
    tcase_add_test(tc, a_taken_id_leads_to_the_next_attempt);
    tcase_add_test(tc, a_group_without_a_free_id_says_so);
    tcase_add_test(tc, the_same_member_keeps_its_identity_whatever_it_does);
    tcase_add_test(tc, two_groups_give_one_pseudonym_two_identities);
    tcase_add_test(tc, a_requested_id_is_refused_where_devices_do_not_choose);
    tcase_add_test(tc, a_free_id_inside_the_prefix_may_be_chosen_by_policy);
    tcase_add_test(tc, the_id_of_somebody_else_cannot_be_had);
    tcase_add_test(tc, a_chosen_id_must_lie_inside_the_prefix_and_not_be_reserved);
    tcase_add_test(tc, a_member_with_an_identity_gets_no_second_one_by_asking);
    tcase_add_test(tc, a_reserved_id_goes_to_its_member_only);
    tcase_add_test(tc, a_member_with_a_reserved_id_gets_it_unasked);
    tcase_add_test(tc, a_reservation_refuses_what_a_device_could_not_have);
    tcase_add_test(tc, the_same_key_again_changes_nothing);
    tcase_add_test(tc, another_key_waits_for_its_first_session);
    tcase_add_test(tc, another_key_is_active_at_once_where_the_group_says_so);
    tcase_add_test(tc, a_third_key_takes_the_place_of_the_pending_one);
    tcase_add_test(tc, a_key_of_another_identity_is_refused_active_pending_or_old);
    tcase_add_test(tc, a_key_conflict_reaches_across_groups);
    tcase_add_test(tc, the_fourth_replacement_in_30_days_is_quarantined);
    tcase_add_test(tc, going_back_to_an_old_key_counts_as_a_replacement);
    tcase_add_test(tc, replacements_older_than_30_days_do_not_count);
    tcase_add_test(tc, an_operator_who_releases_forgives_what_was);
    tcase_add_test(tc, a_revoked_identity_is_refused_and_its_member_listed_once);
    tcase_add_test(tc, the_history_tells_which_key_came_for_which);
}

int main(void)
{
    return run_suite("provisioner/identity", fill, 30);
}
