// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/guest_machine_check.h"

#include <inttypes.h>
#include <string.h>

#define MIB (UINT64_C(1) << 20)

/* Flash images of OVMF: code and variables are 2 or 4 MiB together; 1920 and 128 KiB, or
 * 3568 and 528 KiB (OvmfPkg, FD_SIZE_2MB and FD_SIZE_4MB). */
static bool is_mixed(uint64_t code, uint64_t vars)
{
	bool pair = code + vars == 2 * MIB || code + vars == 4 * MIB;

	return !pair && (code >= 2 * MIB) != (vars >= MIB / 4);
}

static bool is_libvirt(const struct fit *fit)
{
	return fit->guest->kind == GUEST_LIBVIRT;
}

/* ---- guest-machine ---- */

static bool wants_pcie(const struct guest *guest)
{
	for (size_t i = 0; i < guest->n_hostdevs; i++)
		if (guest->hostdevs[i].pcie)
			return true;
	return false;
}

static void machine_judge(struct fit *fit)
{
	const struct guest *guest = fit->guest;

	if (guest_is_q35(guest))
		fit_pass(fit, FINDING_GUEST_MACHINE, NULL,
			 "the machine is q35, with PCI Express");
	else if (wants_pcie(guest))
		fit_fail(fit, FINDING_GUEST_MACHINE, NULL,
			 "pcie=1 needs the machine q35, but this one is %s",
			 guest_machine_names[guest->machine]);
	else if (guest->machine != GUEST_MACHINE_OTHER)
		fit_hint(fit, FINDING_GUEST_MACHINE, NULL,
			 "the machine is i440fx, which has no PCI Express");
}

/* ---- guest-firmware ---- */

static void missing_judge(struct fit *fit, const char *path,
			  const struct guest_file *file, bool is_code)
{
	const struct guest_facts *facts = fit->facts;
	const char *instead = is_code ? facts->firmware_code : facts->firmware_vars;
	struct finding *finding;

	if (file->there == FACT_UNKNOWN) {
		fit_unknown(fit, FINDING_GUEST_FIRMWARE, NULL, "run it as root",
			    "%s could not be read", path);
		return;
	}
	finding = fit_fail(fit, FINDING_GUEST_FIRMWARE, NULL, "%s does not exist", path);
	if (*instead)
		finding_advise(finding, "%s is%s", instead,
			       is_code ? "; the guest's variables must have the same "
					 "size (2M or 4M)" :
					 "");
	else
		finding_advise(
			finding,
			"install your distribution's firmware (ovmf, edk2-ovmf) and name "
			"its file");
}

/* The variables that count: those of the guest, or what they will be made from */
static const struct guest_file *vars_of(const struct fit *fit)
{
	const struct guest_facts *facts = fit->facts;

	if (facts->nvram.there == FACT_YES)
		return &facts->nvram;
	return facts->nvram_template.there == FACT_YES ? &facts->nvram_template : NULL;
}

/* Not with formats other than raw, whose size says nothing */
static bool is_raw(const struct guest_firmware *firmware)
{
	return !strstr(firmware->loader, ".qcow2") &&
	       !strstr(firmware->nvram, ".qcow2") &&
	       !strstr(firmware->nvram_template, ".qcow2");
}

static void sizes_judge(struct fit *fit)
{
	const struct guest_firmware *firmware = &fit->guest->firmware;
	const struct guest_file *code = &fit->facts->loader, *vars = vars_of(fit);

	if (!vars || !is_raw(firmware) || !is_mixed(code->size, vars->size))
		fit_pass(fit, FINDING_GUEST_FIRMWARE, NULL, "UEFI, and its files exist");
	else
		fit_fail(fit, FINDING_GUEST_FIRMWARE, NULL,
			 "%s is the code of a %s firmware, but its variables are those "
			 "of a %s one: it does not start",
			 firmware->loader, code->size >= 2 * MIB ? "4 MiB" : "2 MiB",
			 code->size >= 2 * MIB ? "2 MiB" : "4 MiB");
}

static void firmware_judge(struct fit *fit)
{
	const struct guest_firmware *firmware = &fit->guest->firmware;
	const struct guest_facts *facts = fit->facts;
	bool template_counts = *firmware->nvram_template &&
			       facts->nvram.there != FACT_YES;

	if (!firmware->uefi) {
		fit_hint(fit, FINDING_GUEST_FIRMWARE, NULL,
			 "the guest starts with a BIOS, not with UEFI");
		return;
	}
	if (firmware->automatic && !*firmware->loader) {
		fit_pass(fit, FINDING_GUEST_FIRMWARE, NULL, "UEFI, chosen by %s",
			 is_libvirt(fit) ? "libvirt" : "Proxmox");
		return;
	}
	if (*firmware->loader && facts->loader.there != FACT_YES)
		missing_judge(fit, firmware->loader, &facts->loader, true);
	if (template_counts && facts->nvram_template.there != FACT_YES)
		missing_judge(fit, firmware->nvram_template, &facts->nvram_template,
			      false);
	if (facts->loader.there == FACT_YES &&
	    (!template_counts || facts->nvram_template.there == FACT_YES))
		sizes_judge(fit);
}

/* ---- guest-width, guest-aperture ---- */

static void width_fault(struct fit *fit, const struct passed *passed, unsigned int bits)
{
	struct finding *finding;

	finding = fit_warn(fit, FINDING_GUEST_WIDTH, PCI_ADDRESS(&passed->address),
			   "the guest may use %u address bits, but its IOMMU has %u",
			   bits, passed->width);
	if (is_libvirt(fit) && fit->guest->cpu.mode == GUEST_CPU_HOST)
		finding_advise(finding,
			       "<maxphysaddr mode='passthrough' limit='%u'/> in <cpu> "
			       "(libvirt 9.3 and later)",
			       passed->width);
	else if (is_libvirt(fit))
		finding_advise(finding,
			       "<maxphysaddr mode='emulate' bits='%u'/> in <cpu>",
			       passed->width);
	else
		finding_advise(finding, "add phys-bits=%u to its cpu line",
			       passed->width);
}

/* One line is enough: units of one machine are alike. */
static void width_judge(struct fit *fit)
{
	unsigned int bits = fit_address_bits(fit);
	bool unknown = !bits;

	for (size_t i = 0; i < fit->facts->n_passed; i++) {
		const struct passed *passed = &fit->facts->passed[i];

		if (!passed->there || !*fit->host->functions[passed->function].unit)
			continue;
		if (bits && passed->width && bits > passed->width) {
			width_fault(fit, passed, bits);
			return;
		}
		unknown = unknown || !passed->width;
	}
	if (unknown)
		fit_unknown(
			fit, FINDING_GUEST_WIDTH, NULL,
			"grep 'address sizes' /proc/cpuinfo; cat /sys/class/iommu/*/intel-iommu/cap",
			"the address bits of %s could not be read",
			bits ? "the IOMMU" : "the processor");
	else if (fit->facts->n_passed)
		fit_pass(fit, FINDING_GUEST_WIDTH, NULL,
			 "the guest's %u address bits are no more than the IOMMU has",
			 bits);
}

/* OVMF's window for 64-bit BARs is an eighth of the address space
 * (OvmfPkg/Library/PlatformInitLib, PlatformDynamicMmioWindow). */
static void aperture_judge(struct fit *fit)
{
	unsigned int bits = fit_address_bits(fit);
	uint64_t sum = 0;

	for (size_t i = 0; i < fit->facts->n_passed; i++)
		sum += fit->facts->passed[i].bars;
	if (!bits || bits > 63 || sum <= (UINT64_C(1) << bits) / 8)
		return;
	fit_warn(fit, FINDING_GUEST_APERTURE, NULL,
		 "the 64-bit memory windows of its cards take %" PRIu64 " MiB, and the "
		 "firmware has %" PRIu64 " MiB for them (an eighth of %u bits)",
		 sum / MIB, (UINT64_C(1) << bits) / 8 / MIB, bits);
}

/* ---- guest-hiding, guest-hypervisor ---- */

static void hiding_judge(struct fit *fit)
{
	const struct guest *guest = fit->guest;
	const struct guest_feature *feature = guest_feature_find(guest, "hypervisor");
	bool off = (feature && !feature->on) || strstr(guest->args, "-hypervisor") ||
		   strstr(guest->args, "hypervisor=off");

	if (guest->hides_vendor || guest->hides_kvm)
		fit_hint(fit, FINDING_GUEST_HIDING, NULL,
			 "%s%s%s: NVIDIA drivers since R465 (2021) no longer check",
			 guest->hides_vendor ? "vendor_id is set" : "",
			 guest->hides_vendor && guest->hides_kvm ? " and " : "",
			 guest->hides_kvm ? "KVM is hidden" : "");
	if (off)
		fit_warn(fit, FINDING_GUEST_HYPERVISOR, NULL,
			 "the hypervisor bit is off: the guest does not use %s",
			 guest->hyperv ? "the Hyper-V enlightenments that are "
					 "switched on here" :
					 "its hypervisor's clock and interrupts");
}

void guest_machine_check(struct fit *fit)
{
	machine_judge(fit);
	firmware_judge(fit);
	if (fit->guest->firmware.uefi) {
		width_judge(fit);
		aperture_judge(fit);
	}
	hiding_judge(fit);
}
