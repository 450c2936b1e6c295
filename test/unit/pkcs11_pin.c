/* SPDX-License-Identifier: Apache-2.0 */
/* Tests pkcs11/pin.c: the order of the sources, and what makes one unfit. */
#include "pkcs11/p11.h"
#include "pkcs11/pin.h"

#include "test/support/suite.h"
#include "test/support/tmpdir.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *write_pin(const char *name, const void *text, size_t n, mode_t mode)
{
    const char *path = tmpdir_file(name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq((int)write(fd, text, n), (int)n);
    ck_assert_int_eq(fchmod(fd, mode), 0);
    close(fd);
    return path;
}

static int pipe_with(const char *text)
{
    int fds[2];

    ck_assert_int_eq(pipe(fds), 0);
    ck_assert_int_eq((int)write(fds[1], text, strlen(text)), (int)strlen(text));
    close(fds[1]);
    return fds[0];
}

static void expect(const struct xtt_p11_pin_from *from, const char *text, const char *origin)
{
    struct xtt_p11_pin *pin;

    ck_assert_msg(xtt_p11_pin_read(&pin, from) == XTT_OK, "%s", xtt_p11_why());
    ck_assert_str_eq(p11_pin_text(pin), text);
    ck_assert_msg(strstr(xtt_p11_pin_origin(pin), origin) != NULL, "%s", xtt_p11_pin_origin(pin));
    xtt_p11_pin_free(pin);
}

static void refuse(const struct xtt_p11_pin_from *from, const char *word)
{
    struct xtt_p11_pin *pin = NULL;

    ck_assert_int_eq(xtt_p11_pin_read(&pin, from), XTT_ERR_HSM_PIN);
    ck_assert_ptr_null(pin);
    ck_assert_msg(strstr(xtt_p11_why(), word) != NULL, "%s", xtt_p11_why());
}

START_TEST(takes_the_sources_in_their_order)
{
    const char *file = write_pin("pin", "of-file\n", 8, 0600);
    struct xtt_p11_pin_from from = {"token.pin", file, -1, NULL, 1};

    write_pin("token.pin", "of-credential", 13, 0440);
    ck_assert_int_eq(setenv("CREDENTIALS_DIRECTORY", tmpdir_path, 1), 0);
    ck_assert_int_eq(setenv("XTT_PIN", "of-environment", 1), 0);
    from.fd = pipe_with("of-fd\n");
    expect(&from, "of-credential", "credential token.pin");
    from.credential = "other.pin"; /* not there */
    expect(&from, "of-file", "file ");
    from.file = NULL;
    expect(&from, "of-fd", "descriptor");
    from.fd = -1;
    expect(&from, "of-environment", "XTT_PIN");
}
END_TEST

START_TEST(wipes_and_unsets_the_environment_and_warns)
{
    struct xtt_p11_pin_from from = {NULL, NULL, -1, NULL, 1};
    struct xtt_p11_pin *pin;
    const char *was;

    ck_assert_int_eq(setenv("XTT_PIN", "12345678", 1), 0);
    was = getenv("XTT_PIN");
    ck_assert_int_eq(xtt_p11_pin_read(&pin, &from), XTT_OK);
    ck_assert(xtt_p11_pin_is_exposed(pin));
    ck_assert_ptr_null(getenv("XTT_PIN"));
    ck_assert_int_eq(was[0], 0);
    ck_assert_int_eq(was[7], 0);
    xtt_p11_pin_free(pin);
    xtt_p11_pin_free(NULL);
}
END_TEST

START_TEST(passes_over_the_environment_unless_allowed)
{
    struct xtt_p11_pin_from from = {NULL, NULL, -1, NULL, 0};

    ck_assert_int_eq(setenv("XTT_PIN", "12345678", 1), 0);
    refuse(&from, "no PIN");
    ck_assert_ptr_nonnull(getenv("XTT_PIN"));
}
END_TEST

static const mode_t open_modes[] = {0640, 0604, 0660, 0644, 0620, 0601, 0777};

START_TEST(refuses_a_file_that_others_may_read)
{
    struct xtt_p11_pin_from from = {NULL, NULL, -1, NULL, 1};

    ck_assert_int_eq(setenv("XTT_PIN", "12345678", 1), 0); /* no reason to try the next source */
    from.file = write_pin("pin", "1234\n", 5, open_modes[_i]);
    refuse(&from, "chmod 0600");
}
END_TEST

START_TEST(refuses_what_is_no_regular_file)
{
    struct xtt_p11_pin_from from = {NULL, tmpdir_file("fifo"), -1, NULL, 0};

    ck_assert_int_eq(mkfifo(from.file, 0600), 0);
    refuse(&from, "no regular file");
    from.file = tmpdir_path;
    refuse(&from, "no regular file");
    from.file = tmpdir_file("missing");
    refuse(&from, "No such file");
}
END_TEST

static const struct {
    const char *text;
    size_t n;
    const char *word;
} unfit[] = {
    {"", 0, "empty"},
    {"\n", 1, "empty"},
    {"12\n34\n", 6, "one line"},
    {"12\n34", 5, "one line"},
    {"12\0"
     "34",
     5, "one line"},
    {"1234\n\n", 6, "one line"},
};

START_TEST(refuses_text_that_is_no_pin)
{
    struct xtt_p11_pin_from from = {NULL, NULL, -1, NULL, 0};

    from.file = write_pin("pin", unfit[_i].text, unfit[_i].n, 0600);
    refuse(&from, unfit[_i].word);
}
END_TEST

START_TEST(takes_255_bytes_and_refuses_256)
{
    struct xtt_p11_pin_from from = {NULL, NULL, -1, NULL, 0};
    char text[300];

    memset(text, 'x', sizeof text);
    text[255] = '\n';
    from.file = write_pin("pin", text, 256, 0600);
    text[255] = 0;
    expect(&from, text, "file");
    text[255] = 'x';
    from.file = write_pin("pin", text, 256, 0600);
    refuse(&from, "longer");
    from.file = write_pin("pin", text, 300, 0600);
    refuse(&from, "longer");
}
END_TEST

START_TEST(refuses_a_credential_that_is_a_path)
{
    struct xtt_p11_pin_from from = {"../pin", NULL, -1, NULL, 0};

    ck_assert_int_eq(setenv("CREDENTIALS_DIRECTORY", tmpdir_path, 1), 0);
    refuse(&from, "path");
}
END_TEST

START_TEST(says_so_if_there_is_none)
{
    struct xtt_p11_pin_from from = {NULL, NULL, -1, NULL, 1};

    refuse(&from, "--pin-fd");
}
END_TEST

/* A child whose controlling terminal is the other end of a pseudo terminal; 0 if it read text. */
static int ask_on(int master, const char *text)
{
    struct xtt_p11_pin_from from = {NULL, NULL, -1, "PIN of token station", 0};
    struct xtt_p11_pin *pin;
    int tty;

    if (setsid() < 0 || (tty = open(ptsname(master), O_RDWR)) < 0 || ioctl(tty, TIOCSCTTY, 0) != 0)
        return 9;
    if (xtt_p11_pin_read(&pin, &from) != XTT_OK)
        return text ? 2 : 0;
    return text && strcmp(p11_pin_text(pin), text) == 0 ? 0 : 3;
}

static void converse(const char *keys, const char *expected)
{
    char seen[256] = "";
    size_t n = 0;
    ssize_t got;
    int master = posix_openpt(O_RDWR | O_NOCTTY), status;
    pid_t pid;

    ck_assert_int_ge(master, 0);
    ck_assert_int_eq(grantpt(master), 0);
    ck_assert_int_eq(unlockpt(master), 0);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        _exit(ask_on(master, expected));
    while (!strstr(seen, ": ")) { /* echo is off once it asks */
        got = read(master, seen + n, sizeof seen - 1 - n);
        ck_assert_int_gt((int)got, 0);
        n += (size_t)got;
        seen[n] = 0;
    }
    ck_assert_ptr_nonnull(strstr(seen, "PIN of token station: "));
    ck_assert_int_eq((int)write(master, keys, strlen(keys)), (int)strlen(keys));
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    while (n < sizeof seen - 1 && (got = read(master, seen + n, sizeof seen - 1 - n)) > 0)
        n += (size_t)got;
    seen[n] = 0;
    ck_assert_ptr_null(strstr(seen, "12")); /* nothing was echoed */
    close(master);
}

START_TEST(asks_on_the_terminal_without_echo)
{
    converse("12xx\x7f\x7f"
             "34\n",
             "1234");
}
END_TEST

START_TEST(gives_up_on_control_c)
{
    converse("12\x03", NULL);
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, tmpdir_make, tmpdir_remove);
    tcase_add_test(tc, takes_the_sources_in_their_order);
    tcase_add_test(tc, wipes_and_unsets_the_environment_and_warns);
    tcase_add_test(tc, passes_over_the_environment_unless_allowed);
    tcase_add_loop_test(tc, refuses_a_file_that_others_may_read, 0,
                        (int)(sizeof open_modes / sizeof *open_modes));
    tcase_add_test(tc, refuses_what_is_no_regular_file);
    tcase_add_loop_test(tc, refuses_text_that_is_no_pin, 0, (int)(sizeof unfit / sizeof *unfit));
    tcase_add_test(tc, takes_255_bytes_and_refuses_256);
    tcase_add_test(tc, refuses_a_credential_that_is_a_path);
    tcase_add_test(tc, says_so_if_there_is_none);
    tcase_add_test(tc, asks_on_the_terminal_without_echo);
    tcase_add_test(tc, gives_up_on_control_c);
}

int main(void)
{
    (void)unsetenv("CREDENTIALS_DIRECTORY");
    (void)unsetenv("XTT_PIN");
    return run_suite("pkcs11_pin", fill, 20);
}
