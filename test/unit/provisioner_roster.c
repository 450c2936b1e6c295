/* SPDX-License-Identifier: Apache-2.0 */
/* Tests provisioner/roster.c: which groups it has, what each is prepared with, what it refuses. */
#include "provisioner/roster.h"
#include "test/support/registry.h"
#include "test/support/suite.h"

static struct prov_registry *reg;
static struct prov_roster *roster;
static struct xttd_fail words;
static xtt_err opens_with;

/* Stands in for the HSM: k_alloc is the group's number. */
static xtt_err open_k_alloc(void *arg, const struct prov_group *group, uint8_t k[64],
                            struct xttd_fail *fail)
{
    ck_assert_ptr_eq(arg, &opens_with);
    ck_assert_mem_eq(group->k_alloc, "wrapped", 7);
    memset(k, (int)group->number, 64);
    return opens_with == XTT_OK ? XTT_OK : xttd_fail(fail, opens_with, "the HSM is gone");
}

static void add(const char *name, uint8_t tag, int damaged)
{
    struct prov_group g = a_group(name, tag);
    uint8_t secret[64];

    ck_assert_int_eq(xtt_daa_issuer_new(NULL, secret, g.issuer_key), XTT_OK);
    if (damaged)
        g.issuer_key[100] ^= 1;
    g.choice = tag & 1;
    ck_assert_int_eq(prov_group_add(reg, &g), XTT_OK);
}

static struct prov_group get(const char *name)
{
    struct prov_group group;

    ck_assert_int_eq(prov_group_get(reg, name, &group), XTT_OK);
    return group;
}

static xtt_err load(void)
{
    memset(&words, 0, sizeof words);
    return prov_roster_new(&roster, reg, open_k_alloc, &opens_with, &words);
}

static const struct prov_entry *find(const char *name)
{
    const struct prov_group group = get(name);

    return prov_roster_find(roster, group.gid);
}

static void set_up(void)
{
    tmpdir_make();
    ck_assert_int_eq(prov_registry_create(&reg, tmpdir_file("registry")), XTT_OK);
    add("cars", 1, 0);
    add("boats", 2, 0);
}

static void tear_down(void)
{
    prov_roster_drop(roster);
    prov_registry_close(reg);
    tmpdir_remove();
}

START_TEST(has_every_open_group_with_what_belongs_to_it)
{
    const struct prov_entry *cars, *boats;
    uint8_t gid[32] = {9};

    ck_assert_int_eq(load(), XTT_OK);
    ck_assert_uint_eq(prov_roster_size(roster), 2);
    cars = find("cars");
    boats = find("boats");
    ck_assert_ptr_nonnull(cars);
    ck_assert_ptr_nonnull(boats);
    ck_assert_str_eq(cars->name, "cars");
    ck_assert_int_eq(cars->rules.choice, 1);
    ck_assert_int_eq(boats->rules.choice, 0);
    ck_assert_mem_eq(cars->rules.prefix, prefix, 8);
    ck_assert_uint_eq(cars->rules.k_alloc[63], (uint8_t)cars->rules.group);
    ck_assert_int_ne(cars->rules.group, boats->rules.group);
    ck_assert_ptr_nonnull(cars->group.key);
    ck_assert_ptr_null(cars->group.revoked);
    ck_assert_uint_eq(cars->group.basename.n, 4);
    ck_assert_mem_eq(cars->group.basename.p, "base", 4);
    ck_assert_ptr_null(prov_roster_find(roster, gid));
}
END_TEST

START_TEST(a_closed_group_is_not_in_it)
{
    ck_assert_int_eq(prov_group_set_status(reg, get("cars").number, PROV_GROUP_CLOSED), XTT_OK);
    ck_assert_int_eq(load(), XTT_OK);
    ck_assert_ptr_null(find("cars"));
    ck_assert_ptr_nonnull(find("boats"));
}
END_TEST

START_TEST(carries_the_revocations_of_its_group_only)
{
    struct xtt_gsigner *member;
    uint8_t secret[32], pseudonym[65];

    /* Any point will do for a pseudonym. */
    ck_assert_int_eq(xtt_daa_secret_new(NULL, secret), XTT_OK);
    ck_assert_int_eq(xtt_daa_soft_new(&member, secret, NULL), XTT_OK);
    ck_assert_int_eq(member->ops->public_key(member, pseudonym), XTT_OK);
    member->ops->free(member);
    ck_assert_int_eq(prov_revoke(reg, get("cars").number, PROV_REVOKED_SECRET,
                                 (xtt_bytes){secret, 32}, "leaked", NOW),
                     XTT_OK);
    ck_assert_int_eq(prov_revoke(reg, get("cars").number, PROV_REVOKED_PSEUDONYM,
                                 (xtt_bytes){pseudonym, 65}, "stolen", NOW),
                     XTT_OK);
    ck_assert_int_eq(load(), XTT_OK);
    ck_assert_ptr_nonnull(find("cars")->group.revoked);
    ck_assert_int_eq(xtt_daa_revoked_has(find("cars")->group.revoked, pseudonym), 1);
    pseudonym[64] ^= 1;
    ck_assert_int_eq(xtt_daa_revoked_has(find("cars")->group.revoked, pseudonym), 0);
    ck_assert_ptr_null(find("boats")->group.revoked);
}
END_TEST

START_TEST(a_damaged_group_is_named)
{
    add("vans", 3, 1);
    ck_assert_int_eq(load(), XTT_ERR_POINT);
    ck_assert_ptr_nonnull(strstr(words.message, "vans"));
    ck_assert_ptr_null(roster);
}
END_TEST

START_TEST(what_the_hsm_says_is_passed_on)
{
    opens_with = XTT_ERR_HSM_UNREACHABLE;
    ck_assert_int_eq(load(), XTT_ERR_HSM_UNREACHABLE);
    ck_assert_ptr_nonnull(strstr(words.message, "cars"));
    ck_assert_ptr_nonnull(strstr(words.message, "the HSM is gone"));
    ck_assert_ptr_null(roster);
}
END_TEST

START_TEST(who_holds_the_old_one_keeps_it_over_a_reload)
{
    struct prov_roster *old;
    const struct prov_entry *cars;

    ck_assert_int_eq(load(), XTT_OK);
    old = prov_roster_hold(roster);
    cars = find("cars");
    prov_roster_drop(roster);
    ck_assert_int_eq(prov_group_set_status(reg, get("cars").number, PROV_GROUP_CLOSED), XTT_OK);
    ck_assert_int_eq(load(), XTT_OK);
    ck_assert_ptr_null(find("cars"));
    ck_assert_ptr_eq(prov_roster_find(old, cars->gid), cars);
    ck_assert_uint_eq(cars->rules.k_alloc[0], (uint8_t)cars->rules.group);
    prov_roster_drop(old);
}
END_TEST

START_TEST(a_station_without_groups_has_an_empty_one)
{
    ck_assert_int_eq(prov_group_set_status(reg, get("cars").number, PROV_GROUP_CLOSED), XTT_OK);
    ck_assert_int_eq(prov_group_set_status(reg, get("boats").number, PROV_GROUP_CLOSED), XTT_OK);
    ck_assert_int_eq(load(), XTT_OK);
    ck_assert_uint_eq(prov_roster_size(roster), 0);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, has_every_open_group_with_what_belongs_to_it);
    tcase_add_test(tc, a_closed_group_is_not_in_it);
    tcase_add_test(tc, carries_the_revocations_of_its_group_only);
    tcase_add_test(tc, a_damaged_group_is_named);
    tcase_add_test(tc, what_the_hsm_says_is_passed_on);
    tcase_add_test(tc, who_holds_the_old_one_keeps_it_over_a_reload);
    tcase_add_test(tc, a_station_without_groups_has_an_empty_one);
}

int main(void)
{
    return run_suite("provisioner/roster", fill, 30);
}
