// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/libvirt_read.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/number.h"

/* The state of the reader; only the first error is kept. */
struct reader {
	const char *file;
	struct guest *guest;
	struct fault *fault;
};

/* How an element is read; @parent: name of the element above, NULL: any */
struct element {
	const char *parent;
	const char *name;
	void (*take)(struct reader *reader, xmlNode *node);
};

static void bad(struct reader *reader, const xmlNode *node, int error, const char *what,
		const char *found)
{
	if (!reader->fault->error)
		(void)fault_set(reader->fault, error, "%s:%ld: <%s>: found %.60s%s%s",
				reader->file, xmlGetLineNo(node),
				(const char *)node->name, *found ? found : "nothing",
				*what ? ", expected " : "", what);
}

/* ---- texts and numbers ---- */

/* Copies bytes of libxml2 and frees them; false: there are none. */
static bool text_keep(struct reader *reader, const xmlNode *node, xmlChar *bytes,
		      char *text, size_t size)
{
	size_t length = bytes ? strlen((const char *)bytes) : 0;

	*text = '\0';
	if (length >= size)
		bad(reader, node, -E2BIG, "a shorter text", (const char *)bytes);
	else if (bytes)
		memcpy(text, bytes, length + 1);
	xmlFree(bytes);
	return length && length < size;
}

static bool attribute(struct reader *reader, const xmlNode *node, const char *name,
		      char *text, size_t size)
{
	return text_keep(reader, node, xmlGetNoNsProp(node, (const xmlChar *)name), text,
			 size);
}

static bool content(struct reader *reader, xmlNode *node, char *text, size_t size)
{
	const char *start = text;
	size_t length;

	if (!text_keep(reader, node, xmlNodeGetContent(node), text, size))
		return false;
	start += strspn(text, " \t\r\n");
	length = strlen(start);
	while (length && strchr(" \t\r\n", start[length - 1]))
		length--;
	memmove(text, start, length);
	text[length] = '\0';
	return length;
}

static bool attribute_is(const xmlNode *node, const char *name, const char *value)
{
	xmlChar *bytes = xmlGetNoNsProp(node, (const xmlChar *)name);
	bool same = bytes && !strcmp((const char *)bytes, value);

	xmlFree(bytes);
	return same;
}

static bool is_named(const xmlNode *node, const char *name)
{
	return node && node->type == XML_ELEMENT_NODE &&
	       !strcmp((const char *)node->name, name);
}

static xmlNode *child(const xmlNode *node, const char *name)
{
	for (xmlNode *at = node->children; at; at = at->next)
		if (is_named(at, name))
			return at;
	return NULL;
}

/* As libvirt reads numbers: 0x1f, 31. A 0 in front would make it octal. */
static int number_any(const char *text, uint64_t max, uint64_t *ret_value)
{
	size_t length = strlen(text);

	if (!strncmp(text, "0x", 2) || !strncmp(text, "0X", 2))
		return number_parse(text + 2, length - 2, 16, max, ret_value);
	while (length > 1 && *text == '0') {
		text++;
		length--;
		if (length > 1 || *text > '7')
			return length > 1 && *text == '0' ?
				       number_any(text, max, ret_value) :
				       -EINVAL;
	}
	return number_parse(text, length, 10, max, ret_value);
}

/* false: not there, or wrong, which is a fault */
static bool attribute_number(struct reader *reader, const xmlNode *node, const char *name,
			     uint64_t max, unsigned int *ret_value)
{
	char text[GUEST_WORD_MAX];
	uint64_t value;

	if (!attribute(reader, node, name, text, sizeof(text)))
		return false;
	if (number_any(text, max, &value)) {
		bad(reader, node, -EINVAL, "a number that is small enough", text);
		return false;
	}
	*ret_value = (unsigned int)value;
	return true;
}

static bool content_number(struct reader *reader, xmlNode *node, uint64_t max,
			   uint64_t *ret_value)
{
	char text[GUEST_WORD_MAX];

	if (!content(reader, node, text, sizeof(text)))
		return false;
	if (number_parse(text, strlen(text), 10, max, ret_value) == 0)
		return true;
	bad(reader, node, -EINVAL, "a number", text);
	return false;
}

/* In bytes; units as in libvirt's formatdomain, KiB without one */
static bool unit_of(const char *text, uint64_t *ret_unit)
{
	static const struct {
		const char *name;
		uint64_t bytes;
	} units[] = {
		{ "", 1024 },
		{ "b", 1 },
		{ "bytes", 1 },
		{ "k", 1024 },
		{ "KiB", 1024 },
		{ "KB", 1000 },
		{ "M", UINT64_C(1) << 20 },
		{ "MiB", UINT64_C(1) << 20 },
		{ "MB", 1000000 },
		{ "G", UINT64_C(1) << 30 },
		{ "GiB", UINT64_C(1) << 30 },
		{ "GB", 1000000000 },
		{ "T", UINT64_C(1) << 40 },
		{ "TiB", UINT64_C(1) << 40 },
		{ "TB", UINT64_C(1000000000000) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (!strcmp(units[i].name, text)) {
			*ret_unit = units[i].bytes;
			return true;
		}
	return false;
}

static uint64_t scaled(struct reader *reader, const xmlNode *node, uint64_t value)
{
	char text[GUEST_WORD_MAX];
	uint64_t unit = 1;

	(void)attribute(reader, node, "unit", text, sizeof(text));
	if (!unit_of(text, &unit))
		bad(reader, node, -EINVAL, "a unit such as KiB or GiB", text);
	else if (value > UINT64_MAX / unit)
		bad(reader, node, -EINVAL, "less memory", "too much");
	else
		return value * unit;
	return 0;
}

static uint64_t memory_of(struct reader *reader, xmlNode *node)
{
	uint64_t value;

	return content_number(reader, node, UINT64_MAX, &value) ?
		       scaled(reader, node, value) :
		       0;
}

static bool cpus_of(struct reader *reader, const xmlNode *node, const char *name,
		    struct guest_cpus *cpus)
{
	char text[GUEST_PATH_MAX * 4];

	if (!attribute(reader, node, name, text, sizeof(text)))
		return false;
	if (guest_cpus_parse(text, cpus) == 0)
		return true;
	bad(reader, node, -EINVAL, "a list such as 0-3,8", text);
	return false;
}

/* ---- general ---- */

static void take_name(struct reader *reader, xmlNode *node)
{
	(void)content(reader, node, reader->guest->name, sizeof(reader->guest->name));
}

static void take_memory(struct reader *reader, xmlNode *node)
{
	reader->guest->memory.size = memory_of(reader, node);
}

static void take_current(struct reader *reader, xmlNode *node)
{
	reader->guest->memory.current = memory_of(reader, node);
}

static void take_limit(struct reader *reader, xmlNode *node)
{
	reader->guest->memory.limit = memory_of(reader, node);
}

static void take_hugepages(struct reader *reader, xmlNode *node)
{
	struct guest_memory *memory = &reader->guest->memory;
	xmlNode *page = child(node, "page");
	unsigned int size;

	memory->hugepages = true;
	if (page && attribute_number(reader, page, "size", UINT_MAX, &size))
		memory->page = scaled(reader, page, size);
}

static void take_iommufd(struct reader *reader, xmlNode *node)
{
	reader->guest->iommufd = !attribute_is(node, "enabled", "no");
}

/* ---- firmware ---- */

static void machine_take(struct guest *guest)
{
	const char *text = guest->machine_text;

	if (!strcmp(text, "q35") || strstr(text, "-q35"))
		guest->machine = GUEST_MACHINE_Q35;
	else if (!strcmp(text, "pc") || strstr(text, "i440fx"))
		guest->machine = GUEST_MACHINE_I440FX;
	else if (*text)
		guest->machine = GUEST_MACHINE_OTHER;
}

static void take_os_type(struct reader *reader, xmlNode *node)
{
	struct guest *guest = reader->guest;

	(void)attribute(reader, node, "machine", guest->machine_text,
			sizeof(guest->machine_text));
	machine_take(guest);
}

static void take_loader(struct reader *reader, xmlNode *node)
{
	struct guest_firmware *firmware = &reader->guest->firmware;

	(void)content(reader, node, firmware->loader, sizeof(firmware->loader));
	if (attribute_is(node, "type", "pflash") || strstr(firmware->loader, "OVMF") ||
	    strstr(firmware->loader, "edk2"))
		firmware->uefi = true;
}

static void take_nvram(struct reader *reader, xmlNode *node)
{
	struct guest_firmware *firmware = &reader->guest->firmware;

	(void)content(reader, node, firmware->nvram, sizeof(firmware->nvram));
	(void)attribute(reader, node, "template", firmware->nvram_template,
			sizeof(firmware->nvram_template));
}

static void take_os(struct reader *reader, xmlNode *node)
{
	struct guest_firmware *firmware = &reader->guest->firmware;

	if (attribute_is(node, "firmware", "efi"))
		firmware->uefi = firmware->automatic = true;
	else if (attribute_is(node, "firmware", "bios"))
		firmware->automatic = true;
}

/* ---- processor ---- */

static void take_vcpu(struct reader *reader, xmlNode *node)
{
	struct guest_cpu *cpu = &reader->guest->cpu;
	struct guest_pins *pins = &reader->guest->pins;
	uint64_t count;

	if (!content_number(reader, node, GUEST_CPUS_MAX, &count))
		return;
	cpu->vcpus = cpu->online = (unsigned int)count;
	(void)attribute_number(reader, node, "current", GUEST_CPUS_MAX, &cpu->online);
	pins->has_all = cpus_of(reader, node, "cpuset", &pins->all);
}

static void take_cpu(struct reader *reader, xmlNode *node)
{
	static const struct {
		const char *name;
		enum guest_cpu_mode mode;
	} modes[] = {
		{ "host-passthrough", GUEST_CPU_HOST },
		{ "host-model", GUEST_CPU_HOST_MODEL },
		{ "maximum", GUEST_CPU_MAXIMUM },
		{ "custom", GUEST_CPU_MODEL },
	};
	struct guest_cpu *cpu = &reader->guest->cpu;

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (attribute_is(node, "mode", modes[i].name))
			cpu->mode = modes[i].mode;
}

static void take_model(struct reader *reader, xmlNode *node)
{
	struct guest_cpu *cpu = &reader->guest->cpu;

	if (content(reader, node, cpu->model, sizeof(cpu->model)) &&
	    cpu->mode == GUEST_CPU_DEFAULT)
		cpu->mode = GUEST_CPU_MODEL;
}

static void take_topology(struct reader *reader, xmlNode *node)
{
	struct guest_cpu *cpu = &reader->guest->cpu;

	cpu->has_topology = true;
	cpu->sockets = cpu->dies = cpu->clusters = cpu->cores = cpu->threads = 1;
	(void)attribute_number(reader, node, "sockets", GUEST_CPUS_MAX, &cpu->sockets);
	(void)attribute_number(reader, node, "dies", GUEST_CPUS_MAX, &cpu->dies);
	(void)attribute_number(reader, node, "clusters", GUEST_CPUS_MAX, &cpu->clusters);
	(void)attribute_number(reader, node, "cores", GUEST_CPUS_MAX, &cpu->cores);
	(void)attribute_number(reader, node, "threads", GUEST_CPUS_MAX, &cpu->threads);
}

static void take_address_bits(struct reader *reader, xmlNode *node)
{
	struct guest_cpu *cpu = &reader->guest->cpu;

	(void)attribute_number(reader, node, "bits", 64, &cpu->address_bits);
	(void)attribute_number(reader, node, "limit", 64, &cpu->address_limit);
	cpu->host_bits = attribute_is(node, "mode", "passthrough");
}

static void take_feature(struct reader *reader, xmlNode *node)
{
	struct guest_cpu *cpu = &reader->guest->cpu;
	struct guest_feature *feature = &cpu->features[cpu->n_features];

	if (cpu->n_features == GUEST_FEATURES_MAX) {
		cpu->features_cut = true;
		return;
	}
	feature->on = !attribute_is(node, "policy", "disable") &&
		      !attribute_is(node, "policy", "forbid") &&
		      !attribute_is(node, "policy", "optional");
	if (!attribute_is(node, "policy", "optional") &&
	    attribute(reader, node, "name", feature->name, sizeof(feature->name)))
		cpu->n_features++;
}

/* ---- pins ---- */

static void pin_take(struct reader *reader, xmlNode *node, const char *number,
		     struct guest_pin *list, size_t *count, size_t max)
{
	struct guest_pin *pin = &list[*count];

	if (*count == max) {
		bad(reader, node, -E2BIG, "fewer of them", "one more");
		return;
	}
	if (attribute_number(reader, node, number, GUEST_CPUS_MAX - 1, &pin->number) &&
	    cpus_of(reader, node, "cpuset", &pin->cpus))
		++*count;
}

static void take_vcpupin(struct reader *reader, xmlNode *node)
{
	struct guest_pins *pins = &reader->guest->pins;

	pin_take(reader, node, "vcpu", pins->vcpus, &pins->n_vcpus, GUEST_PINS_MAX);
}

static void take_iothreadpin(struct reader *reader, xmlNode *node)
{
	struct guest_pins *pins = &reader->guest->pins;

	pin_take(reader, node, "iothread", pins->iothreads, &pins->n_iothreads,
		 GUEST_NODES_MAX);
}

static void take_emulatorpin(struct reader *reader, xmlNode *node)
{
	struct guest_pins *pins = &reader->guest->pins;

	pins->has_emulator = cpus_of(reader, node, "cpuset", &pins->emulator);
}

static void take_iothreads(struct reader *reader, xmlNode *node)
{
	uint64_t count;

	if (content_number(reader, node, GUEST_CPUS_MAX, &count))
		reader->guest->pins.io_count = (unsigned int)count;
}

static void take_numa_memory(struct reader *reader, xmlNode *node)
{
	struct guest_pins *pins = &reader->guest->pins;

	pins->has_nodes = cpus_of(reader, node, "nodeset", &pins->nodes);
	pins->strict = !attribute_is(node, "mode", "preferred") &&
		       !attribute_is(node, "mode", "interleave");
}

/* ---- what a guest is hidden behind ---- */

static void take_hyperv(struct reader *reader, xmlNode *node)
{
	xmlNode *vendor = child(node, "vendor_id");

	reader->guest->hyperv = !attribute_is(node, "mode", "custom") ||
				xmlFirstElementChild(node);
	if (vendor && !attribute_is(vendor, "state", "off"))
		reader->guest->hides_vendor = true;
}

static void take_kvm(struct reader *reader, xmlNode *node)
{
	xmlNode *hidden = child(node, "hidden");

	(void)reader;
	if (hidden && attribute_is(hidden, "state", "on"))
		reader->guest->hides_kvm = true;
}

/* ---- devices ---- */

static bool address_of(struct reader *reader, const xmlNode *node,
		       struct pci_address *address)
{
	unsigned int domain = 0, bus = 0, slot = 0, function = 0;

	(void)attribute_number(reader, node, "domain", UINT32_MAX, &domain);
	(void)attribute_number(reader, node, "bus", 255, &bus);
	(void)attribute_number(reader, node, "slot", 31, &slot);
	(void)attribute_number(reader, node, "function", 7, &function);
	*address = (struct pci_address){ .domain = domain,
					 .bus = (uint8_t)bus,
					 .device = (uint8_t)slot,
					 .function = (uint8_t)function };
	return !reader->fault->error;
}

static void take_place(struct reader *reader, xmlNode *node)
{
	struct guest *guest = reader->guest;

	if (!attribute_is(node, "type", "pci") ||
	    !xmlHasProp(node, (const xmlChar *)"bus"))
		return;
	if (guest->n_places == GUEST_PLACES_MAX)
		bad(reader, node, -E2BIG, "fewer devices", "one more");
	else if (address_of(reader, node, &guest->places[guest->n_places]))
		guest->n_places++;
}

static void hostdev_driver(struct reader *reader, const xmlNode *node,
			   struct guest_hostdev *hostdev)
{
	const xmlNode *driver = child(node, "driver");

	if (!driver)
		return;
	hostdev->iommufd = attribute_is(driver, "iommufd", "yes") ||
			   attribute_is(driver, "iommufd", "on");
	(void)attribute(reader, driver, "model", hostdev->driver,
			sizeof(hostdev->driver));
}

static void hostdev_fill(struct reader *reader, const xmlNode *node,
			 const xmlNode *source, struct guest_hostdev *hostdev)
{
	const xmlNode *rom = child(node, "rom"), *place = child(node, "address");

	if (!address_of(reader, source, &hostdev->host))
		return;
	hostdev->line = (unsigned int)xmlGetLineNo(node);
	hostdev->managed = attribute_is(node, "managed", "yes");
	hostdev_driver(reader, node, hostdev);
	if (rom) {
		(void)attribute(reader, rom, "file", hostdev->rom, sizeof(hostdev->rom));
		hostdev->rom_off = attribute_is(rom, "enabled", "no") ||
				   attribute_is(rom, "bar", "off");
	}
	if (place && xmlHasProp(place, (const xmlChar *)"bus"))
		hostdev->has_place = address_of(reader, place, &hostdev->place);
	hostdev->unassigned = place && attribute_is(place, "type", "unassigned");
}

static void function_take(struct reader *reader, const xmlNode *node)
{
	struct guest *guest = reader->guest;
	struct guest_hostdev *hostdev = &guest->hostdevs[guest->n_hostdevs];
	const xmlNode *source = child(node, "source");
	const xmlNode *address = source ? child(source, "address") : NULL;

	if (guest->n_hostdevs == GUEST_HOSTDEVS_MAX)
		bad(reader, node, -E2BIG, "fewer of them", "one more");
	else if (!address)
		bad(reader, node, -EINVAL, "<source><address .../></source>", "");
	else
		hostdev_fill(reader, node, address, hostdev);
	guest->n_hostdevs += !reader->fault->error;
}

static void take_hostdev(struct reader *reader, xmlNode *node)
{
	if (attribute_is(node, "type", "usb"))
		reader->guest->wiring.usb_devices++;
	if (attribute_is(node, "type", "pci"))
		function_take(reader, node);
}

/* A network card, or a part of one, with an address that libvirt gives it: a hostdev */
static void take_interface(struct reader *reader, xmlNode *node)
{
	const xmlNode *source = child(node, "source");
	const xmlNode *address = source ? child(source, "address") : NULL;

	if (attribute_is(node, "type", "hostdev") &&
	    (!address || !attribute_is(address, "type", "usb")))
		function_take(reader, node);
}

static void take_controller(struct reader *reader, xmlNode *node)
{
	struct guest *guest = reader->guest;
	struct guest_controller *controller = &guest->controllers[guest->n_controllers];

	if (!attribute_is(node, "type", "pci"))
		return;
	if (guest->n_controllers == GUEST_PLACES_MAX) {
		bad(reader, node, -E2BIG, "fewer of them", "one more");
		return;
	}
	(void)attribute(reader, node, "model", controller->model,
			sizeof(controller->model));
	if (attribute_number(reader, node, "index", 255, &controller->index))
		guest->n_controllers++;
}

static void take_video(struct reader *reader, xmlNode *node)
{
	struct guest_wiring *wiring = &reader->guest->wiring;
	struct guest_screen *screen = &wiring->screens[wiring->n_screens];
	const xmlNode *model = child(node, "model");

	if (!model)
		return;
	if (wiring->n_screens == GUEST_SCREENS_MAX)
		bad(reader, node, -E2BIG, "fewer of them", "one more");
	else if (attribute(reader, model, "type", screen->model, sizeof(screen->model)))
		wiring->n_screens++;
}

static void take_graphics(struct reader *reader, xmlNode *node)
{
	struct guest_wiring *wiring = &reader->guest->wiring;

	if (attribute_is(node, "type", "spice"))
		wiring->spice = true;
	else if (!attribute_is(node, "type", "egl-headless"))
		wiring->other_display = true;
}

static void take_channel(struct reader *reader, xmlNode *node)
{
	if (attribute_is(node, "type", "spicevmc"))
		reader->guest->wiring.spice_channels++;
}

static void take_redirdev(struct reader *reader, xmlNode *node)
{
	if (attribute_is(node, "type", "spicevmc"))
		reader->guest->wiring.spice_usb++;
}

static void take_audio(struct reader *reader, xmlNode *node)
{
	if (attribute_is(node, "type", "spice"))
		reader->guest->wiring.spice_audio = true;
}

static void take_input(struct reader *reader, xmlNode *node)
{
	if (attribute_is(node, "type", "evdev") ||
	    attribute_is(node, "type", "passthrough"))
		reader->guest->wiring.evdev++;
}

static void take_balloon(struct reader *reader, xmlNode *node)
{
	reader->guest->memory.balloon = !attribute_is(node, "model", "none");
}

static void take_serial(struct reader *reader, xmlNode *node)
{
	(void)node;
	reader->guest->wiring.serial = true;
}

static void take_arg(struct reader *reader, xmlNode *node)
{
	struct guest *guest = reader->guest;
	size_t used = strlen(guest->args);
	char text[GUEST_PATH_MAX * 4];

	if (!attribute(reader, node, "value", text, sizeof(text)))
		return;
	if (used + strlen(text) + 2 > sizeof(guest->args))
		bad(reader, node, -E2BIG, "fewer of them", "one more");
	else
		(void)snprintf(guest->args + used, sizeof(guest->args) - used, "%s%s",
			       used ? " " : "", text);
}

/* ---- the tree ---- */

static const struct element elements[] = {
	{ "domain", "name", take_name },
	{ "domain", "memory", take_memory },
	{ "domain", "currentMemory", take_current },
	{ "domain", "vcpu", take_vcpu },
	{ "domain", "iothreads", take_iothreads },
	{ "domain", "iommufd", take_iommufd },
	{ "domain", "os", take_os },
	{ "domain", "cpu", take_cpu },
	{ "os", "type", take_os_type },
	{ "os", "loader", take_loader },
	{ "os", "nvram", take_nvram },
	{ "memtune", "hard_limit", take_limit },
	{ "memoryBacking", "hugepages", take_hugepages },
	{ "cpu", "model", take_model },
	{ "cpu", "topology", take_topology },
	{ "cpu", "maxphysaddr", take_address_bits },
	{ "cpu", "feature", take_feature },
	{ "cputune", "vcpupin", take_vcpupin },
	{ "cputune", "emulatorpin", take_emulatorpin },
	{ "cputune", "iothreadpin", take_iothreadpin },
	{ "numatune", "memory", take_numa_memory },
	{ "features", "hyperv", take_hyperv },
	{ "features", "kvm", take_kvm },
	{ "devices", "hostdev", take_hostdev },
	{ "devices", "interface", take_interface },
	{ "devices", "controller", take_controller },
	{ "devices", "video", take_video },
	{ "devices", "graphics", take_graphics },
	{ "devices", "channel", take_channel },
	{ "devices", "smartcard", take_channel },
	{ "devices", "redirdev", take_redirdev },
	{ "devices", "audio", take_audio },
	{ "devices", "input", take_input },
	{ "devices", "memballoon", take_balloon },
	{ "devices", "serial", take_serial },
	{ "commandline", "arg", take_arg },
};

static void element_take(struct reader *reader, xmlNode *node)
{
	const char *name = (const char *)node->name;
	const char *parent = (const char *)node->parent->name;

	if (!strcmp(name, "address"))
		take_place(reader, node);
	for (size_t i = 0; i < ARRAY_SIZE(elements); i++)
		if (!strcmp(elements[i].parent, parent) &&
		    !strcmp(elements[i].name, name))
			elements[i].take(reader, node);
}

/* The <address> of a function of the host is no place in the guest. */
static bool is_skipped(const xmlNode *node)
{
	return is_named(node, "source") || is_named(node, "metadata");
}

static void tree_take(struct reader *reader, xmlNode *root)
{
	xmlNode *at = root;

	while (at && !reader->fault->error) {
		if (at != root && at->type == XML_ELEMENT_NODE)
			element_take(reader, at);
		if (at->type == XML_ELEMENT_NODE && at->children && !is_skipped(at)) {
			at = at->children;
			continue;
		}
		while (at && at != root && !at->next)
			at = at->parent;
		at = !at || at == root ? NULL : at->next;
	}
}

/* ---- the document ---- */

/* libxml2 calls it at <!DOCTYPE, before it reads what stands inside. */
static void doctype_refuse(void *context, const xmlChar *name, const xmlChar *external,
			   const xmlChar *system)
{
	xmlParserCtxt *parser = context;

	(void)name;
	(void)external;
	(void)system;
	*(bool *)parser->_private = true;
	xmlStopParser(parser);
}

static int document_fault(const char *file, xmlParserCtxt *parser, bool has_doctype,
			  struct fault *fault)
{
	const xmlError *error = xmlCtxtGetLastError(parser);
	char text[160] = "it cannot be read";
	int line = error ? error->line : 1;

	if (has_doctype)
		return fault_set(
			fault, -EINVAL,
			"%s: it has a document type (<!DOCTYPE>), which no libvirt "
			"domain has",
			file);
	if (error && error->message)
		(void)snprintf(text, sizeof(text), "%.*s",
			       (int)strcspn(error->message, "\n"), error->message);
	return fault_set(fault, -EINVAL, "%s:%d: it is not XML: %s", file, line, text);
}

static int root_take(struct reader *reader, xmlDoc *document)
{
	xmlNode *root = xmlDocGetRootElement(document);

	/* virsh edit and the state files of libvirt put it one deeper */
	if (root && is_named(root, "domstatus") && child(root, "domain"))
		root = child(root, "domain");
	if (!root || !is_named(root, "domain"))
		return fault_set(reader->fault, -EINVAL,
				 "%s: found <%.40s>, expected <domain>", reader->file,
				 root ? (const char *)root->name : "");
	reader->guest->kvm = attribute_is(root, "type", "kvm");
	tree_take(reader, root);
	if (!reader->fault->error && !*reader->guest->name)
		return fault_set(reader->fault, -EINVAL, "%s: the domain has no <name>",
				 reader->file);
	return reader->fault->error;
}

/* What is said in QEMU's own arguments */
static void args_take(struct guest *guest)
{
	const char *args = guest->args;

	if (strstr(args, "kvm=off"))
		guest->hides_kvm = true;
	if (strstr(args, "hv_vendor_id=") || strstr(args, "hv-vendor-id="))
		guest->hides_vendor = true;
	if (strstr(args, "input-linux"))
		guest->wiring.evdev++;
}

int libvirt_parse(const char *file, const char *text, size_t length, struct guest *guest,
		  struct fault *fault)
{
	struct reader reader = { .file = file, .guest = guest, .fault = fault };
	bool has_doctype = false;
	xmlParserCtxt *parser;
	xmlDoc *document;

	memset(guest, 0, sizeof(*guest));
	*fault = (struct fault){ 0 };
	guest->kind = GUEST_LIBVIRT;
	parser = length <= GUEST_SIZE_MAX ? xmlNewParserCtxt() : NULL;
	if (!parser)
		return fault_set(fault, length > GUEST_SIZE_MAX ? -E2BIG : -ENOMEM,
				 "%s: it is too large to be a domain", file);
	parser->_private = &has_doctype;
	parser->sax->internalSubset = doctype_refuse;
	document = xmlCtxtReadMemory(parser, text, (int)length, NULL, NULL,
				     XML_PARSE_NONET | XML_PARSE_NOERROR |
					     XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
	if (has_doctype || !document)
		(void)document_fault(file, parser, has_doctype, fault);
	else
		(void)root_take(&reader, document);
	xmlFreeDoc(document);
	xmlFreeParserCtxt(parser);
	if (!guest->cpu.vcpus)
		guest->cpu.vcpus = guest->cpu.online = 1;
	if (!fault->error)
		args_take(guest);
	return fault->error;
}
