// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/guest_rom_check.h"

#include "guest/rom_check.h"

static void access_judge(struct fit *fit, const struct guest_hostdev *hostdev,
			 const struct guest_file *file, const char *address)
{
	bool confined = fit->guest->kind == GUEST_LIBVIRT;

	if (file->there == FACT_NO)
		fit_fail(fit, FINDING_ROM_ACCESS, address,
			 "its ROM file %s does not exist", hostdev->rom);
	else if (file->there == FACT_UNKNOWN)
		fit_unknown(fit, FINDING_ROM_ACCESS, address, "run it as root",
			    "its ROM file %s could not be read", hostdev->rom);
	else if (confined && *file->closed && !fit->facts->qemu_is_root)
		fit_fail(fit, FINDING_ROM_ACCESS, address,
			 "QEMU's user cannot read its ROM file %s: %s is not accessible "
			 "to others",
			 hostdev->rom, file->closed);
	else if (confined && file->confined == FACT_NO)
		fit_fail(fit, FINDING_ROM_ACCESS, address,
			 "AppArmor keeps QEMU from its ROM file %s: no line of "
			 "abstractions/libvirt-qemu allows it",
			 hostdev->rom);
	else
		fit_pass(fit, FINDING_ROM_ACCESS, address,
			 "QEMU can read its ROM file %s", hostdev->rom);
}

/* The functions of a whole slot share the file; it is meant for the first. */
static void content_judge(struct fit *fit, size_t hostdev, const char *address)
{
	const struct guest_hostdev *device = &fit->guest->hostdevs[hostdev];
	const struct host_function *function = host_find(fit->host, &device->host);
	const struct rom_case wanted = {
		.rom = &fit->facts->images[hostdev],
		.subject = address,
		.file = device->rom,
		.card = function ? &function->id : NULL,
		.guest = true,
		.companion = function && !host_is_display(function) &&
			     function->class_code >> 16 != 0x12,
		.uefi = fit->guest->firmware.uefi,
	};

	if (fit->facts->images_known[hostdev])
		rom_check(fit->findings, &wanted);
}

void guest_rom_check(struct fit *fit)
{
	for (size_t i = 0; i < fit->guest->n_hostdevs; i++) {
		const struct guest_hostdev *hostdev = &fit->guest->hostdevs[i];
		const char *address = PCI_ADDRESS(&hostdev->host);

		if (!*hostdev->rom || hostdev->rom_off)
			continue;
		access_judge(fit, hostdev, &fit->facts->roms[i], address);
		content_judge(fit, i, address);
	}
}
