/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SELECT_H
#define VFIO_EARLY_SELECT_H

/*
 * From a target's selectors to functions of the machine. Pure. Slots are found by
 * address, never by device links, which do not cover all functions of a card; other buses
 * of a card are found by its bridges (own_switch.h).
 */

#include "model/config.h"
#include "model/host.h"
#include "plan/plan.h"

#define SELECT_CARDS_MAX 32

/**
 * struct selection - the cards that a target names
 * @heads: indices in host.functions, ordered by address: the function of each card that
 *	the selectors name
 * @n_heads: more than one only with all = yes
 * @reason: REASON_NONE, or why there is no card: REASON_ABSENT, REASON_AMBIGUOUS,
 *	REASON_ID_MISMATCH, REASON_PATH_MISMATCH, REASON_ADDRESS_MOVED, REASON_LIMIT
 * @found: indices of functions that the ids match, when @reason is not REASON_NONE
 * @n_found: number of @found, as many as fit
 */
struct selection {
	size_t heads[SELECT_CARDS_MAX];
	size_t n_heads;
	enum reason reason;
	size_t found[PLAN_FOUND_MAX];
	size_t n_found;
};

/** select_cards() - find the cards of a target */
void select_cards(const struct config_target *wanted, const struct host *host,
		  struct selection *ret_selection);

/**
 * select_functions() - find the functions of a card
 * @head: the function that the selectors name
 * @target: functions and n_functions are filled, and found when the selectors do not
 *	agree with the card
 *
 * The head is taken, with functions of the card that other ids of the target name. A
 * display also brings its companions: functions of the slot, and of other buses behind
 * the card's own switch, that have its vendor and a class of graphics cards (display,
 * audio, USB, serial bus). A virtual function is taken alone, since its neighbours in the
 * slot may belong to other guests.
 *
 * Return: REASON_NONE, REASON_FUNCTION_MISSING, REASON_ID_MISMATCH or REASON_LIMIT
 */
enum reason select_functions(const struct config_target *wanted, const struct host *host,
			     size_t head, struct plan_target *target);

/** select_id_matches() - does one of the target's ids name this function? */
bool select_id_matches(const struct config_target *wanted,
		       const struct host_function *function);

/**
 * select_is_card_class() - may a function of this class be taken without naming its id?
 * @class_code: base class, subclass, interface
 *
 * Return: true for displays and accelerators (03, 12), audio (0401, 0403, 0480), USB
 * (0c03) and serial bus (0c80: the UCSI function of cards with a USB-C socket)
 */
bool select_is_card_class(uint32_t class_code);

#endif
