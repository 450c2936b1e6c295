# SPDX-License-Identifier: Apache-2.0
# Tests may see everything: what they include and link by default is set here, once.  A unit test is
# one Check program per source noun, and its name mirrors the source (unit/base_mem tests
# libxtt/base/mem.c); adding one is adding its name to its folder's list.
AM_CPPFLAGS = $(XTT_CPPFLAGS) -I$(srcdir)/libxtt -I$(srcdir)
AM_CFLAGS += $(CHECK_CFLAGS)
LDADD = libxtt/libxttcore.la $(CHECK_LIBS) $(CRYPTO_LIBS)

noinst_HEADERS += \
	test/support/hex.h \
	test/support/registry.h \
	test/support/script_rng.h \
	test/support/suite.h \
	test/support/tmpdir.h

BASE_TESTS = \
	test/unit/base_err \
	test/unit/base_mem

CRYPTO_TESTS = \
	test/unit/crypto_suite

CURVE_TESTS =

DAA_TESTS =

WIRE_TESTS = \
	test/unit/wire_id \
	test/unit/wire_msg

HANDSHAKE_TESTS = \
	test/unit/handshake_cert \
	test/unit/handshake_allot

DAEMON_TESTS =

TPM_TESTS =

PKCS11_TESTS =

# With the whole station's archive behind them; SQLite, because some look behind the registry's back.
PROVISIONER_TESTS = \
	test/unit/provisioner_identity \
	test/unit/provisioner_limits \
	test/unit/provisioner_registrar \
	test/unit/provisioner_registry
test_unit_provisioner_identity_LDADD = provisioner/libprovisioner.la $(LDADD)
test_unit_provisioner_limits_LDADD = provisioner/libprovisioner.la $(LDADD)
test_unit_provisioner_registrar_LDADD = provisioner/libprovisioner.la $(LDADD)
test_unit_provisioner_registry_LDADD = provisioner/libprovisioner.la $(SQLITE_LIBS) $(LDADD)

AGENT_TESTS =

if HAVE_CHECK
UNIT_TESTS = $(BASE_TESTS) $(CRYPTO_TESTS) $(CURVE_TESTS) $(DAA_TESTS) $(WIRE_TESTS) \
	$(HANDSHAKE_TESTS) $(DAEMON_TESTS) $(TPM_TESTS) $(PKCS11_TESTS) $(PROVISIONER_TESTS) \
	$(AGENT_TESTS)
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
	test/vectors/tpm.c
test_vectors_run_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
test_vectors_run_LDADD = $(JANSSON_LIBS) $(LDADD)
EXTRA_DIST += \
	test/vectors/README \
	test/vectors/ecdaa.json \
	test/vectors/tpm.json
