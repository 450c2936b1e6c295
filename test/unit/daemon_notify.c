/* SPDX-License-Identifier: Apache-2.0 */
/* Tests daemon/notify.c against a socket that plays the service manager. */
#include <config.h>

#include "daemon/notify.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "test/support/suite.h"
#include "test/support/tmpdir.h"

static int manager = -1;

static void listen_as_manager(void)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};

    snprintf(sa.sun_path, sizeof sa.sun_path, "%s/notify", tmpdir_path);
    manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    ck_assert_int_ge(manager, 0);
    ck_assert_int_eq(bind(manager, (struct sockaddr *)&sa, sizeof sa), 0);
    setenv("NOTIFY_SOCKET", sa.sun_path, 1);
}

static void expect(const char *want)
{
    char got[512];
    ssize_t n = recv(manager, got, sizeof got - 1, 0);

    ck_assert_int_ge(n, 0);
    got[n] = '\0';
    ck_assert_msg(strncmp(got, want, strlen(want)) == 0, "%s instead of %s", got, want);
}

static void setup(void)
{
    tmpdir_make();
    listen_as_manager();
}

static void teardown(void)
{
    close(manager);
    tmpdir_remove();
}

#ifdef HAVE_SYSTEMD
START_TEST(the_manager_hears_each_word)
{
    xttd_notify_ready();
    expect("READY=1");
    xttd_notify_status("%d handshakes\nREADY=0", 3);
    expect("STATUS=3 handshakes READY=0");
    xttd_notify_reloading();
    expect("RELOADING=1\nMONOTONIC_USEC=");
    xttd_notify_watchdog();
    expect("WATCHDOG=1");
    xttd_notify_stopping();
    expect("STOPPING=1");
}
END_TEST

START_TEST(the_watchdogs_interval_is_halved)
{
    char pid[32];

    ck_assert_uint_eq(xttd_notify_interval(), 0);
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    setenv("WATCHDOG_PID", pid, 1);
    setenv("WATCHDOG_USEC", "30000000", 1);
    ck_assert_uint_eq(xttd_notify_interval(), 15000);
    setenv("WATCHDOG_PID", "1", 1);
    ck_assert_uint_eq(xttd_notify_interval(), 0);
}
END_TEST
#endif

START_TEST(nobody_listening_is_fine)
{
    unsetenv("NOTIFY_SOCKET");
    xttd_notify_ready();
    setenv("NOTIFY_SOCKET", "/nonexistent/socket", 1);
    xttd_notify_ready();
    ck_assert_int_eq(recv(manager, tmpdir_path, 1, 0), -1);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, setup, teardown);
#ifdef HAVE_SYSTEMD
    tcase_add_test(tc, the_manager_hears_each_word);
    tcase_add_test(tc, the_watchdogs_interval_is_halved);
#endif
    tcase_add_test(tc, nobody_listening_is_fine);
}

int main(void)
{
    return run_suite("daemon/notify", fill, 4);
}
