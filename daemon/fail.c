/* SPDX-License-Identifier: Apache-2.0 */
/* Failures in words; see fail.h. */
#include "daemon/fail.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "daemon/json.h"

/* What a peer or a file made us print must not steer a terminal or forge a second line. */
static void tame(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

static void XTTD_PRINTF(3, 0) say(char *to, size_t cap, const char *format, va_list args)
{
    if (vsnprintf(to, cap, format, args) < 0)
        to[0] = '\0';
    tame(to);
}

xtt_err xttd_fail(struct xttd_fail *f, xtt_err err, const char *format, ...)
{
    va_list args;

    if (f == NULL)
        return err;
    f->err = err;
    f->remedy[0] = '\0';
    va_start(args, format);
    say(f->message, sizeof f->message, format, args);
    va_end(args);
    return err;
}

xtt_err xttd_fail_errno(struct xttd_fail *f, xtt_err err, const char *format, ...)
{
    char words[sizeof f->message];
    int number = errno;
    va_list args;

    va_start(args, format);
    say(words, sizeof words, format, args);
    va_end(args);
    return xttd_fail(f, err, "%s: %s", words, strerror(number));
}

xtt_err xttd_fail_while(struct xttd_fail *f, const char *format, ...)
{
    char before[sizeof f->message];
    char behind[sizeof f->message];
    va_list args;

    if (f == NULL)
        return XTT_ERR_INTERNAL;
    va_start(args, format);
    say(before, sizeof before, format, args);
    va_end(args);
    memcpy(behind, f->message, sizeof behind);
    if (snprintf(f->message, sizeof f->message, "%s: %s", before, behind) < 0)
        f->message[0] = '\0';
    return f->err;
}

xtt_err xttd_fail_remedy(struct xttd_fail *f, const char *format, ...)
{
    va_list args;

    if (f == NULL)
        return XTT_ERR_INTERNAL;
    va_start(args, format);
    say(f->remedy, sizeof f->remedy, format, args);
    va_end(args);
    return f->err;
}

int xttd_fail_tell(const struct xttd_fail *f, const char *prog, int json, FILE *out, FILE *err)
{
    const char *text = xtt_err_text(f->err);
    const char *message = f->message[0] != '\0' ? f->message : text;
    const char *remedy = f->remedy[0] != '\0' ? f->remedy : text;

    if (json)
        (void)xttd_json_print(json_pack("{s:{s:s, s:s, s:s}}", "error", "code",
                                        xtt_err_name(f->err), "message", message, "remedy", remedy),
                              out);
    else {
        fprintf(err, "%s: %s\n", prog, message);
        if (remedy != message)
            fprintf(err, "%s: %s\n", prog, remedy);
    }
    return (int)xtt_err_class(f->err);
}
