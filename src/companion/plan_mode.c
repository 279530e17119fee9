// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/mode.h"

#include "report/decide.h"
#include "report/plan_text.h"

static enum status plan_run(struct session *session)
{
	struct run *run = &session->run;
	struct fault fault = { 0 };

	if (decide(&session->root, session->config, DECIDE_PLAN, run, &fault) < 0)
		return session_complain(session, &fault, STATUS_SHORT);
	if (run->config.invalid)
		(void)session_complain(session, &run->config.fault, STATUS_BAD);
	return session_end(session, plan_show(session->out, run, session->json),
			   run->config.invalid			  ? STATUS_BAD :
			   plan_is_good(&run->config, &run->plan) ? STATUS_GOOD :
								    STATUS_SHORT);
}

const struct mode plan_mode = {
	.name = "--plan",
	.help = "what it would do on this machine now",
	.json = true,
	.config = true,
	.libraries = { &library_kmod },
	.run = plan_run,
};
