/* SPDX-License-Identifier: Apache-2.0 */
/* The only source of randomness: whatever the caller injects, by default getrandom(2). */
#include <xtt/base.h>

#include <errno.h>
#include <sys/random.h>

static xtt_err draw_system(struct xtt_rng *rng, uint8_t *out, size_t n)
{
    (void)rng;
    while (n > 0) {
        ssize_t got = getrandom(out, n, 0);

        if (got < 0) {
            if (errno == EINTR)
                continue;
            return XTT_ERR_RNG;
        }
        out += got;
        n -= (size_t)got;
    }
    return XTT_OK;
}

struct xtt_rng *xtt_rng_system(void)
{
    /* Never written to; the type has no const so that other generators may carry state. */
    static struct xtt_rng rng = {draw_system};

    return &rng;
}

xtt_err xtt_rng_draw(struct xtt_rng *rng, uint8_t *out, size_t n)
{
    if (rng == NULL)
        rng = xtt_rng_system();
    return rng->draw(rng, out, n);
}
