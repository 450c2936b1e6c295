# SPDX-License-Identifier: Apache-2.0
# libxtt from its bottom layer to its top: reading this list is reading the architecture.
# A folder may include only what stands above it here; crypto, curve and wire do not know each other.
LIBXTT_SOURCES = \
	libxtt/include/xtt/err.def \
	libxtt/base/bytes.h \
	libxtt/base/err.c \
	libxtt/base/ct.c \
	libxtt/base/mem.c \
	libxtt/base/rng.c \
	\
	libxtt/crypto/provider.h \
	libxtt/crypto/provider.c \
	libxtt/crypto/suite.h \
	libxtt/crypto/suite.c \
	libxtt/crypto/soft.c \
	\
	libxtt/wire/types.h \
	libxtt/wire/msg.h \
	libxtt/wire/msg.c \
	libxtt/wire/id.c \
	\
	libxtt/curve/mont.h \
	libxtt/curve/scalar.h \
	libxtt/curve/scalar.c \
	libxtt/curve/fp.h \
	libxtt/curve/fp.c \
	libxtt/curve/fp2.h \
	libxtt/curve/fp2.c \
	libxtt/curve/fp6.h \
	libxtt/curve/fp6.c \
	libxtt/curve/fp12.h \
	libxtt/curve/fp12.c \
	libxtt/curve/g1.h \
	libxtt/curve/g1.c \
	libxtt/curve/g1_table.h \
	libxtt/curve/g1_table.c \
	libxtt/curve/g2.h \
	libxtt/curve/g2.c \
	libxtt/curve/pairing.h \
	libxtt/curve/pairing.c \
	\
	libxtt/daa/daa.h \
	libxtt/daa/encode.c \
	libxtt/daa/hash.c \
	libxtt/daa/group.c \
	libxtt/daa/revoke.c \
	libxtt/daa/verify.c \
	libxtt/daa/sign.c \
	libxtt/daa/join.c \
	libxtt/daa/issue.c \
	libxtt/daa/soft.c \
	\
	libxtt/handshake/transcript.h \
	libxtt/handshake/transcript.c \
	libxtt/handshake/keys.h \
	libxtt/handshake/keys.c \
	libxtt/handshake/proof.h \
	libxtt/handshake/proof.c \
	libxtt/handshake/cert.c \
	libxtt/handshake/cookie.c \
	libxtt/handshake/machine.h \
	libxtt/handshake/machine.c \
	libxtt/handshake/client.c \
	libxtt/handshake/server.c \
	libxtt/handshake/allot.c

xttincludedir = $(includedir)/xtt
xttinclude_HEADERS = \
	libxtt/include/xtt/base.h \
	libxtt/include/xtt/err.def \
	libxtt/include/xtt/signer.h \
	libxtt/include/xtt/cert.h \
	libxtt/include/xtt/daa.h \
	libxtt/include/xtt/policy.h \
	libxtt/include/xtt/handshake.h \
	libxtt/include/xtt/hash.h \
	libxtt/include/xtt/identity.h \
	libxtt/include/xtt/xtt.h

# The objects, for the library below and for tests, which may see everything.
noinst_LTLIBRARIES += libxtt/libxttcore.la
libxtt_libxttcore_la_SOURCES = $(LIBXTT_SOURCES)
libxtt_libxttcore_la_CPPFLAGS = $(XTT_CPPFLAGS) -I$(srcdir)/libxtt
libxtt_libxttcore_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
libxtt_libxttcore_la_LIBADD = $(CRYPTO_LIBS)

lib_LTLIBRARIES += libxtt/libxtt.la
libxtt_libxtt_la_SOURCES =
libxtt_libxtt_la_LIBADD = libxtt/libxttcore.la
libxtt_libxtt_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 -no-undefined \
	-Wl,--version-script=$(srcdir)/libxtt/libxtt.map
EXTRA_libxtt_libxtt_la_DEPENDENCIES = libxtt/libxtt.map

pkgconfig_DATA += libxtt/libxtt.pc
EXTRA_DIST += libxtt/libxtt.map
