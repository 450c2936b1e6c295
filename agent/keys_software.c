/* SPDX-License-Identifier: Apache-2.0 */
/* Keys in files, for development: a file holds the 32 bytes of the secret and nothing else. */
#include "agent/keys.h"

#include <stdlib.h>
#include <string.h>
#include <xtt/daa.h>

static xtt_err make_p256(uint8_t secret[32])
{
    struct xtt_signer *signer;
    xtt_err err;

    /* All but 2^-32 of all strings are below the order: a second draw is a rare thing. */
    do {
        if ((err = xtt_rng_draw(NULL, secret, 32)) != XTT_OK)
            return err;
        if ((err = xtt_signer_soft_new(&signer, secret)) == XTT_OK)
            signer->ops->free(signer);
    } while (err == XTT_ERR_SCALAR);
    return err;
}

static xtt_err make(struct agent_keybox *box, int is_member, uint8_t text[AGENT_KEY_MAX], size_t *n)
{
    (void)box;
    *n = 32;
    return is_member ? xtt_daa_secret_new(NULL, text) : make_p256(text);
}

static xtt_err signer(struct agent_keybox *box, xtt_bytes text, struct xtt_signer **out)
{
    (void)box;
    return text.n == 32 ? xtt_signer_soft_new(out, text.p) : XTT_ERR_FORMAT;
}

static xtt_err gsigner(struct agent_keybox *box, xtt_bytes text, struct xtt_gsigner **out)
{
    (void)box;
    return text.n == 32 ? xtt_daa_soft_new(out, text.p, NULL) : XTT_ERR_FORMAT;
}

static const char *why(const struct agent_keybox *box)
{
    (void)box;
    return "";
}

static void free_box(struct agent_keybox *box)
{
    free(box);
}

static const struct agent_keybox_ops ops = {"software", "secret", make, signer,
                                            gsigner,    why,      NULL, free_box};

xtt_err agent_keybox_software(struct agent_keybox **out, struct xttd_fail *fail)
{
    struct agent_keybox *box = malloc(sizeof *box);

    if (box == NULL)
        return xttd_fail(fail, XTT_ERR_NOMEM, "out of memory");
    box->ops = &ops;
    *out = box;
    return XTT_OK;
}
