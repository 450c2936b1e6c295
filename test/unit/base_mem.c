/* SPDX-License-Identifier: Apache-2.0 */
/* Tests libxtt/base: arenas, wiping, constant-time comparison, the injected generator. */
#include <xtt/base.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(arena_gives_zeroed_slots_and_wipes_them)
{
    struct xtt_arena *arena;
    uint8_t *a, *b;

    ck_assert_int_eq(xtt_arena_new(&arena, 100, 2), XTT_OK);
    a = xtt_arena_get(arena, 100);
    ck_assert_ptr_nonnull(a);
    ck_assert(xtt_ct_is_zero(a, 100));
    memset(a, 0xa5, 100);
    xtt_arena_put(arena, a);
    b = xtt_arena_get(arena, 50);
    ck_assert_ptr_eq(a, b);
    ck_assert(xtt_ct_is_zero(b, 100));
    xtt_arena_put(arena, b);
    xtt_arena_free(arena);
}
END_TEST

START_TEST(arena_refuses_more_than_it_has)
{
    struct xtt_arena *arena;
    void *a, *b;

    ck_assert_int_eq(xtt_arena_new(&arena, 64, 2), XTT_OK);
    ck_assert_ptr_null(xtt_arena_get(arena, 65));
    a = xtt_arena_get(arena, 64);
    b = xtt_arena_get(arena, 64);
    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_nonnull(b);
    ck_assert_ptr_ne(a, b);
    ck_assert_ptr_null(xtt_arena_get(arena, 1));
    xtt_arena_put(arena, a);
    ck_assert_ptr_eq(xtt_arena_get(arena, 1), a);
    xtt_arena_put(arena, NULL);
    xtt_arena_free(arena);
    xtt_arena_free(NULL);
}
END_TEST

START_TEST(arena_refuses_sizes_that_overflow)
{
    struct xtt_arena *arena = NULL;

    ck_assert_int_eq(xtt_arena_new(&arena, 0, 1), XTT_ERR_ARGUMENT);
    ck_assert_int_eq(xtt_arena_new(&arena, 1, 0), XTT_ERR_ARGUMENT);
    ck_assert_int_eq(xtt_arena_new(&arena, SIZE_MAX / 2, 3), XTT_ERR_ARGUMENT);
    ck_assert_ptr_null(arena);
}
END_TEST

START_TEST(arena_ends_in_a_guard_page)
{
    struct xtt_arena *arena;
    volatile uint8_t *p;
    int status;
    pid_t pid;

    ck_assert_int_eq(xtt_arena_new(&arena, 4096, 1), XTT_OK);
    p = xtt_arena_get(arena, 4096);
    if ((pid = fork()) == 0) {
        p[4096] = 1;
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(!WIFEXITED(status) || WEXITSTATUS(status) != 0);
    xtt_arena_free(arena);
}
END_TEST

START_TEST(comparison_sees_every_bit)
{
    uint8_t a[33] = {0}, b[33] = {0};

    ck_assert_int_eq(xtt_ct_eq(a, b, sizeof a), 1);
    for (size_t bit = 0; bit < 8 * sizeof a; bit++) {
        a[bit / 8] = (uint8_t)(1u << bit % 8);
        ck_assert_int_eq(xtt_ct_eq(a, b, sizeof a), 0);
        ck_assert_int_eq(xtt_ct_is_zero(a, sizeof a), 0);
        a[bit / 8] = 0;
    }
    ck_assert_int_eq(xtt_ct_is_zero(a, sizeof a), 1);
}
END_TEST

static xtt_err fail_draw(struct xtt_rng *rng, uint8_t *out, size_t n)
{
    (void)rng;
    (void)out;
    (void)n;
    return XTT_ERR_RNG;
}

START_TEST(an_injected_generator_is_used_and_may_fail)
{
    struct xtt_rng failing = {fail_draw};
    uint8_t a[32] = {0}, b[32] = {0};

    ck_assert_int_eq(xtt_rng_draw(&failing, a, sizeof a), XTT_ERR_RNG);
    ck_assert_int_eq(xtt_rng_draw(NULL, a, sizeof a), XTT_OK);
    ck_assert_int_eq(xtt_rng_draw(xtt_rng_system(), b, sizeof b), XTT_OK);
    ck_assert_int_ne(memcmp(a, b, sizeof a), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("base/mem");
    TCase *tc = tcase_create("mem");
    SRunner *sr = srunner_create(s);
    int failed;

    tcase_add_test(tc, arena_gives_zeroed_slots_and_wipes_them);
    tcase_add_test(tc, arena_refuses_more_than_it_has);
    tcase_add_test(tc, arena_refuses_sizes_that_overflow);
    tcase_add_test(tc, arena_ends_in_a_guard_page);
    tcase_add_test(tc, comparison_sees_every_bit);
    tcase_add_test(tc, an_injected_generator_is_used_and_may_fail);
    suite_add_tcase(s, tc);
    srunner_run_all(sr, CK_NORMAL);
    failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
