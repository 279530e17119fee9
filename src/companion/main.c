// SPDX-License-Identifier: GPL-2.0-or-later

/*
 * vfio-early: shows what was reserved at boot, what would be now, and what the machine
 * has.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/descriptors.h"
#include "companion/mode.h"
#include "companion/session.h"

/* In the order of --help */
static const struct mode *const modes[] = {
	&report_mode,	   &plan_mode,	  &check_mode,
	&guest_mode,	   &hostdev_mode, &rom_mode,
	&pin_mode,	   &groups_mode,  &suggest_mode,
	&explain_mode,	   &capture_mode, &make_cpio_mode,
	&record_host_mode, &hook_mode,	  &confirm_mode,
	&retry_mode,	   NULL,
};

static enum status answer(struct session *session, enum mode_ask ask,
			  const struct mode *mode)
{
	if (ask == MODE_ASK_HELP)
		mode_help(modes, mode, session->out);
	else if (ask == MODE_ASK_COMPLETE)
		mode_complete(modes, session->out);
	else
		fputs("vfio-early " VFIO_EARLY_VERSION "\n" VFIO_EARLY_BUILT_WITH,
		      session->out);
	return session_end(session, true, STATUS_GOOD);
}

static enum status mode_run(struct session *session, const struct mode *mode)
{
	struct fault fault = { 0 };
	enum status status;

	for (size_t i = 0; i < LIBRARIES_MAX && mode->libraries[i]; i++)
		if (library_open(mode->libraries[i], mode->name, &fault) < 0)
			return session_complain(session, &fault, STATUS_BAD);
	if (sysroot_open(session->sysroot, &session->root, &fault) < 0)
		return session_complain(session, &fault, STATUS_BAD);
	status = mode->run(session);
	sysroot_done(&session->root);
	return status;
}

int main(int argc, char **argv)
{
	struct session *session cleanup_free = calloc(1, sizeof(*session));
	const struct mode *mode;
	struct fault fault = { 0 };
	int ask;

	descriptors_hold();
	if (!session) {
		fprintf(stderr, "vfio-early: %s\n", strerror(ENOMEM));
		return STATUS_BAD;
	}
	session->out = stdout;
	session->err = stderr;
	ask = mode_parse(modes, argv + (argc > 0), session, &mode, &fault);
	if (ask > 0)
		return (int)answer(session, (enum mode_ask)ask, mode);
	if (ask < 0 && *fault.text) {
		(void)session_complain(session, &fault, STATUS_BAD);
		fputs("See vfio-early --help.\n", stderr);
		return STATUS_BAD;
	}
	if (ask < 0) {
		mode_help(modes, NULL, stderr);
		return STATUS_BAD;
	}
	return (int)mode_run(session, mode);
}
