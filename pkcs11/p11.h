/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys on a PKCS#11 token: one module, one token, one login, and what the station does with them.
 * Not a general PKCS#11 layer: P-256 signing keys and AES-256 wrapping keys, nothing else.
 */
#ifndef XTT_P11_H
#define XTT_P11_H

#include <xtt/base.h>
#include <xtt/signer.h>

/* The last failure of the calling thread in words: the PKCS#11 function, the code by name and in
 * hexadecimal, token, key label, and what to do.  Like errno it means something only after a
 * failure, and the next call of this thread may change it.  Never NULL, no newline, no secret. */
const char *xtt_p11_why(void);

/* ---- URIs ------------------------------------------------------------------------------------ */

/* Sizes of the fields of CK_TOKEN_INFO, each with a NUL. */
#define XTT_P11_LABEL_MAX 64 /* longest key label in bytes */
#define XTT_P11_ID_MAX    32 /* longest CKA_ID in bytes */

/* Which kind of object a URI names. */
enum xtt_p11_type { XTT_P11_ANY, XTT_P11_PRIVATE, XTT_P11_PUBLIC, XTT_P11_SECRET };

/* What a PKCS#11 URI says (RFC 7512); an empty string or n == 0 is "not said". */
struct xtt_p11_uri {
    char token[33]; /* token label */
    char serial[17];
    char manufacturer[33];
    char model[17];
    char object[XTT_P11_LABEL_MAX + 1]; /* key label */
    uint8_t id[XTT_P11_ID_MAX];
    size_t id_n;
    enum xtt_p11_type type;
    char module_path[256];
    char pin_source[256]; /* a path: "file:/p" and "/p" both give "/p" */
};

/* Reads a URI by RFC 7512, section 2.3.  Refused with XTT_ERR_CONFIG and words: malformed text,
 * attributes that are unknown, doubled, empty, or that we do not act upon (slot numbers change, so
 * slot-id is one of them), pin-value (a PIN does not belong in a URI), a value that is too long. */
XTT_MUST xtt_err xtt_p11_uri_parse(struct xtt_p11_uri *out, const char *text);

/* ---- the PIN --------------------------------------------------------------------------------- */

#define XTT_P11_PIN_MAX 255

/* A PIN in locked memory. */
struct xtt_p11_pin;

/* Where a PIN may come from; the first that is there is taken, in this order. */
struct xtt_p11_pin_from {
    const char *credential; /* file name under $CREDENTIALS_DIRECTORY, or NULL */
    const char *file;       /* a file; refused if group or others may read it; or NULL */
    int fd;                 /* a descriptor, read to its end and left open; or -1 */
    const char *prompt;     /* what to ask on the terminal, without echo; NULL: do not ask */
    int environment;        /* 1: $XTT_PIN may be used, which is then wiped and unset */
};

/* Reads the PIN: one line of 1 to XTT_P11_PIN_MAX bytes, its newline dropped.  The caller frees it.
 * XTT_ERR_HSM_PIN with words: no source has one, or the one that has it cannot be used; a source
 * that is there and wrong is an error, never a reason to try the next one. */
XTT_MUST xtt_err xtt_p11_pin_read(struct xtt_p11_pin **out, const struct xtt_p11_pin_from *from);
/* Where it came from, for the log: "file /etc/xtt/pin", with a warning for the environment. */
const char *xtt_p11_pin_origin(const struct xtt_p11_pin *pin);
/* 1 if the source is one to warn about. */
int xtt_p11_pin_is_exposed(const struct xtt_p11_pin *pin);
/* Wipes it; NULL is fine. */
void xtt_p11_pin_free(struct xtt_p11_pin *pin);

/* ---- module, token, login -------------------------------------------------------------------- */

/* One module, one token, logged in.  May be used by several threads at once; while it exists
 * nothing else in the process may use the same module. */
struct xtt_p11;

struct xtt_p11_config {
    const struct xtt_p11_uri *uri; /* copied; must name the token by label or serial */
    const char *module;            /* path of the module if the URI names none; or NULL */
    struct xtt_p11_pin *pin;       /* taken, also on failure; NULL for a token without login */
    uint64_t (*now_ms)(void *arg); /* a clock that never goes back; NULL: CLOCK_MONOTONIC */
    void *arg;
};

/*
 * Loads the module, finds the token, logs in.  Errors, with words:
 * XTT_ERR_CONFIG           no module or no token named, or several tokens match (add serial=)
 * XTT_ERR_HSM_UNREACHABLE  the module does not load or the token is not there
 * XTT_ERR_HSM_PIN          the token refused the PIN; it was presented once
 * XTT_ERR_HSM_PIN_LOCKED   locked or on its final try; the PIN was not presented
 *
 * Later operations heal what breaks: sessions or the module are replaced, the token found again,
 * the PIN presented again (a PIN that was refused once never is), and the operation repeated once.
 * A module is reloaded at most every XTT_P11_RELOAD_MS; until then operations fail at once.
 */
XTT_MUST xtt_err xtt_p11_open(struct xtt_p11 **out, const struct xtt_p11_config *cfg);
#define XTT_P11_RELOAD_MS 30000u
#define XTT_P11_REOPEN_MS 1000u

/* The token as people know it, "LABEL (serial S)"; lives as long as p. */
const char *xtt_p11_name(const struct xtt_p11 *p);
/* Asks the token for its state and for random bytes: XTT_OK only if it answers. */
XTT_MUST xtt_err xtt_p11_check(struct xtt_p11 *p);
/* Logs out, unloads the module, wipes.  All signers must be gone.  NULL is fine. */
void xtt_p11_close(struct xtt_p11 *p);

/* ---- keys ------------------------------------------------------------------------------------ */

/* Which key: by label, by id, or both; label NULL and id.n == 0 mean "any", but not both. */
struct xtt_p11_key {
    const char *label;
    xtt_bytes id;
};

/* The public key that belongs to a private P-256 key, 04 || x || y.  XTT_ERR_HSM_KEY: there is
 * none, or more than one, or it is no P-256 key. */
XTT_MUST xtt_err xtt_p11_public_key(struct xtt_p11 *p, const struct xtt_p11_key *key,
                                    uint8_t pub[65]);
/* Makes a P-256 signing key: stays on the token, is never shown, signs and does nothing else, has a
 * random id.  XTT_ERR_EXISTS if a key of that label is there. */
XTT_MUST xtt_err xtt_p11_make_key(struct xtt_p11 *p, const char *label, uint8_t pub[65]);
/* Makes an AES-256 key that encrypts and decrypts (xtt_p11_wrap) and never leaves the token.
 * XTT_ERR_EXISTS if a key of that label is there. */
XTT_MUST xtt_err xtt_p11_make_wrapping_key(struct xtt_p11 *p, const char *label);

/* A signer over one private key.  key is copied; p must outlive the signer; several threads may
 * sign with one signer at once.  The key is looked up now: errors as xtt_p11_public_key. */
XTT_MUST xtt_err xtt_p11_signer_new(struct xtt_signer **out, struct xtt_p11 *p,
                                    const struct xtt_p11_key *key);

/* ---- small secrets at rest ------------------------------------------------------------------- */

#define XTT_P11_PLAIN_MAX 4096
/* Room that a wrapped secret of n bytes may need. */
#define XTT_P11_BLOB_SIZE(n) ((n) + 192)
#define XTT_P11_BLOB_MAX     XTT_P11_BLOB_SIZE(XTT_P11_PLAIN_MAX)

/*
 * Encrypts 1 to XTT_P11_PLAIN_MAX bytes by AES-256-GCM inside the token.  aad is not in the blob,
 * only its hash is: what is wrapped for one purpose does not open for another.  Integers are
 * big-endian.
 *
 *   "XTTWRAP1"  method:1 (1 = AES-GCM)  label_n:1 label  id_n:1 id  SHA-256(aad):32
 *   iv_n:1 iv  ct_n:2 ct  tag:16
 *
 * Authenticated besides ct: everything before iv_n.  The initialisation vector is drawn by us; a
 * token that insists on its own (it writes it back) is believed.  XTT_ERR_ARGUMENT: sizes.
 */
XTT_MUST xtt_err xtt_p11_wrap(struct xtt_p11 *p, const char *kek, xtt_bytes aad, xtt_bytes plain,
                              uint8_t *blob, size_t cap, size_t *n);
/* Opens a blob; the key is the one it names.  XTT_ERR_FORMAT: it is no blob.  XTT_ERR_HSM_KEY: its
 * key is not on this token.  XTT_ERR_DECRYPT: it was changed, or aad is not what it was made with.
 * XTT_ERR_ARGUMENT: more than cap bytes.  plain is written only on success; wipe it after use. */
XTT_MUST xtt_err xtt_p11_unwrap(struct xtt_p11 *p, xtt_bytes aad, xtt_bytes blob, uint8_t *plain,
                                size_t cap, size_t *n);

#endif
