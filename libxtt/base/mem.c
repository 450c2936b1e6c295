/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wiping, and arenas for secrets: one mapping of equal slots between two guard pages, locked and
 * kept out of dumps where the system allows it.  Not a general allocator.
 */
#include <xtt/base.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct xtt_arena {
    pthread_mutex_t lock;
    uint8_t *map; /* guard page, slots, guard page */
    size_t map_size;
    uint8_t *slots;
    size_t slot_size;
    size_t n;
    size_t next_free; /* index of the first free slot; n when there is none */
    int locked;
    size_t free_list[]; /* next_free of each free slot */
};

void xtt_wipe(void *p, size_t n)
{
    if (n == 0)
        return;
    memset(p, 0, n);
    /* The compiler must assume that p is read here, so the memset stays. */
    __asm__ __volatile__("" : : "r"(p) : "memory");
}

static size_t round_up(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
}

xtt_err xtt_arena_new(struct xtt_arena **out, size_t size, size_t n)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct xtt_arena *arena;
    size_t body;

    if (size == 0 || n == 0 || size > SIZE_MAX / 4 / n)
        return XTT_ERR_ARGUMENT;
    size = round_up(size, 64);
    body = round_up(size * n, page);
    if ((arena = calloc(1, sizeof *arena + n * sizeof arena->free_list[0])) == NULL)
        return XTT_ERR_NOMEM;
    arena->map_size = body + 2 * page;
    arena->map = mmap(NULL, arena->map_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (arena->map == MAP_FAILED) {
        free(arena);
        return XTT_ERR_NOMEM;
    }
    arena->slots = arena->map + page;
    if (mprotect(arena->slots, body, PROT_READ | PROT_WRITE) != 0) {
        munmap(arena->map, arena->map_size);
        free(arena);
        return XTT_ERR_NOMEM;
    }
    arena->locked = mlock(arena->slots, body) == 0;
    (void)madvise(arena->slots, body, MADV_DONTDUMP);
    (void)madvise(arena->slots, body, MADV_WIPEONFORK);
    pthread_mutex_init(&arena->lock, NULL);
    arena->slot_size = size;
    arena->n = n;
    for (size_t i = 0; i < n; i++)
        arena->free_list[i] = i + 1;
    *out = arena;
    return XTT_OK;
}

int xtt_arena_is_locked(const struct xtt_arena *arena)
{
    return arena->locked;
}

void *xtt_arena_get(struct xtt_arena *arena, size_t size)
{
    uint8_t *slot = NULL;

    if (size > arena->slot_size)
        return NULL;
    pthread_mutex_lock(&arena->lock);
    if (arena->next_free < arena->n) {
        slot = arena->slots + arena->next_free * arena->slot_size;
        arena->next_free = arena->free_list[arena->next_free];
    }
    pthread_mutex_unlock(&arena->lock);
    return slot; /* zero since it was mapped, or since it was put back */
}

void xtt_arena_put(struct xtt_arena *arena, void *slot)
{
    size_t i;

    if (slot == NULL)
        return;
    i = (size_t)((uint8_t *)slot - arena->slots) / arena->slot_size;
    xtt_wipe(slot, arena->slot_size);
    pthread_mutex_lock(&arena->lock);
    arena->free_list[i] = arena->next_free;
    arena->next_free = i;
    pthread_mutex_unlock(&arena->lock);
}

void xtt_arena_free(struct xtt_arena *arena)
{
    if (arena == NULL)
        return;
    xtt_wipe(arena->slots, round_up(arena->slot_size * arena->n, (size_t)sysconf(_SC_PAGESIZE)));
    munmap(arena->map, arena->map_size);
    pthread_mutex_destroy(&arena->lock);
    free(arena);
}
