// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/guest_show.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "companion/finding_show.h"
#include "guest/guest_check.h"
#include "report/json.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

/* ---- for people ---- */

static void memory_print(FILE *out, uint64_t size)
{
	if (size && !(size % GIB))
		fprintf(out, "%" PRIu64 " GiB", size / GIB);
	else
		fprintf(out, "%" PRIu64 " MiB", size / MIB);
}

static void heading_print(const struct render *render, const struct guest *guest)
{
	char name[TEXT_MAX], title[TEXT_MAX];
	bool proxmox = guest->kind == GUEST_PROXMOX;

	render_word(render, RENDER_HEADING, text_escape(guest->name, name, sizeof(name)));
	fprintf(render->out, ": %s", proxmox ? "Proxmox" : "libvirt domain");
	if (*guest->title)
		fprintf(render->out, " (%s)",
			text_escape(guest->title, title, sizeof(title)));
	fprintf(render->out, ", %s, %s, %u vCPU%s, ", guest_machine_names[guest->machine],
		guest->firmware.uefi ? "UEFI" : "BIOS", guest->cpu.vcpus,
		guest->cpu.vcpus == 1 ? "" : "s");
	memory_print(render->out, guest->memory.size);
	fputs("\n\n", render->out);
}

static void count_print(FILE *out, size_t count, const char *word, bool *first)
{
	if (!count)
		return;
	fprintf(out, "%s%zu %s%s", *first ? " (" : ", ", count, word,
		count == 1 ? "" : "s");
	*first = false;
}

static void verdict_print(const struct render *render, const struct fit *fit)
{
	static const struct {
		enum render_style style;
		const char *words;
	} verdicts[] = {
		[STATUS_GOOD] = { RENDER_GOOD, "nothing prevents its start" },
		[STATUS_SHORT] = { RENDER_WARN, "may not work as it should" },
		[STATUS_BAD] = { RENDER_BAD, "would not start as it should" },
	};
	const size_t *levels = fit->findings->levels;
	enum status status = guest_exit_of(fit->findings);
	char name[TEXT_MAX];
	bool first = true;

	fprintf(render->out, "%s: ", text_escape(fit->guest->name, name, sizeof(name)));
	render_word(render, verdicts[status].style, verdicts[status].words);
	count_print(render->out, levels[FINDING_FAIL], "failure", &first);
	count_print(render->out, levels[FINDING_WARN], "warning", &first);
	count_print(render->out, levels[FINDING_UNKNOWN], "unknown", &first);
	count_print(render->out, levels[FINDING_HINT], "hint", &first);
	fputs(first ? "\n" : ")\n", render->out);
}

static void area_print(const struct render *render, const struct findings *findings,
		       enum finding_area area)
{
	bool first = true;

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];

		if (finding_info(finding->code)->area != area)
			continue;
		if (first) {
			render_word(render, RENDER_HEADING, finding_area_titles[area]);
			fputc('\n', render->out);
		}
		first = false;
		finding_print(render, finding, *finding->subject);
	}
	if (!first)
		fputc('\n', render->out);
}

void guest_print(const struct render *render, const struct fit *fit)
{
	heading_print(render, fit->guest);
	for (unsigned int i = 0; i < FINDING_AREAS; i++)
		area_print(render, fit->findings, (enum finding_area)i);
	verdict_print(render, fit);
}

/* ---- for programs ---- */

static json_t *place_to_json(const struct fit *fit, const struct guest_hostdev *hostdev)
{
	char text[16];

	if (fit->guest->kind == GUEST_PROXMOX)
		(void)snprintf(text, sizeof(text), "hostpci%u", hostdev->slot);
	else if (hostdev->has_place)
		(void)snprintf(text, sizeof(text), "%02x:%02x.%x", hostdev->place.bus,
			       hostdev->place.device, hostdev->place.function);
	else
		return json_null();
	return json_string(text);
}

static json_t *function_to_json(const struct fit *fit, const struct passed *passed)
{
	const struct guest_hostdev *hostdev = fit_hostdev(fit, passed);
	const struct host_function *function = fit_function(fit, passed);
	json_t *object = json_object();

	json_value_put(&object, "host", json_value_address(&passed->address));
	json_value_put(&object, "there", json_boolean(passed->there));
	json_value_put(&object, "guest", place_to_json(fit, hostdev));
	json_value_put(&object, "managed", json_boolean(hostdev->managed));
	json_value_put(&object, "driver",
		       json_value_text(function ? function->driver : ""));
	json_value_put(&object, "rom", json_value_text(hostdev->rom));
	return object;
}

static json_t *card_to_json(const struct fit *fit, const struct fit_card *card)
{
	json_t *object = json_object(), *functions = json_array();

	for (size_t i = 0; i < card->n_functions; i++)
		json_value_add(&functions,
			       function_to_json(fit, fit_passed(fit, card, i)));
	json_value_put(&object, "target",
		       card->has_target ? json_value_text(card->name) : json_null());
	json_value_put(&object, "functions", functions);
	return object;
}

static json_t *guest_object(const struct fit *fit)
{
	const struct guest *guest = fit->guest;
	json_t *object = json_object();

	json_value_put(&object, "name", json_value_text(guest->name));
	json_value_put(&object, "title", json_value_text(guest->title));
	json_value_put(&object, "kind", json_string(guest_kind_names[guest->kind]));
	json_value_put(&object, "source", json_value_text(fit->source));
	json_value_put(&object, "machine",
		       json_string(guest_machine_names[guest->machine]));
	json_value_put(&object, "uefi", json_boolean(guest->firmware.uefi));
	json_value_put(&object, "vcpus", json_integer(guest->cpu.vcpus));
	json_value_put(&object, "memory", json_integer((json_int_t)guest->memory.size));
	return object;
}

json_t *guest_to_json(const struct fit *fit)
{
	json_t *object = json_object(), *cards = json_array();

	for (size_t i = 0; i < fit->n_cards; i++)
		json_value_add(&cards, card_to_json(fit, &fit->cards[i]));
	json_value_put(&object, "version", json_integer(GUEST_SHOW_VERSION));
	json_value_put(&object, "status", json_integer(guest_exit_of(fit->findings)));
	json_value_put(&object, "guest", guest_object(fit));
	json_value_put(&object, "cards", cards);
	findings_put(&object, fit->findings);
	return object;
}

static json_t *place_of(const struct hostdev *hostdev,
			const struct hostdev_function *function)
{
	const struct hostdev_slot *slot = &hostdev->slots[function->slot];
	char text[24];

	if (hostdev->format == HOSTDEV_PROXMOX)
		(void)snprintf(text, sizeof(text), "hostpci%u", slot->index);
	else if (hostdev->format == HOSTDEV_LIBVIRT)
		(void)snprintf(text, sizeof(text), "%02x:%02x.%x", slot->bus,
			       slot->device, function->function);
	else
		return json_null();
	return json_string(text);
}

json_t *hostdev_to_json(const struct hostdev *hostdev, const char *text, bool good)
{
	json_t *object = json_object(), *functions = json_array();

	for (size_t i = 0; i < hostdev->n_functions; i++) {
		const struct hostdev_function *function = &hostdev->functions[i];
		json_t *item = json_object();

		json_value_put(&item, "host", json_value_address(&function->host));
		json_value_put(&item, "guest", place_of(hostdev, function));
		json_value_add(&functions, item);
	}
	json_value_put(&object, "version", json_integer(GUEST_SHOW_VERSION));
	json_value_put(&object, "target", json_value_text(hostdev->name));
	json_value_put(&object, "reserved", json_boolean(good));
	json_value_put(&object, "format",
		       json_string(hostdev_format_names[hostdev->format]));
	json_value_put(&object, "bus",
		       hostdev->format == HOSTDEV_LIBVIRT ?
			       json_integer(hostdev->slots[0].bus) :
			       json_null());
	json_value_put(&object, "functions", functions);
	/* a newline is no character to escape here */
	json_value_put(&object, "text", json_string(text));
	return object;
}
