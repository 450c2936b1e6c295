/* SPDX-License-Identifier: Apache-2.0 */
/* Making and checking requests; see request.h.  The layout is libxtt's. */
#include "provisioner/request.h"

#include <string.h>

xtt_err prov_request_make(struct xtt_signer *signer, const uint8_t key[65],
                          uint8_t request[XTT_SERVER_CERT_SIZE])
{
    struct xtt_server_cert self = {.dated = 1};
    uint8_t made[XTT_SERVER_CERT_SIZE], signer_key[65];
    xtt_err err;

    memcpy(self.public_key, key, sizeof self.public_key);
    if ((err = xtt_server_cert_sign(&self, signer, made)) != XTT_OK ||
        (err = prov_request_check(made, signer_key)) != XTT_OK)
        return err;
    memcpy(request, made, sizeof made);
    return XTT_OK;
}

xtt_err prov_request_check(const uint8_t request[XTT_SERVER_CERT_SIZE], uint8_t key[65])
{
    struct xtt_server_cert self;
    struct xtt_root holder = {0};
    xtt_err err;

    if ((err = xtt_server_cert_decode(request, &self)) != XTT_OK)
        return err;
    if (!xtt_ct_is_zero(self.root_id, sizeof self.root_id) || !self.dated || self.not_before != 0 ||
        self.not_after != 0)
        return XTT_ERR_CERTIFICATE;
    memcpy(holder.public_key, self.public_key, sizeof holder.public_key);
    if ((err = xtt_server_cert_check(request, &holder, 1, 0)) != XTT_OK)
        return err;
    memcpy(key, self.public_key, sizeof self.public_key);
    return XTT_OK;
}
