# SPDX-License-Identifier: Apache-2.0
# xtt-agent.  Its parts are an archive of their own for the tests.
AGENT_CPPFLAGS = $(XTT_CPPFLAGS) -I$(srcdir) -DXTT_SYSCONFDIR='"$(sysconfdir)"'

noinst_LTLIBRARIES += agent/libagent.la
agent_libagent_la_SOURCES = \
	agent/settings.def agent/settings.h \
	agent/state.h agent/state.c \
	agent/store.h agent/store.c \
	agent/keys.h agent/keys.c agent/keys_software.c \
	agent/policy.h agent/policy.c \
	agent/retry.h agent/retry.c \
	agent/enroll.h agent/enroll.c \
	agent/cmd.h agent/cmd.c \
	agent/cmd_init.c \
	agent/cmd_member.c \
	agent/cmd_provision.c \
	agent/cmd_status.c \
	agent/cmd_doctor.c
agent_libagent_la_CPPFLAGS = $(AGENT_CPPFLAGS)
agent_libagent_la_CFLAGS = $(AM_CFLAGS) $(UV_CFLAGS) $(JANSSON_CFLAGS)
agent_libagent_la_LIBADD = daemon/libxttd.la
if WITH_TPM
agent_libagent_la_SOURCES += agent/keys_tpm.c
agent_libagent_la_LIBADD += tpm/libxtttpm.la
else
agent_libagent_la_SOURCES += agent/keys_no_tpm.c
endif
EXTRA_DIST += agent/keys_tpm.c agent/keys_no_tpm.c

bin_PROGRAMS += xtt-agent
xtt_agent_SOURCES = agent/main.c
xtt_agent_CPPFLAGS = $(AGENT_CPPFLAGS)
xtt_agent_LDADD = agent/libagent.la libxtt/libxtt.la $(JANSSON_LIBS) $(UV_LIBS)

# The program prints its own documentation, so it cannot be wrong about its options; a cross build
# cannot run it and goes without.
if !CROSS_COMPILING
AGENT_DOCUMENTS = agent/xtt-agent.1 agent/xtt-agent.conf.5 agent/agent.conf contrib/completions/xtt-agent
man_MANS += agent/xtt-agent.1 agent/xtt-agent.conf.5
examples_DATA += agent/agent.conf
bashcompletion_DATA += contrib/completions/xtt-agent
CLEANFILES += $(AGENT_DOCUMENTS)
agent/xtt-agent.1: xtt-agent$(EXEEXT)
	$(PRINT_DOCUMENT) man >$@.new && mv $@.new $@
agent/xtt-agent.conf.5: xtt-agent$(EXEEXT)
	$(PRINT_DOCUMENT) config-man >$@.new && mv $@.new $@
agent/agent.conf: xtt-agent$(EXEEXT)
	$(PRINT_DOCUMENT) config >$@.new && mv $@.new $@
contrib/completions/xtt-agent: xtt-agent$(EXEEXT)
	$(PRINT_DOCUMENT) completion >$@.new && mv $@.new $@
endif

dist_systemdsystemunit_DATA += contrib/systemd/xtt-agent.service
