# SPDX-License-Identifier: Apache-2.0
# Tests may see everything: what they include and link by default is set here, once.  A unit test is
# one Check program per source noun, and its name mirrors the source (unit/base_mem tests
# libxtt/base/mem.c); adding one is adding its name to its folder's list.
AM_CPPFLAGS = $(XTT_CPPFLAGS) -I$(srcdir)/libxtt -I$(srcdir) $(P11_CFLAGS)
AM_CFLAGS += $(CHECK_CFLAGS)
LDADD = libxtt/libxttcore.la $(CHECK_LIBS) $(CRYPTO_LIBS)

noinst_HEADERS += \
	test/support/capture.h \
	test/support/crowd.h \
	test/support/device.h \
	test/support/hex.h \
	test/support/party.h \
	test/support/field.h \
	test/support/group.h \
	test/support/call.h \
	test/support/registry.h \
	test/support/script_rng.h \
	test/support/softhsm.h \
	test/support/suite.h \
	test/support/tmpdir.h \
	test/support/token.h \
	test/support/tower.h

BASE_TESTS = \
	test/unit/base_err \
	test/unit/base_mem

CRYPTO_TESTS = \
	test/unit/crypto_suite

CURVE_TESTS = \
	test/unit/curve_scalar \
	test/unit/curve_fp \
	test/unit/curve_fp2 \
	test/unit/curve_fp6 \
	test/unit/curve_fp12 \
	test/unit/curve_g1 \
	test/unit/curve_g2 \
	test/unit/curve_pairing

DAA_TESTS = \
	test/unit/daa_encode \
	test/unit/daa_hash \
	test/unit/daa_group \
	test/unit/daa_revoke \
	test/unit/daa_verify \
	test/unit/daa_sign \
	test/unit/daa_join \
	test/unit/daa_issue \
	test/unit/daa_soft

WIRE_TESTS = \
	test/unit/wire_id \
	test/unit/wire_msg

HANDSHAKE_TESTS = \
	test/unit/handshake_cert \
	test/unit/handshake_allot \
	test/unit/handshake_machine
test_unit_handshake_machine_SOURCES = test/unit/handshake_machine.c test/support/party.c

# Behind them the daemons' library, libuv for those that run a loop.
DAEMON_TESTS = \
	test/unit/daemon_cmd \
	test/unit/daemon_config \
	test/unit/daemon_conn \
	test/unit/daemon_fail \
	test/unit/daemon_file \
	test/unit/daemon_hex \
	test/unit/daemon_log \
	test/unit/daemon_net \
	test/unit/daemon_notify \
	test/unit/daemon_paper
DAEMON_LDADD = daemon/libxttd.la $(LDADD) $(JANSSON_LIBS) $(UV_LIBS)
test_unit_daemon_cmd_LDADD = $(DAEMON_LDADD)
test_unit_daemon_config_LDADD = $(DAEMON_LDADD)
test_unit_daemon_conn_SOURCES = test/unit/daemon_conn.c test/support/party.c
test_unit_daemon_conn_LDADD = $(DAEMON_LDADD)
test_unit_daemon_fail_LDADD = $(DAEMON_LDADD)
test_unit_daemon_file_LDADD = $(DAEMON_LDADD)
test_unit_daemon_hex_LDADD = $(DAEMON_LDADD)
test_unit_daemon_log_LDADD = $(DAEMON_LDADD)
test_unit_daemon_net_LDADD = $(DAEMON_LDADD)
test_unit_daemon_notify_LDADD = $(DAEMON_LDADD)
test_unit_daemon_paper_LDADD = $(DAEMON_LDADD)

# On a real TPM: swtpm, started by the test itself.
check_LTLIBRARIES += test/support/libswtpm.la
test_support_libswtpm_la_SOURCES = \
	test/support/swtpm.h \
	test/support/swtpm.c
check_PROGRAMS += test/support/with-swtpm
test_support_with_swtpm_SOURCES = test/support/with_swtpm.c
test_support_with_swtpm_LDADD = test/support/libswtpm.la

if WITH_TPM
check_LTLIBRARIES += test/support/libtpm.la
test_support_libtpm_la_SOURCES = \
	test/support/tpm.h \
	test/support/tcti_inject.h \
	test/support/tcti_inject.c
test_support_libtpm_la_LIBADD = test/support/libswtpm.la tpm/libxtttpm.la
TPM_QUICK_TESTS = \
	test/unit/tpm_gsigner \
	test/unit/tpm_keyfile \
	test/unit/tpm_keys \
	test/unit/tpm_probe \
	test/unit/tpm_signer \
	test/unit/tpm_tcti
TPM_TESTS = $(TPM_QUICK_TESTS) test/unit/tpm_esys
TPM_LDADD = test/support/libtpm.la $(LDADD)
test_unit_tpm_esys_LDADD = $(TPM_LDADD)
test_unit_tpm_gsigner_LDADD = $(TPM_LDADD)
test_unit_tpm_keyfile_LDADD = $(TPM_LDADD)
test_unit_tpm_keys_LDADD = $(TPM_LDADD)
test_unit_tpm_probe_LDADD = $(TPM_LDADD)
test_unit_tpm_signer_LDADD = $(TPM_LDADD)
test_unit_tpm_tcti_LDADD = $(TPM_LDADD)
endif

# On a real SoftHSM, each test with a token of its own.
PKCS11_TESTS = \
	test/unit/pkcs11_blob \
	test/unit/pkcs11_keygen \
	test/unit/pkcs11_pin \
	test/unit/pkcs11_session \
	test/unit/pkcs11_signer \
	test/unit/pkcs11_uri \
	test/unit/pkcs11_wrap
PKCS11_LDADD = test/support/libsofthsm.la pkcs11/libxttp11.la $(LDADD) $(P11_LIBS) -lpthread
test_unit_pkcs11_blob_LDADD = $(PKCS11_LDADD)
test_unit_pkcs11_keygen_LDADD = $(PKCS11_LDADD)
test_unit_pkcs11_pin_LDADD = $(PKCS11_LDADD)
test_unit_pkcs11_session_LDADD = $(PKCS11_LDADD)
test_unit_pkcs11_signer_LDADD = $(PKCS11_LDADD)
test_unit_pkcs11_uri_LDADD = $(PKCS11_LDADD)
test_unit_pkcs11_wrap_LDADD = $(PKCS11_LDADD)
test_support_libsofthsm_la_SOURCES = test/support/softhsm.c

# With the whole station's archive behind them; SQLite, because some look behind the registry's back.
PROVISIONER_TESTS = \
	test/unit/provisioner_backup \
	test/unit/provisioner_cmd \
	test/unit/provisioner_identity \
	test/unit/provisioner_keyd \
	test/unit/provisioner_keyring \
	test/unit/provisioner_limits \
	test/unit/provisioner_registrar \
	test/unit/provisioner_registry \
	test/unit/provisioner_request \
	test/unit/provisioner_roster \
	test/unit/provisioner_station
PROVISIONER_LDADD = provisioner/libprovisioner.la $(SQLITE_LIBS) $(LDADD)
test_unit_provisioner_backup_LDADD = $(PROVISIONER_LDADD)
test_unit_provisioner_cmd_LDADD = test/support/libsofthsm.la $(PROVISIONER_LDADD)
test_unit_provisioner_identity_LDADD = $(PROVISIONER_LDADD)
test_unit_provisioner_keyd_LDADD = test/support/libsofthsm.la $(PROVISIONER_LDADD)
test_unit_provisioner_limits_LDADD = $(PROVISIONER_LDADD)
test_unit_provisioner_registrar_LDADD = $(PROVISIONER_LDADD)
test_unit_provisioner_registry_LDADD = $(PROVISIONER_LDADD)
test_unit_provisioner_roster_LDADD = $(PROVISIONER_LDADD)
test_unit_provisioner_request_LDADD = $(PROVISIONER_LDADD)
test_unit_provisioner_keyring_LDADD = test/support/libsofthsm.la $(PROVISIONER_LDADD)
test_unit_provisioner_station_SOURCES = test/unit/provisioner_station.c test/support/device.c
test_unit_provisioner_station_LDADD = test/support/libsofthsm.la $(PROVISIONER_LDADD)

# The store's tests bend the system calls that change files.
AGENT_TESTS = \
	test/unit/agent_cmd \
	test/unit/agent_cmd_member \
	test/unit/agent_cmd_provision \
	test/unit/agent_policy \
	test/unit/agent_store
AGENT_LDADD = agent/libagent.la $(LDADD) $(JANSSON_LIBS) $(UV_LIBS)
POWERCUT_WRAPS = -Wl,--wrap=open,--wrap=write,--wrap=fsync,--wrap=close,--wrap=rename \
	-Wl,--wrap=unlink,--wrap=unlinkat,--wrap=symlink,--wrap=fchmod
noinst_HEADERS += test/support/cmdline.h test/support/powercut.h
AGENT_SUPPORT = test/support/agent.h test/support/station.h test/support/station.c \
	test/support/party.c
test_unit_agent_cmd_SOURCES = test/unit/agent_cmd.c $(AGENT_SUPPORT)
test_unit_agent_cmd_LDADD = test/support/libswtpm.la $(AGENT_LDADD)
test_unit_agent_cmd_member_SOURCES = test/unit/agent_cmd_member.c $(AGENT_SUPPORT)
test_unit_agent_cmd_member_LDADD = test/support/libswtpm.la $(AGENT_LDADD)
test_unit_agent_cmd_provision_SOURCES = test/unit/agent_cmd_provision.c $(AGENT_SUPPORT)
test_unit_agent_cmd_provision_LDADD = test/support/libswtpm.la $(AGENT_LDADD)
test_unit_agent_policy_LDADD = $(AGENT_LDADD)
test_unit_agent_store_SOURCES = test/unit/agent_store.c test/support/powercut.c
test_unit_agent_store_LDFLAGS = $(AM_LDFLAGS) $(POWERCUT_WRAPS)
test_unit_agent_store_LDADD = $(AGENT_LDADD)

EXTRA_DIST += test/support/with-softhsm

if HAVE_CHECK
check_LTLIBRARIES += test/support/libsofthsm.la
UNIT_TESTS = $(BASE_TESTS) $(CRYPTO_TESTS) $(CURVE_TESTS) $(DAA_TESTS) $(WIRE_TESTS) \
	$(HANDSHAKE_TESTS) $(DAEMON_TESTS) $(TPM_TESTS) $(AGENT_TESTS)
if WITH_PKCS11
UNIT_TESTS += $(PKCS11_TESTS) $(PROVISIONER_TESTS)
endif
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
endif

# Values that another implementation made; test/vectors/run DIR tries any directory of such files.
check_PROGRAMS += test/vectors/run
TESTS += test/vectors/run
test_vectors_run_SOURCES = \
	test/vectors/vectors.h \
	test/vectors/run.c \
	test/vectors/ecdaa.c \
	test/vectors/tpm.c \
	test/vectors/handshakes.c \
	test/vectors/keyschedule.c
test_vectors_run_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
# The recorded group signatures stand in for the client's own (handshakes.c).
test_vectors_run_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=xtt_daa_sign
test_vectors_run_LDADD = $(JANSSON_LIBS) $(LDADD)
EXTRA_DIST += \
	test/vectors/README \
	test/vectors/ecdaa.json \
	test/vectors/fixture.json \
	test/vectors/handshakes.json \
	test/vectors/key-schedule.txt \
	test/vectors/tpm.json

# Who may include whom, what is exported, what is imported.
LINT = test/lint/layers.sh test/lint/symbols.sh
dist_check_SCRIPTS += $(LINT)
TESTS += $(LINT)
test/lint/symbols.log: libxtt/libxtt.la

# Fuzz targets: one per parser and per state machine.  With --enable-fuzz they are libFuzzer
# programs (contrib/ci/fuzz runs them); without, they replay their corpus in `make check`.
FUZZ_TARGETS = \
	test/fuzz/files \
	test/fuzz/handshake \
	test/fuzz/text
if WITH_PKCS11
FUZZ_TARGETS += test/fuzz/token
endif
check_PROGRAMS += $(FUZZ_TARGETS)
if FUZZ
LIBFUZZER_FLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
STANDALONE_MAIN =
else
LIBFUZZER_FLAGS = $(AM_LDFLAGS)
STANDALONE_MAIN = test/fuzz/replay.c
endif
test_fuzz_files_SOURCES = test/fuzz/files.c $(STANDALONE_MAIN)
test_fuzz_files_LDFLAGS = $(LIBFUZZER_FLAGS)
test_fuzz_files_LDADD = $(AGENT_LDADD)
test_fuzz_handshake_SOURCES = test/fuzz/handshake.c test/support/party.c $(STANDALONE_MAIN)
test_fuzz_handshake_LDFLAGS = $(LIBFUZZER_FLAGS)
test_fuzz_text_SOURCES = test/fuzz/text.c $(STANDALONE_MAIN)
test_fuzz_text_LDFLAGS = $(LIBFUZZER_FLAGS)
test_fuzz_token_SOURCES = test/fuzz/token.c $(STANDALONE_MAIN)
test_fuzz_token_LDFLAGS = $(LIBFUZZER_FLAGS)
test_fuzz_token_LDADD = pkcs11/libxttp11.la daemon/libxttd.la $(LDADD)
dist_check_SCRIPTS += test/fuzz/corpus.sh
TESTS += test/fuzz/corpus.sh
test/fuzz/corpus.log: $(FUZZ_TARGETS)
EXTRA_DIST += test/fuzz/corpus

# Unit tests under memcheck: no read of what nobody wrote, nothing lost.  In one process where the
# tests allow it, which is faster; with a process for each case where they need that.  Not under it: tests
# that run themselves again, and daemon_conn, because libcrypto's own state of libuv's pool threads is
# never given back.
VALGRIND = valgrind -q --error-exitcode=9 --leak-check=full --show-leak-kinds=definite \
	--errors-for-leak-kinds=definite
VALGRIND_TESTS = $(BASE_TESTS) $(CRYPTO_TESTS) $(WIRE_TESTS) $(HANDSHAKE_TESTS) $(DAA_TESTS) \
	$(TPM_QUICK_TESTS)
VALGRIND_FORKED_TESTS = \
	test/unit/agent_store \
	test/unit/daemon_cmd \
	test/unit/daemon_config \
	test/unit/daemon_fail \
	test/unit/daemon_file \
	test/unit/daemon_hex \
	test/unit/daemon_log \
	test/unit/daemon_net \
	test/unit/daemon_notify \
	test/unit/daemon_paper
if WITH_PKCS11
VALGRIND_FORKED_TESTS += \
	test/unit/pkcs11_blob \
	test/unit/pkcs11_keygen \
	test/unit/pkcs11_pin \
	test/unit/pkcs11_uri \
	test/unit/pkcs11_wrap \
	test/unit/provisioner_backup \
	test/unit/provisioner_identity \
	test/unit/provisioner_limits \
	test/unit/provisioner_registrar \
	test/unit/provisioner_registry \
	test/unit/provisioner_request \
	test/unit/provisioner_roster
endif
UNDER_VALGRIND = CK_DEFAULT_TIMEOUT=0 CK_TIMEOUT_MULTIPLIER=20 \
	$(LIBTOOL) --mode=execute $(VALGRIND)
check-valgrind: $(VALGRIND_TESTS) $(VALGRIND_FORKED_TESTS)
	@for t in $(VALGRIND_TESTS); do echo "$$t"; CK_FORK=no $(UNDER_VALGRIND) ./$$t || exit 1; done
	@for t in $(VALGRIND_FORKED_TESTS); do echo "$$t"; $(UNDER_VALGRIND) ./$$t || exit 1; done
.PHONY: check-valgrind

# Secrets under memcheck: a branch or an index that depends on one fails.
EXTRA_PROGRAMS += test/ct/curve
check-ct: test/ct/curve
	@srcdir=$(srcdir) LIBTOOL="$(LIBTOOL)" $(SHELL) $(srcdir)/test/ct/run.sh
.PHONY: check-ct
EXTRA_DIST += \
	test/ct/allowed.supp \
	test/ct/run.sh

# One line per operation, each beside what it is compared with; a file for each area.
EXTRA_PROGRAMS += test/bench/bench
test_bench_bench_SOURCES = \
	test/bench/bench.h \
	test/bench/bench.c \
	test/bench/anchors.c \
	test/bench/curve.c \
	test/bench/daa.c \
	test/bench/handshake.c \
	test/bench/station.c \
	test/support/crowd.c \
	test/support/device.c \
	test/support/party.c
test_bench_bench_LDADD =
if WITH_TPM
test_bench_bench_SOURCES += test/bench/tpm.c
test_bench_bench_LDADD += $(TPM_LDADD)
else
test_bench_bench_SOURCES += test/bench/no_tpm.c
endif
if WITH_PKCS11
test_bench_bench_SOURCES += test/bench/registry.c test/bench/hsm.c
test_bench_bench_LDADD += test/support/libsofthsm.la $(PROVISIONER_LDADD)
else
test_bench_bench_SOURCES += test/bench/no_registry.c test/bench/no_hsm.c
endif
test_bench_bench_LDADD += $(LDADD)
EXTRA_DIST += test/bench/run.sh
if WITH_PKCS11
bench: test/bench/bench test/e2e/issuer xtt-provisioner
	@srcdir='$(srcdir)' BENCH='$(BENCH)' $(srcdir)/test/bench/run.sh
else
bench: test/bench/bench
	@./test/bench/bench $(BENCH)
endif
.PHONY: bench

# Scenarios: both programs over loopback with SoftHSM and swtpm, and what happens when they are killed.
if WITH_PKCS11
E2E_LDADD = $(LDADD) -lpthread
check_PROGRAMS += test/e2e/issuer test/e2e/crowd test/e2e/crash
test_e2e_crowd_SOURCES = test/e2e/crowd.c test/support/crowd.c test/support/device.c
test_e2e_crowd_LDADD = $(E2E_LDADD)
test_e2e_crash_SOURCES = test/e2e/crash.c test/support/device.c
test_e2e_crash_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
test_e2e_crash_LDADD = $(E2E_LDADD) $(SQLITE_LIBS)
# Preloaded into a station without sanitizers, so it is built without.
check_LTLIBRARIES += test/support/libunsynced.la
test_support_libunsynced_la_SOURCES = test/support/unsynced.c
test_support_libunsynced_la_CFLAGS = $(WARN_CFLAGS)
test_support_libunsynced_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere
test_support_libunsynced_la_LIBADD = -ldl

TESTS += $(STATION_SCENARIOS)
if WITH_TPM
TESTS += $(TPM_SCENARIOS)
endif
endif
STATION_SCENARIOS = \
	test/e2e/ceremony.sh \
	test/e2e/backup.sh \
	test/e2e/raw.sh \
	test/e2e/service.sh \
	test/e2e/crowd.sh \
	test/e2e/crash.sh
TPM_SCENARIOS = \
	test/e2e/provision.sh \
	test/e2e/refuse.sh
check-long: all
	$(MAKE) check ROUNDS=200
.PHONY: check-long
EXTRA_DIST += test/e2e/lib.sh test/e2e/line.sh $(STATION_SCENARIOS) $(TPM_SCENARIOS)
AM_TESTS_ENVIRONMENT = ROUNDS='$(ROUNDS)'; FUZZ_TARGETS='$(FUZZ_TARGETS)'; export ROUNDS FUZZ_TARGETS;
