/* SPDX-License-Identifier: Apache-2.0 */
/* In the place of keys_tpm.c when the agent is built --without-tpm. */
#include "agent/keys.h"

xtt_err agent_keybox_tpm(struct agent_keybox **out, const char *tcti, int is_chosen,
                         struct agent_srk *srk, struct xttd_fail *fail)
{
    (void)out;
    (void)tcti;
    (void)is_chosen;
    (void)srk;
    xttd_fail(fail, XTT_ERR_TPM_UNSUPPORTED, "this agent was built without TPM support");
    return xttd_fail_remedy(fail, "build it with tpm2-tss, or set key = software in [agent] for "
                                  "development");
}
