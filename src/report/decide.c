// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/decide.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "read/config_read.h"
#include "read/host_read.h"

/*
 * A command line that cannot be read may hold the kill switch. A recorded machine need
 * not have one.
 */
void decide_config(const struct sysroot *root, const char *config, struct run *run)
{
	int error = config_read_cmdline(root, run->cmdline);
	struct fault fault;

	(void)config_read(root, config, run->cmdline, &run->config);
	if (!error || (error == -ENOENT && !root->live))
		return;
	(void)fault_set(&fault, error, "/proc/cmdline: %s: is the kill switch set?",
			strerror(-error));
	config_reject(&run->config, &fault);
}

static bool is_wanted(const struct config *config)
{
	return config->n_targets && !config->invalid && config->mode != CONFIG_MODE_OFF;
}

/* A person sees more than what decides, and a boot does not wait for it. */
static int look_at(const struct sysroot *root, enum decide_look look, struct run *run,
		   struct fault *fault)
{
	int error;

	if (look != DECIDE_WANTED)
		return host_read(root, &run->config, run->cmdline, &run->host, fault);
	if (!is_wanted(&run->config))
		return 0;
	error = host_read_decide(root, &run->config, run->cmdline, &run->host, fault);
	run->host.drivers_count = true;
	return error;
}

int decide(const struct sysroot *root, const char *config, enum decide_look look,
	   struct run *run, struct fault *fault)
{
	int error;

	run->phase = RUN_CONFIG;
	if (look == DECIDE_MACHINE) {
		config_init(&run->config);
		(void)config_read_cmdline(root, run->cmdline);
	} else {
		decide_config(root, config, run);
	}
	config_read_image(root, &run->image);
	(void)sysroot_read(root->fd, "proc/sys/kernel/random/boot_id", run->boot_id,
			   sizeof(run->boot_id));
	run->phase = RUN_FACTS;
	error = look_at(root, look, run, fault);
	run->phase = RUN_PLAN;
	if (error) {
		host_note(&run->host, fault);
		return error;
	}
	if (look != DECIDE_MACHINE)
		plan_build(&run->config, &run->host, &run->plan);
	if (look == DECIDE_WANTED && plan_needs_disks(&run->host, &run->plan)) {
		run->phase = RUN_FACTS;
		host_read_use(root, run->cmdline, &run->host);
		run->phase = RUN_PLAN;
		plan_build(&run->config, &run->host, &run->plan);
	}
	return 0;
}
