/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kills a real station with SIGKILL at random instants while devices provision themselves, many
 * rounds over, and holds it to its promise: what a device was told is in the registry, and asking
 * again gives the same identity.  With --power-cut, what was not synced is lost as well
 * (support/unsynced.c).
 *
 *   crash LINE_DIR STATE_DIR ROUNDS SEED [--power-cut SHADOW_DIR] -- STATION ARGUMENTS...
 *
 * The station writes its port to STATE_DIR/port.  What became of the devices that were in flight is
 * counted: killed before the commit, between commit and send, after the send.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "test/support/device.h"

enum { WORKERS = 24, DEVICES_MAX = 4096 }; /* devices of old rounds are reused */

static struct {
    struct device_line line;
    const char *state, *shadow;
    char **station;
    pid_t pid;
    struct device *devices;
    atomic_int next_device; /* of this round */
    atomic_int provisioned; /* in this round */
    atomic_int stop;
    int first, last; /* devices of this round */
    unsigned before, between, after, retried;
    unsigned in_flight_least;
} test;

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "crash: %s (%s)\n", what, strerror(errno));
    if (test.pid > 0)
        kill(test.pid, SIGKILL);
    exit(EXIT_FAILURE);
}

static void pause_ms(long ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000};

    nanosleep(&t, NULL);
}

static void read_port(void)
{
    char path[PATH_MAX], text[16] = "";
    unsigned port = 0;

    snprintf(path, sizeof path, "%s/port", test.state);
    /* Readiness is the file: it appears whole, by rename, after the socket listens. */
    for (int i = 0; i < 3000 && port == 0; i++) {
        FILE *f = fopen(path, "r");

        if (f != NULL) {
            if (fgets(text, sizeof text, f) != NULL)
                port = (unsigned)strtoul(text, NULL, 10);
            fclose(f);
        }
        if (port == 0) {
            if (waitpid(test.pid, NULL, WNOHANG) == test.pid) {
                test.pid = 0;
                die("the station ended instead of listening");
            }
            pause_ms(10);
        }
    }
    if (port == 0)
        die("the station does not listen");
    test.line.port = (uint16_t)port;
}

static void copy(const char *from, const char *to)
{
    char buf[65536];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    size_t n;

    if (in == NULL || out == NULL)
        die(from);
    while ((n = fread(buf, 1, sizeof buf, in)) > 0)
        if (fwrite(buf, 1, n, out) != n)
            die(to);
    fclose(in);
    fclose(out);
}

/* The registry's files as one place has them become those of the other, missing ones included. */
static void mirror(const char *from_dir, const char *to_dir)
{
    static const char *const files[] = {"registry.db", "registry.db-wal"};
    char from[PATH_MAX], to[PATH_MAX];

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(from, sizeof from, "%s/%s", from_dir, files[i]);
        snprintf(to, sizeof to, "%s/%s", to_dir, files[i]);
        if (access(from, F_OK) == 0)
            copy(from, to);
        else
            unlink(to);
    }
}

/* Puts back what was synced: the registry as a power cut would have left it. */
static void lose_unsynced(void)
{
    char shm[PATH_MAX];

    if (test.shadow == NULL)
        return;
    mirror(test.shadow, test.state);
    snprintf(shm, sizeof shm, "%s/registry.db-shm", test.state);
    unlink(shm); /* never durable: rebuilt from the log */
}

static void start_station(void)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/port", test.state);
    unlink(path);
    if (test.shadow != NULL)
        mirror(test.state, test.shadow); /* what is there now is durable */
    if ((test.pid = fork()) < 0)
        die("fork");
    if (test.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (freopen("station.log", "a", stderr) == NULL)
            _exit(127);
        if (test.shadow != NULL)
            setenv("LD_PRELOAD", getenv("UNSYNCED_SO"), 1);
        execv(test.station[0], test.station);
        perror(test.station[0]);
        _exit(127);
    }
    read_port();
}

static void kill_station(void)
{
    if (kill(test.pid, SIGKILL) != 0 || waitpid(test.pid, NULL, 0) != test.pid)
        die("killing the station");
    test.pid = 0;
}

static int registry_has(sqlite3_stmt *find, const struct device *dev, uint8_t id[16])
{
    int has;

    sqlite3_reset(find);
    sqlite3_bind_blob(find, 1, dev->pseudonym, 65, SQLITE_STATIC);
    has = sqlite3_step(find) == SQLITE_ROW && sqlite3_column_bytes(find, 0) == 16;
    if (has)
        memcpy(id, sqlite3_column_blob(find, 0), 16);
    return has;
}

/* Where the kill caught each device of the round, and whether the registry kept its promise. */
static void judge_round(void)
{
    char path[PATH_MAX];
    sqlite3 *db;
    sqlite3_stmt *find;
    uint8_t id[16];

    snprintf(path, sizeof path, "%s/registry.db", test.state);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, "SELECT client_id FROM identities WHERE pseudonym = ?1", -1, &find,
                           NULL) != SQLITE_OK)
        die(sqlite3_errmsg(db));
    for (int i = test.first; i < test.last; i++) {
        struct device *dev = &test.devices[i];
        const int has = registry_has(find, dev, id);

        if (dev->progress == DEVICE_PROVISIONED) {
            if (!has || memcmp(id, dev->identity.id, 16) != 0)
                die("a device was told an identity that the registry lost");
            test.after++;
        } else if (dev->progress == DEVICE_SENT) {
            if (has) {
                memcpy(dev->identity.id, id, 16);
                dev->identity.suite = 1; /* this id is its own from now on */
                test.between++;
            } else {
                test.before++;
            }
        }
    }
    sqlite3_finalize(find);
    sqlite3_close(db);
}

static void *work(void *arg)
{
    (void)arg;
    while (!atomic_load(&test.stop)) {
        int i = atomic_fetch_add(&test.next_device, 1);

        if (i >= test.last)
            break;
        if (device_provision(&test.devices[i], &test.line) == XTT_OK)
            atomic_fetch_add(&test.provisioned, 1);
        else if (!atomic_load(&test.stop))
            break; /* the station is gone */
    }
    return NULL;
}

/* Every device that got as far as sending in the last round asks again and must get the same. */
static void *retry(void *arg)
{
    int *next = arg, i;

    while ((i = __atomic_fetch_add(next, 1, __ATOMIC_RELAXED)) < test.last) {
        struct device *dev = &test.devices[i];
        const struct device was = *dev;
        xtt_err err;

        if (was.progress == DEVICE_IDLE)
            continue;
        if ((err = device_provision(dev, &test.line)) != XTT_OK) {
            fprintf(stderr, "crash: %s\n", xtt_err_name(err));
            die("a retry was refused");
        }
        if ((was.progress == DEVICE_PROVISIONED || was.identity.suite != 0) &&
            memcmp(was.identity.id, dev->identity.id, 16) != 0)
            die("a retry gave another identity");
        __atomic_fetch_add(&test.retried, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

static void run_workers(void *(*body)(void *), void *arg, pthread_t threads[WORKERS])
{
    for (int i = 0; i < WORKERS; i++)
        if (pthread_create(&threads[i], NULL, body, arg) != 0)
            die("pthread_create");
}

static void join_workers(pthread_t threads[WORKERS])
{
    for (int i = 0; i < WORKERS; i++)
        pthread_join(threads[i], NULL);
}

static void play_round(unsigned *seed)
{
    pthread_t threads[WORKERS];
    const int kill_after = 1 + rand_r(seed) % (3 * WORKERS);
    unsigned in_flight;
    int next;

    test.first = test.last;
    test.last += 4 * WORKERS;
    if (test.last > DEVICES_MAX)
        test.first = 0, test.last = 4 * WORKERS;
    for (int i = test.first; i < test.last; i++) {
        device_wipe(&test.devices[i]);
        device_init(&test.devices[i], &test.line);
    }
    atomic_store(&test.next_device, test.first);
    atomic_store(&test.provisioned, 0);
    atomic_store(&test.stop, 0);
    start_station();
    run_workers(work, NULL, threads);
    while (atomic_load(&test.provisioned) < kill_after)
        sched_yield();
    pause_ms(rand_r(seed) % 8);
    atomic_store(&test.stop, 1);
    in_flight =
        (unsigned)(atomic_load(&test.next_device) - test.first - atomic_load(&test.provisioned));
    if (in_flight < test.in_flight_least)
        test.in_flight_least = in_flight;
    kill_station();
    join_workers(threads);
    lose_unsynced();
    judge_round();
    start_station();
    next = test.first;
    run_workers(retry, &next, threads);
    join_workers(threads);
    kill_station();
    lose_unsynced();
}

int main(int argc, char **argv)
{
    unsigned seed;
    int rounds, at = 5;

    if (argc < 7)
        die("usage: crash LINE_DIR STATE_DIR ROUNDS SEED [--power-cut SHADOW_DIR] -- STATION...");
    if (device_line_load(&test.line, argv[1]) != 0)
        die("the line's files");
    test.line.suite = 0x0101;
    if ((test.state = realpath(argv[2], NULL)) == NULL) /* as /proc names it to the shim */
        die(argv[2]);
    rounds = atoi(argv[3]);
    seed = (unsigned)strtoul(argv[4], NULL, 10);
    if (strcmp(argv[at], "--power-cut") == 0) {
        test.shadow = argv[at + 1];
        setenv("UNSYNCED_DIR", test.state, 1);
        setenv("UNSYNCED_SHADOW", test.shadow, 1);
        at += 2;
    }
    test.station = argv + at + 1;
    test.in_flight_least = UINT_MAX;
    test.devices = calloc(DEVICES_MAX, sizeof *test.devices);
    if (test.devices == NULL)
        die("memory");
    for (int i = 0; i < rounds; i++)
        play_round(&seed);
    printf("rounds %d  in flight at least %u  before commit %u  between commit and send %u"
           "  after send %u  retried %u\n",
           rounds, test.in_flight_least, test.before, test.between, test.after, test.retried);
    for (int i = 0; i < DEVICES_MAX; i++)
        device_wipe(&test.devices[i]);
    free(test.devices);
    return EXIT_SUCCESS;
}
