// SPDX-License-Identifier: GPL-2.0-or-later
#include "helper-machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"

void machine_init(struct host *host)
{
	host->n_functions = 0;
	memset(host, 0, offsetof(struct host, groups));
	host->drivers[0] = (struct host_driver){ .name = "vfio-pci",
						 .module = "vfio_pci",
						 .state = HOST_DRIVER_MODULE };
	host->n_drivers = 1;
	strcpy(host->units[0], "dmar0");
	host->n_units = 1;
	strcpy(host->table, "DMAR");
	host->table_known = FACT_YES;
	host->interrupt_remapping = FACT_YES;
	strcpy(host->kernel, "6.1.0-1-amd64");
	host->kernel_major = 6;
	host->kernel_minor = 1;
	host->framebuffer_known = FACT_YES;
	host->disks_known = FACT_YES;
	host->root_resolved = true;
}

static void group_add(struct host *host, unsigned int number)
{
	size_t at = host->n_groups;

	if (host_group_find(host, number))
		return;
	while (at && host->groups[at - 1].number > number) {
		host->groups[at] = host->groups[at - 1];
		at--;
	}
	host->groups[at] =
		(struct host_group){ .number = number, .type = "DMA", .known = true };
	host->n_groups++;
}

struct host_function *machine_add(struct host *host, const char *address,
				  uint32_t class_code, const char *id, int group)
{
	struct host_function *function = &host->functions[host->n_functions++];

	memset(function, 0, sizeof(*function));
	assert_int_equal(pci_address_parse(address, &function->address), 0);
	assert_int_equal(pci_id_parse(id, &function->id), 0);
	function->class_code = class_code << 8;
	function->parent = HOST_NO_PARENT;
	function->holder = HOST_NO_PARENT;
	function->path.domain = function->address.domain;
	function->path.bus = function->address.bus;
	function->path.depth = 1;
	function->path.devfn[0] =
		(uint8_t)(function->address.device << 3 | function->address.function);
	function->has_header = true;
	function->header_type = class_code == 0x0604;
	function->port = class_code == 0x0604 ? HOST_PORT_ROOT : HOST_PORT_ENDPOINT;
	function->acs.known = FACT_NO;
	function->numa_node = -1;
	if (class_code == 0x0300)
		function->boot_vga = FACT_NO;
	if (group >= 0) {
		function->has_group = true;
		function->group = (unsigned int)group;
		strcpy(function->unit, "dmar0");
		group_add(host, function->group);
	}
	return function;
}

struct host_function *machine_at(struct host *host, const char *address)
{
	struct pci_address wanted;
	const struct host_function *found;

	assert_int_equal(pci_address_parse(address, &wanted), 0);
	found = host_find(host, &wanted);
	assert_non_null(found);
	return &host->functions[found - host->functions];
}

void machine_move(struct host *host, const char *address, unsigned int group)
{
	machine_at(host, address)->group = group;
	group_add(host, group);
}

struct host_group *machine_group(struct host *host, unsigned int number)
{
	const struct host_group *found = host_group_find(host, number);

	assert_non_null(found);
	return &host->groups[found - host->groups];
}

/* Put @below behind the root port @port. */
static void behind(struct host *host, const char *port, const char *below)
{
	struct host_function *bridge = machine_at(host, port);
	struct host_function *function = machine_at(host, below);

	function->parent = (size_t)(bridge - host->functions);
	function->path.bus = bridge->address.bus;
	function->path.devfn[1] = function->path.devfn[0];
	function->path.devfn[0] = bridge->path.devfn[0];
	function->path.depth = 2;
}

void machine_desktop(struct host *host)
{
	struct host_function *function;

	machine_init(host);
	machine_add(host, "0000:00:00.0", 0x0600, "8086:3ec2", 0);
	machine_add(host, "0000:00:02.0", 0x0300, "8086:3e92", 2)->boot_vga = FACT_YES;
	machine_add(host, "0000:00:03.1", 0x0604, "8086:a340", 3);
	machine_add(host, "0000:00:03.2", 0x0604, "8086:a341", 4);
	machine_add(host, "0000:00:03.3", 0x0604, "8086:a342", 5);
	machine_add(host, "0000:00:1f.0", 0x0601, "8086:a305", 10);
	function = machine_add(host, "0000:00:1f.2", 0x0106, "8086:a352", 10);
	function->is_host_disk = true;
	strcpy(function->use, "root filesystem /dev/sda2");
	machine_add(host, "0000:00:1f.3", 0x0403, "8086:a348", 10);
	machine_add(host, "0000:09:00.0", 0x0300, "10de:1e84", 24);
	machine_add(host, "0000:09:00.1", 0x0403, "10de:10f8", 24);
	machine_add(host, "0000:09:00.2", 0x0c03, "10de:1ad8", 24);
	machine_add(host, "0000:09:00.3", 0x0c80, "10de:1ad9", 24);
	machine_add(host, "0000:0a:00.0", 0x0108, "144d:a808", 25);
	machine_add(host, "0000:0b:00.0", 0x0300, "10de:1e84", 26);
	machine_add(host, "0000:0b:00.1", 0x0403, "10de:10f8", 26);
	for (char digit = '0'; digit < '4'; digit++) {
		char address[] = "0000:09:00.0";

		address[sizeof(address) - 2] = digit;
		behind(host, "0000:00:03.1", address);
	}
	behind(host, "0000:00:03.2", "0000:0a:00.0");
	behind(host, "0000:00:03.3", "0000:0b:00.0");
	behind(host, "0000:00:03.3", "0000:0b:00.1");
}

void machine_switch(struct host *host)
{
	static const struct {
		const char *address, *id;
		uint32_t class_code;
		enum host_port port;
		size_t parent;
	} parts[ARC_COUNT] = {
		{ "0000:00:01.0", "8086:460d", 0x0604, HOST_PORT_ROOT, HOST_NO_PARENT },
		{ "0000:01:00.0", "8086:4fa1", 0x0604, HOST_PORT_UPSTREAM, ARC_ROOT },
		{ "0000:02:01.0", "8086:4fa4", 0x0604, HOST_PORT_DOWNSTREAM, ARC_UP },
		{ "0000:02:04.0", "8086:4fa4", 0x0604, HOST_PORT_DOWNSTREAM, ARC_UP },
		{ "0000:03:00.0", "8086:56a0", 0x0300, HOST_PORT_ENDPOINT, ARC_DOWN },
		{ "0000:04:00.0", "8086:4f90", 0x0403, HOST_PORT_ENDPOINT, ARC_DOWN_2 },
	};

	machine_init(host);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		struct host_function *function = machine_add(host, parts[i].address,
							     parts[i].class_code,
							     parts[i].id, 10 + (int)i);

		function->port = parts[i].port;
		function->parent = parts[i].parent;
	}
}

void config_of(struct config *config, const char *text)
{
	struct fault fault = { 0 };

	config_init(config);
	if (config_parse(config, "test.conf", text, strlen(text), &fault) < 0)
		fail_msg("%s", fault.text);
	config->n_files = 1;
}
