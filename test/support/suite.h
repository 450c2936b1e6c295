/* SPDX-License-Identifier: Apache-2.0 */
/* What every Check program ends with: run one test case list and answer for main. */
#ifndef TEST_SUPPORT_SUITE_H
#define TEST_SUPPORT_SUITE_H

#include <check.h>
#include <stdlib.h>

static inline int run_suite(const char *name, void (*fill)(TCase *tc), double timeout)
{
    Suite *s = suite_create(name);
    TCase *tc = tcase_create(name);
    SRunner *sr = srunner_create(s);
    int failed;

    tcase_set_timeout(tc, timeout);
    fill(tc);
    suite_add_tcase(s, tc);
    srunner_run_all(sr, CK_ENV);
    failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
