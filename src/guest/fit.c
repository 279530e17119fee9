// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/fit.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "plan/card.h"
#include "plan/target.h"

#define CLASS_DISPLAY 0x03
#define QEMU_ADDRESS_BITS 40 /* TCG_PHYS_ADDR_BITS, target/i386/cpu.h of QEMU */

static bool target_find(const struct fit *fit, size_t function, size_t *ret_target)
{
	for (size_t i = 0; i < fit->plan->n_targets; i++)
		if (card_takes(&fit->plan->targets[i], function)) {
			*ret_target = i;
			return true;
		}
	return false;
}

static struct fit_card *card_find(struct fit *fit, const struct passed *passed,
				  bool has_target, size_t target)
{
	for (size_t i = 0; i < fit->n_cards; i++) {
		struct fit_card *card = &fit->cards[i];
		const struct passed *first = fit_passed(fit, card, 0);

		if (card->has_target == has_target &&
		    (has_target ?
			     card->target == target :
			     pci_address_same_slot(&first->address, &passed->address)))
			return card;
	}
	return NULL;
}

static struct fit_card *card_new(struct fit *fit, const struct passed *passed,
				 bool has_target, size_t target)
{
	struct fit_card *card = &fit->cards[fit->n_cards];

	if (fit->n_cards == FIT_CARDS_MAX)
		return NULL;
	memset(card, 0, sizeof(*card));
	card->has_target = has_target;
	card->target = target;
	(void)snprintf(card->name, sizeof(card->name), "%s",
		       has_target ? fit->plan->targets[target].name :
				    PCI_ADDRESS(&passed->address));
	fit->n_cards++;
	return card;
}

void fit_cards(struct fit *fit)
{
	fit->n_cards = 0;
	for (size_t i = 0; i < fit->facts->n_passed; i++) {
		const struct passed *passed = &fit->facts->passed[i];
		size_t target = 0;
		bool has_target = passed->there &&
				  target_find(fit, passed->function, &target);
		struct fit_card *card = card_find(fit, passed, has_target, target);

		if (!card)
			card = card_new(fit, passed, has_target, target);
		if (!card)
			return;
		card->functions[card->n_functions++] = i;
		if (passed->there &&
		    fit->host->functions[passed->function].class_code >> 16 ==
			    CLASS_DISPLAY)
			card->is_display = true;
	}
}

const struct passed *fit_passed(const struct fit *fit, const struct fit_card *card,
				size_t index)
{
	return &fit->facts->passed[card->functions[index]];
}

const struct host_function *fit_function(const struct fit *fit,
					 const struct passed *passed)
{
	return passed->there ? &fit->host->functions[passed->function] : NULL;
}

const struct guest_hostdev *fit_hostdev(const struct fit *fit,
					const struct passed *passed)
{
	return &fit->guest->hostdevs[passed->hostdev];
}

bool fit_gets(const struct fit *fit, size_t function)
{
	for (size_t i = 0; i < fit->facts->n_passed; i++)
		if (fit->facts->passed[i].there &&
		    fit->facts->passed[i].function == function)
			return true;
	return false;
}

bool fit_on_vfio(const struct fit *fit, const struct host_function *function)
{
	return card_is_vfio(fit->host, function->driver);
}

bool fit_passes_display(const struct fit *fit)
{
	for (size_t i = 0; i < fit->n_cards; i++)
		if (fit->cards[i].is_display)
			return true;
	return false;
}

unsigned int fit_address_bits(const struct fit *fit)
{
	const struct guest_cpu *cpu = &fit->guest->cpu;
	const char *args = fit->guest->args;
	bool host = cpu->host_bits || cpu->mode == GUEST_CPU_HOST ||
		    cpu->mode == GUEST_CPU_MAXIMUM || strstr(args, "phys-bits=host") ||
		    strstr(args, "host-phys-bits=on") || strstr(args, "-cpu host");
	unsigned int bits = fit->facts->cpu_bits;

	if (cpu->address_bits)
		return cpu->address_bits;
	if (!host)
		return QEMU_ADDRESS_BITS;
	if (cpu->address_limit && (!bits || cpu->address_limit < bits))
		return cpu->address_limit;
	return bits;
}

uint64_t fit_trial(struct fit *fit, size_t function)
{
	struct config_target wanted;

	target_of_function(fit->host, function, &wanted);
	wanted.has_functions = true;
	wanted.functions =
		(uint8_t)(1u << fit->host->functions[function].address.function);
	wanted.allow_boot_display = true;
	wanted.take_peers = true;
	return target_try(fit->host, &wanted, &fit->trial)->reasons;
}

void fit_unknown(const struct fit *fit, enum finding_code code, const char *subject,
		 const char *step, const char *format, ...)
{
	char text[FINDING_TEXT_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	finding_advise(findings_add(fit->findings, FINDING_UNKNOWN, code, subject, "%s",
				    text),
		       "%s", step);
}

void fit_list(const struct fit *fit, const struct fit_card *card,
	      char text[static FIT_TEXT_MAX])
{
	*text = '\0';
	for (size_t i = 0; i < card->n_functions; i++)
		text_list(text, FIT_TEXT_MAX, i + 1 == card->n_functions ? " and " : ", ",
			  PCI_ADDRESS(&fit_passed(fit, card, i)->address));
}
