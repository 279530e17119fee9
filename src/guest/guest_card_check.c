// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/guest_card_check.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "plan/card.h"
#include "plan/remedy.h"
#include "plan/select.h"

#define AMD 0x1002

static const char *name_of(const struct fit *fit)
{
	return fit->subject;
}

/* Its card is to be put in anew: by the lines of --hostdev when a target has it */
static void advise_hostdev(const struct fit *fit, struct finding *finding,
			   const char *target)
{
	finding_advise(
		finding,
		fit->guest->kind == GUEST_PROXMOX ?
			"run the command that `vfio-early --hostdev %s %s` prints" :
			"replace its elements with the output of `vfio-early --hostdev "
			"%s %s`",
		SHELL_WORD(target), SHELL_WORD(name_of(fit)));
}

/* ---- what belongs to a card ---- */

/* The display controller in the slot of a function; NULL: none */
static const struct host_function *slot_display(const struct fit *fit,
						const struct pci_address *slot)
{
	for (size_t i = 0; i < fit->host->n_functions; i++) {
		const struct host_function *function = &fit->host->functions[i];

		if (pci_address_same_slot(&function->address, slot) &&
		    host_is_gpu(function))
			return function;
	}
	return NULL;
}

/* Does a function belong to the card: taken by its target, or else a companion of the
 * display in its slot (select_functions())? A slot without a display is a bundle of
 * separate devices, as AMD's processors have their USB controllers. On a root bus a slot
 * is a part of the chipset, and no card. */
static bool belongs(const struct fit *fit, const struct fit_card *card, size_t function)
{
	const struct plan_target *target = &fit->plan->targets[card->target];
	const struct host_function *other = &fit->host->functions[function];
	const struct pci_address *slot = &fit_passed(fit, card, 0)->address;
	const struct host_function *display;

	for (size_t i = 0; card->has_target && i < target->n_functions; i++)
		if (target->functions[i].function == function)
			return target->functions[i].role != ROLE_PEER;
	if (other->parent == HOST_NO_PARENT ||
	    !pci_address_same_slot(&other->address, slot))
		return false;
	display = slot_display(fit, slot);
	return display && other->id.vendor == display->id.vendor &&
	       select_is_card_class(other->class_code);
}

/* ---- guest-device ---- */

static const char *target_name(const struct fit *fit, size_t target)
{
	return fit->plan->targets[target].name;
}

static bool target_is_display(const struct fit *fit, const struct plan_target *target)
{
	for (size_t i = 0; i < target->n_functions; i++)
		if (host_is_display(card_at(fit->host, target, i)))
			return true;
	return false;
}

/* A GPU of the config of which the guest gets nothing; PLAN_NOWHERE: none */
static size_t forgotten_target(const struct fit *fit)
{
	for (size_t i = 0; i < fit->plan->n_targets; i++) {
		const struct plan_target *target = &fit->plan->targets[i];
		bool got = false;

		for (size_t j = 0; j < target->n_functions; j++)
			got = got || fit_gets(fit, target->functions[j].function);
		if (!got && target_is_display(fit, target))
			return i;
	}
	return PLAN_NOWHERE;
}

/* Address of the card that the guest probably means */
static void advise_moved(const struct fit *fit, struct finding *finding)
{
	size_t target = forgotten_target(fit);

	if (target == PLAN_NOWHERE)
		return;
	finding_advise(
		finding,
		"the card of %s is at %s now: use the output of `vfio-early --hostdev %s "
		"%s`",
		target_name(fit, target),
		PCI_ADDRESS(&card_at(fit->host, &fit->plan->targets[target], 0)->address),
		SHELL_WORD(target_name(fit, target)), SHELL_WORD(name_of(fit)));
}

/* An endpoint in the group that a host driver has: VFIO does not give the group away. */
static const struct host_function *group_blocker(const struct fit *fit,
						 const struct fit_card *card,
						 const struct host_function *function)
{
	for (size_t i = 0; i < fit->host->n_functions; i++) {
		const struct host_function *other = &fit->host->functions[i];

		if (other != function && function->has_group && other->has_group &&
		    other->group == function->group && *other->driver &&
		    !card_is_transparent(other) && !fit_gets(fit, i) &&
		    !fit_on_vfio(fit, other) && !belongs(fit, card, i))
			return other;
	}
	return NULL;
}

static bool is_another_card(const struct fit *fit, const struct fit_card *card,
			    const struct host_function *function)
{
	return !card->has_target && !fit_passes_display(fit) &&
	       forgotten_target(fit) != PLAN_NOWHERE && !fit_on_vfio(fit, function);
}

static enum reason hard_reason(struct fit *fit, size_t function)
{
	uint64_t reasons = fit_trial(fit, function) & reasons_with(REASON_FOR_GUESTS);

	return reasons ? (enum reason)__builtin_ctzll(reasons) : REASON_NONE;
}

/* Return: can the guest have it? */
static bool function_judge(struct fit *fit, const struct fit_card *card,
			   const struct host_function *function, const char *address)
{
	enum reason reason = hard_reason(fit, (size_t)(function - fit->host->functions));
	const struct host_function *blocker = group_blocker(fit, card, function);
	char mention[CARD_TEXT_MAX];

	if (reason != REASON_NONE) {
		card_mention(function, mention);
		fit_fail(fit, FINDING_GUEST_DEVICE, address,
			 "no guest can have %s: %s" TO_DO "%s", mention,
			 reason_info(reason)->sentence,
			 remedy_of(fit->host, NULL, reason));
	} else if (blocker) {
		card_mention(blocker, mention);
		fit_fail(fit, FINDING_GUEST_DEVICE, address,
			 "its IOMMU group has %s, which the host uses: VFIO then gives "
			 "the group to no guest",
			 mention);
	} else if (is_another_card(fit, card, function)) {
		card_mention(function, mention);
		advise_moved(fit,
			     fit_fail(fit, FINDING_GUEST_DEVICE, address,
				      "now %s is there, which no target names", mention));
	} else {
		return true;
	}
	return false;
}

/* Return: can the guest have all existing functions? */
static bool functions_there_judge(struct fit *fit, const struct fit_card *card)
{
	bool good = true;

	for (size_t i = 0; i < card->n_functions; i++) {
		const struct passed *passed = fit_passed(fit, card, i);
		const struct host_function *function = fit_function(fit, passed);
		const char *address = PCI_ADDRESS(&passed->address);

		if (function)
			good = function_judge(fit, card, function, address) && good;
		else
			advise_moved(fit, fit_fail(fit, FINDING_GUEST_DEVICE, address,
						   "this machine has no function at that "
						   "address"));
	}
	return good;
}

/* ---- guest-reserved ---- */

/* The first function that is there and not on a VFIO driver; NULL: none */
static const struct host_function *first_free(const struct fit *fit,
					      const struct fit_card *card)
{
	for (size_t i = 0; i < card->n_functions; i++) {
		const struct host_function *function =
			fit_function(fit, fit_passed(fit, card, i));

		if (function && !fit_on_vfio(fit, function))
			return function;
	}
	return NULL;
}

static bool is_there(const struct fit *fit, const struct fit_card *card)
{
	for (size_t i = 0; i < card->n_functions; i++)
		if (fit_passed(fit, card, i)->there)
			return true;
	return false;
}

/* Does the hypervisor take all of the card by itself? */
static bool is_managed(const struct fit *fit, const struct fit_card *card)
{
	for (size_t i = 0; i < card->n_functions; i++)
		if (!fit_hostdev(fit, fit_passed(fit, card, i))->managed)
			return false;
	return true;
}

static void next_judge(struct fit *fit, const struct fit_card *card, const char *mention)
{
	const struct plan_target *target = &fit->plan->targets[card->target];

	if (target->verdict == VERDICT_RESERVE)
		fit_warn(fit, FINDING_GUEST_RESERVED, card->name,
			 "%s is not reserved now; the rules allow the next boot to "
			 "reserve it",
			 mention);
	else
		fit_fail(fit, FINDING_GUEST_RESERVED, card->name,
			 "%s is not reserved, and the next boot will not reserve it "
			 "(%s): %s" TO_DO "%s",
			 mention, reason_info(target->reason)->code,
			 reason_info(target->reason)->sentence,
			 remedy_of(fit->host, target, target->reason));
}

static void untargeted_judge(struct fit *fit, const struct fit_card *card,
			     const struct host_function *function, const char *mention)
{
	bool taken = !card->is_display && is_managed(fit, card);
	enum finding_level level = !taken	     ? FINDING_FAIL :
				   *function->driver ? FINDING_WARN :
						       FINDING_HINT;
	struct finding *finding = findings_add(
		fit->findings, level, FINDING_GUEST_RESERVED, card->name,
		taken ? "no target of the config reserves %s: %s rebinds it at the "
			"start%s" :
			"%s is not reserved, and no target of the config names it%.0s%s",
		mention, fit->guest->kind == GUEST_PROXMOX ? "Proxmox" : "libvirt",
		taken && *function->driver ? ", from a driver in use" : "");

	finding_advise(finding,
		       "`vfio-early --suggest %s` prints a target for the config",
		       PCI_ADDRESS(&function->address));
}

/* Of the config for starts: the target that takes a function; NULL: none */
static const struct plan_target *start_target(const struct fit *fit,
					      const struct host_function *function)
{
	size_t index = (size_t)(function - fit->host->functions);

	for (size_t i = 0; fit->start && i < fit->start->n_targets; i++)
		if (card_takes(&fit->start->targets[i], index))
			return &fit->start->targets[i];
	return NULL;
}

static void start_judge(struct fit *fit, const struct fit_card *card,
			const struct plan_target *target, const char *mention)
{
	if (target->verdict != VERDICT_RESERVE)
		finding_advise(findings_add(fit->findings, FINDING_FAIL,
					    FINDING_GUEST_RESERVED, card->name,
					    "%s is not reserved, and the hook will not "
					    "reserve it (%s): %s",
					    mention, reason_info(target->reason)->code,
					    reason_info(target->reason)->sentence),
			       "%s", reason_info(target->reason)->remedy);
	else if (!fit->has_hook)
		finding_advise(
			findings_add(fit->findings, FINDING_FAIL, FINDING_GUEST_RESERVED,
				     card->name,
				     "%s is to be reserved at the start, but libvirt has "
				     "no hook that does it",
				     mention),
			"install -D /usr/share/vfio-early/50-vfio-early "
			"/etc/libvirt/hooks/qemu.d/50-vfio-early, and restart libvirtd");
	else
		finding_advise(findings_add(fit->findings, FINDING_HINT,
					    FINDING_GUEST_RESERVED, card->name,
					    "%s is unbound from its driver when the "
					    "guest starts, if no process has it open",
					    mention),
			       "a boot entry of its own is the safer way: `vfio-early "
			       "--explain mode`");
}

static void reserved_judge(struct fit *fit, const struct fit_card *card)
{
	const struct host_function *function = first_free(fit, card);
	char text[FIT_TEXT_MAX], mention[CARD_TEXT_MAX];
	const struct plan_target *start;

	if (!is_there(fit, card))
		return;
	if (!function) {
		fit_list(fit, card, text);
		fit_pass(fit, FINDING_GUEST_RESERVED, card->name,
			 card->n_functions == 1 ? "%s is reserved" : "%s are reserved",
			 text);
		return;
	}
	card_mention(function, mention);
	start = start_target(fit, function);
	if (start && fit->guest->kind == GUEST_LIBVIRT)
		start_judge(fit, card, start, mention);
	else if (card->has_target)
		next_judge(fit, card, mention);
	else
		untargeted_judge(fit, card, function, mention);
}

/* ---- guest-functions ---- */

static bool keeps_group(const struct fit *fit, const struct fit_card *card,
			const struct host_function *other)
{
	const struct host_function *own = fit_function(fit, fit_passed(fit, card, 0));

	return own && own->has_group && other->has_group && own->group == other->group &&
	       *other->driver && !fit_on_vfio(fit, other);
}

static void unassigned_judge(struct fit *fit, const struct fit_card *card)
{
	for (size_t i = 0; i < card->n_functions; i++) {
		const struct passed *passed = fit_passed(fit, card, i);
		struct finding *finding;

		if (!fit_hostdev(fit, passed)->unassigned)
			continue;
		finding = fit_warn(fit, FINDING_GUEST_FUNCTIONS, card->name,
				   "%s is taken from the host, and the guest does not "
				   "see it: it is unassigned",
				   PCI_ADDRESS(&passed->address));
		finding_advise(finding, "remove <address type='unassigned'/> from it");
	}
}

static void functions_judge(struct fit *fit, const struct fit_card *card)
{
	for (size_t i = 0; i < fit->host->n_functions; i++) {
		const struct host_function *other = &fit->host->functions[i];
		char mention[CARD_TEXT_MAX];
		struct finding *finding;

		if (fit_gets(fit, i) || !belongs(fit, card, i))
			continue;
		card_mention(other, mention);
		finding = keeps_group(fit, card, other) ?
				  fit_fail(fit, FINDING_GUEST_FUNCTIONS, card->name,
					   "%s belongs to the card, but the guest does "
					   "not get it: it is bound to a host driver, so "
					   "VFIO gives their group to no guest",
					   mention) :
				  fit_warn(fit, FINDING_GUEST_FUNCTIONS, card->name,
					   "%s belongs to the card, but the guest does "
					   "not get it",
					   mention);
		if (card->has_target)
			advise_hostdev(fit, finding, card->name);
	}
	unassigned_judge(fit, card);
}

/* ---- guest-slot, guest-port ---- */

static bool same_guest_slot(const struct fit *fit, const struct passed *a,
			    const struct passed *b)
{
	const struct guest_hostdev *first = fit_hostdev(fit, a);
	const struct guest_hostdev *second = fit_hostdev(fit, b);

	if (fit->guest->kind == GUEST_PROXMOX)
		return first->slot == second->slot;
	return first->has_place && second->has_place &&
	       pci_address_same_slot(&first->place, &second->place);
}

/* Numbers stay, unless the host's function 0 is not given: one takes its place then. */
static bool number_changes(const struct fit *fit, const struct fit_card *card,
			   const struct passed *passed)
{
	const struct guest_hostdev *hostdev = fit_hostdev(fit, passed);
	struct pci_address zero = passed->address;

	(void)card;
	zero.function = 0;
	return hostdev->has_place && guest_takes(fit->guest, &zero) != SIZE_MAX &&
	       hostdev->place.function != passed->address.function;
}

static void place_text(const struct fit *fit, const struct passed *passed, char *text,
		       size_t size)
{
	const struct guest_hostdev *hostdev = fit_hostdev(fit, passed);

	if (fit->guest->kind == GUEST_PROXMOX)
		(void)snprintf(text, size, "hostpci%u", hostdev->slot);
	else if (hostdev->has_place)
		(void)snprintf(text, size, "%02x:%02x.%x", hostdev->place.bus,
			       hostdev->place.device, hostdev->place.function);
	else
		(void)snprintf(text, size,
			       hostdev->unassigned ? "none" : "a slot of its own");
}

static void slot_text(const struct fit *fit, const struct fit_card *card,
		      char text[static FIT_TEXT_MAX])
{
	*text = '\0';
	for (size_t i = 0; i < card->n_functions; i++) {
		char place[32];

		place_text(fit, fit_passed(fit, card, i), place, sizeof(place));
		text_list(text, FIT_TEXT_MAX, ", ", place);
	}
}

static void slot_judge(struct fit *fit, const struct fit_card *card)
{
	bool apart = false, renumbered = false;
	char text[FIT_TEXT_MAX];
	struct finding *finding;

	for (size_t i = 0; i < card->n_functions; i++) {
		const struct passed *own = fit_passed(fit, card, i);

		renumbered = renumbered || number_changes(fit, card, own);
		for (size_t j = 0; j < i; j++) {
			const struct passed *other = fit_passed(fit, card, j);

			if (pci_address_same_slot(&own->address, &other->address) &&
			    !same_guest_slot(fit, own, other))
				apart = true;
		}
	}
	if (!apart && !renumbered)
		return;
	slot_text(fit, card, text);
	finding =
		fit_hint(fit, FINDING_GUEST_SLOT, card->name,
			 apart ? "its functions are in different slots of the guest: %s" :
				 "its functions have other numbers in the guest: %s",
			 text);
	if (card->has_target)
		advise_hostdev(fit, finding, card->name);
}

/* The controller behind which a place is; "pcie-root-port" when libvirt adds it */
static const char *controller_of(const struct guest *guest, unsigned int bus)
{
	for (size_t i = 0; i < guest->n_controllers; i++)
		if (guest->controllers[i].index == bus)
			return guest->controllers[i].model;
	return bus ? "pcie-root-port" : "pcie-root";
}

static bool is_express(const struct fit *fit, const struct guest_hostdev *hostdev)
{
	const char *model;

	if (fit->guest->kind == GUEST_PROXMOX)
		return hostdev->pcie;
	if (!hostdev->has_place)
		return true; /* libvirt gives it a root port */
	model = controller_of(fit->guest, hostdev->place.bus);
	return strstr(model, "port") || !strcmp(model, "pcie-expander-bus");
}

static void port_judge(struct fit *fit, const struct fit_card *card)
{
	const struct passed *first = fit_passed(fit, card, 0);
	const struct host_function *function = fit_function(fit, first);
	bool amd = function && function->id.vendor == AMD && card->is_display;
	struct finding *finding;

	if (!guest_is_q35(fit->guest) || is_express(fit, fit_hostdev(fit, first)))
		return;
	finding = findings_add(
		fit->findings, amd ? FINDING_WARN : FINDING_HINT, FINDING_GUEST_PORT,
		card->name,
		fit->guest->kind == GUEST_PROXMOX ?
			"it is a conventional PCI device in the guest (no pcie=1)%s" :
			"it is not behind a PCI Express root port in the guest%s",
		amd ? "; drivers of AMD cards look for one" : "");
	if (card->has_target)
		advise_hostdev(fit, finding, card->name);
}

/* ---- guest-managed, guest-iommufd, guest-restart ---- */

/* libvirt takes the most specific VFIO driver, and gives the card to the host later. */
static void variant_judge(struct fit *fit, const struct fit_card *card)
{
	for (size_t i = 0; i < card->n_functions; i++) {
		const struct passed *passed = fit_passed(fit, card, i);
		const struct host_function *function = fit_function(fit, passed);
		const char *best;

		if (!function || !fit_hostdev(fit, passed)->managed ||
		    !fit_on_vfio(fit, function) ||
		    function->vfio_driver >= fit->host->n_drivers)
			continue;
		best = fit->host->drivers[function->vfio_driver].name;
		if (!strcmp(best, function->driver))
			continue;
		fit_warn(fit, FINDING_GUEST_MANAGED, card->name,
			 "managed='yes': libvirt rebinds it from %s to %s at the "
			 "start, and to the host's driver at the end",
			 function->driver, best);
	}
}

static void managed_judge(struct fit *fit)
{
	if (fit->guest->kind != GUEST_LIBVIRT)
		return;
	for (size_t i = 0; i < fit->guest->n_hostdevs; i++)
		if (fit->guest->hostdevs[i].managed) {
			fit_hint(fit, FINDING_GUEST_MANAGED, NULL,
				 "managed='yes': if the card is not reserved, libvirt "
				 "unbinds it from a driver in use");
			return;
		}
}

static void iommufd_judge(struct fit *fit)
{
	bool wanted = fit->guest->iommufd;

	for (size_t i = 0; i < fit->guest->n_hostdevs; i++)
		wanted = wanted || fit->guest->hostdevs[i].iommufd;
	if (!wanted || !fit->guest->n_hostdevs)
		return;
	if (fit->facts->iommufd == FACT_UNKNOWN)
		fit_unknown(fit, FINDING_GUEST_IOMMUFD, NULL, "ls /dev/iommu",
			    "it asks for iommufd; it could not be read whether "
			    "/dev/iommu exists");
	else if (fit->facts->iommufd == FACT_YES)
		fit_pass(fit, FINDING_GUEST_IOMMUFD, NULL,
			 "it asks for iommufd, and /dev/iommu exists");
	else
		fit_fail(fit, FINDING_GUEST_IOMMUFD, NULL,
			 "it asks for iommufd, but there is no /dev/iommu");
}

/* The display decides: its companions are reset with it. */
static void restart_judge(struct fit *fit, const struct fit_card *card)
{
	for (size_t i = 0; i < card->n_functions; i++) {
		const struct host_function *function =
			fit_function(fit, fit_passed(fit, card, i));
		const char *family;

		if (!function || !host_is_display(function))
			continue;
		family = card_reset_bug(function);
		if (family)
			fit_hint(fit, FINDING_GUEST_RESTART, card->name,
				 "cards of this family (%s) are known not to recover "
				 "from a reset: the second start may hang",
				 family);
		else if (!function->has_reset && (function->parent == HOST_NO_PARENT ||
						  card_has_no_bus_reset(function)))
			fit_hint(fit, FINDING_GUEST_RESTART, card->name,
				 "it has no reset of its own, and none by its bus: at "
				 "the second start it may be in the state in which the "
				 "first one left it");
	}
}

/* ---- all ---- */

static void mapping_judge(struct fit *fit)
{
	for (size_t i = 0; i < fit->guest->n_hostdevs; i++) {
		const struct guest_hostdev *hostdev = &fit->guest->hostdevs[i];
		char subject[GUEST_WORD_MAX], step[GUEST_WORD_MAX * 3];

		if (!*hostdev->mapping)
			continue;
		(void)snprintf(subject, sizeof(subject), "hostpci%u", hostdev->slot);
		(void)snprintf(step, sizeof(step),
			       "compare `pvesh get /cluster/mapping/pci/%s` with "
			       "`vfio-early --plan`",
			       SHELL_WORD(hostdev->mapping));
		fit_unknown(fit, FINDING_GUEST_DEVICE, subject, step,
			    "it names the resource mapping %s: vfio-early does not read "
			    "which card that is on this node",
			    hostdev->mapping);
	}
}

static void none_judge(struct fit *fit)
{
	char text[FIT_TEXT_MAX] = "";

	for (size_t i = 0; i < fit->plan->n_targets; i++)
		text_list(text, sizeof(text), ", ", target_name(fit, i));
	if (*text)
		fit_warn(fit, FINDING_GUEST_DEVICE, NULL,
			 "the guest gets no PCI function of the host; "
			 "targets of the config: %s" TO_DO
			 "`vfio-early --hostdev TARGET %s` prints the lines to be added",
			 text, SHELL_WORD(name_of(fit)));
	else
		fit_warn(fit, FINDING_GUEST_DEVICE, NULL,
			 "the guest gets no PCI function of the host, and "
			 "the config has no target" TO_DO
			 "`vfio-early --suggest` shows the GPUs of this machine");
}

void guest_card_check(struct fit *fit)
{
	if (!fit->guest->n_hostdevs) {
		none_judge(fit);
		return;
	}
	for (size_t i = 0; i < fit->n_cards; i++) {
		const struct fit_card *card = &fit->cards[i];

		/* without a target the finding guest-device has the remedy already */
		if (functions_there_judge(fit, card) || card->has_target)
			reserved_judge(fit, card);
		functions_judge(fit, card);
		slot_judge(fit, card);
		port_judge(fit, card);
		variant_judge(fit, card);
		restart_judge(fit, card);
	}
	mapping_judge(fit);
	managed_judge(fit);
	iommufd_judge(fit);
	if (fit->facts->cut)
		fit_unknown(fit, FINDING_GUEST_DEVICE, NULL,
			    "inspect its functions one by one: `vfio-early --explain "
			    "ADDRESS`",
			    "it gets more functions than this program supports");
}
