// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/mode.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "companion/login.h"
#include "read/guard_read.h"
#include "report/guard_write.h"

enum { CONFIRM_WAIT };

/**
 * struct confirming - one --confirm
 * @reported: the report is of this boot
 * @noted: a trial of this boot is open, whatever the report says of it: the firmware may
 *	have written what it did not answer for
 */
struct confirming {
	struct session *session;
	struct guard_record record;
	bool reported;
	bool noted;
};

/* A failed boot proves nothing: the next one is a trial again. */
static bool all_reserved(const struct report *report)
{
	for (size_t i = 0; i < report->n_targets; i++)
		if (report->targets[i].state == TARGET_FAILED ||
		    report->targets[i].state == TARGET_ROLLED_BACK ||
		    report->targets[i].state == TARGET_PENDING)
			return false;
	return report->end == RUN_COMPLETED;
}

static int trial_look(struct confirming *confirming, int *ret_dir, struct fault *fault)
{
	const struct session *session = confirming->session;
	int error = guard_store_open(&session->root, ret_dir, fault);

	if (!error)
		error = guard_read(*ret_dir, &confirming->record, fault);
	confirming->noted = !error && session->run.boot_id[0] &&
			    guard_is_noted(&confirming->record,
					   guard_boot_hash(session->run.boot_id));
	return error;
}

static bool needs_login(const struct confirming *confirming)
{
	const struct guard *guard = &confirming->session->report.guard;

	return confirming->reported && guard->state == GUARD_TRIAL ?
		       guard->needs == GUARD_NEEDS_LOGIN :
		       confirming->record.risk == GUARD_RISK_SCREEN;
}

/* While it waited for a login, the trial may have been ended by hand. */
static int trial_end(struct confirming *confirming, bool passed, bool *ret_kept,
		     struct fault *fault)
{
	cleanup_close int dir = -1;
	int error = trial_look(confirming, &dir, fault);

	if (error || !confirming->noted)
		return error;
	guard_record_end(&confirming->record, passed);
	return guard_end(dir, &confirming->record, ret_kept, fault);
}

/* @kept: it will be remembered */
static const char *end_tell(bool passed, bool kept)
{
	if (!passed)
		return "The trial is over, but not every target was reserved: the next "
		       "boot is a trial again.\n";
	if (!kept)
		return "The trial is passed, but the store of EFI variables is too "
		       "full to remember it: the next boot is a trial again, if there "
		       "is room.\n";
	return "The trial is passed: this config and this kernel boot.\n";
}

static enum status trial_confirm(struct confirming *confirming, struct fault *fault)
{
	struct session *session = confirming->session;
	bool passed = confirming->reported && all_reserved(&session->report);
	bool kept = true;
	int error = 0;

	if (session->values[CONFIRM_WAIT] && needs_login(confirming))
		error = login_wait(fault);
	if (!error)
		error = trial_end(confirming, passed, &kept, fault);
	if (error)
		return session_complain(session, fault, STATUS_SHORT);
	fputs(end_tell(passed, kept), session->out);
	return session_end(session, true, STATUS_GOOD);
}

static enum status confirm_do(struct confirming *confirming)
{
	struct session *session = confirming->session;
	bool is_trial = confirming->reported &&
			session->report.guard.state == GUARD_TRIAL;
	cleanup_close int dir = -1;
	struct fault fault;

	if (trial_look(confirming, &dir, &fault) < 0 && is_trial)
		return session_complain(session, &fault, STATUS_SHORT);
	if (confirming->noted)
		return trial_confirm(confirming, &fault);
	fputs(is_trial ? "The trial of this boot has been ended before.\n" :
			 "This boot is no trial: there is nothing to confirm.\n",
	      session->out);
	return session_end(session, true, STATUS_GOOD);
}

static enum status confirm_run(struct session *session)
{
	struct confirming confirming = { .session = session };
	struct fault fault;
	enum status status;

	(void)sysroot_read(session->root.fd, "proc/sys/kernel/random/boot_id",
			   session->run.boot_id, sizeof(session->run.boot_id));
	confirming.reported = !report_read(&session->root, &session->report, &fault) &&
			      session->run.boot_id[0] &&
			      !strcmp(session->report.boot_id, session->run.boot_id);
	status = confirm_do(&confirming);
	report_done(&session->report);
	return status;
}

const struct mode confirm_mode = {
	.name = "--confirm",
	.help = "this boot is good: its trial is passed",
	.options = { [CONFIRM_WAIT] = { "--wait", NULL,
					"first wait for a login, if it needs one" } },
	.run = confirm_run,
};
