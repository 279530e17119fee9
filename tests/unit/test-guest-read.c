// SPDX-License-Identifier: GPL-2.0-or-later

/* Guests as values: what both readers make of text, and what they refuse. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "guest/domain.h"
#include "guest/guest_find.h"

#define DOMAIN(body) "<domain type='kvm'><name>win</name>" body "</domain>"
#define DEVICES(body) DOMAIN("<devices>" body "</devices>")
#define HOSTDEV(attributes, bdf, rest)                                             \
	"<hostdev mode='subsystem' type='pci'" attributes "><source><address " bdf \
	"/></source>" rest "</hostdev>"

static struct guest guest;
static struct fault fault;

static int parse(const char *file, const char *text)
{
	return guest_parse(file, text, strlen(text), &guest, &fault);
}

static void good(const char *text)
{
	if (parse("win.xml", text))
		fail_msg("%s", fault.text);
}

static void test_general(void **state)
{
	(void)state;
	good(DOMAIN("<memory unit='GiB'>16</memory><currentMemory>8388608</currentMemory>"
		    "<vcpu placement='static' current='4' cpuset='1-3,^2'>12</vcpu>"
		    "<memtune><hard_limit unit='MB'>17000</hard_limit></memtune>"
		    "<memoryBacking><hugepages><page size='1' unit='G'/></hugepages>"
		    "</memoryBacking>"
		    "<os><type arch='x86_64' machine='pc-q35-8.1'>hvm</type>"
		    "<loader readonly='yes' type='pflash'>/f/CODE.fd</loader>"
		    "<nvram template='/f/VARS.fd'>/n/win.fd</nvram></os>"));
	assert_string_equal(guest.name, "win");
	assert_int_equal(guest.kind, GUEST_LIBVIRT);
	assert_true(guest.kvm);
	assert_true(guest.memory.size == UINT64_C(16) << 30);
	assert_true(guest.memory.current == UINT64_C(8) << 30);
	assert_true(guest.memory.limit == UINT64_C(17000000000));
	assert_true(guest.memory.hugepages);
	assert_true(guest.memory.page == UINT64_C(1) << 30);
	assert_int_equal(guest.cpu.vcpus, 12);
	assert_int_equal(guest.cpu.online, 4);
	assert_true(guest.pins.has_all);
	assert_int_equal(guest_cpus_count(&guest.pins.all), 2);
	assert_true(guest_is_q35(&guest));
	assert_true(guest.firmware.uefi);
	assert_false(guest.firmware.automatic);
	assert_string_equal(guest.firmware.loader, "/f/CODE.fd");
	assert_string_equal(guest.firmware.nvram, "/n/win.fd");
	assert_string_equal(guest.firmware.nvram_template, "/f/VARS.fd");
}

static void test_firmware(void **state)
{
	(void)state;
	good(DOMAIN("<os firmware='efi'><type machine='q35'>hvm</type></os>"));
	assert_true(guest.firmware.uefi && guest.firmware.automatic);
	assert_int_equal(guest.machine, GUEST_MACHINE_Q35);
	good(DOMAIN("<os><type machine='pc-i440fx-7.2'>hvm</type></os>"));
	assert_false(guest.firmware.uefi);
	assert_int_equal(guest.machine, GUEST_MACHINE_I440FX);
	good(DOMAIN("<os><type machine='virt'>hvm</type></os>"));
	assert_int_equal(guest.machine, GUEST_MACHINE_OTHER);
	good(DOMAIN(""));
	assert_int_equal(guest.machine, GUEST_MACHINE_DEFAULT);
}

static void test_processor(void **state)
{
	(void)state;
	good(DOMAIN(
		"<cpu mode='host-passthrough'><topology sockets='1' dies='2' cores='3' "
		"threads='2'/><maxphysaddr mode='passthrough' limit='39'/>"
		"<feature policy='require' name='topoext'/>"
		"<feature policy='disable' name='hypervisor'/>"
		"<feature policy='optional' name='svm'/></cpu>"
		"<features><hyperv><vendor_id state='on' value='x'/></hyperv>"
		"<kvm><hidden state='on'/></kvm></features>"));
	assert_int_equal(guest.cpu.mode, GUEST_CPU_HOST);
	assert_true(guest.cpu.has_topology);
	assert_int_equal(guest.cpu.dies, 2);
	assert_int_equal(guest.cpu.clusters, 1);
	assert_int_equal(guest.cpu.address_limit, 39);
	assert_true(guest.cpu.host_bits);
	assert_true(guest_feature_find(&guest, "topoext")->on);
	assert_false(guest_feature_find(&guest, "hypervisor")->on);
	assert_null(guest_feature_find(&guest, "svm"));
	assert_true(guest.hides_vendor && guest.hides_kvm && guest.hyperv);
	good(DOMAIN("<cpu><model>EPYC</model></cpu>"));
	assert_int_equal(guest.cpu.mode, GUEST_CPU_MODEL);
	good(DOMAIN("<cpu mode='host-model'/>"));
	assert_int_equal(guest.cpu.mode, GUEST_CPU_HOST_MODEL);
}

static void test_pins(void **state)
{
	(void)state;
	good(DOMAIN("<iothreads>1</iothreads><cputune><vcpupin vcpu='0' cpuset='2'/>"
		    "<vcpupin vcpu='1' cpuset='8,9'/><emulatorpin cpuset='0-1'/>"
		    "<iothreadpin iothread='1' cpuset='1'/></cputune>"
		    "<numatune><memory mode='strict' nodeset='1'/></numatune>"));
	assert_int_equal(guest.pins.n_vcpus, 2);
	assert_true(guest_cpus_has(guest_pin_of(&guest, 1), 9));
	assert_null(guest_pin_of(&guest, 2));
	assert_true(guest.pins.has_emulator);
	assert_int_equal(guest.pins.n_iothreads, 1);
	assert_int_equal(guest.pins.io_count, 1);
	assert_true(guest.pins.has_nodes && guest.pins.strict);
	assert_true(guest_cpus_has(&guest.pins.nodes, 1));
	assert_true(guest_cpus_meet(&guest.pins.emulator, &guest.pins.iothreads[0].cpus));
}

static void test_hostdevs(void **state)
{
	(void)state;
	good(DEVICES(
		HOSTDEV(" managed='yes'",
			"domain='0x0000' bus='0x0b' slot='0x00' function='0x1'",
			"<driver name='vfio' iommufd='yes' model='x-vfio-pci'/>"
			"<rom bar='on' file='/r/gpu.rom'/>"
			"<address type='pci' domain='0' bus='0x05' slot='0x00' "
			"function='0x1' multifunction='on'/>")
			HOSTDEV("", "domain='0' bus='11' slot='31' function='7'",
				"<rom enabled='no'/>") "<hostdev mode='subsystem' type='usb'><source/></hostdev>"
						       "<controller type='pci' index='7' model='pcie-root-port'/>"));
	assert_int_equal(guest.n_hostdevs, 2);
	assert_int_equal(guest.hostdevs[0].host.bus, 0x0b);
	assert_true(guest.hostdevs[0].managed && guest.hostdevs[0].iommufd);
	assert_string_equal(guest.hostdevs[0].driver, "x-vfio-pci");
	assert_string_equal(guest.hostdevs[0].rom, "/r/gpu.rom");
	assert_true(guest.hostdevs[0].has_place);
	assert_int_equal(guest.hostdevs[0].place.bus, 5);
	assert_int_equal(guest.hostdevs[0].place.function, 1);
	assert_int_equal(guest.hostdevs[1].host.bus, 11);
	assert_int_equal(guest.hostdevs[1].host.device, 31);
	assert_false(guest.hostdevs[1].managed || guest.hostdevs[1].has_place);
	assert_true(guest.hostdevs[1].rom_off);
	assert_int_equal(guest.wiring.usb_devices, 1);
	/* the place of the first one: addresses of the host are none of the guest's */
	assert_int_equal(guest.n_places, 1);
	assert_int_equal(guest_next_bus(&guest), 8);
	assert_int_equal(guest_takes(&guest, &guest.hostdevs[1].host), 1);
}

static void test_wiring(void **state)
{
	(void)state;
	good(DEVICES("<video><model type='qxl'/></video><graphics type='spice'/>"
		     "<channel type='spicevmc'/><smartcard type='spicevmc'/>"
		     "<redirdev type='spicevmc'/><audio id='1' type='spice'/>"
		     "<input type='evdev'/><memballoon model='virtio'/>"));
	assert_true(guest_has_screen(&guest));
	assert_true(guest.wiring.spice && guest.wiring.spice_audio);
	assert_int_equal(guest.wiring.spice_channels, 2);
	assert_int_equal(guest.wiring.spice_usb, 1);
	assert_int_equal(guest.wiring.evdev, 1);
	assert_true(guest.memory.balloon);
	good(DEVICES("<video><model type='none'/></video><graphics type='vnc'/>"
		     "<memballoon model='none'/>"));
	assert_false(guest_has_screen(&guest) || guest.wiring.spice ||
		     guest.memory.balloon);
	assert_true(guest.wiring.other_display);
	good("<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>"
	     "<name>w</name>"
	     "<qemu:commandline><qemu:arg value='-cpu'/><qemu:arg "
	     "value='host,kvm=off,hv_vendor_id=x'/><qemu:arg value='-object'/><qemu:arg "
	     "value='input-linux,id=k'/></qemu:commandline></domain>");
	assert_true(guest.hides_kvm && guest.hides_vendor);
	assert_int_equal(guest.wiring.evdev, 1);
}

/* Each is refused, with a word that tells where or why. */
static void test_refused(void **state)
{
	static const struct {
		const char *text;
		const char *part;
	} rows[] = {
		{ "", "empty" },
		{ " \n", "empty" },
		{ "<domain><name>w</name>", "win.xml:1:" },
		{ "<domain>\n<name>w</nam>\n</domain>", "win.xml:2:" },
		{ "<network><name>w</name></network>", "expected <domain>" },
		{ "<domain/>", "no <name>" },
		{ "<!DOCTYPE d [<!ENTITY a 'b'>]><domain><name>&a;</name></domain>",
		  "document type" },
		{ "<!DOCTYPE d SYSTEM '/etc/passwd'><domain><name>w</name></domain>",
		  "document type" },
		{ "<domain><name>&undefined;</name></domain>", "not XML" },
		{ DOMAIN("<memory unit='Gib'>1</memory>"), "a unit" },
		{ DOMAIN("<memory>-1</memory>"), "a number" },
		{ DOMAIN("<memory unit='TiB'>99999999999</memory>"), "too much" },
		{ DOMAIN("<vcpu>4097</vcpu>"), "a number" },
		{ DOMAIN("<cputune><vcpupin vcpu='0' cpuset='3-1'/></cputune>"),
		  "a list" },
		{ DOMAIN("<cputune><vcpupin vcpu='0' cpuset='4096'/></cputune>"),
		  "a list" },
		{ DEVICES(HOSTDEV("", "bus='0x100' slot='0' function='0'", "")),
		  "a number" },
		{ DEVICES(HOSTDEV("", "bus='0' slot='32' function='0'", "")),
		  "a number" },
		{ DEVICES(HOSTDEV("", "bus='0' slot='0' function='8'", "")), "a number" },
		{ DEVICES(HOSTDEV("", "bus='x' slot='0' function='0'", "")), "a number" },
		{ DEVICES("<hostdev type='pci'/>"), "<source>" },
		{ "just words", "key: value" },
		{ "\x7f"
		  "ELF: x",
		  "key: value" },
		{ "hostpci0: pcie=1", "an address" },
		{ "hostpci0: 0000:01:00.9", "an address" },
		{ "hostpci0: zz,pcie=1", "an address" },
		{ "cores: many", "a number" },
		{ "affinity: 0-", "a list" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (parse("win.xml", rows[i].text) >= 0)
			fail_msg("understood: %s", rows[i].text);
		if (!strstr(fault.text, rows[i].part))
			fail_msg("%s: %s", rows[i].text, fault.text);
	}
}

/* One more than the limits, and the limits themselves */
static void test_limits(void **state)
{
	static const char one[] = HOSTDEV("", "bus='1' slot='0' function='0'", "");
	char *text = calloc(1, (GUEST_HOSTDEVS_MAX + 2) * sizeof(one));

	(void)state;
	assert_non_null(text);
	for (int more = 0; more < 2; more++) {
		size_t used = (size_t)sprintf(text, "<domain><name>w</name><devices>");

		for (int i = 0; i < GUEST_HOSTDEVS_MAX + more; i++)
			used += (size_t)sprintf(text + used, "%s", one);
		(void)sprintf(text + used, "</devices></domain>");
		assert_int_equal(parse("win.xml", text), more ? -E2BIG : 0);
	}
	free(text);
	text = malloc(GUEST_SIZE_MAX + 2);
	assert_non_null(text);
	memset(text, ' ', GUEST_SIZE_MAX + 2);
	*text = '<';
	assert_int_equal(guest_parse("f", text, GUEST_SIZE_MAX + 1, &guest, &fault),
			 -E2BIG);
	memset(text, 'x', GUEST_SIZE_MAX + 2);
	assert_int_equal(guest_parse("f", text, GUEST_SIZE_MAX + 1, &guest, &fault),
			 -E2BIG);
	for (size_t i = 0; i < 3 * 1000; i += 3)
		memcpy(text + i, "<a>", 3);
	assert_true(guest_parse("f", text, 3000, &guest, &fault) < 0);
	free(text);
}

static void test_proxmox(void **state)
{
	(void)state;
	if (parse("/etc/pve/qemu-server/100.conf",
		  "# a comment\nagent: 1\nargs: -cpu host,kvm=off\nballoon: 0\nbios: ovmf\n"
		  "cores: 6\ncpu: host,hidden=1,flags=+aes;-pcid,phys-bits=host\n"
		  "efidisk0: local:vm-100-disk-0,efitype=4m,size=528K\n"
		  "hostpci0: 0000:0b:00,pcie=1,x-vga=1,romfile=gpu.rom\n"
		  "hostpci1: 01:00.0;01:00.1\nhostpci2: mapping=gpu,pcie=1\n"
		  "machine: pc-q35-8.1,viommu=intel\nmemory: 16384\nname: win11\nonboot: 1\n"
		  "affinity: 2-7\nnuma0: cpus=0-5,hostnodes=0;1,memory=16384,policy=bind\n"
		  "hugepages: 1024\nsockets: 2\nvcpus: 8\nvga: none\nusb0: host=046d:c52b\n"
		  "usb1: spice\nhookscript: local:snippets/h.sh\n"
		  "[snapshot]\nmemory: 1\n"))
		fail_msg("%s", fault.text);
	assert_string_equal(guest.name, "100");
	assert_string_equal(guest.title, "win11");
	assert_int_equal(guest.kind, GUEST_PROXMOX);
	assert_true(guest_is_q35(&guest) && guest.firmware.uefi && !guest.firmware.small);
	assert_true(guest.memory.size == UINT64_C(16) << 30);
	assert_true(guest.memory.page == UINT64_C(1) << 30);
	assert_false(guest.memory.balloon);
	assert_int_equal(guest.cpu.vcpus, 12);
	assert_int_equal(guest.cpu.online, 8);
	assert_true(guest.cpu.host_bits && guest.hides_kvm);
	assert_true(guest_feature_find(&guest, "aes")->on);
	assert_false(guest_feature_find(&guest, "pcid")->on);
	assert_int_equal(guest.n_hostdevs, 4);
	assert_true(guest.hostdevs[0].whole_slot && guest.hostdevs[0].pcie);
	assert_true(guest.hostdevs[0].primary);
	assert_string_equal(guest.hostdevs[0].rom, "/usr/share/kvm/gpu.rom");
	assert_int_equal(guest.hostdevs[2].host.function, 1);
	assert_int_equal(guest.hostdevs[2].slot, 1);
	assert_string_equal(guest.hostdevs[3].mapping, "gpu");
	assert_int_equal(guest_cpus_count(&guest.pins.all), 6);
	assert_int_equal(guest_cpus_count(&guest.pins.nodes), 2);
	assert_true(guest.pins.strict && guest.has_onboot);
	assert_false(guest_has_screen(&guest));
	assert_int_equal(guest.wiring.usb_devices, 1);
	assert_int_equal(guest.wiring.spice_usb, 1);
	assert_string_equal(guest.hookscript, "local:snippets/h.sh");
}

static void test_proxmox_defaults(void **state)
{
	(void)state;
	assert_int_equal(parse("x.conf", "name: small\n"), 0);
	assert_string_equal(guest.name, "small");
	assert_true(guest.memory.size == UINT64_C(512) << 20);
	assert_true(guest.memory.balloon && guest.kvm);
	assert_true(guest_has_screen(&guest));
	assert_int_equal(guest.cpu.vcpus, 1);
	assert_int_equal(parse("7.conf", "efidisk0: a:b\nbios: ovmf\nballoon: 256"), 0);
	assert_true(guest.firmware.small);
	assert_true(guest.memory.current == UINT64_C(256) << 20);
}

static void test_cpus(void **state)
{
	static const struct {
		const char *text;
		int result;
		unsigned int count;
	} rows[] = {
		{ "0", 0, 1 },		{ "4095", 0, 1 },      { "0-3", 0, 4 },
		{ "0-3,^2", 0, 3 },	{ "1, 3 ,5", 0, 3 },   { "2,2", 0, 1 },
		{ "4096", -ERANGE, 0 }, { "", -EINVAL, 0 },    { "1,", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },	{ "3-1", -EINVAL, 0 }, { "a", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct guest_cpus cpus = { 0 };

		assert_int_equal(guest_cpus_parse(rows[i].text, &cpus), rows[i].result);
		assert_int_equal(guest_cpus_count(&cpus), rows[i].count);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_general),	  cmocka_unit_test(test_firmware),
		cmocka_unit_test(test_processor), cmocka_unit_test(test_pins),
		cmocka_unit_test(test_hostdevs),  cmocka_unit_test(test_wiring),
		cmocka_unit_test(test_refused),	  cmocka_unit_test(test_limits),
		cmocka_unit_test(test_proxmox),	  cmocka_unit_test(test_proxmox_defaults),
		cmocka_unit_test(test_cpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
