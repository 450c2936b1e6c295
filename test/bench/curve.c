/* SPDX-License-Identifier: Apache-2.0 */
/* Lines for FP256BN: fields, points, the pairing and its parts. */
#include "test/bench/bench.h"

#include "curve/pairing.h"
#include "daa/daa.h"

static struct {
    struct fp a, b;
    struct fp2 x, y;
    struct scalar k, m;
    struct g1 p, q;
    struct g2 s;
    struct fp12 f;
    struct pairing_lines lines;
    struct pairing_factor factors[3];
} in;

static void fp_mul(void *arg)
{
    (void)arg;
    xtt_fp_mul(&in.a, &in.a, &in.b);
}

static void fp2_mul(void *arg)
{
    (void)arg;
    xtt_fp2_mul(&in.x, &in.x, &in.y);
}

static void g1_mul(void *arg)
{
    struct g1 o;

    (void)arg;
    xtt_g1_mul(&o, &in.p, &in.k);
}

static void g1_mul_base(void *arg)
{
    struct g1 o;

    (void)arg;
    xtt_g1_mul_base(&o, &in.k);
}

static void g1_mul2_vartime(void *arg)
{
    struct g1 o;

    (void)arg;
    xtt_g1_mul2_vartime(&o, &in.k, &in.p, &in.m, &in.q);
}

static void g2_mul(void *arg)
{
    struct g2 o;

    (void)arg;
    xtt_g2_mul(&o, &in.s, &in.k);
}

static void pairing(void *arg)
{
    struct fp12 o;

    (void)arg;
    xtt_pairing(&o, &in.p, &in.s);
}

static void prepare(void *arg)
{
    (void)arg;
    xtt_pairing_prepare(&in.lines, &in.s);
}

static void miller(void *arg)
{
    struct fp12 o;

    (void)arg;
    xtt_pairing_miller(&o, in.factors, 1);
}

static void final(void *arg)
{
    struct fp12 o;

    (void)arg;
    xtt_pairing_final(&o, &in.f);
}

static void product3(void *arg)
{
    struct fp12 o;

    (void)arg;
    xtt_pairing_product(&o, in.factors, 3);
}

void bench_curve(struct bench *b)
{
    const char *anchor = "openssl_p256_verify";

    bench_need(xtt_daa_draw(NULL, &in.k) == XTT_OK && xtt_daa_draw(NULL, &in.m) == XTT_OK,
               "randomness");
    xtt_g1_mul_base(&in.p, &in.k);
    xtt_g1_mul_base(&in.q, &in.m);
    xtt_g2_mul(&in.s, &xtt_g2_generator, &in.m);
    in.a = in.p.x;
    in.b = in.p.y;
    in.x = in.s.x;
    in.y = in.s.y;
    xtt_pairing_prepare(&in.lines, &in.s);
    for (int i = 0; i < 3; i++)
        in.factors[i] = (struct pairing_factor){i ? in.q : in.p, &in.lines};
    xtt_pairing_miller(&in.f, in.factors, 1);

    bench_add(b, "fp_mul", "ns", fp_mul, NULL, NULL);
    bench_add(b, "fp2_mul", "ns", fp2_mul, NULL, "fp_mul");
    bench_add(b, "g1_mul_ct", "us", g1_mul, NULL, "openssl_x25519");
    bench_add(b, "g1_mul_base", "us", g1_mul_base, NULL, "openssl_x25519");
    bench_add(b, "g1_mul2_vartime", "us", g1_mul2_vartime, NULL, "openssl_x25519");
    bench_add(b, "g2_mul", "us", g2_mul, NULL, "openssl_x25519");
    bench_add(b, "pairing", "us", pairing, NULL, anchor);
    bench_add(b, "pairing_prepare", "us", prepare, NULL, anchor);
    bench_add(b, "pairing_miller", "us", miller, NULL, anchor);
    bench_add(b, "pairing_final", "us", final, NULL, anchor);
    bench_add(b, "pairing_product3", "us", product3, NULL, anchor);
}
