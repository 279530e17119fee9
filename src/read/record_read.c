// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/record_read.h"

#include <errno.h>

#include "base/cleanup.h"
#include "model/record.h"
#include "read/config_read.h"

void record_read(const struct sysroot *root, const char *cmdline, struct host *host)
{
	cleanup_free char *text = NULL;
	struct fault fault;

	if (!sysroot_exists(root->fd, RECORD_PATH)) {
		record_mismatch(host, HOST_RECORD_NONE);
		return;
	}
	if (config_file_load(root, RECORD_PATH, &text, &fault) < 0) {
		record_mismatch(host, HOST_RECORD_BAD);
		host_note(host, &fault);
		return;
	}
	if (!record_apply(text, cmdline, host))
		return;
	(void)fault_set(&fault, -EINVAL,
			"/" RECORD_PATH ": it is not understood, and not believed");
	host_note(host, &fault);
}
