# SPDX-License-Identifier: Apache-2.0
# The device's keys in a TPM; the agent links it next to libxtt.
noinst_LTLIBRARIES += tpm/libxtttpm.la
tpm_libxtttpm_la_SOURCES = \
	tpm/tpm.h \
	tpm/esys.h \
	tpm/esys.c \
	tpm/tcti.c \
	tpm/keyfile.h \
	tpm/keyfile.c \
	tpm/keys.h \
	tpm/keys.c \
	tpm/signer.c \
	tpm/gsigner.c \
	tpm/probe.c
tpm_libxtttpm_la_CPPFLAGS = $(XTT_CPPFLAGS)
tpm_libxtttpm_la_CFLAGS = $(AM_CFLAGS) $(TSS_CFLAGS) $(CRYPTO_CFLAGS)
tpm_libxtttpm_la_LIBADD = $(TSS_LIBS) $(CRYPTO_LIBS) -lpthread
