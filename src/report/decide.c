// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/decide.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "plan/near.h"
#include "read/config_read.h"
#include "read/framebuffer.h"
#include "read/host_read.h"
#include "read/modules.h"
#include "read/record_read.h"

/*
 * A command line that cannot be read may hold the kill switch. A recorded machine need
 * not have one.
 */
static void config_decide(const struct sysroot *root, const char *config,
			  const char *words, struct run *run)
{
	int error = config_read_cmdline(root, run->cmdline);
	struct fault fault;

	(void)config_read(root, config, words ? words : run->cmdline, &run->config);
	if (!error || (error == -ENOENT && !root->live))
		return;
	(void)fault_set(&fault, error, "/proc/cmdline: %s: is the kill switch set?",
			strerror(-error));
	config_reject(&run->config, &fault);
}

void decide_config(const struct sysroot *root, const char *config, struct run *run)
{
	config_decide(root, config, NULL, run);
}

static bool is_wanted(const struct config *config)
{
	return config->n_targets && !config->invalid && config->mode != CONFIG_MODE_OFF;
}

/**
 * struct look - reading the facts that matter (plan/near.h)
 * @acts: the plan will be carried out, so the drivers that are bound now count
 * @read: something was read since the last plan
 */
struct look {
	const struct sysroot *root;
	struct run *run;
	bool acts;
	struct record record;
	struct near near;
	bool read;
};

/* Read what is wanted, until nothing is. @plan: NULL: there is none yet */
static int rounds(struct look *look, const struct plan *plan, struct fault *fault)
{
	struct host *host = &look->run->host;

	while (near_find(&look->run->config, host, plan, &look->near)) {
		int gone = host_read_near(look->root, look->near.want, host, fault);

		if (gone < 0)
			return gone;
		look->read = true;
		if (gone)
			near_forget(&look->near, host);
		if (plan)
			return 1;
	}
	return 0;
}

/* With a plan, its other dependencies are known. */
static int plan_rounds(struct look *look, struct fault *fault)
{
	struct run *run = look->run;
	int more = 1;

	while (more > 0) {
		if (look->read) {
			record_mark(&look->record, run->cmdline, &run->host);
			framebuffer_read(look->root, &run->host);
		}
		look->read = false;
		plan_build(&run->config, &run->host, &run->plan);
		more = rounds(look, &run->plan, fault);
	}
	return more;
}

/* As the first plan has it, before anything of that is read */
static bool uses_nothing(const struct host *host)
{
	bool nothing = host->disks_known == FACT_YES && !host->root_resolved &&
		       !host->network_needed;

	for (size_t i = 0; i < host->n_functions && nothing; i++)
		nothing = !host->functions[i].is_host_disk &&
			  !host->functions[i].has_route;
	return nothing;
}

static int near_look(struct look *look, struct fault *fault)
{
	struct run *run = look->run;
	struct host *host = &run->host;
	cleanup_free uint8_t *asked = NULL;
	unsigned int needs;
	int result = host_read_names(look->root, run->cmdline, host, fault);

	if (result < 0)
		return result;
	asked = malloc(2 * host->n_functions + 1);
	if (!asked)
		return fault_set(fault, -ENOMEM, "%s", strerror(ENOMEM));
	host->drivers_count |= look->acts;
	record_load(look->root, &look->record, host);
	near_begin(&look->near, asked, host, look->record.places, look->record.n_places);
	result = rounds(look, NULL, fault);
	if (result < 0)
		return result;
	modules_read(look->root, &run->config, run->cmdline, host);
	look->read = true;
	host->disks_known = FACT_YES; /* until they are read: uses_nothing() */
	result = plan_rounds(look, fault);
	/* A dying disk is slow, and a person can wait for it. */
	needs = look->acts ? plan_needs(host, &run->plan) : HOST_NEED_ALL;
	if (result < 0 || !needs)
		return result;
	host_read_use(look->root, run->cmdline, needs, host);
	return uses_nothing(host) ? 0 : plan_rounds(look, fault);
}

/* Only facts that the verdict depends on, since a boot waits for every read. */
static int look_near(const struct sysroot *root, bool acts, struct run *run,
		     struct fault *fault)
{
	struct look look = { .root = root, .run = run, .acts = acts };
	int result = near_look(&look, fault);

	record_done(&look.record);
	return result;
}

static void config_look(const struct sysroot *root, const char *config,
			enum decide_look look, const char *words, struct run *run)
{
	run->phase = RUN_CONFIG;
	if (look == DECIDE_MACHINE) {
		config_init(&run->config);
		(void)config_read_cmdline(root, run->cmdline);
	} else {
		config_decide(root, config, words, run);
	}
	config_read_image(root, &run->image);
	(void)sysroot_read(root->fd, "proc/sys/kernel/random/boot_id", run->boot_id,
			   sizeof(run->boot_id));
	run->phase = RUN_FACTS;
}

static int look_end(struct run *run, int error, const struct fault *fault)
{
	run->phase = RUN_PLAN;
	if (error)
		host_note(&run->host, fault);
	return error;
}

int decide(const struct sysroot *root, const char *config, enum decide_look look,
	   struct run *run, struct fault *fault)
{
	int error = 0;

	config_look(root, config, look, NULL, run);
	if (look == DECIDE_WANTED && !is_wanted(&run->config))
		plan_build(&run->config, &run->host, &run->plan);
	else
		error = look_near(root, look == DECIDE_WANTED, run, fault);
	return look_end(run, error, fault);
}

static int all_look(const struct sysroot *root, enum decide_look look, struct run *run,
		    struct fault *fault)
{
	int error;

	if (look == DECIDE_FUNCTIONS)
		error = host_read_functions(root, &run->host, fault);
	else
		error = host_read(root, &run->config, run->cmdline, &run->host, fault);
	if (!error && look == DECIDE_ALWAYS)
		plan_build(&run->config, &run->host, &run->plan);
	return look_end(run, error, fault);
}

int decide_all(const struct sysroot *root, const char *config, enum decide_look look,
	       struct run *run, struct fault *fault)
{
	config_look(root, config, look, NULL, run);
	return all_look(root, look, run, fault);
}

int decide_next(const struct sysroot *root, const char *config, const char *words,
		struct run *run, struct fault *fault)
{
	config_look(root, config, DECIDE_ALWAYS, words, run);
	return all_look(root, DECIDE_ALWAYS, run, fault);
}
