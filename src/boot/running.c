// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/running.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/decide.h"

/* statfs(2) */
#define RAMFS 0x858458f6
#define TMPFS 0x01021994

#define LOSSES_MAX 160 /* bytes of the list; longer ones are cut */

/* The root of an initramfs is the kernel's own (Documentation/filesystems/ramfs-rootfs-
 * initramfs.rst), and systemd takes a root with this file for one. */
bool running_is(const struct sysroot *root)
{
	struct statfs status;

	if (!faccessat(root->fd, "etc/initrd-release", F_OK, 0))
		return false;
	if (!faccessat(root->fd, "run/systemd/system", F_OK, 0))
		return true;
	return root->live && !fstatfs(root->fd, &status) &&
	       (uint32_t)status.f_type != RAMFS && (uint32_t)status.f_type != TMPFS;
}

/* Functions that drivers and the console would lose by a plan, as a list; empty: none */
static void losses_describe(const struct run *run, char text[static LOSSES_MAX])
{
	text[0] = '\0';
	for (size_t i = 0; i < run->plan.n_actions; i++) {
		const struct action *action = &run->plan.actions[i];
		const struct host_function *function =
			&run->host.functions[action->function];
		char address[PCI_ADDRESS_TEXT];

		if (action->type != ACTION_UNBIND && action->type != ACTION_RELEASE)
			continue;
		pci_address_format(&function->address, address);
		text_append(text, LOSSES_MAX, "%s%s from %s", text[0] ? ", " : "",
			    address,
			    action->type == ACTION_UNBIND ? function->driver :
							    function->framebuffer);
	}
}

bool running_refuses(const struct sysroot *root, const char *config, struct fault *fault)
{
	struct run *run cleanup_free = NULL;
	char losses[LOSSES_MAX];

	run = calloc(1, sizeof(*run));
	/* The run itself reports an error, and then reserves nothing. */
	if (!run || decide(root, config, DECIDE_WANTED, run, fault) < 0 ||
	    run->config.mode != CONFIG_MODE_ON)
		return false;
	losses_describe(run, losses);
	if (!losses[0])
		return false;
	(void)fault_set(fault, -EBUSY,
			"nothing is reserved: this system is running, and would lose %s; "
			"the next boot does it before drivers load, --now does it at "
			"once",
			losses);
	return true;
}
