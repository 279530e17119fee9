// SPDX-License-Identifier: GPL-2.0-or-later
#include "decide.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "config_read.h"
#include "host_read.h"

/*
 * A command line that cannot be read may hold the kill switch. A recorded machine need
 * not have one.
 */
static void config_fill(const struct sysroot *root, const char *file, const char *cmdline,
			int cmdline_error, struct config *config)
{
	struct fault fault;

	(void)config_read(root, file, cmdline, config);
	if (!cmdline_error || (cmdline_error == -ENOENT && !root->live))
		return;
	(void)fault_set(&fault, cmdline_error,
			"proc/cmdline: %s: is the kill switch set?",
			strerror(-cmdline_error));
	config_reject(config, &fault);
}

static bool is_wanted(const struct config *config)
{
	return config->n_targets && !config->invalid && config->mode != CONFIG_MODE_OFF;
}

int decide(const struct sysroot *root, const char *config, enum decide_look look,
	   struct run *run, struct fault *fault)
{
	char cmdline[CMDLINE_MAX];
	int error;

	run->phase = RUN_CONFIG;
	error = config_read_cmdline(root, cmdline);
	config_fill(root, config, cmdline, error, &run->config);
	config_read_image(root, &run->image);
	(void)sysroot_read(root->fd, "proc/sys/kernel/random/boot_id", run->boot_id,
			   sizeof(run->boot_id));
	run->phase = RUN_FACTS;
	if (look == DECIDE_ALWAYS || is_wanted(&run->config)) {
		error = host_read(root, &run->config, cmdline, &run->host, fault);
		if (error) {
			host_note(&run->host, fault);
			run->phase = RUN_PLAN;
			return error;
		}
	}
	run->phase = RUN_PLAN;
	plan_build(&run->config, &run->host, &run->plan);
	return 0;
}
