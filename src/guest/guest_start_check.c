// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/guest_start_check.h"

static bool is_managed(const struct guest *guest)
{
	for (size_t i = 0; i < guest->n_hostdevs; i++)
		if (guest->hostdevs[i].managed)
			return true;
	return false;
}

/* Without managed='yes' libvirt refuses a start that is too early, as it should. */
static void autostart_judge(struct fit *fit)
{
	bool proxmox = fit->guest->kind == GUEST_PROXMOX;

	if (fit->facts->starts != FACT_YES || !is_managed(fit->guest))
		return;
	if (fit->facts->ordered == FACT_YES)
		fit_pass(fit, FINDING_GUEST_AUTOSTART, NULL,
			 "it starts with the host, after vfio-early.target");
	else
		fit_warn(fit, FINDING_GUEST_AUTOSTART, NULL,
			 "it starts with the host, whether the card is reserved or not: "
			 "it does not wait for vfio-early.target" TO_DO
			 "systemctl edit %s, and there [Unit] "
			 "Requires=vfio-early.target After=vfio-early.target",
			 proxmox ? "pve-guests.service" :
				   "libvirtd.service (or virtqemud.service)");
}

static void hook_judge(struct fit *fit, const struct guest_hook *hook)
{
	fit_warn(fit, FINDING_GUEST_HOOK, hook->path, "this hook of the hypervisor%s%s%s",
		 hook->calls_back ? " calls virsh, which waits for the hook forever" : "",
		 hook->calls_back && (hook->unbinds || hook->unloads) ? "; it" : "",
		 hook->unbinds && hook->unloads ? " unbinds devices and removes modules" :
		 hook->unbinds			? " unbinds devices" :
		 hook->unloads			? " removes modules" :
						  "");
}

static bool is_named_before(const struct guest_facts *facts, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (!pci_address_compare(&facts->others[i].address,
					 &facts->others[index].address))
			return true;
	return false;
}

/* One line for each function, with the first guest that has it as well */
static void twice_judge(struct fit *fit)
{
	const struct guest_facts *facts = fit->facts;

	for (size_t i = 0; i < facts->n_others; i++) {
		const struct guest_other *other = &facts->others[i];
		bool both = other->starts && facts->starts == FACT_YES;

		if (is_named_before(facts, i))
			continue;
		findings_add(fit->findings, both ? FINDING_WARN : FINDING_HINT,
			     FINDING_GUEST_TWICE, PCI_ADDRESS(&other->address),
			     "%s has it, too%s", other->name,
			     both ? ", and both start with the host" : "");
	}
}

void guest_start_check(struct fit *fit)
{
	twice_judge(fit);
	autostart_judge(fit);
	for (size_t i = 0; i < fit->facts->n_hooks; i++)
		hook_judge(fit, &fit->facts->hooks[i]);
}
