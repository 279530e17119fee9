// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/mode.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "companion/check_look.h"
#include "companion/check_show.h"
#include "report/json.h"

enum { CHECK_PROVE, CHECK_VERBOSE };

static enum status check_mode_run(struct session *session)
{
	const bool prove = session->values[CHECK_PROVE];
	const struct render render = render_of(session->out);
	struct check *check cleanup_free = calloc(1, sizeof(*check));
	struct fault fault = { 0 };
	enum status status;
	bool good = true;

	if (!check)
		(void)fault_set(&fault, -ENOMEM, "%s", strerror(ENOMEM));
	if (!check || check_look(session, prove, check, &fault) < 0) {
		if (check)
			check_done(check);
		report_done(&session->report);
		return session_complain(session, &fault, STATUS_BAD);
	}
	check_run(check);
	if (session->json)
		good = json_value_write(session->out, check_to_json(check));
	else
		check_print(&render, check, session->values[CHECK_VERBOSE]);
	status = check_status(check);
	check_done(check);
	report_done(&session->report);
	return session_end(session, good, status);
}

const struct mode check_mode = {
	.name = "--check",
	.help = "will the next boot reserve the cards?",
	.json = true,
	.config = true,
	.options = { [CHECK_PROVE] = { "--prove", NULL,
				       "ask the kernel about the groups" },
		     [CHECK_VERBOSE] = { "--verbose", NULL, "a line for each finding" } },
	.libraries = { &library_kmod, &library_xml2, &library_archive },
	.run = check_mode_run,
};
