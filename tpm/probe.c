/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a TPM says about itself: for people who ask why it does not work.  Changes nothing.
 */
#include "keys.h"

#include <string.h>

/* Whose property goes where; texts are four characters each. */
static const struct {
    TPM2_PT property;
    size_t offset;
} numbers[] =
    {
        {TPM2_PT_REVISION, offsetof(struct xtt_tpm_info, revision)},
        {TPM2_PT_FIRMWARE_VERSION_1, offsetof(struct xtt_tpm_info, firmware[0])},
        {TPM2_PT_FIRMWARE_VERSION_2, offsetof(struct xtt_tpm_info, firmware[1])},
        {TPM2_PT_LOCKOUT_COUNTER, offsetof(struct xtt_tpm_info, lockout_count)},
        {TPM2_PT_MAX_AUTH_FAIL, offsetof(struct xtt_tpm_info, lockout_max)},
        {TPM2_PT_LOCKOUT_INTERVAL, offsetof(struct xtt_tpm_info, recovery_s)},
        {TPM2_PT_HR_TRANSIENT_AVAIL, offsetof(struct xtt_tpm_info, free_slots)},
},
  texts[] = {
      {TPM2_PT_MANUFACTURER, offsetof(struct xtt_tpm_info, manufacturer)},
      {TPM2_PT_VENDOR_STRING_1, offsetof(struct xtt_tpm_info, vendor)},
      {TPM2_PT_VENDOR_STRING_2, offsetof(struct xtt_tpm_info, vendor[4])},
      {TPM2_PT_VENDOR_STRING_3, offsetof(struct xtt_tpm_info, vendor[8])},
      {TPM2_PT_VENDOR_STRING_4, offsetof(struct xtt_tpm_info, vendor[12])},
};

static xtt_err get(struct xtt_tpm *tpm, TPM2_PT property, UINT32 *value)
{
    TPMS_CAPABILITY_DATA *cap = NULL;
    TPMI_YES_NO more;
    xtt_err err;

    if ((err = xtt_tpm_check(tpm, "Esys_GetCapability",
                             Esys_GetCapability(tpm->esys, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                                                TPM2_CAP_TPM_PROPERTIES, property, 1, &more,
                                                &cap))) != XTT_OK)
        return err;
    /* A TPM that lacks a property answers the next one. */
    *value = 0;
    if (cap->data.tpmProperties.count > 0 &&
        cap->data.tpmProperties.tpmProperty[0].property == property)
        *value = cap->data.tpmProperties.tpmProperty[0].value;
    Esys_Free(cap);
    return XTT_OK;
}

static void set_text(char *out, UINT32 value)
{
    for (int i = 0; i < 4; i++) {
        const char c = (char)(value >> (24 - 8 * i) & 0xFF);

        out[i] = c == '\0' || (c >= ' ' && c <= '~') ? c : '?';
    }
}

static xtt_err probe(struct xtt_tpm *tpm, void *arg)
{
    struct xtt_tpm_info *info = arg;
    const char *missing;
    UINT32 value;
    xtt_err err;

    memset(info, 0, sizeof *info);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if ((err = get(tpm, numbers[i].property, &value)) != XTT_OK)
            return err;
        memcpy((char *)info + numbers[i].offset, &value, sizeof value);
    }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if ((err = get(tpm, texts[i].property, &value)) != XTT_OK)
            return err;
        set_text((char *)info + texts[i].offset, value);
    }
    if ((err = get(tpm, TPM2_PT_PERMANENT, &value)) != XTT_OK)
        return err;
    info->is_locked_out = (value & TPMA_PERMANENT_INLOCKOUT) != 0;
    if ((err = xtt_tpm_missing(tpm, XTT_TPM_LONGTERM, &missing)) != XTT_OK)
        return err;
    info->has_p256 = missing == NULL;
    if ((err = xtt_tpm_missing(tpm, XTT_TPM_MEMBER, &missing)) != XTT_OK)
        return err;
    info->has_member = missing == NULL;
    return xtt_tpm_has(tpm, TPM2_CAP_HANDLES, XTT_TPM_SRK, &info->has_srk);
}

xtt_err xtt_tpm_probe(struct xtt_tpm *tpm, struct xtt_tpm_info *out)
{
    struct xtt_tpm_info info;
    xtt_err err;

    if ((err = xtt_tpm_run(tpm, probe, &info)) == XTT_OK)
        *out = info;
    return err;
}
