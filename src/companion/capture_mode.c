// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/mode.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "capture/capture.h"
#include "report/json.h"

/* What was taken; a person should look before it is published. */
static bool capture_print(const struct session *session, const struct capture *capture)
{
	char text[TEXT_MAX];

	if (session->json)
		return json_value_write(session->out,
					capture_to_json(capture, session->subject));
	fprintf(session->out, "%s: %zu entries",
		text_escape(session->subject, text, sizeof(text)),
		capture->tarball.count);
	for (size_t i = 0; i < SCRUB_KINDS; i++)
		if (capture->scrub.kinds[i])
			fprintf(session->out, ", %zu %s replaced",
				capture->scrub.kinds[i], scrub_kind_names[i]);
	fputs(".\nLook at it before you publish it. Unpacked into a directory, it works "
	      "with\n--sysroot DIRECTORY.\n",
	      session->out);
	return true;
}

static enum status capture_run(struct session *session)
{
	struct capture *capture cleanup_free = calloc(1, sizeof(*capture));
	struct now now = session_now(session);
	struct fault fault = { 0 };
	int result;

	if (!now.host)
		return STATUS_SHORT;
	if (!capture) {
		(void)fault_set(&fault, -ENOMEM, "%s", strerror(ENOMEM));
		return session_complain(session, &fault, STATUS_SHORT);
	}
	if (!session_report(session, &now, true, &fault))
		report_done(&session->report);
	capture->root = &session->root;
	capture->host = &session->run.host;
	capture_machine(capture, session->config, &session->messages);
	result = tarball_write(&capture->tarball, session->subject, &fault);
	tarball_done(&capture->tarball);
	if (result < 0)
		return session_complain(session, &fault,
					result == -EINVAL ? STATUS_BAD : STATUS_SHORT);
	return session_end(session, capture_print(session, capture), STATUS_GOOD);
}

const struct mode capture_mode = {
	.name = "--capture",
	.subject = "FILE",
	.help = "archive of these facts for a bug report: x.tar.zst",
	.json = true,
	.config = true,
	.run = capture_run,
};
