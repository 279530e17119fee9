// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/guest_screen_check.h"

#include "base/text.h"

#include <string.h>

#define CLASS_USB 0x0c03

static void screen_judge(struct fit *fit)
{
	const struct guest_wiring *wiring = &fit->guest->wiring;
	bool proxmox = fit->guest->kind == GUEST_PROXMOX;

	if (!guest_has_screen(fit->guest) || !fit_passes_display(fit))
		return;
	finding_advise(fit_hint(fit, FINDING_GUEST_SCREEN, NULL,
				"in addition to the card there is an emulated screen "
				"(%s), which the guest may use as its primary one",
				wiring->screens[0].model),
		       proxmox ?
			       "when the card shows a picture: qm set %s --vga none" :
			       "when the card shows a picture: "
			       "<video><model type='none'/></video>; with SPICE, remove "
			       "its channels, redirdev and audio in the same edit",
		       SHELL_WORD(fit->guest->name));
}

/* libvirt does not define such a domain: "not supported without spice graphics". */
static void spice_judge(struct fit *fit)
{
	const struct guest_wiring *wiring = &fit->guest->wiring;
	char left[64] = "";

	if (wiring->spice_channels)
		text_list(left, sizeof(left), ", ", "a channel");
	if (wiring->spice_usb)
		text_list(left, sizeof(left), ", ", "a redirdev");
	if (wiring->spice_audio)
		text_list(left, sizeof(left), ", ", "audio");
	if (fit->guest->kind != GUEST_LIBVIRT || wiring->spice || !*left)
		return;
	fit_fail(fit, FINDING_GUEST_SCREEN, NULL,
		 "there is no SPICE server, but something of it is left (%s): libvirt "
		 "refuses the domain" TO_DO
		 "remove in this order: <channel type='spicevmc'> and smartcard, "
		 "<redirdev>, <audio type='spice'>",
		 left);
}

static bool has_usb_controller(const struct fit *fit)
{
	for (size_t i = 0; i < fit->facts->n_passed; i++) {
		const struct host_function *function =
			fit_function(fit, &fit->facts->passed[i]);

		if (function && function->class_code >> 8 == CLASS_USB)
			return true;
	}
	return false;
}

static void input_judge(struct fit *fit)
{
	const struct guest_wiring *wiring = &fit->guest->wiring;

	if (!fit_passes_display(fit))
		return;
	if (wiring->usb_devices || wiring->evdev || has_usb_controller(fit) ||
	    ((wiring->spice || wiring->other_display) && guest_has_screen(fit->guest)) ||
	    (wiring->spice && wiring->spice_usb))
		fit_pass(fit, FINDING_GUEST_INPUT, NULL,
			 "there is a keyboard or another way to type");
	else
		fit_warn(fit, FINDING_GUEST_INPUT, NULL,
			 "there is no keyboard: no USB device or controller of the host, "
			 "no evdev, no window");
}

void guest_screen_check(struct fit *fit)
{
	screen_judge(fit);
	spice_judge(fit);
	input_judge(fit);
}
