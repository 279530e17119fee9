// SPDX-License-Identifier: GPL-2.0-or-later

/*
 * DOC: Theory of operation
 *
 * plan_build() turns what is wanted (struct config) and what there is (struct host) into
 * verdicts and, for targets that no rule refuses, into actions. It is pure: no I/O, no
 * clock, no environment, no memory of its own; same input, same output.
 *
 * Stages:
 *   1. select: each target becomes one card, or, with all = yes, several; a card is a
 *      list of functions. (select.c)
 *   2. own rules: each rule looks at one card and at facts.
 *   3. groups: an endpoint in a card's group that no target takes refuses the card. Two
 *      cards of one group may both be wanted; then each stands or falls with the other,
 *      so this is repeated until no verdict changes any more.
 *   4. bundles: cards that share a group are one transaction.
 *   5. actions: all overrides, then bundle by bundle, in the order of enum action_type.
 *
 * All rules are looked at, so that a person learns of everything in one boot; the first
 * one that refuses gives the reason. What is not known is not safe: it refuses.
 *
 *  R1 the config is understood			config-invalid
 *  R2 the kill switch is not set		mode-off
 *  R3 the card is there			absent
 *  R4 and is the only one			ambiguous
 *  R5 all selectors agree			id-mismatch, path-mismatch, address-moved
 *  R6 the listed functions are there		function-missing
 *  R7 all are endpoints (header type 0: drivers/vfio/pci/vfio_pci_core.c
 *     vfio_pci_core_register_device())		not-endpoint
 *  R8 all are of a card's class, or an id names them	class-refused
 *  R9 no other target wants them		claimed-twice
 * R10 no virtual functions are enabled (same function of the kernel)	vfs-enabled
 * R11 some function of the machine has a real IOMMU group	iommu-inactive
 * R12 each function has one, and an IOMMU unit	no-group, no-unit
 * R13 no foreign endpoint in the groups; bridges do not count, nor what no driver will
 *     claim, nor what goes with a function that is taken (VMD)	group-shared
 * R14 bridges there have a driver that leaves DMA alone (.driver_managed_dma, 5.19+)
 *						bridge-driver
 * R15 no `direct` reserved region (6.6+: drivers/iommu/iommu.c
 *     __iommu_take_dma_ownership(); before: Intel only)	reserved-region
 * R16 interrupts are remapped (drivers/vfio/vfio_iommu_type1.c
 *     vfio_iommu_type1_attach_group())		interrupt-remapping
 * R17 no disk of the host is taken		host-disk
 * R18 the boot display is not taken		boot-display
 * R19 what the rules need is known, of all that may be near the card	cannot-tell
 * R20 a VFIO driver can be had			driver-missing
 * R21 the limits of plan.h hold		limit
 * R22 no display driver uses it now; other drivers are made to let go, as the config says
 *						driver-in-use
 * R23 the network is not taken, unless the config says so	host-network
 * R24 it is in no domain that the driver of another function makes (VMD), nor taken
 *     together with what is						behind-driver
 */

#include "plan/plan.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "plan/card.h"
#include "plan/plan_detail.h"
#include "plan/select.h"

const char *const verdict_names[] = {
	[VERDICT_RESERVE] = "reserve",
	[VERDICT_REFUSED] = "refused",
	[VERDICT_ABSENT] = "absent",
	[VERDICT_SKIPPED] = "skipped",
};

static_assert(ARRAY_SIZE(verdict_names) == VERDICT_SKIPPED + 1, "a verdict has no name");

const char *const role_names[] = {
	[ROLE_TARGET] = "target",
	[ROLE_COMPANION] = "companion",
	[ROLE_PEER] = "peer",
};

static_assert(ARRAY_SIZE(role_names) == ROLE_PEER + 1, "a role has no name");

const char *const action_type_names[] = {
	[ACTION_OVERRIDE] = "override", [ACTION_UNBIND] = "unbind",
	[ACTION_LOAD] = "load",		[ACTION_RELEASE] = "release",
	[ACTION_BIND] = "bind",		[ACTION_VERIFY] = "verify",
};

static_assert(ARRAY_SIZE(action_type_names) == ACTION_VERIFY + 1,
	      "an action has no name");

static_assert(REASON_COUNT <= 64, "plan_target.reasons has a bit for each reason");

/* What every stage looks at. */
struct planner {
	const struct config *config;
	const struct host *host;
	struct plan *plan;
};

static bool has_reason(const struct plan_target *target, enum reason reason)
{
	return target->reasons >> reason & 1;
}

/* @at: the function of the host that the reason is about, or PLAN_NOWHERE */
static void refuse(struct plan_target *target, enum reason reason, size_t at)
{
	target->reasons |= UINT64_C(1) << reason;
	if (target->reason == REASON_NONE || reason < target->reason) {
		target->reason = reason;
		target->at = at;
	}
	target->verdict = target->reason == REASON_ABSENT   ? VERDICT_ABSENT :
			  target->reason == REASON_MODE_OFF ? VERDICT_SKIPPED :
							      VERDICT_REFUSED;
}

static bool is_alive(const struct plan_target *target)
{
	return target->verdict == VERDICT_RESERVE;
}

static const struct config_target *wanted_of(const struct planner *planner,
					     const struct plan_target *target)
{
	return &planner->config->targets[target->config];
}

static const struct host_function *
function_of(const struct planner *planner, const struct plan_target *target, size_t index)
{
	return &planner->host->functions[target->functions[index].function];
}

/* Is it in an IOMMU group that stands for isolation? VFIO's noiommu groups do not. */
static bool has_real_group(const struct host *host, const struct host_function *function)
{
	const struct host_group *group;

	if (!function->has_group)
		return false;
	group = host_group_find(host, function->group);
	return !group || !group->noiommu;
}

static bool shares_group(const struct planner *planner, const struct plan_target *target,
			 const struct host_function *function)
{
	if (!function->has_group)
		return false;
	for (size_t i = 0; i < target->n_functions; i++) {
		const struct host_function *own = function_of(planner, target, i);

		if (own->has_group && own->group == function->group)
			return true;
	}
	return false;
}

/*
 * What peers = take may take: devices. Not memory controllers, bridges (ISA, LPC) and
 * system peripherals, which the host cannot lose. A bridge of no kind (0680) behind a
 * port is a device of a card, such as an NVSwitch; on a root bus it is the chipset.
 */
static bool is_takable_peer(const struct host_function *function)
{
	uint32_t base = function->class_code >> 16;

	if (function->class_code >> 8 == 0x0680 && function->parent != HOST_NO_PARENT)
		return !card_is_transparent(function);
	return base != 0x05 && base != 0x06 && base != 0x08 &&
	       !card_is_transparent(function);
}

/* Stage 1 */

static struct plan_target *target_add(const struct planner *planner, size_t config)
{
	struct plan *plan = planner->plan;
	struct plan_target *target;

	if (plan->n_targets == PLAN_TARGETS_MAX) {
		plan->overflow = true;
		return NULL;
	}
	target = &plan->targets[plan->n_targets];
	memset(target, 0, offsetof(struct plan_target, functions));
	target->config = config;
	target->verdict = VERDICT_RESERVE;
	target->reason = REASON_NONE;
	target->at = PLAN_NOWHERE;
	target->bundle = plan->n_targets;
	memcpy(target->name, planner->config->targets[config].name, CONFIG_NAME_MAX);
	plan->n_targets++;
	return target;
}

static void target_select(const struct planner *planner, size_t config)
{
	const struct config_target *wanted = &planner->config->targets[config];
	struct selection selection;
	struct plan_target *target;

	select_cards(wanted, planner->host, &selection);
	if (selection.reason != REASON_NONE) {
		target = target_add(planner, config);
		if (!target)
			return;
		refuse(target, selection.reason, PLAN_NOWHERE);
		memcpy(target->found, selection.found, sizeof(target->found));
		target->n_found = selection.n_found;
		return;
	}
	for (size_t i = 0; i < selection.n_heads; i++) {
		enum reason reason;

		target = target_add(planner, config);
		if (!target)
			return;
		if (wanted->all)
			(void)snprintf(target->name, sizeof(target->name), "%s#%zu",
				       wanted->name, i + 1);
		reason = select_functions(wanted, planner->host, selection.heads[i],
					  target);
		if (reason != REASON_NONE)
			refuse(target, reason, selection.heads[i]);
	}
}

/* Not a single fact is needed for these verdicts. */
static bool plan_is_barred(const struct planner *planner)
{
	const struct config *config = planner->config;
	enum reason reason = config->mode == CONFIG_MODE_OFF ? REASON_MODE_OFF :
			     config->invalid		     ? REASON_CONFIG_INVALID :
							       REASON_NONE;

	if (reason == REASON_NONE)
		return false;
	for (size_t i = 0; i < config->n_targets; i++) {
		struct plan_target *target = target_add(planner, i);

		if (target)
			refuse(target, reason, PLAN_NOWHERE);
	}
	return true;
}

/* peers = take: what shares the group and no other target names */
static void peers_add(const struct planner *planner, struct plan_target *target)
{
	const struct host *host = planner->host;
	size_t n_own = target->n_functions;

	for (size_t i = 0; i < host->n_functions; i++) {
		const struct host_function *function = &host->functions[i];

		if (!is_takable_peer(function) || !has_real_group(host, function) ||
		    !shares_group(planner, target, function) ||
		    card_any_takes(planner->plan, i) ||
		    card_takes(target, function->holder))
			continue;
		if (target->n_functions == PLAN_FUNCTIONS_MAX) {
			refuse(target, REASON_LIMIT, PLAN_NOWHERE);
			return;
		}
		target->functions[target->n_functions++] = (struct plan_function){
			.function = i,
			.role = ROLE_PEER,
		};
	}
	/* Keep the list in the order of addresses: two sorted runs become one. */
	for (size_t i = n_own; i < target->n_functions; i++)
		for (size_t j = i; j && target->functions[j].function <
						target->functions[j - 1].function;
		     j--) {
			struct plan_function swap = target->functions[j];

			target->functions[j] = target->functions[j - 1];
			target->functions[j - 1] = swap;
		}
}

/* Stage 2: rules that look at one function of a card */

static void rule_endpoint(const struct planner *planner, struct plan_target *target,
			  size_t index)
{
	const struct host_function *function = function_of(planner, target, index);

	if (!function->has_header)
		refuse(target, REASON_CANNOT_TELL, target->functions[index].function);
	else if (function->header_type)
		refuse(target, REASON_NOT_ENDPOINT, target->functions[index].function);
}

static void rule_class(const struct planner *planner, struct plan_target *target,
		       size_t index)
{
	const struct host_function *function = function_of(planner, target, index);

	if (target->functions[index].role == ROLE_PEER ||
	    select_is_card_class(function->class_code) ||
	    select_id_matches(wanted_of(planner, target), function))
		return;
	refuse(target, REASON_CLASS_REFUSED, target->functions[index].function);
}

static void rule_claimed(const struct planner *planner, struct plan_target *target,
			 size_t index)
{
	for (const struct plan_target *other = planner->plan->targets; other < target;
	     other++)
		if (card_takes(other, target->functions[index].function))
			refuse(target, REASON_CLAIMED_TWICE,
			       target->functions[index].function);
}

static void rule_vfs(const struct planner *planner, struct plan_target *target,
		     size_t index)
{
	const struct host_function *function = function_of(planner, target, index);

	if (function->vfs_unknown)
		refuse(target, REASON_CANNOT_TELL, target->functions[index].function);
	else if (function->vfs)
		refuse(target, REASON_VFS_ENABLED, target->functions[index].function);
}

/* Is a disk of the host in the domain that this function's driver made? */
static bool holds_host_disk(const struct host *host, size_t function)
{
	for (size_t i = 0; i < host->n_functions; i++)
		if (host->functions[i].holder == function &&
		    (host->functions[i].is_host_disk ||
		     host->functions[i].recorded & HOST_RECORDED_DISK))
			return true;
	return false;
}

/* vmd_remove() of drivers/pci/controller/vmd.c takes the domain away. */
static void rule_behind(const struct planner *planner, struct plan_target *target,
			size_t index)
{
	size_t own = target->functions[index].function;
	bool behind = planner->host->functions[own].holder != HOST_NO_PARENT;

	for (size_t i = 0; i < planner->host->n_functions && !behind; i++)
		behind = planner->host->functions[i].holder == own &&
			 card_any_takes(planner->plan, i);
	if (behind)
		refuse(target, REASON_BEHIND_DRIVER, own);
}

static void rule_group(const struct planner *planner, struct plan_target *target,
		       size_t index)
{
	const struct host *host = planner->host;
	const struct host_function *function = function_of(planner, target, index);

	if (has_reason(target, REASON_IOMMU_INACTIVE))
		return; /* then none has one: said already */
	if (!function->has_group)
		refuse(target, REASON_NO_GROUP, target->functions[index].function);
	else if (!has_real_group(host, function) || !function->unit[0])
		refuse(target, REASON_NO_UNIT, target->functions[index].function);
}

/*
 * Before 6.6 only Intel refused; an AMD unity mapping did no harm then, and people run
 * such machines.
 */
static bool direct_is_harmless(const struct host *host,
			       const struct host_function *function)
{
	return host_kernel_is_before(host, 6, 6) && !strncmp(function->unit, "ivhd", 4);
}

static void rule_reserved_region(const struct planner *planner,
				 struct plan_target *target, size_t index)
{
	const struct host_function *function = function_of(planner, target, index);
	const struct host_group *group;

	if (!has_real_group(planner->host, function))
		return;
	group = host_group_find(planner->host, function->group);
	if (!group || !group->known)
		refuse(target, REASON_CANNOT_TELL, target->functions[index].function);
	else if (group->direct && !direct_is_harmless(planner->host, function))
		refuse(target, REASON_RESERVED_REGION, target->functions[index].function);
}

/*
 * The USB controller of a display's own slot. Its driver comes after us in an initramfs,
 * so its disks are never seen in time; it has the two sockets of the card's bracket.
 * A root that is on it is in the image's record.
 */
static bool is_display_usb(const struct plan_target *target, size_t index,
			   const struct host_function *function)
{
	return target->functions[index].role == ROLE_COMPANION &&
	       function->class_code >> 8 == 0x0c03;
}

/*
 * What can carry a disk is only safe with evidence: its driver had it, its disks were
 * seen, and of all that the host uses or boots from it is known where it is. The image's
 * record is such evidence, too.
 */
static void rule_host_disk(const struct planner *planner, struct plan_target *target,
			   size_t index)
{
	const struct host *host = planner->host;
	const struct host_function *function = function_of(planner, target, index);
	enum host_load load = host_load_of(function->class_code);
	bool seen = host_record_of_disks(host) == HOST_RECORD_GOOD ||
		    (host->root_resolved && function->driver[0]);

	if (function->is_host_disk || function->recorded & HOST_RECORDED_DISK ||
	    holds_host_disk(host, target->functions[index].function))
		refuse(target, REASON_HOST_DISK, target->functions[index].function);
	if (load == HOST_LOAD_DISK &&
	    (host->disks_known != FACT_YES ||
	     (!seen && !is_display_usb(target, index, function))))
		refuse(target, REASON_CANNOT_TELL, target->functions[index].function);
}

/* Of a root on the network it has to be known by which function it comes. */
static bool network_is_known(const struct host *host)
{
	if (!host->network_needed || host->record_network == HOST_RECORD_GOOD)
		return true;
	for (size_t i = 0; i < host->n_functions; i++)
		if (host->functions[i].has_route)
			return true;
	return false;
}

static void rule_host_network(const struct planner *planner, struct plan_target *target,
			      size_t index)
{
	const struct host_function *function = function_of(planner, target, index);

	if (wanted_of(planner, target)->allow_host_network)
		return;
	if (function->has_route || function->recorded & HOST_RECORDED_NETWORK)
		refuse(target, REASON_HOST_NETWORK, target->functions[index].function);
	else if (host_load_of(function->class_code) == HOST_LOAD_NETWORK &&
		 !network_is_known(planner->host))
		refuse(target, REASON_CANNOT_TELL, target->functions[index].function);
}

static void rule_boot_display(const struct planner *planner, struct plan_target *target,
			      size_t index)
{
	const struct host_function *function = function_of(planner, target, index);

	if (wanted_of(planner, target)->allow_boot_display)
		return;
	switch (host_boot_display(planner->host, function)) {
	case BOOT_DISPLAY_NO:
		break;
	case BOOT_DISPLAY_UNKNOWN:
		refuse(target, REASON_CANNOT_TELL, target->functions[index].function);
		break;
	case BOOT_DISPLAY_FRAMEBUFFER:
	case BOOT_DISPLAY_SHOWN:
	case BOOT_DISPLAY_CONSOLE:
	case BOOT_DISPLAY_VGA:
	case BOOT_DISPLAY_RECORDED:
		refuse(target, REASON_BOOT_DISPLAY, target->functions[index].function);
		break;
	}
}

static bool driver_can_be_had(const struct host *host, size_t driver)
{
	return driver < host->n_drivers &&
	       host->drivers[driver].state != HOST_DRIVER_MISSING;
}

/* A driver that the config names is for the card; what comes along gets its own. */
static void rule_driver(const struct planner *planner, struct plan_target *target,
			size_t index)
{
	const struct host *host = planner->host;
	const char *named = wanted_of(planner, target)->driver;
	size_t driver = function_of(planner, target, index)->vfio_driver;

	if (named[0] && target->functions[index].role == ROLE_TARGET) {
		const struct host_driver *found = host_driver_find(host, named);

		driver = found ? (size_t)(found - host->drivers) : SIZE_MAX;
	} else if (!driver_can_be_had(host, driver)) {
		driver = 0; /* a variant that is not here: vfio-pci serves every device */
	}
	if (driver_can_be_had(host, driver))
		target->functions[index].driver = driver;
	else
		refuse(target, REASON_DRIVER_MISSING, target->functions[index].function);
}

bool plan_driver_is_idle(const char *driver)
{
	return strstr(driver, "vfio") || !strcmp(driver, "pci-stub") ||
	       !strcmp(driver, "pciback");
}

/* DRM drivers crash when they are made to let go of a card; accelerators are such too. */
static bool unbinding_is_risky(const struct host_function *function)
{
	uint32_t base = function->class_code >> 16;

	return base == 0x03 || base == 0x12;
}

static void rule_in_use(const struct planner *planner, struct plan_target *target,
			size_t index)
{
	const struct host_function *function = function_of(planner, target, index);
	enum config_bound bound = wanted_of(planner, target)->bound_driver;
	bool may_unbind = bound == CONFIG_BOUND_UNBIND ||
			  (bound == CONFIG_BOUND_AUTO && !unbinding_is_risky(function));

	target->functions[index].may_unbind = may_unbind;
	if (function->driver_unknown)
		refuse(target, REASON_CANNOT_TELL, target->functions[index].function);
	else if (planner->host->drivers_count && function->driver[0] && !may_unbind &&
		 !plan_driver_is_idle(function->driver))
		refuse(target, REASON_DRIVER_IN_USE, target->functions[index].function);
}

static void (*const function_rules[])(const struct planner *planner,
				      struct plan_target *target, size_t index) = {
	rule_endpoint,	   rule_class,	      rule_claimed,	    rule_vfs,
	rule_behind,	   rule_group,	      rule_reserved_region, rule_host_disk,
	rule_host_network, rule_boot_display, rule_driver,	    rule_in_use,
};

/* Is a function that is in no list of a group, and cannot be read, near the card? */
static bool may_be_near(const struct planner *planner, const struct plan_target *target,
			const struct host_function *function)
{
	const struct config_target *wanted = wanted_of(planner, target);

	if (!wanted->has_address && !wanted->has_path && function->id_unknown)
		return true; /* it may be another one with the id */
	for (size_t i = 0; i < target->n_functions; i++)
		if (pci_address_same_slot(&function_of(planner, target, i)->address,
					  &function->address))
			return true;
	return shares_group(planner, target, function);
}

/*
 * R19: a function that could not be read may belong to the card, or to its group. If the
 * kernel's lists of the groups could be read, they show to which it does not belong.
 */
static void rule_readable(const struct planner *planner, struct plan_target *target)
{
	const struct host *host = planner->host;

	for (size_t i = 0; i < host->n_functions; i++)
		if (host->functions[i].unreadable &&
		    (!host->groups_listed ||
		     may_be_near(planner, target, &host->functions[i])))
			refuse(target, REASON_CANNOT_TELL, i);
}

/* R11, R16: of the machine as a whole */
static void rules_machine(const struct planner *planner, struct plan_target *target)
{
	const struct host *host = planner->host;
	bool active = false;

	for (size_t i = 0; i < host->n_functions && !active; i++)
		active = has_real_group(host, &host->functions[i]);
	if (!active)
		refuse(target, REASON_IOMMU_INACTIVE, PLAN_NOWHERE);
	else if (host->interrupt_remapping == FACT_NO && !host->unsafe_interrupts)
		refuse(target, REASON_INTERRUPT_REMAPPING, PLAN_NOWHERE);
	else if (host->interrupts_unread && !host->unsafe_interrupts)
		refuse(target, REASON_CANNOT_TELL, PLAN_NOWHERE);
}

/*
 * R14: shpchp and its like. Before 5.19 any driver of a bridge was fine
 * (drivers/vfio/vfio.c vfio_dev_driver_allowed()).
 */
static void rule_bridges(const struct planner *planner, struct plan_target *target)
{
	const struct host *host = planner->host;

	for (size_t i = 0; i < host->n_functions && !host_kernel_is_before(host, 5, 19);
	     i++) {
		const struct host_function *function = &host->functions[i];

		if (!card_is_transparent(function) || card_takes(target, i) ||
		    !shares_group(planner, target, function))
			continue;
		if (function->driver_unknown)
			refuse(target, REASON_CANNOT_TELL, i);
		else if (!card_bridge_driver_is_fine(function->driver))
			refuse(target, REASON_BRIDGE_DRIVER, i);
	}
}

static void rules_own(const struct planner *planner, struct plan_target *target)
{
	rules_machine(planner, target);
	rule_readable(planner, target);
	for (size_t i = 0; i < target->n_functions; i++)
		for (size_t rule = 0; rule < ARRAY_SIZE(function_rules); rule++)
			function_rules[rule](planner, target, i);
	rule_bridges(planner, target);
}

/* Stage 3 */

static void blocker_add(struct plan_target *target, size_t function)
{
	if (target->n_blockers == PLAN_BLOCKERS_MAX)
		refuse(target, REASON_LIMIT, PLAN_NOWHERE);
	else
		target->blockers[target->n_blockers++] = function;
}

/* R13 for one target, given the verdicts so far; returns whether its verdict changed. */
static bool rule_shared(const struct planner *planner, struct plan_target *target)
{
	const struct host *host = planner->host;
	bool was_alive = is_alive(target);
	bool shared = false;

	target->n_blockers = 0;
	for (size_t i = 0; i < host->n_functions; i++) {
		const struct host_function *function = &host->functions[i];
		bool own = card_takes(target, i);

		if (own && has_reason(target, REASON_NO_GROUP) && !function->has_group)
			blocker_add(target, i);
		if (own || card_is_transparent(function) ||
		    !has_real_group(host, function) ||
		    !shares_group(planner, target, function) ||
		    card_any_reserves(planner->plan, i) ||
		    card_blocks_nobody(host, function) ||
		    card_takes(target, function->holder)) /* gone then */
			continue;
		blocker_add(target, i);
		shared = true;
	}
	if (shared)
		refuse(target, REASON_GROUP_SHARED, PLAN_NOWHERE);
	return was_alive != is_alive(target);
}

static void rules_groups(const struct planner *planner)
{
	struct plan *plan = planner->plan;
	bool changed;

	do {
		changed = false;
		for (size_t i = 0; i < plan->n_targets; i++)
			changed |= rule_shared(planner, &plan->targets[i]);
	} while (changed);
}

/* Stage 4 */

static bool same_group(const struct planner *planner, const struct plan_target *a,
		       const struct plan_target *b)
{
	for (size_t i = 0; i < b->n_functions; i++)
		if (shares_group(planner, a, function_of(planner, b, i)))
			return true;
	return false;
}

static void bundles_join(const struct planner *planner)
{
	struct plan *plan = planner->plan;

	for (size_t a = 0; a < plan->n_targets; a++)
		for (size_t b = a + 1; b < plan->n_targets; b++) {
			size_t from = plan->targets[b].bundle;
			size_t to = plan->targets[a].bundle;

			if (from == to || !is_alive(&plan->targets[a]) ||
			    !is_alive(&plan->targets[b]) ||
			    !same_group(planner, &plan->targets[a], &plan->targets[b]))
				continue;
			for (size_t i = 0; i < plan->n_targets; i++)
				if (plan->targets[i].bundle == from)
					plan->targets[i].bundle = to;
		}
}

/* Stage 5 */

static void action_add(struct plan *plan, enum action_type type, size_t target,
		       const struct plan_function *function)
{
	if (plan->n_actions == PLAN_ACTIONS_MAX) {
		plan->overflow = true;
		return;
	}
	plan->actions[plan->n_actions++] = (struct action){
		.type = type,
		.target = target,
		.function = function->function,
		.driver = function->driver,
	};
}

/*
 * A bundle loads a module once. Each bundle does, since the one that came before may have
 * failed before its turn.
 */
static bool is_loaded_before(const struct plan *plan, size_t bundle, size_t driver)
{
	for (size_t i = 0; i < plan->n_actions; i++)
		if (plan->actions[i].type == ACTION_LOAD &&
		    plan->actions[i].driver == driver &&
		    plan->targets[plan->actions[i].target].bundle == bundle)
			return true;
	return false;
}

static bool action_is_needed(const struct planner *planner, enum action_type type,
			     size_t bundle, const struct plan_function *function)
{
	const struct host *host = planner->host;
	const char *bound = host->functions[function->function].driver;
	const struct host_driver *driver = &host->drivers[function->driver];

	switch (type) {
	case ACTION_UNBIND:
		return bound[0] && strcmp(bound, driver->name);
	case ACTION_LOAD:
		return driver->state == HOST_DRIVER_MODULE &&
		       !is_loaded_before(planner->plan, bundle, function->driver);
	case ACTION_RELEASE:
		return host->functions[function->function].framebuffer[0];
	case ACTION_BIND:
		return strcmp(bound, driver->name);
	case ACTION_OVERRIDE:
	case ACTION_VERIFY:
		break;
	}
	return true;
}

/* One type of action for all functions of a bundle */
static void actions_add(const struct planner *planner, size_t bundle,
			enum action_type type)
{
	struct plan *plan = planner->plan;

	for (size_t t = 0; t < plan->n_targets; t++) {
		struct plan_target *target = &plan->targets[t];

		if (target->bundle != bundle || !is_alive(target))
			continue;
		for (size_t i = 0; i < target->n_functions; i++)
			if (action_is_needed(planner, type, bundle,
					     &target->functions[i]))
				action_add(plan, type, t, &target->functions[i]);
	}
}

static void actions_build(const struct planner *planner)
{
	size_t n_targets = planner->plan->n_targets;

	for (size_t bundle = 0; bundle < n_targets; bundle++)
		actions_add(planner, bundle, ACTION_OVERRIDE);
	for (size_t bundle = 0; bundle < n_targets; bundle++)
		for (unsigned int type = ACTION_OVERRIDE + 1; type <= ACTION_VERIFY;
		     type++)
			actions_add(planner, bundle, (enum action_type)type);
}

/* More targets or actions than there is room for: better none than a part. */
static void overflow_refuse(struct plan *plan)
{
	plan->n_actions = 0;
	for (size_t i = 0; i < plan->n_targets; i++)
		refuse(&plan->targets[i], REASON_LIMIT, PLAN_NOWHERE);
}

/*
 * Would the target be reserved if it had peers = take? Tried in its place, then undone.
 * The verdict alone is asked: the reasons there were may stay.
 */
static bool peers_would_help(const struct planner *planner, struct plan_target *target)
{
	struct plan_target as_is = *target;
	bool helps;

	if (wanted_of(planner, target)->take_peers)
		return false;
	target->verdict = VERDICT_RESERVE;
	peers_add(planner, target);
	rules_own(planner, target);
	(void)rule_shared(planner, target);
	helps = is_alive(target);
	*target = as_is;
	return helps;
}

/* A function of a root bus that is no card: no slot can be chosen for it. */
static bool is_built_in(const struct planner *planner, const struct plan_target *target)
{
	for (size_t i = 0; i < target->n_functions; i++) {
		const struct host_function *function = function_of(planner, target, i);

		if (target->functions[i].role == ROLE_TARGET)
			return function->parent == HOST_NO_PARENT &&
			       function->path.depth == 1 &&
			       (function->port == HOST_PORT_CONVENTIONAL ||
				function->port == HOST_PORT_INTEGRATED_ENDPOINT);
	}
	return false;
}

static void explain_groups(const struct planner *planner, struct plan_target *target)
{
	if (!has_reason(target, REASON_GROUP_SHARED))
		return;
	target->peers_help = peers_would_help(planner, target);
	target->is_built_in = is_built_in(planner, target);
	for (size_t i = 0; i < target->n_functions && !target->has_culprit; i++)
		target->has_culprit = acs_find_culprit(
			planner->host, target->functions[i].function, &target->culprit);
}

void plan_build(const struct config *config, const struct host *host, struct plan *plan)
{
	const struct planner planner = { .config = config, .host = host, .plan = plan };

	plan->n_targets = 0;
	plan->n_actions = 0;
	plan->overflow = false;
	if (!plan_is_barred(&planner)) {
		for (size_t i = 0; i < config->n_targets; i++)
			target_select(&planner, i);
		for (size_t i = 0; i < plan->n_targets; i++)
			if (wanted_of(&planner, &plan->targets[i])->take_peers)
				peers_add(&planner, &plan->targets[i]);
		for (size_t i = 0; i < plan->n_targets; i++)
			if (plan->targets[i].n_functions)
				rules_own(&planner, &plan->targets[i]);
		rules_groups(&planner);
		bundles_join(&planner);
		actions_build(&planner);
	}
	if (plan->overflow)
		overflow_refuse(plan);
	for (size_t i = 0; i < plan->n_targets; i++) {
		explain_groups(&planner, &plan->targets[i]);
		plan_detail_write(config, host, &plan->targets[i]);
	}
}

static unsigned int function_needs(const struct host_function *function)
{
	enum host_load load = host_load_of(function->class_code);
	uint32_t class = function->class_code >> 8;

	if (class >> 8 == 0x03 || class >> 8 == 0x04 || class >> 8 == 0x12 ||
	    class == 0x0c80)
		return 0;
	if (load == HOST_LOAD_NETWORK || function->driver_unknown ||
	    !function->has_header || function->header_type != 0 ||
	    (function->driver[0] && !plan_driver_is_idle(function->driver)))
		return HOST_NEED_ALL;
	return load == HOST_LOAD_NONE ? 0 : HOST_NEED_DISKS | HOST_NEED_MOUNTS;
}

/* What is in the way could be taken as well: that is a part of the remedy. */
static unsigned int target_needs(const struct host *host,
				 const struct plan_target *target)
{
	unsigned int needs = 0;

	for (size_t i = 0; i < target->n_functions; i++) {
		const struct host_function *function =
			&host->functions[target->functions[i].function];
		unsigned int own = function_needs(function);

		/* Only disks count that are there already. */
		if (is_display_usb(target, i, function) && own != HOST_NEED_ALL)
			own = HOST_NEED_DISKS;
		needs |= own;
	}
	for (size_t i = 0; i < target->n_blockers; i++)
		needs |= function_needs(&host->functions[target->blockers[i]]);
	return needs;
}

unsigned int plan_needs(const struct host *host, const struct plan *plan)
{
	unsigned int needs = 0;

	for (size_t i = 0; i < plan->n_targets; i++)
		needs |= target_needs(host, &plan->targets[i]);
	return needs;
}
