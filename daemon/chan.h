/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames between processes of one station over a UNIX stream socket, and fields inside a frame.
 * What the fields mean is for the two ends to say.  Not for the network.
 *
 *   frame: u32 length of what follows, u32 id, u16 code, body;   field: u16 length, bytes
 */
#ifndef XTTD_CHAN_H
#define XTTD_CHAN_H

#include <sys/types.h>

#include <xtt/base.h>

#define XTTD_FRAME_MAX  16384 /* whole, in bytes */
#define XTTD_FRAME_HEAD 10

struct xttd_frame {
    uint32_t id;    /* the asker's; the answer carries the same */
    uint16_t code;  /* of an operation, or of an outcome */
    xtt_bytes body; /* borrowed from where it was read */
};

/* A body being written: field after field into a buffer of the frame's own. */
struct xttd_body {
    uint8_t bytes[XTTD_FRAME_MAX];
    size_t n; /* of the whole frame so far, its head included */
    int is_full;
};

void xttd_body_init(struct xttd_body *body);
/* Adds a field; one that does not fit makes xttd_frame_send fail. */
void xttd_body_add(struct xttd_body *body, const void *p, size_t n);
/* Takes the next field off a body.  XTT_ERR_FORMAT if there is none. */
XTT_MUST xtt_err xttd_body_take(xtt_bytes *body, xtt_bytes *field);
/* The same, and it must have exactly n bytes, which are copied to out. */
XTT_MUST xtt_err xttd_body_take_exactly(xtt_bytes *body, uint8_t *out, size_t n);

/* Sends the frame, waiting for room.  XTT_ERR_LENGTH if a field did not fit; XTT_ERR_IO. */
XTT_MUST xtt_err xttd_frame_send(int fd, uint32_t id, uint16_t code, struct xttd_body *body);
/* Waits for a frame; buf holds it.  XTT_ERR_TRUNCATED at the end of the stream, XTT_ERR_FORMAT for
 * a length that no frame has, XTT_ERR_IO. */
XTT_MUST xtt_err xttd_frame_receive(int fd, uint8_t buf[XTTD_FRAME_MAX], struct xttd_frame *out);

/* Takes the first frame off bytes that were read; its body points into them.  XTT_AGAIN if it is
 * not all there yet, XTT_ERR_FORMAT. */
XTT_MUST xtt_err xttd_frame_take(xtt_bytes *in, struct xttd_frame *out);
/* Reads what is there, at most n bytes, without waiting: how many, 0 if there is nothing now, -1
 * when the other end has hung up. */
ssize_t xttd_chan_read(int fd, uint8_t *p, size_t n);

/* Two connected ends, closed on exec.  0, or -1 and errno. */
int xttd_chan_pair(int ends[2]);
/* Ends the stream in both directions, which wakes whoever waits for a frame; fd stays open. */
void xttd_chan_hang_up(int fd);
/* A socket that takes connections on path, which is made with mode 0600 in place of an old one. The
 * descriptor, or -1 and errno. */
int xttd_chan_listen(const char *path);
/* Connects to one.  The descriptor, or -1 and errno. */
int xttd_chan_connect(const char *path);
/* Takes a connection if its peer runs as our own user or as root.  The descriptor, or -1.  A frame
 * that the peer leaves no room for during 5 s is not sent: XTT_ERR_IO. */
int xttd_chan_accept(int listener);

#endif
