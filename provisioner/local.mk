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
	provisioner/keyd_token.h \
	provisioner/keyd_token.c \
	provisioner/keyd.c \
	provisioner/keylink.h \
	provisioner/keylink.c \
	provisioner/keyclient.c \
	provisioner/station.h \
	provisioner/station.c \
	provisioner/keyring.h \
	provisioner/keyring.c \
	provisioner/load.h \
	provisioner/load.c \
	provisioner/serve.c \
	provisioner/program.h \
	provisioner/program.c \
	provisioner/backup.h \
	provisioner/backup.c \
	provisioner/settings.def \
	provisioner/place.h \
	provisioner/place.c \
	provisioner/k_alloc.h \
	provisioner/k_alloc.c \
	provisioner/request.h \
	provisioner/request.c \
	provisioner/authority.h \
	provisioner/authority.c \
	provisioner/cmd.h \
	provisioner/cmd_backup.c \
	provisioner/cmd_identity.c \
	provisioner/cmd_station.c \
	provisioner/cmd_group.c
PROVISIONER_CPPFLAGS = $(XTT_CPPFLAGS) -I$(srcdir) -DXTT_SYSCONFDIR='"$(sysconfdir)"'
provisioner_libprovisioner_la_CPPFLAGS = $(PROVISIONER_CPPFLAGS)
provisioner_libprovisioner_la_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(UV_CFLAGS) $(JANSSON_CFLAGS) -pthread
provisioner_libprovisioner_la_LIBADD = pkcs11/libxttp11.la daemon/libxttd.la $(SQLITE_LIBS) $(UV_LIBS) -lpthread

bin_PROGRAMS += xtt-provisioner
xtt_provisioner_SOURCES = provisioner/main.c
xtt_provisioner_CPPFLAGS = $(PROVISIONER_CPPFLAGS)
xtt_provisioner_LDADD = provisioner/libprovisioner.la libxtt/libxtt.la $(JANSSON_LIBS) $(UV_LIBS)

if !CROSS_COMPILING
PROVISIONER_DOCUMENTS = provisioner/xtt-provisioner.8 provisioner/xtt-provisioner.conf.5 \
	provisioner/provisioner.conf contrib/completions/xtt-provisioner
man_MANS += provisioner/xtt-provisioner.8 provisioner/xtt-provisioner.conf.5
examples_DATA += provisioner/provisioner.conf
bashcompletion_DATA += contrib/completions/xtt-provisioner
CLEANFILES += $(PROVISIONER_DOCUMENTS)
provisioner/xtt-provisioner.8: xtt-provisioner$(EXEEXT)
	$(PRINT_DOCUMENT) man >$@.new && mv $@.new $@
provisioner/xtt-provisioner.conf.5: xtt-provisioner$(EXEEXT)
	$(PRINT_DOCUMENT) config-man >$@.new && mv $@.new $@
provisioner/provisioner.conf: xtt-provisioner$(EXEEXT)
	$(PRINT_DOCUMENT) config >$@.new && mv $@.new $@
contrib/completions/xtt-provisioner: xtt-provisioner$(EXEEXT)
	$(PRINT_DOCUMENT) completion >$@.new && mv $@.new $@
endif

dist_systemdsystemunit_DATA += contrib/systemd/xtt-provisioner.service
