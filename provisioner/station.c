/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A visit: one device's connection.  The handshake runs in libuv's pool and asks from there; the
 * registrar and the key process answer from threads of their own; all else is the loop's.
 */
#include "provisioner/station.h"

#include "daemon/conn.h"
#include "daemon/log.h"
#include "daemon/net.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct prov_visit {
    struct prov_station *station;
    struct prov_visit *next, **link;
    struct xtt_policy policy;
    struct xtt_hs_config config;
    uint8_t certificate[XTT_SERVER_CERT_SIZE];
    struct prov_roster *roster;
    const struct prov_entry *entry; /* the group, once named */
    uint16_t suites[PROV_SUITES_MAX];
    struct xtt_signer signer;    /* asks key, and notes how far the handshake came */
    char label[PROV_LABEL_SIZE]; /* of the key */
    struct prov_asking key;
    int is_asking;               /* key is in use; the pool's until the connection is closed */
    int is_signed;               /* the key has signed */
    char words[256];             /* why it did not */
    const char *_Atomic message; /* that is being handled, by its name in the specification */
    uint8_t address[16];
    char peer[XTTD_ADDR_TEXT];

    /* The claim; the registrar has it from submitted to answered. */
    struct prov_ask ask;
    uint8_t gid[32], pseudonym[65], longterm_key[65], requested_id[16];
    int submitted; /* by the thread that runs the handshake */

    pthread_mutex_t lock; /* guards what follows */
    struct xttd_conn *conn;
    int answered;
    int in_queue; /* the registrar will still call */
    int gone;     /* the connection is closed */
};

static void free_visit(struct prov_visit *visit)
{
    prov_roster_drop(visit->roster);
    pthread_mutex_destroy(&visit->lock);
    free(visit);
}

/* From any thread: 1 and the registrar's answer, or 0 if there is none yet. */
static int has_answer(struct prov_visit *visit, struct prov_answer *answer)
{
    int answered;

    pthread_mutex_lock(&visit->lock);
    if ((answered = visit->answered))
        *answer = visit->ask.answer;
    pthread_mutex_unlock(&visit->lock);
    return answered;
}

/* --- what the handshake asks, in the pool's threads ------------------------------------------ */

static xtt_err make_cookie(void *arg, uint8_t cookie[130])
{
    struct prov_visit *visit = arg;

    visit->message = "ServerInitAndAttest";
    return xtt_cookie_make(0, atomic_fetch_add(&visit->station->cookies, 1), NULL, cookie);
}

static struct prov_visit *visit_of(struct xtt_signer *signer)
{
    return (struct prov_visit *)((char *)signer - offsetof(struct prov_visit, signer));
}

static xtt_err get_public_key(struct xtt_signer *signer, uint8_t pub[65])
{
    struct xtt_server_cert cert;
    xtt_err err;

    if ((err = xtt_server_cert_decode(visit_of(signer)->certificate, &cert)) == XTT_OK)
        memcpy(pub, cert.public_key, sizeof cert.public_key);
    return err;
}

static void resume_visit(void *arg)
{
    struct prov_visit *visit = arg;

    xttd_conn_resume(visit->conn);
}

/* The key process is held for no longer than the question is open: it may have to be replaced. */
static void stop_asking(struct prov_visit *visit)
{
    if (!visit->is_asking)
        return;
    visit->is_asking = 0;
    prov_asking_wipe(&visit->key);
    prov_keyring_give(visit->station->keys);
}

static xtt_err sign(struct xtt_signer *signer, const uint8_t digest[32], uint8_t sig[64])
{
    struct prov_visit *visit = visit_of(signer);
    struct prov_keyd *keyd;
    xtt_err err;

    if (!visit->is_asking) {
        if ((keyd = prov_keyring_take(visit->station->keys)) == NULL)
            return XTT_ERR_HSM_UNREACHABLE;
        visit->is_asking = 1;
        prov_asking_init(&visit->key, keyd, visit->label, resume_visit, visit);
    }
    if ((err = visit->key.signer.ops->sign(&visit->key.signer, digest, sig)) == XTT_AGAIN)
        return err;
    memcpy(visit->words, visit->key.words, sizeof visit->words);
    stop_asking(visit);
    if (err == XTT_OK) {
        visit->is_signed = 1;
        visit->message = "IdentityClientAttest";
    }
    return err;
}

static const struct xtt_signer_ops signer_ops = {get_public_key, sign, NULL};

static xtt_err find_group(void *arg, const uint8_t gid[32], struct xtt_group *out)
{
    struct prov_visit *visit = arg;

    if ((visit->entry = prov_roster_find(visit->roster, gid)) == NULL)
        return XTT_ERR_GROUP;
    *out = visit->entry->group;
    return XTT_OK;
}

/* On the registrar's thread. */
static void take_answer(struct prov_ask *ask)
{
    struct prov_visit *visit =
        (struct prov_visit *)((char *)ask - offsetof(struct prov_visit, ask));
    int gone;

    pthread_mutex_lock(&visit->lock);
    visit->answered = 1;
    visit->in_queue = 0;
    if (!(gone = visit->gone))
        xttd_conn_resume(visit->conn);
    pthread_mutex_unlock(&visit->lock);
    if (gone)
        free_visit(visit);
}

static xtt_err submit(struct prov_visit *visit, const struct xtt_claim *claim)
{
    struct prov_ask *ask = &visit->ask;
    xtt_err err;

    memcpy(visit->gid, claim->gid, sizeof visit->gid);
    memcpy(visit->pseudonym, claim->pseudonym, sizeof visit->pseudonym);
    memcpy(visit->longterm_key, claim->longterm_key, sizeof visit->longterm_key);
    memcpy(visit->requested_id, claim->requested_id, sizeof visit->requested_id);
    ask->rules = &visit->entry->rules;
    ask->claim = (struct xtt_claim){claim->suite, visit->gid, visit->pseudonym, visit->longterm_key,
                                    visit->requested_id};
    ask->done = take_answer;
    visit->in_queue = 1;
    if ((err = prov_registrar_ask(visit->station->registrar, ask)) != XTT_OK) {
        visit->in_queue = 0;
        return err;
    }
    visit->submitted = 1;
    return XTT_AGAIN;
}

static xtt_err assign(void *arg, const struct xtt_claim *claim, uint8_t id[16])
{
    struct prov_visit *visit = arg;
    struct prov_answer answer;

    if (!visit->submitted)
        return submit(visit, claim);
    if (!has_answer(visit, &answer))
        return XTT_AGAIN;
    if (answer.err != XTT_OK)
        return answer.err;
    visit->message = "IdentityServerFinished";
    memcpy(id, answer.id, 16);
    return XTT_OK;
}

/* --- how it ended, in the loop's thread ------------------------------------------------------ */

static void log_granted(struct prov_visit *visit, const struct xtt_identity *identity)
{
    struct prov_answer answer = {.step = PROV_REFUSE};
    char id[XTT_ID_TEXT_SIZE];

    (void)has_answer(visit, &answer);
    xtt_id_print(identity->id, id);
    xttd_log(XTTD_INFO, "%s: identity %s, group %s, suite 0x%04X, %s", visit->peer, id,
             visit->entry->name, identity->suite, prov_step_name(answer.step));
}

static void log_refused(struct prov_visit *visit, xtt_err err)
{
    const char *group = visit->entry != NULL ? visit->entry->name : "not named";
    char id[XTT_ID_TEXT_SIZE] = "none";
    struct prov_answer answer;

    if (has_answer(visit, &answer)) {
        if (answer.number != 0)
            xtt_id_print(answer.id, id);
        if (answer.step == PROV_QUARANTINE)
            xttd_log(XTTD_WARNING,
                     "ALARM: identity %s, group %s is quarantined: its long-term key was replaced "
                     "more than %d times in 30 days",
                     id, group, PROV_REPLACEMENTS_MAX);
    }
    xttd_log(XTTD_INFO, "%s: refused at %s, group %s, identity %s: %s (%s)", visit->peer,
             visit->message, group, id, xtt_err_text(err), xtt_err_name(err));
}

/* The HSM's troubles are told when they begin and when they end, not for each device. */
static void note_hsm(struct prov_station *station, const struct prov_visit *visit, xtt_err err)
{
    const int is_hsm = xtt_err_class(err) == XTT_CLASS_HSM || xtt_err_class(err) == XTT_CLASS_AUTH;

    if (is_hsm && !station->hsm_down) {
        station->hsm_down = 1;
        xttd_log(XTTD_ERR, "the HSM does not sign: %s; devices are refused until it does",
                 visit->words[0] != '\0' ? visit->words : xtt_err_text(err));
    } else if (station->hsm_down && visit->is_signed) {
        station->hsm_down = 0;
        xttd_log(XTTD_WARNING, "the HSM signs again");
    }
}

static void handshake_done(void *arg, const struct xtt_hs *hs, xtt_err err)
{
    struct prov_visit *visit = arg;
    struct xtt_identity identity;

    note_hsm(visit->station, visit, err);
    if (err == XTT_OK && (err = xtt_hs_identity(hs, &identity)) == XTT_OK)
        log_granted(visit, &identity);
    else
        log_refused(visit, err);
}

static void unlink_visit(struct prov_visit *visit)
{
    struct prov_station *station = visit->station;

    if ((*visit->link = visit->next) != NULL)
        visit->next->link = visit->link;
    prov_limits_leave(station->limits, visit->address);
    if (station->visits == NULL && station->idle != NULL)
        station->idle(station->arg);
}

/* The registrar may still have the claim: then it frees the visit. */
static void connection_closed(void *arg)
{
    struct prov_visit *visit = arg;
    int in_queue;

    stop_asking(visit);
    unlink_visit(visit);
    pthread_mutex_lock(&visit->lock);
    visit->gone = 1;
    in_queue = visit->in_queue;
    pthread_mutex_unlock(&visit->lock);
    if (!in_queue)
        free_visit(visit);
}

/* --- how it begins ---------------------------------------------------------------------------- */

static void fill_visit(struct prov_visit *visit, struct prov_station *station)
{
    visit->station = station;
    visit->message = "ClientInit";
    visit->policy = (struct xtt_policy){visit, NULL, make_cookie, find_group, assign};
    visit->signer.ops = &signer_ops;
    memcpy(visit->label, station->label, sizeof visit->label);
    memcpy(visit->suites, station->suites, sizeof visit->suites);
    memcpy(visit->certificate, station->certificate, sizeof visit->certificate);
    visit->config = (struct xtt_hs_config){.role = XTT_SERVER,
                                           .suites = visit->suites,
                                           .n_suites = station->n_suites,
                                           .policy = &visit->policy,
                                           .arena = station->arena,
                                           .server_key = &visit->signer,
                                           .certificate = visit->certificate};
    visit->roster = prov_roster_hold(station->roster);
    pthread_mutex_init(&visit->lock, NULL);
}

/* The visit with its handshake and signer; the stream is not touched. */
static xtt_err new_visit(struct prov_visit **out, struct prov_station *station, struct xtt_hs **hs)
{
    struct prov_visit *visit = calloc(1, sizeof *visit);
    xtt_err err;

    if (visit == NULL)
        return XTT_ERR_NOMEM;
    fill_visit(visit, station);
    if ((err = xtt_hs_new(hs, &visit->config)) != XTT_OK) {
        free_visit(visit);
        return err;
    }
    *out = visit;
    return XTT_OK;
}

static void link_visit(struct prov_visit *visit)
{
    struct prov_station *station = visit->station;

    visit->link = &station->visits;
    if ((visit->next = station->visits) != NULL)
        visit->next->link = &visit->next;
    station->visits = visit;
}

static void free_stream(uv_handle_t *handle)
{
    free(handle);
}

/* Says once that there are too many, until there are fewer again. */
static xtt_err enter(struct prov_station *station, const uint8_t address[16], const char *peer)
{
    const xtt_err err = prov_limits_enter(station->limits, address);

    if (err == XTT_OK)
        station->is_full = 0;
    else if (!station->is_full) {
        station->is_full = 1;
        xttd_log(XTTD_WARNING, "%s: too many connections, %zu are open; some are turned away", peer,
                 prov_limits_count(station->limits));
    }
    return err;
}

void prov_station_take(struct prov_station *station, uv_tcp_t *tcp)
{
    struct xttd_conn_config config = {.first_ms = station->first_ms,
                                      .total_ms = station->total_ms,
                                      .done = handshake_done,
                                      .closed = connection_closed};
    struct prov_visit *visit = NULL;
    struct xtt_hs *hs;
    uint8_t address[16];
    char peer[XTTD_ADDR_TEXT];
    xtt_err err;

    xttd_net_print(tcp, 1, peer);
    xttd_net_peer(tcp, address);
    if ((err = enter(station, address, peer)) != XTT_OK)
        goto refuse;
    if ((err = new_visit(&visit, station, &hs)) != XTT_OK) {
        xttd_log(XTTD_ERR, "%s: turned away: %s", peer, xtt_err_text(err));
        prov_limits_leave(station->limits, address);
        goto refuse;
    }
    memcpy(visit->address, address, sizeof address);
    memcpy(visit->peer, peer, sizeof peer);
    link_visit(visit);
    config.arg = visit;
    if ((err = xttd_conn_new(&visit->conn, (uv_stream_t *)tcp, hs, &config)) != XTT_OK)
        connection_closed(visit); /* stream and handshake are gone already */
    return;
refuse:
    uv_close((uv_handle_t *)tcp, free_stream);
}

void prov_station_abort(struct prov_station *station)
{
    for (struct prov_visit *visit = station->visits; visit != NULL; visit = visit->next)
        xttd_conn_abort(visit->conn, XTT_ERR_TIMEOUT);
}
