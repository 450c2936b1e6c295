/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which TCTI strings are taken, and why a device does not open: the TSS answers the same code for
 * no TPM, no permission and busy, and falls back to simulators when it is told nothing.
 */
#include "esys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The TCTIs behind which a real TPM is; all others may be simulators. */
static const char *const real[] = {"device", "tabrmd"};
/* What the device TCTI tries when it is told no path, in its order. */
static const char *const devices[] = {"/dev/tpmrm0", "/dev/tpm0"};

static const struct {
    int number;
    xtt_err err;
    const char *words;
} open_errors[] = {
    {ENOENT, XTT_ERR_TPM_UNREACHABLE,
     "there is no such TPM; is it enabled in the firmware, and its driver loaded?"},
    {ENODEV, XTT_ERR_TPM_UNREACHABLE, "there is no TPM behind it"},
    {ENXIO, XTT_ERR_TPM_UNREACHABLE, "there is no TPM behind it"},
    {EACCES, XTT_ERR_TPM_UNREACHABLE, "not permitted; add the user to group tss"},
    {EPERM, XTT_ERR_TPM_UNREACHABLE, "not permitted; add the user to group tss"},
    {EBUSY, XTT_ERR_TPM_BUSY,
     "the TPM is busy: another program holds it; use device:/dev/tpmrm0, which can be shared"},
};

static int is_kind(const char *tcti, const char *kind)
{
    const size_t n = strlen(kind);

    return strncmp(tcti, kind, n) == 0 && (tcti[n] == ':' || tcti[n] == '\0');
}

static int is_real(const char *tcti)
{
    for (size_t i = 0; i < sizeof real / sizeof real[0]; i++)
        if (is_kind(tcti, real[i]))
            return 1;
    return 0;
}

static xtt_err say_errno(struct xtt_tpm *tpm, const char *path, int number)
{
    for (size_t i = 0; i < sizeof open_errors / sizeof open_errors[0]; i++)
        if (open_errors[i].number == number)
            return xtt_tpm_say(tpm, open_errors[i].err, "%s: %s", path, open_errors[i].words);
    return xtt_tpm_say(tpm, XTT_ERR_TPM_UNREACHABLE, "%s: %s", path, strerror(number));
}

static xtt_err try_device(struct xtt_tpm *tpm, const char *path)
{
    struct stat st;
    int fd;

    if (stat(path, &st) != 0)
        return say_errno(tpm, path, errno);
    if (!S_ISCHR(st.st_mode))
        return xtt_tpm_say(tpm, XTT_ERR_TPM_UNREACHABLE, "%s: is not a TPM device", path);
    if ((fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)) < 0)
        return say_errno(tpm, path, errno);
    close(fd);
    return XTT_OK;
}

static const char *device_path(const char *tcti)
{
    const char *colon = strchr(tcti, ':');

    if (colon != NULL && colon[1] != '\0')
        return colon + 1;
    return access(devices[0], F_OK) != 0 && access(devices[1], F_OK) == 0 ? devices[1] : devices[0];
}

xtt_err xtt_tpm_tcti_check(struct xtt_tpm *tpm)
{
    if (tpm->tcti == NULL || tpm->tcti[0] == '\0')
        return xtt_tpm_say(tpm, XTT_ERR_CONFIG,
                           "no TCTI is set: name the TPM, for example device:/dev/tpmrm0");
    if (!is_real(tpm->tcti) && (tpm->flags & XTT_TPM_SIMULATOR) == 0)
        return xtt_tpm_say(tpm, XTT_ERR_CONFIG,
                           "TCTI \"%s\" may be a simulator, which keeps keys in a file; use "
                           "device:/dev/tpmrm0, or allow simulators for development",
                           tpm->tcti);
    return is_kind(tpm->tcti, "device") ? try_device(tpm, device_path(tpm->tcti)) : XTT_OK;
}
