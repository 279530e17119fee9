// SPDX-License-Identifier: GPL-2.0-or-later

/*
 * What --guest makes of facts. A good guest gets nothing but PASS, and a hint about pins;
 * each row changes one thing of the guest, of the host or of the facts, and names the
 * finding that comes of it, or that it still passes (the border of the rule).
 */

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
#include "guest/guest_check.h"
#include "guest/guest_find.h"
#include "guest/hostdev.h"
#include "unit/helper-machine.h"

#define GIB (UINT64_C(1) << 30)
#define KIB UINT64_C(1024)
#define CONFIG "[target gpu]\nid = 10de:1e84\naddress = 0b:00.0\n"
#define SLOT(bus, function) \
	"<address type='pci' bus='" bus "' slot='0x00' function='" function "'/>"
#define HOSTDEV(bdf, rest) HOSTDEV_AS("no", bdf, rest)
#define HOSTDEV_AS(managed, bdf, rest)                                    \
	"<hostdev type='pci' managed='" managed "'><source><address " bdf \
	"/></source>" rest "</hostdev>"
#define GPU "bus='0x0b' slot='0x00' function='0x0'"
#define AUDIO "bus='0x0b' slot='0x00' function='0x1'"
#define CARD HOSTDEV(GPU, SLOT("0x07", "0x0")) HOSTDEV(AUDIO, SLOT("0x07", "0x1"))
#define USB "<hostdev type='usb'/>"
#define NO_SCREEN "<video><model type='none'/></video>"
#define OS_EFI "<os firmware='efi'><type machine='q35'>hvm</type></os>"
#define CPU "<cpu mode='host-passthrough'/>"
#define MEMORY "<memory unit='GiB'>8</memory>"
#define DEVICES(body) "<devices>" body "</devices>"
#define DOMAIN(body) "<domain type='kvm'><name>win</name>" body "</domain>"
#define REST OS_EFI CPU MEMORY "<vcpu>8</vcpu>"
#define WITH(body) DOMAIN(REST DEVICES(body USB NO_SCREEN))
#define GOOD WITH(CARD)
/* with other parts in front of the card */
#define PARTS(body) DOMAIN(body DEVICES(CARD USB NO_SCREEN))

static struct {
	struct host host;
	struct config config;
	struct plan plan;
	struct guest guest;
	struct guest_facts facts;
	struct findings findings;
	struct fit fit;
} m;

static struct host_function *at(const char *address)
{
	return machine_at(&m.host, address);
}

static void machine_make(void)
{
	memset(&m, 0, sizeof(m));
	machine_desktop(&m.host);
	config_of(&m.config, CONFIG);
	strcpy(at("0000:0b:00.0")->driver, "vfio-pci");
	strcpy(at("0000:0b:00.1")->driver, "vfio-pci");
	at("0000:0b:00.0")->has_reset = true;
}

static void passed_make(const struct pci_address *address, size_t hostdev)
{
	const struct host_function *function = host_find(&m.host, address);
	struct passed *passed = &m.facts.passed[m.facts.n_passed++];

	*passed = (struct passed){ .hostdev = hostdev,
				   .there = function,
				   .address = *address,
				   .width = 39,
				   .bars = 512 << 20,
				   .bars_known = true };
	if (function)
		passed->function = (size_t)(function - m.host.functions);
}

static void facts_make(void)
{
	for (size_t i = 0; i < m.guest.n_hostdevs; i++) {
		const struct guest_hostdev *hostdev = &m.guest.hostdevs[i];

		for (size_t j = 0; hostdev->whole_slot && j < m.host.n_functions; j++)
			if (pci_address_same_slot(&m.host.functions[j].address,
						  &hostdev->host))
				passed_make(&m.host.functions[j].address, i);
		if (!hostdev->whole_slot && !*hostdev->mapping)
			passed_make(&hostdev->host, i);
	}
	m.facts.vendor_known = true;
	m.facts.cpu_bits = 39;
	m.facts.nested = FACT_YES;
	m.facts.memory_total = 32 * GIB;
	m.facts.memory_free = 16 * GIB;
	m.facts.page_default = 2048 * KIB;
	m.facts.iommufd = FACT_YES;
	m.facts.starts = FACT_NO;
	m.facts.ordered = FACT_NO;
	m.facts.others_known = true;
	m.facts.n_pages = 1;
	m.facts.pages[0] = (struct guest_pages){
		.size = 2048 * KIB, .free = 4096, .nodes = { 4096, 0 }, .has_nodes = 3
	};
}

static void guest_make(const char *text)
{
	struct fault fault;
	const char *file = *text == '<' ? "win.xml" : "100.conf";

	if (guest_parse(file, text, strlen(text), &m.guest, &fault))
		fail_msg("%s: %s", fault.text, text);
}

static void check_run_on(void)
{
	plan_build(&m.config, &m.host, &m.plan);
	m.fit.guest = &m.guest;
	m.fit.config = &m.config;
	m.fit.host = &m.host;
	m.fit.plan = &m.plan;
	m.fit.facts = &m.facts;
	m.fit.findings = &m.findings;
	m.fit.subject = "win";
	guest_check(&m.fit);
}

static void show(void)
{
	for (size_t i = 0; i < m.findings.count; i++)
		print_message("# %s %s %s: %s\n",
			      finding_level_names[m.findings.list[i].level],
			      finding_info(m.findings.list[i].code)->name,
			      m.findings.list[i].subject, m.findings.list[i].text);
}

static const struct finding *find(enum finding_code code, enum finding_level level,
				  const char *part)
{
	for (size_t i = 0; i < m.findings.count; i++)
		if (m.findings.list[i].code == code &&
		    m.findings.list[i].level == level &&
		    (!part || strstr(m.findings.list[i].text, part)))
			return &m.findings.list[i];
	return NULL;
}

/* Nothing worse than a PASS of this code */
static bool passes(enum finding_code code)
{
	for (unsigned int level = FINDING_HINT; level < FINDING_LEVELS; level++)
		if (find(code, (enum finding_level)level, NULL))
			return false;
	return true;
}

static void test_good(void **state)
{
	(void)state;
	machine_make();
	guest_make(GOOD);
	facts_make();
	check_run_on();
	if (m.findings.levels[FINDING_PASS] != m.findings.count - 1)
		show();
	assert_true(m.findings.levels[FINDING_PASS] == m.findings.count - 1 &&
		    find(FINDING_PIN_NONE, FINDING_HINT, NULL));
	assert_int_equal(guest_exit_of(&m.findings), STATUS_GOOD);
}

/* ---- changes ---- */

static void unbound(void)
{
	strcpy(at("0000:0b:00.0")->driver, "nouveau");
}

static void unbound_shared(void)
{
	unbound();
	machine_move(&m.host, "0000:0a:00.0", 26);
	strcpy(at("0000:0a:00.0")->driver, "nvme");
}

static void no_config(void)
{
	config_init(&m.config);
	unbound();
}

static void no_target(void)
{
	config_init(&m.config);
}

static void audio_free(void)
{
	strcpy(at("0000:0b:00.1")->driver, "");
}

static void audio_host(void)
{
	strcpy(at("0000:0b:00.1")->driver, "snd_hda_intel");
}

static void amd_card(void)
{
	at("0000:0b:00.0")->id.vendor = 0x1002;
	config_of(&m.config, "[target gpu]\naddress = 0b:00.0\n");
}

static void amd_polaris(void)
{
	amd_card();
	at("0000:0b:00.0")->id.device = 0x67df;
}

static void amd_lexa(void)
{
	amd_card();
	at("0000:0b:00.0")->id.device = 0x6987;
}

static void amd_navi21(void)
{
	amd_card();
	at("0000:0b:00.0")->id.device = 0x73bf;
}

static void reserved_region(void)
{
	machine_group(&m.host, 26)->direct = true;
	machine_group(&m.host, 26)->known = true;
}

static void disk_in_group(void)
{
	machine_move(&m.host, "0000:0a:00.0", 26);
	strcpy(at("0000:0a:00.0")->driver, "nvme");
}

static void peer_in_group(void)
{
	machine_move(&m.host, "0000:0a:00.0", 26);
}

static void variant(void)
{
	struct host_driver *driver = &m.host.drivers[m.host.n_drivers];

	strcpy(driver->name, "nvgrace-gpu-vfio-pci");
	at("0000:0b:00.0")->vfio_driver = m.host.n_drivers++;
}

static void variant_bound(void)
{
	variant();
	strcpy(at("0000:0b:00.0")->driver, "nvgrace-gpu-vfio-pci");
}

static void no_iommufd(void)
{
	m.facts.iommufd = FACT_NO;
}

static void unknown_iommufd(void)
{
	m.facts.iommufd = FACT_UNKNOWN;
}

static void rom_there(void)
{
	m.facts.roms[0] = (struct guest_file){ .there = FACT_YES, .size = 65536 };
}

static void rom_missing(void)
{
	m.facts.roms[0].there = FACT_NO;
}

static void rom_unknown(void)
{
	m.facts.roms[0].there = FACT_UNKNOWN;
}

static void rom_closed(void)
{
	rom_there();
	strcpy(m.facts.roms[0].closed, "/home/ann");
}

static void rom_closed_root(void)
{
	rom_closed();
	m.facts.qemu_is_root = true;
}

static void rom_confined(void)
{
	rom_there();
	m.facts.roms[0].confined = FACT_NO;
}

static void flash(uint64_t code, uint64_t vars)
{
	m.facts.loader = (struct guest_file){ .there = FACT_YES, .size = code };
	m.facts.nvram = (struct guest_file){ .there = FACT_YES, .size = vars };
}

static void flash_4m(void)
{
	flash(3653632, 540672);
}

static void flash_2m(void)
{
	flash(1966080, 131072);
}

static void flash_mixed(void)
{
	flash(3653632, 131072);
}

static void flash_mixed_back(void)
{
	flash(1966080, 540672);
}

static void no_loader(void)
{
	m.facts.loader.there = FACT_NO;
	strcpy(m.facts.firmware_code, "/usr/share/OVMF/OVMF_CODE_4M.fd");
}

static void no_template(void)
{
	flash_4m();
	m.facts.nvram.there = FACT_NO;
	m.facts.nvram_template.there = FACT_NO;
}

static void template_not_needed(void)
{
	flash_4m();
	m.facts.nvram_template.there = FACT_NO;
}

static void bits_46(void)
{
	m.facts.cpu_bits = 46;
}

static void bits_40(void)
{
	m.facts.cpu_bits = 40;
}

static void bits_unknown(void)
{
	m.facts.cpu_bits = 0;
}

static void width_unknown(void)
{
	m.facts.passed[0].width = 0;
}

static void windows(uint64_t size)
{
	m.facts.passed[0].bars = size;
	m.facts.passed[1].bars = 0;
}

static void windows_border(void)
{
	windows(64 * GIB); /* an eighth of 39 bits */
}

static void windows_over(void)
{
	windows(64 * GIB + 1);
}

static void amd_host(void)
{
	m.facts.is_amd = true;
}

static void maker_unknown(void)
{
	m.facts.vendor_known = false;
}

static void nested_off(void)
{
	m.facts.nested = FACT_NO;
}

static void nested_unknown(void)
{
	m.facts.nested = FACT_UNKNOWN;
}

static void memory_all(void)
{
	m.facts.memory_total = m.facts.memory_free = 8 * GIB;
}

static void memory_over(void)
{
	m.facts.memory_total = 8 * GIB - 1;
}

static void memory_used(void)
{
	m.facts.memory_free = 8 * GIB - 1;
}

static void memory_unknown(void)
{
	m.facts.memory_total = 0;
}

static void pages_short(void)
{
	m.facts.pages[0].free = 4095;
}

static void pages_unknown(void)
{
	m.facts.n_pages = 0;
}

static void usb_controller(void)
{
	at("0000:0a:00.0")->class_code = 0x0c0330;
	strcpy(at("0000:0a:00.0")->driver, "xhci_hcd");
}

static void usb_controller_free(void)
{
	at("0000:0a:00.0")->class_code = 0x0c0330;
}

/* AMD: a slot below a port of its own, with a USB controller and others */
static void bundle(void)
{
	struct host_function *usb = at("0000:0a:00.0");
	struct host_function *crypto = &m.host.functions[m.host.n_functions++];

	usb->class_code = 0x0c0330;
	usb->id = (struct pci_id){ .vendor = 0x1022, .device = 0x149c };
	*crypto = *usb;
	crypto->id.device = 0x1486;
	crypto->class_code = 0x108000;
	crypto->address.function = 1;
	crypto->group++;
	strcpy(crypto->driver, "ccp");
}

static void bundle_group(void)
{
	bundle();
	m.host.functions[m.host.n_functions - 1].group = at("0000:0a:00.0")->group;
}

/* What another maker has put into the slot of the card is the host's. */
static void audio_foreign(void)
{
	no_target();
	at("0000:0b:00.1")->id.vendor = 0x1022;
}

static void other(bool starts)
{
	struct guest_other *found = &m.facts.others[m.facts.n_others++];

	strcpy(found->name, "linux");
	found->address = at("0000:0b:00.0")->address;
	found->starts = starts;
}

static void other_guest(void)
{
	other(false);
}

static void other_starts(void)
{
	other(true);
}

static void both_start(void)
{
	other(true);
	m.facts.starts = FACT_YES;
}

static void starts(void)
{
	m.facts.starts = FACT_YES;
}

static void starts_ordered(void)
{
	m.facts.starts = m.facts.ordered = FACT_YES;
}

static void hook(void)
{
	strcpy(m.facts.hooks[0].path, "etc/libvirt/hooks/qemu");
	m.facts.hooks[0].unbinds = m.facts.hooks[0].calls_back = true;
	m.facts.n_hooks = 1;
}

static void too_many(void)
{
	m.facts.cut = true;
}

#define PASSES FINDING_PASS
#define OS(attributes, machine, body) \
	"<os" attributes "><type machine='" machine "'>hvm</type>" body "</os>"
#define FLASH                                                                        \
	OS("", "q35",                                                                \
	   "<loader type='pflash'>/f/CODE.fd</loader><nvram template='/f/V.fd'>/n/w" \
	   "</nvram>")
#define TOPOLOGY(cores, threads) \
	"<topology sockets='1' cores='" cores "' threads='" threads "'/>"
#define PASSTHROUGH(body) "<cpu mode='host-passthrough'>" body "</cpu>"
#define REQUIRE(name) "<feature policy='require' name='" name "'/>"
#define ROM                                                        \
	HOSTDEV(GPU, "<rom file='/r/g.rom'/>" SLOT("0x07", "0x0")) \
	HOSTDEV(AUDIO, SLOT("0x07", "0x1"))
#define MACHINE_REST CPU MEMORY "<vcpu>8</vcpu>"
#define CPU_REST OS_EFI MEMORY "<vcpu>8</vcpu>"
#define MEMORY_REST OS_EFI CPU "<vcpu>8</vcpu>"
#define HUGE "<memoryBacking><hugepages/></memoryBacking>"
#define NODE(n) "<numatune><memory mode='strict' nodeset='" n "'/></numatune>"
#define LIMIT(n) "<memtune><hard_limit unit='GiB'>" n "</hard_limit></memtune>"
#define PROXMOX                                                                      \
	"bios: ovmf\nmachine: q35\ncpu: host\nmemory: 8192\nballoon: 0\nvga: none\n" \
	"usb0: host=1:2\n"

/* before: changes of the host, done before the facts are made; after: of the facts */
static const struct {
	enum finding_code code;
	const char *guest;
	void (*before)(void);
	void (*after)(void);
	enum finding_level level;
	const char *part;
} rows[] = {
	{ FINDING_GUEST_DEVICE, WITH(HOSTDEV("bus='0x0c' slot='0' function='0'", "")),
	  NULL, NULL, FINDING_FAIL, "no function at that address" },
	{ FINDING_GUEST_DEVICE, WITH(HOSTDEV("bus='0' slot='3' function='3'", "")), NULL,
	  NULL, FINDING_FAIL, "a bridge" },
	{ FINDING_GUEST_DEVICE, WITH(HOSTDEV("bus='0' slot='0x1f' function='2'", "")),
	  NULL, NULL, FINDING_FAIL, "a disk that the host needs" },
	{ FINDING_GUEST_DEVICE, GOOD, reserved_region, NULL, FINDING_FAIL,
	  "fixed memory" },
	{ FINDING_GUEST_DEVICE, GOOD, disk_in_group, NULL, FINDING_FAIL,
	  "which the host" },
	{ FINDING_GUEST_DEVICE, GOOD, peer_in_group, NULL, PASSES, NULL },
	{ FINDING_GUEST_DEVICE, WITH(HOSTDEV("bus='0x0a' slot='0' function='0'", "")),
	  usb_controller, NULL, FINDING_FAIL, "no target names" },
	{ FINDING_GUEST_DEVICE,
	  WITH(CARD HOSTDEV("bus='0x0a' slot='0' function='0'", "")), usb_controller,
	  NULL, PASSES, NULL },
	{ FINDING_GUEST_DEVICE, WITH(""), NULL, NULL, FINDING_WARN, "config: gpu" },
	{ FINDING_GUEST_DEVICE, WITH(""), no_target, NULL, FINDING_WARN, "no target" },
	{ FINDING_GUEST_DEVICE, PROXMOX "hostpci0: mapping=gpu,pcie=1", NULL, NULL,
	  FINDING_UNKNOWN, "mapping gpu" },
	{ FINDING_GUEST_DEVICE, GOOD, NULL, too_many, FINDING_UNKNOWN, "more functions" },
	{ FINDING_GUEST_RESERVED, GOOD, unbound, NULL, FINDING_WARN,
	  "next boot to reserve it" },
	{ FINDING_GUEST_RESERVED, GOOD, unbound_shared, NULL, FINDING_FAIL,
	  "group-shared" },
	{ FINDING_GUEST_RESERVED, GOOD, no_config, NULL, FINDING_FAIL, "no target" },
	{ FINDING_GUEST_RESERVED, GOOD, no_target, NULL, PASSES, NULL },
	{ FINDING_GUEST_RESERVED,
	  WITH(CARD HOSTDEV_AS("yes", "bus='0x0a' slot='0' function='0'", "")),
	  usb_controller, NULL, FINDING_WARN, "from a driver in use" },
	{ FINDING_GUEST_RESERVED,
	  WITH(CARD HOSTDEV_AS("yes", "bus='0x0a' slot='0' function='0'", "")),
	  usb_controller_free, NULL, FINDING_HINT, "rebinds it" },
	{ FINDING_GUEST_RESERVED,
	  WITH(CARD HOSTDEV("bus='0x0a' slot='0' function='0'", "")), usb_controller,
	  NULL, FINDING_FAIL, "not reserved" },
	{ FINDING_GUEST_FUNCTIONS, WITH(HOSTDEV(GPU, SLOT("0x07", "0x0"))), NULL, NULL,
	  FINDING_WARN, "0000:0b:00.1" },
	{ FINDING_GUEST_FUNCTIONS, WITH(HOSTDEV(GPU, SLOT("0x07", "0x0"))), audio_free,
	  NULL, FINDING_WARN, "0000:0b:00.1" },
	{ FINDING_GUEST_FUNCTIONS, WITH(HOSTDEV(GPU, SLOT("0x07", "0x0"))), audio_host,
	  NULL, FINDING_FAIL, "snd_hda_intel" },
	{ FINDING_GUEST_FUNCTIONS, WITH(HOSTDEV(GPU, SLOT("0x07", "0x0"))), no_target,
	  NULL, FINDING_WARN, "0000:0b:00.1" },
	{ FINDING_GUEST_FUNCTIONS,
	  WITH(CARD HOSTDEV("bus='0x0a' slot='0' function='0'", "")), bundle, NULL,
	  PASSES, NULL },
	{ FINDING_GUEST_FUNCTIONS, WITH(HOSTDEV(GPU, SLOT("0x07", "0x0"))), audio_foreign,
	  NULL, PASSES, NULL },
	{ FINDING_GUEST_DEVICE,
	  WITH(CARD HOSTDEV("bus='0x0a' slot='0' function='0'", "")), bundle_group, NULL,
	  FINDING_FAIL, "1022:1486" },
	{ FINDING_GUEST_RESERVED, WITH(HOSTDEV("bus='0x0a' slot='0' function='0'", "")),
	  usb_controller, NULL, PASSES, NULL },
	{ FINDING_GUEST_SLOT,
	  WITH(HOSTDEV(GPU, SLOT("0x07", "0x0")) HOSTDEV(AUDIO, SLOT("0x08", "0x0"))),
	  NULL, NULL, FINDING_HINT, "07:00.0, 08:00.0" },
	{ FINDING_GUEST_SLOT,
	  WITH(HOSTDEV(GPU, SLOT("0x07", "0x0")) HOSTDEV(AUDIO, SLOT("0x07", "0x2"))),
	  NULL, NULL, FINDING_HINT, "other numbers" },
	{ FINDING_GUEST_SLOT, WITH(HOSTDEV(GPU, "") HOSTDEV(AUDIO, "")), NULL, NULL,
	  FINDING_HINT, "a slot of its own" },
	{ FINDING_GUEST_SLOT, WITH(HOSTDEV(AUDIO, SLOT("0x07", "0x0"))), NULL, NULL,
	  PASSES, NULL },
	{ FINDING_GUEST_SLOT,
	  PROXMOX "hostpci0: 0b:00.0,pcie=1\nhostpci1: 0b:00.1,pcie=1", NULL, NULL,
	  FINDING_HINT, "hostpci0, hostpci1" },
	{ FINDING_GUEST_SLOT, PROXMOX "hostpci0: 0b:00.0;0b:00.1,pcie=1", NULL, NULL,
	  PASSES, NULL },
	{ FINDING_GUEST_SLOT, PROXMOX "hostpci0: 0000:0b:00,pcie=1", NULL, NULL, PASSES,
	  NULL },
	{ FINDING_GUEST_PORT,
	  WITH(HOSTDEV(GPU, "<address type='pci' bus='0' slot='7' function='0'/>")
		       HOSTDEV(AUDIO, "<address type='pci' bus='0' slot='7' "
				      "function='1'/>")),
	  NULL, NULL, FINDING_HINT, "root port" },
	{ FINDING_GUEST_PORT,
	  WITH(HOSTDEV(GPU, "<address type='pci' bus='0' slot='7' function='0'/>")
		       HOSTDEV(AUDIO, "<address type='pci' bus='0' slot='7' "
				      "function='1'/>")),
	  amd_card, NULL, FINDING_WARN, "AMD" },
	{ FINDING_GUEST_PORT, PROXMOX "hostpci0: 0b:00", NULL, NULL, FINDING_HINT,
	  "pcie=1" },
	{ FINDING_GUEST_PORT, WITH(HOSTDEV(GPU, "")), NULL, NULL, PASSES, NULL },
	{ FINDING_GUEST_MANAGED, WITH(HOSTDEV_AS("yes", GPU, "")), NULL, NULL,
	  FINDING_HINT, "managed" },
	{ FINDING_GUEST_MANAGED, WITH(HOSTDEV_AS("yes", GPU, "")), variant, NULL,
	  FINDING_WARN, "nvgrace" },
	{ FINDING_GUEST_MANAGED, GOOD, variant_bound, NULL, PASSES, NULL },
	{ FINDING_GUEST_MANAGED, PROXMOX "hostpci0: 0b:00,pcie=1", NULL, NULL, PASSES,
	  NULL },
	{ FINDING_GUEST_IOMMUFD, WITH(HOSTDEV(GPU, "<driver iommufd='yes'/>")), NULL,
	  no_iommufd, FINDING_FAIL, "/dev/iommu" },
	{ FINDING_GUEST_IOMMUFD, DOMAIN(REST "<iommufd enabled='yes'/>" DEVICES(CARD)),
	  NULL, no_iommufd, FINDING_FAIL, "/dev/iommu" },
	{ FINDING_GUEST_IOMMUFD, WITH(HOSTDEV(GPU, "<driver iommufd='yes'/>")), NULL,
	  unknown_iommufd, FINDING_UNKNOWN, "could not be read" },
	{ FINDING_GUEST_IOMMUFD, WITH(HOSTDEV(GPU, "<driver iommufd='yes'/>")), NULL,
	  NULL, PASSES, NULL },
	{ FINDING_GUEST_IOMMUFD, GOOD, NULL, no_iommufd, PASSES, NULL },
	{ FINDING_GUEST_RESTART, GOOD, amd_polaris, NULL, FINDING_HINT, "Polaris 10" },
	{ FINDING_GUEST_RESTART, GOOD, amd_lexa, NULL, FINDING_HINT, "Polaris 12" },
	{ FINDING_GUEST_RESTART, GOOD, amd_navi21, NULL, PASSES, NULL },
	{ FINDING_ROM_ACCESS, WITH(ROM), NULL, rom_there, PASSES, NULL },
	{ FINDING_ROM_ACCESS, WITH(ROM), NULL, rom_missing, FINDING_FAIL,
	  "does not exist" },
	{ FINDING_ROM_ACCESS, WITH(ROM), NULL, rom_unknown, FINDING_UNKNOWN,
	  "could not be read" },
	{ FINDING_ROM_ACCESS, WITH(ROM), NULL, rom_closed, FINDING_FAIL, "/home/ann" },
	{ FINDING_ROM_ACCESS, WITH(ROM), NULL, rom_closed_root, PASSES, NULL },
	{ FINDING_ROM_ACCESS, WITH(ROM), NULL, rom_confined, FINDING_FAIL, "AppArmor" },
	{ FINDING_ROM_ACCESS, PROXMOX "hostpci0: 0b:00,pcie=1,romfile=g.rom", NULL,
	  rom_closed, PASSES, NULL },

	{ FINDING_GUEST_MACHINE, PARTS(OS("", "pc-i440fx-7.2", "") MACHINE_REST), NULL,
	  NULL, FINDING_HINT, "i440fx" },
	{ FINDING_GUEST_MACHINE, PARTS(OS("", "virt", "") MACHINE_REST), NULL, NULL,
	  PASSES, NULL },
	{ FINDING_GUEST_MACHINE, "hostpci0: 0b:00,pcie=1", NULL, NULL, FINDING_FAIL,
	  "pcie=1" },
	{ FINDING_GUEST_MACHINE, "hostpci0: 0b:00", NULL, NULL, FINDING_HINT, "i440fx" },
	{ FINDING_GUEST_FIRMWARE, PARTS(OS("", "q35", "") MACHINE_REST), NULL, NULL,
	  FINDING_HINT, "BIOS" },
	{ FINDING_GUEST_FIRMWARE, PARTS(FLASH MACHINE_REST), NULL, flash_4m, PASSES,
	  NULL },
	{ FINDING_GUEST_FIRMWARE, PARTS(FLASH MACHINE_REST), NULL, flash_2m, PASSES,
	  NULL },
	{ FINDING_GUEST_FIRMWARE, PARTS(FLASH MACHINE_REST), NULL, flash_mixed,
	  FINDING_FAIL, "4 MiB firmware" },
	{ FINDING_GUEST_FIRMWARE, PARTS(FLASH MACHINE_REST), NULL, flash_mixed_back,
	  FINDING_FAIL, "2 MiB firmware" },
	{ FINDING_GUEST_FIRMWARE, PARTS(FLASH MACHINE_REST), NULL, no_loader,
	  FINDING_FAIL, "/f/CODE.fd does not exist" },
	{ FINDING_GUEST_FIRMWARE, PARTS(FLASH MACHINE_REST), NULL, no_template,
	  FINDING_FAIL, "/f/V.fd does not exist" },
	{ FINDING_GUEST_FIRMWARE, PARTS(FLASH MACHINE_REST), NULL, template_not_needed,
	  PASSES, NULL },
	{ FINDING_GUEST_FIRMWARE, PARTS(FLASH MACHINE_REST), NULL, NULL, FINDING_UNKNOWN,
	  "could not be read" },
	{ FINDING_GUEST_WIDTH, GOOD, NULL, bits_40, FINDING_WARN, "40 address bits" },
	{ FINDING_GUEST_WIDTH, GOOD, NULL, bits_46, FINDING_WARN, "46 address bits" },
	{ FINDING_GUEST_WIDTH, GOOD, NULL, bits_unknown, FINDING_UNKNOWN, "processor" },
	{ FINDING_GUEST_WIDTH, GOOD, NULL, width_unknown, FINDING_UNKNOWN, "IOMMU" },
	{ FINDING_GUEST_WIDTH,
	  PARTS(CPU_REST PASSTHROUGH("<maxphysaddr mode='passthrough' limit='39'/>")),
	  NULL, bits_46, PASSES, NULL },
	{ FINDING_GUEST_WIDTH,
	  PARTS(CPU_REST PASSTHROUGH("<maxphysaddr mode='passthrough' limit='40'/>")),
	  NULL, bits_46, FINDING_WARN, "40 address bits" },
	{ FINDING_GUEST_WIDTH,
	  PARTS(CPU_REST PASSTHROUGH("<maxphysaddr mode='emulate' bits='39'/>")), NULL,
	  bits_46, PASSES, NULL },
	{ FINDING_GUEST_WIDTH, PARTS(CPU_REST "<cpu mode='host-model'/>"), NULL, NULL,
	  FINDING_WARN, "40 address bits" },
	{ FINDING_GUEST_WIDTH, PARTS(OS("", "q35", "") MACHINE_REST), NULL, bits_46,
	  PASSES, NULL },
	{ FINDING_GUEST_APERTURE, GOOD, NULL, windows_border, PASSES, NULL },
	{ FINDING_GUEST_APERTURE, GOOD, NULL, windows_over, FINDING_WARN, "65536 MiB" },
	{ FINDING_GUEST_HIDING,
	  PARTS(REST "<features><kvm><hidden state='on'/></kvm></features>"), NULL, NULL,
	  FINDING_HINT, "KVM is hidden" },
	{ FINDING_GUEST_HIDING,
	  PARTS(REST "<features><hyperv><vendor_id state='on' value='x'/></hyperv>"
		     "</features>"),
	  NULL, NULL, FINDING_HINT, "vendor_id" },
	{ FINDING_GUEST_HIDING,
	  PARTS(REST "<features><kvm><hidden state='off'/></kvm><hyperv><vendor_id "
		     "state='off'/></hyperv></features>"),
	  NULL, NULL, PASSES, NULL },
	{ FINDING_GUEST_HYPERVISOR,
	  PARTS(CPU_REST PASSTHROUGH("<feature policy='disable' name='hypervisor'/>")),
	  NULL, NULL, FINDING_WARN, "hypervisor bit" },
	{ FINDING_GUEST_HYPERVISOR, PARTS(CPU_REST PASSTHROUGH(REQUIRE("hypervisor"))),
	  NULL, NULL, PASSES, NULL },

	{ FINDING_GUEST_CPU, PARTS(CPU_REST "<cpu><model>EPYC</model></cpu>"), NULL, NULL,
	  FINDING_HINT, "EPYC" },
	{ FINDING_GUEST_CPU, PARTS(CPU_REST), NULL, NULL, FINDING_HINT, "qemu64" },
	{ FINDING_GUEST_CPU, PARTS(CPU_REST "<cpu mode='host-model'/>"), NULL, NULL,
	  PASSES, NULL },
	{ FINDING_GUEST_TOPOLOGY, PARTS(CPU_REST PASSTHROUGH(TOPOLOGY("4", "2"))), NULL,
	  NULL, PASSES, NULL },
	{ FINDING_GUEST_TOPOLOGY, PARTS(CPU_REST PASSTHROUGH(TOPOLOGY("4", "1"))), NULL,
	  NULL, FINDING_FAIL, "8 vCPUs" },
	{ FINDING_GUEST_SMT, PARTS(CPU_REST PASSTHROUGH(TOPOLOGY("4", "2"))), NULL,
	  amd_host, FINDING_WARN, "topoext" },
	{ FINDING_GUEST_SMT, PARTS(CPU_REST PASSTHROUGH(TOPOLOGY("4", "2"))), NULL, NULL,
	  PASSES, NULL },
	{ FINDING_GUEST_SMT, PARTS(CPU_REST PASSTHROUGH(TOPOLOGY("8", "1"))), NULL,
	  amd_host, PASSES, NULL },
	{ FINDING_GUEST_SMT,
	  PARTS(CPU_REST PASSTHROUGH(TOPOLOGY("4", "2") REQUIRE("topoext"))), NULL,
	  amd_host, PASSES, NULL },
	{ FINDING_GUEST_SMT, PARTS(CPU_REST PASSTHROUGH(TOPOLOGY("4", "2"))), NULL,
	  maker_unknown, FINDING_UNKNOWN, "vendor" },
	{ FINDING_GUEST_NESTED, PARTS(CPU_REST PASSTHROUGH(REQUIRE("svm"))), NULL,
	  nested_off, FINDING_FAIL, "svm is required" },
	{ FINDING_GUEST_NESTED, PARTS(CPU_REST PASSTHROUGH(REQUIRE("vmx"))), NULL, NULL,
	  FINDING_HINT, "vmx" },
	{ FINDING_GUEST_NESTED, PARTS(CPU_REST PASSTHROUGH(REQUIRE("vmx"))), NULL,
	  nested_unknown, FINDING_UNKNOWN, "nested" },
	{ FINDING_GUEST_NESTED, GOOD, NULL, nested_off, PASSES, NULL },

	{ FINDING_GUEST_MEMORY, GOOD, NULL, memory_all, PASSES, NULL },
	{ FINDING_GUEST_MEMORY, GOOD, NULL, memory_over, FINDING_FAIL, "8192 MiB" },
	{ FINDING_GUEST_MEMORY, GOOD, NULL, memory_used, FINDING_WARN, "available now" },
	{ FINDING_GUEST_MEMORY, GOOD, NULL, memory_unknown, FINDING_UNKNOWN, "memory" },
	{ FINDING_GUEST_MEMORY, PARTS(REST HUGE), NULL, memory_used, PASSES, NULL },
	{ FINDING_GUEST_HUGEPAGES, PARTS(REST HUGE), NULL, NULL, PASSES, NULL },
	{ FINDING_GUEST_HUGEPAGES, PARTS(REST HUGE), NULL, pages_short, FINDING_FAIL,
	  "4096 huge pages of 2048 KiB, 4095" },
	{ FINDING_GUEST_HUGEPAGES, PARTS(REST HUGE NODE("0")), NULL, NULL, PASSES, NULL },
	{ FINDING_GUEST_HUGEPAGES, PARTS(REST HUGE NODE("1")), NULL, NULL, FINDING_FAIL,
	  "0 are free on its node" },
	{ FINDING_GUEST_HUGEPAGES, PARTS(REST HUGE), NULL, pages_unknown, FINDING_UNKNOWN,
	  "huge pages" },
	{ FINDING_GUEST_LOCKED, PARTS(REST LIMIT("9")), NULL, NULL, PASSES, NULL },
	{ FINDING_GUEST_LOCKED, PARTS(REST LIMIT("8")), NULL, NULL, FINDING_FAIL,
	  "8192 MiB" },
	{ FINDING_GUEST_BALLOON, WITH(CARD "<memballoon model='virtio'/>"), NULL, NULL,
	  FINDING_HINT, "balloon" },
	{ FINDING_GUEST_BALLOON, WITH(CARD "<memballoon model='none'/>"), NULL, NULL,
	  PASSES, NULL },
	{ FINDING_GUEST_BALLOON,
	  PARTS(MEMORY_REST MEMORY "<currentMemory unit='GiB'>4</currentMemory>"), NULL,
	  NULL, FINDING_HINT, "less memory" },
	{ FINDING_GUEST_BALLOON,
	  PARTS(MEMORY_REST MEMORY "<currentMemory unit='GiB'>8</currentMemory>"), NULL,
	  NULL, PASSES, NULL },

	{ FINDING_GUEST_SCREEN,
	  DOMAIN(REST DEVICES(CARD USB "<video><model type='qxl'/></video>")), NULL, NULL,
	  FINDING_HINT, "qxl" },
	{ FINDING_GUEST_SCREEN,
	  DOMAIN(REST DEVICES(HOSTDEV("bus='0x0a' slot='0' function='0'",
				      "") "<video><model type='qxl'/></video>")),
	  NULL, NULL, PASSES, NULL },
	{ FINDING_GUEST_SCREEN, WITH(CARD "<channel type='spicevmc'/>"), NULL, NULL,
	  FINDING_FAIL, "a channel" },
	{ FINDING_GUEST_SCREEN, WITH(CARD "<redirdev type='spicevmc'/>"), NULL, NULL,
	  FINDING_FAIL, "a redirdev" },
	{ FINDING_GUEST_SCREEN, WITH(CARD "<audio type='spice'/>"), NULL, NULL,
	  FINDING_FAIL, "audio" },
	{ FINDING_GUEST_SCREEN,
	  WITH(CARD "<graphics type='spice'/><channel type='spicevmc'/>"), NULL, NULL,
	  PASSES, NULL },
	{ FINDING_GUEST_INPUT, DOMAIN(REST DEVICES(CARD NO_SCREEN)), NULL, NULL,
	  FINDING_WARN, "there is no keyboard" },
	{ FINDING_GUEST_INPUT,
	  DOMAIN(REST DEVICES(CARD "<graphics type='vnc'/>" NO_SCREEN)), NULL, NULL,
	  FINDING_WARN, "there is no keyboard" },
	{ FINDING_GUEST_INPUT,
	  DOMAIN(REST DEVICES(CARD "<graphics type='vnc'/><video><model type='virtio'/>"
				   "</video>")),
	  NULL, NULL, PASSES, NULL },
	{ FINDING_GUEST_INPUT,
	  DOMAIN(REST DEVICES(CARD NO_SCREEN "<input type='evdev'/>")), NULL, NULL,
	  PASSES, NULL },
	{ FINDING_GUEST_INPUT,
	  DOMAIN(REST DEVICES(
		  CARD NO_SCREEN HOSTDEV("bus='0x0a' slot='0' function='0'", ""))),
	  usb_controller, NULL, PASSES, NULL },

	{ FINDING_GUEST_TWICE, GOOD, NULL, NULL, PASSES, NULL },
	{ FINDING_GUEST_TWICE, GOOD, NULL, other_guest, FINDING_HINT, "linux" },
	{ FINDING_GUEST_TWICE, GOOD, NULL, other_starts, FINDING_HINT, "linux" },
	{ FINDING_GUEST_TWICE, GOOD, NULL, both_start, FINDING_WARN, "both start" },
	{ FINDING_GUEST_AUTOSTART, WITH(HOSTDEV_AS("yes", GPU, "")), NULL, starts,
	  FINDING_WARN, "vfio-early.target" },
	{ FINDING_GUEST_AUTOSTART, WITH(HOSTDEV_AS("yes", GPU, "")), NULL, starts_ordered,
	  PASSES, NULL },
	{ FINDING_GUEST_AUTOSTART, GOOD, NULL, starts, PASSES, NULL },
	{ FINDING_GUEST_HOOK, GOOD, NULL, hook, FINDING_WARN, "virsh" },
	{ FINDING_GUEST_HOOK, GOOD, NULL, NULL, PASSES, NULL },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool good;

		machine_make();
		guest_make(rows[i].guest);
		if (rows[i].before)
			rows[i].before();
		facts_make();
		if (rows[i].after)
			rows[i].after();
		check_run_on();
		good = rows[i].level == PASSES ?
			       passes(rows[i].code) :
			       find(rows[i].code, rows[i].level, rows[i].part) != NULL;
		if (!good) {
			show();
			fail_msg("row %zu: %s, expected %s %s\n%s", i,
				 finding_info(rows[i].code)->name,
				 finding_level_names[rows[i].level],
				 rows[i].part ? rows[i].part : "", rows[i].guest);
		}
	}
}

/* Each code of a guest is in a row that has it and in one that has not. */
static void test_all_codes(void **state)
{
	(void)state;
	for (int code = FINDING_GUEST_DEVICE; code <= FINDING_GUEST_HOOK; code++) {
		bool hit = false, pass = false;

		if (strncmp(finding_info((enum finding_code)code)->name, "guest-", 6) !=
			    0 &&
		    code != FINDING_ROM_ACCESS)
			continue; /* its own test has it */
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			hit = hit || (rows[i].code == (enum finding_code)code &&
				      rows[i].level != PASSES);
			pass = pass || (rows[i].code == (enum finding_code)code &&
					rows[i].level == PASSES);
		}
		if (!hit || !pass)
			fail_msg("%s has no row",
				 finding_info((enum finding_code)code)->name);
	}
}

/* A remedy of every finding that is worse than a PASS */
static void test_remedies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		machine_make();
		guest_make(rows[i].guest);
		if (rows[i].before)
			rows[i].before();
		facts_make();
		if (rows[i].after)
			rows[i].after();
		check_run_on();
		for (size_t j = 0; j < m.findings.count; j++)
			assert_int_equal(m.findings.list[j].level == FINDING_PASS,
					 !*m.findings.list[j].remedy);
	}
}

/* ---- --hostdev ---- */

static struct hostdev hostdev;
static char text[HOSTDEV_TEXT_MAX];

static int lines_make(const char *config, const char *guest)
{
	struct fault fault;
	int result;

	machine_make();
	config_of(&m.config, config);
	plan_build(&m.config, &m.host, &m.plan);
	if (guest)
		guest_make(guest);
	result = hostdev_plan(m.config.targets[0].name, &m.plan.targets[0], &m.host,
			      guest ? &m.guest : NULL, &hostdev, &fault);
	if (!result)
		hostdev_text(&hostdev, text);
	return result;
}

static void test_qemu(void **state)
{
	(void)state;
	assert_int_equal(lines_make(CONFIG, NULL), 0);
	assert_string_equal(
		text, "-device pcie-root-port,id=gpu,bus=pcie.0,chassis=101,slot=352\n"
		      "-device vfio-pci,host=0000:0b:00.0,bus=gpu,addr=0.0,"
		      "multifunction=on\n"
		      "-device vfio-pci,host=0000:0b:00.1,bus=gpu,addr=0.1\n");
	/* a single function, and not the first one of its slot */
	assert_int_equal(
		lines_make("[target 9]\naddress = 0b:00.1\nfunctions = 1\n", NULL), 0);
	assert_string_equal(
		text, "-device pcie-root-port,id=card-9,bus=pcie.0,chassis=101,slot=352\n"
		      "-device vfio-pci,host=0000:0b:00.1,bus=card-9,addr=0.0\n");
	assert_int_equal(lines_make("[target gone]\nid = dead:beef\n", NULL), -ENODEV);
}

static void test_libvirt(void **state)
{
	(void)state;
	assert_int_equal(lines_make(CONFIG, GOOD), 0);
	assert_int_equal(hostdev.slots[0].bus, 8);
	assert_non_null(strstr(text, "<controller type='pci' index='8' "
				     "model='pcie-root-port'/>"));
	assert_non_null(strstr(text, "bus='0x08' slot='0x00' function='0x0'\n"
				     "           multifunction='on'/>"));
	/* i440fx has no ports: the first free slots of bus 0 */
	assert_int_equal(lines_make(CONFIG, DOMAIN(OS("", "pc", "") DEVICES(
						    "<disk><address type='pci' "
						    "bus='0' slot='0x10' "
						    "function='0'/></disk>"))),
			 0);
	assert_null(strstr(text, "controller"));
	assert_non_null(strstr(text, "bus='0x00' slot='0x11' function='0x0'\n"));
	/* no bus is left */
	assert_int_equal(lines_make(CONFIG, WITH("<controller type='pci' index='255'/>")),
			 -ENOSPC);
	assert_int_equal(lines_make(CONFIG, WITH("<controller type='pci' index='254'/>")),
			 0);
}

static void test_proxmox(void **state)
{
	(void)state;
	assert_int_equal(lines_make(CONFIG, PROXMOX), 0);
	assert_string_equal(text, "qm set 100 --hostpci0 0000:0b:00,pcie=1\n");
	assert_int_equal(lines_make(CONFIG, PROXMOX "hostpci0: 09:00\nhostpci2: 0b:00.0"),
			 0);
	assert_string_equal(text, "qm set 100 --hostpci2 0000:0b:00,pcie=1\n");
	assert_int_equal(lines_make(CONFIG, "hostpci0: 09:00"), 0);
	assert_string_equal(text, "qm set 100 --hostpci1 0000:0b:00\n");
	assert_int_equal(lines_make("[target some]\naddress = 09:00.0\nfunctions = 0,2\n",
				    PROXMOX),
			 0);
	assert_string_equal(text, "qm set 100 --hostpci0 "
				  "'0000:09:00.0;0000:09:00.2,pcie=1'\n");
}

/* What is printed, put into the guest, has no finding about slots and functions. */
static void test_round(void **state)
{
	static char domain[2 * HOSTDEV_TEXT_MAX];

	(void)state;
	assert_int_equal(lines_make(CONFIG, WITH("")), 0);
	(void)snprintf(domain, sizeof(domain),
		       "<domain type='kvm'><name>win</name>" REST
		       "<devices>%s" USB NO_SCREEN "</devices></domain>",
		       text);
	guest_make(domain);
	facts_make();
	check_run_on();
	assert_true(m.findings.levels[FINDING_PASS] == m.findings.count - 1 &&
		    find(FINDING_PIN_NONE, FINDING_HINT, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),	 cmocka_unit_test(test_rows),
		cmocka_unit_test(test_remedies), cmocka_unit_test(test_all_codes),
		cmocka_unit_test(test_qemu),	 cmocka_unit_test(test_libvirt),
		cmocka_unit_test(test_proxmox),	 cmocka_unit_test(test_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
