/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a PKCS#11 return value means: its name, our error, what to do about it, and the words for
 * xtt_p11_why.  Private to pkcs11/.
 */
#ifndef XTT_P11_FAULT_H
#define XTT_P11_FAULT_H

#include <xtt/base.h>

#include <p11-kit/pkcs11.h>

/* What may help after a failure. */
enum p11_cure {
    P11_NEVER,  /* the same call gives the same answer */
    P11_LATER,  /* the token is busy or full: not now, and nothing to replace */
    P11_REOPEN, /* sessions or handles are gone: replace the context, at most once a second */
    P11_RELOAD, /* the token or the module is gone: replace the context, at most every 30 s */
    P11_TWICE   /* may be a passing fault: repeat at once; the second time as P11_RELOAD */
};

/* Remembers for this thread that function answered rv, and gives the error that stands for it.
 * token and key may be NULL. */
xtt_err p11_fault(const char *function, CK_RV rv, const char *token, const char *key);
/* As p11_fault for a call into libp11 or OpenSSL: the return value is in OpenSSL's error queue,
 * which is emptied. */
xtt_err p11_fault_queue(const char *function, const char *token, const char *key);
/* Remembers words of our own; nothing to cure. */
xtt_err p11_say(xtt_err err, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* As p11_say, but the return value and cure of the failure before it stay. */
xtt_err p11_say_more(xtt_err err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Of the last failure of this thread; CKR_OK if PKCS#11 had no part in it. */
CK_RV p11_fault_rv(void);
enum p11_cure p11_fault_cure(void);

#endif
