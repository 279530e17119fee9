// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/mode.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "survey/host_record.h"

/* For hooks: a fact that cannot be known is a word in the record, not a failure. */
static enum status record_host_run(struct session *session)
{
	cleanup_free char *text = NULL;
	struct fault fault = { 0 };
	int known = host_record_make(&session->root, &text, &fault);

	if (known < 0)
		return session_complain(session, &fault, STATUS_BAD);
	return session_end(session, fputs(text, session->out) != EOF,
			   known ? STATUS_GOOD : STATUS_SHORT);
}

const struct mode record_host_mode = {
	.name = "--record-host",
	.help = "for hooks: the contents of /etc/vfio-early.host",
	.libraries = { &library_kmod },
	.run = record_host_run,
};
