/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MESSAGES_H
#define VFIO_EARLY_MESSAGES_H

/*
 * What the kernel said about the functions of a record, and what follows from it: which
 * driver was the first to compete for them, and who took a lost one. journal_read.h finds
 * the messages.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drift.h"
#include "render.h"
#include "report_read.h"

#define MESSAGES_MAX 256
#define MESSAGES_DRIVERS_MAX 32
#define MESSAGES_FUNCTIONS_MAX 256
#define MESSAGE_TEXT_MAX 256

/**
 * struct message - a line of the kernel
 * @time: microseconds since boot
 * @level: 0 (emergency) to 7 (debug)
 * @text: cut to the room there is
 */
struct message {
	uint64_t time;
	unsigned int level;
	char text[MESSAGE_TEXT_MAX];
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
 * struct messages - what is looked for, and what was found
 * @functions: addresses, as the kernel writes them
 * @n_functions: how many
 * @drivers: those that compete
 * @n_drivers: how many
 * @source: "journal" or "kmsg"; NULL: no log could be read
 * @hidden: there is a log, and we may not read it
 * @list: messages about the functions, in the order of the log
 * @count: how many
 * @dropped: what did not fit
 */
struct messages {
	char functions[MESSAGES_FUNCTIONS_MAX][PCI_ADDRESS_TEXT];
	size_t n_functions;
	struct messages_driver drivers[MESSAGES_DRIVERS_MAX];
	size_t n_drivers;
	const char *source;
	bool hidden;
	struct message list[MESSAGES_MAX];
	size_t count;
	size_t dropped;
};

/**
 * messages_want() - look for the functions of a record and for the drivers that had them
 * @messages: filled; what it held before does not matter
 * @report: the record
 * @drift: the state now
 */
void messages_want(struct messages *messages, const struct report *report,
		   const struct drift *drift);

/**
 * messages_want_driver() - look for a driver, too
 * @messages: after messages_want()
 * @name: of a driver or module; VFIO drivers and what is there already are left out
 */
void messages_want_driver(struct messages *messages, const char *name);

/**
 * messages_is_about() - does this text name one of the functions of the record?
 * @messages: after messages_want()
 * @text: a message, or an address as the kernel writes it
 *
 * Return: true when it does
 */
bool messages_is_about(const struct messages *messages, const char *text);

/**
 * messages_take() - look at a line of the log
 * @messages: it is kept when it is about one of the functions. What the PCI core says
 *	of every function while it finds them is left out.
 * @time: microseconds since boot
 * @level: 0 to 7
 * @text: the line
 */
void messages_take(struct messages *messages, uint64_t time, unsigned int level,
		   const char *text);

/**
 * messages_competitor() - the driver that showed itself first
 * @messages: read
 *
 * Return: it; NULL: none has
 */
const struct messages_driver *messages_competitor(const struct messages *messages);

/**
 * struct messages_taken - a function that was lost to a driver
 * @function: as it is now
 * @since: the driver's first message about it after it was reserved; NULL: it was silent
 */
struct messages_taken {
	const struct host_function *function;
	const struct message *since;
};

/**
 * messages_taken() - who took what was lost, and since when
 * @messages: read
 * @report: the record
 * @drift: the state now
 * @taken: filled
 *
 * Return: how many
 */
size_t messages_taken(const struct messages *messages, const struct report *report,
		      const struct drift *drift,
		      struct messages_taken taken[static MESSAGES_FUNCTIONS_MAX]);

/**
 * messages_print() - the messages, the timing, who took what was lost
 * @render: where to
 * @messages: read
 * @report: the record
 * @drift: the state now
 */
void messages_print(const struct render *render, const struct messages *messages,
		    const struct report *report, const struct drift *drift);

/**
 * messages_to_json() - the same as an object
 * @messages: read
 * @report: the record
 * @drift: the state now
 *
 * Return: a new reference (null: no log could be read), or NULL when there was no memory
 */
json_t *messages_to_json(const struct messages *messages, const struct report *report,
			 const struct drift *drift);

#endif
