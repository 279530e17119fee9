/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_KERNEL_LOG_H
#define VFIO_EARLY_KERNEL_LOG_H

/*
 * What the kernel said about the functions of a record, and of lost ones also what
 * programs said, and what follows from it: which driver was the first to compete for
 * them, and which driver took a lost one. kernel_log_read.h finds the messages.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/drift.h"
#include "report/render.h"
#include "report/report_read.h"

#define MESSAGES_MAX 256
#define MESSAGES_DRIVERS_MAX 32
#define MESSAGES_FUNCTIONS_MAX 256
#define MESSAGE_TEXT_MAX 256

/**
 * struct message - a line of the log
 * @time: microseconds since boot
 * @level: 0 (emergency) to 7 (debug)
 * @program: that wrote it; empty: the kernel
 * @text: cut to the room there is
 */
struct message {
	uint64_t time;
	unsigned int level;
	char program[HOST_NAME_MAX];
	char text[MESSAGE_TEXT_MAX];
};

/**
 * struct messages_function - a function of the record
 * @address: as the kernel writes it
 * @driver: of a lost one, the driver of the host that has it now; empty: none
 * @spoke: @since is there
 * @since: the first message of @driver about it after the run
 */
struct messages_function {
	char address[PCI_ADDRESS_TEXT];
	char driver[HOST_NAME_MAX];
	bool spoke;
	struct message since;
};

/**
 * struct messages_driver - a driver of the host that would claim a function
 * @name: of the driver or of its module; '-' and '_' are equal
 * @spoke: @first is there
 * @first: its first message of this boot, about whatever
 */
struct messages_driver {
	char name[HOST_NAME_MAX];
	bool spoke;
	struct message first;
};

/**
 * struct messages_ring - the last messages of one kind, by their times
 * @count: how many
 * @dropped: how many earlier ones there were
 */
struct messages_ring {
	struct message list[MESSAGES_MAX];
	size_t count;
	size_t dropped;
};

/**
 * struct messages - what is looked for, and what was found
 * @functions: those of the record
 * @n_functions: how many
 * @done: when the run was, microseconds since boot
 * @programs: what programs said after the run is wanted: something is lost
 * @drivers: those that compete
 * @n_drivers: how many
 * @source: "journal" or "kmsg"; NULL: no log could be read
 * @hidden: there is a log, and we may not read it
 * @rings: the last messages about the functions, of the kernel and of programs: many of
 *	the one displace none of the other; see messages_get()
 */
struct messages {
	struct messages_function functions[MESSAGES_FUNCTIONS_MAX];
	size_t n_functions;
	uint64_t done;
	bool programs;
	struct messages_driver drivers[MESSAGES_DRIVERS_MAX];
	size_t n_drivers;
	const char *source;
	bool hidden;
	struct messages_ring rings[2];
};

/**
 * messages_want() - look for the functions of a record and for the drivers that had them
 * @messages: filled; what it held before does not matter. The record of another boot
 *	asks for nothing.
 */
void messages_want(struct messages *messages, const struct report *report,
		   const struct drift *drift);

/**
 * messages_want_driver() - look for a driver, too
 * @name: of a driver or module; VFIO drivers and what is there already are left out
 */
void messages_want_driver(struct messages *messages, const char *name);

/**
 * messages_is_about() - does this text name one of the functions of the record?
 * @text: a message, or an address. libvirt writes pci_0000_0b_00_0.
 */
bool messages_is_about(const struct messages *messages, const char *text);

/**
 * messages_take() - look at a line of the kernel
 * @messages: it is kept when it is about one of the functions. What the PCI core says
 *	of every function while it finds them is left out.
 * @time: microseconds since boot
 * @level: 0 to 7
 */
void messages_take(struct messages *messages, uint64_t time, unsigned int level,
		   const char *text);

/**
 * messages_take_program() - look at a line of a program
 * @messages: kept when it is about one of the functions, comes after the run, something
 *	is lost, and it is none of vfio-early itself
 * @time: microseconds since boot
 * @level: 0 to 7
 * @program: a name that can be trusted
 */
void messages_take_program(struct messages *messages, uint64_t time, unsigned int level,
			   const char *program, const char *text);

/** messages_count() - how many were kept */
size_t messages_count(const struct messages *messages);

/** messages_get() - one of those that were kept, in the order of their times */
const struct message *messages_get(const struct messages *messages, size_t index);

/** messages_print_about() - messages about one function, and which driver took it */
void messages_print_about(const struct render *render, const struct messages *messages,
			  const struct pci_address *address);

/** messages_print() - the messages, the timing, which drivers took what was lost */
void messages_print(const struct render *render, const struct messages *messages);

/**
 * messages_to_json() - the same as an object
 *
 * Return: a new reference (null: no log could be read), or NULL when there was no memory
 */
json_t *messages_to_json(const struct messages *messages);

#endif
