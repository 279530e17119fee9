// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/report_journal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <syslog.h>
#include <systemd/sd-journal.h>

#include "base/cleanup.h"
#include "base/text.h"

/* Names of the texts in systemd/vfio-early.catalog */
#define MESSAGE_RESERVED "c349d984277c41e996cb60dfd5102fce"
#define MESSAGE_NOT_RESERVED "6a43a6f4eac5485e867ce0732693a7d3"
#define MESSAGE_LOST "7197ba6498c14f65b078611533dfaf83"
#define MESSAGE_GUARD "b64231ba07bc480baf478cf6b6a17e62"
#define MESSAGE_NO_REPORT "aa47e9c4687840b5926f49faedb33913"
#define MESSAGE_GUEST "fcd7ce6f283548d7b5c182deb3bafe6c"

static void field_add(struct journal_entry *entry, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void field_add(struct journal_entry *entry, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(entry->fields[entry->n_fields++], JOURNAL_FIELD_MAX, format,
			args);
	va_end(args);
}

/* A field that is left out when there is nothing to say */
static void text_add(struct journal_entry *entry, const char *name, const char *text)
{
	if (*text)
		field_add(entry, "%s=%s", name, text);
}

static void entry_begin(struct journal_entry *entry, const char *id, int priority,
			const char *message)
{
	entry->n_fields = 0;
	field_add(entry, "MESSAGE=%s", message);
	field_add(entry, "MESSAGE_ID=%s", id);
	field_add(entry, "PRIORITY=%d", priority);
	field_add(entry, "SYSLOG_IDENTIFIER=vfio-early");
}

/* What the target's state means for the reader: which text of the catalog, how loud */
static const char *message_id(const struct report_target *target, enum target_state state,
			      int *priority)
{
	*priority = LOG_WARNING;
	if (state == TARGET_LOST)
		return MESSAGE_LOST;
	if (!target_state_is_good(state, target->optional))
		return MESSAGE_NOT_RESERVED;
	*priority = LOG_INFO;
	return state == TARGET_RESERVED ? MESSAGE_RESERVED : MESSAGE_NOT_RESERVED;
}

static void functions_add(const struct report_target *target,
			  const struct drift_target *now, struct journal_entry *entry)
{
	for (size_t i = 0; i < target->n_functions; i++) {
		const struct report_function *function = &target->functions[i];
		char driver[TEXT_MAX];
		const char *current = "";

		if (now->functions[i])
			current = text_escape(now->functions[i]->driver, driver,
					      sizeof(driver));
		field_add(entry, "VFIO_EARLY_FUNCTION=%s %s %s",
			  PCI_ADDRESS(&function->address), function->id,
			  *current ? current : "-");
	}
}

void journal_target(const struct report *report, size_t target, const struct drift *drift,
		    struct journal_entry *entry)
{
	const struct report_target *recorded = &report->targets[target];
	enum target_state state = drift->targets[target].state;
	const char *detail = *recorded->detail ? recorded->detail : recorded->reason;
	char message[JOURNAL_FIELD_MAX];
	int priority;
	const char *id = message_id(recorded, state, &priority);

	if (state == TARGET_RESERVED || !*detail)
		(void)snprintf(message, sizeof(message), "%s: %s", recorded->name,
			       target_state_names[state]);
	else
		(void)snprintf(message, sizeof(message), "%s: %s: %s", recorded->name,
			       target_state_names[state], detail);
	entry_begin(entry, id, priority, message);
	field_add(entry, "VFIO_EARLY_TARGET=%s", recorded->name);
	field_add(entry, "VFIO_EARLY_STATE=%s", target_state_names[state]);
	field_add(entry, "VFIO_EARLY_OPTIONAL=%d", recorded->optional);
	field_add(entry, "VFIO_EARLY_LATE=%d", recorded->late);
	text_add(entry, "VFIO_EARLY_REASON", recorded->reason);
	text_add(entry, "VFIO_EARLY_DETAIL", recorded->detail);
	text_add(entry, "VFIO_EARLY_REMEDY", recorded->remedy);
	text_add(entry, "VFIO_EARLY_GENERATOR", report->generator);
	text_add(entry, "VFIO_EARLY_CONFIG_HASH", report->config_hash);
	functions_add(recorded, &drift->targets[target], entry);
}

static int entry_send(const struct journal_entry *entry, struct fault *fault)
{
	struct iovec fields[JOURNAL_FIELDS_MAX];
	int error;

	for (size_t i = 0; i < entry->n_fields; i++)
		fields[i] = (struct iovec){ .iov_base = (void *)entry->fields[i],
					    .iov_len = strlen(entry->fields[i]) };
	error = sd_journal_sendv(fields, (int)entry->n_fields);
	if (error < 0)
		return fault_set(fault, error, "journal: %s", strerror(-error));
	return 0;
}

/* One entry about the whole run */
static int note_send(struct journal_entry *entry, const char *what, const char *why,
		     struct fault *fault)
{
	char message[JOURNAL_FIELD_MAX];

	(void)snprintf(message, sizeof(message), "%s: %s", what, why);
	entry_begin(entry, MESSAGE_NO_REPORT, LOG_WARNING, message);
	text_add(entry, "VFIO_EARLY_DETAIL", why);
	return entry_send(entry, fault);
}

/* Without a trial there is nothing to report. */
static int guard_send(const struct guard *guard, struct journal_entry *entry,
		      struct fault *fault)
{
	char message[JOURNAL_FIELD_MAX];

	if (guard->state != GUARD_TRIAL && guard->state != GUARD_FALLBACK &&
	    guard->state != GUARD_NONE)
		return 0;
	(void)snprintf(message, sizeof(message), "%s%s%s", guard_tell(guard),
		       guard->detail[0] ? ": " : "", guard->detail);
	entry_begin(entry, MESSAGE_GUARD,
		    guard->state == GUARD_FALLBACK ? LOG_WARNING : LOG_NOTICE, message);
	field_add(entry, "VFIO_EARLY_GUARD=%s", guard_state_names[guard->state]);
	text_add(entry, "VFIO_EARLY_DETAIL", guard->detail);
	return entry_send(entry, fault);
}

static int report_send(const struct report *report, const struct drift *drift,
		       struct journal_entry *entry, struct fault *fault)
{
	int error;

	if (drift->other_boot)
		return note_send(entry, "there is no report of this boot",
				 "the existing one is of another boot", fault);
	if (*report->config_error)
		return note_send(entry, "nothing was reserved", report->config_error,
				 fault);
	error = guard_send(&report->guard, entry, fault);
	for (size_t i = 0; i < report->n_targets && !error; i++) {
		journal_target(report, i, drift, entry);
		error = entry_send(entry, fault);
	}
	return error;
}

int journal_send(const struct report *report, const struct drift *drift,
		 struct fault *fault)
{
	struct journal_entry *entry cleanup_free = calloc(1, sizeof(*entry));

	if (!entry)
		return fault_set(fault, -ENOMEM, "journal: %s", strerror(ENOMEM));
	return report_send(report, drift, entry, fault);
}

int journal_send_missing(const struct fault *why, struct fault *fault)
{
	struct journal_entry *entry cleanup_free = calloc(1, sizeof(*entry));

	if (!entry)
		return fault_set(fault, -ENOMEM, "journal: %s", strerror(ENOMEM));
	return note_send(entry, "there is no report of this boot", why->text, fault);
}

int journal_send_guest(const char *guest, const struct fault *what, struct fault *fault)
{
	struct journal_entry *entry cleanup_free = calloc(1, sizeof(*entry));

	if (!entry)
		return fault_set(fault, -ENOMEM, "journal: %s", strerror(ENOMEM));
	entry_begin(entry, MESSAGE_GUEST, LOG_WARNING, what->text);
	text_add(entry, "VFIO_EARLY_GUEST", guest);
	return entry_send(entry, fault);
}
