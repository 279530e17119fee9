/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_FIT_H
#define VFIO_EARLY_FIT_H

/*
 * Input of the checks of a guest, and questions about it that several of them ask. Pure.
 */

#include <stdbool.h>
#include <stddef.h>

#include "check/finding.h"
#include "guest/cores.h"
#include "guest/domain.h"
#include "guest/facts.h"
#include "model/config.h"
#include "model/host.h"
#include "plan/plan.h"
#include "plan/target.h"

#define FIT_CARDS_MAX 64
#define FIT_TEXT_MAX 384

/**
 * struct fit_card - functions of the guest that belong to one card
 * @has_target: a target of the config takes one of them
 * @target: index in plan.targets
 * @name: name of the target; without a target the address of the first function
 * @functions: indices in facts.passed, in the order of the guest
 * @is_display: one of them is a display controller
 */
struct fit_card {
	bool has_target;
	size_t target;
	char name[PLAN_NAME_MAX];
	size_t functions[FACTS_PASSED_MAX];
	size_t n_functions;
	bool is_display;
};

/**
 * struct fit - a guest on a host; large: allocate it
 * @start: plan of the hook at a start, with the drivers that are bound now; NULL: there
 *	is no config for starts
 * @has_hook: libvirt would call the hook
 * @cores: of the host; NULL: not known
 * @source: where the guest was read from, for people
 * @subject: argument that names the guest on the command line
 * @cards: fit_cards() fills them
 * @trial: scratch for fit_trial()
 */
struct fit {
	const struct guest *guest;
	const struct config *config;
	const struct host *host;
	const struct plan *plan;
	const struct guest_facts *facts;
	const struct plan *start;
	bool has_hook;
	struct findings *findings;
	const struct cores *cores;
	const char *source;
	const char *subject;
	struct fit_card cards[FIT_CARDS_MAX];
	size_t n_cards;
	struct trial trial;
};

/** fit_cards() - sort the functions of the guest into cards: by target, else by slot */
void fit_cards(struct fit *fit);

/** fit_passed() - a function of a card */
const struct passed *fit_passed(const struct fit *fit, const struct fit_card *card,
				size_t index);

/** fit_function() - the function of the host; NULL: it does not exist */
const struct host_function *fit_function(const struct fit *fit,
					 const struct passed *passed);

/** fit_hostdev() - the element of the guest that names it */
const struct guest_hostdev *fit_hostdev(const struct fit *fit,
					const struct passed *passed);

/** fit_gets() - does the guest get this function of host.functions? */
bool fit_gets(const struct fit *fit, size_t function);

/** fit_on_vfio() - is a function bound to a VFIO driver now? */
bool fit_on_vfio(const struct fit *fit, const struct host_function *function);

/** fit_passes_display() - does the guest get a display controller? */
bool fit_passes_display(const struct fit *fit);

/**
 * fit_address_bits() - how many address bits the guest's processor has
 *
 * With host-passthrough, maximum and phys-bits=host the host's, up to the configured
 * limit; else the configured number, or QEMU's default of 40 (TCG_PHYS_ADDR_BITS).
 *
 * Return: 0 when the number is the host's and that is not known
 */
unsigned int fit_address_bits(const struct fit *fit);

/**
 * fit_trial() - verdict of the boot program's rules on a single function
 *
 * As if the config allowed to take its screen and its group's other functions.
 *
 * Return: bit n set: reason n holds
 */
uint64_t fit_trial(struct fit *fit, size_t function);

/*
 * Add a finding: its code, its subject (NULL: the guest) and a sentence; after TO_DO the
 * remedy, unless that of the table is used.
 */
#define fit_pass(fit, ...) findings_add((fit)->findings, FINDING_PASS, __VA_ARGS__)
#define fit_hint(fit, ...) findings_add((fit)->findings, FINDING_HINT, __VA_ARGS__)
#define fit_warn(fit, ...) findings_add((fit)->findings, FINDING_WARN, __VA_ARGS__)
#define fit_fail(fit, ...) findings_add((fit)->findings, FINDING_FAIL, __VA_ARGS__)

/**
 * fit_unknown() - add a finding of the level "cannot tell"
 * @step: the one step that would decide it
 */
void fit_unknown(const struct fit *fit, enum finding_code code, const char *subject,
		 const char *step, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/** fit_list() - write the addresses of a card's functions as a list: A, B and C */
void fit_list(const struct fit *fit, const struct fit_card *card,
	      char text[static FIT_TEXT_MAX]);

#endif
