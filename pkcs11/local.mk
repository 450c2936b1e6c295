# SPDX-License-Identifier: Apache-2.0
# From the bottom up: p11.h is the folder's face, the other headers are its own.
noinst_LTLIBRARIES += pkcs11/libxttp11.la
pkcs11_libxttp11_la_SOURCES = \
	pkcs11/p11.h \
	pkcs11/fault.h \
	pkcs11/fault.c \
	pkcs11/uri.c \
	pkcs11/pin.h \
	pkcs11/pin.c \
	pkcs11/session.h \
	pkcs11/session.c \
	pkcs11/signer.c \
	pkcs11/keygen.c \
	pkcs11/blob.h \
	pkcs11/blob.c \
	pkcs11/wrap.c
pkcs11_libxttp11_la_CPPFLAGS = $(XTT_CPPFLAGS) -I$(srcdir)
pkcs11_libxttp11_la_CFLAGS = $(AM_CFLAGS) $(P11_CFLAGS) $(CRYPTO_CFLAGS)
pkcs11_libxttp11_la_LIBADD = $(P11_LIBS) $(CRYPTO_LIBS)
