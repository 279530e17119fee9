// SPDX-License-Identifier: GPL-2.0-or-later
#include "messages.h"

#include <stdio.h>
#include <string.h>

#include "cmdline.h"
#include "json_value.h"
#include "text.h"

#define SHOWN_MAX 12
#define LEVEL_INFO 6
#define MICROSECONDS 1000000

static bool is_vfio(const char *driver)
{
	return strstr(driver, "vfio") != NULL;
}

void messages_want_driver(struct messages *messages, const char *name)
{
	if (!*name || is_vfio(name) || messages->n_drivers == MESSAGES_DRIVERS_MAX)
		return;
	for (size_t i = 0; i < messages->n_drivers; i++)
		if (cmdline_name_equal(messages->drivers[i].name, name))
			return;
	(void)snprintf(messages->drivers[messages->n_drivers++].name, HOST_NAME_MAX,
		       "%.63s", name);
}

void messages_want(struct messages *messages, const struct report *report,
		   const struct drift *drift)
{
	memset(messages, 0, sizeof(*messages));
	for (size_t i = 0; i < report->n_targets; i++)
		for (size_t j = 0; j < report->targets[i].n_functions; j++) {
			const struct report_function *function =
				&report->targets[i].functions[j];
			const struct host_function *current =
				drift->targets[i].functions[j];

			if (messages->n_functions < MESSAGES_FUNCTIONS_MAX)
				pci_address_format(
					&function->address,
					messages->functions[messages->n_functions++]);
			messages_want_driver(messages, function->before);
			messages_want_driver(messages, current ? current->driver : "");
		}
}

bool messages_is_about(const struct messages *messages, const char *text)
{
	for (size_t i = 0; i < messages->n_functions; i++)
		if (strstr(text, messages->functions[i]))
			return true;
	return false;
}

static struct message message_make(uint64_t time, unsigned int level, const char *text)
{
	struct message message = { .time = time, .level = level };

	(void)snprintf(message.text, sizeof(message.text), "%s", text);
	return message;
}

/* Does the line begin with the driver's name, a word? "nouveau 0000:...", "nvidia:" */
static bool is_from(const char *text, const char *driver)
{
	char word[HOST_NAME_MAX];
	size_t length = strcspn(text, " :");

	if (!text[length] || length >= sizeof(word))
		return false;
	memcpy(word, text, length);
	word[length] = '\0';
	return cmdline_name_equal(word, driver);
}

void messages_take(struct messages *messages, uint64_t time, unsigned int level,
		   const char *text)
{
	for (size_t i = 0; i < messages->n_drivers; i++) {
		struct messages_driver *driver = &messages->drivers[i];

		if (driver->spoke || !is_from(text, driver->name))
			continue;
		driver->spoke = true;
		driver->first = message_make(time, level, text);
	}
	if (!messages_is_about(messages, text) ||
	    (level >= LEVEL_INFO && is_from(text, "pci")))
		return;
	if (messages->count < MESSAGES_MAX)
		messages->list[messages->count++] = message_make(time, level, text);
	else
		messages->dropped++;
}

const struct messages_driver *messages_competitor(const struct messages *messages)
{
	const struct messages_driver *first = NULL;

	for (size_t i = 0; i < messages->n_drivers; i++) {
		const struct messages_driver *driver = &messages->drivers[i];

		if (driver->spoke && (!first || driver->first.time < first->first.time))
			first = driver;
	}
	return first;
}

/* Since when a driver has a function: its first message about it after it was reserved */
static const struct message *message_find(const struct messages *messages,
					  const struct host_function *function,
					  uint64_t after)
{
	char address[PCI_ADDRESS_TEXT];

	pci_address_format(&function->address, address);
	for (size_t i = 0; i < messages->count; i++) {
		const struct message *message = &messages->list[i];

		if (message->time > after && is_from(message->text, function->driver) &&
		    strstr(message->text, address))
			return message;
	}
	return NULL;
}

size_t messages_taken(const struct messages *messages, const struct report *report,
		      const struct drift *drift,
		      struct messages_taken taken[static MESSAGES_FUNCTIONS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < report->n_targets; i++) {
		if (drift->targets[i].state != TARGET_LOST)
			continue;
		for (size_t j = 0; j < report->targets[i].n_functions; j++) {
			const struct host_function *current =
				drift->targets[i].functions[j];

			if (!current || !*current->driver || is_vfio(current->driver) ||
			    count == MESSAGES_FUNCTIONS_MAX)
				continue;
			taken[count++] = (struct messages_taken){
				.function = current,
				.since = message_find(messages, current, report->finish),
			};
		}
	}
	return count;
}

/* ---- for people ---- */

static double seconds(uint64_t time)
{
	return (double)time / MICROSECONDS;
}

static void message_print(const struct render *render, const struct message *message)
{
	char text[TEXT_MAX], line[TEXT_MAX + 32];

	(void)snprintf(line, sizeof(line), "%10.3f  %.1500s", seconds(message->time),
		       text_escape(message->text, text, sizeof(text)));
	text_cut(line, TEXT_COLUMNS);
	fprintf(render->out, "%s\n", line);
}

static void list_print(const struct render *render, const struct messages *messages)
{
	size_t skipped = messages->count > SHOWN_MAX ? messages->count - SHOWN_MAX : 0;

	fprintf(render->out,
		"\nWhat the kernel said of them at this boot, seconds after its start:\n");
	if (skipped + messages->dropped)
		fprintf(render->out, "  (%zu more: --json, or journalctl -k -b)\n",
			skipped + messages->dropped);
	for (size_t i = skipped; i < messages->count; i++)
		message_print(render, &messages->list[i]);
	if (!messages->count)
		fputs("  nothing\n", render->out);
}

/* Of each function that is lost to a driver: since when */
static void taken_print(const struct render *render, const struct messages *messages,
			const struct report *report, const struct drift *drift)
{
	struct messages_taken taken[MESSAGES_FUNCTIONS_MAX];
	size_t count = messages_taken(messages, report, drift, taken);

	for (size_t i = 0; i < count; i++) {
		const struct host_function *function = taken[i].function;
		char address[PCI_ADDRESS_TEXT],
			since[64] = "; the kernel did not say when";
		char line[TEXT_MAX];

		pci_address_format(&function->address, address);
		if (taken[i].since)
			(void)snprintf(since, sizeof(since),
				       ", which first spoke of it at %.3f s",
				       seconds(taken[i].since->time));
		(void)snprintf(line, sizeof(line), "%s was taken by %s%s.", address,
			       function->driver, since);
		text_paragraph(render->out, 2, line);
	}
}

static void timing_print(const struct render *render, const struct messages *messages,
			 const struct report *report)
{
	const struct messages_driver *first = messages_competitor(messages);
	char line[TEXT_MAX];

	if (!first) {
		text_paragraph(render->out, 2,
			       "No competing driver of the host has spoken.");
		return;
	}
	(void)snprintf(
		line, sizeof(line),
		"vfio-early-boot was done at %.3f s; the first competing driver, "
		"%s, spoke at %.3f s%s.",
		seconds(report->finish), first->name, seconds(first->first.time),
		first->first.time < report->finish ?
			", which is before: the initramfs runs vfio-early-boot too late" :
			"");
	text_paragraph(render->out, 2, line);
}

void messages_print(const struct render *render, const struct messages *messages,
		    const struct report *report, const struct drift *drift)
{
	if (drift->other_boot || !messages->n_functions)
		return;
	if (messages->hidden)
		text_paragraph(
			render->out, 0,
			"What the kernel said of them could not be read: try again "
			"as root.");
	if (!messages->source)
		return;
	list_print(render, messages);
	taken_print(render, messages, report, drift);
	timing_print(render, messages, report);
}

/* ---- for programs ---- */

static json_t *message_to_json(const struct message *message)
{
	json_t *object = json_object();

	json_value_put(&object, "time_us", json_integer((json_int_t)message->time));
	json_value_put(&object, "level", json_integer(message->level));
	json_value_put(&object, "text", json_value_text(message->text));
	return object;
}

static json_t *competitor_to_json(const struct messages *messages)
{
	const struct messages_driver *first = messages_competitor(messages);
	json_t *object;

	if (!first)
		return json_null();
	object = json_object();
	json_value_put(&object, "driver", json_value_text(first->name));
	json_value_put(&object, "message", message_to_json(&first->first));
	return object;
}

static json_t *taken_to_json(const struct messages *messages, const struct report *report,
			     const struct drift *drift)
{
	struct messages_taken taken[MESSAGES_FUNCTIONS_MAX];
	size_t count = messages_taken(messages, report, drift, taken);
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++) {
		const struct message *since = taken[i].since;
		json_t *object = json_object();

		json_value_put(&object, "address",
			       json_value_address(&taken[i].function->address));
		json_value_put(&object, "driver",
			       json_value_text(taken[i].function->driver));
		json_value_put(&object, "message",
			       since ? message_to_json(since) : json_null());
		json_value_add(&array, object);
	}
	return array;
}

json_t *messages_to_json(const struct messages *messages, const struct report *report,
			 const struct drift *drift)
{
	json_t *object, *list;

	if (!messages->source || drift->other_boot)
		return json_null();
	object = json_object();
	list = json_array();
	for (size_t i = 0; i < messages->count; i++)
		json_value_add(&list, message_to_json(&messages->list[i]));
	json_value_put(&object, "source", json_string(messages->source));
	json_value_put(&object, "messages", list);
	json_value_put(&object, "dropped", json_integer((json_int_t)messages->dropped));
	json_value_put(&object, "competitor", competitor_to_json(messages));
	json_value_put(&object, "taken", taken_to_json(messages, report, drift));
	return object;
}
