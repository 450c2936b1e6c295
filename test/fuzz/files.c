/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes what the programs read from files and command lines: papers, the agent's state, the
 * configuration, addresses.  The first byte says which. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "agent/settings.h"
#include "agent/state.h"
#include "daemon/net.h"
#include "daemon/paper.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int good)
{
    if (!good)
        abort();
}

/* What was read is written and read again as the same. */
static void try_paper(enum xttd_paper kind, const uint8_t *data, size_t size)
{
    union {
        struct xttd_group_paper group;
        struct xttd_credential_paper credential;
        char bytes[1024];
    } first, second;
    char *text;

    memset(&first, 0, sizeof first);
    memset(&second, 0, sizeof second);
    if (xttd_paper_decode(kind, data, size, "x", &first, NULL) != XTT_OK)
        return;
    must(xttd_paper_encode(kind, &first, &text, NULL) == XTT_OK);
    must(xttd_paper_decode(kind, (uint8_t *)text, strlen(text), "x", &second, NULL) == XTT_OK);
    must(memcmp(&first, &second, sizeof first) == 0);
    free(text);
}

static void try_state(const uint8_t *data, size_t size)
{
    struct agent_state first, second;
    char *text;

    if (agent_state_decode(data, size, "x", &first, NULL) != XTT_OK)
        return;
    must(agent_state_encode(&first, &text, NULL) == XTT_OK);
    must(agent_state_decode((uint8_t *)text, strlen(text), "x", &second, NULL) == XTT_OK);
    must(strcmp(agent_state_name(&first), agent_state_name(&second)) == 0);
    free(text);
}

static void try_config(const uint8_t *data, size_t size)
{
    static const struct xttd_setting rows[] = {
#define SETTING(field, section, key, type, dflt, range, env, help)                                 \
    {section, key, XTTD_##type, offsetof(struct agent_settings, field), dflt, range, env, help},
#include "agent/settings.def"
#undef SETTING
    };
    struct agent_settings values;
    struct xttd_config config;
    char path[64];
    int fd = memfd_create("config", 0);

    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    must(xttd_config_open(&config, rows, sizeof rows / sizeof rows[0], &values, NULL) == XTT_OK);
    (void)!xttd_config_read(&config, path, 1, NULL);
    must(values.key == AGENT_KEY_TPM || values.key == AGENT_KEY_SOFTWARE);
    must(values.connect >= 100 && values.connect <= 600000);
    xttd_config_close(&config);
    close(fd);
}

static void try_address(const uint8_t *data, size_t size)
{
    char text[512];
    struct xttd_addr addr;

    if (size >= sizeof text)
        size = sizeof text - 1;
    memcpy(text, data, size);
    text[size] = '\0';
    if (xttd_addr_parse(text, &addr, NULL) == XTT_OK)
        must(strlen(addr.host) < sizeof addr.host);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    switch (data[0]) {
    case 'g':
        try_paper(XTTD_PAPER_GROUP, data + 1, size - 1);
        break;
    case 'r':
        try_paper(XTTD_PAPER_ROOT, data + 1, size - 1);
        break;
    case 'm':
        try_paper(XTTD_PAPER_REQUEST, data + 1, size - 1);
        break;
    case 'c':
        try_paper(XTTD_PAPER_CREDENTIAL, data + 1, size - 1);
        break;
    case 's':
        try_state(data + 1, size - 1);
        break;
    case 'i':
        try_config(data + 1, size - 1);
        break;
    case 'a':
        try_address(data + 1, size - 1);
        break;
    }
    return 0;
}
