/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PKCS#11 URIs (RFC 7512): p11-kit reads the grammar, this file says which attributes we act upon
 * and refuses the rest.  It finds no token.
 */
#include "pkcs11/p11.h"

#include "pkcs11/fault.h"

#include <p11-kit/uri.h>
#include <string.h>

/* Why an attribute of RFC 7512 is refused; NULL: it is understood. */
static const struct {
    const char *name;
    const char *refusal;
} attributes[] = {
    {"token", NULL},
    {"serial", NULL},
    {"manufacturer", NULL},
    {"model", NULL},
    {"object", NULL},
    {"id", NULL},
    {"type", NULL},
    {"module-path", NULL},
    {"pin-source", NULL},
    {"pin-value", "a PIN does not belong in a URI: use pin-source, a credential or --pin-fd"},
    {"slot-id", "slot numbers change: name the token by token= and serial="},
    {"slot-description", "name the token by token= and serial= instead"},
    {"slot-manufacturer", "name the token by token= and serial= instead"},
    {"library-description", "name the module by module-path= instead"},
    {"library-manufacturer", "name the module by module-path= instead"},
    {"library-version", "name the module by module-path= instead"},
    {"module-name", "name the module by module-path= instead"},
};
#define ATTRIBUTES (sizeof attributes / sizeof *attributes)

/* Looks at the attributes' names: p11-kit takes doubled ones, and passes over unknown ones. */
static xtt_err check_names(const char *text)
{
    const char *at = text + strlen("pkcs11:");
    uint32_t seen = 0;
    size_t i, n, name;

    while (*at) {
        n = strcspn(at, ";?&");
        name = strcspn(at, "=;?&");
        for (i = 0; i < ATTRIBUTES; i++)
            if (strlen(attributes[i].name) == name && memcmp(attributes[i].name, at, name) == 0)
                break;
        if (i == ATTRIBUTES)
            return p11_say(XTT_ERR_CONFIG, "PKCS#11 URI: unknown attribute \"%.*s\"",
                           name < 40 ? (int)name : 40, at);
        if (attributes[i].refusal)
            return p11_say(XTT_ERR_CONFIG, "PKCS#11 URI: %s= is refused; %s", attributes[i].name,
                           attributes[i].refusal);
        if (seen & (uint32_t)1 << i)
            return p11_say(XTT_ERR_CONFIG, "PKCS#11 URI: %s= is there twice", attributes[i].name);
        if (name + 1 >= n)
            return p11_say(XTT_ERR_CONFIG, "PKCS#11 URI: %s= has no value", attributes[i].name);
        seen |= (uint32_t)1 << i;
        at += n;
        if (*at && !*++at)
            return p11_say(XTT_ERR_CONFIG, "PKCS#11 URI: ends in a separator");
    }
    if (seen == 0)
        return p11_say(XTT_ERR_CONFIG, "PKCS#11 URI: it names nothing");
    return XTT_OK;
}

/* A field of CK_TOKEN_INFO: padded with blanks, without a NUL. */
static void take_padded(char *out, const unsigned char *field, size_t n)
{
    if (field[0] == 0)
        n = 0; /* p11-kit's "not said" */
    while (n > 0 && field[n - 1] == ' ')
        n--;
    memcpy(out, field, n);
    out[n] = 0;
}

static xtt_err take_text(char *out, size_t cap, const char *name, const void *value, size_t n)
{
    if (n >= cap || (n > 0 && memchr(value, 0, n)))
        return p11_say(XTT_ERR_CONFIG,
                       "PKCS#11 URI: %s= is longer than %zu bytes or has a zero byte", name,
                       cap - 1);
    if (n > 0)
        memcpy(out, value, n);
    out[n] = 0;
    return XTT_OK;
}

static xtt_err take_object(struct xtt_p11_uri *u, P11KitUri *kit)
{
    static const struct {
        CK_OBJECT_CLASS class;
        enum xtt_p11_type type;
    } types[] = {{CKO_PRIVATE_KEY, XTT_P11_PRIVATE},
                 {CKO_PUBLIC_KEY, XTT_P11_PUBLIC},
                 {CKO_SECRET_KEY, XTT_P11_SECRET}};
    CK_ATTRIBUTE_PTR a;
    CK_OBJECT_CLASS class;
    size_t i;
    xtt_err err;

    a = p11_kit_uri_get_attribute(kit, CKA_LABEL);
    if (a && (err = take_text(u->object, sizeof u->object, "object", a->pValue, a->ulValueLen)))
        return err;
    a = p11_kit_uri_get_attribute(kit, CKA_ID);
    if (a) {
        if (a->ulValueLen > sizeof u->id)
            return p11_say(XTT_ERR_CONFIG, "PKCS#11 URI: id= is longer than %zu bytes",
                           sizeof u->id);
        memcpy(u->id, a->pValue, a->ulValueLen);
        u->id_n = a->ulValueLen;
    }
    a = p11_kit_uri_get_attribute(kit, CKA_CLASS);
    if (!a)
        return XTT_OK;
    memcpy(&class, a->pValue, sizeof class);
    for (i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].class == class) {
            u->type = types[i].type;
            return XTT_OK;
        }
    return p11_say(XTT_ERR_CONFIG, "PKCS#11 URI: type= must be private, public or secret-key");
}

static xtt_err take_query(struct xtt_p11_uri *u, P11KitUri *kit)
{
    const char *module = p11_kit_uri_get_module_path(kit);
    const char *pin = p11_kit_uri_get_pin_source(kit);
    xtt_err err;

    if (module) {
        if (module[0] != '/')
            return p11_say(XTT_ERR_CONFIG, "PKCS#11 URI: module-path= must be an absolute path");
        err =
            take_text(u->module_path, sizeof u->module_path, "module-path", module, strlen(module));
        if (err)
            return err;
    }
    if (!pin)
        return XTT_OK;
    if (strncmp(pin, "file:", 5) == 0)
        pin += 5;
    if (strncmp(pin, "///", 3) == 0)
        pin += 2;
    if (pin[0] != '/' || pin[1] == '/')
        return p11_say(XTT_ERR_CONFIG, "PKCS#11 URI: pin-source= must be file:/PATH; commands and "
                                       "relative paths are refused");
    return take_text(u->pin_source, sizeof u->pin_source, "pin-source", pin, strlen(pin));
}

xtt_err xtt_p11_uri_parse(struct xtt_p11_uri *out, const char *text)
{
    struct xtt_p11_uri u;
    P11KitUri *kit;
    CK_TOKEN_INFO_PTR info;
    xtt_err err;
    int rv;

    memset(&u, 0, sizeof u);
    if (strncmp(text, "pkcs11:", 7) != 0)
        return p11_say(XTT_ERR_CONFIG, "PKCS#11 URI: it must begin with pkcs11:");
    if ((err = check_names(text)) != XTT_OK)
        return err;
    if ((kit = p11_kit_uri_new()) == NULL)
        return p11_say(XTT_ERR_NOMEM, "PKCS#11 URI: out of memory");
    if ((rv = p11_kit_uri_parse(text, P11_KIT_URI_FOR_ANY, kit)) != P11_KIT_URI_OK) {
        const char *m = p11_kit_uri_message(rv);
        err = p11_say(XTT_ERR_CONFIG, "PKCS#11 URI: %s", m ? m : "malformed");
        goto out;
    }
    if (p11_kit_uri_any_unrecognized(kit)) {
        err =
            p11_say(XTT_ERR_CONFIG, "PKCS#11 URI: an attribute has a value that is not understood");
        goto out;
    }
    info = p11_kit_uri_get_token_info(kit);
    take_padded(u.token, info->label, sizeof info->label);
    take_padded(u.serial, info->serialNumber, sizeof info->serialNumber);
    take_padded(u.manufacturer, info->manufacturerID, sizeof info->manufacturerID);
    take_padded(u.model, info->model, sizeof info->model);
    if ((err = take_object(&u, kit)) != XTT_OK || (err = take_query(&u, kit)) != XTT_OK)
        goto out;
    *out = u;
out:
    p11_kit_uri_free(kit);
    return err;
}
