/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve: listens, lends what it has loaded to each connection, reloads on SIGHUP, drains on
 * SIGTERM. One loop; what blocks runs in libuv's pool, in the registrar's thread or in keyd.
 */
#include "provisioner/cmd.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "daemon/file.h"
#include "daemon/log.h"
#include "daemon/net.h"
#include "daemon/notify.h"
#include "provisioner/load.h"

enum { LISTENERS_MAX = 16 };

/* One reload, in the pool. */
struct reload {
    uv_work_t work;
    struct xttd_config config;
    struct prov_settings settings;
    struct prov_loaded loaded;
    struct xttd_fail fail;
    xtt_err err;
};

struct serve {
    const struct xttd_call *call;
    const struct prov_settings *settings; /* as the station was started */
    struct prov_place place;              /* the registrar's registry */
    struct prov_station station;
    struct reload reload;
    int is_reloading, reload_again;
    int is_draining, is_ending;

    uv_loop_t loop;
    uv_tcp_t listeners[LISTENERS_MAX];
    size_t n_listeners;
    uv_signal_t term, interrupt, hangup;
    uv_timer_t drain, watchdog;
};

/* --- the end -------------------------------------------------------------------------------- */

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void stop_listening(struct serve *serve)
{
    for (size_t i = 0; i < serve->n_listeners; i++)
        close_handle((uv_handle_t *)&serve->listeners[i]);
}

/* With nothing left to wait for, the loop ends. */
static void end(struct serve *serve)
{
    if (serve->is_ending)
        return;
    serve->is_ending = 1;
    stop_listening(serve);
    close_handle((uv_handle_t *)&serve->term);
    close_handle((uv_handle_t *)&serve->interrupt);
    close_handle((uv_handle_t *)&serve->hangup);
    close_handle((uv_handle_t *)&serve->drain);
    close_handle((uv_handle_t *)&serve->watchdog);
}

static void became_idle(void *arg)
{
    struct serve *serve = arg;

    if (serve->is_draining)
        end(serve);
}

static void drain_is_over(uv_timer_t *timer)
{
    struct serve *serve = timer->data;

    xttd_log(XTTD_WARNING, "%zu handshakes did not end in time and are given up",
             prov_limits_count(serve->station.limits));
    prov_station_abort(&serve->station);
}

static void begin_drain(uv_signal_t *handle, int number)
{
    struct serve *serve = handle->data;

    if (serve->is_draining) { /* asked twice */
        prov_station_abort(&serve->station);
        return;
    }
    serve->is_draining = 1;
    xttd_notify_stopping();
    xttd_log(XTTD_INFO, "%s: %zu handshakes in flight are finished first",
             number == SIGTERM ? "SIGTERM" : "SIGINT", prov_limits_count(serve->station.limits));
    stop_listening(serve);
    if (serve->station.visits == NULL)
        end(serve);
    else
        uv_timer_start(&serve->drain, drain_is_over, serve->settings->drain, 0);
}

/* --- reloading ------------------------------------------------------------------------------ */

/* What a reload takes over. */
static void install(struct serve *serve, const struct prov_loaded *loaded,
                    const struct prov_settings *settings)
{
    struct prov_station *station = &serve->station;

    prov_roster_drop(station->roster);
    station->roster = loaded->roster;
    memcpy(station->certificate, loaded->certificate, sizeof station->certificate);
    memcpy(station->label, loaded->label, sizeof station->label);
    memcpy(station->suites, loaded->suites, sizeof station->suites);
    station->n_suites = loaded->n_suites;
    station->first_ms = settings->first_message;
    station->total_ms = settings->handshake;
    xttd_log_level((enum xttd_level)settings->log_level);
}

static void reload_in_pool(uv_work_t *work)
{
    struct serve *serve = work->data;
    struct reload *reload = &serve->reload;
    struct prov_keyd *keyd;

    reload->err =
        xttd_cmd_configure(serve->call, &reload->config, &reload->settings, &reload->fail);
    if (reload->err != XTT_OK)
        return;
    if ((keyd = prov_keyring_take(serve->station.keys)) == NULL) {
        reload->err = xttd_fail(&reload->fail, XTT_ERR_HSM_UNREACHABLE, "keyd is gone");
        return;
    }
    reload->err = prov_load(&reload->loaded, &reload->settings, keyd, &reload->fail);
    prov_keyring_give(serve->station.keys);
}

/* Settings that a running station keeps. */
static void tell_what_needs_a_restart(const struct serve *serve)
{
    static const char *const names[] = {"station.state",   "station.token",
                                        "station.listen",  "station.connections",
                                        "station.workers", "station.connections-per-prefix"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(xttd_config_get(&serve->call->config, names[i]),
                   xttd_config_get(&serve->reload.config, names[i])) != 0)
            xttd_log(XTTD_WARNING, "the new %s counts after a restart", names[i]);
}

static void begin_reload(struct serve *serve);

static void tell_ready(const struct serve *serve, const char *address)
{
    xttd_notify_ready();
    xttd_notify_status("listening on %s, %zu groups", address,
                       prov_roster_size(serve->station.roster));
}

static void reload_done(uv_work_t *work, int status)
{
    struct serve *serve = work->data;
    struct reload *reload = &serve->reload;
    char address[XTTD_ADDR_TEXT];

    (void)status;
    if (reload->err == XTT_OK) {
        tell_what_needs_a_restart(serve);
        install(serve, &reload->loaded, &reload->settings);
        xttd_log(XTTD_INFO, "reloaded: %zu groups", prov_roster_size(serve->station.roster));
    } else {
        xttd_log(XTTD_ERR, "not reloaded, the station goes on as it was: %s%s%s",
                 reload->fail.message, reload->fail.message[0] != '\0' ? ": " : "",
                 reload->fail.remedy[0] != '\0' ? reload->fail.remedy : xtt_err_text(reload->err));
    }
    xttd_config_close(&reload->config);
    serve->is_reloading = 0;
    if (serve->is_draining)
        return;
    xttd_net_print(&serve->listeners[0], 0, address);
    tell_ready(serve, address);
    if (serve->reload_again)
        begin_reload(serve);
}

static void begin_reload(struct serve *serve)
{
    serve->reload_again = 0;
    serve->is_reloading = 1;
    memset(&serve->reload, 0, sizeof serve->reload);
    serve->reload.work.data = serve;
    xttd_notify_reloading();
    if (uv_queue_work(&serve->loop, &serve->reload.work, reload_in_pool, reload_done) != 0)
        serve->is_reloading = 0;
}

static void on_hangup(uv_signal_t *handle, int number)
{
    struct serve *serve = handle->data;

    (void)number;
    if (serve->is_draining)
        return;
    if (serve->is_reloading)
        serve->reload_again = 1;
    else
        begin_reload(serve);
}

/* --- listening ------------------------------------------------------------------------------ */

static void on_connection(uv_stream_t *listener, int status)
{
    struct serve *serve = listener->data;
    uv_tcp_t *tcp;

    if (status != 0 || xttd_net_accept(listener, &tcp) != XTT_OK) {
        xttd_log(XTTD_WARNING, "a connection could not be taken: %s",
                 status != 0 ? uv_strerror(status) : "out of memory or descriptors");
        return;
    }
    prov_station_take(&serve->station, tcp);
}

static xtt_err listen_on(struct serve *serve, const char *text, struct xttd_fail *fail)
{
    uv_tcp_t *tcp = &serve->listeners[serve->n_listeners];
    char address[XTTD_ADDR_TEXT];
    struct xttd_addr addr;
    xtt_err err;

    if (serve->n_listeners == LISTENERS_MAX)
        return xttd_fail(fail, XTT_ERR_CONFIG, "station.listen takes at most %d addresses",
                         LISTENERS_MAX);
    if ((err = xttd_addr_parse(text, &addr, fail)) != XTT_OK ||
        (err = xttd_net_listen(&serve->loop, &addr, tcp, on_connection, fail)) != XTT_OK)
        return err;
    tcp->data = serve;
    serve->n_listeners++;
    xttd_net_print(tcp, 0, address);
    xttd_log(XTTD_INFO, "listening on %s", address);
    return XTT_OK;
}

/* STATE/port holds the first listener's port: for tests, and for whoever let the system choose. */
static xtt_err write_port(struct serve *serve, char address[XTTD_ADDR_TEXT], struct xttd_fail *fail)
{
    char path[PROV_PATH_SIZE], text[16];
    xtt_err err;

    xttd_net_print(&serve->listeners[0], 0, address);
    snprintf(text, sizeof text, "%.6s\n", strrchr(address, ':') + 1);
    if ((err = prov_place_path(serve->settings, "port", path, fail)) != XTT_OK)
        return err;
    return xttd_file_write(path, text, strlen(text), 0644, fail);
}

static xtt_err listen_all(struct serve *serve, struct xttd_fail *fail)
{
    const struct xttd_list *list = &serve->settings->listen;
    char address[XTTD_ADDR_TEXT];
    xtt_err err;

    if (list->n == 0)
        return xttd_fail(fail, XTT_ERR_CONFIG, "station.listen names no address");
    for (size_t i = 0; i < list->n; i++)
        if ((err = listen_on(serve, list->items[i], fail)) != XTT_OK)
            return err;
    if ((err = write_port(serve, address, fail)) == XTT_OK)
        tell_ready(serve, address);
    return err;
}

/* --- the beginning -------------------------------------------------------------------------- */

static void on_watchdog(uv_timer_t *timer)
{
    (void)timer;
    xttd_notify_watchdog();
}

static void watch_signal(struct serve *serve, uv_signal_t *handle, uv_signal_cb run, int number)
{
    (void)uv_signal_init(&serve->loop, handle);
    handle->data = serve;
    (void)uv_signal_start(handle, run, number);
}

static void start_handles(struct serve *serve)
{
    const uint64_t watchdog_ms = xttd_notify_interval();

    watch_signal(serve, &serve->term, begin_drain, SIGTERM);
    watch_signal(serve, &serve->interrupt, begin_drain, SIGINT);
    watch_signal(serve, &serve->hangup, on_hangup, SIGHUP);
    (void)uv_timer_init(&serve->loop, &serve->drain);
    serve->drain.data = serve;
    (void)uv_timer_init(&serve->loop, &serve->watchdog);
    if (watchdog_ms > 0)
        uv_timer_start(&serve->watchdog, on_watchdog, watchdog_ms, watchdog_ms);
}

/* A descriptor for each connection, and some. */
static void raise_limits(const struct prov_settings *settings)
{
    const rlim_t wanted = (rlim_t)settings->connections + 256;
    const uint64_t workers =
        settings->workers != 0 ? settings->workers : uv_available_parallelism();
    struct rlimit limit;
    char text[16];

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < wanted) {
        limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted)
            xttd_log(XTTD_WARNING,
                     "only %llu descriptors are allowed: not all of %llu connections "
                     "will be possible",
                     (unsigned long long)limit.rlim_cur, (unsigned long long)settings->connections);
    }
    snprintf(text, sizeof text, "%llu", (unsigned long long)workers);
    (void)setenv("UV_THREADPOOL_SIZE", text, 1); /* libuv's only way to be told */
}

/* On the registrar's thread. */
static void registry_failed(void *arg, const char *text)
{
    (void)arg;
    xttd_log(XTTD_ERR, "%s", text);
}

static xtt_err load_first(struct serve *serve, struct xttd_fail *fail)
{
    struct prov_keyd *keyd = prov_keyring_take(serve->station.keys);
    struct prov_loaded loaded;
    xtt_err err;

    if (keyd == NULL)
        return xttd_fail(fail, XTT_ERR_HSM_UNREACHABLE, "keyd ended as soon as it was there");
    if ((err = prov_load(&loaded, serve->settings, keyd, fail)) == XTT_OK)
        install(serve, &loaded, serve->settings);
    prov_keyring_give(serve->station.keys);
    return err;
}

static xtt_err make_station(struct serve *serve, struct xttd_fail *fail)
{
    const struct prov_settings *settings = serve->settings;
    struct prov_station *station = &serve->station;
    xtt_err err;

    station->idle = became_idle;
    station->arg = serve;
    if ((err = prov_keyring_open(&station->keys, serve->call, fail)) != XTT_OK ||
        (err = load_first(serve, fail)) != XTT_OK)
        return err;
    if ((err = prov_limits_new(&station->limits, (size_t)settings->connections,
                               (size_t)settings->connections_per_prefix)) != XTT_OK ||
        (err = xtt_arena_new(&station->arena, xtt_hs_secret_size(),
                             (size_t)settings->connections + 1)) != XTT_OK)
        return err;
    if (!xtt_arena_is_locked(station->arena))
        xttd_log(XTTD_WARNING, "the handshakes' secrets cannot be locked into memory; raise the "
                               "limit (LimitMEMLOCK=, ulimit -l)");
    return prov_registrar_new(&station->registrar, serve->place.reg, NULL, registry_failed, NULL);
}

static void free_station(struct prov_station *station)
{
    prov_registrar_free(station->registrar);
    prov_roster_drop(station->roster);
    prov_keyring_close(station->keys);
    prov_limits_free(station->limits);
    xtt_arena_free(station->arena);
}

static xtt_err run(struct serve *serve, struct xttd_fail *fail)
{
    xtt_err err;

    if (uv_loop_init(&serve->loop) != 0)
        return XTT_ERR_NOMEM;
    start_handles(serve);
    if ((err = listen_all(serve, fail)) != XTT_OK)
        end(serve);
    (void)uv_run(&serve->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&serve->loop);
    return err;
}

xtt_err prov_cmd_serve(struct xttd_call *call)
{
    struct serve *serve = calloc(1, sizeof *serve);
    char port[PROV_PATH_SIZE];
    xtt_err err;

    if (serve == NULL)
        return XTT_ERR_NOMEM;
    serve->call = call;
    serve->settings = call->settings;
    raise_limits(serve->settings);
    if ((err = prov_place_open(&serve->place, call, 0)) != XTT_OK)
        goto out;
    if ((err = make_station(serve, &call->fail)) == XTT_OK)
        err = run(serve, &call->fail);
    free_station(&serve->station);
    prov_place_close(&serve->place);
    if (prov_place_path(serve->settings, "port", port, NULL) == XTT_OK)
        unlink(port);
    if (err == XTT_OK)
        xttd_log(XTTD_INFO, "ended");
out:
    free(serve);
    return err;
}
