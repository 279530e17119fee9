// SPDX-License-Identifier: GPL-2.0-or-later

/*
 * The rules of plan.c, a table row or more for each number, and what must hold for any
 * machine and any config.
 */

#include "plan/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <inttypes.h>

#include "base/array.h"
#include "base/number.h"
#include "helper-dice.h"
#include "helper-machine.h"
#include "plan/remedy.h"

static struct host host;
static struct config config;
static struct plan plan;

/* Changes to machine_desktop() that rows need */

static void nothing(void)
{
}

/* The disk is in a domain that the driver of another function makes. */
static void disk_behind(const char *holder)
{
	strcpy(machine_at(&host, "0000:0a:00.0")->driver, "nvme");
	machine_at(&host, "0000:0a:00.0")->holder =
		(size_t)(machine_at(&host, holder) - host.functions);
}

static void disk_behind_vmd(void)
{
	disk_behind("0000:00:1f.2");
}

static void disk_behind_card(void)
{
	disk_behind("0000:09:00.0");
}

static void card_holds_group(void)
{
	disk_behind_card();
	machine_move(&host, "0000:0a:00.0", 24);
}

static void card_holds_disk(void)
{
	card_holds_group();
	machine_at(&host, "0000:0a:00.0")->is_host_disk = true;
}

/* In the card's group, without a driver, and the image recorded that none would come */
static void neighbour_unclaimed(void)
{
	machine_move(&host, "0000:0a:00.0", 24);
	machine_at(&host, "0000:0a:00.0")->class_code = 0x050000;
	machine_at(&host, "0000:0a:00.0")->recorded = HOST_RECORDED_UNCLAIMED;
}

static void neighbour_unclaimed_5_18(void)
{
	neighbour_unclaimed();
	host.kernel_major = 5;
	host.kernel_minor = 18;
}

static void neighbour_unclaimed_5_19(void)
{
	neighbour_unclaimed_5_18();
	host.kernel_minor = 19;
}

static void neighbour_unclaimed_and_bound(void)
{
	neighbour_unclaimed();
	strcpy(machine_at(&host, "0000:0a:00.0")->driver, "odd");
}

static void neighbour_unclaimed_and_overridden(void)
{
	neighbour_unclaimed();
	strcpy(machine_at(&host, "0000:0a:00.0")->override, "odd");
}

static void neighbour_unclaimed_unknown_kernel(void)
{
	neighbour_unclaimed();
	host.kernel_major = 0;
}

static void shared_with_switch(void)
{
	machine_move(&host, "0000:0a:00.0", 24);
	machine_at(&host, "0000:0a:00.0")->class_code = 0x068000;
}

static void shared_with_chipset_bridge(void)
{
	machine_move(&host, "0000:00:1f.0", 24);
	machine_at(&host, "0000:00:1f.0")->class_code = 0x068000;
}

static void other_card_there(void)
{
	machine_at(&host, "0000:0a:00.0")->id.device = 0x1e84;
	machine_at(&host, "0000:0a:00.0")->id.vendor = 0x10de;
}

/*
 * A network card whose virtual functions are not made yet: 10 from 0a:10.0 on, each
 * second
 */
static void vfs_possible(void)
{
	struct host_function *function = machine_at(&host, "0000:0a:00.0");

	function->class_code = 0x020000;
	function->vfs_total = 10;
	function->vf_offset = 128;
	function->vf_stride = 2;
}

static void hotplug_port(void)
{
	machine_at(&host, "0000:00:03.2")->hotplug = true;
}

/*
 * They begin right behind it and go on beyond the bus; and have its id, as Intel's GPUs
 * do.
 */
static void vfs_beyond_bus(void)
{
	vfs_possible();
	machine_at(&host, "0000:0a:00.0")->vfs_total = 300;
	machine_at(&host, "0000:0a:00.0")->vf_offset = 1;
	machine_at(&host, "0000:0a:00.0")->vf_stride = 1;
}

/* A sysfs that says how many there can be, and not where */
static void vfs_somewhere(void)
{
	vfs_possible();
	machine_at(&host, "0000:0a:00.0")->vf_offset = 0;
	machine_at(&host, "0000:0a:00.0")->vf_stride = 0;
}

/* One, so that they have no distance */
static void vf_single(void)
{
	vfs_possible();
	machine_at(&host, "0000:0a:00.0")->vfs_total = 1;
	machine_at(&host, "0000:0a:00.0")->vf_stride = 0;
}

/* Those of a second function, each second from 0b:10.1 on */
static void vfs_of_second(void)
{
	struct host_function *function = machine_at(&host, "0000:0b:00.1");

	function->vfs_total = 10;
	function->vf_offset = 128;
	function->vf_stride = 2;
}

/* The last address that there is can be one. */
static void vf_on_last_bus(void)
{
	struct host_function *function = machine_at(&host, "0000:0b:00.0");

	function[0].address.bus = 0xff;
	function[1].address.bus = 0xff;
	function->vfs_total = 1;
	function->vf_offset = 255;
}

/* What is not known to be above the card is no port of it. */
static void hotplug_port_somewhere(void)
{
	hotplug_port();
	machine_at(&host, "0000:00:03.2")->path.depth = 0;
}

static void card_moved(void)
{
	machine_at(&host, "0000:09:00.0")->id.device = 0x1e81;
}

static void id_elsewhere(void)
{
	machine_at(&host, "0000:09:00.0")->id.device = 0x1111;
	machine_at(&host, "0000:0b:00.0")->id.device = 0x1e84;
}

static void single_card(void)
{
	machine_at(&host, "0000:0b:00.0")->id.device = 0x1e87;
	machine_at(&host, "0000:0b:00.1")->id.device = 0x10f9;
}

static void subsystems(void)
{
	machine_at(&host, "0000:09:00.0")->id.subvendor = 0x1043;
	machine_at(&host, "0000:09:00.0")->id.subdevice = 0x8676;
	machine_at(&host, "0000:0b:00.0")->id.subvendor = 0x1458;
	machine_at(&host, "0000:0b:00.0")->id.subdevice = 0x37c4;
}

/* An AMD APU has the PSP and the host's USB controller in the GPU's slot. */
static void foreign_vendor_in_slot(void)
{
	machine_at(&host, "0000:09:00.2")->id.vendor = 0x1022;
	machine_move(&host, "0000:09:00.2", 30);
}

static void foreign_vendor_in_group(void)
{
	machine_at(&host, "0000:09:00.2")->id.vendor = 0x1022;
}

static void foreign_vendor_bound(void)
{
	foreign_vendor_in_group();
	strcpy(machine_at(&host, "0000:09:00.2")->driver, "xhci_hcd");
}

static void companion_in_other_group(void)
{
	machine_move(&host, "0000:09:00.1", 25);
}

static void header_type_1(void)
{
	machine_at(&host, "0000:09:00.0")->header_type = 1;
}

static void header_unknown(void)
{
	machine_at(&host, "0000:09:00.1")->has_header = false;
}

static void vfs_enabled(void)
{
	machine_at(&host, "0000:09:00.0")->vfs = 2;
}

static void vfs_unknown(void)
{
	machine_at(&host, "0000:09:00.0")->vfs_unknown = true;
}

static void driver_unknown(void)
{
	machine_at(&host, "0000:09:00.0")->driver_unknown = true;
}

/* The integrated GPU's virtual functions stand in its own slot. */
static void vfs_in_slot(void)
{
	machine_at(&host, "0000:09:00.1")->is_vf = true;
	machine_at(&host, "0000:09:00.1")->class_code = 0x030000;
	machine_move(&host, "0000:09:00.1", 31);
}

static void iommu_off(void)
{
	for (size_t i = 0; i < host.n_functions; i++) {
		host.functions[i].has_group = false;
		host.functions[i].unit[0] = '\0';
	}
	host.n_groups = 0;
	host.n_units = 0;
}

static void noiommu(void)
{
	for (size_t i = 0; i < host.n_groups; i++)
		host.groups[i].noiommu = true;
}

static void no_group(void)
{
	machine_at(&host, "0000:09:00.1")->has_group = false;
}

static void noiommu_group(void)
{
	machine_group(&host, 24)->noiommu = true;
}

static void no_unit(void)
{
	machine_at(&host, "0000:09:00.0")->unit[0] = '\0';
}

static void shared_with_nvme(void)
{
	machine_move(&host, "0000:0a:00.0", 24);
}

static void shared_with_ports(void)
{
	machine_move(&host, "0000:00:03.1", 24);
	machine_move(&host, "0000:00:00.0", 24);
}

static void shared_with_isa(void)
{
	machine_move(&host, "0000:00:1f.0", 24);
}

static void shared_with_second_card(void)
{
	machine_move(&host, "0000:0b:00.0", 24);
	machine_move(&host, "0000:0b:00.1", 24);
}

static void shared_and_second_is_display(void)
{
	shared_with_second_card();
	machine_at(&host, "0000:0b:00.0")->boot_vga = FACT_YES;
}

static void shared_with_disk(void)
{
	shared_with_nvme();
	machine_at(&host, "0000:0a:00.0")->is_host_disk = true;
}

static void bridge_driver(void)
{
	shared_with_ports();
	strcpy(machine_at(&host, "0000:00:03.1")->driver, "shpchp");
}

/* Bridges that are not in the card's group, and of none */
static void bridge_driver_elsewhere(void)
{
	strcpy(machine_at(&host, "0000:00:03.2")->driver, "shpchp");
}

static void bridge_driver_no_group(void)
{
	bridge_driver();
	machine_at(&host, "0000:00:03.1")->has_group = false;
}

static void bridge_driver_5_18(void)
{
	bridge_driver();
	host.kernel_major = 5;
	host.kernel_minor = 18;
}

static void bridge_driver_5_19(void)
{
	bridge_driver_5_18();
	host.kernel_minor = 19;
}

static void bridge_driver_unknown_kernel(void)
{
	bridge_driver();
	host.kernel_major = 0;
}

static void bridge_driver_unread(void)
{
	shared_with_ports();
	machine_at(&host, "0000:00:03.1")->driver_unknown = true;
}

static void bridge_driver_unread_5_18(void)
{
	bridge_driver_unread();
	host.kernel_major = 5;
	host.kernel_minor = 18;
}

static void bridge_pcieport(void)
{
	shared_with_ports();
	strcpy(machine_at(&host, "0000:00:03.1")->driver, "pcieport");
}

static void direct_region(void)
{
	machine_group(&host, 24)->direct = true;
}

static void direct_region_amd(void)
{
	direct_region();
	strcpy(machine_at(&host, "0000:09:00.0")->unit, "ivhd0");
	strcpy(machine_at(&host, "0000:09:00.1")->unit, "ivhd0");
	strcpy(machine_at(&host, "0000:09:00.2")->unit, "ivhd0");
	strcpy(machine_at(&host, "0000:09:00.3")->unit, "ivhd0");
}

static void direct_region_amd_6_6(void)
{
	direct_region_amd();
	host.kernel_minor = 6;
}

static void direct_region_amd_unknown_kernel(void)
{
	direct_region_amd();
	host.kernel_major = 0;
}

static void regions_unknown(void)
{
	machine_group(&host, 24)->known = false;
}

static void remapping_off(void)
{
	host.interrupt_remapping = FACT_NO;
}

static void remapping_unknown(void)
{
	host.interrupt_remapping = FACT_UNKNOWN;
}

static void interrupts_unread(void)
{
	remapping_unknown();
	host.interrupts_unread = true;
}

static void interrupts_unread_accepted(void)
{
	interrupts_unread();
	host.unsafe_interrupts = true;
}

static void remapping_off_accepted(void)
{
	host.interrupt_remapping = FACT_NO;
	host.unsafe_interrupts = true;
}

static void disk_on_usb(void)
{
	machine_at(&host, "0000:09:00.2")->is_host_disk = true;
}

static void root_unresolved(void)
{
	host.root_resolved = false;
}

static void disk_bound(void)
{
	strcpy(machine_at(&host, "0000:0a:00.0")->driver, "nvme");
}

static void shared_with_nvme_bound(void)
{
	shared_with_nvme();
	disk_bound();
}

static void disk_bound_root_unresolved(void)
{
	disk_bound();
	root_unresolved();
}

static void disk_lost(void)
{
	disk_bound();
	host.disks_known = FACT_UNKNOWN;
}

static void is_fibre_channel(void)
{
	machine_at(&host, "0000:0a:00.0")->class_code = 0x0c0400;
}

static void is_sd_host(void)
{
	machine_at(&host, "0000:0a:00.0")->class_code = 0x080501;
}

static void is_card_reader(void)
{
	machine_at(&host, "0000:0a:00.0")->class_code = 0xff0000;
}

static void is_usb(void)
{
	machine_at(&host, "0000:0a:00.0")->class_code = 0x0c0330;
}

static void shared_with_usb(void)
{
	shared_with_nvme();
	is_usb();
}

static void is_network(void)
{
	machine_at(&host, "0000:0a:00.0")->class_code = 0x020000;
}

static void network_needed(void)
{
	host.network_needed = true;
}

static void is_network_of_root(void)
{
	is_network();
	network_needed();
}

/* An early boot with a record: nothing is mounted, no driver has anything. */
static void recorded(void)
{
	root_unresolved();
	host.record_disks = HOST_RECORD_GOOD;
	host.record_network = HOST_RECORD_GOOD;
	machine_at(&host, "0000:00:1f.2")->recorded = HOST_RECORDED_ROOT;
}

static void recorded_on_it(void)
{
	recorded();
	machine_at(&host, "0000:0a:00.0")->recorded = HOST_RECORDED_SWAP;
}

static void recorded_of_another_root(void)
{
	recorded();
	host.record_disks = HOST_RECORD_STALE;
}

static void recorded_as_unknown(void)
{
	recorded();
	host.record_disks = HOST_RECORD_UNKNOWN;
}

static void recorded_and_a_disk_lost(void)
{
	recorded();
	host.disks_known = FACT_UNKNOWN;
}

/* A disk is in use that the record does not have. */
static void recorded_and_contradicted(void)
{
	recorded();
	machine_at(&host, "0000:09:00.2")->is_host_disk = true;
}

/* The bridge above is marked, too, and is in no record. */
static void recorded_and_confirmed(void)
{
	recorded();
	machine_at(&host, "0000:00:1f.2")->is_host_disk = true;
	machine_at(&host, "0000:00:03.1")->is_host_disk = true;
}

/* Root on a USB disk behind the card's own controller */
static void recorded_on_usb(void)
{
	recorded();
	machine_at(&host, "0000:09:00.2")->recorded = HOST_RECORDED_ROOT;
}

/* The rest of the record is not believed: this is. */
static void recorded_on_usb_stale(void)
{
	recorded_on_usb();
	host.record_disks = HOST_RECORD_STALE;
}

static void recorded_usb_card(void)
{
	recorded();
	machine_at(&host, "0000:0a:00.0")->class_code = 0x0c0330;
}

static void has_route(void)
{
	is_network();
	machine_at(&host, "0000:0a:00.0")->has_route = true;
}

static void route_recorded(void)
{
	is_network();
	machine_at(&host, "0000:0a:00.0")->recorded = HOST_RECORDED_NETWORK;
}

/* A stick: the default route is on what the stick is plugged into. */
static void route_on_usb(void)
{
	machine_at(&host, "0000:09:00.2")->has_route = true;
}

static void network_root_recorded(void)
{
	is_network_of_root();
	host.record_network = HOST_RECORD_GOOD;
}

static void network_root_recorded_stale(void)
{
	is_network_of_root();
	host.record_network = HOST_RECORD_STALE;
}

static void network_root_routed_elsewhere(void)
{
	is_network_of_root();
	machine_at(&host, "0000:00:1f.3")->has_route = true;
}

static void display_recorded(void)
{
	machine_at(&host, "0000:00:02.0")->boot_vga = FACT_NO;
	host.framebuffer_known = FACT_UNKNOWN;
	host.record_display = HOST_RECORD_GOOD;
	machine_at(&host, "0000:09:00.0")->recorded = HOST_RECORDED_DISPLAY;
}

static void display_recorded_elsewhere(void)
{
	display_recorded();
	machine_at(&host, "0000:09:00.0")->recorded = 0;
	machine_at(&host, "0000:00:02.0")->recorded = HOST_RECORDED_DISPLAY;
}

static void display_recorded_stale(void)
{
	display_recorded_elsewhere();
	host.record_display = HOST_RECORD_STALE;
}

/* What the boot sees itself counts more, a console only when the rest is known. */
static void display_recorded_but_vga(void)
{
	display_recorded();
	strcpy(machine_at(&host, "0000:00:02.0")->framebuffer, "efifb");
}

static void display_recorded_and_console(void)
{
	display_recorded();
	machine_at(&host, "0000:00:02.0")->has_console = true;
}

static void disks_unknown(void)
{
	host.disks_known = FACT_UNKNOWN;
}

static void is_boot_vga(void)
{
	machine_at(&host, "0000:09:00.0")->boot_vga = FACT_YES;
}

/* Class 0380 has no boot_vga and can still own the framebuffer. */
static void is_framebuffer(void)
{
	machine_at(&host, "0000:09:00.0")->class_code = 0x038000;
	machine_at(&host, "0000:09:00.0")->boot_vga = FACT_UNKNOWN;
	strcpy(machine_at(&host, "0000:09:00.0")->framebuffer, "simpledrm");
}

/* Its native driver has it: the firmware's framebuffer is gone, the console is not. */
static void is_console_0380(void)
{
	is_framebuffer();
	machine_at(&host, "0000:09:00.0")->framebuffer[0] = '\0';
	machine_at(&host, "0000:09:00.0")->has_console = true;
}

static void is_shown(void)
{
	machine_at(&host, "0000:09:00.0")->shows_boot = true;
}

/* boot_vga = 1, and the firmware's framebuffer in another's BAR */
static void is_boot_vga_framebuffer_elsewhere(void)
{
	is_boot_vga();
	strcpy(machine_at(&host, "0000:00:02.0")->framebuffer, "efifb");
}

static void framebuffer_unknown(void);

static void framebuffer_unknown_0302(void)
{
	machine_at(&host, "0000:09:00.0")->class_code = 0x030200;
	framebuffer_unknown();
}

static void framebuffer_unknown_0380(void)
{
	machine_at(&host, "0000:09:00.0")->class_code = 0x038000;
	framebuffer_unknown();
}

static void framebuffer_unknown(void)
{
	host.framebuffer_known = FACT_UNKNOWN;
}

static void boot_vga_unknown(void)
{
	machine_at(&host, "0000:09:00.0")->boot_vga = FACT_UNKNOWN;
}

/* What cannot be read may be anything: a companion, or in the group. */
static void stranger_unreadable(void)
{
	machine_at(&host, "0000:0a:00.0")->unreadable = true;
}

static void nouveau_is_there_now(void)
{
	strcpy(machine_at(&host, "0000:09:00.0")->driver, "nouveau");
}

static void nouveau_is_there(void)
{
	nouveau_is_there_now();
	host.drivers_count = true;
}

static void accelerator_is_used(void)
{
	nouveau_is_there();
	machine_at(&host, "0000:09:00.0")->class_code = 0x120000;
}

static void sound_is_there(void)
{
	strcpy(machine_at(&host, "0000:09:00.1")->driver, "snd_hda_intel");
	host.drivers_count = true;
}

static void stub_is_there(void)
{
	strcpy(machine_at(&host, "0000:09:00.0")->driver, "pci-stub");
	host.drivers_count = true;
}

static void other_vfio_is_there(void)
{
	strcpy(machine_at(&host, "0000:09:00.0")->driver, "xe-vfio-pci");
	host.drivers_count = true;
}

static void twins_in_slot(void)
{
	single_card();
	machine_at(&host, "0000:09:00.1")->id.device = 0x1e84;
}

static void sound_is_0480(void)
{
	machine_at(&host, "0000:09:00.1")->class_code = 0x048000;
}

static void sound_is_0400(void)
{
	machine_at(&host, "0000:09:00.1")->class_code = 0x040000;
}

static void odd_bridge(void)
{
	shared_with_nvme();
	machine_at(&host, "0000:0a:00.0")->class_code = 0x0b4000;
	machine_at(&host, "0000:0a:00.0")->header_type = 1;
}

static void odd_bridge_unknown(void)
{
	odd_bridge();
	machine_at(&host, "0000:0a:00.0")->has_header = false;
}

static void memory_peer(void)
{
	shared_with_nvme();
	machine_at(&host, "0000:0a:00.0")->class_code = 0x050000;
}

static void system_peer(void)
{
	shared_with_nvme();
	machine_at(&host, "0000:0a:00.0")->class_code = 0x088000;
}

static void group_not_listed(void)
{
	for (size_t i = 0; i < host.n_groups; i++)
		if (host.groups[i].number == 24)
			host.groups[i] = host.groups[--host.n_groups];
}

static void noiommu_with_neighbour(void)
{
	shared_with_nvme();
	noiommu_group();
}

static void driver_missing(void)
{
	host.drivers[0].state = HOST_DRIVER_MISSING;
}

static void variant(enum host_driver_state state)
{
	host.drivers[1] = (struct host_driver){ .name = "nvgrace-gpu-vfio-pci",
						.module = "nvgrace_gpu_vfio_pci",
						.state = state };
	host.n_drivers = 2;
	machine_at(&host, "0000:09:00.0")->vfio_driver = 1;
}

static void variant_there(void)
{
	variant(HOST_DRIVER_MODULE);
}

static void variant_missing(void)
{
	variant(HOST_DRIVER_MISSING);
}

/* Two ports of one network card, of one id, each in a group of its own */
static void two_ports(void)
{
	is_network();
	machine_at(&host, "0000:0a:00.0")->multifunction = true;
	for (size_t i = 0; i < 2; i++) {
		machine_at(&host, i ? "0000:0b:00.1" : "0000:0b:00.0")->class_code =
			0x020000;
		machine_at(&host, i ? "0000:0b:00.1" : "0000:0b:00.0")->id =
			(struct pci_id){ .vendor = 0x8086, .device = 0x1572 };
	}
	machine_move(&host, "0000:0b:00.1", 27);
}

static void two_ports_one_group(void)
{
	two_ports();
	machine_move(&host, "0000:0b:00.1", 26);
}

/* The functions of an APU's slot that are no display: sound, and two equal USB hosts */
static void apu(void)
{
	static const char *const addresses[] = { "0000:09:00.0", "0000:09:00.1",
						 "0000:09:00.2", "0000:09:00.3" };
	static const uint32_t classes[] = { 0x030000, 0x040300, 0x0c0330, 0x0c0330 };
	static const uint16_t devices[] = { 0x1681, 0x15e3, 0x161d, 0x161d };

	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		struct host_function *function = machine_at(&host, addresses[i]);

		function->class_code = classes[i];
		function->id.vendor = i ? 0x1022 : 0x1002;
		function->id.device = devices[i];
		machine_move(&host, addresses[i], 40 + (unsigned int)i);
		strcpy(function->driver, i > 1 ? "xhci_hcd" : "");
	}
}

/* A processing accelerator instead of the card's display */
static void accelerator(void)
{
	machine_at(&host, "0000:09:00.0")->class_code = 0x120000;
	machine_at(&host, "0000:09:00.0")->boot_vga = FACT_UNKNOWN;
}

#define CARD "0000:09:00.0 0000:09:00.1 0000:09:00.2 0000:09:00.3"
#define AT_CARD "[target card]\nid = 10de:1e84\naddress = 0000:09:00.0\n"

struct row {
	const char *name;
	const char *config;
	void (*change)(void);
	enum verdict verdict;
	enum reason reason;
	const char *functions;
	const char *blockers;
};

static const struct row rows[] = {
	/* selecting, R3 to R6 */
	{ "id and address", AT_CARD, nothing, VERDICT_RESERVE, REASON_NONE, CARD, "" },
	{ "id alone", "[target card]\nid = 10de:1e84\n", single_card, VERDICT_RESERVE,
	  REASON_NONE, CARD, "" },
	{ "address alone", "[target card]\naddress = 09:00.0\n", nothing, VERDICT_RESERVE,
	  REASON_NONE, CARD, "" },
	{ "path alone", "[target card]\npath = 00:03.1/00.0\n", nothing, VERDICT_RESERVE,
	  REASON_NONE, CARD, "" },
	{ "id and path", "[target card]\nid = 10de:1e84\npath = 00:03.3/00.0\n", nothing,
	  VERDICT_RESERVE, REASON_NONE, "0000:0b:00.0 0000:0b:00.1", "" },
	{ "all three", AT_CARD "path = 00:03.1/00.0\n", nothing, VERDICT_RESERVE,
	  REASON_NONE, CARD, "" },
	{ "by the audio function's address: that one",
	  "[target card]\naddress = 09:00.1\n", nothing, VERDICT_REFUSED,
	  REASON_GROUP_SHARED, "0000:09:00.1", "0000:09:00.0 0000:09:00.2 0000:09:00.3" },
	{ "by the ids of audio function and display",
	  "[target card]\nids = 10de:10f8, "
	  "10de:1e84\n",
	  single_card, VERDICT_RESERVE, REASON_NONE, CARD, "" },
	{ "two parts of a card, and not its display",
	  "[target parts]\nids = 10de:10f8, 10de:1ad9\naddress = 09:00.1\n", nothing,
	  VERDICT_REFUSED, REASON_GROUP_SHARED, "0000:09:00.1 0000:09:00.3",
	  "0000:09:00.0 0000:09:00.2" },
	/* a named function is one function */
	{ "id and address of one port",
	  "[target nic]\nid = 8086:1572\n"
	  "address = 0b:00.1\n",
	  two_ports, VERDICT_RESERVE, REASON_NONE, "0000:0b:00.1", "" },
	{ "id and path of one port",
	  "[target nic]\nid = 8086:1572\n"
	  "path = 00:03.3/00.1\n",
	  two_ports, VERDICT_RESERVE, REASON_NONE, "0000:0b:00.1", "" },
	{ "one port of a shared group",
	  "[target nic]\nid = 8086:1572\n"
	  "address = 0b:00.1\n",
	  two_ports_one_group, VERDICT_REFUSED, REASON_GROUP_SHARED, "0000:0b:00.1",
	  "0000:0b:00.0" },
	{ "two ports by id alone", "[target nic]\nid = 8086:1572\n", two_ports,
	  VERDICT_REFUSED, REASON_AMBIGUOUS, "", "" },
	{ "two ports by id and list", "[target nic]\nid = 8086:1572\nfunctions = 0,1\n",
	  two_ports, VERDICT_RESERVE, REASON_NONE, "0000:0b:00.0 0000:0b:00.1", "" },
	{ "second port by id and list", "[target nic]\nid = 8086:1572\nfunctions = 1\n",
	  two_ports, VERDICT_RESERVE, REASON_NONE, "0000:0b:00.1", "" },
	{ "sound of an APU", "[target sound]\nid = 1022:15e3\naddress = 09:00.1\n", apu,
	  VERDICT_RESERVE, REASON_NONE, "0000:09:00.1", "" },
	{ "sound of an APU by id", "[target sound]\nid = 1022:15e3\n", apu,
	  VERDICT_RESERVE, REASON_NONE, "0000:09:00.1", "" },
	{ "one of an APU's equal USB hosts",
	  "[target usb]\nid = 1022:161d\n"
	  "address = 09:00.3\n",
	  apu, VERDICT_RESERVE, REASON_NONE, "0000:09:00.3", "" },
	{ "an APU's equal USB hosts by id", "[target usb]\nid = 1022:161d\n", apu,
	  VERDICT_REFUSED, REASON_AMBIGUOUS, "", "" },
	{ "an APU's display and, by id, its USB hosts",
	  "[target gpu]\nids = 1002:1681, 1022:161d\naddress = 09:00.0\n", apu,
	  VERDICT_RESERVE, REASON_NONE, "0000:09:00.0 0000:09:00.2 0000:09:00.3", "" },
	{ "accelerator by address", "[target card]\naddress = 09:00.0\n", accelerator,
	  VERDICT_RESERVE, REASON_NONE, CARD, "" },
	{ "ids of one card", "[target card]\nids = 10de:1e84, 10de:10f8\n", single_card,
	  VERDICT_RESERVE, REASON_NONE, CARD, "" },
	{ "absent id", "[target card]\nid = 1002:73bf\n", nothing, VERDICT_ABSENT,
	  REASON_ABSENT, "", "" },
	{ "absent address", "[target card]\naddress = 0c:00.0\n", nothing, VERDICT_ABSENT,
	  REASON_ABSENT, "", "" },
	{ "absent domain", "[target card]\naddress = 10000:09:00.0\n", nothing,
	  VERDICT_ABSENT, REASON_ABSENT, "", "" },
	{ "absent path", "[target card]\npath = 00:04.0/00.0\n", nothing, VERDICT_ABSENT,
	  REASON_ABSENT, "", "" },
	{ "two cards", "[target card]\nid = 10de:1e84\n", nothing, VERDICT_REFUSED,
	  REASON_AMBIGUOUS, "", "" },
	{ "subsystem tells two cards apart", "[target card]\nid = 10de:1e84:1458:37c4\n",
	  subsystems, VERDICT_RESERVE, REASON_NONE, "0000:0b:00.0 0000:0b:00.1", "" },
	{ "id moved away", AT_CARD, id_elsewhere, VERDICT_REFUSED, REASON_ID_MISMATCH, "",
	  "" },
	{ "another card at the address", AT_CARD, card_moved, VERDICT_REFUSED,
	  REASON_ID_MISMATCH, "", "" },
	{ "nothing at the address, id elsewhere",
	  "[target card]\nid = 10de:1e84\naddress = 0c:00.0\n", nothing, VERDICT_REFUSED,
	  REASON_ID_MISMATCH, "", "" },
	{ "path to another card", AT_CARD "path = 00:03.3/00.0\n", nothing,
	  VERDICT_REFUSED, REASON_PATH_MISMATCH, "", "" },
	{ "path to nowhere", AT_CARD "path = 00:04.0/00.0\n", nothing, VERDICT_REFUSED,
	  REASON_PATH_MISMATCH, "", "" },
	/* only the address has moved: path and id still agree */
	{ "another device is at the address",
	  "[target card]\nid = 10de:1e84\naddress = 0a:00.0\npath = 00:03.1/00.0\n",
	  nothing, VERDICT_REFUSED, REASON_ADDRESS_MOVED, "", "" },
	{ "nothing is at the address",
	  "[target card]\nid = 10de:1e84\naddress = 0d:00.0\npath = 00:03.1/00.0\n",
	  nothing, VERDICT_REFUSED, REASON_ADDRESS_MOVED, "", "" },
	{ "its twin is at the address",
	  "[target card]\nid = 10de:1e84\naddress = 0a:00.0\npath = 00:03.1/00.0\n",
	  other_card_there, VERDICT_REFUSED, REASON_PATH_MISMATCH, "", "" },
	{ "address and path, no id",
	  "[target card]\naddress = 0a:00.0\npath = 00:03.1/00.0\n", nothing,
	  VERDICT_REFUSED, REASON_PATH_MISMATCH, "", "" },
	/* a virtual function that is not made yet is absent, whose id ever it has */
	{ "a VF that is not there yet",
	  "[target vf]\nid = 144d:a808\naddress = 0a:10.2\n", vfs_possible,
	  VERDICT_ABSENT, REASON_ABSENT, "", "" },
	{ "the same by path", "[target vf]\nid = 144d:a808\npath = 00:03.2/10.2\n",
	  vfs_possible, VERDICT_ABSENT, REASON_ABSENT, "", "" },
	{ "the same by both",
	  "[target vf]\nid = 144d:a808\naddress = 0a:10.2\npath = 00:03.2/10.2\n",
	  vfs_possible, VERDICT_ABSENT, REASON_ABSENT, "", "" },
	{ "a VF on the next bus", "[target vf]\nid = 144d:a808\naddress = 0b:01.4\n",
	  vfs_beyond_bus, VERDICT_ABSENT, REASON_ABSENT, "", "" },
	{ "the same by its bridge's path",
	  "[target vf]\nid = 144d:a808\npath = 00:03.2/01.4\n", vfs_beyond_bus,
	  VERDICT_ABSENT, REASON_ABSENT, "", "" },
	{ "a VF, offset unknown", "[target vf]\nid = 144d:a808\naddress = 0a:00.1\n",
	  vfs_somewhere, VERDICT_ABSENT, REASON_ABSENT, "", "" },
	{ "the first VF", "[target vf]\nid = 144d:a808\naddress = 0a:10.0\n",
	  vfs_possible, VERDICT_ABSENT, REASON_ABSENT, "", "" },
	{ "the only VF", "[target vf]\nid = 144d:a808\naddress = 0a:10.0\n", vf_single,
	  VERDICT_ABSENT, REASON_ABSENT, "", "" },
	{ "behind the only VF", "[target vf]\nid = 144d:a808\naddress = 0a:10.2\n",
	  vf_single, VERDICT_REFUSED, REASON_ID_MISMATCH, "", "" },
	{ "as far as a VF can be, offset unknown",
	  "[target vf]\nid = 144d:a808\naddress = 0b:01.2\n", vfs_somewhere,
	  VERDICT_ABSENT, REASON_ABSENT, "", "" },
	{ "farther than a VF can be, offset unknown",
	  "[target vf]\nid = 144d:a808\naddress = 0b:01.3\n", vfs_somewhere,
	  VERDICT_REFUSED, REASON_ID_MISMATCH, "", "" },
	{ "before all VFs, offset unknown",
	  "[target vf]\nid = 144d:a808\naddress = 08:00.0\n", vfs_somewhere,
	  VERDICT_REFUSED, REASON_ID_MISMATCH, "", "" },
	{ "a VF of the second function, by path",
	  "[target vf]\nid = 10de:10f8\npath = 00:03.3/10.3\n", vfs_of_second,
	  VERDICT_ABSENT, REASON_ABSENT, "", "" },
	{ "a VF at the last address, by path",
	  "[target vf]\nid = 10de:1e84\npath = 00:03.3/1f.7\n", vf_on_last_bus,
	  VERDICT_ABSENT, REASON_ABSENT, "", "" },
	{ "between two VFs, by path",
	  "[target vf]\nid = 144d:a808\npath = 00:03.2/10.1\n", vfs_possible,
	  VERDICT_REFUSED, REASON_ID_MISMATCH, "", "" },
	{ "between two VFs", "[target vf]\nid = 144d:a808\naddress = 0a:10.1\n",
	  vfs_possible, VERDICT_REFUSED, REASON_ID_MISMATCH, "", "" },
	{ "behind the last VF", "[target vf]\nid = 144d:a808\naddress = 0a:12.4\n",
	  vfs_possible, VERDICT_REFUSED, REASON_ID_MISMATCH, "", "" },
	{ "no VFs at all", "[target vf]\nid = 144d:a808\naddress = 0a:10.2\n", nothing,
	  VERDICT_REFUSED, REASON_ID_MISMATCH, "", "" },
	{ "a path beside the VFs'", "[target vf]\nid = 144d:a808\npath = 00:03.3/10.2\n",
	  vfs_possible, VERDICT_REFUSED, REASON_ID_MISMATCH, "", "" },
	/* an optional card that is not plugged in is absent, whatever has its id */
	{ "nothing is plugged in, a twin elsewhere",
	  "[target card]\nid = 10de:1e84\npath = 00:03.2/01.0\noptional = yes\n",
	  hotplug_port, VERDICT_ABSENT, REASON_ABSENT, "", "" },
	{ "nothing further down a chain",
	  "[target card]\nid = 10de:1e84\npath = 00:03.2/01.0/02.0/00.0\noptional = yes\n",
	  hotplug_port, VERDICT_ABSENT, REASON_ABSENT, "", "" },
	{ "the same, not optional",
	  "[target card]\nid = 10de:1e84\npath = 00:03.2/01.0\n", hotplug_port,
	  VERDICT_REFUSED, REASON_ID_MISMATCH, "", "" },
	{ "the same, no hot-plug port",
	  "[target card]\nid = 10de:1e84\npath = 00:03.2/01.0\noptional = yes\n", nothing,
	  VERDICT_REFUSED, REASON_ID_MISMATCH, "", "" },
	{ "the same, a hot-plug port elsewhere",
	  "[target card]\nid = 10de:1e84\npath = 00:03.2/01.0\noptional = yes\n",
	  hotplug_port_somewhere, VERDICT_REFUSED, REASON_ID_MISMATCH, "", "" },
	{ "another card is plugged in",
	  "[target card]\nid = 10de:1e84\npath = 00:03.2/00.0\noptional = yes\n",
	  hotplug_port, VERDICT_REFUSED, REASON_ID_MISMATCH, "", "" },
	{ "second id on another card", "[target card]\nids = 10de:1e84, 144d:a808\n",
	  single_card, VERDICT_REFUSED, REASON_ID_MISMATCH, CARD, "" },
	{ "only the second id is there", "[target card]\nids = 1002:73bf, 10de:10f8\n",
	  single_card, VERDICT_REFUSED, REASON_ID_MISMATCH, "", "" },
	{ "part of the card", AT_CARD "functions = 0,1\n", nothing, VERDICT_REFUSED,
	  REASON_GROUP_SHARED, "0000:09:00.0 0000:09:00.1", "0000:09:00.2 0000:09:00.3" },
	{ "part of the card, the rest apart", AT_CARD "functions = 0,1,3\n",
	  foreign_vendor_in_slot, VERDICT_RESERVE, REASON_NONE,
	  "0000:09:00.0 0000:09:00.1 0000:09:00.3", "" },
	{ "a function that is not there", AT_CARD "functions = 0,1,5\n", nothing,
	  VERDICT_REFUSED, REASON_FUNCTION_MISSING, "0000:09:00.0 0000:09:00.1",
	  "0000:09:00.2 0000:09:00.3" },
	{ "the list leaves the target out", AT_CARD "functions = 1,2,3\n", nothing,
	  VERDICT_REFUSED, REASON_FUNCTION_MISSING,
	  "0000:09:00.1 0000:09:00.2 0000:09:00.3", "0000:09:00.0" },
	{ "foreign vendor in the slot", AT_CARD, foreign_vendor_in_slot, VERDICT_RESERVE,
	  REASON_NONE, "0000:09:00.0 0000:09:00.1 0000:09:00.3", "" },
	{ "foreign vendor in the group", AT_CARD, foreign_vendor_in_group,
	  VERDICT_REFUSED, REASON_GROUP_SHARED, "0000:09:00.0 0000:09:00.1 0000:09:00.3",
	  "0000:09:00.2" },
	{ "an id names the foreign vendor",
	  "[target card]\nids = 10de:1e84, 1022:1ad8\naddress = 09:00.0\n",
	  foreign_vendor_bound, VERDICT_RESERVE, REASON_NONE, CARD, "" },
	{ "an id names the foreign vendor's USB, whose disks were not seen",
	  "[target card]\nids = 10de:1e84, 1022:1ad8\naddress = 09:00.0\n",
	  foreign_vendor_in_group, VERDICT_REFUSED, REASON_CANNOT_TELL, CARD, "" },
	{ "a companion's group is shared", AT_CARD, companion_in_other_group,
	  VERDICT_REFUSED, REASON_GROUP_SHARED, CARD, "0000:0a:00.0" },
	{ "virtual functions are no companions", AT_CARD, vfs_in_slot, VERDICT_RESERVE,
	  REASON_NONE, "0000:09:00.0 0000:09:00.2 0000:09:00.3", "" },
	{ "a virtual function stands alone", "[target card]\naddress = 09:00.1\n",
	  vfs_in_slot, VERDICT_RESERVE, REASON_NONE, "0000:09:00.1", "" },
	/* R7 to R10 */
	{ "header type 1", AT_CARD, header_type_1, VERDICT_REFUSED, REASON_NOT_ENDPOINT,
	  CARD, "" },
	{ "root port", "[target port]\nid = 8086:a340\n", nothing, VERDICT_REFUSED,
	  REASON_NOT_ENDPOINT, "0000:00:03.1", "" },
	{ "header unknown", AT_CARD, header_unknown, VERDICT_REFUSED, REASON_CANNOT_TELL,
	  CARD, "" },
	{ "disk by address", "[target disk]\naddress = 0a:00.0\n", nothing,
	  VERDICT_REFUSED, REASON_CLASS_REFUSED, "0000:0a:00.0", "" },
	{ "disk by id", "[target disk]\nid = 144d:a808\n", disk_bound, VERDICT_RESERVE,
	  REASON_NONE, "0000:0a:00.0", "" },
	{ "virtual functions enabled", AT_CARD, vfs_enabled, VERDICT_REFUSED,
	  REASON_VFS_ENABLED, CARD, "" },
	{ "virtual functions unknown", AT_CARD, vfs_unknown, VERDICT_REFUSED,
	  REASON_CANNOT_TELL, CARD, "" },
	/* R11, R12 */
	{ "IOMMU off", AT_CARD, iommu_off, VERDICT_REFUSED, REASON_IOMMU_INACTIVE, CARD,
	  "" },
	{ "noiommu is none", AT_CARD, noiommu, VERDICT_REFUSED, REASON_IOMMU_INACTIVE,
	  CARD, "" },
	{ "one function without group", AT_CARD, no_group, VERDICT_REFUSED,
	  REASON_NO_GROUP, CARD, "0000:09:00.1" },
	{ "group of noiommu", AT_CARD, noiommu_group, VERDICT_REFUSED, REASON_NO_UNIT,
	  CARD, "" },
	{ "group without unit", AT_CARD, no_unit, VERDICT_REFUSED, REASON_NO_UNIT, CARD,
	  "" },
	/* R13, R14 */
	{ "shared with a disk", AT_CARD, shared_with_nvme, VERDICT_REFUSED,
	  REASON_GROUP_SHARED, CARD, "0000:0a:00.0" },
	{ "shared with bridges", AT_CARD, shared_with_ports, VERDICT_RESERVE, REASON_NONE,
	  CARD, "" },
	{ "shared with an ISA bridge", AT_CARD, shared_with_isa, VERDICT_REFUSED,
	  REASON_GROUP_SHARED, CARD, "0000:00:1f.0" },
	{ "peers = take", AT_CARD "peers = take\n", shared_with_nvme_bound,
	  VERDICT_RESERVE, REASON_NONE, CARD " 0000:0a:00.0", "" },
	{ "peers = take takes no ISA bridge", AT_CARD "peers = take\n", shared_with_isa,
	  VERDICT_REFUSED, REASON_GROUP_SHARED, CARD, "0000:00:1f.0" },
	{ "shared with a wanted card", AT_CARD "[target second]\naddress = 0b:00.0\n",
	  shared_with_second_card, VERDICT_RESERVE, REASON_NONE, CARD, "" },
	{ "shared with a refused card", AT_CARD "[target second]\naddress = 0b:00.0\n",
	  shared_and_second_is_display, VERDICT_REFUSED, REASON_GROUP_SHARED, CARD,
	  "0000:0b:00.0 0000:0b:00.1" },
	{ "bridge with shpchp", AT_CARD, bridge_driver, VERDICT_REFUSED,
	  REASON_BRIDGE_DRIVER, CARD, "" },
	{ "bridge of another group with shpchp", AT_CARD, bridge_driver_elsewhere,
	  VERDICT_RESERVE, REASON_NONE, CARD, "" },
	{ "bridge of no group with shpchp", AT_CARD, bridge_driver_no_group,
	  VERDICT_RESERVE, REASON_NONE, CARD, "" },
	{ "bridge with shpchp before 5.19", AT_CARD, bridge_driver_5_18, VERDICT_RESERVE,
	  REASON_NONE, CARD, "" },
	{ "the same on 5.19", AT_CARD, bridge_driver_5_19, VERDICT_REFUSED,
	  REASON_BRIDGE_DRIVER, CARD, "" },
	{ "the same on some kernel", AT_CARD, bridge_driver_unknown_kernel,
	  VERDICT_REFUSED, REASON_BRIDGE_DRIVER, CARD, "" },
	{ "driver of a bridge unknown", AT_CARD, bridge_driver_unread, VERDICT_REFUSED,
	  REASON_CANNOT_TELL, CARD, "" },
	{ "the same before 5.19, where any will do", AT_CARD, bridge_driver_unread_5_18,
	  VERDICT_RESERVE, REASON_NONE, CARD, "" },
	{ "bridge with pcieport", AT_CARD, bridge_pcieport, VERDICT_RESERVE, REASON_NONE,
	  CARD, "" },
	/* peers = take takes a bridge of no kind from a card, not from the chipset */
	{ "an NVSwitch as a peer", AT_CARD "peers = take\n", shared_with_switch,
	  VERDICT_RESERVE, REASON_NONE, CARD " 0000:0a:00.0", "" },
	{ "a chipset's bridge as a peer", AT_CARD "peers = take\n",
	  shared_with_chipset_bridge, VERDICT_REFUSED, REASON_GROUP_SHARED, CARD,
	  "0000:00:1f.0" },
	/* what no driver would claim blocks no card, since 5.19 */
	{ "unclaimed in the group", AT_CARD, neighbour_unclaimed, VERDICT_RESERVE,
	  REASON_NONE, CARD, "" },
	{ "the same on 5.18", AT_CARD, neighbour_unclaimed_5_18, VERDICT_REFUSED,
	  REASON_GROUP_SHARED, CARD, "0000:0a:00.0" },
	{ "the same on 5.19, unclaimed", AT_CARD, neighbour_unclaimed_5_19,
	  VERDICT_RESERVE, REASON_NONE, CARD, "" },
	{ "the same on an unknown kernel", AT_CARD, neighbour_unclaimed_unknown_kernel,
	  VERDICT_REFUSED, REASON_GROUP_SHARED, CARD, "0000:0a:00.0" },
	{ "recorded as unclaimed, bound now", AT_CARD, neighbour_unclaimed_and_bound,
	  VERDICT_REFUSED, REASON_GROUP_SHARED, CARD, "0000:0a:00.0" },
	{ "recorded as unclaimed, overridden", AT_CARD,
	  neighbour_unclaimed_and_overridden, VERDICT_REFUSED, REASON_GROUP_SHARED, CARD,
	  "0000:0a:00.0" },
	/* R24 */
	{ "behind VMD", "[target disk]\nid = 144d:a808\n", disk_behind_vmd,
	  VERDICT_REFUSED, REASON_BEHIND_DRIVER, "0000:0a:00.0", "" },
	{ "together with what is behind it", AT_CARD "[target disk]\nid = 144d:a808\n",
	  disk_behind_card, VERDICT_REFUSED, REASON_BEHIND_DRIVER, CARD, "" },
	{ "alone, and what is behind it shares its group", AT_CARD, card_holds_group,
	  VERDICT_RESERVE, REASON_NONE, CARD, "" },
	{ "the same with peers = take", AT_CARD "peers = take\n", card_holds_group,
	  VERDICT_RESERVE, REASON_NONE, CARD, "" },
	{ "a disk of the host is behind it", AT_CARD, card_holds_disk, VERDICT_REFUSED,
	  REASON_HOST_DISK, CARD, "" },
	{ "alone, and something is behind it", AT_CARD, disk_behind_card, VERDICT_RESERVE,
	  REASON_NONE, CARD, "" },
	/* R15, R16 */
	{ "direct region", AT_CARD, direct_region, VERDICT_REFUSED,
	  REASON_RESERVED_REGION, CARD, "" },
	{ "direct region on AMD before 6.6", AT_CARD, direct_region_amd, VERDICT_RESERVE,
	  REASON_NONE, CARD, "" },
	{ "direct region on AMD since 6.6", AT_CARD, direct_region_amd_6_6,
	  VERDICT_REFUSED, REASON_RESERVED_REGION, CARD, "" },
	{ "direct region on AMD, kernel unknown", AT_CARD,
	  direct_region_amd_unknown_kernel, VERDICT_REFUSED, REASON_RESERVED_REGION, CARD,
	  "" },
	{ "regions unknown", AT_CARD, regions_unknown, VERDICT_REFUSED,
	  REASON_CANNOT_TELL, CARD, "" },
	{ "no interrupt remapping", AT_CARD, remapping_off, VERDICT_REFUSED,
	  REASON_INTERRUPT_REMAPPING, CARD, "" },
	{ "no interrupt remapping, accepted", AT_CARD, remapping_off_accepted,
	  VERDICT_RESERVE, REASON_NONE, CARD, "" },
	{ "interrupt remapping unknown", AT_CARD, remapping_unknown, VERDICT_RESERVE,
	  REASON_NONE, CARD, "" },
	{ "interrupts unreadable", AT_CARD, interrupts_unread, VERDICT_REFUSED,
	  REASON_CANNOT_TELL, CARD, "" },
	{ "interrupts unreadable, remapping or not", AT_CARD, interrupts_unread_accepted,
	  VERDICT_RESERVE, REASON_NONE, CARD, "" },
	/* R17 */
	{ "host disk on the card's USB", AT_CARD, disk_on_usb, VERDICT_REFUSED,
	  REASON_HOST_DISK, CARD, "" },
	{ "host disk in the group", AT_CARD "peers = take\n", shared_with_disk,
	  VERDICT_REFUSED, REASON_HOST_DISK, CARD " 0000:0a:00.0", "" },
	{ "root disk by id", "[target disk]\nid = 8086:a352\n", nothing, VERDICT_REFUSED,
	  REASON_GROUP_SHARED, "0000:00:1f.2", "0000:00:1f.0 0000:00:1f.3" },
	{ "disk by id, root= unknown", "[target disk]\nid = 144d:a808\n", root_unresolved,
	  VERDICT_REFUSED, REASON_CANNOT_TELL, "0000:0a:00.0", "" },
	{ "disk by id, root= unknown, driver bound", "[target disk]\nid = 144d:a808\n",
	  disk_bound_root_unresolved, VERDICT_REFUSED, REASON_CANNOT_TELL, "0000:0a:00.0",
	  "" },
	{ "disk by id, not seen", "[target disk]\nid = 144d:a808\n", nothing,
	  VERDICT_REFUSED, REASON_CANNOT_TELL, "0000:0a:00.0", "" },
	{ "disk by id, a disk in use is lost", "[target disk]\nid = 144d:a808\n",
	  disk_lost, VERDICT_REFUSED, REASON_CANNOT_TELL, "0000:0a:00.0", "" },
	{ "Fibre Channel, not seen", "[target disk]\nid = 144d:a808\n", is_fibre_channel,
	  VERDICT_REFUSED, REASON_CANNOT_TELL, "0000:0a:00.0", "" },
	{ "SD host, not seen", "[target disk]\nid = 144d:a808\n", is_sd_host,
	  VERDICT_REFUSED, REASON_CANNOT_TELL, "0000:0a:00.0", "" },
	{ "card reader of no class, not seen", "[target disk]\nid = 144d:a808\n",
	  is_card_reader, VERDICT_REFUSED, REASON_CANNOT_TELL, "0000:0a:00.0", "" },
	{ "USB alone, not seen", "[target disk]\nid = 144d:a808\n", is_usb,
	  VERDICT_REFUSED, REASON_CANNOT_TELL, "0000:0a:00.0", "" },
	{ "USB as a peer, not seen", AT_CARD "peers = take\n", shared_with_usb,
	  VERDICT_REFUSED, REASON_CANNOT_TELL, CARD " 0000:0a:00.0", "" },
	{ "network card, root= on the network", "[target nic]\nid = 144d:a808\n",
	  is_network_of_root, VERDICT_REFUSED, REASON_CANNOT_TELL, "0000:0a:00.0", "" },
	{ "network card, root= on a disk", "[target nic]\nid = 144d:a808\n", is_network,
	  VERDICT_RESERVE, REASON_NONE, "0000:0a:00.0", "" },
	{ "card without USB, root= on the network", "[target card]\naddress = 0b:00.0\n",
	  network_needed, VERDICT_RESERVE, REASON_NONE, "0000:0b:00.0 0000:0b:00.1", "" },
	{ "card, root= unknown", AT_CARD, root_unresolved, VERDICT_RESERVE, REASON_NONE,
	  CARD, "" },
	{ "disks unknown, card with USB", AT_CARD, disks_unknown, VERDICT_REFUSED,
	  REASON_CANNOT_TELL, CARD, "" },
	{ "disks unknown, card without USB", "[target card]\naddress = 0b:00.0\n",
	  disks_unknown, VERDICT_RESERVE, REASON_NONE, "0000:0b:00.0 0000:0b:00.1", "" },
	/* R17 by the image's record */
	{ "disk by id, recorded elsewhere", "[target disk]\nid = 144d:a808\n", recorded,
	  VERDICT_RESERVE, REASON_NONE, "0000:0a:00.0", "" },
	{ "disk by id, swap recorded on it", "[target disk]\nid = 144d:a808\n",
	  recorded_on_it, VERDICT_REFUSED, REASON_HOST_DISK, "0000:0a:00.0", "" },
	{ "disk by id, record of another root=", "[target disk]\nid = 144d:a808\n",
	  recorded_of_another_root, VERDICT_REFUSED, REASON_CANNOT_TELL, "0000:0a:00.0",
	  "" },
	{ "disk by id, record does not know", "[target disk]\nid = 144d:a808\n",
	  recorded_as_unknown, VERDICT_REFUSED, REASON_CANNOT_TELL, "0000:0a:00.0", "" },
	{ "disk by id, recorded, a disk in use is lost",
	  "[target disk]\nid = 144d:a808\n", recorded_and_a_disk_lost, VERDICT_REFUSED,
	  REASON_CANNOT_TELL, "0000:0a:00.0", "" },
	{ "disk by id, record contradicted", "[target disk]\nid = 144d:a808\n",
	  recorded_and_contradicted, VERDICT_REFUSED, REASON_CANNOT_TELL, "0000:0a:00.0",
	  "" },
	{ "disk by id, record confirmed", "[target disk]\nid = 144d:a808\n",
	  recorded_and_confirmed, VERDICT_RESERVE, REASON_NONE, "0000:0a:00.0", "" },
	{ "USB alone, recorded elsewhere", "[target disk]\nid = 144d:a808\n",
	  recorded_usb_card, VERDICT_RESERVE, REASON_NONE, "0000:0a:00.0", "" },
	{ "root recorded on the card's USB", AT_CARD, recorded_on_usb, VERDICT_REFUSED,
	  REASON_HOST_DISK, CARD, "" },
	{ "the same in a record that is stale", AT_CARD, recorded_on_usb_stale,
	  VERDICT_REFUSED, REASON_HOST_DISK, CARD, "" },
	{ "card, recorded elsewhere", AT_CARD, recorded, VERDICT_RESERVE, REASON_NONE,
	  CARD, "" },
	/* R23 */
	{ "default route", "[target nic]\nid = 144d:a808\n", has_route, VERDICT_REFUSED,
	  REASON_HOST_NETWORK, "0000:0a:00.0", "" },
	{ "default route, accepted",
	  "[target nic]\nid = 144d:a808\nhost-network = allow\n", has_route,
	  VERDICT_RESERVE, REASON_NONE, "0000:0a:00.0", "" },
	{ "route recorded", "[target nic]\nid = 144d:a808\n", route_recorded,
	  VERDICT_REFUSED, REASON_HOST_NETWORK, "0000:0a:00.0", "" },
	{ "route recorded, accepted",
	  "[target nic]\nid = 144d:a808\nhost-network = allow\n", route_recorded,
	  VERDICT_RESERVE, REASON_NONE, "0000:0a:00.0", "" },
	{ "default route on the card's USB", AT_CARD, route_on_usb, VERDICT_REFUSED,
	  REASON_HOST_NETWORK, CARD, "" },
	{ "root= on the network, recorded elsewhere", "[target nic]\nid = 144d:a808\n",
	  network_root_recorded, VERDICT_RESERVE, REASON_NONE, "0000:0a:00.0", "" },
	{ "root= on the network, record stale", "[target nic]\nid = 144d:a808\n",
	  network_root_recorded_stale, VERDICT_REFUSED, REASON_CANNOT_TELL,
	  "0000:0a:00.0", "" },
	{ "root= on the network, route elsewhere", "[target nic]\nid = 144d:a808\n",
	  network_root_routed_elsewhere, VERDICT_RESERVE, REASON_NONE, "0000:0a:00.0",
	  "" },
	{ "root= on the network, accepted",
	  "[target nic]\nid = 144d:a808\nhost-network = allow\n", is_network_of_root,
	  VERDICT_RESERVE, REASON_NONE, "0000:0a:00.0", "" },
	/* R18 by the record, where nothing else tells */
	{ "console recorded on it", AT_CARD, display_recorded, VERDICT_REFUSED,
	  REASON_BOOT_DISPLAY, CARD, "" },
	{ "console recorded elsewhere", AT_CARD, display_recorded_elsewhere,
	  VERDICT_RESERVE, REASON_NONE, CARD, "" },
	{ "console recorded, stale", AT_CARD, display_recorded_stale, VERDICT_REFUSED,
	  REASON_CANNOT_TELL, CARD, "" },
	{ "console recorded on it, now elsewhere, the rest unread", AT_CARD,
	  display_recorded_and_console, VERDICT_REFUSED, REASON_BOOT_DISPLAY, CARD, "" },
	{ "console recorded on it, seen elsewhere", AT_CARD, display_recorded_but_vga,
	  VERDICT_RESERVE, REASON_NONE, CARD, "" },
	/* R18, R19 */
	{ "boot display", AT_CARD, is_boot_vga, VERDICT_REFUSED, REASON_BOOT_DISPLAY,
	  CARD, "" },
	{ "boot display, accepted", AT_CARD "boot-display = allow\n", is_boot_vga,
	  VERDICT_RESERVE, REASON_NONE, CARD, "" },
	{ "framebuffer on class 0380", AT_CARD, is_framebuffer, VERDICT_REFUSED,
	  REASON_BOOT_DISPLAY, CARD, "" },
	{ "console on class 0380, native driver", AT_CARD, is_console_0380,
	  VERDICT_REFUSED, REASON_BOOT_DISPLAY, CARD, "" },
	{ "boot_display of the kernel", AT_CARD, is_shown, VERDICT_REFUSED,
	  REASON_BOOT_DISPLAY, CARD, "" },
	{ "boot_vga, framebuffer in another's BAR", AT_CARD,
	  is_boot_vga_framebuffer_elsewhere, VERDICT_RESERVE, REASON_NONE, CARD, "" },
	{ "framebuffer unknown, class 0302", AT_CARD, framebuffer_unknown_0302,
	  VERDICT_REFUSED, REASON_CANNOT_TELL, CARD, "" },
	{ "framebuffer unknown, class 0380", AT_CARD, framebuffer_unknown_0380,
	  VERDICT_REFUSED, REASON_CANNOT_TELL, CARD, "" },
	{ "framebuffer unknown", AT_CARD, framebuffer_unknown, VERDICT_REFUSED,
	  REASON_CANNOT_TELL, CARD, "" },
	{ "boot_vga cannot be read", AT_CARD, boot_vga_unknown, VERDICT_REFUSED,
	  REASON_CANNOT_TELL, CARD, "" },
	{ "a function cannot be read", AT_CARD "boot-display = allow\n",
	  stranger_unreadable, VERDICT_REFUSED, REASON_CANNOT_TELL, CARD, "" },
	{ "framebuffer unknown, accepted", AT_CARD "boot-display = allow\n",
	  framebuffer_unknown, VERDICT_RESERVE, REASON_NONE, CARD, "" },
	/* subdevice of an id: all four numbers count */
	{ "another subdevice", "[target card]\nid = 10de:1e84:1458:37c5\n", subsystems,
	  VERDICT_ABSENT, REASON_ABSENT, "", "" },
	{ "another subvendor", "[target card]\nid = 10de:1e84:1459:37c4\n", subsystems,
	  VERDICT_ABSENT, REASON_ABSENT, "", "" },
	/* two functions of one id in a slot are one card */
	{ "one id twice in a slot", "[target card]\nid = 10de:1e84\n", twins_in_slot,
	  VERDICT_RESERVE, REASON_NONE, CARD, "" },
	/* class 0480 is sound, a companion */
	{ "other multimedia is a companion", AT_CARD, sound_is_0480, VERDICT_RESERVE,
	  REASON_NONE, CARD, "" },
	{ "video is no companion", AT_CARD, sound_is_0400, VERDICT_REFUSED,
	  REASON_GROUP_SHARED, "0000:09:00.0 0000:09:00.2 0000:09:00.3", "0000:09:00.1" },
	/* header type 1 is a bridge, whatever its class */
	{ "a bridge of another class is transparent", AT_CARD, odd_bridge,
	  VERDICT_RESERVE, REASON_NONE, CARD, "" },
	{ "nor is it taken as a peer", AT_CARD "peers = take\n", odd_bridge,
	  VERDICT_RESERVE, REASON_NONE, CARD, "" },
	{ "without its header it is an endpoint", AT_CARD, odd_bridge_unknown,
	  VERDICT_REFUSED, REASON_GROUP_SHARED, CARD, "0000:0a:00.0" },
	/* peers = take leaves what the host cannot lose */
	{ "no memory controller as a peer", AT_CARD "peers = take\n", memory_peer,
	  VERDICT_REFUSED, REASON_GROUP_SHARED, CARD, "0000:0a:00.0" },
	{ "no system peripheral as a peer", AT_CARD "peers = take\n", system_peer,
	  VERDICT_REFUSED, REASON_GROUP_SHARED, CARD, "0000:0a:00.0" },
	/* a group that is not listed, and one of noiommu: nothing shares it for real */
	{ "group not listed", AT_CARD, group_not_listed, VERDICT_REFUSED,
	  REASON_CANNOT_TELL, CARD, "" },
	{ "noiommu's group holds no peers", AT_CARD "peers = take\n",
	  noiommu_with_neighbour, VERDICT_REFUSED, REASON_NO_UNIT, CARD, "" },
	/* driver = is for the target alone */
	{ "named driver, companions get vfio-pci",
	  AT_CARD "driver = nvgrace-gpu-vfio-pci\n", variant_there, VERDICT_RESERVE,
	  REASON_NONE, CARD, "" },
	/* R22 */
	{ "a display driver has it", AT_CARD, nouveau_is_there, VERDICT_REFUSED,
	  REASON_DRIVER_IN_USE, CARD, "" },
	{ "the next boot is another matter", AT_CARD, nouveau_is_there_now,
	  VERDICT_RESERVE, REASON_NONE, CARD, "" },
	{ "a display driver has it, accepted", AT_CARD "bound-driver = unbind\n",
	  nouveau_is_there, VERDICT_RESERVE, REASON_NONE, CARD, "" },
	{ "an accelerator's driver has it", AT_CARD, accelerator_is_used, VERDICT_REFUSED,
	  REASON_DRIVER_IN_USE, CARD, "" },
	{ "a sound driver has it", AT_CARD, sound_is_there, VERDICT_RESERVE, REASON_NONE,
	  CARD, "" },
	{ "a sound driver has it, not accepted", AT_CARD "bound-driver = refuse\n",
	  sound_is_there, VERDICT_REFUSED, REASON_DRIVER_IN_USE, CARD, "" },
	{ "a place holder has it", AT_CARD "bound-driver = refuse\n", stub_is_there,
	  VERDICT_RESERVE, REASON_NONE, CARD, "" },
	{ "a VFIO driver has it", AT_CARD, other_vfio_is_there, VERDICT_RESERVE,
	  REASON_NONE, CARD, "" },
	/* R20 */
	{ "driver of the card unknown", AT_CARD, driver_unknown, VERDICT_REFUSED,
	  REASON_CANNOT_TELL, CARD, "" },
	{ "driver missing", AT_CARD, driver_missing, VERDICT_REFUSED,
	  REASON_DRIVER_MISSING, CARD, "" },
	{ "named driver missing", AT_CARD "driver = xe-vfio-pci\n", nothing,
	  VERDICT_REFUSED, REASON_DRIVER_MISSING, CARD, "" },
	{ "variant driver missing", AT_CARD, variant_missing, VERDICT_RESERVE,
	  REASON_NONE, CARD, "" },
};

/* Do the functions, written as addresses with blanks, equal the list? */
static void assert_addresses(const char *row, const char *what, const size_t *functions,
			     size_t count, const char *want)
{
	char text[2048] = "";

	for (size_t i = 0; i < count; i++) {
		char address[PCI_ADDRESS_TEXT];

		pci_address_format(&host.functions[functions[i]].address, address);
		strcat(text, i ? " " : "");
		strcat(text, address);
	}
	if (strcmp(text, want))
		fail_msg("%s: %s: %s, wanted %s", row, what, text, want);
}

static void assert_row(const struct row *row)
{
	size_t functions[PLAN_FUNCTIONS_MAX];
	const struct plan_target *target = &plan.targets[0];

	machine_desktop(&host);
	row->change();
	config_of(&config, row->config);
	plan_build(&config, &host, &plan);
	assert_int_not_equal(plan.n_targets, 0);
	if (target->verdict != row->verdict || target->reason != row->reason)
		fail_msg("%s: %s %s (%s), wanted %s %s", row->name,
			 verdict_names[target->verdict],
			 reason_info(target->reason)->code, target->detail,
			 verdict_names[row->verdict], reason_info(row->reason)->code);
	for (size_t i = 0; i < target->n_functions; i++)
		functions[i] = target->functions[i].function;
	assert_addresses(row->name, "functions", functions, target->n_functions,
			 row->functions);
	assert_addresses(row->name, "blockers", target->blockers, target->n_blockers,
			 row->blockers);
	if (plan.n_targets == 1)
		assert_int_equal(plan.n_actions != 0, row->verdict == VERDICT_RESERVE);
}

static void test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_row(&rows[i]);
}

static void assert_same_target(const char *row, const struct plan_target *a,
			       const struct plan_target *b)
{
	bool same = a->verdict == b->verdict && a->reasons == b->reasons &&
		    a->at == b->at && a->bundle == b->bundle &&
		    a->n_found == b->n_found && a->n_functions == b->n_functions &&
		    a->n_blockers == b->n_blockers && a->peers_help == b->peers_help &&
		    a->is_built_in == b->is_built_in && !strcmp(a->detail, b->detail);

	for (size_t i = 0; i < a->n_functions && same; i++)
		same = a->functions[i].function == b->functions[i].function &&
		       a->functions[i].role == b->functions[i].role &&
		       a->functions[i].driver == b->functions[i].driver;
	for (size_t i = 0; i < a->n_blockers && same; i++)
		same = a->blockers[i] == b->blockers[i];
	if (!same)
		fail_msg("%s: behind the end of a list: %s %s (%s)", row,
			 verdict_names[b->verdict], reason_info(b->reason)->code,
			 b->detail);
}

/* Once more, in memory that still holds a plan: the same. */
static void assert_same_plan(const char *row)
{
	static struct plan again;

	again.targets[plan.n_targets] = plan.targets[0];
	plan_build(&config, &host, &again);
	assert_int_equal(again.n_targets, plan.n_targets);
	for (size_t i = 0; i < plan.n_targets; i++)
		assert_same_target(row, &plan.targets[i], &again.targets[i]);
	assert_int_equal(again.n_actions, plan.n_actions);
	for (size_t i = 0; i < plan.n_actions; i++)
		assert_true(again.actions[i].type == plan.actions[i].type &&
			    again.actions[i].function == plan.actions[i].function);
}

/* A function that is none: it lies behind the end of the list, and would count. */
static void trap_set(unsigned int kind, size_t like)
{
	const struct config_target *wanted = &config.targets[0];
	struct host_function *trap = &host.functions[host.n_functions];

	*trap = host.functions[like];
	if (kind == 1) {
		trap->path = wanted->path;
		trap->vfs_total = 300;
		trap->vf_offset = 1;
		trap->vf_stride = 1;
		trap->has_route = true;
		trap->is_host_disk = true;
		trap->holder = like;
		trap->has_group = true;
		trap->group = 24;
		strcpy(trap->unit, "dmar0");
	} else if (kind == 2) {
		trap->unreadable = true;
		trap->driver_unknown = true;
	} else if (kind == 3 && wanted->n_ids) {
		trap->id = wanted->ids[wanted->n_ids - 1];
		trap->class_code = 0x030000;
	}
}

/* The rules look at nothing that lies behind the end of a list. */
static void test_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_row(&rows[i]);
		for (size_t like = 0; like < host.n_functions; like++)
			for (unsigned int kind = 0; kind < 4; kind++) {
				trap_set(kind, like);
				for (size_t t = 0; t < config.n_targets; t++)
					config.targets[t].ids[config.targets[t].n_ids] =
						host.functions[like].id;
				assert_same_plan(rows[i].name);
			}
	}
}

static void test_every_rule_has_a_row(void **state)
{
	/* Tests of their own: R1, R2, R9, R21. */
	const uint64_t elsewhere =
		UINT64_C(1) << REASON_CONFIG_INVALID | UINT64_C(1) << REASON_MODE_OFF |
		UINT64_C(1) << REASON_CLAIMED_TWICE | UINT64_C(1) << REASON_LIMIT;

	(void)state;
	for (unsigned int reason = 0; reason < REASON_COUNT; reason++) {
		bool has_row = elsewhere >> reason & 1;

		if (!reason_info((enum reason)reason)->rule)
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
			has_row |= rows[i].reason == reason;
		if (!has_row)
			fail_msg("%s has no row", reason_info((enum reason)reason)->code);
	}
}

static const char *remedy_when(const char *text, void (*change)(void))
{
	machine_desktop(&host);
	change();
	config_of(&config, text);
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.targets[0].reason, REASON_GROUP_SHARED);
	return remedy_of(&host, &plan.targets[0], REASON_GROUP_SHARED);
}

static void chipset_sound(void)
{
	for (size_t i = 0; i < host.n_functions; i++)
		if (host.functions[i].address.device == 0x1f) {
			host.functions[i].port = HOST_PORT_CONVENTIONAL;
			host.functions[i].multifunction = true;
		}
}

/* Advice that leads to reserve: peers = take, another slot, or neither */
static void test_remedies(void **state)
{
	const char *built_in = "[target sound]\nid = 8086:a348\n";
	const char *text;

	(void)state;
	assert_non_null(
		strstr(remedy_when(AT_CARD, shared_with_nvme_bound), "peers = take"));
	text = remedy_when(AT_CARD, shared_with_isa);
	assert_null(strstr(text, "peers"));
	assert_non_null(strstr(text, "move the card"));
	text = remedy_when(AT_CARD "peers = take\n", shared_with_isa);
	assert_null(strstr(text, "peers"));
	text = remedy_when(built_in, chipset_sound);
	assert_null(strstr(text, "peers"));
	assert_null(strstr(text, "move"));
	/* and the slot of the chipset is told as what it is */
	assert_true(plan.targets[0].has_culprit);
	assert_int_equal(plan.targets[0].culprit.failure, ACS_FAILURE_MULTIFUNCTION);
	assert_false(plan.targets[0].peers_help);
	assert_true(plan.targets[0].is_built_in);
	/* peers that could be taken, and one that another rule refuses */
	text = remedy_when(AT_CARD, shared_with_nvme);
	assert_false(plan.targets[0].peers_help);
	assert_null(strstr(text, "peers"));
}

/* Nothing of the remedies is looked at when the group is not shared. */
static void test_group_not_shared(void **state)
{
	(void)state;
	machine_desktop(&host);
	header_unknown();
	config_of(&config, AT_CARD "[target second]\naddress = 0b:00.0\n");
	plan_build(&config, &host, &plan);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(plan.targets[i].verdict,
				 i ? VERDICT_RESERVE : VERDICT_REFUSED);
		assert_false(plan.targets[i].peers_help);
		assert_false(plan.targets[i].is_built_in);
		assert_false(plan.targets[i].has_culprit);
	}
}

static void sound_on_root_bus(void)
{
}

static void sound_integrated(void)
{
	machine_at(&host, "0000:00:1f.3")->port = HOST_PORT_INTEGRATED_ENDPOINT;
}

/* The first function of all, which no target takes */
static void host_bridge_conventional(void)
{
	host.functions[0].port = HOST_PORT_CONVENTIONAL;
}

/* A device of PCI Express on a root bus has a slot, in most virtual machines. */
static void test_built_in(void **state)
{
	static const struct {
		const char *config;
		void (*change)(void);
		bool is_built_in;
	} cases[] = {
		{ "[target sound]\nid = 8086:a348\n", sound_on_root_bus, false },
		{ "[target sound]\nid = 8086:a348\n", sound_integrated, true },
		{ AT_CARD "functions = 1,2,3\n", host_bridge_conventional, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		machine_desktop(&host);
		cases[i].change();
		config_of(&config, cases[i].config);
		plan_build(&config, &host, &plan);
		assert_true(plan.targets[0].reasons >> REASON_GROUP_SHARED & 1);
		assert_int_equal(plan.targets[0].is_built_in, cases[i].is_built_in);
	}
}

static void stranger_unknown(void)
{
	stranger_unreadable();
	machine_at(&host, "0000:0a:00.0")->has_group = false;
	machine_at(&host, "0000:0a:00.0")->id_unknown = true;
}

static void stranger_of_no_group(void)
{
	stranger_unknown();
	machine_at(&host, "0000:0a:00.0")->id_unknown = false;
}

static void stranger_in_group(void)
{
	stranger_unreadable();
	shared_with_nvme();
}

static void stranger_in_slot(void)
{
	machine_at(&host, "0000:09:00.3")->unreadable = true;
	machine_at(&host, "0000:09:00.3")->has_group = false;
}

/* Beside the first function of all */
static void stranger_beside_host_bridge(void)
{
	struct host_function *function = machine_at(&host, "0000:00:02.0");

	function->address.device = 0;
	function->address.function = 1;
	function->unreadable = true;
	function->has_group = false;
}

/* The groups are listed: only what may be near the card is in its way. */
static void test_may_be_near(void **state)
{
	static const struct {
		const char *config;
		void (*change)(void);
		bool near;
	} cases[] = {
		{ "[target card]\nid = 10de:1e84\n", stranger_unknown, true },
		{ "[target card]\nid = 10de:1e84\n", stranger_of_no_group, false },
		{ "[target card]\naddress = 09:00.0\n", stranger_unknown, false },
		{ "[target card]\npath = 00:03.1/00.0\n", stranger_unknown, false },
		{ AT_CARD, stranger_in_group, true },
		{ AT_CARD, stranger_unreadable, false },
		{ AT_CARD "functions = 0,1,2\n", stranger_in_slot, true },
		{ AT_CARD, stranger_beside_host_bridge, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		machine_desktop(&host);
		single_card();
		host.groups_listed = true;
		cases[i].change();
		config_of(&config, cases[i].config);
		plan_build(&config, &host, &plan);
		if ((plan.targets[0].reasons >> REASON_CANNOT_TELL & 1) != cases[i].near)
			fail_msg("row %zu: %s", i, plan.targets[0].detail);
	}
}

static void machine_arc(void)
{
	machine_switch(&host);
}

static void arc_as_it_is(void)
{
}

static void arc_in_a_box(void)
{
	host.functions[ARC_DOWN].hotplug = true;
	host.functions[ARC_DOWN_2].hotplug = true;
}

static void arc_foreign_switch(void)
{
	host.functions[ARC_UP].id.vendor = 0x10b5;
	host.functions[ARC_DOWN].id.vendor = 0x10b5;
	host.functions[ARC_DOWN_2].id.vendor = 0x10b5;
}

static void arc_two_gpus(void)
{
	host.functions[ARC_SOUND].class_code = 0x030000;
	host.functions[ARC_SOUND].boot_vga = FACT_NO;
}

static void arc_foreign_part(void)
{
	host.functions[ARC_SOUND].id.vendor = 0x144d;
}

/* Root ports of the processor are no switch, though they are of the vendor, too. */
static void arc_root_ports(void)
{
	host.functions[ARC_DOWN].port = HOST_PORT_ROOT;
	host.functions[ARC_DOWN_2].port = HOST_PORT_ROOT;
}

#define ARC_BY_ID "[target arc]\nid = 8086:56a0\n"
#define ARC_BOTH "0000:03:00.0 0000:04:00.0"

static void test_parts_on_other_buses(void **state)
{
	static const struct {
		const char *config;
		void (*change)(void);
		enum reason reason;
		const char *functions;
	} arcs[] = {
		{ ARC_BY_ID, arc_as_it_is, REASON_NONE, ARC_BOTH },
		{ "[target arc]\naddress = 03:00.0\n", arc_as_it_is, REASON_NONE,
		  ARC_BOTH },
		{ "[target arc]\nids = 8086:56a0, 8086:4f90\n", arc_as_it_is, REASON_NONE,
		  ARC_BOTH },
		{ "[target arc]\nids = 8086:4f90, 8086:56a0\n", arc_as_it_is, REASON_NONE,
		  ARC_BOTH },
		/* the sound named alone, and a list, are just that */
		{ "[target sound]\nid = 8086:4f90\n", arc_as_it_is, REASON_NONE,
		  "0000:04:00.0" },
		{ ARC_BY_ID "functions = 0\n", arc_as_it_is, REASON_NONE,
		  "0000:03:00.0" },
		/* what is no switch of the card's own */
		{ ARC_BY_ID, arc_in_a_box, REASON_NONE, "0000:03:00.0" },
		{ ARC_BY_ID, arc_foreign_switch, REASON_NONE, "0000:03:00.0" },
		{ ARC_BY_ID, arc_two_gpus, REASON_NONE, "0000:03:00.0" },
		{ ARC_BY_ID, arc_foreign_part, REASON_NONE, "0000:03:00.0" },
		{ ARC_BY_ID, arc_root_ports, REASON_NONE, "0000:03:00.0" },
		{ "[target arc]\nids = 8086:56a0, 8086:4f90\n", arc_foreign_switch,
		  REASON_ID_MISMATCH, "0000:03:00.0" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(arcs); i++) {
		size_t functions[PLAN_FUNCTIONS_MAX];
		const struct plan_target *target = &plan.targets[0];

		machine_arc();
		arcs[i].change();
		config_of(&config, arcs[i].config);
		plan_build(&config, &host, &plan);
		if (target->reason != arcs[i].reason)
			fail_msg("row %zu: %s", i, reason_info(target->reason)->code);
		for (size_t f = 0; f < target->n_functions; f++)
			functions[f] = target->functions[f].function;
		assert_addresses(arcs[i].config, "functions", functions,
				 target->n_functions, arcs[i].functions);
	}
}

/* A card of so many parts that they are too many for a target */
static void test_parts_limit(void **state)
{
	(void)state;
	for (unsigned int more = 0; more < 2; more++) {
		machine_arc();
		for (unsigned int i = 2; i < PLAN_FUNCTIONS_MAX + more; i++) {
			struct host_function *function;
			char address[PCI_ADDRESS_TEXT];

			(void)snprintf(address, sizeof(address), "0000:04:%02x.%u", i / 8,
				       i % 8);
			function = machine_add(&host, address, 0x0403, "8086:4f90",
					       100 + (int)i);
			function->parent = ARC_DOWN_2;
		}
		config_of(&config, ARC_BY_ID);
		plan_build(&config, &host, &plan);
		assert_int_equal(plan.targets[0].n_functions, PLAN_FUNCTIONS_MAX);
		assert_int_equal(plan.targets[0].reason,
				 more ? REASON_LIMIT : REASON_NONE);
	}
}

/* Where the ids are, when they are not all on the card */
static void test_ids_elsewhere(void **state)
{
	const struct plan_target *target = &plan.targets[0];

	(void)state;
	machine_desktop(&host);
	single_card();
	config_of(&config, "[target card]\nids = 10de:1e84, 144d:a808\n");
	plan_build(&config, &host, &plan);
	assert_int_equal(target->reason, REASON_ID_MISMATCH);
	assert_int_equal(target->n_found, 2);
	assert_ptr_equal(&host.functions[target->found[1]],
			 machine_at(&host, "0000:0a:00.0"));
}

/* R1, R2: the kill switch counts also when the config is not understood. */
static void test_barred(void **state)
{
	(void)state;
	machine_desktop(&host);
	config_of(&config, AT_CARD);
	config.invalid = true;
	fault_set(&config.fault, -22, "etc/vfio-early.conf:3: found \"x\"");
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.n_targets, 1);
	assert_int_equal(plan.targets[0].verdict, VERDICT_REFUSED);
	assert_int_equal(plan.targets[0].reason, REASON_CONFIG_INVALID);
	assert_string_equal(plan.targets[0].detail, config.fault.text);
	assert_int_equal(plan.n_actions, 0);
	config.mode = CONFIG_MODE_OFF;
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.targets[0].verdict, VERDICT_SKIPPED);
	assert_int_equal(plan.targets[0].reason, REASON_MODE_OFF);
	assert_int_equal(plan.n_actions, 0);
}

/* R9 */
static void test_claimed_twice(void **state)
{
	(void)state;
	machine_desktop(&host);
	config_of(&config, AT_CARD "[target again]\naddress = 09:00.1\n");
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.targets[0].verdict, VERDICT_RESERVE);
	assert_int_equal(plan.targets[1].verdict, VERDICT_REFUSED);
	assert_int_equal(plan.targets[1].reason, REASON_CLAIMED_TWICE);
	assert_non_null(strstr(plan.targets[1].detail, "0000:09:00.1"));
}

/* R21: more functions than there is room for */
static void test_limit(void **state)
{
	(void)state;
	machine_init(&host);
	for (unsigned int i = 0; i < PLAN_FUNCTIONS_MAX + 2; i++) {
		char address[PCI_ADDRESS_TEXT];

		(void)snprintf(address, sizeof(address), "0000:%02x:%02x.%u", 1 + i / 256,
			       i / 8 % 32, i % 8);
		machine_add(&host, address, 0x0300, i ? "10de:0002" : "10de:0001", 1);
	}
	config_of(&config, "[target many]\nid = 10de:0001\npeers = take\n");
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.targets[0].n_functions, PLAN_FUNCTIONS_MAX);
	assert_int_equal(plan.targets[0].verdict, VERDICT_REFUSED);
	assert_true(plan.targets[0].reasons >> REASON_LIMIT & 1);
	assert_int_equal(plan.n_actions, 0);
}

/* Equal cards beyond every limit are ambiguous, and counted no further than known. */
static void test_many_equal(void **state)
{
	(void)state;
	machine_init(&host);
	for (unsigned int i = 0; i < 2 * PLAN_TARGETS_MAX; i++) {
		char address[PCI_ADDRESS_TEXT];

		(void)snprintf(address, sizeof(address), "0000:%02x:00.0", 1 + i);
		machine_add(&host, address, 0x0302, "10de:20b0", (int)i);
	}
	config_of(&config, "[target one]\nid = 10de:20b0\n");
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.targets[0].reason, REASON_AMBIGUOUS);
	assert_int_equal(plan.targets[0].n_found, PLAN_FOUND_MAX);
	for (size_t i = 0; i < PLAN_FOUND_MAX; i++)
		assert_int_equal(plan.targets[0].found[i], i);
	assert_non_null(strstr(plan.targets[0].detail, "and at least 28 more"));
	config_of(&config, "[target moved]\nid = 10de:20b0\naddress = 00:1f.0\n");
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.targets[0].reason, REASON_ID_MISMATCH);
	assert_int_equal(plan.targets[0].n_found, PLAN_FOUND_MAX);
	config_of(&config, "[target every]\nid = 10de:20b0\nall = yes\n");
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.targets[0].reason, REASON_LIMIT);
	assert_int_equal(plan.n_actions, 0);
}

/* So many slots, each of so many functions; 32 slots for each target */
static void machine_many(unsigned int slots, unsigned int functions)
{
	machine_init(&host);
	for (unsigned int i = 0; i < slots; i++)
		for (unsigned int f = 0; f < functions; f++) {
			char address[PCI_ADDRESS_TEXT], id[PCI_ID_TEXT];

			(void)snprintf(address, sizeof(address), "0000:%02x:00.%u",
				       (1 + i) & 0xff, f & 7);
			(void)snprintf(id, sizeof(id), "10de:%04x",
				       f ? 0xffff : (i / 32) & 0xff);
			machine_add(&host, address, 0x0300, id, (int)i);
		}
	config_of(&config, "[target a]\nid = 10de:0000\nall = yes\n"
			   "[target b]\nid = 10de:0001\nall = yes\n"
			   "[target c]\nid = 10de:0002\nall = yes\n");
	config.n_targets = (slots + 31) / 32;
}

/* More actions, or more targets, than there is room for: nothing at all is done. */
static void test_overflow(void **state)
{
	static const struct {
		unsigned int functions; /* of each slot */
		unsigned int slots;
		size_t targets;
	} overs[] = { { 8, 44, 44 }, { 8, 64, 64 }, { 1, 65, 64 } };
	static struct {
		struct plan plan;
		uint64_t behind[8];
	} fenced;
	const struct plan *full = &fenced.plan;

	(void)state;
	for (size_t r = 0; r < ARRAY_SIZE(overs); r++) {
		machine_many(overs[r].slots, overs[r].functions);
		plan_build(&config, &host, &fenced.plan);
		assert_true(full->overflow);
		assert_int_equal(full->n_actions, 0);
		assert_int_equal(full->n_targets, overs[r].targets);
		for (size_t i = 0; i < PLAN_TARGETS_MAX; i++)
			assert_int_equal(full->targets[i].reason, i < full->n_targets ?
									  REASON_LIMIT :
									  REASON_NONE);
		for (size_t i = 0; i < full->n_targets; i++)
			assert_int_equal(full->targets[i].verdict, VERDICT_REFUSED);
		for (size_t i = 0; i < ARRAY_SIZE(fenced.behind); i++)
			assert_int_equal(fenced.behind[i], 0);
	}
}

/* Exactly as many targets as there is room for; then one more, which is not there */
static void test_overflow_absent(void **state)
{
	(void)state;
	machine_many(64, 1);
	plan_build(&config, &host, &plan);
	assert_false(plan.overflow);
	assert_int_equal(plan.n_targets, PLAN_TARGETS_MAX);
	assert_int_equal(plan.targets[PLAN_TARGETS_MAX - 1].verdict, VERDICT_RESERVE);
	config.n_targets = 3;
	plan_build(&config, &host, &plan);
	assert_true(plan.overflow);
	assert_int_equal(plan.n_targets, PLAN_TARGETS_MAX);
	assert_int_equal(plan.n_actions, 0);
}

/* A first and a third card that share nothing, and a second that shares with both */
static void test_bundles_chain(void **state)
{
	(void)state;
	machine_init(&host);
	machine_add(&host, "0000:01:00.0", 0x0300, "10de:0001", 1);
	machine_add(&host, "0000:02:00.0", 0x0300, "10de:0002", 2);
	machine_add(&host, "0000:03:00.0", 0x0300, "10de:0003", 1);
	machine_add(&host, "0000:03:00.1", 0x0403, "10de:0004", 2);
	config_of(&config, "[target a]\naddress = 01:00.0\n"
			   "[target b]\naddress = 02:00.0\n"
			   "[target c]\naddress = 03:00.0\n");
	plan_build(&config, &host, &plan);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(plan.targets[i].verdict, VERDICT_RESERVE);
		assert_int_equal(plan.targets[i].bundle, plan.targets[0].bundle);
	}
	/* a module is loaded once for the three */
	assert_int_equal(plan.actions[4].type, ACTION_LOAD);
	assert_int_equal(plan.actions[5].type, ACTION_BIND);
}

/*
 * Two cards that share nothing, the first one a group with the first function of all; a
 * target that was there before lies behind the last.
 */
static void test_bundles_ends(void **state)
{
	(void)state;
	machine_init(&host);
	machine_add(&host, "0000:00:00.0", 0x0600, "8086:3ec2", 1);
	machine_add(&host, "0000:01:00.0", 0x0300, "10de:0001", 1);
	machine_add(&host, "0000:02:00.0", 0x0300, "10de:0002", 2);
	config_of(&config, "[target a]\naddress = 01:00.0\n"
			   "[target b]\naddress = 02:00.0\n");
	plan_build(&config, &host, &plan);
	plan.targets[2] = plan.targets[0];
	plan.targets[2].bundle = 1;
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.targets[0].bundle, 0);
	assert_int_equal(plan.targets[1].bundle, 1);
	/* joined, and what is behind the last is left alone */
	machine_move(&host, "0000:02:00.0", 1);
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.targets[1].bundle, 0);
	assert_int_equal(plan.targets[2].bundle, 1);
}

/* A target that is refused, and in no one's way, is in nothing with the others. */
static void test_bundles_refused(void **state)
{
	(void)state;
	machine_desktop(&host);
	shared_with_ports();
	config_of(&config, "[target port]\nid = 8086:a340\n" AT_CARD);
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.targets[0].reason, REASON_NOT_ENDPOINT);
	assert_int_equal(plan.targets[1].verdict, VERDICT_RESERVE);
	assert_int_equal(plan.targets[1].bundle, 1);
}

/* peers = take leaves what another target names, and what it gets stays whole. */
static void test_peers_and_claims(void **state)
{
	(void)state;
	machine_desktop(&host);
	shared_with_second_card();
	config_of(&config, AT_CARD "peers = take\n[target second]\naddress = 0b:00.0\n");
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.targets[0].verdict, VERDICT_RESERVE);
	assert_int_equal(plan.targets[0].n_functions, 4);
	assert_int_equal(plan.targets[1].verdict, VERDICT_RESERVE);
	assert_int_equal(plan.targets[1].n_functions, 2);
	assert_int_equal(plan.targets[0].bundle, plan.targets[1].bundle);
	/* without the other target they come along, in the order of addresses */
	machine_move(&host, "0000:00:1f.3", 24);
	config_of(&config, AT_CARD "peers = take\n");
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.targets[0].n_functions, 7);
	for (size_t i = 1; i < 7; i++)
		assert_true(plan.targets[0].functions[i - 1].function <
			    plan.targets[0].functions[i].function);
	assert_int_equal(plan.targets[0].functions[0].role, ROLE_PEER);
}

static void test_driver_of_target_only(void **state)
{
	const struct plan_target *target = &plan.targets[0];

	(void)state;
	machine_desktop(&host);
	variant_there();
	machine_at(&host, "0000:09:00.0")->vfio_driver = 0;
	config_of(&config, AT_CARD "driver = nvgrace-gpu-vfio-pci\n");
	plan_build(&config, &host, &plan);
	assert_int_equal(target->functions[0].driver, 1);
	for (size_t i = 1; i < target->n_functions; i++)
		assert_int_equal(target->functions[i].driver, 0);
}

/* 256 others in the group are told; one more is too many. */
static void test_blockers_limit(void **state)
{
	(void)state;
	for (unsigned int more = 0; more < 2; more++) {
		machine_init(&host);
		machine_add(&host, "0000:01:00.0", 0x0300, "10de:0001", 1);
		for (unsigned int i = 0; i < PLAN_BLOCKERS_MAX + more; i++) {
			char address[PCI_ADDRESS_TEXT];

			(void)snprintf(address, sizeof(address), "0000:%02x:%02x.%u",
				       2 + i / 256, i / 8 % 32, i % 8);
			machine_add(&host, address, 0x0200, "8086:1572", 1);
		}
		config_of(&config, "[target card]\nid = 10de:0001\n");
		plan_build(&config, &host, &plan);
		assert_int_equal(plan.targets[0].n_blockers, PLAN_BLOCKERS_MAX);
		assert_int_equal(plan.targets[0].reasons >> REASON_LIMIT & 1, more);
		assert_true(plan.targets[0].reasons >> REASON_GROUP_SHARED & 1);
	}
}

static void test_all(void **state)
{
	(void)state;
	machine_desktop(&host);
	config_of(&config, "[target cards]\nid = 10de:1e84\nall = yes\n");
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.n_targets, 2);
	assert_int_equal(plan.targets[0].n_functions, 4);
	assert_int_equal(plan.targets[1].n_functions, 2);
	assert_int_not_equal(plan.targets[0].bundle, plan.targets[1].bundle);
	assert_string_equal(plan.targets[0].name, "cards#1");
	assert_string_equal(plan.targets[1].name, "cards#2");
}

/* With all = yes each port is a target; both stand alone. */
static void test_all_ports(void **state)
{
	(void)state;
	machine_desktop(&host);
	two_ports();
	config_of(&config, "[target nic]\nid = 8086:1572\nall = yes\n");
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.n_targets, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(plan.targets[i].verdict, VERDICT_RESERVE);
		assert_int_equal(plan.targets[i].n_functions, 1);
	}
	assert_int_not_equal(plan.targets[0].functions[0].function,
			     plan.targets[1].functions[0].function);
}

static void test_bundle(void **state)
{
	(void)state;
	machine_desktop(&host);
	shared_with_second_card();
	config_of(&config, AT_CARD "[target second]\naddress = 0b:00.0\n");
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.targets[1].verdict, VERDICT_RESERVE);
	assert_int_equal(plan.targets[0].bundle, plan.targets[1].bundle);
	/* All overrides of both cards come before anything else. */
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(plan.actions[i].type, ACTION_OVERRIDE);
	assert_int_equal(plan.actions[6].type, ACTION_LOAD);
}

static void assert_actions(const char *want)
{
	char text[1024] = "";

	for (size_t i = 0; i < plan.n_actions; i++) {
		const struct action *action = &plan.actions[i];
		char word[64];

		(void)snprintf(word, sizeof(word), "%s%s:%u", i ? " " : "",
			       action_type_names[action->type],
			       host.functions[action->function].address.function);
		strcat(text, word);
	}
	assert_string_equal(text, want);
}

static void test_actions(void **state)
{
	(void)state;
	machine_desktop(&host);
	config_of(&config, "[target card]\naddress = 0b:00.0\n");
	plan_build(&config, &host, &plan);
	assert_actions("override:0 override:1 load:0 bind:0 bind:1 verify:0 verify:1");
	strcpy(machine_at(&host, "0000:0b:00.1")->driver, "snd_hda_intel");
	plan_build(&config, &host, &plan);
	assert_actions("override:0 override:1 unbind:1 load:0 bind:0 bind:1 verify:0 "
		       "verify:1");
	strcpy(machine_at(&host, "0000:0b:00.1")->driver, "vfio-pci");
	host.drivers[0].state = HOST_DRIVER_BUILTIN;
	plan_build(&config, &host, &plan);
	assert_actions("override:0 override:1 bind:0 verify:0 verify:1");
}

static void test_variant(void **state)
{
	(void)state;
	machine_desktop(&host);
	variant_there();
	config_of(&config, AT_CARD);
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.targets[0].functions[0].driver, 1);
	assert_int_equal(plan.targets[0].functions[1].driver, 0);
	config_of(&config, AT_CARD "driver = vfio-pci\n");
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.targets[0].functions[0].driver, 0);
	/* one that is not looked for: it lies behind the end of the list */
	host.n_drivers = 1;
	config_of(&config, AT_CARD);
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.targets[0].functions[0].driver, 0);
}

/* All reasons are told, not only the first. */
static void test_reasons(void **state)
{
	(void)state;
	machine_desktop(&host);
	shared_with_nvme();
	is_boot_vga();
	remapping_off();
	config_of(&config, AT_CARD);
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.targets[0].reason, REASON_GROUP_SHARED);
	assert_true(plan.targets[0].reasons ==
		    (UINT64_C(1) << REASON_GROUP_SHARED |
		     UINT64_C(1) << REASON_BOOT_DISPLAY |
		     UINT64_C(1) << REASON_INTERRUPT_REMAPPING));
}

/* Of one fact there is one reason, and the first function that it is about. */
static void test_reasons_alone(void **state)
{
	static const struct {
		void (*change)(void);
		enum reason reason;
	} alone[] = {
		{ iommu_off, REASON_IOMMU_INACTIVE },
		{ framebuffer_unknown, REASON_CANNOT_TELL },
		{ vfs_enabled, REASON_VFS_ENABLED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(alone); i++) {
		machine_desktop(&host);
		alone[i].change();
		config_of(&config, AT_CARD);
		plan_build(&config, &host, &plan);
		assert_true(plan.targets[0].reasons == UINT64_C(1) << alone[i].reason);
	}
	machine_at(&host, "0000:09:00.3")->vfs = 1;
	plan_build(&config, &host, &plan);
	assert_ptr_equal(&host.functions[plan.targets[0].at],
			 machine_at(&host, "0000:09:00.0"));
}

/* The words for a fixed mapping are those of the platform, in the order that decides. */
static void test_mapping(void **state)
{
	const struct {
		const char *table;
		enum host_arch arch;
		bool device_tree;
		const char *words;
	} platforms[] = {
		{ "DMAR", HOST_ARCH_X86, false, "direct (RMRR)" },
		{ "IVRS", HOST_ARCH_X86, false, "direct (IVMD)" },
		{ "IORT", HOST_ARCH_ARM, false, "direct (RMR)" },
		{ "", HOST_ARCH_ARM, true, "direct (iommu-addresses)" },
		{ "", HOST_ARCH_UNKNOWN, true, "direct (iommu-addresses)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(platforms); i++) {
		machine_desktop(&host);
		direct_region();
		strcpy(host.table, platforms[i].table);
		host.arch = platforms[i].arch;
		host.device_tree = platforms[i].device_tree;
		config_of(&config, AT_CARD);
		plan_build(&config, &host, &plan);
		assert_int_equal(plan.targets[0].reason, REASON_RESERVED_REGION);
		assert_non_null(strstr(plan.targets[0].detail, platforms[i].words));
	}
}

/* What looks like a way out of a missing IOMMU is none. */
static void test_noiommu_mode(void **state)
{
	static const char words[] =
		"vfio.enable_unsafe_noiommu_mode gives no isolation; ";

	(void)state;
	machine_desktop(&host);
	iommu_off();
	config_of(&config, AT_CARD);
	for (unsigned int i = 0; i < 2; i++) {
		host.noiommu_mode = i;
		plan_build(&config, &host, &plan);
		assert_int_equal(plan.targets[0].reason, REASON_IOMMU_INACTIVE);
		assert_int_equal(strncmp(plan.targets[0].detail, words, strlen(words)) ==
					 0,
				 host.noiommu_mode);
		assert_non_null(strstr(plan.targets[0].detail, "ACPI DMAR"));
	}
}

static void test_culprit(void **state)
{
	struct host_function *port;

	(void)state;
	machine_desktop(&host);
	shared_with_nvme();
	config_of(&config, AT_CARD);
	plan_build(&config, &host, &plan);
	assert_true(plan.targets[0].has_culprit);
	port = machine_at(&host, "0000:00:03.1");
	assert_ptr_equal(&host.functions[plan.targets[0].culprit.function], port);
	assert_int_equal(plan.targets[0].culprit.failure, ACS_FAILURE_MISSING);
	port->acs = (struct host_acs){ FACT_YES, 0x1f, 0x19 };
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.targets[0].culprit.failure, ACS_FAILURE_OFF);
	assert_int_equal(plan.targets[0].culprit.bits, ACS_REQUEST_REDIRECT);
	/* Bits that the capability lacks count as on; then the card is looked at. */
	port->acs = (struct host_acs){ FACT_YES, 0x1b, 0x19 };
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.targets[0].culprit.failure, ACS_FAILURE_MULTIFUNCTION);
	port->port = HOST_PORT_TO_PCI;
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.targets[0].culprit.failure, ACS_FAILURE_CONVENTIONAL);
	/* the first function of all would be one, and is not above the card */
	machine_init(&host);
	machine_add(&host, "0000:00:01.0", 0x0604, "8086:a340", 0);
	machine_add(&host, "0000:01:00.0", 0x0300, "10de:0001", 1);
	machine_add(&host, "0000:02:00.0", 0x0200, "8086:1572", 1);
	config_of(&config, "[target card]\nid = 10de:0001\n");
	plan_build(&config, &host, &plan);
	assert_int_equal(plan.targets[0].reason, REASON_GROUP_SHARED);
	assert_false(plan.targets[0].has_culprit);
}

/* Ports and functions that the kernel counts as isolated although they have no ACS */
/* A boot looks at disks and routes when a verdict depends on them, and only then. */
static void test_needs(void **state)
{
	static const struct {
		const char *config, *driver;
		unsigned int needs;
	} wanted[] = {
		{ "[target card]\naddress = 0b:00.0\n", "nouveau", 0 },
		{ AT_CARD, "", HOST_NEED_DISKS },
		{ AT_CARD, "vfio-pci", HOST_NEED_DISKS },
		{ AT_CARD, "xhci_hcd", HOST_NEED_ALL },
		/* function 2 is in the way, and may be taken as well */
		{ AT_CARD "functions = 0,1,3\n", "", HOST_NEED_DISKS | HOST_NEED_MOUNTS },
		{ AT_CARD "functions = 0,1,3\n", "xhci_hcd", HOST_NEED_ALL },
		{ "[target disk]\nid = 144d:a808\n", "",
		  HOST_NEED_DISKS | HOST_NEED_MOUNTS },
		{ "[target disk]\nid = 144d:a808\n", "nvme", HOST_NEED_ALL },
		{ "[target usb]\naddress = 09:00.2\n", "",
		  HOST_NEED_DISKS | HOST_NEED_MOUNTS },
		{ "[target net]\naddress = 0c:00.0\n", "", HOST_NEED_ALL },
		{ "[target serial]\naddress = 0d:00.0\n", "", 0 },
		{ "[target serial]\naddress = 0d:00.0\n", "pciback", 0 },
		{ "[target serial]\naddress = 0d:00.0\n", "8250", HOST_NEED_ALL },
		{ "[target accelerator]\naddress = 0e:00.0\n", "nouveau", 0 },
		{ "[target none]\nid = 0001:0001\n", "nouveau", 0 },
		{ "[target disk]\nid = 144d:a808\n[target none]\nid = 0001:0001\n", "",
		  HOST_NEED_DISKS | HOST_NEED_MOUNTS },
	};
	struct host_function *serial;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		machine_desktop(&host);
		machine_add(&host, "0000:0c:00.0", 0x0200, "8086:1572", 27);
		machine_add(&host, "0000:0d:00.0", 0x0700, "13a8:0152", 28);
		machine_add(&host, "0000:0e:00.0", 0x1200, "1da3:1000", 29);
		for (size_t f = 0; f < host.n_functions; f++)
			(void)snprintf(host.functions[f].driver, HOST_NAME_MAX, "%s",
				       wanted[i].driver);
		config_of(&config, wanted[i].config);
		plan_build(&config, &host, &plan);
		if (plan_needs(&host, &plan) != wanted[i].needs)
			fail_msg("%s, driver %s: %u", wanted[i].config, wanted[i].driver,
				 plan_needs(&host, &plan));
	}
	/* nothing is known to be free */
	config_of(&config, "[target serial]\naddress = 0d:00.0\n");
	plan_build(&config, &host, &plan);
	serial = machine_at(&host, "0000:0d:00.0");
	serial->driver[0] = '\0';
	assert_int_equal(plan_needs(&host, &plan), 0);
	serial->driver_unknown = true;
	assert_int_equal(plan_needs(&host, &plan), HOST_NEED_ALL);
	serial->driver_unknown = false;
	serial->has_header = false;
	assert_int_equal(plan_needs(&host, &plan), HOST_NEED_ALL);
	serial->has_header = true;
	serial->header_type = 1;
	assert_int_equal(plan_needs(&host, &plan), HOST_NEED_ALL);
	/* a target that was there before lies behind the last */
	machine_desktop(&host);
	config_of(&config, "[target card]\naddress = 0b:00.0\n"
			   "[target disk]\nid = 144d:a808\n");
	plan_build(&config, &host, &plan);
	assert_int_not_equal(plan_needs(&host, &plan), 0);
	config.n_targets = 1;
	plan_build(&config, &host, &plan);
	assert_int_equal(plan_needs(&host, &plan), 0);
}

static void test_vouched_for(void **state)
{
	static const struct {
		const char *id;
		enum host_port port;
		enum fact acs;
		bool blamed;
	} cases[] = {
		{ "8086:8c90", HOST_PORT_ROOT, FACT_NO, false },
		{ "8086:1d1e", HOST_PORT_ROOT, FACT_NO, false },
		{ "8086:1d1f", HOST_PORT_ROOT, FACT_NO, true },
		{ "8086:1901", HOST_PORT_ROOT, FACT_NO, true },
		{ "1022:8c90", HOST_PORT_ROOT, FACT_NO, true },
		{ "8086:8c90", HOST_PORT_DOWNSTREAM, FACT_NO, true },
		/* It has a capability: then that is what counts. */
		{ "8086:8c90", HOST_PORT_ROOT, FACT_YES, true },
		{ "8086:9a49", HOST_PORT_INTEGRATED_ENDPOINT, FACT_NO, false },
		{ "1002:9a49", HOST_PORT_INTEGRATED_ENDPOINT, FACT_NO, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct acs_culprit culprit;
		struct host_function *function;

		machine_init(&host);
		function = machine_add(&host, "0000:00:1c.0", 0x0604, cases[i].id, 1);
		function->port = cases[i].port;
		function->multifunction = true;
		function->acs = (struct host_acs){ cases[i].acs, 0x1f, 0 };
		if (acs_find_culprit(&host, 0, &culprit) != cases[i].blamed)
			fail_msg("row %zu, %s", i, cases[i].id);
	}
}

/* Any machine, any config */

static void random_function(unsigned int bus, unsigned int device, unsigned int number,
			    unsigned int n_groups)
{
	static const uint32_t classes[] = { 0x0300, 0x0302, 0x0380, 0x0403, 0x0c03,
					    0x0c80, 0x0604, 0x1200, 0x0601, 0x0106,
					    0x0108, 0x0200, 0x0806, 0x0300, 0x0403 };
	static const char *const ids[] = { "10de:0001", "10de:0002", "1002:0001",
					   "1022:0001", "8086:0001" };
	static const char *const drivers[] = { "",	   "",	     "",	"nouveau",
					       "vfio-pci", "shpchp", "pcieport" };
	struct host_function *function;
	char address[PCI_ADDRESS_TEXT];

	(void)snprintf(address, sizeof(address), "0000:%02x:%02x.%u", bus, device,
		       number);
	function = machine_add(&host, address, classes[dice(ARRAY_SIZE(classes))],
			       ids[dice(ARRAY_SIZE(ids))],
			       one_in(20) ? -1 : (int)dice(n_groups));
	strcpy(function->driver, drivers[dice(ARRAY_SIZE(drivers))]);
	function->has_header = !one_in(50);
	function->header_type = one_in(50) ? 1 : function->header_type;
	function->vfs = one_in(50);
	function->is_vf = one_in(50);
	function->is_host_disk = one_in(30);
	function->has_route = one_in(30);
	function->recorded = one_in(20) ? (uint8_t)dice(64) : 0;
	if (one_in(50))
		function->unit[0] = '\0';
	if (one_in(20))
		function->boot_vga = FACT_YES;
	if (one_in(30))
		strcpy(function->framebuffer, "efifb");
	if (one_in(20))
		function->vfio_driver = 1;
}

static void random_host(void)
{
	unsigned int n_groups = 1 + dice(40);

	machine_init(&host);
	host.drivers[0].state = (enum host_driver_state)dice(4);
	host.drivers[1] =
		(struct host_driver){ .name = "xe-vfio-pci",
				      .module = "xe_vfio_pci",
				      .state = (enum host_driver_state)dice(4) };
	host.n_drivers = 2;
	host.root_resolved = !one_in(4);
	host.drivers_count = one_in(2);
	host.disks_known = one_in(8) ? FACT_UNKNOWN : FACT_YES;
	host.network_needed = one_in(4);
	host.record_disks = (enum host_record)dice(5);
	host.record_network = (enum host_record)dice(5);
	host.record_display = (enum host_record)dice(5);
	host.framebuffer_known = one_in(8) ? FACT_NO : FACT_YES;
	host.interrupt_remapping = one_in(8) ? FACT_NO : FACT_YES;
	for (unsigned int bus = 0, slots = 1 + dice(12); bus < slots; bus++)
		for (unsigned int number = 0; number < 8; number++)
			if (!number || one_in(3))
				random_function(bus, 0, number, n_groups);
	if (one_in(20))
		iommu_off();
	for (size_t i = 0; i < host.n_groups; i++) {
		host.groups[i].noiommu = one_in(40);
		host.groups[i].direct = one_in(40);
		host.groups[i].known = !one_in(40);
	}
}

static void random_config(void)
{
	config_init(&config);
	config.mode = one_in(30) ? CONFIG_MODE_OFF : CONFIG_MODE_ON;
	config.invalid = one_in(30);
	for (size_t n = 1 + dice(4); config.n_targets < n; config.n_targets++) {
		struct config_target *target = &config.targets[config.n_targets];
		const struct host_function *function =
			&host.functions[dice((unsigned int)host.n_functions)];

		memset(target, 0, sizeof(*target));
		(void)snprintf(target->name, sizeof(target->name), "t%zu",
			       config.n_targets);
		if (!one_in(3))
			target->ids[target->n_ids++] = function->id;
		target->has_address = one_in(2) || !target->n_ids;
		target->address = function->address;
		target->has_functions = one_in(6);
		target->functions = (uint8_t)(1 + dice(255));
		target->take_peers = one_in(3);
		target->allow_boot_display = one_in(2);
		target->allow_host_network = one_in(2);
		target->bound_driver = (enum config_bound)dice(3);
		target->all = one_in(3);
	}
}

static bool alive_takes(const struct plan_target *target, size_t function)
{
	for (size_t i = 0; target->verdict == VERDICT_RESERVE && i < target->n_functions;
	     i++)
		if (target->functions[i].function == function)
			return true;
	return false;
}

static size_t takers(size_t function)
{
	size_t count = 0;

	for (size_t i = 0; i < plan.n_targets; i++)
		count += alive_takes(&plan.targets[i], function);
	return count;
}

static bool any_route(void)
{
	for (size_t i = 0; i < host.n_functions; i++)
		if (host.functions[i].has_route)
			return true;
	return false;
}

/* Nothing of what the promises forbid is taken. */
static void assert_function_safe(const struct config_target *wanted, size_t index)
{
	const struct host_function *function = &host.functions[index];
	const struct host_group *group = host_group_find(&host, function->group);

	assert_int_equal(takers(index), 1);
	assert_true(function->has_group && function->unit[0]);
	assert_non_null(group);
	assert_false(group->noiommu || group->direct);
	assert_true(group->known);
	assert_true(function->has_header);
	assert_int_equal(function->header_type, 0);
	assert_false(function->is_host_disk);
	assert_int_equal(function->vfs, 0);
	assert_false(function->recorded & HOST_RECORDED_DISK);
	assert_false(function->class_code >> 16 == 0x01 &&
		     (!host.root_resolved || !function->driver[0]) &&
		     host_record_of_disks(&host) != HOST_RECORD_GOOD);
	assert_false(host_load_of(function->class_code) == HOST_LOAD_DISK &&
		     host.disks_known != FACT_YES);
	assert_false(!wanted->allow_host_network &&
		     (function->has_route || function->recorded & HOST_RECORDED_NETWORK));
	assert_false(host_load_of(function->class_code) == HOST_LOAD_NETWORK &&
		     host.network_needed && !wanted->allow_host_network &&
		     host.record_network != HOST_RECORD_GOOD && !any_route());
	assert_int_equal(host.interrupt_remapping, FACT_YES);
	if (host.drivers_count && function->driver[0] &&
	    !strstr(function->driver, "vfio"))
		assert_true(wanted->bound_driver == CONFIG_BOUND_UNBIND ||
			    (wanted->bound_driver == CONFIG_BOUND_AUTO &&
			     function->class_code >> 16 != 0x03));
	if (!wanted->allow_boot_display) {
		assert_int_equal(host_boot_display(&host, function), BOOT_DISPLAY_NO);
		assert_false(function->framebuffer[0]);
	}
	for (size_t i = 0; i < host.n_functions; i++) {
		const struct host_function *other = &host.functions[i];
		uint32_t class = other->class_code >> 8;

		if (other->has_group && other->group == function->group &&
		    class != 0x0600 && class != 0x0604 &&
		    !(other->has_header && other->header_type == 1))
			assert_int_equal(takers(i), 1);
	}
}

/* A card whole or not at all: each of its functions gets the same care, in order. */
static void assert_target_whole(size_t index)
{
	const struct plan_target *target = &plan.targets[index];

	assert_int_not_equal(target->n_functions, 0);
	for (size_t i = 0; i < target->n_functions; i++) {
		size_t function = target->functions[i].function;
		size_t count[ACTION_VERIFY + 1] = { 0 };

		assert_function_safe(&config.targets[target->config], function);
		for (size_t j = 0; j < plan.n_actions; j++)
			if (plan.actions[j].function == function &&
			    plan.actions[j].target == index) {
				assert_int_equal(plan.actions[j].driver,
						 target->functions[i].driver);
				count[plan.actions[j].type]++;
			}
		assert_int_equal(count[ACTION_OVERRIDE], 1);
		assert_int_equal(count[ACTION_VERIFY], 1);
		assert_true(count[ACTION_BIND] <= 1 && count[ACTION_UNBIND] <= 1);
	}
}

static void assert_plan_sound(void)
{
	size_t bundle = 0;

	for (size_t i = 0; i < plan.n_targets; i++) {
		const struct plan_target *target = &plan.targets[i];
		const char *name = config.targets[target->config].name;

		assert_int_equal(target->verdict == VERDICT_RESERVE,
				 target->reason == REASON_NONE);
		assert_int_equal(strcspn(target->name, "#"), strlen(name));
		assert_memory_equal(target->name, name, strlen(name));
		if (target->verdict != VERDICT_RESERVE)
			continue;
		assert_true(target->at == PLAN_NOWHERE);
		assert_target_whole(i);
	}
	for (size_t i = 0; i < plan.n_actions; i++) {
		const struct action *action = &plan.actions[i];
		const struct plan_target *target = &plan.targets[action->target];

		assert_int_equal(target->verdict, VERDICT_RESERVE);
		/* All overrides, then bundle by bundle. */
		if (i && plan.actions[i - 1].type == ACTION_OVERRIDE &&
		    action->type != ACTION_OVERRIDE)
			bundle = 0;
		assert_true(target->bundle >= bundle);
		if (i && target->bundle == bundle &&
		    plan.targets[plan.actions[i - 1].target].bundle == bundle)
			assert_true(action->type >= plan.actions[i - 1].type);
		if (action->type == ACTION_OVERRIDE && i)
			assert_int_equal(plan.actions[i - 1].type, ACTION_OVERRIDE);
		bundle = target->bundle;
		assert_true(config.mode == CONFIG_MODE_ON && !config.invalid);
	}
}

/* Another place in memory, full of something else: the same plan. */
static void assert_plan_repeats(void)
{
	static struct plan again;

	memset(&again, 0xa5, sizeof(again));
	plan_build(&config, &host, &again);
	assert_int_equal(again.n_targets, plan.n_targets);
	assert_int_equal(again.n_actions, plan.n_actions);
	for (size_t i = 0; i < plan.n_actions; i++) {
		assert_int_equal(again.actions[i].type, plan.actions[i].type);
		assert_int_equal(again.actions[i].target, plan.actions[i].target);
		assert_int_equal(again.actions[i].function, plan.actions[i].function);
		assert_int_equal(again.actions[i].driver, plan.actions[i].driver);
	}
	for (size_t i = 0; i < plan.n_targets; i++) {
		assert_int_equal(again.targets[i].reasons, plan.targets[i].reasons);
		assert_string_equal(again.targets[i].detail, plan.targets[i].detail);
		assert_int_equal(again.targets[i].n_blockers, plan.targets[i].n_blockers);
	}
}

/* ROUNDS in the environment: so many machines */
static void test_any_machine(void **state)
{
	const char *wish = getenv("ROUNDS");
	uint64_t rounds = 20000;
	size_t reserved = 0;

	(void)state;
	if (wish)
		assert_int_equal(
			number_parse(wish, strlen(wish), 10, UINT32_MAX, &rounds), 0);
	for (uint64_t round = 1; round <= rounds; round++) {
		dice_seed = round * UINT64_C(0x9e3779b97f4a7c15);
		random_host();
		random_config();
		plan_build(&config, &host, &plan);
		assert_plan_sound();
		for (size_t i = 0; i < plan.n_targets; i++)
			reserved += plan.targets[i].verdict == VERDICT_RESERVE;
		if (round % 16 == 0)
			assert_plan_repeats();
	}
	(void)printf("# counted: plans of %" PRIu64
		     " random machines, %zu targets in them "
		     "reserved\n",
		     rounds, reserved);
	/* A generator that lets nothing pass would show nothing. */
	assert_true(reserved > rounds / 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_every_rule_has_a_row),
		cmocka_unit_test(test_parts_on_other_buses),
		cmocka_unit_test(test_parts_limit),
		cmocka_unit_test(test_ids_elsewhere),
		cmocka_unit_test(test_remedies),
		cmocka_unit_test(test_group_not_shared),
		cmocka_unit_test(test_built_in),
		cmocka_unit_test(test_may_be_near),
		cmocka_unit_test(test_barred),
		cmocka_unit_test(test_claimed_twice),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_many_equal),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_overflow_absent),
		cmocka_unit_test(test_bundles_chain),
		cmocka_unit_test(test_bundles_ends),
		cmocka_unit_test(test_bundles_refused),
		cmocka_unit_test(test_peers_and_claims),
		cmocka_unit_test(test_driver_of_target_only),
		cmocka_unit_test(test_blockers_limit),
		cmocka_unit_test(test_all_ports),
		cmocka_unit_test(test_bundle),
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_variant),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_reasons_alone),
		cmocka_unit_test(test_culprit),
		cmocka_unit_test(test_mapping),
		cmocka_unit_test(test_noiommu_mode),
		cmocka_unit_test(test_needs),
		cmocka_unit_test(test_vouched_for),
		cmocka_unit_test(test_any_machine),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
