// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/hook.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "companion/hook_modules.h"
#include "plan/card.h"
#include "plan/plan_detail.h"

/* ---- which cards ---- */

static bool guest_has(const struct guest *guest, const struct pci_address *address)
{
	for (size_t i = 0; i < guest->n_hostdevs; i++) {
		const struct guest_hostdev *own = &guest->hostdevs[i];

		if (own->whole_slot ? pci_address_same_slot(&own->host, address) :
				      !pci_address_compare(&own->host, address))
			return true;
	}
	return false;
}

/* A target without a card counts, too: the guest must not start without it. */
static bool has_any(const struct run *run, const struct plan_target *target,
		    const struct guest *guest)
{
	for (size_t i = 0; i < target->n_functions; i++)
		if (guest_has(guest, &card_at(&run->host, target, i)->address))
			return true;
	for (size_t i = 0; i < target->n_found; i++)
		if (guest_has(guest, &run->host.functions[target->found[i]].address))
			return true;
	return false;
}

static bool is_for_guest(const struct run *run, size_t config, const struct guest *guest)
{
	for (size_t t = 0; t < run->plan.n_targets; t++)
		if (run->plan.targets[t].config == config &&
		    has_any(run, &run->plan.targets[t], guest))
			return true;
	return false;
}

size_t hook_select(struct run *run, const struct guest *guest)
{
	struct config *config = &run->config;
	size_t kept = 0;

	for (size_t i = 0; i < config->n_targets; i++)
		if (strcmp(config->targets[i].file, CONFIG_CMDLINE_FILE) != 0 &&
		    is_for_guest(run, i, guest)) {
			/* behind is_for_guest(): it counts by the old places */
			config->targets[kept] = config->targets[i];
			kept++;
		}
	config->n_targets = kept;
	run->host.drivers_count = true;
	plan_build(config, &run->host, &run->plan);
	return kept;
}

int hook_told(const struct run *run, const struct guest *guest, struct fault *fault)
{
	for (size_t i = 0; i < run->host.n_functions; i++) {
		const struct host_function *function = &run->host.functions[i];

		if (function->id_unknown && guest_has(guest, &function->address))
			return fault_set(fault, -EIO,
					 "%s cannot be read: a target may mean it",
					 PCI_ADDRESS(&function->address));
	}
	return 0;
}

/* ---- may they be taken ---- */

int hook_planned(const struct run *run, struct fault *fault)
{
	for (size_t i = 0; i < run->plan.n_targets; i++) {
		const struct plan_target *target = &run->plan.targets[i];
		const struct reason_info *info = reason_info(target->reason);

		if (target->verdict == VERDICT_RESERVE)
			continue;
		return fault_set(fault, -EPERM, "%s: %.120s (%s)", target->name,
				 *target->detail ? target->detail : info->sentence,
				 info->code);
	}
	return 0;
}

static bool is_taken(const struct run *run, const struct host_function *function)
{
	return card_any_takes(&run->plan, (size_t)(function - run->host.functions));
}

/* The module serves all its cards: none can stay when it goes. */
static int other_card(const struct run *run, const struct host_function *function,
		      const char *address, struct fault *fault)
{
	char other[PCI_ADDRESS_TEXT];

	for (size_t i = 0; i < run->host.n_functions; i++) {
		const struct host_function *one = &run->host.functions[i];

		if (strcmp(one->driver, function->driver) != 0 || is_taken(run, one))
			continue;
		pci_address_format(&one->address, other);
		return fault_set(fault, -EBUSY,
				 "%s: %s must be unloaded for it, and %s needs that "
				 "driver: give the guest a boot entry of its own "
				 "(vfio-early --explain mode)",
				 address, function->driver, other);
	}
	return 0;
}

int hook_judge(const struct run *run, const struct host_function *function,
	       const struct users *users, struct fault *fault)
{
	char address[PCI_ADDRESS_TEXT], text[USERS_TEXT_MAX];
	struct users programs = *users;

	if (!*function->driver || plan_driver_is_idle(function->driver))
		return 0;
	pci_address_format(&function->address, address);
	programs.n_screens = 0;
	users_format(&programs, text);
	if (users->n_programs)
		return fault_set(fault, -EBUSY,
				 "%s is %.150s: log out of the desktop, or end what has "
				 "it open, and start again",
				 address, text);
	if (users->programs_hidden)
		return fault_set(fault, -EACCES,
				 "%s: not every process could be looked at, so whether "
				 "one has it open cannot be told",
				 address);
	return hook_driver_unloads(function->driver) ?
		       other_card(run, function, address, fault) :
		       0;
}

/* ---- what became of it ---- */

static const char *shown(const char *driver)
{
	return *driver ? driver : "no driver";
}

/* A function is as before, or was never touched. */
static bool is_back(const struct host_function *before,
		    const struct apply_function *after)
{
	bool touched = after->overridden || after->unbound || after->released ||
		       after->bound;

	return !touched ||
	       (after->given_back && !after->undo_error &&
		(!*before->driver ||
		 (after->after_known && !strcmp(before->driver, after->driver_after))));
}

int hook_returned(const struct run *run, struct fault *fault)
{
	for (size_t t = 0; t < run->plan.n_targets; t++)
		for (size_t i = 0; i < run->plan.targets[t].n_functions; i++) {
			const struct plan_target *target = &run->plan.targets[t];
			const struct host_function *before =
				card_at(&run->host, target, i);
			const struct apply_function *after =
				&run->apply.targets[t].functions[i];
			char address[PCI_ADDRESS_TEXT];

			if (is_back(before, after))
				continue;
			pci_address_format(&before->address, address);
			return fault_set(
				fault, -EIO,
				"%s: %s of %s did not come back: %s has it; a reboot "
				"gives it back, see vfio-early --report",
				target->name, shown(before->driver), address,
				after->after_known ? shown(after->driver_after) :
						     "it is not known what");
		}
	return 0;
}

int hook_taken(const struct run *run, struct fault *fault)
{
	struct fault back = { 0 };

	for (size_t t = 0; t < run->plan.n_targets; t++) {
		const struct apply_target *target = &run->apply.targets[t];

		if (target->state == TARGET_RESERVED)
			continue;
		(void)hook_returned(run, &back);
		return fault_set(fault, -EIO, "%s: %.140s (%s); %s",
				 run->plan.targets[t].name,
				 *target->detail ? target->detail :
						   reason_info(target->reason)->sentence,
				 reason_info(target->reason)->code,
				 back.error ? back.text : "all is given back");
	}
	return 0;
}
