/* SPDX-License-Identifier: Apache-2.0 */
/* The one object that --json prints; see json.h. */
#include "daemon/json.h"

xtt_err xttd_json_print(json_t *object, FILE *out)
{
    json_t *whole = json_pack("{s:i}", "schema", XTTD_JSON_SCHEMA);
    xtt_err err = XTT_ERR_NOMEM;

    if (object == NULL || whole == NULL || json_object_update(whole, object) != 0)
        goto out;
    err = XTT_ERR_IO;
    if (json_dumpf(whole, out, JSON_INDENT(2)) != 0 || fputc('\n', out) == EOF)
        goto out;
    err = XTT_OK;
out:
    json_decref(object);
    json_decref(whole);
    return err;
}
