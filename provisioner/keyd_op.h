/* SPDX-License-Identifier: Apache-2.0 */
/* What keyd and its client say to each other: operations and their fields, in order. */
#ifndef XTT_PROVISIONER_KEYD_OP_H
#define XTT_PROVISIONER_KEYD_OP_H

/*
 * An answer's code is the xtt_err: with XTT_OK the fields below follow, otherwise one field with
 * the words.  The first frame from keyd, id 0, says how opening the token went.
 */
enum keyd_op {
    KEYD_CHECK,             /* -                          ->  - */
    KEYD_PUBLIC_KEY,        /* label                      ->  public key */
    KEYD_SIGN,              /* label, digest              ->  signature */
    KEYD_MAKE_KEY,          /* label                      ->  public key */
    KEYD_MAKE_WRAPPING_KEY, /* label                      ->  - */
    KEYD_WRAP,              /* wrapping key, aad, plain   ->  blob */
    KEYD_UNWRAP,            /* aad, blob                  ->  plain */
    KEYD_MAKE_ISSUER,       /* wrapping key               ->  issuer public key, blob */
    KEYD_IMPORT_ISSUER,     /* wrapping key, gpk, secret  ->  blob */
    KEYD_ISSUE,             /* gpk, blob, q               ->  credential, its signature */
    KEYD_OPS
};

/* An issuer secret is wrapped with these bytes and the group key as aad, and unwrapped for issuing
 * only. */
#define KEYD_ISSUER_AAD "XTT issuer secret"

/* Names in the state directory, with the token's own eight digits between them. */
#define KEYD_LOCK_NAME   "keyd-%s.lock"
#define KEYD_SOCKET_NAME "keyd-%s.sock"

#endif
