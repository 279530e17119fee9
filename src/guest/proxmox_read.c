// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/proxmox_read.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/number.h"

#define MIB (UINT64_C(1) << 20)
#define LINE_BYTES 4096
#define ROM_FOLDER "/usr/share/kvm/" /* where romfile= is looked for */

/* The state of the reader; only the first error is kept. */
struct reader {
	const char *file;
	unsigned int line;
	struct guest *guest;
	struct fault *fault;
	const char *key;
	unsigned int number; /* of hostpci3: 3 */
	bool has_balloon;
	uint64_t balloon;
	unsigned int sockets;
	unsigned int cores;
	unsigned int vcpus;
};

/* One word of a list: pcie=1, or 0000:01:00 without a name */
struct word {
	char name[GUEST_WORD_MAX];
	char value[GUEST_PATH_MAX];
};

static void bad(struct reader *reader, int error, const char *expected, const char *found)
{
	if (!reader->fault->error)
		(void)fault_set(reader->fault, error,
				"%s:%u: %s: found %.60s, expected %s", reader->file,
				reader->line, reader->key, *found ? found : "nothing",
				expected);
}

/* ---- values ---- */

/* The next word of a,b=c,... ; false: there is none */
static bool word_next(struct reader *reader, const char **cursor, struct word *word)
{
	size_t length = strcspn(*cursor, ","), name = 0;
	const char *equals = memchr(*cursor, '=', length);

	if (!length)
		return false;
	if (equals && (size_t)(equals - *cursor) < sizeof(word->name)) {
		name = (size_t)(equals - *cursor) + 1;
		memcpy(word->name, *cursor, name - 1);
	}
	word->name[name ? name - 1 : 0] = '\0';
	if (length - name >= sizeof(word->value)) {
		bad(reader, -E2BIG, "a shorter value", *cursor);
		return false;
	}
	memcpy(word->value, *cursor + name, length - name);
	word->value[length - name] = '\0';
	*cursor += length + ((*cursor)[length] == ',');
	return true;
}

static bool is_on(const char *value)
{
	return !strcmp(value, "1") || !strcmp(value, "on") || !strcmp(value, "yes") ||
	       !strcmp(value, "true");
}

static uint64_t number_of(struct reader *reader, const char *value, uint64_t max)
{
	uint64_t number = 0;

	if (number_parse(value, strlen(value), 10, max, &number))
		bad(reader, -EINVAL, "a number that is small enough", value);
	return number;
}

static void text_keep(struct reader *reader, const char *value, char *text, size_t size)
{
	if (strlen(value) >= size)
		bad(reader, -E2BIG, "a shorter text", value);
	else
		(void)snprintf(text, size, "%s", value);
}

static void cpus_of(struct reader *reader, const char *value, struct guest_cpus *cpus)
{
	if (guest_cpus_parse(value, cpus))
		bad(reader, -EINVAL, "a list such as 0-3,8", value);
}

/* ---- keys ---- */

static void take_name(struct reader *reader, const char *value)
{
	text_keep(reader, value, reader->guest->title, sizeof(reader->guest->title));
}

static void take_machine(struct reader *reader, const char *value)
{
	struct guest *guest = reader->guest;
	struct word word;

	if (!word_next(reader, &value, &word))
		return;
	text_keep(reader, word.value, guest->machine_text, sizeof(guest->machine_text));
	if (strstr(word.value, "q35"))
		guest->machine = GUEST_MACHINE_Q35;
	else if (!strcmp(word.value, "pc") || strstr(word.value, "i440fx"))
		guest->machine = GUEST_MACHINE_I440FX;
	else
		guest->machine = GUEST_MACHINE_OTHER;
}

static void take_bios(struct reader *reader, const char *value)
{
	struct guest_firmware *firmware = &reader->guest->firmware;

	firmware->uefi = !strcmp(value, "ovmf");
	firmware->automatic = true;
}

static void take_efidisk(struct reader *reader, const char *value)
{
	struct word word;

	reader->guest->firmware.small = true; /* without efitype: 2m */
	while (word_next(reader, &value, &word))
		if (!strcmp(word.name, "efitype"))
			reader->guest->firmware.small = strcmp(word.value, "4m") != 0;
}

static void take_sockets(struct reader *reader, const char *value)
{
	reader->sockets = (unsigned int)number_of(reader, value, GUEST_CPUS_MAX);
}

static void take_cores(struct reader *reader, const char *value)
{
	reader->cores = (unsigned int)number_of(reader, value, GUEST_CPUS_MAX);
}

static void take_vcpus(struct reader *reader, const char *value)
{
	reader->vcpus = (unsigned int)number_of(reader, value, GUEST_CPUS_MAX);
}

static void feature_take(struct reader *reader, const char *text, size_t length)
{
	struct guest_cpu *cpu = &reader->guest->cpu;
	struct guest_feature *feature = &cpu->features[cpu->n_features];

	if (length < 2 || length > sizeof(feature->name))
		return;
	if (cpu->n_features == GUEST_FEATURES_MAX) {
		cpu->features_cut = true;
		return;
	}
	feature->on = *text == '+';
	(void)snprintf(feature->name, sizeof(feature->name), "%.*s", (int)(length - 1),
		       text + 1);
	cpu->n_features++;
}

static void features_take(struct reader *reader, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, ";");

		feature_take(reader, text, length);
		text += length + (text[length] == ';');
	}
}

static void cpu_type_take(struct reader *reader, const char *type)
{
	struct guest_cpu *cpu = &reader->guest->cpu;

	text_keep(reader, type, cpu->model, sizeof(cpu->model));
	cpu->mode = !strcmp(type, "host") ? GUEST_CPU_HOST :
		    !strcmp(type, "max")  ? GUEST_CPU_MAXIMUM :
					    GUEST_CPU_MODEL;
}

static void take_cpu(struct reader *reader, const char *value)
{
	struct guest_cpu *cpu = &reader->guest->cpu;
	struct word word;

	while (word_next(reader, &value, &word)) {
		if (!*word.name || !strcmp(word.name, "cputype"))
			cpu_type_take(reader, word.value);
		else if (!strcmp(word.name, "hidden"))
			reader->guest->hides_kvm = is_on(word.value);
		else if (!strcmp(word.name, "hv-vendor-id"))
			reader->guest->hides_vendor = true;
		else if (!strcmp(word.name, "flags"))
			features_take(reader, word.value);
		else if (!strcmp(word.name, "phys-bits"))
			cpu->host_bits = !strcmp(word.value, "host");
		if (!strcmp(word.name, "phys-bits") && !cpu->host_bits)
			cpu->address_bits =
				(unsigned int)number_of(reader, word.value, 64);
	}
}

static void take_memory(struct reader *reader, const char *value)
{
	struct word word;

	if (word_next(reader, &value, &word))
		reader->guest->memory.size =
			number_of(reader, word.value, UINT64_MAX / MIB) * MIB;
}

static void take_balloon(struct reader *reader, const char *value)
{
	reader->has_balloon = true;
	reader->balloon = number_of(reader, value, UINT64_MAX / MIB) * MIB;
}

/* 2 or 1024 (MiB), or any, which takes the larger ones when they fit */
static void take_hugepages(struct reader *reader, const char *value)
{
	struct guest_memory *memory = &reader->guest->memory;

	memory->hugepages = true;
	if (strcmp(value, "any") != 0)
		memory->page = number_of(reader, value, 1024) * MIB;
}

static void take_affinity(struct reader *reader, const char *value)
{
	reader->guest->pins.has_all = true;
	cpus_of(reader, value, &reader->guest->pins.all);
}

/* numa0: cpus=0-3,hostnodes=0,memory=1024,policy=bind; lists inside are separated by ; */
static void take_numa_node(struct reader *reader, const char *value)
{
	struct guest_pins *pins = &reader->guest->pins;
	struct guest_cpus nodes = { 0 };
	struct word word;

	while (word_next(reader, &value, &word)) {
		if (!strcmp(word.name, "policy"))
			pins->strict = !strcmp(word.value, "bind");
		if (strcmp(word.name, "hostnodes") != 0)
			continue;
		for (char *at = word.value; *at; at++)
			if (*at == ';')
				*at = ',';
		cpus_of(reader, word.value, &nodes);
		pins->has_nodes = true;
		for (size_t i = 0; i < ARRAY_SIZE(nodes.bits); i++)
			pins->nodes.bits[i] |= nodes.bits[i];
	}
}

/* 0000:01:00.0, 01:00.0, or 01:00 for the whole slot */
static bool host_parse(const char *text, struct guest_hostdev *hostdev)
{
	char whole[GUEST_WORD_MAX];

	if (!pci_address_parse(text, &hostdev->host))
		return true;
	(void)snprintf(whole, sizeof(whole), "%.60s.0", text);
	hostdev->whole_slot = true;
	return !pci_address_parse(whole, &hostdev->host);
}

static void hostdev_add(struct reader *reader, const struct guest_hostdev *like,
			const char *host, size_t length)
{
	struct guest *guest = reader->guest;
	struct guest_hostdev *hostdev = &guest->hostdevs[guest->n_hostdevs];
	char text[GUEST_WORD_MAX];

	(void)snprintf(text, sizeof(text), "%.*s", (int)length, host);
	if (guest->n_hostdevs == GUEST_HOSTDEVS_MAX) {
		bad(reader, -E2BIG, "fewer functions", text);
		return;
	}
	*hostdev = *like;
	if (length >= sizeof(text) || (length && !host_parse(text, hostdev)))
		bad(reader, -EINVAL, "an address such as 0000:01:00.0", text);
	else
		guest->n_hostdevs++;
}

static void hostdev_word(struct reader *reader, const struct word *word,
			 struct guest_hostdev *hostdev)
{
	char rom[GUEST_PATH_MAX];

	if (!strcmp(word->name, "pcie"))
		hostdev->pcie = is_on(word->value);
	else if (!strcmp(word->name, "x-vga"))
		hostdev->primary = is_on(word->value);
	else if (!strcmp(word->name, "rombar"))
		hostdev->rom_off = !is_on(word->value);
	else if (!strcmp(word->name, "mapping"))
		text_keep(reader, word->value, hostdev->mapping,
			  sizeof(hostdev->mapping));
	else if (!strcmp(word->name, "romfile")) {
		(void)snprintf(rom, sizeof(rom), ROM_FOLDER "%.*s",
			       (int)(sizeof(rom) - sizeof(ROM_FOLDER)), word->value);
		text_keep(reader, rom, hostdev->rom, sizeof(hostdev->rom));
	}
}

static void take_hostpci(struct reader *reader, const char *value)
{
	struct guest_hostdev like = { .line = reader->line,
				      .slot = reader->number,
				      .managed = true };
	char hosts[GUEST_PATH_MAX] = "";
	const char *host = hosts;
	struct word word;

	while (word_next(reader, &value, &word))
		if (!*word.name || !strcmp(word.name, "host"))
			(void)snprintf(hosts, sizeof(hosts), "%s", word.value);
		else
			hostdev_word(reader, &word, &like);
	if (*like.mapping)
		hostdev_add(reader, &like, "", 0);
	else if (!*hosts)
		bad(reader, -EINVAL, "an address such as 0000:01:00.0", "");
	for (; *host && !*like.mapping; host += *host == ';') {
		size_t length = strcspn(host, ";");

		hostdev_add(reader, &like, host, length);
		host += length;
	}
}

static void take_vga(struct reader *reader, const char *value)
{
	struct guest_wiring *wiring = &reader->guest->wiring;
	struct word word;

	wiring->n_screens = 0;
	while (word_next(reader, &value, &word))
		if (!*word.name || !strcmp(word.name, "type")) {
			text_keep(reader, word.value, wiring->screens[0].model,
				  sizeof(wiring->screens[0].model));
			wiring->n_screens = 1;
		}
	wiring->spice = wiring->n_screens && !strncmp(wiring->screens[0].model, "qxl", 3);
}

static void take_usb(struct reader *reader, const char *value)
{
	if (!strncmp(value, "spice", 5) || strstr(value, "host=spice"))
		reader->guest->wiring.spice_usb++;
	else
		reader->guest->wiring.usb_devices++;
}

static void take_serial(struct reader *reader, const char *value)
{
	(void)value;
	reader->guest->wiring.serial = true;
}

static void take_args(struct reader *reader, const char *value)
{
	struct guest *guest = reader->guest;

	text_keep(reader, value, guest->args, sizeof(guest->args));
	if (strstr(value, "kvm=off"))
		guest->hides_kvm = true;
	if (strstr(value, "hv_vendor_id=") || strstr(value, "hv-vendor-id="))
		guest->hides_vendor = true;
	if (strstr(value, "input-linux"))
		guest->wiring.evdev++;
}

static void take_onboot(struct reader *reader, const char *value)
{
	reader->guest->has_onboot = is_on(value);
}

static void take_hookscript(struct reader *reader, const char *value)
{
	text_keep(reader, value, reader->guest->hookscript,
		  sizeof(reader->guest->hookscript));
}

static void take_kvm(struct reader *reader, const char *value)
{
	reader->guest->kvm = is_on(value);
}

static const struct key {
	const char *name;
	bool numbered;
	void (*take)(struct reader *reader, const char *value);
} keys[] = {
	{ "name", false, take_name },
	{ "machine", false, take_machine },
	{ "bios", false, take_bios },
	{ "efidisk", true, take_efidisk },
	{ "sockets", false, take_sockets },
	{ "cores", false, take_cores },
	{ "vcpus", false, take_vcpus },
	{ "cpu", false, take_cpu },
	{ "memory", false, take_memory },
	{ "balloon", false, take_balloon },
	{ "hugepages", false, take_hugepages },
	{ "affinity", false, take_affinity },
	{ "numa", true, take_numa_node },
	{ "hostpci", true, take_hostpci },
	{ "vga", false, take_vga },
	{ "usb", true, take_usb },
	{ "serial", true, take_serial },
	{ "args", false, take_args },
	{ "onboot", false, take_onboot },
	{ "hookscript", false, take_hookscript },
	{ "kvm", false, take_kvm },
};

/* ---- lines ---- */

static bool key_matches(struct reader *reader, const struct key *key, const char *name,
			size_t length)
{
	size_t own = strlen(key->name);
	uint64_t number;

	if (length < own || strncmp(key->name, name, own) != 0)
		return false;
	if (!key->numbered)
		return length == own;
	if (number_parse(name + own, length - own, 10, 999, &number))
		return false;
	reader->number = (unsigned int)number;
	return true;
}

static void line_take(struct reader *reader, char *text)
{
	char *colon = strchr(text, ':');
	char *end = text + strlen(text);

	if (!colon || colon == text) {
		reader->key = "a line";
		bad(reader, -EINVAL, "key: value", text);
		return;
	}
	for (const char *at = text; at < colon; at++)
		if (!isalnum((unsigned char)*at) && !strchr("-_", *at)) {
			reader->key = "a line";
			bad(reader, -EINVAL, "key: value", text);
			return;
		}
	while (end > text && isspace((unsigned char)end[-1]))
		*--end = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (key_matches(reader, &keys[i], text, (size_t)(colon - text))) {
			reader->key = keys[i].name;
			keys[i].take(reader, colon + 1 + strspn(colon + 1, " \t"));
		}
}

/* false: the rest are snapshots */
static bool lines_take(struct reader *reader, const char *text, size_t length)
{
	char line[LINE_BYTES];

	for (size_t at = 0; at < length && !reader->fault->error; reader->line++) {
		const char *end = memchr(text + at, '\n', length - at);
		size_t size = (end ? (size_t)(end - text) : length) - at;

		if (text[at] == '[')
			return false;
		if (size >= sizeof(line) || memchr(text + at, '\0', size)) {
			reader->key = "a line";
			bad(reader, -EINVAL, "text, and a shorter one", "more");
			return false;
		}
		memcpy(line, text + at, size);
		line[size] = '\0';
		if (text[at] != '#' && strspn(line, " \t\r") != size)
			line_take(reader, line);
		at += size + 1;
	}
	return true;
}

/* /etc/pve/qemu-server/100.conf: 100 */
static void name_of(const char *file, struct guest *guest)
{
	const char *name = strrchr(file, '/');
	size_t length;

	name = name ? name + 1 : file;
	length = strspn(name, "0123456789");
	if (length && length < sizeof(guest->name))
		(void)snprintf(guest->name, sizeof(guest->name), "%.*s", (int)length,
			       name);
	else
		(void)snprintf(guest->name, sizeof(guest->name), "%.*s",
			       (int)sizeof(guest->name) - 1,
			       *guest->title ? guest->title : "guest");
}

/* What Proxmox makes of it: sockets and cores, no threads; a balloon unless it is 0 */
static void guest_finish(struct reader *reader)
{
	struct guest *guest = reader->guest;
	struct guest_cpu *cpu = &guest->cpu;

	cpu->has_topology = true;
	cpu->sockets = reader->sockets;
	cpu->cores = reader->cores;
	cpu->dies = cpu->clusters = cpu->threads = 1;
	cpu->vcpus = reader->sockets * reader->cores;
	cpu->online = reader->vcpus ? reader->vcpus : cpu->vcpus;
	guest->memory.balloon = !reader->has_balloon || reader->balloon;
	if (reader->balloon && reader->balloon < guest->memory.size)
		guest->memory.current = reader->balloon;
	if (!guest->wiring.n_screens) {
		(void)snprintf(guest->wiring.screens[0].model, GUEST_WORD_MAX, "std");
		guest->wiring.n_screens = 1;
	}
	if (guest_has_screen(guest))
		guest->wiring.other_display = true;
}

int proxmox_parse(const char *file, const char *text, size_t length, struct guest *guest,
		  struct fault *fault)
{
	struct reader reader = { .file = file,
				 .line = 1,
				 .guest = guest,
				 .fault = fault,
				 .sockets = 1,
				 .cores = 1 };

	memset(guest, 0, sizeof(*guest));
	*fault = (struct fault){ 0 };
	guest->kind = GUEST_PROXMOX;
	guest->kvm = true;
	guest->memory.size = 512 * MIB;
	if (length > GUEST_SIZE_MAX)
		return fault_set(fault, -E2BIG,
				 "%s: it is too large to be a "
				 "configuration of Proxmox",
				 file);
	(void)lines_take(&reader, text, length);
	if (fault->error)
		return fault->error;
	name_of(file, guest);
	guest_finish(&reader);
	return 0;
}
