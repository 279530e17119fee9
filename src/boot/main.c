// SPDX-License-Identifier: GPL-2.0-or-later

/*
 * vfio-early-boot: reserve the configured cards, and always give control back to the
 * boot.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/descriptors.h"
#include "base/text.h"
#include "boot/confine.h"
#include "boot/preinit.h"
#include "boot/running.h"
#include "boot/supervise.h"
#include "read/stamp.h"
#include "report/decide.h"
#include "report/plan_text.h"

static const char help[] =
	"usage: vfio-early-boot [--now] [--config FILE] [--sysroot DIR]\n"
	"       vfio-early-boot --plan [--json] [--config FILE] [--sysroot DIR]\n"
	"       vfio-early-boot --device ADDRESS [--config FILE] [--sysroot DIR]\n"
	"       vfio-early-boot --image GENERATOR [--sysroot DIR]\n"
	"\n"
	"Reserves the PCI cards that /etc/vfio-early.conf names for virtual machines,\n"
	"before the host's drivers load. Made for the initramfs; see vfio-early-boot(8).\n"
	"\n"
	"  --plan          only say what would be done\n"
	"  --json          say it as JSON\n"
	"  --now           also take what a driver of a system that runs has\n"
	"  --config FILE   read this file, not /etc/vfio-early.conf and its drop-ins\n"
	"  --device ADDRESS   only what this function is about, which has just appeared\n"
	"  --image GENERATOR  for hooks: what belongs into /etc/vfio-early.image\n"
	"  --sysroot DIR   the machine whose sys/, proc/, etc/ and run/ are below DIR\n"
	"  --help          show this text\n"
	"  --version       show the version\n"
	"\n"
	"Exit status: 0 all wanted targets are reserved (--plan: would be), 1 some are not,\n"
	"2 wrong usage or config.\n"
	"Kernel command line: vfio_early.mode=off makes it leave everything alone.\n";

struct options {
	bool plan;
	bool json;
	bool now;
	bool help;
	bool version;
	const char *config;
	const char *device;
	const char *image;
	const char *sysroot;
};

/* An option sets a flag, or takes the next argument. */
struct option {
	const char *name;
	bool *flag;
	const char **value;
};

static bool usage_error(const char *what, const char *argument)
{
	char text[TEXT_MAX];

	(void)fprintf(stderr, "vfio-early-boot: %s: %s (see --help)\n",
		      text_escape(argument, text, sizeof(text)), what);
	return false;
}

static bool options_parse(char **argv, struct options *options)
{
	const struct option table[] = {
		{ .name = "--plan", .flag = &options->plan },
		{ .name = "--json", .flag = &options->json },
		{ .name = "--now", .flag = &options->now },
		{ .name = "--help", .flag = &options->help },
		{ .name = "--version", .flag = &options->version },
		{ .name = "--config", .value = &options->config },
		{ .name = "--device", .value = &options->device },
		{ .name = "--image", .value = &options->image },
		{ .name = "--sysroot", .value = &options->sysroot },
	};

	for (; *argv; argv++) {
		size_t i = 0;

		while (i < ARRAY_SIZE(table) && strcmp(table[i].name, *argv) != 0)
			i++;
		if (i == ARRAY_SIZE(table))
			return usage_error(**argv == '-' ? "unknown option" :
							   "unexpected argument",
					   *argv);
		if (table[i].flag) {
			*table[i].flag = true;
			continue;
		}
		if (!argv[1])
			return usage_error("a value is missing", *argv);
		*table[i].value = *++argv;
	}
	if (options->json && !options->plan)
		return usage_error("goes with --plan", "--json");
	if (options->image && (options->plan || options->config || options->device))
		return usage_error("goes with --sysroot only", "--image");
	if (options->device && options->plan)
		return usage_error("does not go with --plan", "--device");
	if (options->now && (options->plan || options->device || options->image))
		return usage_error("goes with --config and --sysroot only", "--now");
	return true;
}

static void fault_print(const struct fault *fault)
{
	char text[TEXT_MAX];

	(void)fprintf(stderr, "vfio-early-boot: %s\n",
		      text_escape(fault->text, text, sizeof(text)));
}

static enum status plan_mode(const struct sysroot *root, const struct options *options,
			     struct fault *fault)
{
	struct run *run cleanup_free = calloc(1, sizeof(*run));

	if (!run) {
		(void)fault_set(fault, -ENOMEM, "%s", strerror(ENOMEM));
		return STATUS_SHORT;
	}
	if (decide(root, options->config, DECIDE_PLAN, run, fault) < 0)
		return STATUS_SHORT;
	if (run->config.invalid)
		*fault = run->config.fault;
	if (!plan_show(stdout, run, options->json)) {
		(void)fault_set(fault, -EIO, "the plan could not be written");
		return STATUS_SHORT;
	}
	if (run->config.invalid)
		return STATUS_BAD;
	return plan_is_good(&run->config, &run->plan) ? STATUS_GOOD : STATUS_SHORT;
}

static enum status image_show(const struct sysroot *root, const struct options *options,
			      struct fault *fault)
{
	char text[IMAGE_TEXT_MAX];
	enum status status = image_describe(root, options->image, text, fault);

	if (fputs(text, stdout) != EOF && !fflush(stdout))
		return status;
	(void)fault_set(fault, -EIO, "--image: the text could not be written");
	return STATUS_BAD;
}

static enum status device_do(struct sysroot *root, const struct options *options,
			     struct fault *fault)
{
	struct pci_address address;

	if (pci_address_parse(options->device, &address) < 0) {
		(void)usage_error("expected an address like 0000:09:00.0", "--device");
		return STATUS_BAD;
	}
	confine();
	return supervise(root, options->config, &address, false, fault);
}

static enum status options_do(struct sysroot *root, const struct options *options,
			      enum preinit_role role, struct fault *fault)
{
	bool running;

	if (options->image)
		return image_show(root, options, fault);
	if (options->plan)
		return plan_mode(root, options, fault);
	if (options->device)
		return device_do(root, options, fault);
	running = role == PREINIT_NONE && running_is(root);
	if (running && !options->now && running_refuses(root, options->config, fault))
		return STATUS_BAD;
	confine();
	return supervise(root, options->config, NULL, running, fault);
}

int main(int argc, char **argv)
{
	static struct sysroot root; /* a page of the stack less */
	enum status status = STATUS_BAD;
	struct options options = { 0 };
	struct fault fault = { 0 };
	enum preinit_role role = preinit(argv, &fault);

	root.fd = -1;
	descriptors_hold();
	if (role == PREINIT_NONE && !options_parse(argv + (argc > 0), &options))
		return STATUS_BAD;
	if (options.help || options.version) {
		(void)fputs(options.help ? help :
					   "vfio-early-boot " VFIO_EARLY_VERSION
					   "\n" VFIO_EARLY_BUILT_WITH,
			    stdout);
		return fflush(stdout) ? STATUS_SHORT : STATUS_GOOD;
	}
	if (role != PREINIT_FAILED && !sysroot_open(options.sysroot, &root, &fault))
		status = options_do(&root, &options, role, &fault);
	if (fault.error)
		fault_print(&fault);
	sysroot_done(&root);
	return (int)status;
}
