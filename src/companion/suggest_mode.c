// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/mode.h"

#include <errno.h>

#include "companion/suggest.h"
#include "report/decide.h"

enum { SUGGEST_FROM_IDS };

static enum status suggest_run(struct session *session)
{
	const struct render render = render_of(session->out);
	struct suggest suggest = { .root = &session->root,
				   .host = &session->run.host,
				   .trial = &session->trial };
	const struct suggest_wish wish = { .address = session->subject,
					   .ids = session->values[SUGGEST_FROM_IDS] };
	enum suggest_result result;
	struct fault fault = { 0 };
	struct iommu_answer iommu;
	struct names names;

	if (wish.ids && wish.address) {
		(void)fault_set(&fault, -EINVAL, "%s: either an address or --from-ids",
				wish.address);
		return session_complain(session, &fault, STATUS_BAD);
	}
	if (decide_all(&session->root, NULL, DECIDE_MACHINE, &session->run, &fault) < 0)
		return session_complain(session, &fault, STATUS_SHORT);
	names_open(&session->root, &names);
	iommu_answer_read(&session->root, &session->run.host, &iommu);
	suggest.names = &names;
	suggest.iommu = &iommu;
	result = suggest_write(&suggest, &wish, &render, session->json, &fault);
	names_done(&names);
	if (result == SUGGEST_REFUSED)
		return session_complain(session, &fault, STATUS_BAD);
	return session_end(session, result != SUGGEST_UNWRITTEN,
			   result == SUGGEST_SHORT ? STATUS_SHORT : STATUS_GOOD);
}

const struct mode suggest_mode = {
	.name = "--suggest",
	.subject = "[ADDRESS]",
	.help = "the GPUs of this machine; or a target for the config",
	.json = true,
	.options = { [SUGGEST_FROM_IDS] = { "--from-ids", "IDS",
					    "targets from the list of vfio-pci.ids=" } },
	.libraries = { &library_kmod },
	.run = suggest_run,
};
