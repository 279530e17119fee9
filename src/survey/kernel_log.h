/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_KERNEL_LOG_H
#define VFIO_EARLY_KERNEL_LOG_H

/*
 * Messages of the kernel about the functions of a report, and those of programs about
 * lost ones. They show which driver was the first to compete for a function, and which
 * driver took a lost one. kernel_log_read.h finds the messages.
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
 * @program: program that wrote it; empty: the kernel
 * @text: cut to fit
 */
struct message {
	uint64_t time;
	unsigned int level;
	char program[HOST_NAME_MAX];
	char text[MESSAGE_TEXT_MAX];
};

/**
 * struct messages_function - a function of the report
 * @address: as the kernel writes it
 * @driver: host driver that a lost function is bound to now; empty: none
 * @spoke: @since is filled
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
 * @spoke: @first is filled
 * @first: its first message of this boot, on any subject
 */
struct messages_driver {
	char name[HOST_NAME_MAX];
	bool spoke;
	struct message first;
};

/**
 * struct messages_ring - the last messages of one kind, ordered by time
 * @count: how many
 * @dropped: number of earlier messages, which were dropped
 */
struct messages_ring {
	struct message list[MESSAGES_MAX];
	size_t count;
	size_t dropped;
};

/**
 * struct messages - filter, and messages that were found
 * @n_functions: how many @functions
 * @done: end of the run, microseconds since boot
 * @programs: messages of programs after the run are wanted, since a target is lost
 * @n_drivers: how many @drivers
 * @source: "journal" or "kmsg"; NULL: no log could be read
 * @hidden: there is a log, but this user may not read it
 * @functions: functions of the report; what is counted before is cleared, the rest not
 * @drivers: competing drivers
 * @rings: the last messages about the functions: of the kernel, and of programs, so that
 *	many of one kind do not displace the other; see messages_get()
 */
struct messages {
	size_t n_functions;
	uint64_t done;
	bool programs;
	size_t n_drivers;
	const char *source;
	bool hidden;
	struct messages_function functions[MESSAGES_FUNCTIONS_MAX];
	struct messages_driver drivers[MESSAGES_DRIVERS_MAX];
	struct messages_ring rings[2];
};

/**
 * messages_want() - set the filter to a report's functions and the drivers that had them
 * @messages: filled; what it held before does not matter. For a report of another boot
 *	the filter is empty.
 */
void messages_want(struct messages *messages, const struct report *report,
		   const struct drift *drift);

/**
 * messages_want_driver() - add a driver to the filter
 * @name: of a driver or module; VFIO drivers and names in the filter are ignored
 */
void messages_want_driver(struct messages *messages, const char *name);

/**
 * messages_is_about() - does a text name one of the functions of the report?
 * @text: a message, or an address. libvirt writes pci_0000_0b_00_0.
 */
bool messages_is_about(const struct messages *messages, const char *text);

/**
 * messages_take() - process a line of the kernel's log
 * @messages: the line is kept when it is about one of the functions. Messages of the PCI
 *	core about each function that it finds are left out.
 * @time: microseconds since boot
 * @priority: level and facility, as a record of /dev/kmsg has them. A program's line
 *	never has the kernel's facility 0 (printk.c devkmsg_write()), and is no driver's.
 */
void messages_take(struct messages *messages, uint64_t time, unsigned int priority,
		   const char *text);

/**
 * messages_take_program() - process a line of a program
 * @messages: the line is kept when it is about one of the functions, later than the run,
 *	not of vfio-early itself, and a target is lost
 * @time: microseconds since boot
 * @level: 0 to 7
 * @program: a name that can be trusted
 */
void messages_take_program(struct messages *messages, uint64_t time, unsigned int level,
			   const char *program, const char *text);

/** messages_count() - number of kept messages */
size_t messages_count(const struct messages *messages);

/** messages_get() - a kept message; they are ordered by time */
const struct message *messages_get(const struct messages *messages, size_t index);

/**
 * messages_print_about() - print messages about one function, and the driver that took it
 */
void messages_print_about(const struct render *render, const struct messages *messages,
			  const struct pci_address *address);

/** messages_print() - print messages, timing, and the drivers that took lost functions */
void messages_print(const struct render *render, const struct messages *messages);

/**
 * messages_to_json() - the same as an object
 *
 * Return: a new reference (null: no log could be read), or NULL when there was no memory
 */
json_t *messages_to_json(const struct messages *messages);

#endif
