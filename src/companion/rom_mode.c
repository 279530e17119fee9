// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/mode.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/newfile.h"
#include "base/text.h"
#include "companion/finding_show.h"
#include "guest/rom.h"
#include "guest/rom_check.h"
#include "guest/rom_read.h"
#include "report/json.h"
#include "report/render.h"

#define ROM_VERSION 1

/**
 * struct rom_wish - the request
 * @subject: an address, or a file of the caller's
 * @file: output file for the images; NULL: none
 */
struct rom_wish {
	FILE *out;
	const struct sysroot *root;
	const char *subject;
	const char *file;
	bool json;
};

/* Everything that the mode has; large, so it is allocated. */
struct look {
	bool is_card;
	char name[TEXT_MAX]; /* the address, or the file */
	struct rom_reading reading;
	struct rom rom;
	struct findings findings;
	bool written;
};

static void look_free(struct look **look)
{
	if (*look)
		rom_reading_done(&(*look)->reading);
	free(*look);
}

/* ---- read ---- */

static int look_read(const struct rom_wish *wish, struct look *look, struct fault *fault)
{
	struct pci_address address;

	look->is_card = !pci_address_parse(wish->subject, &address);
	(void)snprintf(look->name, sizeof(look->name), "%s", wish->subject);
	if (!look->is_card)
		return rom_read_file(wish->subject, &look->reading, fault);
	pci_address_format(&address, look->name);
	return rom_read_card(wish->root, &address, &look->reading, fault);
}

static void look_judge(const struct rom_wish *wish, struct look *look)
{
	const struct rom_case wanted = {
		.rom = &look->rom,
		.subject = look->name,
		.file = look->is_card ? NULL : look->name,
		.card = look->is_card ? &look->reading.id : NULL,
		.trimmed = look->is_card || wish->file,
	};

	rom_trouble_add(&look->findings, look->name, &look->reading);
	if (look->reading.trouble != ROM_TROUBLE_NONE)
		return;
	rom_parse(look->reading.bytes, look->reading.size, &look->rom);
	rom_check(&look->findings, &wanted);
}

/* ---- write ---- */

/* QEMU's user reads it as well, and there is no secret in it. */
static int part_write(void *context, int fd, struct fault *fault)
{
	const struct look *look = context;
	const unsigned char *bytes = look->reading.bytes + look->rom.start;
	size_t left = look->rom.end - look->rom.start;
	ssize_t more = 0;

	for (; left && more >= 0; left -= (size_t)more, bytes += more) {
		more = write(fd, bytes, left);
		if (more < 0 && errno == EINTR)
			more = 0;
	}
	if (more < 0 || fchmod(fd, 0644) < 0)
		return fault_set(fault, -errno, "the ROM could not be written: %s",
				 strerror(errno));
	return 0;
}

static int look_write(const struct rom_wish *wish, struct look *look, struct fault *fault)
{
	const struct newfile newfile = {
		.file = wish->file,
		.write = part_write,
		.context = look,
	};
	int error = newfile_write(&newfile, fault);

	look->written = !error;
	return error;
}

/* ---- show ---- */

static const char *type_name(const struct rom_image *image)
{
	if (image->vendor_part)
		return "vendor";
	switch (image->type) {
	case ROM_PC:
		return "pc";
	case ROM_OPEN_FIRMWARE:
		return "open-firmware";
	case ROM_PA_RISC:
		return "pa-risc";
	case ROM_UEFI:
		return "uefi";
	default:
		return "other";
	}
}

static const char *machine_name(uint16_t machine)
{
	switch (machine) {
	case ROM_MACHINE_I386:
		return "x86-32";
	case ROM_MACHINE_ARM:
		return "arm";
	case ROM_MACHINE_EBC:
		return "byte code";
	case ROM_MACHINE_X86_64:
		return "x86-64";
	case ROM_MACHINE_AARCH64:
		return "arm64";
	default:
		return "unknown processor";
	}
}

static void image_print(FILE *out, const struct rom_image *image)
{
	static const char *const titles[][2] = {
		{ "pc", "PC BIOS" },	     { "uefi", "UEFI" },
		{ "pa-risc", "PA-RISC" },    { "open-firmware", "Open Firmware" },
		{ "vendor", "vendor part" }, { "other", "other" },
	};
	const char *name = type_name(image);
	size_t i = 0;

	while (strcmp(titles[i][0], name) != 0)
		i++;
	fprintf(out, "  %-13s  %04x:%04x  %zu bytes", titles[i][1], image->vendor,
		image->device, image->size);
	if (image->efi)
		fprintf(out, ", %s%s", machine_name(image->machine),
			image->compressed ? ", compressed" : "");
	if (image->type == ROM_PC && !image->vendor_part)
		fprintf(out, ", checksum %s", image->sum_right ? "right" : "wrong");
	if (image->n_ids)
		fprintf(out, ", and for %zu other id%s", image->n_ids,
			image->n_ids == 1 ? "" : "s");
	if (image->cut)
		fputs(", cut", out);
	fputc('\n', out);
}

static void source_print(FILE *out, const struct look *look)
{
	const struct rom_reading *reading = &look->reading;
	char text[TEXT_MAX];

	fprintf(out, "%s: ", text_escape(look->name, text, sizeof(text)));
	if (reading->trouble != ROM_TROUBLE_NONE) {
		fputs("no ROM was read\n", out);
		return;
	}
	fprintf(out, "%zu bytes", reading->size);
	if (reading->source == ROM_FROM_CARD)
		fputs(" from its ROM", out);
	if (reading->source == ROM_FROM_VFCT)
		fputs(" from ACPI's VFCT, where the firmware left them", out);
	if (*reading->woken)
		fprintf(out, ", read powered up (it idled in %s)", reading->woken);
	fputc('\n', out);
}

static bool look_print(const struct rom_wish *wish, const struct look *look)
{
	const struct render render = render_of(wish->out);
	char text[TEXT_MAX];

	source_print(wish->out, look);
	for (size_t i = 0; i < look->rom.n_images; i++)
		image_print(wish->out, &look->rom.images[i]);
	for (size_t i = 0; i < look->findings.count; i++)
		finding_print(&render, &look->findings.list[i], false);
	if (look->written)
		fprintf(wish->out,
			"%s: written, %zu bytes. A ROM file is needed only if the card "
			"shows\nthe host's boot, or has no ROM of its own: see "
			"vfio-early(8).\n",
			text_escape(wish->file, text, sizeof(text)),
			look->rom.end - look->rom.start);
	else if (wish->file)
		fprintf(wish->out, "%s: not written\n",
			text_escape(wish->file, text, sizeof(text)));
	return !fflush(wish->out) && !ferror(wish->out);
}

static json_t *image_to_json(const struct rom_image *image)
{
	json_t *object = json_object(), *ids = json_array();
	char id[PCI_ID_TEXT];

	(void)snprintf(id, sizeof(id), "%04x:%04x", image->vendor, image->device);
	json_value_add(&ids, json_string(id));
	for (size_t i = 0; i < image->n_ids; i++) {
		(void)snprintf(id, sizeof(id), "%04x:%04x", image->vendor, image->ids[i]);
		json_value_add(&ids, json_string(id));
	}
	json_value_put(&object, "offset", json_integer((json_int_t)image->offset));
	json_value_put(&object, "size", json_integer((json_int_t)image->size));
	json_value_put(&object, "type", json_string(type_name(image)));
	json_value_put(&object, "code_type", json_integer(image->type));
	json_value_put(&object, "ids", ids);
	json_value_put(&object, "checksum_right",
		       image->type == ROM_PC && !image->vendor_part ?
			       json_boolean(image->sum_right) :
			       json_null());
	json_value_put(&object, "machine",
		       image->efi ? json_string(machine_name(image->machine)) :
				    json_null());
	json_value_put(&object, "compressed", json_boolean(image->compressed));
	json_value_put(&object, "cut", json_boolean(image->cut));
	return object;
}

static json_t *look_to_json(const struct rom_wish *wish, const struct look *look,
			    enum status status)
{
	const struct rom_reading *reading = &look->reading;
	json_t *object = json_object(), *images = json_array();

	for (size_t i = 0; i < look->rom.n_images; i++)
		json_value_add(&images, image_to_json(&look->rom.images[i]));
	json_value_put(&object, "version", json_integer(ROM_VERSION));
	json_value_put(&object, "status", json_integer(status));
	json_value_put(&object, "subject", json_value_text(look->name));
	json_value_put(&object, "source",
		       reading->trouble == ROM_TROUBLE_NONE ?
			       json_string(rom_source_names[reading->source]) :
			       json_null());
	json_value_put(&object, "woken_from",
		       *reading->woken ? json_value_text(reading->woken) : json_null());
	json_value_put(&object, "size", json_integer((json_int_t)reading->size));
	json_value_put(&object, "container", json_integer((json_int_t)look->rom.start));
	json_value_put(&object, "images", images);
	json_value_put(&object, "written",
		       look->written ? json_value_text(wish->file) : json_null());
	findings_put(&object, &look->findings);
	return object;
}

/* ---- all of it ---- */

static enum status status_of(const struct findings *findings)
{
	if (findings->levels[FINDING_FAIL])
		return STATUS_BAD;
	return findings->levels[FINDING_WARN] ? STATUS_SHORT : STATUS_GOOD;
}

static enum status look_run(const struct rom_wish *wish, bool *ret_written,
			    struct fault *fault)
{
	struct look *look __attribute__((cleanup(look_free))) = calloc(1, sizeof(*look));
	enum status status;

	if (!look) {
		(void)fault_set(fault, -ENOMEM, "%s", strerror(ENOMEM));
		return STATUS_BAD;
	}
	if (look_read(wish, look, fault) < 0)
		return STATUS_BAD;
	look_judge(wish, look);
	status = status_of(&look->findings);
	if (wish->file && status != STATUS_BAD && look_write(wish, look, fault) < 0)
		status = status > STATUS_SHORT ? status : STATUS_SHORT;
	*ret_written = wish->json ? json_value_write(wish->out,
						     look_to_json(wish, look, status)) :
				    look_print(wish, look);
	return status;
}

static enum status rom_run(struct session *session)
{
	const struct rom_wish wish = {
		.out = session->out,
		.root = &session->root,
		.subject = session->subject,
		.file = session->more,
		.json = session->json,
	};
	struct fault fault = { 0 };
	bool written = true;
	enum status status = look_run(&wish, &written, &fault);

	if (fault.error)
		return session_complain(session, &fault, status);
	return session_end(session, written, status);
}

const struct mode rom_mode = {
	.name = "--rom",
	.subject = "ADDRESS|FILE",
	.more = "[FILE]",
	.help = "what is in a ROM; write only the images",
	.json = true,
	.run = rom_run,
};
