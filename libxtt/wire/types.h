/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of the protocol: message types, fields, sizes.  doc/protocol.md, "Messages". */
#ifndef XTT_WIRE_TYPES_H
#define XTT_WIRE_TYPES_H

#define XTT_VERSION       1
#define XTT_HEADER_SIZE   4 /* type[1] length[2] version[1] */
#define XTT_TAG_SIZE      16
#define XTT_COOKIE_SIZE   130
#define XTT_ID_SIZE       16
#define XTT_GID_SIZE      32
#define XTT_P256_PUB_SIZE 65
#define XTT_P256_SIG_SIZE 64
#define XTT_DAA_SIG_SIZE  421

enum xtt_msg_type {
    XTT_M_NONE = 0,
    XTT_M_CLIENT_INIT = 0x01,
    XTT_M_SERVER_ATTEST = 0x02, /* ServerInitAndAttest */
    XTT_M_ID_CLIENT_ATTEST = 0x11,
    XTT_M_ID_SERVER_FINISHED = 0x13,
    XTT_M_ERROR = 0x41,
    XTT_M_AUTH_ERROR = 0x42
};

enum xtt_field {
    XTT_F_NONE,
    XTT_F_SUITE,
    XTT_F_NONCE, /* nonce_c */
    XTT_F_DH,    /* dh_c or dh_s */
    XTT_F_COOKIE,
    XTT_F_CERT,    /* certificate of the server */
    XTT_F_SIG_S,   /* signature_s */
    XTT_F_LT_PUB,  /* longterm_key */
    XTT_F_GROUP,   /* gid */
    XTT_F_ID,      /* id_c */
    XTT_F_LT_SIG,  /* longterm_signature */
    XTT_F_DAA_SIG, /* daa_signature */
    XTT_F_CODE,    /* of an AuthError */
    XTT_F_MAC      /* of an AuthError */
};

#endif
