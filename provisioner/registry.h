/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The station's registry: roots, server keys, groups, join nonces, and who got which identity.  It
 * stores and finds; the rules are in identity.h, the queue in front of it in registrar.h.  A handle
 * belongs to one thread at a time; several handles, also of several processes, may be open on one
 * registry.  Nothing here tells which database is behind it.
 *
 * Every function may answer XTT_ERR_REGISTRY; prov_registry_error then has the sentence for the
 * log.
 */
#ifndef XTT_PROVISIONER_REGISTRY_H
#define XTT_PROVISIONER_REGISTRY_H

#include <xtt/base.h>

#define PROV_NAME_SIZE   65   /* a group's name with its NUL */
#define PROV_LABEL_SIZE  65   /* the label of a key on its token with its NUL */
#define PROV_REASON_SIZE 256  /* an operator's reason with its NUL */
#define PROV_WRAPPED_MAX 1024 /* a wrapped secret */
#define PROV_NONCE_MAX   64   /* a join nonce */

struct prov_registry;

/* Makes a new registry, readable by its owner only, and opens it.  XTT_ERR_EXISTS. */
XTT_MUST xtt_err prov_registry_create(struct prov_registry **out, const char *path);
/* Opens one, brings its tables up to this version.  XTT_ERR_NOT_FOUND if there is none;
 * XTT_ERR_REGISTRY if it is damaged, of a newer version, or no registry: on that error *out is a
 * handle that serves for prov_registry_error and prov_registry_close only, or NULL. */
XTT_MUST xtt_err prov_registry_open(struct prov_registry **out, const char *path);
/* NULL is fine.  An open transaction is rolled back. */
void prov_registry_close(struct prov_registry *reg);
/* What failed last, in words: file, action, the database's own text.  Never NULL. */
const char *prov_registry_error(const struct prov_registry *reg);
/* A consistent copy of a live registry into a new file.  XTT_ERR_EXISTS. */
XTT_MUST xtt_err prov_registry_copy(struct prov_registry *reg, const char *path);
/* Reads every page and index: XTT_ERR_REGISTRY if something is damaged or a reference dangles. */
XTT_MUST xtt_err prov_registry_check(struct prov_registry *reg);

/* Transactions.  begin takes the write lock of the registry at once and waits for it up to 10 s;
 * commit is durable when it returns XTT_OK.  A single write outside of them is a transaction. */
XTT_MUST xtt_err prov_registry_begin(struct prov_registry *reg);
XTT_MUST xtt_err prov_registry_commit(struct prov_registry *reg);
void prov_registry_rollback(struct prov_registry *reg);
/* 1 while a transaction is open. */
int prov_registry_is_open(const struct prov_registry *reg);

/* Named settings that belong to the registry, such as the label of the wrapping key.
 * XTT_ERR_NOT_FOUND; XTT_ERR_LENGTH if size, with the NUL, is too small. */
XTT_MUST xtt_err prov_meta_get(struct prov_registry *reg, const char *name, char *value,
                               size_t size);
XTT_MUST xtt_err prov_meta_set(struct prov_registry *reg, const char *name, const char *value);

/* --- keys of the station ------------------------------------------------------------------ */

struct prov_root {
    int64_t number;
    uint8_t root_id[16];
    uint8_t public_key[65];
    char label[PROV_LABEL_SIZE]; /* "" if the private key is somewhere else */
    int64_t created;
};

struct prov_server {
    int64_t number;
    uint8_t public_key[65];
    char label[PROV_LABEL_SIZE];
    int has_certificate;
    uint8_t certificate[169];
    int64_t created;
};

/* XTT_ERR_EXISTS for a root_id that is there. */
XTT_MUST xtt_err prov_root_add(struct prov_registry *reg, const struct prov_root *root);
/* The one with this id, or with NULL the newest.  XTT_ERR_NOT_FOUND. */
XTT_MUST xtt_err prov_root_get(struct prov_registry *reg, const uint8_t *root_id,
                               struct prov_root *out);
/* A server key that waits for its certificate.  XTT_ERR_EXISTS for a key that is there. */
XTT_MUST xtt_err prov_server_add(struct prov_registry *reg, const struct prov_server *server);
/* Stores the certificate of a key and makes it the current one.  XTT_ERR_NOT_FOUND. */
XTT_MUST xtt_err prov_server_certify(struct prov_registry *reg, const uint8_t public_key[65],
                                     const uint8_t certificate[169]);
/* The one certified last, the newest without a certificate, the one with this key.
 * XTT_ERR_NOT_FOUND. */
XTT_MUST xtt_err prov_server_current(struct prov_registry *reg, struct prov_server *out);
XTT_MUST xtt_err prov_server_requested(struct prov_registry *reg, struct prov_server *out);
XTT_MUST xtt_err prov_server_get(struct prov_registry *reg, const uint8_t public_key[65],
                                 struct prov_server *out);

/* --- groups --------------------------------------------------------------------------------- */

enum prov_group_status { PROV_GROUP_OPEN = 0, PROV_GROUP_CLOSED = 1 };
/* When a replaced long-term key gives way: at the first session under the new one, or at once. */
enum prov_activation { PROV_AT_FIRST_SESSION = 0, PROV_AT_ONCE = 1 };

struct prov_group {
    int64_t number;
    uint8_t gid[32];
    char name[PROV_NAME_SIZE];
    uint8_t basename[64];
    size_t basename_size;
    uint8_t issuer_key[354]; /* begins with the group public key, 258 bytes */
    uint8_t prefix[8];
    uint8_t issuer_secret[PROV_WRAPPED_MAX]; /* wrapped; size 0: issued elsewhere */
    size_t issuer_secret_size;
    uint8_t k_alloc[PROV_WRAPPED_MAX]; /* wrapped */
    size_t k_alloc_size;
    enum prov_group_status status;
    enum prov_activation activation;
    int choice;   /* devices may choose a free id inside the prefix */
    int software; /* members without a TPM are allowed */
    int64_t created;
};

/* XTT_ERR_EXISTS for a name or gid that is there. */
XTT_MUST xtt_err prov_group_add(struct prov_registry *reg, const struct prov_group *group);
/* XTT_ERR_NOT_FOUND. */
XTT_MUST xtt_err prov_group_get(struct prov_registry *reg, const char *name,
                                struct prov_group *out);
XTT_MUST xtt_err prov_group_set_status(struct prov_registry *reg, int64_t number,
                                       enum prov_group_status status);
/* Calls each for every group, oldest first, until it answers something else than XTT_OK. */
XTT_MUST xtt_err prov_group_each(struct prov_registry *reg,
                                 xtt_err (*each)(void *arg, const struct prov_group *group),
                                 void *arg);

/* A join nonce handed out for a group: 1 to 64 bytes. */
XTT_MUST xtt_err prov_nonce_add(struct prov_registry *reg, int64_t group, xtt_bytes nonce,
                                int64_t now);
/* Uses it up.  XTT_ERR_NOT_FOUND if it was never handed out for this group, or used before. */
XTT_MUST xtt_err prov_nonce_use(struct prov_registry *reg, int64_t group, xtt_bytes nonce,
                                int64_t now);

enum prov_revoked_kind { PROV_REVOKED_PSEUDONYM = 0, PROV_REVOKED_SECRET = 1 };

/* Puts a pseudonym (65 bytes) or a member secret (32) on the group's list; again is no error. */
XTT_MUST xtt_err prov_revoke(struct prov_registry *reg, int64_t group, enum prov_revoked_kind kind,
                             xtt_bytes value, const char *reason, int64_t now);
/* The group's list, oldest first. */
XTT_MUST xtt_err prov_revoked_each(struct prov_registry *reg, int64_t group,
                                   xtt_err (*each)(void *arg, enum prov_revoked_kind kind,
                                                   xtt_bytes value),
                                   void *arg);

/* --- identities ----------------------------------------------------------------------------- */

enum prov_status {
    PROV_ID_OK = 0,
    PROV_ID_QUARANTINED = 1,
    PROV_ID_REVOKED = 2,
    PROV_ID_RESERVED = 3 /* kept by an operator for a member who has not come yet */
};

struct prov_identity {
    int64_t number;
    uint8_t id[16];
    int64_t group;
    uint8_t pseudonym[65];
    int has_active; /* 0 only while reserved */
    uint8_t active_key[65];
    int has_pending;
    uint8_t pending_key[65];
    uint32_t generation; /* of the active key; 0 while reserved */
    enum prov_status status;
    char reason[PROV_REASON_SIZE];
    int64_t created;
    int64_t last_seen;
    int64_t counted_from; /* key replacements before this are forgiven */
    uint16_t suite;       /* of the last handshake */
};

/* "ok", "quarantined", "revoked", "reserved". */
const char *prov_status_name(enum prov_status status);

/* XTT_ERR_NOT_FOUND. */
XTT_MUST xtt_err prov_identity_by_member(struct prov_registry *reg, int64_t group,
                                         const uint8_t pseudonym[65], struct prov_identity *out);
XTT_MUST xtt_err prov_identity_by_id(struct prov_registry *reg, const uint8_t id[16],
                                     struct prov_identity *out);
/* Calls each for every identity of a group (0: of all), oldest first. */
XTT_MUST xtt_err prov_identity_each(struct prov_registry *reg, int64_t group,
                                    xtt_err (*each)(void *arg,
                                                    const struct prov_identity *identity),
                                    void *arg);
/* The next three answer XTT_ERR_ID_CONFLICT, with the transaction half done, for a key that is or
 * was another identity's: undo it. */
/* A new row with in's id, group, pseudonym, active key (if has_active), status, created, suite;
 * *number is its registry number.  XTT_ERR_EXISTS if the id is taken: nothing was written. */
XTT_MUST xtt_err prov_identity_add(struct prov_registry *reg, const struct prov_identity *in,
                                   int64_t *number);
/* A reserved row gets its first key and becomes OK. */
XTT_MUST xtt_err prov_identity_take(struct prov_registry *reg, int64_t number,
                                    const uint8_t key[65], uint16_t suite, int64_t now);
/* Another key comes, pending or at once active, and the history gets a line. */
XTT_MUST xtt_err prov_identity_replace(struct prov_registry *reg,
                                       const struct prov_identity *identity, const uint8_t key[65],
                                       int at_once, int64_t now);
XTT_MUST xtt_err prov_identity_seen(struct prov_registry *reg, int64_t number, uint16_t suite,
                                    int64_t now);
/* The pending key becomes the active one.  XTT_ERR_NOT_FOUND if key is not the pending key. */
XTT_MUST xtt_err prov_identity_activate(struct prov_registry *reg,
                                        const struct prov_identity *identity,
                                        const uint8_t key[65]);
/* counted_from: replacements before it are forgiven from now on. */
XTT_MUST xtt_err prov_identity_set_status(struct prov_registry *reg, int64_t number,
                                          enum prov_status status, const char *reason,
                                          int64_t counted_from);
/* How many replacements came after a time. */
XTT_MUST xtt_err prov_identity_replacements(struct prov_registry *reg, int64_t number,
                                            int64_t after, unsigned *count);
XTT_MUST xtt_err prov_history_each(struct prov_registry *reg, int64_t number,
                                   xtt_err (*each)(void *arg, const uint8_t key[65],
                                                   const uint8_t replaced[65], int64_t at),
                                   void *arg);

/* The registry number of the identity that has or had a key.  XTT_ERR_NOT_FOUND. */
XTT_MUST xtt_err prov_key_owner(struct prov_registry *reg, const uint8_t key[65], int64_t *number);

#endif
