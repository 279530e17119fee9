// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/mode.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "companion/explain.h"
#include "companion/explain_function.h"

/* The report of this boot as far as there is one */
static int explain_write(struct session *session, const struct names *names)
{
	const struct now now = { .host = &session->run.host,
				 .config = &session->run.config,
				 .boot_id = session->run.boot_id };
	const struct render render = render_of(session->out);
	struct explain explain = { .root = &session->root,
				   .run = &session->run,
				   .names = names,
				   .trial = &session->trial };
	struct pci_address address;
	struct iommu_answer iommu = { .count = 0 };
	struct fault fault;
	int result;

	if (session->run.host.n_functions)
		iommu_answer_read(&session->root, &session->run.host, &iommu);
	explain.iommu = &iommu;
	if (!session_report(session, &now, true, &fault)) {
		explain.report = &session->report;
		explain.drift = &session->drift;
		explain.messages = &session->messages;
	}
	if (session->subject && !pci_address_parse(session->subject, &address))
		result = explain_function(&explain, &address, &render, session->json);
	else
		result = explain_reasons(&explain, session->subject, &render,
					 session->json);
	report_done(&session->report);
	return result;
}

/* A reason can be read about on a machine that cannot be looked at. */
static enum status explain_run(struct session *session)
{
	char shown[QUOTE_TEXT_MAX];
	struct fault fault = { 0 };
	struct names names;
	int result;

	(void)session_now(session, DECIDE_ALWAYS);
	names_open(&session->root, &names);
	result = explain_write(session, &names);
	names_done(&names);
	if (result == 0 || result == -EIO)
		return session_end(session, result == 0, STATUS_GOOD);
	quote_format(session->subject, strlen(session->subject), shown);
	(void)fault_set(&fault, result,
			result == -ENODEV ?
				"--explain: no function of this machine is at %s" :
				"--explain: found %s, expected an address, or a code of "
				"the list that --explain alone shows",
			shown);
	return session_complain(session, &fault, STATUS_BAD);
}

const struct mode explain_mode = {
	.name = "--explain",
	.subject = "[WHAT]",
	.help = "all about a reason, a finding or an address",
	.json = true,
	.config = true,
	.libraries = { &library_kmod },
	.run = explain_run,
};
