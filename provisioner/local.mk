# SPDX-License-Identifier: Apache-2.0
# The station.  Everything but main.c is in one archive, so tests link what the program links.
noinst_LTLIBRARIES += provisioner/libprovisioner.la
provisioner_libprovisioner_la_SOURCES = \
	provisioner/registry.def \
	provisioner/registry.h \
	provisioner/registry_sql.h \
	provisioner/registry.c \
	provisioner/registry_keys.c \
	provisioner/registry_groups.c \
	provisioner/registry_identities.c \
	provisioner/identity.h \
	provisioner/identity.c \
	provisioner/registrar.h \
	provisioner/registrar.c \
	provisioner/limits.h \
	provisioner/limits.c \
	provisioner/roster.h \
	provisioner/roster.c \
	provisioner/keyd.h \
	provisioner/keyd_op.h \
	provisioner/keyd.c \
	provisioner/keyclient.c \
	provisioner/backup.h \
	provisioner/backup.c \
	provisioner/settings.def \
	provisioner/place.h \
	provisioner/place.c \
	provisioner/cmd.h \
	provisioner/cmd_backup.c \
	provisioner/cmd_identity.c
provisioner_libprovisioner_la_CPPFLAGS = $(XTT_CPPFLAGS) -I$(srcdir)
provisioner_libprovisioner_la_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(UV_CFLAGS) $(JANSSON_CFLAGS) -pthread
provisioner_libprovisioner_la_LIBADD = pkcs11/libxttp11.la daemon/libxttd.la $(SQLITE_LIBS) $(UV_LIBS) -lpthread
