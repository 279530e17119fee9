// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/session.h"

#include "base/text.h"
#include "survey/kernel_log_read.h"

enum status session_complain(const struct session *session, const struct fault *fault,
			     enum status status)
{
	char text[TEXT_MAX];

	fprintf(session->err, "vfio-early: %s\n",
		text_escape(fault->text, text, sizeof(text)));
	return status;
}

enum status session_end(const struct session *session, bool good, enum status status)
{
	if (good && !fflush(session->out) && !ferror(session->out))
		return status;
	fputs("vfio-early: the output could not be written\n", session->err);
	return STATUS_SHORT;
}

struct now session_now(struct session *session, enum decide_look look)
{
	struct run *run = &session->run;
	struct fault fault = { 0 };
	struct now now = { .config = &run->config, .boot_id = run->boot_id };

	if (decide_all(&session->root, session->config, look, run, &fault) < 0)
		(void)session_complain(session, &fault, STATUS_SHORT);
	else
		now.host = &run->host;
	return now;
}

int session_report(struct session *session, const struct now *now, bool listen,
		   struct fault *fault)
{
	int error = report_read(&session->root, &session->report, fault);

	if (error < 0)
		return error;
	drift_find(&session->report, now, &session->drift);
	if (listen)
		listen_read(&session->root, &session->report, now, &session->drift,
			    &session->messages);
	return 0;
}
