/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device with a software member key for load and crash tests: it provisions itself at a real
 * station over a real socket, blocking, and remembers how far it came.
 */
#ifndef TEST_SUPPORT_DEVICE_H
#define TEST_SUPPORT_DEVICE_H

#include <xtt/xtt.h>

/* What all devices of a test share.  The issuer secret is the test's own, imported by the station.
 */
struct device_line {
    uint16_t port; /* of the station, on 127.0.0.1 */
    uint16_t suite;
    struct xtt_root root;
    uint8_t issuer_secret[64];
    uint8_t gpk[258];
    uint8_t basename[64];
    size_t basename_size;
};

enum device_progress {
    DEVICE_IDLE,       /* never tried, or no attest left it */
    DEVICE_SENT,       /* its attest was handed to the kernel; no answer */
    DEVICE_PROVISIONED /* it has an identity */
};

struct device {
    struct xtt_gsigner *member_key;
    struct xtt_signer *longterm_key;
    uint8_t credential[260];
    uint8_t pseudonym[65]; /* once its attest was made */
    enum device_progress progress;
    struct xtt_identity identity;
};

/* Reads gpk.bin, basename.bin, root.bin and issuer-secret.bin from dir.  0 on success. */
int device_line_load(struct device_line *line, const char *dir);
/* Makes keys and issues the credential.  Fails the program if that fails. */
void device_init(struct device *dev, const struct device_line *line);
void device_wipe(struct device *dev);
/* One handshake.  XTT_ERR_NETWORK and XTT_ERR_TRUNCATED if the station went away. */
xtt_err device_provision(struct device *dev, const struct device_line *line);

#endif
