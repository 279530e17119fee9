// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/kernel_log.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/module_name.h"
#include "base/text.h"
#include "report/json.h"

#define SHOWN_MAX 12
#define LEVEL_INFO 6
#define LEVEL_BITS 7u /* of a priority; the rest is the facility */
#define OURSELVES "vfio-early"
#define MICROSECONDS 1000000

static bool is_vfio(const char *driver)
{
	return strstr(driver, "vfio") != NULL;
}

void messages_want_driver(struct messages *messages, const char *name)
{
	struct messages_driver *driver;

	if (!*name || is_vfio(name) || messages->n_drivers == MESSAGES_DRIVERS_MAX)
		return;
	for (size_t i = 0; i < messages->n_drivers; i++)
		if (module_name_equal(messages->drivers[i].name, name))
			return;
	driver = &messages->drivers[messages->n_drivers++];
	driver->spoke = false;
	(void)snprintf(driver->name, sizeof(driver->name), "%.63s", name);
}

/* If a host driver has a function of a lost target now, that driver took it. */
static void function_want(struct messages *messages,
			  const struct report_function *recorded,
			  const struct host_function *current, bool lost)
{
	const char *driver = current ? current->driver : "";
	struct messages_function *function;

	messages_want_driver(messages, recorded->before);
	messages_want_driver(messages, driver);
	if (messages->n_functions == MESSAGES_FUNCTIONS_MAX)
		return;
	function = &messages->functions[messages->n_functions++];
	memset(function, 0, sizeof(*function));
	pci_address_format(&recorded->address, function->address);
	if (lost && !is_vfio(driver))
		(void)snprintf(function->driver, sizeof(function->driver), "%.63s",
			       driver);
}

void messages_want(struct messages *messages, const struct report *report,
		   const struct drift *drift)
{
	memset(messages, 0, offsetof(struct messages, functions));
	messages->rings[0].count = messages->rings[0].dropped = 0;
	messages->rings[1].count = messages->rings[1].dropped = 0;
	if (drift->other_boot)
		return;
	messages->done = report->finish;
	for (size_t i = 0; i < report->n_targets; i++) {
		bool lost = drift->targets[i].state == TARGET_LOST;

		messages->programs = messages->programs || lost;
		for (size_t j = 0; j < report->targets[i].n_functions; j++)
			function_want(messages, &report->targets[i].functions[j],
				      drift->targets[i].functions[j], lost);
	}
}

/* As the kernel writes it, or as libvirt does: pci_0000_0b_00_0 */
static bool is_named(const char *text, const char *address)
{
	char name[PCI_ADDRESS_TEXT + 4];

	(void)snprintf(name, sizeof(name), "pci_%s", address);
	for (char *c = name; *c; c++)
		if (*c == ':' || *c == '.')
			*c = '_';
	return strstr(text, address) || strstr(text, name);
}

bool messages_is_about(const struct messages *messages, const char *text)
{
	for (size_t i = 0; i < messages->n_functions; i++)
		if (is_named(text, messages->functions[i].address))
			return true;
	return false;
}

static struct message message_make(uint64_t time, unsigned int level, const char *program,
				   const char *text)
{
	struct message message = { .time = time, .level = level };

	(void)snprintf(message.program, sizeof(message.program), "%s", program);
	(void)snprintf(message.text, sizeof(message.text), "%s", text);
	return message;
}

/*
 * The last ones are kept: what happened to a card is at the end. A journal has lines in
 * the order in which it heard them, which is not quite that of their times.
 */
static void list_add(struct messages *messages, const struct message *message)
{
	struct messages_ring *ring = &messages->rings[*message->program != '\0'];
	struct message *list = ring->list;
	size_t at = ring->dropped + ring->count;

	if (ring->count < MESSAGES_MAX)
		ring->count++;
	else
		ring->dropped++;
	for (; at > ring->dropped && list[(at - 1) % MESSAGES_MAX].time > message->time;
	     at--)
		list[at % MESSAGES_MAX] = list[(at - 1) % MESSAGES_MAX];
	list[at % MESSAGES_MAX] = *message;
}

size_t messages_count(const struct messages *messages)
{
	return messages->rings[0].count + messages->rings[1].count;
}

/* Behind the last one: later than all */
static const struct message *ring_get(const struct messages_ring *ring, size_t index)
{
	static const struct message end = { .time = UINT64_MAX };

	return index < ring->count ? &ring->list[(ring->dropped + index) % MESSAGES_MAX] :
				     &end;
}

const struct message *messages_get(const struct messages *messages, size_t index)
{
	size_t taken[2] = { 0 };

	for (;;) {
		const struct message *kernel = ring_get(&messages->rings[0], taken[0]);
		const struct message *program = ring_get(&messages->rings[1], taken[1]);
		bool later = kernel->time > program->time;

		if (taken[0] + taken[1] == index)
			return later ? program : kernel;
		taken[later]++;
	}
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
	return module_name_equal(word, driver);
}

static void drivers_hear(struct messages *messages, const struct message *message)
{
	for (size_t i = 0; i < messages->n_drivers; i++) {
		struct messages_driver *driver = &messages->drivers[i];

		if (!is_from(message->text, driver->name) ||
		    (driver->spoke && driver->first.time <= message->time))
			continue;
		driver->spoke = true;
		driver->first = *message;
	}
}

/* Since when a driver has a function: its first message about it after the run */
static void takers_hear(struct messages *messages, const struct message *message)
{
	for (size_t i = 0; i < messages->n_functions; i++) {
		struct messages_function *function = &messages->functions[i];

		if (!*function->driver || message->time <= messages->done ||
		    (function->spoke && function->since.time <= message->time) ||
		    !is_from(message->text, function->driver) ||
		    !strstr(message->text, function->address))
			continue;
		function->spoke = true;
		function->since = *message;
	}
}

void messages_take(struct messages *messages, uint64_t time, unsigned int priority,
		   const char *text)
{
	unsigned int level = priority & LEVEL_BITS;
	const struct message message = message_make(time, level, "", text);

	if (priority == level) {
		drivers_hear(messages, &message);
		takers_hear(messages, &message);
	}
	if (messages_is_about(messages, text) &&
	    (level < LEVEL_INFO || !is_from(text, "pci")))
		list_add(messages, &message);
}

void messages_take_program(struct messages *messages, uint64_t time, unsigned int level,
			   const char *program, const char *text)
{
	const struct message message = message_make(time, level, program, text);

	if (messages->programs && time > messages->done &&
	    strncmp(program, OURSELVES, strlen(OURSELVES)) != 0 &&
	    messages_is_about(messages, text))
		list_add(messages, &message);
}

/* The driver that showed itself first; NULL: none has */
static const struct messages_driver *competitor_find(const struct messages *messages)
{
	const struct messages_driver *first = NULL;

	for (size_t i = 0; i < messages->n_drivers; i++) {
		const struct messages_driver *driver = &messages->drivers[i];

		if (driver->spoke && (!first || driver->first.time < first->first.time))
			first = driver;
	}
	return first;
}

/* ---- for people ---- */

static double seconds(uint64_t time)
{
	return (double)time / MICROSECONDS;
}

static void message_print(const struct render *render, const struct message *message)
{
	char text[TEXT_MAX], program[TEXT_MAX], line[TEXT_MAX + 32];

	(void)snprintf(line, sizeof(line), "%10.3f  %.255s%s%.1500s",
		       seconds(message->time),
		       text_escape(message->program, program, sizeof(program)),
		       *message->program ? ": " : "",
		       text_escape(message->text, text, sizeof(text)));
	text_cut(line, TEXT_COLUMNS);
	fprintf(render->out, "%s\n", line);
}

/* The last ones of each kind; @address: those that name it; NULL: all */
static void last_print(const struct render *render, const struct messages *messages,
		       const char *address)
{
	size_t left[2] = { 0 };

	for (int print = 0; print < 2; print++)
		for (size_t i = 0; i < messages_count(messages); i++) {
			const struct message *message = messages_get(messages, i);
			size_t *rest = &left[*message->program != '\0'];

			if (address && !is_named(message->text, address))
				continue;
			if (!print)
				++*rest;
			else if (--*rest < SHOWN_MAX)
				message_print(render, message);
		}
}

static void list_print(const struct render *render, const struct messages *messages)
{
	size_t earlier = 0;

	for (size_t i = 0; i < ARRAY_SIZE(messages->rings); i++) {
		const struct messages_ring *ring = &messages->rings[i];

		earlier += ring->dropped;
		earlier += ring->count > SHOWN_MAX ? ring->count - SHOWN_MAX : 0;
	}
	fprintf(render->out, "\n%s about these devices (seconds since boot):\n",
		messages->programs ? "Kernel and program messages" : "Kernel messages");
	if (earlier)
		fprintf(render->out,
			"  (%zu earlier ones: --json, or journalctl -k -b)\n", earlier);
	last_print(render, messages, NULL);
	if (!messages_count(messages))
		fputs("  nothing\n", render->out);
}

/* Of a function that is lost to a driver: since when */
static void taken_print(const struct render *render,
			const struct messages_function *function)
{
	char since[64] = "; the kernel log does not say when", line[TEXT_MAX];

	if (!*function->driver)
		return;
	if (function->spoke)
		(void)snprintf(since, sizeof(since),
			       "; its first message about it: %.3f s",
			       seconds(function->since.time));
	(void)snprintf(line, sizeof(line), "%s was bound by %s%s.", function->address,
		       function->driver, since);
	text_paragraph(render->out, 2, line);
}

static void timing_print(const struct render *render, const struct messages *messages)
{
	const struct messages_driver *first = competitor_find(messages);
	char line[TEXT_MAX];

	if (!first) {
		text_paragraph(render->out, 2,
			       "No competing host driver logged anything.");
		return;
	}
	(void)snprintf(
		line, sizeof(line),
		"vfio-early-boot was done at %.3f s; the first message of a competing "
		"driver, %s, is of %.3f s%s.",
		seconds(messages->done), first->name, seconds(first->first.time),
		first->first.time < messages->done ?
			", which is earlier: the initramfs runs vfio-early-boot "
			"too late" :
			"");
	text_paragraph(render->out, 2, line);
}

void messages_print(const struct render *render, const struct messages *messages)
{
	if (messages->hidden && messages->n_functions)
		text_paragraph(render->out, 0,
			       "The kernel log could not be read: try again "
			       "as root.");
	if (!messages->source || !messages->n_functions)
		return;
	list_print(render, messages);
	for (size_t i = 0; i < messages->n_functions; i++)
		taken_print(render, &messages->functions[i]);
	timing_print(render, messages);
}

void messages_print_about(const struct render *render, const struct messages *messages,
			  const struct pci_address *address)
{
	const char *name = PCI_ADDRESS(address);

	last_print(render, messages, name);
	for (size_t i = 0; i < messages->n_functions; i++)
		if (!strcmp(messages->functions[i].address, name))
			taken_print(render, &messages->functions[i]);
}

/* ---- for programs ---- */

static json_t *message_to_json(const struct message *message)
{
	json_t *object = json_object();

	json_value_put(&object, "time_us", json_integer((json_int_t)message->time));
	json_value_put(&object, "level", json_integer(message->level));
	json_value_put(&object, "program", json_value_text(message->program));
	json_value_put(&object, "text", json_value_text(message->text));
	return object;
}

static json_t *competitor_to_json(const struct messages *messages)
{
	const struct messages_driver *first = competitor_find(messages);
	json_t *object;

	if (!first)
		return json_null();
	object = json_object();
	json_value_put(&object, "driver", json_value_text(first->name));
	json_value_put(&object, "message", message_to_json(&first->first));
	return object;
}

static json_t *taken_to_json(const struct messages *messages)
{
	json_t *array = json_array();

	for (size_t i = 0; i < messages->n_functions; i++) {
		const struct messages_function *function = &messages->functions[i];
		json_t *object;

		if (!*function->driver)
			continue;
		object = json_object();
		json_value_put(&object, "address", json_string(function->address));
		json_value_put(&object, "driver", json_value_text(function->driver));
		json_value_put(&object, "message",
			       function->spoke ? message_to_json(&function->since) :
						 json_null());
		json_value_add(&array, object);
	}
	return array;
}

json_t *messages_to_json(const struct messages *messages)
{
	json_t *object, *list;
	json_int_t dropped = 0;

	if (!messages->source)
		return json_null();
	object = json_object();
	list = json_array();
	for (size_t i = 0; i < messages_count(messages); i++)
		json_value_add(&list, message_to_json(messages_get(messages, i)));
	json_value_put(&object, "source", json_string(messages->source));
	json_value_put(&object, "messages", list);
	for (size_t i = 0; i < ARRAY_SIZE(messages->rings); i++)
		dropped += (json_int_t)messages->rings[i].dropped;
	json_value_put(&object, "dropped", json_integer(dropped));
	json_value_put(&object, "competitor", competitor_to_json(messages));
	json_value_put(&object, "taken", taken_to_json(messages));
	return object;
}
