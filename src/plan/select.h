/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SELECT_H
#define VFIO_EARLY_SELECT_H

/*
 * From the words of a target to functions of the machine. Pure. Slots are found by
 * address, never by device links, which do not cover all functions of a card; other buses
 * of a card by the bridges (own_switch.h).
 */

#include "model/config.h"
#include "model/host.h"
#include "plan/plan.h"

#define SELECT_CARDS_MAX 32

/**
 * struct selection - the cards that a target names
 * @heads: indices in host.functions, by address: of each card the function that the
 *	selectors name
 * @n_heads: more than one only with all = yes
 * @reason: REASON_NONE, or why there is no card: REASON_ABSENT, REASON_AMBIGUOUS,
 *	REASON_ID_MISMATCH, REASON_PATH_MISMATCH, REASON_ADDRESS_MOVED, REASON_LIMIT
 * @found: indices of functions that the ids match, when @reason is not REASON_NONE
 * @n_found: as many as there is room for
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
 * @target: functions, n_functions and, when they do not agree with the card, found are
 *	filled
 *
 * A named function is one function: an id that the head has adds nothing. What comes
 * along is what other ids of the target name on the card and, for a display, its
 * companions: the functions of the slot, and of other buses behind the card's own switch,
 * that have its vendor and are of a class that graphics cards have (display, audio, USB,
 * serial bus). Virtual functions stand alone:
 * their neighbours in the slot are other machines' cards.
 *
 * Return: REASON_NONE, REASON_FUNCTION_MISSING, REASON_ID_MISMATCH or REASON_LIMIT
 */
enum reason select_functions(const struct config_target *wanted, const struct host *host,
			     size_t head, struct plan_target *target);

/** select_id_matches() - does one of the target's ids name this function? */
bool select_id_matches(const struct config_target *wanted,
		       const struct host_function *function);

/**
 * select_is_card_class() - may a function of this class be taken without its id?
 * @class_code: base class, subclass, interface
 *
 * Return: true for displays and accelerators (03, 12), audio (0401, 0403, 0480), USB
 * (0c03) and serial bus (0c80: the UCSI function of cards with a USB-C socket)
 */
bool select_is_card_class(uint32_t class_code);

#endif
