/* SPDX-License-Identifier: Apache-2.0 */
/* bench [NAME...]: measures and prints; with names, only the lines that begin with one of them and
 * the anchors they are compared with. */
#include "test/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LINES_MAX 128
#define TURNS     25
#define TURN_NS   2e6 /* how long one turn of one line takes */

struct line {
    const char *name, *unit, *anchor;
    bench_op *op;
    void *arg;
    int repeat, shown;
    double turns[TURNS], value; /* ns per operation, or what bench_add_value was given */
};

struct bench {
    struct line lines[LINES_MAX];
    int n;
};

static void (*const areas[])(struct bench *b) = {bench_anchors,   bench_curve,  bench_daa,
                                                 bench_handshake, bench_tpm,    bench_registry,
                                                 bench_hsm,       bench_station};

void bench_need(int ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "bench: %s\n", what);
    exit(EXIT_FAILURE);
}

static double now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double time_of(const struct line *line, int repeat)
{
    double begin = now_ns();

    for (int i = 0; i < repeat; i++)
        line->op(line->arg);
    return now_ns() - begin;
}

static struct line *new_line(struct bench *b, const char *name, const char *unit,
                             const char *anchor)
{
    struct line *line;

    bench_need(b->n < LINES_MAX, "more lines than LINES_MAX");
    line = &b->lines[b->n++];
    *line = (struct line){.name = name, .unit = unit, .anchor = anchor};
    return line;
}

void bench_add(struct bench *b, const char *name, const char *unit, bench_op *op, void *arg,
               const char *anchor)
{
    struct line *line = new_line(b, name, unit, anchor);
    double spent;

    line->op = op;
    line->arg = arg;
    for (line->repeat = 1; (spent = time_of(line, line->repeat)) < TURN_NS / 4; line->repeat *= 2)
        ;
    line->repeat = (int)(line->repeat * TURN_NS / spent) + 1;
}

void bench_add_value(struct bench *b, const char *name, double value, const char *unit,
                     const char *anchor)
{
    new_line(b, name, unit, anchor)->value = value;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static struct line *find(struct bench *b, const char *name)
{
    for (int i = 0; i < b->n; i++)
        if (strcmp(b->lines[i].name, name) == 0)
            return &b->lines[i];
    return NULL;
}

/* Marks what is to be shown: all, or the lines named and their anchors. */
static void choose(struct bench *b, char **names, int n)
{
    for (int i = 0; i < b->n; i++) {
        struct line *line = &b->lines[i], *anchor;

        for (int j = 0; j < n; j++)
            line->shown |= strncmp(line->name, names[j], strlen(names[j])) == 0;
        line->shown |= n == 0;
        if (line->shown && line->anchor && (anchor = find(b, line->anchor)))
            anchor->shown = 1;
    }
}

static void measure(struct bench *b)
{
    for (int turn = 0; turn < TURNS; turn++)
        for (int i = 0; i < b->n; i++)
            if (b->lines[i].op && b->lines[i].shown)
                b->lines[i].turns[turn] =
                    time_of(&b->lines[i], b->lines[i].repeat) / b->lines[i].repeat;
    for (int i = 0; i < b->n; i++) {
        if (!b->lines[i].op)
            continue;
        qsort(b->lines[i].turns, TURNS, sizeof(double), compare);
        b->lines[i].value = b->lines[i].turns[TURNS / 2];
    }
}

static void print(struct bench *b)
{
    for (int i = 0; i < b->n; i++) {
        const struct line *line = &b->lines[i], *anchor;
        double shown = line->op && strcmp(line->unit, "us") == 0 ? line->value / 1e3 : line->value;

        if (!line->shown)
            continue;
        printf("%-24s %10.1f %s", line->name, shown, line->unit);
        if (line->anchor && (anchor = find(b, line->anchor)))
            printf(" ratio %.2f of %s", line->value / anchor->value, anchor->name);
        putchar('\n');
    }
}

int main(int argc, char **argv)
{
    const int status = bench_as_keyd(argc, argv);
    struct bench *b;

    if (status >= 0)
        return status;
    b = calloc(1, sizeof *b);
    bench_need(b != NULL, "out of memory");
    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++)
        areas[i](b);
    choose(b, argv + 1, argc - 1);
    measure(b);
    print(b);
    free(b);
    return EXIT_SUCCESS;
}
