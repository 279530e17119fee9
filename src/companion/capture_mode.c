// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/mode.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "capture/capture.h"
#include "capture/capture_seen.h"
#include "capture/seen.h"
#include "companion/check_look.h"
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
	fputs(".\n", session->out);
	if (capture->left_out)
		fprintf(session->out,
			"%zu files that --check reads are not in it: they could not be "
			"read, or are\nof no known kind.\n",
			capture->left_out);
	if (capture->shortened)
		fprintf(session->out,
			"Of %zu images --check will say another thing than here: they "
			"cannot be taken\nin short.\n",
			capture->shortened);
	if (capture->reordered)
		fputs("Files whose names were replaced have another order in it, by which "
		      "--check may\nchoose another entry or setting than here.\n",
		      session->out);
	fputs("Look at it before you publish it. Unpacked into a directory (tar -xp), it "
	      "works\nwith --sysroot DIRECTORY.\n",
	      session->out);
	return true;
}

/* What --check reads: it runs once, and each path that it looks at is noted */
static void check_take(struct session *session, struct capture *capture)
{
	struct check *check cleanup_free = calloc(1, sizeof(*check));
	struct seen seen = { .count = 0 };
	struct fault fault;

	if (!check) {
		capture->tarball.failed = true;
		return;
	}
	seen_begin(&seen, &session->root);
	/* also when it fails: why it does is to be seen with the archive, too */
	(void)check_look(session, false, check, &fault);
	seen_end(&seen);
	check_done(check);
	report_done(&session->report);
	capture_seen(capture, &seen);
	capture->tarball.failed = capture->tarball.failed || seen.failed;
	seen_done(&seen);
}

static enum status capture_run(struct session *session)
{
	struct capture *capture cleanup_free = calloc(1, sizeof(*capture));
	struct now now = session_now(session, DECIDE_ALWAYS);
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
	check_take(session, capture);
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
	.libraries = { &library_kmod, &library_archive },
	.run = capture_run,
};
