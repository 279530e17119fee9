// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/mode.h"

#include "base/cleanup.h"
#include "read/guard_read.h"
#include "report/guard_write.h"

/* Return: what to say, NULL on a fault */
static const char *trial_forget(struct session *session, struct fault *fault)
{
	struct guard_record record;
	cleanup_close int dir = -1;
	bool kept;

	if (guard_store_open(&session->root, &dir, fault) < 0 ||
	    guard_read(dir, &record, fault) < 0)
		return NULL;
	if (!record.boot)
		return "No trial is unfinished: there is nothing to try again.\n";
	if (guard_is_noted(&record, guard_boot_hash(session->run.boot_id)))
		return "This boot is the trial: log in, or type vfio-early --confirm.\n";
	guard_record_end(&record, false);
	if (guard_end(dir, &record, &kept, fault) < 0)
		return NULL;
	return "The next boot takes the cards again, as a trial.\n";
}

static enum status retry_run(struct session *session)
{
	const char *text;
	struct fault fault;

	(void)sysroot_read(session->root.fd, "proc/sys/kernel/random/boot_id",
			   session->run.boot_id, sizeof(session->run.boot_id));
	text = trial_forget(session, &fault);
	if (!text)
		return session_complain(session, &fault, STATUS_SHORT);
	return session_end(session, fputs(text, session->out) != EOF, STATUS_GOOD);
}

const struct mode retry_mode = {
	.name = "--retry",
	.help = "after a fallback: let the next boot try the config again",
	.libraries = { &library_kmod },
	.run = retry_run,
};
