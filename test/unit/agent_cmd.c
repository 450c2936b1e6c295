/* SPDX-License-Identifier: Apache-2.0 */
/* Tests agent/cmd.c, cmd_init.c, cmd_status.c, cmd_doctor.c and keys*.c: whole lives of a device.
 */
#include "test/support/agent.h"

START_TEST(a_device_gets_its_identity)
{
    ck_assert_str_eq(status("state"), "new");
    ck_ok(agent("init"));
    ck_assert_str_eq(status("state"), "keyed");
    become_member();
    ck_assert_str_eq(status("state"), "member");
    ck_assert_str_eq(status("identity"), "");
    ck_ok(agent("provision %s", server));
    ck_assert_int_eq(strncmp(cmdline_out, assigned, 39), 0);
    ck_assert_str_eq(cmdline_err, "");
    ck_assert_str_eq(status("state"), "provisioned");
    ck_assert_str_eq(status("identity"), assigned);
    ck_assert_str_eq(status("suite"), "0x0101");
    ck_assert_str_eq(status("server"), station.address);
    ck_assert_str_eq(status("member_kind"), "software");
    ck_ok(agent("status"));
    ck_assert_ptr_nonnull(strstr(cmdline_out, "software keys, for development only"));
}
END_TEST

#ifdef WITH_TPM
START_TEST(a_device_with_a_tpm_gets_its_identity)
{
    uint8_t *pem;
    size_t n;

    use_tpm();
    become_member();
    ck_ok(agent("provision %s --json", server));
    ck_assert_ptr_nonnull(strstr(cmdline_out, assigned));
    ck_assert_str_eq(status("member_kind"), "tpm");
    ck_assert_str_eq(status("longterm_kind"), "tpm");
    ck_assert_int_eq(
        xttd_file_read(tmpdir_file("state/longterm.pem"), AGENT_KEY_MAX, &pem, &n, &why), XTT_OK);
    ck_assert_ptr_nonnull(strstr((char *)pem, "BEGIN TSS2 PRIVATE KEY"));
    xttd_file_free(pem, n);
    ck_ok(agent("doctor %s", ""));
    ck_assert_ptr_null(strstr(cmdline_out, "FAIL"));
    swtpm_reset(swtpm);
    ck_ok(agent("provision %s", server));
    ck_ok(agent("provision --new-key %s", server));
    ck_assert_int_eq(station.handshakes, 3);
}
END_TEST

START_TEST(another_devices_state_needs_a_new_enrolment)
{
    use_tpm();
    become_member();
    ck_ok(agent("provision %s", server));
    swtpm_stop(swtpm);
    use_tpm(); /* the disk moved to another device */
    ck_assert_int_eq(agent("provision %s", server), 8);
    ck_says("enrol again");
    ck_assert_str_eq(status("state"), "needs-reenrolment");
    ck_assert_str_eq(status("trouble"), "XTT_ERR_TPM_KEY");
    ck_assert_str_eq(status("identity"), assigned); /* still on record */
    ck_assert_int_eq(agent("member request --nonce 00 --out @request"), 8);
    ck_assert_int_eq(agent("doctor"), 8);
    ck_assert_ptr_nonnull(strstr(cmdline_out, "FAIL  long-term key"));

    ck_ok(agent("init --new"));
    ck_assert_int_eq(agent("provision %s", server), 1); /* no member of the group any more */
    ck_ok(agent("member request --nonce-text nonce --out @request"));
    issue();
    ck_ok(agent(IMPORT));
    ck_ok(agent("provision %s", server));
    ck_assert_str_eq(status("state"), "provisioned");
    ck_assert_str_eq(status("trouble"), "");
}
END_TEST

START_TEST(keys_cannot_change_from_tpm_to_software_silently)
{
    use_tpm();
    become_member();
    configure(SOFTWARE "[tpm]\ntcti = device:/nonexistent\n");
    ck_assert_int_eq(agent("provision %s", server), 4); /* the state's keys are in the TPM */
}
END_TEST

START_TEST(a_missing_tpm_is_said_with_4)
{
    configure("[tpm]\ntcti = device:/nonexistent/tpm\n");
    ck_assert_int_eq(agent("init"), 4);
    ck_says("/nonexistent/tpm");
    ck_assert_str_eq(status("state"), "new");
    ck_assert_int_eq(agent("doctor"), 4);
}
END_TEST
#endif

START_TEST(software_keys_need_the_configurations_word_each_time)
{
    become_member();
    configure("");
    ck_assert_int_eq(agent("provision %s", server), 6);
    ck_says("key = software");
    ck_assert_int_eq(agent("member request --nonce 00 --out @request"), 6);
    ck_assert_int_eq(station.handshakes, 0);
}
END_TEST

START_TEST(init_twice_keeps_the_keys)
{
    char key[512];

    ck_ok(agent("init"));
    snprintf(key, sizeof key, "%s", status("longterm_key"));
    ck_ok(agent("init --json"));
    ck_assert_ptr_nonnull(strstr(cmdline_out, "\"keys_made\": false"));
    ck_assert_str_eq(status("longterm_key"), key);
    ck_ok(agent("init --new"));
    ck_assert_str_ne(status("longterm_key"), key);
}
END_TEST

START_TEST(init_new_keeps_the_identity_until_the_next_one)
{
    become_member();
    ck_ok(agent("provision %s", server));
    ck_ok(agent("init --new"));
    ck_assert_str_eq(status("identity"), assigned);
    ck_assert_int_eq(agent("provision %s", server), 1);
    ck_says("member request");
    ck_ok(agent("member request --nonce-text nonce --out @request"));
    issue();
    ck_ok(agent(IMPORT));
    ck_ok(agent("provision %s", server));
    ck_assert_int_eq(station.handshakes, 2);
}
END_TEST

START_TEST(two_writers_do_not_meet)
{
    int fd;

    ck_ok(agent("init"));
    ck_assert_int_eq(xttd_file_lock(tmpdir_file("state/lock"), &fd, &why), XTT_OK);
    ck_assert_int_eq(agent("init"), 7);
    ck_ok(agent("status"));
    xttd_file_unlock(fd);
}
END_TEST

static const struct {
    const char *text, *word;
} bad_configs[] = {
    {"[agent]\nserver = a:b:c\n", "a:b:c"},          {"[agent]\nkey = hardware\n", "tpm|software"},
    {"[agent]\nstate = here\n", "absolute path"},    {"[agents]\n", "unknown section"},
    {"[agent]\ntcti = x\n", "unknown setting tcti"},
};

START_TEST(a_bad_configuration_is_named_with_its_line)
{
    configure(bad_configs[_i].text);
    ck_assert_int_eq(agent("check-config"), 2);
    ck_says("agent.conf:");
    ck_says(bad_configs[_i].word);
}
END_TEST

START_TEST(the_doctor_of_a_new_device_only_warns)
{
    json_t *whole;

    ck_ok(agent("doctor --json"));
    whole = json_loads(cmdline_out, 0, NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(whole, "checks")), 6);
    json_decref(whole);
    become_member();
    ck_ok(agent("doctor"));
    ck_assert_ptr_nonnull(strstr(cmdline_out, "PASS  member"));
    ck_assert_ptr_nonnull(strstr(cmdline_out, "WARN  tpm"));
}
END_TEST

static void fill(TCase *tc)
{
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_device_gets_its_identity);
#ifdef WITH_TPM
    tcase_add_test(tc, a_device_with_a_tpm_gets_its_identity);
    tcase_add_test(tc, another_devices_state_needs_a_new_enrolment);
    tcase_add_test(tc, keys_cannot_change_from_tpm_to_software_silently);
    tcase_add_test(tc, a_missing_tpm_is_said_with_4);
#endif
    tcase_add_test(tc, software_keys_need_the_configurations_word_each_time);
    tcase_add_test(tc, init_twice_keeps_the_keys);
    tcase_add_test(tc, init_new_keeps_the_identity_until_the_next_one);
    tcase_add_test(tc, two_writers_do_not_meet);
    tcase_add_loop_test(tc, a_bad_configuration_is_named_with_its_line, 0, N(bad_configs));
    tcase_add_test(tc, the_doctor_of_a_new_device_only_warns);
}

int main(void)
{
    return run_suite("agent/cmd", fill, 60);
}
