// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/mode.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "companion/hook_record.h"
#include "companion/hook_run.h"
#include "companion/report_journal.h"

#define JOURNAL_SECONDS 5

/* A guest's name is a part of a file's name. */
static bool name_is_sound(const char *name)
{
	return *name && !strchr(name, '/') && strlen(name) < HOOK_GUEST_MAX;
}

/*
 * The hypervisor shows the sentence of a start; at an end only the journal keeps it. The
 * sentence is printed first, in case the journal does not answer until the time is up.
 */
static enum status refuse(struct session *session, const char *what, struct fault *fault)
{
	struct fault sentence, ignored;
	enum status status;

	(void)fault_set(&sentence, fault->error, "%.60s %s: %s", session->subject, what,
			fault->text);
	status = session_complain(session, &sentence, STATUS_SHORT);
	(void)alarm(JOURNAL_SECONDS);
	if (session->root.live)
		(void)journal_send_guest(session->subject, &sentence, &ignored);
	return status;
}

/* libvirt calls the hook at further times: www.libvirt.org/hooks.html */
static enum status hook_run(struct session *session)
{
	struct fault fault = { 0 };

	if (!session->more) {
		(void)fault_set(&fault, -EINVAL, "--hook: expected GUEST OPERATION");
		return session_complain(session, &fault, STATUS_BAD);
	}
	if (!name_is_sound(session->subject)) {
		(void)fault_set(&fault, -EINVAL, "--hook: no guest is called so");
		return session_complain(session, &fault, STATUS_BAD);
	}
	if (!strcmp(session->more, "release"))
		return hook_return(&session->root, session->subject, &fault) < 0 ?
			       refuse(session, "has ended", &fault) :
			       STATUS_GOOD;
	/* One of which it cannot be told whether it is there is read, which says why. */
	if (strcmp(session->more, "prepare") != 0 ||
	    !sysroot_look(session->root.fd, HOOK_CONFIG_PATH))
		return STATUS_GOOD;
	return hook_take(&session->root, session->subject, &fault) < 0 ?
		       refuse(session, "is not started", &fault) :
		       STATUS_GOOD;
}

const struct mode hook_mode = {
	.name = "--hook",
	.subject = "GUEST",
	.more = "[OPERATION]",
	.verbatim = true,
	.help = "for libvirt: reserve the card of GUEST, and give it back",
	.libraries = { &library_kmod, &library_xml2 },
	.run = hook_run,
};
