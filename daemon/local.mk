# SPDX-License-Identifier: Apache-2.0
# What both programs share: command line, configuration, log, files, sockets.  libxtt comes from
# whoever links this (the programs take the shared library, the tests its objects).
noinst_LTLIBRARIES += daemon/libxttd.la
daemon_libxttd_la_SOURCES = \
	daemon/fail.h daemon/fail.c \
	daemon/json.h daemon/json.c \
	daemon/hex.h daemon/hex.c \
	daemon/log.h daemon/log.c \
	daemon/harden.h daemon/harden.c \
	daemon/file.h daemon/file.c \
	daemon/fields.h daemon/fields.c \
	daemon/paper.h daemon/paper.c \
	daemon/setting.h daemon/setting.c \
	daemon/config.h daemon/config.c \
	daemon/cmd.h daemon/cmd.c \
	daemon/doc.h daemon/doc.c \
	daemon/notify.h daemon/notify.c \
	daemon/net.h daemon/net.c \
	daemon/conn.h daemon/conn.c \
	daemon/chan.h daemon/chan.c
daemon_libxttd_la_CPPFLAGS = $(XTT_CPPFLAGS) -I$(srcdir)
daemon_libxttd_la_CFLAGS = $(AM_CFLAGS) $(UV_CFLAGS) $(INIH_CFLAGS) $(JANSSON_CFLAGS) \
	$(SYSTEMD_CFLAGS)
daemon_libxttd_la_LIBADD = $(UV_LIBS) $(INIH_LIBS) $(JANSSON_LIBS) $(SYSTEMD_LIBS)
