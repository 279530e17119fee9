// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/plan_detail.h"

#include <stdio.h>

#include "base/address.h"
#include "base/array.h"
#include "base/text.h"
#include "plan/card.h"
#include "plan/remedy.h"

/* A sentence that grows up to the room there is */
#define say(sentence, ...) text_append(sentence, PLAN_DETAIL_MAX, __VA_ARGS__)

static void say_function(char *sentence, const struct host_function *function)
{
	char text[CARD_TEXT_MAX];

	card_mention(function, text);
	say(sentence, "%s", text);
}

/* Few enough to be read on a console line; the JSON has all that there was @room for. */
static void say_functions(char *sentence, const struct host *host,
			  const size_t *functions, size_t count, size_t room)
{
	const size_t most = 4;

	for (size_t i = 0; i < count && i < most; i++) {
		say(sentence, "%s", i ? ", " : "");
		say_function(sentence, &host->functions[functions[i]]);
	}
	if (count > most)
		say(sentence, " and %s%zu more", count == room ? "at least " : "",
		    count - most);
}

static void say_wanted(char *sentence, const struct config_target *wanted)
{
	for (size_t i = 0; i < wanted->n_ids; i++)
		say(sentence, "%s%s", i ? ", " : "", PCI_ID(&wanted->ids[i]));
	if (wanted->has_address)
		say(sentence, "%s%s", wanted->n_ids ? " at " : "address ",
		    PCI_ADDRESS(&wanted->address));
	if (wanted->has_path)
		say(sentence, "%s%s",
		    wanted->n_ids || wanted->has_address ? " by path " : "path ",
		    PCI_PATH(&wanted->path));
}

static void say_culprit(char *sentence, const struct host *host,
			const struct acs_culprit *culprit)
{
	const char *address = PCI_ADDRESS(&host->functions[culprit->function].address);

	switch (culprit->failure) {
	case ACS_FAILURE_CONVENTIONAL:
		say(sentence, "; %s leads to a conventional PCI bus", address);
		break;
	case ACS_FAILURE_MISSING:
		say(sentence, "; port %s has no ACS", address);
		break;
	case ACS_FAILURE_OFF:
		say(sentence, "; port %s has ACS bits off: ", address);
		for (size_t i = 0; i < ACS_BITS; i++)
			if (culprit->bits & acs_bits[i].bit)
				say(sentence, "%s ", acs_bits[i].mark);
		break;
	case ACS_FAILURE_MULTIFUNCTION:
		say(sentence, "; the functions of %s have no ACS between them", address);
		break;
	}
}

static void detail_found(char *sentence, const struct host *host,
			 const struct config_target *wanted,
			 const struct plan_target *target)
{
	say(sentence, "wanted ");
	say_wanted(sentence, wanted);
	if (!target->n_found)
		return;
	say(sentence, "; found ");
	say_functions(sentence, host, target->found, target->n_found,
		      ARRAY_SIZE(target->found));
}

static void detail_moved(char *sentence, const struct host *host,
			 const struct config_target *wanted,
			 const struct plan_target *target)
{
	const struct host_function *there = host_find(host, &wanted->address);

	say(sentence, "the card is at ");
	say_function(sentence, &host->functions[target->found[0]]);
	say(sentence, " now, by path and id; at address %s is ",
	    PCI_ADDRESS(&wanted->address));
	if (there)
		say_function(sentence, there);
	else
		say(sentence, "nothing");
}

static void detail_shared(char *sentence, const struct host *host,
			  const struct plan_target *target)
{
	say(sentence, "in the way: ");
	say_functions(sentence, host, target->blockers, target->n_blockers,
		      ARRAY_SIZE(target->blockers));
	if (target->has_culprit)
		say_culprit(sentence, host, &target->culprit);
}

/*
 * The ACPI table and the units show whether firmware or kernel is the cause (struct
 * host).
 */
static void detail_inactive(char *sentence, const struct host *host)
{
	if (host->noiommu_mode)
		say(sentence, "vfio.enable_unsafe_noiommu_mode gives no isolation; ");
	if (host->xen == HOST_XEN_DOM0) {
		say(sentence, "under Xen the hypervisor owns it, not this kernel (dom0)");
		return;
	}
	if (host->n_units)
		say(sentence, "unit %s exists, but no function is behind it",
		    host->units[0]);
	else if (host->table[0])
		say(sentence,
		    "firmware describes one (ACPI %s), but the kernel did not start it",
		    host->table);
	else if (host->xen == HOST_XEN_GUEST)
		say(sentence, "a Xen guest (domU) that was given none");
	else if (host->device_tree)
		say(sentence, "a device tree describes this machine, and has no IOMMU "
			      "for a card");
	else if (host->table_known == FACT_YES)
		say(sentence, "firmware describes none (no ACPI table %s)",
		    remedy_is_arm(host) ? "IORT with an SMMU" : "DMAR or IVRS");
	else
		say(sentence, "the ACPI tables could not be read");
}

static void detail_region(char *sentence, const struct host *host,
			  const struct host_function *function)
{
	const struct host_group *group = host_group_find(host, function->group);

	if (group)
		say(sentence, "group %u: 0x%llx-0x%llx direct (%s)", group->number,
		    (unsigned long long)group->direct_start,
		    (unsigned long long)group->direct_end, remedy_mapping(host));
}

static void detail_disk(char *sentence, const struct host_function *function)
{
	static const struct {
		uint8_t bit;
		const char *what;
	} recorded[] = {
		{ HOST_RECORDED_ROOT, "the root filesystem" },
		{ HOST_RECORDED_RESUME, "the resume device" },
		{ HOST_RECORDED_SWAP, "swap" },
		{ HOST_RECORDED_FILESYSTEM, "a filesystem" },
	};
	size_t i = 0;

	say_function(sentence, function);
	if (function->use[0]) {
		say(sentence, " carries: %s", function->use);
		return;
	}
	while (i < ARRAY_SIZE(recorded) - 1 && !(function->recorded & recorded[i].bit))
		i++;
	say(sentence, " carried %s of the host when the image was built",
	    recorded[i].what);
}

static void detail_network(char *sentence, const struct host_function *function)
{
	say_function(sentence, function);
	say(sentence,
	    function->has_route ?
		    " has a route that the host needs" :
		    " had a route that the host needs when the image was built");
}

/* Why nothing is known of a function that may carry a disk of the host */
static const char *unseen_disk(const struct host *host,
			       const struct host_function *function)
{
	if (host_load_of(function->class_code) == HOST_LOAD_NETWORK)
		return ": the root filesystem is on the network, and the card that leads "
		       "there is not known";
	if (host->disks_known != FACT_YES)
		return ": the disks that the host uses are not known";
	switch (host_record_of_disks(host)) {
	case HOST_RECORD_BAD:
		return ": the image's record of the host's disks is not understood";
	case HOST_RECORD_STALE:
		return ": the image's record of the host's disks is not true on this "
		       "machine";
	case HOST_RECORD_UNKNOWN:
		return ": the disks that the host uses were not known when the image was "
		       "built";
	case HOST_RECORD_NONE:
	case HOST_RECORD_GOOD:
		break;
	}
	if (!host->root_resolved)
		return ": the disk of root= or resume= is not known yet, and may be on "
		       "it";
	return ": it has no driver, so its disks have not been seen";
}

static void detail_display(char *sentence, const struct host *host,
			   const struct host_function *function)
{
	say_function(sentence, function);
	switch (host_boot_display(host, function)) {
	case BOOT_DISPLAY_FRAMEBUFFER:
		say(sentence, " holds the framebuffer of %s", function->framebuffer);
		break;
	case BOOT_DISPLAY_SHOWN:
		say(sentence, " shows the boot, according to the kernel (boot_display)");
		break;
	case BOOT_DISPLAY_CONSOLE:
		say(sentence, " has the framebuffer device of the text console");
		break;
	case BOOT_DISPLAY_RECORDED:
		say(sentence, " had the host's console when the image was built");
		break;
	case BOOT_DISPLAY_VGA:
	case BOOT_DISPLAY_NO:
	case BOOT_DISPLAY_UNKNOWN:
		say(sentence, " is the boot VGA device");
		break;
	}
}

/* The unknown facts, which are those that plan.c refused for. */
static void detail_unknown(char *sentence, const struct host *host,
			   const struct host_function *function)
{
	const struct host_group *group = NULL;

	if (function->has_group)
		group = host_group_find(host, function->group);
	say_function(sentence, function);
	if (function->unreadable)
		say(sentence, ": its id, class or group could not be read");
	else if (!function->has_header)
		say(sentence, ": its config space could not be read");
	else if (function->has_group && (!group || !group->known))
		say(sentence, ": the reserved regions of group %u could not be read",
		    function->group);
	else if (function->driver_unknown)
		say(sentence, ": its driver could not be read");
	else if (function->vfs_unknown)
		say(sentence, ": the number of its virtual functions could not be read");
	else if (host_is_display(function))
		say(sentence, ": whether it is the boot display could not be read");
	else
		say(sentence, "%s", unseen_disk(host, function));
	if (host->n_notes)
		say(sentence, "; %s", host->notes[0].text);
}

static void detail_driver(char *sentence, const struct host *host,
			  const struct config_target *wanted)
{
	say(sentence, "driver %s, kernel %s",
	    wanted->driver[0] ? wanted->driver : "vfio-pci",
	    host->kernel[0] ? host->kernel : "unknown");
}

/* Reasons about one function of the host */
static void detail_at(char *sentence, const struct config_target *wanted,
		      const struct host *host, const struct plan_target *target)
{
	const struct host_function *function = &host->functions[target->at];

	switch ((unsigned int)target->reason) {
	case REASON_RESERVED_REGION:
		detail_region(sentence, host, function);
		return;
	case REASON_HOST_DISK:
		detail_disk(sentence, function);
		return;
	case REASON_HOST_NETWORK:
		detail_network(sentence, function);
		return;
	case REASON_BOOT_DISPLAY:
		detail_display(sentence, host, function);
		return;
	case REASON_CANNOT_TELL:
		detail_unknown(sentence, host, function);
		return;
	case REASON_DRIVER_IN_USE:
		say_function(sentence, function);
		say(sentence, " is already bound to its driver");
		return;
	case REASON_DRIVER_MISSING:
		detail_driver(sentence, host, wanted);
		return;
	case REASON_ID_MISMATCH:
		detail_found(sentence, host, wanted, target);
		return;
	case REASON_CLASS_REFUSED:
		say_function(sentence, function);
		say(sentence, " is of class %04x", function->class_code >> 8);
		return;
	case REASON_VFS_ENABLED:
		say_function(sentence, function);
		say(sentence, " has %u virtual functions", function->vfs);
		return;
	default:
		say_function(sentence, function);
		return;
	}
}

void plan_detail_write(const struct config *config, const struct host *host,
		       struct plan_target *target)
{
	const struct config_target *wanted = &config->targets[target->config];
	char *sentence = target->detail;

	*sentence = '\0';
	if (target->at != PLAN_NOWHERE) {
		detail_at(sentence, wanted, host, target);
		return;
	}
	switch ((unsigned int)target->reason) {
	case REASON_CONFIG_INVALID:
		say(sentence, "%s", config->fault.text);
		break;
	case REASON_ABSENT:
	case REASON_AMBIGUOUS:
	case REASON_ID_MISMATCH:
	case REASON_PATH_MISMATCH:
		detail_found(sentence, host, wanted, target);
		break;
	case REASON_ADDRESS_MOVED:
		detail_moved(sentence, host, wanted, target);
		break;
	case REASON_IOMMU_INACTIVE:
		detail_inactive(sentence, host);
		break;
	case REASON_CANNOT_TELL:
		say(target->detail, "it could not be read whether interrupts are "
				    "remapped");
		break;
	case REASON_GROUP_SHARED:
		detail_shared(sentence, host, target);
		break;
	default:
		break;
	}
}
