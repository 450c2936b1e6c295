/* SPDX-License-Identifier: Apache-2.0 */
/* The state directory; see store.h. */
#include "agent/store.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/file.h"
#include "daemon/hex.h"
#include "daemon/log.h"

#define STATE_MAX 65536
#define LINK      "longterm.pem"

struct agent_store {
    char dir[PATH_MAX - 128]; /* leaves room for every name in it */
    int lock;
    struct agent_state state;
};

static void name_in(const struct agent_store *store, const char *name, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%s/%s", store->dir, name);
}

static xtt_err read_record(struct agent_store *store, struct xttd_fail *fail)
{
    struct xttd_fail why = {0};
    char path[PATH_MAX];
    uint8_t *text;
    size_t n;
    xtt_err err;

    name_in(store, "state.json", path);
    err = xttd_file_read(path, STATE_MAX, &text, &n, &why);
    if (err == XTT_ERR_NOT_FOUND)
        return XTT_OK; /* a new device */
    if (err != XTT_OK) {
        *fail = why;
        return err;
    }
    err = agent_state_decode(text, n, path, &store->state, fail);
    xttd_file_free(text, n);
    return err;
}

static xtt_err lock(struct agent_store *store, struct xttd_fail *fail)
{
    char path[PATH_MAX];
    xtt_err err;

    if ((err = xttd_file_make_dir(store->dir, 0700, fail)) != XTT_OK)
        return xttd_fail_remedy(fail, "choose the state directory with --state, or run as the user "
                                      "it belongs to");
    name_in(store, "lock", path);
    return xttd_file_lock(path, &store->lock, fail);
}

xtt_err agent_store_open(struct agent_store **out, const char *dir, enum agent_access access,
                         struct xttd_fail *fail)
{
    struct agent_store *store = calloc(1, sizeof *store);
    xtt_err err = XTT_OK;

    if (store == NULL)
        return xttd_fail(fail, XTT_ERR_NOMEM, "out of memory");
    store->lock = -1;
    if (strlen(dir) >= sizeof store->dir)
        err = xttd_fail(fail, XTT_ERR_IO, "the name of the state directory is too long");
    else
        strcpy(store->dir, dir);
    if (err == XTT_OK && access == AGENT_WRITE)
        err = lock(store, fail);
    if (err == XTT_OK)
        err = read_record(store, fail);
    if (err == XTT_OK)
        *out = store;
    else
        agent_store_close(store);
    return err;
}

void agent_store_close(struct agent_store *store)
{
    if (store == NULL)
        return;
    xttd_file_unlock(store->lock);
    free(store);
}

const struct agent_state *agent_store_get(const struct agent_store *store)
{
    return &store->state;
}

/* Points longterm.pem at the present key.  A convenience for others: nothing of ours follows it. */
static xtt_err point_link(const struct agent_store *store, struct xttd_fail *fail)
{
    const struct agent_key *key = &store->state.longterm;
    char path[PATH_MAX], fresh[PATH_MAX], now[sizeof key->file + 1];
    ssize_t n;

    name_in(store, LINK, path);
    name_in(store, LINK ".new", fresh);
    if ((n = readlink(path, now, sizeof now - 1)) >= 0) {
        now[n] = '\0';
        if (strcmp(now, key->file) == 0)
            return XTT_OK;
    }
    if (strcmp(key->kind, "tpm") != 0) {
        if (unlink(path) != 0 && errno != ENOENT)
            return xttd_fail_errno(fail, XTT_ERR_IO, "cannot remove %s", path);
        return XTT_OK;
    }
    if (unlink(fresh) != 0 && errno != ENOENT)
        return xttd_fail_errno(fail, XTT_ERR_IO, "cannot remove %s", fresh);
    if (symlink(key->file, fresh) != 0)
        return xttd_fail_errno(fail, XTT_ERR_IO, "cannot make the link %s", fresh);
    if (rename(fresh, path) != 0)
        return xttd_fail_errno(fail, XTT_ERR_IO, "cannot rename %s", fresh);
    return xttd_file_sync_dir(path, fail);
}

static int is_key_file(const char *name)
{
    return strncmp(name, "member-", 7) == 0 || strncmp(name, "longterm-", 9) == 0;
}

static int is_named(const struct agent_state *state, const char *name)
{
    return strcmp(name, state->member.file) == 0 || strcmp(name, state->longterm.file) == 0 ||
           strcmp(name, state->pending.file) == 0;
}

/* Removes key files that the record does not name.  What cannot be removed harms nobody. */
static void sweep(const struct agent_store *store)
{
    DIR *dir = opendir(store->dir);
    const struct dirent *entry;

    if (dir == NULL)
        return;
    while ((entry = readdir(dir)) != NULL)
        if (is_key_file(entry->d_name) && !is_named(&store->state, entry->d_name) &&
            unlinkat(dirfd(dir), entry->d_name, 0) != 0)
            xttd_log(XTTD_WARNING, "cannot remove the old key file %s", entry->d_name);
    closedir(dir);
}

xtt_err agent_store_commit(struct agent_store *store, const struct agent_state *next,
                           struct xttd_fail *fail)
{
    struct xttd_fail why = {0};
    char path[PATH_MAX], *text;
    xtt_err err;

    if ((err = agent_state_encode(next, &text, fail)) != XTT_OK)
        return err;
    name_in(store, "state.json", path);
    err = xttd_file_write(path, text, strlen(text), 0600, fail);
    free(text);
    if (err != XTT_OK)
        return err;
    store->state = *next;
    /* The state is the new one from here on; what follows only tidies up. */
    if (point_link(store, &why) != XTT_OK)
        xttd_log(XTTD_WARNING, "%s", why.message);
    sweep(store);
    return XTT_OK;
}

xtt_err agent_store_add_key(struct agent_store *store, const char *role, const char *extension,
                            xtt_bytes text, struct agent_key *key, struct xttd_fail *fail)
{
    char mark[9], path[PATH_MAX];

    xttd_hex_print(key->public_key + 1, 4, mark);
    snprintf(key->file, sizeof key->file, "%s-%s.%s", role, mark, extension);
    name_in(store, key->file, path);
    return xttd_file_write(path, text.p, text.n, 0600, fail);
}

xtt_err agent_store_read_key(const struct agent_store *store, const struct agent_key *key,
                             uint8_t **text, size_t *n, struct xttd_fail *fail)
{
    char path[PATH_MAX];
    xtt_err err;

    name_in(store, key->file, path);
    err = xttd_file_read(path, AGENT_KEY_MAX, text, n, fail);
    return err == XTT_ERR_NOT_FOUND
               ? xttd_fail(fail, XTT_ERR_TPM_KEY, "the key file %s is gone", path)
               : err;
}

void agent_store_path(const struct agent_store *store, const struct agent_key *key, char *path,
                      size_t cap)
{
    if (key == NULL)
        snprintf(path, cap, "%s", store->dir);
    else
        snprintf(path, cap, "%s/%s", store->dir, key->file);
}
