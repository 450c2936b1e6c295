/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyd, the one process of a station that owns the HSM, and the client that talks to it.  keyd is
 * the same program run again with a hidden verb; it never sees a byte from the network.  Each token
 * has one keyd at a time: whoever needs the token connects to the keyd that is running (a socket in
 * the state directory) or starts one of its own.
 *
 * Every call may answer XTT_ERR_HSM_UNREACHABLE when keyd is gone, and what pkcs11/p11.h says of
 * the operation; the words are then in fail.
 */
#ifndef XTT_PROVISIONER_KEYD_H
#define XTT_PROVISIONER_KEYD_H

#include <xtt/daa.h>
#include <xtt/signer.h>

#include "daemon/fail.h"

/* A wrapped secret has at most this many bytes. */
#define PROV_KEYD_BLOB_MAX 1024

struct prov_keyd;

struct prov_keyd_config {
    const char *state; /* the state directory */
    const char *token; /* RFC 7512 URI of the token, with module-path */
    int pin_fd;        /* a descriptor with the PIN, or -1 */
    int is_shared;     /* 1: other commands may use a keyd that this call starts (serve) */
    /* Called once, on a thread of the client's, when keyd is gone without being asked to; or NULL.
     */
    void (*gone)(void *arg);
    void *arg;
};

/* Connects to the token's keyd or starts one, which opens the token: XTT_ERR_CONFIG,
 * XTT_ERR_HSM_PIN, XTT_ERR_HSM_UNREACHABLE and so on with keyd's words.  Call it before threads are
 * started: it forks. Fields of cfg are copied but for arg. */
XTT_MUST xtt_err prov_keyd_open(struct prov_keyd **out, const struct prov_keyd_config *cfg,
                                struct xttd_fail *fail);
/* Hangs up; a keyd that was started here ends.  NULL is fine.  All signers and askings are gone. */
void prov_keyd_close(struct prov_keyd *keyd);

/* ---- calls that wait for the answer; several threads may call at once ---------------------------
 */

/* The token answers: asks for its state, and signs nothing. */
XTT_MUST xtt_err prov_keyd_check(struct prov_keyd *keyd, struct xttd_fail *fail);
/* The public key of the private key with this label.  XTT_ERR_HSM_KEY. */
XTT_MUST xtt_err prov_keyd_public_key(struct prov_keyd *keyd, const char *label, uint8_t pub[65],
                                      struct xttd_fail *fail);
/* ECDSA over a SHA-256 digest by the key with this label. */
XTT_MUST xtt_err prov_keyd_sign(struct prov_keyd *keyd, const char *label, const uint8_t digest[32],
                                uint8_t sig[64], struct xttd_fail *fail);
/* Makes a P-256 signing key.  XTT_ERR_EXISTS. */
XTT_MUST xtt_err prov_keyd_make_key(struct prov_keyd *keyd, const char *label, uint8_t pub[65],
                                    struct xttd_fail *fail);
/* Makes the AES-256 wrapping key.  XTT_ERR_EXISTS. */
XTT_MUST xtt_err prov_keyd_make_wrapping_key(struct prov_keyd *keyd, const char *label,
                                             struct xttd_fail *fail);
/* Encrypts a secret of the station (K_alloc and the like) under the wrapping key; aad says what it
 * is and must be given again.  XTT_ERR_ARGUMENT: blob is too small. */
XTT_MUST xtt_err prov_keyd_wrap(struct prov_keyd *keyd, const char *wrapping_key, xtt_bytes aad,
                                xtt_bytes plain, uint8_t blob[PROV_KEYD_BLOB_MAX], size_t *n,
                                struct xttd_fail *fail);
/* Opens it.  XTT_ERR_DECRYPT.  An issuer secret is never given out. */
XTT_MUST xtt_err prov_keyd_unwrap(struct prov_keyd *keyd, xtt_bytes aad, xtt_bytes blob,
                                  uint8_t *plain, size_t cap, size_t *n, struct xttd_fail *fail);
/* Draws the issuer key of a new group; the secret leaves keyd wrapped only. */
XTT_MUST xtt_err prov_keyd_make_issuer(struct prov_keyd *keyd, const char *wrapping_key,
                                       uint8_t pub[XTT_DAA_ISSUER_KEY_SIZE],
                                       uint8_t blob[PROV_KEYD_BLOB_MAX], size_t *n,
                                       struct xttd_fail *fail);
/* Takes over an issuer secret that was made elsewhere, after comparing it with its group key.
 * XTT_ERR_CREDENTIAL if they do not belong together. */
XTT_MUST xtt_err prov_keyd_import_issuer(struct prov_keyd *keyd, const char *wrapping_key,
                                         const uint8_t gpk[XTT_DAA_GROUP_KEY_SIZE],
                                         const uint8_t secret[XTT_DAA_ISSUER_SECRET_SIZE],
                                         uint8_t blob[PROV_KEYD_BLOB_MAX], size_t *n,
                                         struct xttd_fail *fail);
/* A credential for the member point q.  The secret is compared with the group key each time it was
 * opened: XTT_ERR_CREDENTIAL if it is another group's. */
XTT_MUST xtt_err prov_keyd_issue(struct prov_keyd *keyd, const uint8_t gpk[XTT_DAA_GROUP_KEY_SIZE],
                                 xtt_bytes blob, const uint8_t q[XTT_DAA_POINT_SIZE],
                                 uint8_t cred[XTT_DAA_CREDENTIAL_SIZE],
                                 uint8_t sig[XTT_DAA_CREDENTIAL_SIG_SIZE], struct xttd_fail *fail);

/* A signer that waits, over the key with this label: for certificates.  ops->free frees it. */
XTT_MUST xtt_err prov_keyd_signer_new(struct xtt_signer **out, struct prov_keyd *keyd,
                                      const char *label);

/* ---- a signer that does not wait
 * ----------------------------------------------------------------- */

/*
 * For one handshake of serve: sign answers XTT_AGAIN, ready is called when the answer is there, and
 * the same question again gives it.  Failures of the HSM reach the handshake as they are; words has
 * them for the log.  ready is called on the client's thread and must not block; after
 * prov_asking_wipe returned it is not called any more.
 */
struct prov_asking {
    struct xtt_signer signer; /* ops->free is NULL: embed the struct */
    struct prov_keyd *keyd;
    const char *label; /* borrowed */
    void (*ready)(void *arg);
    void *arg;

    /* keyclient.c's */
    int state;
    uint32_t id;
    uint8_t digest[32];
    uint8_t sig[64];
    xtt_err err;
    char words[256];
    struct prov_asking *next;
};

void prov_asking_init(struct prov_asking *asking, struct prov_keyd *keyd, const char *label,
                      void (*ready)(void *arg), void *arg);
/* Forgets a question that is still open. */
void prov_asking_wipe(struct prov_asking *asking);

/* ---- keyd itself
 * --------------------------------------------------------------------------------- */

/* The hidden verb: opens the token, answers on the descriptor and, if shared, on the socket, until
 * the descriptor closes.  Answers the exit status. */
int prov_keyd_main(int argc, char **argv);

#endif
