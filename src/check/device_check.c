// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/scene.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/lines.h"
#include "base/text.h"
#include "model/cmdline.h"
#include "plan/card.h"
#include "plan/own_switch.h"
#include "plan/remedy.h"
#include "plan/select.h"

#define MIB (UINT64_C(1) << 20)
#define RESIZED_MIN \
	(512 * MIB) /* graphics cards without Resizable BAR have a smaller one */

/* One function of the scene's target, looked at */
struct view {
	const struct scene *scene;
	const struct host *host;
	const struct plan_target *target;
	const struct host_function *function;
	const struct device_facts *facts;
	char mention[PCI_ADDRESS_TEXT];
};

static bool has_reason(const struct plan_target *target, enum reason reason)
{
	return target->reasons >> reason & 1;
}

/* ---- the card as a whole ---- */

static const char *class_word(const struct host_function *function)
{
	static const struct {
		unsigned int class;
		const char *word;
	} words[] = {
		{ 0x0300, "VGA" },   { 0x0302, "3D" },	       { 0x0380, "display" },
		{ 0x0401, "audio" }, { 0x0403, "audio" },      { 0x0480, "multimedia" },
		{ 0x0c03, "USB" },   { 0x0c80, "USB-C/UCSI" }, { 0x1200, "accelerator" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].class == function->class_code >> 8)
			return words[i].word;
	return "other";
}

/* Is it a display that has companions? A virtual function has none. */
static bool is_card_head(const struct host_function *function)
{
	return host_is_gpu(function) && !function->is_vf;
}

/* Functions that select_functions() would have taken, but a list leaves out */
static bool is_forgotten(const struct host *host, const struct plan_target *target,
			 size_t index, size_t *ret_head)
{
	const struct host_function *other = &host->functions[index];

	if (card_takes(target, index) || other->is_vf ||
	    !select_is_card_class(other->class_code))
		return false;
	for (size_t i = 0; i < target->n_functions; i++) {
		const struct host_function *own = card_at(host, target, i);
		size_t at = target->functions[i].function;

		if (is_card_head(own) && own->id.vendor == other->id.vendor &&
		    target->functions[i].role != ROLE_PEER &&
		    (pci_address_same_slot(&other->address, &own->address) ||
		     own_switch_is_shared(host, at, index))) {
			*ret_head = at;
			return true;
		}
	}
	return false;
}

/* A reset of the card's bus reaches what is in its slot, and not another bus. */
static void forgotten_tell(const struct scene *scene, size_t head, size_t index)
{
	const struct host_function *other = &scene->host->functions[index];
	bool in_slot = pci_address_same_slot(&scene->host->functions[head].address,
					     &other->address);
	char mention[CARD_TEXT_MAX];

	card_mention(other, mention);
	scene_warn(scene, FINDING_COMPANIONS,
		   "%s (%s) of the same card stays with the host%s", mention,
		   class_word(other),
		   in_slot ? ": the card can then not be reset as a whole" :
			     ", on another bus behind the card's own switch: the virtual "
			     "machine gets the card without it");
}

static void companions_judge(const struct scene *scene)
{
	const struct host *host = scene->host;
	const struct plan_target *target = scene->target;
	char text[CARD_TEXT_MAX] = "";
	bool whole = true, is_card = false;

	for (size_t i = 0; i < host->n_functions; i++) {
		size_t head;

		if (!is_forgotten(host, target, i, &head))
			continue;
		whole = false;
		forgotten_tell(scene, head, i);
	}
	if (!whole)
		return;
	for (size_t i = 0; i < target->n_functions; i++) {
		const struct host_function *function = card_at(host, target, i);
		char one[64];

		is_card = is_card || is_card_head(function);
		(void)snprintf(one, sizeof(one), "%s %s", PCI_ADDRESS(&function->address),
			       class_word(function));
		text_list(text, sizeof(text), ", ", one);
	}
	scene_pass(scene, FINDING_COMPANIONS, "%s: %s",
		   is_card ? "all functions of the card are reserved" :
			     "only the function that is named is reserved",
		   text);
}

static void drivers_judge(const struct scene *scene)
{
	const struct host *host = scene->host;
	const struct plan_target *target = scene->target;
	size_t held[PLAN_FUNCTIONS_MAX], count = 0;
	char text[CARD_TEXT_MAX];

	for (size_t i = 0; i < target->n_functions; i++) {
		const char *driver = card_at(host, target, i)->driver;
		size_t function = target->functions[i].function;

		/* late_judge() is about functions that may come later. */
		if (*driver && !card_is_vfio(host, driver) &&
		    !host_may_come_later(host, function))
			held[count++] = target->functions[i].function;
	}
	/* refused functions stay with them */
	if (!count || target->verdict != VERDICT_RESERVE)
		return;
	card_mention_all(host, held, count, text);
	scene_hint(scene, FINDING_HOST_DRIVER,
		   "bound to host drivers now; vfio-early-boot runs before they load: "
		   "%s",
		   text);
}

/* Out of tree: all that firmware demands counts as relaxable (Proxmox, and its patch) */
static bool is_relaxed(const char *cmdline)
{
	char name[64], value[256];

	while (cmdline_next(&cmdline, name, sizeof(name), value, sizeof(value))) {
		const char *cursor = value;
		char word[LINES_WORD_MAX];

		if (!cmdline_name_equal(name, "intel_iommu"))
			continue;
		while (lines_word(&cursor, ",", word))
			if (!strcmp(word, "relax_rmrr"))
				return true;
	}
	return false;
}

/*
 * Of a display or a USB controller the kernel gives up what the firmware demands, since
 * its own driver has taken over then (drivers/iommu/intel/iommu.c
 * device_rmrr_is_relaxable()).
 */
static bool relaxed_judge(const struct scene *scene)
{
	const struct host *host = scene->host;
	bool patched = is_relaxed(scene->cmdline);

	for (size_t i = 0; i < scene->target->n_functions; i++) {
		const struct host_function *function = card_at(host, scene->target, i);
		const struct host_group *group = host_group_find(host, function->group);

		if (!group || !group->relaxable)
			continue;
		scene_tell(scene, patched ? FINDING_WARN : FINDING_PASS,
			   FINDING_RESERVED_REGION,
			   "group %u: firmware demands a fixed mapping 0x%" PRIx64
			   "-0x%" PRIx64 " (%s), which the kernel gives up "
			   "(direct-relaxable)%s",
			   group->number, group->relaxable_start, group->relaxable_end,
			   remedy_mapping(host),
			   patched ? ": it is patched, intel_iommu=relax_rmrr does that "
				     "for every device, and firmware that still uses the "
				     "memory corrupts a guest" TO_DO
				     "look for a firmware setting that drops it, and "
				     "then boot without relax_rmrr" :
				     "");
		return true;
	}
	return false;
}

static void region_judge(const struct scene *scene)
{
	const struct host *host = scene->host;
	const struct plan_target *target = scene->target;
	bool known = true;

	for (size_t i = 0; i < target->n_functions; i++) {
		const struct host_function *function = card_at(host, target, i);
		const struct host_group *group;

		if (!function->has_group)
			return; /* there is nothing to ask */
		group = host_group_find(host, function->group);
		known = known && group && group->known;
		if (!group || !group->direct)
			continue;
		scene_tell(scene,
			   has_reason(target, REASON_RESERVED_REGION) ? FINDING_FAIL :
									FINDING_WARN,
			   FINDING_RESERVED_REGION,
			   "group %u: firmware demands a fixed mapping 0x%" PRIx64
			   "-0x%" PRIx64 " (%s); %s",
			   group->number, group->direct_start, group->direct_end,
			   remedy_mapping(host),
			   has_reason(target, REASON_RESERVED_REGION) ?
				   is_relaxed(scene->cmdline) ?
				   "the kernel refuses to give the group away, and does "
				   "not support intel_iommu=relax_rmrr" :
				   "the kernel refuses to give the group away" :
				   "kernels since 6.6 refuse such a group");
		return;
	}
	if (known && !relaxed_judge(scene))
		scene_pass(scene, FINDING_RESERVED_REGION,
			   "firmware demands no fixed memory mapping (%s)",
			   remedy_mapping(host));
	else if (!known)
		scene_unknown(scene, FINDING_RESERVED_REGION,
			      "the reserved regions of its group could not be read");
}

/* ---- one function ---- */

/* An earlier function on the same bus got the finding for both. */
static bool bus_is_judged(const struct view *view)
{
	for (size_t i = 0; i < view->target->n_functions; i++) {
		const struct host_function *other = card_at(view->host, view->target, i);

		if (other == view->function)
			return false;
		if (other->parent == view->function->parent && !other->has_reset)
			return true;
	}
	return false;
}

/* A hot reset needs a bridge above, and all functions on the bus in one hand. */
static bool can_hot_reset(const struct view *view)
{
	const struct host *host = view->host;
	size_t bridge = view->function->parent;

	if (bridge == HOST_NO_PARENT || card_has_no_bus_reset(view->function))
		return false;
	for (size_t i = 0; i < host->n_functions; i++)
		if (host->functions[i].parent == bridge && !card_takes(view->target, i))
			return false;
	return true;
}

static void reset_judge(const struct view *view)
{
	const struct host_function *function = view->function;
	const char *family = host_is_display(function) ? card_reset_bug(function) : NULL;

	if (family)
		scene_hint(view->scene, FINDING_RESET,
			   "%s: cards of this family (%s) are known not to recover from "
			   "a reset" TO_DO
			   "if the second start of the virtual machine hangs, use the "
			   "module vendor-reset, or reboot the host in between",
			   view->mention, family);
	if (function->has_reset && *function->reset_methods)
		scene_pass(view->scene, FINDING_RESET, "%s can be reset by itself: %s",
			   view->mention, function->reset_methods);
	else if (function->has_reset && view->facts->has_reset_method)
		scene_warn(view->scene, FINDING_RESET,
			   "%s: all reset methods are disabled" TO_DO
			   "write `default` to its reset_method",
			   view->mention);
	else if (function->has_reset)
		scene_pass(view->scene, FINDING_RESET, "%s can be reset by itself",
			   view->mention);
	else if (bus_is_judged(view) || (family && can_hot_reset(view)))
		return;
	else if (can_hot_reset(view))
		scene_pass(view->scene, FINDING_RESET,
			   "%s has no reset of its own (no attribute reset), which is "
			   "harmless: VFIO resets the whole card by its bus",
			   view->mention);
	else
		scene_warn(view->scene, FINDING_RESET,
			   "%s has no reset of its own, and no bus that could be reset "
			   "for it alone",
			   view->mention);
}

static void power_judge(const struct view *view)
{
	const struct host_function *function = view->function;
	const char *state = function->power_state;
	const char *allowed = function->d3cold_allowed == FACT_YES ? "allowed" :
								     "not allowed";

	if (!*state)
		return; /* kernels before 5.11 do not show it */
	if (!strcmp(state, "error") || !strcmp(state, "unknown"))
		scene_warn(view->scene, FINDING_D3COLD,
			   "the power state of %s is not known (%s)", view->mention,
			   state);
	else if (!strcmp(state, "D3cold"))
		scene_hint(view->scene, FINDING_D3COLD, "%s is powered off now (D3cold)",
			   view->mention);
	else if (host_is_display(function))
		scene_pass(view->scene, FINDING_D3COLD,
			   "%s is in power state %s; powering it off (D3cold) is %s",
			   view->mention, state,
			   function->d3cold_allowed == FACT_UNKNOWN ? "not known" :
								      allowed);
}

static void size_format(uint64_t size, char text[static 24])
{
	if (size >= 1024 * MIB)
		(void)snprintf(text, 24, "%" PRIu64 " GiB", size / (1024 * MIB));
	else if (size >= MIB)
		(void)snprintf(text, 24, "%" PRIu64 " MiB", size / MIB);
	else
		(void)snprintf(text, 24, "%" PRIu64 " KiB", size / 1024);
}

static void resizable_judge(const struct view *view, size_t bar)
{
	uint64_t possible = view->facts->resizable[bar], size = view->facts->sizes[bar];
	char now[24], least[24], most[24], text[96] = "";

	if (size < RESIZED_MIN && !(possible && size))
		return;
	size_format(size, now);
	if (possible) {
		size_format(MIB << __builtin_ctzll(possible), least);
		size_format(MIB << (63 - __builtin_clzll(possible)), most);
		(void)snprintf(text, sizeof(text), "; it can be %s to %s", least, most);
	}
	scene_tell(view->scene, size < RESIZED_MIN ? FINDING_PASS : FINDING_HINT,
		   FINDING_RESIZABLE_BAR, "%s: BAR %zu has %s%s", view->mention, bar, now,
		   text);
}

static void bars_judge(const struct view *view)
{
	const struct host_function *function = view->function;

	if (function->bars_unassigned)
		scene_warn(view->scene, FINDING_BARS,
			   "%s: %u memory window%s (BAR) without an address",
			   view->mention, function->bars_unassigned,
			   function->bars_unassigned == 1 ? "" : "s");
	else if (host_is_display(function))
		scene_pass(view->scene, FINDING_BARS,
			   "%s: all memory windows have an address", view->mention);
	if (!host_is_display(function))
		return;
	for (size_t i = 0; i < DEVICE_BARS; i++)
		resizable_judge(view, i);
}

/*
 * The device simple-framebuffer has a resource of its own, BOOTFB, and its drivers lie
 * below that (drivers/firmware/sysfb_simplefb.c, framebuffer-coreboot.c).
 */
static bool is_boot_framebuffer(const char *owner)
{
	static const char *const names[] = { "BOOTFB", "simplefb", "simpledrm",
					     "simple-framebuffer",
					     "Coreboot Framebuffer" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(owner, names[i]))
			return true;
	return false;
}

/* drivers/vfio/pci/vfio_pci_core.c vfio_pci_vga_init(): since 6.0, and only for VGA */
static void framebuffer_judge(const struct view *view)
{
	const struct host_function *function = view->function;
	bool is_vga = function->class_code >> 8 == 0x0300;

	if (!host_is_display(function))
		return;
	if (view->host->framebuffer_known != FACT_YES) {
		scene_unknown(view->scene, FINDING_FRAMEBUFFER,
			      "the owner of the firmware's framebuffer in %s "
			      "could not be read (/proc/iomem)" TO_DO "try again as root",
			      view->mention);
		return;
	}
	if (!*function->framebuffer) {
		scene_pass(view->scene, FINDING_FRAMEBUFFER,
			   "%s holds no firmware framebuffer", view->mention);
		return;
	}
	if (is_vga && view->host->kernel_major &&
	    !host_kernel_is_before(view->host, 6, 0)) {
		scene_hint(view->scene, FINDING_FRAMEBUFFER,
			   "%s holds the framebuffer of %s; vfio-pci removes it when it "
			   "binds to the card, and the console on it stops",
			   view->mention, function->framebuffer);
		return;
	}
	if (!is_boot_framebuffer(function->framebuffer)) {
		scene_hint(view->scene, FINDING_FRAMEBUFFER,
			   "%s holds the framebuffer of %s; vfio-early-boot releases it "
			   "before vfio-pci binds to the card, and the console on it "
			   "stops",
			   view->mention, function->framebuffer);
		return;
	}
	/* The one from coreboot is none of sysfb_init(). */
	scene_warn(
		view->scene, FINDING_FRAMEBUFFER,
		"%s holds the framebuffer of %s, which vfio-pci does not remove%s, and "
		"whose memory stays claimed when its driver is unbound: the target would "
		"be given back (framebuffer-held)" TO_DO "%s",
		view->mention, function->framebuffer,
		is_vga ? " before kernel 6.0" : " for this class of device",
		strcmp(function->framebuffer, "Coreboot Framebuffer") ?
			reason_info(REASON_FRAMEBUFFER_HELD)->remedy :
			"choose another card as primary display in the firmware setup");
}

static void sriov_judge(const struct view *view)
{
	const struct host_function *function = view->function;

	if (function->vfs)
		scene_fail(
			view->scene, FINDING_SRIOV,
			"%s has %u virtual functions enabled, so vfio-pci refuses "
			"it" TO_DO
			"find out what writes its sriov_numvfs at boot (a udev rule, a "
			"unit, a driver option), or pass the virtual functions through "
			"instead",
			view->mention, function->vfs);
}

static void late_judge(const struct view *view)
{
	const struct host_function *function = view->function;
	const char *how = function->is_vf ?
				  "is a virtual function: it is created by the host "
				  "driver of its physical function" :
				  "is on a cable (Thunderbolt, USB4): it appears when it "
				  "is authorised";

	if (!function->is_vf && !view->facts->is_removable)
		return;
	if (view->scene->survey->setting.has_rule)
		scene_hint(view->scene, FINDING_LATE_DEVICE,
			   "%s %s, which may be after the initramfs; the udev rule of "
			   "vfio-early reserves it then" TO_DO
			   "see `vfio-early --report` after the boot",
			   view->mention, how);
	else
		scene_warn(view->scene, FINDING_LATE_DEVICE,
			   "%s %s, which may be after the initramfs", view->mention, how);
}

static void function_judge(const struct scene *scene, size_t index)
{
	size_t function = scene->target->functions[index].function;
	struct view view = {
		.scene = scene,
		.host = scene->host,
		.target = scene->target,
		.function = &scene->host->functions[function],
		.facts = &scene->survey->devices[function],
	};

	pci_address_format(&view.function->address, view.mention);
	sriov_judge(&view);
	late_judge(&view);
	reset_judge(&view);
	power_judge(&view);
	bars_judge(&view);
	framebuffer_judge(&view);
}

/* ---- the machine ---- */

static void lockdown_judge(const struct scene *scene)
{
	const struct device_setting *setting = &scene->survey->setting;

	if (setting->lockdown == LOCKDOWN_UNKNOWN)
		scene_unknown(scene, FINDING_LOCKDOWN,
			      "the state of kernel lockdown could not be read");
	else if (setting->lockdown == LOCKDOWN_ON)
		scene_hint(scene, FINDING_LOCKDOWN,
			   "the kernel is locked down%s: only signed modules load; the "
			   "distribution's vfio-pci is signed, and binding and VFIO are "
			   "allowed",
			   setting->secure_boot ? " (Secure Boot)" : "");
	else if (setting->secure_boot)
		scene_hint(scene, FINDING_LOCKDOWN,
			   "Secure Boot is on, and the kernel may reject unsigned "
			   "modules");
	else if (setting->lockdown == LOCKDOWN_OFF)
		scene_pass(scene, FINDING_LOCKDOWN, "the kernel is not locked down");
}

static void target_judge(const struct scene *scene)
{
	/* An absent card may just be one that is plugged in later. */
	if (scene->target->verdict == VERDICT_ABSENT &&
	    scene->survey->setting.thunderbolt)
		scene_hint(scene, FINDING_LATE_DEVICE,
			   "the card is absent, and this machine has Thunderbolt: a "
			   "device on it appears only after it is authorised");
	if (!scene->target->n_functions)
		return;
	companions_judge(scene);
	drivers_judge(scene);
	region_judge(scene);
	for (size_t i = 0; i < scene->target->n_functions; i++)
		function_judge(scene, i);
}

void device_check(const struct scene *scene)
{
	lockdown_judge(scene);
	for (size_t i = 0; i < scene->plan->n_targets; i++) {
		const struct scene target =
			scene_of_target(scene, &scene->plan->targets[i]);

		target_judge(&target);
	}
}
