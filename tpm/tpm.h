/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device's keys in a TPM 2.0: the storage root key, the long-term P-256 key as an xtt_signer
 * and the group member key as an xtt_gsigner, over ESYS.  The folder's one header; it checks
 * nothing that a TPM claims about itself (that is tpm/attest) and opens no file but the TPM.
 *
 * The only persistent object is the storage root key (SRK) at 0x81000001.  Nothing is written to
 * NV, no authorisation and no dictionary-attack setting is changed, no Shutdown is sent.  Whatever
 * is loaded is flushed again on every way out; what a lost answer or a killed process left behind
 * is recognised by its Name and flushed later.
 *
 * A TPM that hangs makes these functions hang: the TCTI cannot be interrupted.  A caller who must
 * not hang runs them in a thread of their own and watches the clock.
 */
#ifndef XTT_TPM_TPM_H
#define XTT_TPM_TPM_H

#include <xtt/base.h>
#include <xtt/signer.h>

/* One TPM.  May be shared by threads: every call below takes its lock, and a group signer holds it
 * from commit to respond or cancel (a second call from the same thread in between is refused with
 * XTT_ERR_ARGUMENT instead of waiting for ever). */
struct xtt_tpm;

enum {
    /* Allow TCTIs that may be simulators (swtpm, mssim, cmd, pcap, ...): for tests and development.
     * Without it only device: and tabrmd: are taken. */
    XTT_TPM_SIMULATOR = 1
};

/* A Name: the algorithm 000B and SHA-256 of the public area (TPM 2.0 Part 1, "Names"). */
#define XTT_TPM_NAME_SIZE 34
/* Room for the text of a key file, with its terminating zero. */
#define XTT_TPM_PEM_SIZE 1024

/* Makes an unconnected TPM from a TCTI string ("device:/dev/tpmrm0"), which is copied and looked at
 * by xtt_tpm_open.  Silences the TSS library's own messages on stderr unless the environment has
 * TSS2_LOG, so call it before threads start.  Only XTT_ERR_NOMEM can happen. */
XTT_MUST xtt_err xtt_tpm_new(struct xtt_tpm **out, const char *tcti, unsigned flags);

/* Connects now.  Every function below connects by itself when needed, and again when the connection
 * was lost, so this only serves to fail early.
 * XTT_ERR_CONFIG: the string is NULL, empty (the TSS would then try whatever listens on localhost),
 * or names a simulator that was not allowed.  XTT_ERR_TPM_UNREACHABLE: no TPM, no permission,
 * nobody listens.  XTT_ERR_TPM_BUSY: another program holds the raw device. */
XTT_MUST xtt_err xtt_tpm_open(struct xtt_tpm *tpm);

/* Closes and frees; NULL is fine.  Free its signers before. */
void xtt_tpm_free(struct xtt_tpm *tpm);

/* The last failure in words: the function, the code in hex and as the TSS words it, what to do; ""
 * after a success.  Valid until the next call with this TPM, also after a failed xtt_tpm_open. */
const char *xtt_tpm_why(const struct xtt_tpm *tpm);

/* The SRK: found at 0x81000001 and checked (restricted, decrypt, fixedTPM, P-256, AES-128-CFB), or
 * made there from the template with an empty unique field, which tpm2-openssl and tpm2-tools use.
 * name is for the caller to record and to give to xtt_tpm_pin_srk from then on.
 * XTT_ERR_TPM_KEY: it is not the pinned one.  XTT_ERR_TPM_AUTH: making one needs an owner password,
 * so an administrator must do it. */
XTT_MUST xtt_err xtt_tpm_srk(struct xtt_tpm *tpm, uint8_t name[XTT_TPM_NAME_SIZE]);

/* From now on only the SRK of this Name will do: without it, or with another one at its handle, all
 * calls that need it answer XTT_ERR_TPM_KEY, and none is made.  Copied. */
void xtt_tpm_pin_srk(struct xtt_tpm *tpm, const uint8_t name[XTT_TPM_NAME_SIZE]);

/* What keys are for. */
enum xtt_tpm_kind {
    XTT_TPM_LONGTERM, /* ECDSA on P-256: the identity's own key */
    XTT_TPM_MEMBER    /* ECDAA on BN_P256: the key of a group member */
};

/* Makes a key under the SRK (made if there is none): fixedTPM, fixedParent, sensitiveDataOrigin,
 * userWithAuth with the empty password, noDA, sign, unrestricted.  pem becomes the text of a
 * "TSS2 PRIVATE KEY" file (OID 2.23.133.10.1.3), which only this TPM can use; it holds no secret
 * that another machine could use, but whoever may use the TPM and read it can sign.  A long-term
 * key serves `openssl -provider tpm2` too.
 * XTT_ERR_TPM_UNSUPPORTED: the TPM lacks the curve, the scheme or TPM2_Commit. */
XTT_MUST xtt_err xtt_tpm_create(struct xtt_tpm *tpm, enum xtt_tpm_kind kind,
                                char pem[XTT_TPM_PEM_SIZE]);

/* An ECDSA signer over a key file (copied; at most 4096 bytes): one of xtt_tpm_create, or of
 * `openssl genpkey -provider tpm2` without a password.  The TPM is first spoken to by sign, which
 * loads the key and keeps it loaded until ops->free.  tpm is borrowed.
 * XTT_ERR_FORMAT: not a key file, or one with a password or policy, which are not supported.
 * XTT_ERR_TPM_KEY, here: a key of another kind; from sign: made in another TPM, or this one was
 * cleared. */
XTT_MUST xtt_err xtt_tpm_signer_new(struct xtt_signer **out, struct xtt_tpm *tpm, xtt_bytes pem);

/* A group signer over a member key's file; as above.  s2 has at most 128 bytes. */
XTT_MUST xtt_err xtt_tpm_gsigner_new(struct xtt_gsigner **out, struct xtt_tpm *tpm, xtt_bytes pem);

/* What `doctor` tells about a TPM. */
struct xtt_tpm_info {
    char manufacturer[5]; /* "IBM", "INTC", ... */
    char vendor[17];      /* the vendor's own string */
    uint32_t firmware[2]; /* both halves of the version as the vendor counts it */
    uint32_t revision;    /* of the specification, times 100: 138, 159, 164 */
    int has_p256;         /* curve NIST P-256 with ECDSA: long-term keys work */
    int has_member;       /* curve BN_P256, ECDAA and TPM2_Commit: member keys work */
    int has_srk;          /* something lives at 0x81000001 */
    int is_locked_out;    /* dictionary-attack lockout; our keys (noDA) work all the same */
    uint32_t lockout_count, lockout_max; /* failures counted, failures allowed */
    uint32_t recovery_s;                 /* seconds until one failure is forgiven; 0: never */
    uint32_t free_slots;                 /* transient objects that can still be loaded */
};

/* Asks the TPM about itself; changes nothing. */
XTT_MUST xtt_err xtt_tpm_probe(struct xtt_tpm *tpm, struct xtt_tpm_info *out);

#endif
