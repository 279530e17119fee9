// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/mode.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "image/make_cpio.h"
#include "survey/host_record.h"

enum { MAKE_CPIO_KERNEL };

static enum status make_cpio_run(struct session *session)
{
	cleanup_free char *record = NULL;
	struct fault fault = { 0 };
	int error;

	/* Without it the boot is careful. */
	(void)host_record_make(&session->root, &record, &fault);
	error = make_cpio(&session->root, session->subject,
			  session->values[MAKE_CPIO_KERNEL], record, &fault);
	if (!error)
		return STATUS_GOOD;
	return session_complain(session, &fault,
				error == -ENODATA || error == -EINVAL ? STATUS_BAD :
									STATUS_SHORT);
}

const struct mode make_cpio_mode = {
	.name = "--make-cpio",
	.subject = "FILE",
	.help = "write an initramfs to load in addition to any other",
	.options = { [MAKE_CPIO_KERNEL] = { "--kernel", "RELEASE",
					    "for this kernel, not the running one" } },
	.libraries = { &library_kmod, &library_archive },
	.run = make_cpio_run,
};
