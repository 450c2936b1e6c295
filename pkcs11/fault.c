/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of PKCS#11 return values and the last failure of each thread.  Only says what may help;
 * session.c does it.
 */
#include "pkcs11/fault.h"

#include "pkcs11/p11.h"

#include <libp11.h>
#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct row {
    CK_RV rv;
    const char *name;
    enum p11_cure cure;
    xtt_err err;
    const char *words;
};

#define ROW(ckr, cure, err, words)                                                                 \
    {                                                                                              \
        ckr, #ckr, cure, err, words                                                                \
    }
#define SESSIONS "the token dropped our session"
#define GONE     "check that the token is plugged in and its service runs"
#define OURS     "this is a defect of the program or the module"
#define ATTR     "the token's policy forbids these key attributes; see the vendor's manual"
#define LACKS    "the token cannot do this; use another one"

/* PKCS#11 v2.40 (base specification, section 5.1), the codes a token can send here. */
static const struct row rows[] = {
    ROW(CKR_HOST_MEMORY, P11_LATER, XTT_ERR_NOMEM, "the machine is out of memory"),
    ROW(CKR_SLOT_ID_INVALID, P11_RELOAD, XTT_ERR_HSM_UNREACHABLE, GONE),
    ROW(CKR_GENERAL_ERROR, P11_TWICE, XTT_ERR_HSM, "look into the token's own log"),
    ROW(CKR_FUNCTION_FAILED, P11_TWICE, XTT_ERR_HSM, "look into the token's own log"),
    ROW(CKR_ARGUMENTS_BAD, P11_NEVER, XTT_ERR_HSM, OURS),
    ROW(CKR_ATTRIBUTE_READ_ONLY, P11_NEVER, XTT_ERR_HSM_UNSUPPORTED, ATTR),
    ROW(CKR_ATTRIBUTE_SENSITIVE, P11_NEVER, XTT_ERR_HSM, "the value never leaves the token"),
    ROW(CKR_ATTRIBUTE_TYPE_INVALID, P11_NEVER, XTT_ERR_HSM_UNSUPPORTED, ATTR),
    ROW(CKR_ATTRIBUTE_VALUE_INVALID, P11_NEVER, XTT_ERR_HSM_UNSUPPORTED, ATTR),
    ROW(CKR_DATA_INVALID, P11_NEVER, XTT_ERR_HSM, OURS),
    ROW(CKR_DATA_LEN_RANGE, P11_NEVER, XTT_ERR_HSM, OURS),
    ROW(CKR_DEVICE_ERROR, P11_RELOAD, XTT_ERR_HSM_UNREACHABLE, GONE),
    ROW(CKR_DEVICE_MEMORY, P11_LATER, XTT_ERR_HSM, "the token is full or busy"),
    ROW(CKR_DEVICE_REMOVED, P11_RELOAD, XTT_ERR_HSM_UNREACHABLE, GONE),
    ROW(CKR_ENCRYPTED_DATA_INVALID, P11_NEVER, XTT_ERR_DECRYPT, "the data was changed"),
    ROW(CKR_ENCRYPTED_DATA_LEN_RANGE, P11_NEVER, XTT_ERR_DECRYPT, "the data was changed"),
    ROW(CKR_FUNCTION_NOT_SUPPORTED, P11_NEVER, XTT_ERR_HSM_UNSUPPORTED, LACKS),
    ROW(CKR_KEY_HANDLE_INVALID, P11_REOPEN, XTT_ERR_HSM, SESSIONS),
    ROW(CKR_KEY_SIZE_RANGE, P11_NEVER, XTT_ERR_HSM_UNSUPPORTED, LACKS),
    ROW(CKR_KEY_TYPE_INCONSISTENT, P11_NEVER, XTT_ERR_HSM_KEY, "the key is of another kind"),
    ROW(CKR_KEY_FUNCTION_NOT_PERMITTED, P11_NEVER, XTT_ERR_HSM_KEY,
        "the key may not be used for this; make it with this program"),
    ROW(CKR_KEY_UNEXTRACTABLE, P11_NEVER, XTT_ERR_HSM, "the key never leaves the token"),
    ROW(CKR_MECHANISM_INVALID, P11_NEVER, XTT_ERR_HSM_UNSUPPORTED, LACKS),
    ROW(CKR_MECHANISM_PARAM_INVALID, P11_NEVER, XTT_ERR_HSM_UNSUPPORTED, LACKS),
    ROW(CKR_OBJECT_HANDLE_INVALID, P11_REOPEN, XTT_ERR_HSM, SESSIONS),
    ROW(CKR_OPERATION_ACTIVE, P11_REOPEN, XTT_ERR_HSM, OURS),
    ROW(CKR_OPERATION_NOT_INITIALIZED, P11_REOPEN, XTT_ERR_HSM, SESSIONS),
    ROW(CKR_PIN_INCORRECT, P11_NEVER, XTT_ERR_HSM_PIN, "it is not tried again; correct it"),
    ROW(CKR_PIN_INVALID, P11_NEVER, XTT_ERR_HSM_PIN, "the PIN has characters it may not have"),
    ROW(CKR_PIN_LEN_RANGE, P11_NEVER, XTT_ERR_HSM_PIN, "the PIN is too short or too long"),
    ROW(CKR_PIN_EXPIRED, P11_NEVER, XTT_ERR_HSM_PIN, "set a new PIN with the vendor's tool"),
    ROW(CKR_PIN_LOCKED, P11_NEVER, XTT_ERR_HSM_PIN_LOCKED, "unlock it with the vendor's tool"),
    ROW(CKR_SESSION_CLOSED, P11_REOPEN, XTT_ERR_HSM, SESSIONS),
    ROW(CKR_SESSION_COUNT, P11_LATER, XTT_ERR_HSM,
        "the token has no session left; see who uses it"),
    ROW(CKR_SESSION_HANDLE_INVALID, P11_REOPEN, XTT_ERR_HSM, SESSIONS),
    ROW(CKR_SESSION_READ_ONLY, P11_NEVER, XTT_ERR_HSM, "the token is write-protected"),
    ROW(CKR_TEMPLATE_INCOMPLETE, P11_NEVER, XTT_ERR_HSM_UNSUPPORTED, ATTR),
    ROW(CKR_TEMPLATE_INCONSISTENT, P11_NEVER, XTT_ERR_HSM_UNSUPPORTED, ATTR),
    ROW(CKR_TOKEN_NOT_PRESENT, P11_RELOAD, XTT_ERR_HSM_UNREACHABLE, GONE),
    ROW(CKR_TOKEN_NOT_RECOGNIZED, P11_RELOAD, XTT_ERR_HSM_UNREACHABLE, GONE),
    ROW(CKR_TOKEN_WRITE_PROTECTED, P11_NEVER, XTT_ERR_HSM, "the token is write-protected"),
    ROW(CKR_USER_ALREADY_LOGGED_IN, P11_NEVER, XTT_ERR_HSM, OURS),
    ROW(CKR_USER_NOT_LOGGED_IN, P11_REOPEN, XTT_ERR_HSM, SESSIONS),
    ROW(CKR_USER_PIN_NOT_INITIALIZED, P11_NEVER, XTT_ERR_HSM_PIN,
        "the token has no user PIN; set one with the vendor's tool"),
    ROW(CKR_USER_TYPE_INVALID, P11_NEVER, XTT_ERR_HSM, OURS),
    ROW(CKR_USER_ANOTHER_ALREADY_LOGGED_IN, P11_NEVER, XTT_ERR_HSM,
        "another program part is logged in as somebody else"),
    ROW(CKR_USER_TOO_MANY_TYPES, P11_LATER, XTT_ERR_HSM, "the token has no session left"),
    ROW(CKR_DOMAIN_PARAMS_INVALID, P11_NEVER, XTT_ERR_HSM_UNSUPPORTED, LACKS),
    ROW(CKR_CURVE_NOT_SUPPORTED, P11_NEVER, XTT_ERR_HSM_UNSUPPORTED, LACKS),
    ROW(CKR_BUFFER_TOO_SMALL, P11_NEVER, XTT_ERR_HSM, OURS),
    ROW(CKR_CRYPTOKI_NOT_INITIALIZED, P11_RELOAD, XTT_ERR_HSM_UNREACHABLE,
        "the module was shut down"),
};

static const struct row unknown = {CKR_VENDOR_DEFINED, "an unknown code", P11_NEVER, XTT_ERR_HSM,
                                   "look it up in the vendor's manual"};

/* Per thread, as errno is: threads that sign at once must not read each other's failure. */
static _Thread_local struct {
    CK_RV rv;
    enum p11_cure cure;
    char words[512];
} last;

const char *xtt_p11_why(void)
{
    return last.words;
}

CK_RV p11_fault_rv(void)
{
    return last.rv;
}

enum p11_cure p11_fault_cure(void)
{
    return last.cure;
}

static const struct row *find_row(CK_RV rv)
{
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].rv == rv)
            return &rows[i];
    return &unknown;
}

xtt_err p11_fault(const char *function, CK_RV rv, const char *token, const char *key)
{
    const struct row *row = find_row(rv);

    last.rv = rv;
    last.cure = row->cure;
    (void)snprintf(last.words, sizeof last.words, "%s: %s (0x%lx)%s%s%s%s: %s", function, row->name,
                   rv, token ? " on token " : "", token ? token : "", key ? ", key " : "",
                   key ? key : "", row->words);
    return row->err;
}

xtt_err p11_fault_queue(const char *function, const char *token, const char *key)
{
    CK_RV rv = CKR_OK;
    unsigned long e, first = 0;
    char text[160];

    while ((e = ERR_get_error()) != 0) {
        if (first == 0)
            first = e;
        if (ERR_GET_LIB(e) == ERR_get_CKR_code())
            rv = (CK_RV)ERR_GET_REASON(e);
    }
    if (rv != CKR_OK)
        return p11_fault(function, rv, token, key);
    ERR_error_string_n(first, text, sizeof text);
    return p11_say(XTT_ERR_HSM, "%s: %s%s%s%s%s", function, first ? text : "failed without a code",
                   token ? " on token " : "", token ? token : "", key ? ", key " : "",
                   key ? key : "");
}

static void write_words(const char *format, va_list ap)
{
    char words[sizeof last.words];

    /* An argument may be the old words. */
    (void)vsnprintf(words, sizeof words, format, ap);
    memcpy(last.words, words, sizeof words);
}

xtt_err p11_say(xtt_err err, const char *format, ...)
{
    va_list ap;

    last.rv = CKR_OK;
    last.cure = P11_NEVER;
    va_start(ap, format);
    write_words(format, ap);
    va_end(ap);
    return err;
}

xtt_err p11_say_more(xtt_err err, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    write_words(format, ap);
    va_end(ap);
    return err;
}
