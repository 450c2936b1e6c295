/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads the module through libp11, finds the token, logs in, and replaces all of it when it breaks:
 * libp11 does not get over lost sessions, so the unit of recovery is its whole context.
 */
#include "pkcs11/session.h"

#include "pkcs11/pin.h"

#include <dlfcn.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t monotonic_ms(void *arg)
{
    struct timespec t;

    (void)arg;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- the token ------------------------------------------------------------------------------- */

static int fits(const char *wanted, const char *is)
{
    return !wanted[0] || (is && strcmp(wanted, is) == 0);
}

static int is_wanted(const struct xtt_p11_uri *u, const PKCS11_TOKEN *t)
{
    return t && t->initialized && fits(u->token, t->label) && fits(u->serial, t->serialnr) &&
           fits(u->manufacturer, t->manufacturer) && fits(u->model, t->model);
}

/* By label and serial, never by slot: slot numbers change. */
static xtt_err find_token(struct xtt_p11 *p)
{
    char others[200] = "";
    unsigned i, n = 0;
    size_t len = 0;

    if (PKCS11_enumerate_slots(p->ctx, &p->slots, &p->slots_n) != 0) {
        p->slots = NULL;
        p->slots_n = 0;
        return p11_fault_queue("C_GetSlotList", p->name, NULL);
    }
    for (i = 0; i < p->slots_n; i++) {
        const PKCS11_TOKEN *t = p->slots[i].token;

        if (is_wanted(&p->uri, t)) {
            p->slot = &p->slots[i];
            n++;
        } else if (t && t->initialized && t->label && len < sizeof others) {
            len += (size_t)snprintf(others + len, sizeof others - len, "%s%s",
                                    len ? ", " : "; this module has ", t->label);
        }
    }
    if (n == 1) {
        p->slot_id = PKCS11_get_slotid_from_slot(p->slot);
        return XTT_OK;
    }
    p->slot = NULL;
    if (n > 1)
        return p11_say(XTT_ERR_CONFIG, "%u tokens match %s; add serial= to the URI", n, p->name);
    return p11_say(XTT_ERR_HSM_UNREACHABLE,
                   "no token matches %s in module %s; plug it in or correct the URI%s", p->name,
                   p->module, others);
}

/* ---- the login ------------------------------------------------------------------------------- */

/* PKCS11_login keeps a copy of the PIN in plain memory, so C_Login is called here; the login is the
 * application's, and libp11's sessions share it.  The token is asked first how the PIN stands. */
static xtt_err log_in(struct xtt_p11 *p)
{
    CK_TOKEN_INFO info;
    const char *pin = p->pin ? p11_pin_text(p->pin) : NULL;
    CK_RV rv;

    if ((rv = p->f->C_GetTokenInfo(p->slot_id, &info)) != CKR_OK)
        return p11_fault("C_GetTokenInfo", rv, p->name, NULL);
    if ((rv = p->f->C_OpenSession(p->slot_id, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL,
                                  &p->holder)) != CKR_OK) {
        p->holder = CK_INVALID_HANDLE;
        return p11_fault("C_OpenSession", rv, p->name, NULL);
    }
    if (!(info.flags & CKF_LOGIN_REQUIRED))
        return XTT_OK;
    if (p->pin_refused)
        return p11_say(
            XTT_ERR_HSM_PIN,
            "token %s refused the PIN before; it is not tried again: correct it and start "
            "again",
            p->name);
    if (info.flags & CKF_USER_PIN_LOCKED)
        return p11_say(XTT_ERR_HSM_PIN_LOCKED,
                       "the PIN of token %s is locked; unlock it with the vendor's tool", p->name);
    if (info.flags & CKF_USER_PIN_FINAL_TRY)
        return p11_say(
            XTT_ERR_HSM_PIN_LOCKED,
            "one more wrong PIN locks token %s, so it was not tried; log in once with the "
            "vendor's tool",
            p->name);
    if (!pin && !(info.flags & CKF_PROTECTED_AUTHENTICATION_PATH))
        return p11_say(XTT_ERR_HSM_PIN, "token %s needs a PIN and none was given", p->name);
    rv = p->f->C_Login(p->holder, CKU_USER, (CK_UTF8CHAR_PTR)(uintptr_t)pin,
                       pin ? (CK_ULONG)strlen(pin) : 0);
    if (rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN)
        return XTT_OK;
    p->pin_refused = rv == CKR_PIN_INCORRECT || rv == CKR_PIN_INVALID || rv == CKR_PIN_LEN_RANGE ||
                     rv == CKR_PIN_EXPIRED || rv == CKR_PIN_LOCKED;
    return p11_fault("C_Login", rv, p->name, NULL);
}

/* ---- the context ----------------------------------------------------------------------------- */

/* With p->lock for writing, or before anybody else knows p. */
static void disconnect(struct xtt_p11 *p)
{
    struct p11_slotkey *k;

    for (k = p->keys; k; k = k->next) {
        EVP_PKEY_free(k->pkey);
        k->pkey = NULL;
    }
    if (p->ctx && p->holder != CK_INVALID_HANDLE)
        (void)p->f->C_CloseSession(p->holder);
    p->holder = CK_INVALID_HANDLE;
    if (p->slots)
        PKCS11_release_all_slots(p->ctx, p->slots, p->slots_n);
    p->slots = NULL;
    p->slot = NULL;
    if (p->ctx) {
        PKCS11_CTX_unload(p->ctx);
        PKCS11_CTX_free(p->ctx);
    }
    p->ctx = NULL;
    ERR_clear_error();
}

static xtt_err connect_token(struct xtt_p11 *p)
{
    xtt_err err;

    if ((p->ctx = PKCS11_CTX_new()) == NULL)
        return p11_say(XTT_ERR_NOMEM, "PKCS#11: out of memory");
    ERR_clear_error();
    if (PKCS11_CTX_load(p->ctx, p->module) != 0) {
        err = p11_fault_queue("C_Initialize", p->name, NULL);
        PKCS11_CTX_free(p->ctx);
        p->ctx = NULL;
        /* A module that does not start is not there, whatever code it finds for that. */
        return p11_say_more(XTT_ERR_HSM_UNREACHABLE, "module %s does not start: %s (%s)", p->module,
                            xtt_p11_why(), xtt_err_name(err));
    }
    ERR_clear_error(); /* libp11 leaves "no such engine" behind a success */
    if ((err = find_token(p)) != XTT_OK || (err = log_in(p)) != XTT_OK)
        disconnect(p);
    return err;
}

static xtt_err remember(struct xtt_p11 *p, xtt_err err)
{
    p->down = err;
    if (err != XTT_OK)
        (void)snprintf(p->down_words, sizeof p->down_words, "%s", xtt_p11_why());
    return err;
}

/* Replaces the context that failed, unless another thread has, or it is too early. */
static xtt_err heal(struct xtt_p11 *p, uint64_t failed)
{
    int reload = p11_fault_cure() != P11_REOPEN;
    uint64_t now, due = 0;
    xtt_err err;

    (void)pthread_rwlock_wrlock(&p->lock);
    if (p->generation != failed) {
        err = p->ctx ? XTT_OK : p11_say_more(p->down, "%s", p->down_words);
        goto out;
    }
    if (p->pin_refused) {
        err = p11_say(XTT_ERR_HSM_PIN, "%s", p->down_words);
        goto out;
    }
    now = p->now_ms(p->arg);
    if (reload && p->was_reloaded)
        due = p->reloaded_ms + XTT_P11_RELOAD_MS;
    else if (!reload && p->was_replaced)
        due = p->replaced_ms + XTT_P11_REOPEN_MS;
    if (now < due) {
        err = p11_say_more(p->ctx ? XTT_ERR_HSM_UNREACHABLE : p->down, "%s; next attempt in %u s",
                           p->ctx ? xtt_p11_why() : p->down_words,
                           (unsigned)((due - now + 999) / 1000));
        goto out;
    }
    disconnect(p);
    err = remember(p, connect_token(p));
    p->generation++;
    p->replaced_ms = now;
    p->was_replaced = 1;
    if (reload) {
        p->reloaded_ms = now;
        p->was_reloaded = 1;
    }
out:
    (void)pthread_rwlock_unlock(&p->lock);
    return err;
}

static xtt_err run_once(struct xtt_p11 *p, p11_op op, void *arg, uint64_t *generation)
{
    xtt_err err;

    (void)pthread_rwlock_rdlock(&p->lock);
    *generation = p->generation;
    if (p->ctx) {
        err = op(p, arg);
    } else {
        (void)p11_fault("connection", CKR_CRYPTOKI_NOT_INITIALIZED, p->name, NULL);
        err = p11_say_more(p->down, "%s", p->down_words);
    }
    (void)pthread_rwlock_unlock(&p->lock);
    return err;
}

xtt_err p11_run(struct xtt_p11 *p, p11_op op, void *arg)
{
    uint64_t generation;
    xtt_err err;

    err = run_once(p, op, arg, &generation);
    if (err != XTT_OK && p11_fault_cure() == P11_TWICE)
        err = run_once(p, op, arg, &generation);
    if (err == XTT_OK || p11_fault_cure() == P11_NEVER || p11_fault_cure() == P11_LATER)
        return err;
    if ((err = heal(p, generation)) != XTT_OK)
        return err;
    return run_once(p, op, arg, &generation);
}

/* ---- opening and closing --------------------------------------------------------------------- */

static xtt_err load_module(struct xtt_p11 *p)
{
    CK_RV (*get_list)(CK_FUNCTION_LIST_PTR_PTR);
    const char *reason;
    CK_RV rv;

    if ((p->dl = dlopen(p->module, RTLD_NOW | RTLD_LOCAL)) == NULL) {
        reason = dlerror();
        return p11_say(XTT_ERR_HSM_UNREACHABLE,
                       "module %s does not load: %s; install it or correct "
                       "module-path",
                       p->module, reason ? reason : "no reason given");
    }
    *(void **)&get_list = dlsym(p->dl, "C_GetFunctionList");
    if (!get_list)
        return p11_say(XTT_ERR_HSM_UNREACHABLE, "%s is no PKCS#11 module", p->module);
    if ((rv = get_list(&p->f)) != CKR_OK)
        return p11_fault("C_GetFunctionList", rv, p->name, NULL);
    return XTT_OK;
}

static xtt_err set_up(struct xtt_p11 *p, const struct xtt_p11_config *cfg)
{
    const struct xtt_p11_uri *u = cfg->uri;
    const char *module = u->module_path[0] ? u->module_path : cfg->module;

    p->uri = *u;
    if (!u->token[0] && !u->serial[0])
        return p11_say(XTT_ERR_CONFIG, "the PKCS#11 URI names no token; add token=LABEL");
    if (!module || !module[0] || strlen(module) >= sizeof p->module)
        return p11_say(XTT_ERR_CONFIG,
                       "no PKCS#11 module is named; add ?module-path=/path/to.so to "
                       "the URI");
    memcpy(p->module, module, strlen(module) + 1);
    (void)snprintf(p->name, sizeof p->name, "%s%s%s%s", u->token[0] ? u->token : "serial ",
                   u->token[0] && u->serial[0] ? " (serial " : "", u->serial,
                   u->token[0] && u->serial[0] ? ")" : "");
    return XTT_OK;
}

xtt_err xtt_p11_open(struct xtt_p11 **out, const struct xtt_p11_config *cfg)
{
    struct xtt_p11 *p;
    xtt_err err;

    if ((p = calloc(1, sizeof *p)) == NULL) {
        xtt_p11_pin_free(cfg->pin);
        return p11_say(XTT_ERR_NOMEM, "PKCS#11: out of memory");
    }
    p->pin = cfg->pin;
    p->now_ms = cfg->now_ms ? cfg->now_ms : monotonic_ms;
    p->arg = cfg->arg;
    p->holder = CK_INVALID_HANDLE;
    (void)pthread_rwlock_init(&p->lock, NULL);
    (void)pthread_mutex_init(&p->find, NULL);
    if ((err = set_up(p, cfg)) != XTT_OK || (err = load_module(p)) != XTT_OK)
        goto out;
    err = connect_token(p);
    if (err == XTT_ERR_HSM_UNREACHABLE) /* another process may be writing to the token just now */
        err = connect_token(p);
    if (err == XTT_OK && p->slot->token->serialnr)
        (void)snprintf(p->name, sizeof p->name, "%s (serial %s)", p->slot->token->label,
                       p->slot->token->serialnr);
out:
    if (err != XTT_OK) {
        xtt_p11_close(p);
        return err;
    }
    *out = p;
    return XTT_OK;
}

const char *xtt_p11_name(const struct xtt_p11 *p)
{
    return p->name;
}

void xtt_p11_close(struct xtt_p11 *p)
{
    if (!p)
        return;
    disconnect(p);
    if (p->dl)
        dlclose(p->dl);
    xtt_p11_pin_free(p->pin);
    (void)pthread_rwlock_destroy(&p->lock);
    (void)pthread_mutex_destroy(&p->find);
    free(p);
}

/* ---- what operations use --------------------------------------------------------------------- */

xtt_err p11_session_open(struct xtt_p11 *p, CK_SESSION_HANDLE *session)
{
    CK_RV rv =
        p->f->C_OpenSession(p->slot_id, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, session);

    return rv == CKR_OK ? XTT_OK : p11_fault("C_OpenSession", rv, p->name, NULL);
}

void p11_session_close(struct xtt_p11 *p, CK_SESSION_HANDLE session)
{
    (void)p->f->C_CloseSession(session);
}

void p11_key_words(const struct xtt_p11_key *key, char out[P11_KEY_WORDS])
{
    size_t i, n = 0;

    if (key->label) {
        (void)snprintf(out, P11_KEY_WORDS, "%s", key->label);
        return;
    }
    n = (size_t)snprintf(out, P11_KEY_WORDS, "id ");
    for (i = 0; i < key->id.n && n + 3 < P11_KEY_WORDS; i++)
        n += (size_t)snprintf(out + n, P11_KEY_WORDS - n, "%02x", key->id.p[i]);
}

xtt_err p11_count_objects(struct xtt_p11 *p, CK_SESSION_HANDLE session, CK_OBJECT_CLASS class,
                          const struct xtt_p11_key *key, CK_OBJECT_HANDLE *first, unsigned *n)
{
    CK_ATTRIBUTE wanted[3];
    CK_OBJECT_HANDLE found[2] = {CK_INVALID_HANDLE, CK_INVALID_HANDLE};
    char words[P11_KEY_WORDS];
    CK_ULONG w = 0, got = 0;
    CK_RV rv;

    p11_key_words(key, words);
    if (class != CK_UNAVAILABLE_INFORMATION)
        wanted[w++] = (CK_ATTRIBUTE){CKA_CLASS, &class, sizeof class};
    if (key->label)
        wanted[w++] = (CK_ATTRIBUTE){CKA_LABEL, (void *)(uintptr_t)key->label, strlen(key->label)};
    if (key->id.n)
        wanted[w++] = (CK_ATTRIBUTE){CKA_ID, (void *)(uintptr_t)key->id.p, key->id.n};
    if ((rv = p->f->C_FindObjectsInit(session, wanted, w)) != CKR_OK)
        return p11_fault("C_FindObjectsInit", rv, p->name, words);
    rv = p->f->C_FindObjects(session, found, 2, &got);
    (void)p->f->C_FindObjectsFinal(session);
    if (rv != CKR_OK)
        return p11_fault("C_FindObjects", rv, p->name, words);
    *first = found[0];
    *n = (unsigned)got;
    return XTT_OK;
}

xtt_err p11_alive(struct xtt_p11 *p)
{
    CK_SESSION_INFO session;
    CK_TOKEN_INFO token;
    uint8_t random[16];
    CK_RV rv;

    if ((rv = p->f->C_GetSessionInfo(p->holder, &session)) != CKR_OK)
        return p11_fault("C_GetSessionInfo", rv, p->name, NULL);
    if ((rv = p->f->C_GetTokenInfo(p->slot_id, &token)) != CKR_OK)
        return p11_fault("C_GetTokenInfo", rv, p->name, NULL);
    if ((token.flags & CKF_LOGIN_REQUIRED) && session.state != CKS_RW_USER_FUNCTIONS &&
        session.state != CKS_RO_USER_FUNCTIONS)
        return p11_fault("C_GetSessionInfo", CKR_USER_NOT_LOGGED_IN, p->name, NULL);
    if ((token.flags & CKF_RNG) &&
        (rv = p->f->C_GenerateRandom(p->holder, random, sizeof random)) != CKR_OK)
        return p11_fault("C_GenerateRandom", rv, p->name, NULL);
    return XTT_OK;
}

static xtt_err ask(struct xtt_p11 *p, void *arg)
{
    (void)arg;
    return p11_alive(p);
}

xtt_err xtt_p11_check(struct xtt_p11 *p)
{
    return p11_run(p, ask, NULL);
}
