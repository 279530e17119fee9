// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/facts_read.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/lines.h"
#include "base/number.h"
#include "guest/files_read.h"
#include "guest/start_read.h"
#include "model/cmdline.h"
#include "read/config_read.h"

#define DEVICES "sys/bus/pci/devices"
#define KIB UINT64_C(1024)
#define BARS 6 /* the line behind them is the ROM's */
#define MEM 0x200 /* include/linux/ioport.h */
#define MEM_64 0x100000
#define AMD_WIDTH_MIN 48 /* four levels, the fewest that its page tables can have */

/* ---- functions ---- */

/* lines_word() with a number written 0x... */
static bool hex_word(const char **cursor, uint64_t *ret_value)
{
	char word[LINES_WORD_MAX];

	return lines_word(cursor, " ", word) && !strncmp(word, "0x", 2) &&
	       !number_parse(word + 2, strlen(word + 2), 16, UINT64_MAX, ret_value);
}

static uint64_t power_above(uint64_t size)
{
	uint64_t power = 1;

	while (power < size && power < UINT64_C(1) << 62)
		power <<= 1;
	return power;
}

static void bar_take(const struct line *line, void *context)
{
	struct passed *passed = context;
	const char *cursor = line->text;
	uint64_t start, end, flags;

	if (!hex_word(&cursor, &start) || !hex_word(&cursor, &end) ||
	    !hex_word(&cursor, &flags))
		return;
	passed->bars_known = true;
	if (line->number <= BARS && flags & MEM && flags & MEM_64 && end > start)
		passed->bars += power_above(end - start + 1);
}

/* VT-d: MGAW and SAGAW of the capability register (specification 4.x, 11.4.2) */
static unsigned int intel_width(uint64_t cap)
{
	unsigned int most = (unsigned int)(cap >> 16 & 0x3f) + 1;
	unsigned int tables = cap >> 11 & 1 ? 57 : cap >> 10 & 1 ? 48 : 39;

	return most < tables ? most : tables;
}

/* AMD-Vi: HATS of the extended features (48882, 3.4.12) */
static unsigned int amd_width(uint64_t features)
{
	static const unsigned int levels[] = { 48, 57, 64, 0 };

	return levels[features >> 10 & 3];
}

static unsigned int width_read(const struct sysroot *root, const char *unit)
{
	char path[SYSROOT_PATH_MAX], text[64];
	uint64_t value;

	(void)snprintf(path, sizeof(path), "sys/class/iommu/%s/intel-iommu/cap", unit);
	if (!sysroot_read_number(root->fd, path, 16, UINT64_MAX, &value))
		return intel_width(value);
	(void)snprintf(path, sizeof(path), "sys/class/iommu/%s/amd-iommu/features", unit);
	if (sysroot_read(root->fd, path, text, sizeof(text)) > 0 &&
	    !number_parse(text, strcspn(text, ":"), 16, UINT64_MAX, &value))
		return amd_width(value);
	return !strncmp(unit, "ivhd", 4) ? AMD_WIDTH_MIN : 0;
}

static void passed_read(const struct sysroot *root, const struct host *host,
			struct passed *passed)
{
	const struct host_function *function = host_find(host, &passed->address);
	char path[SYSROOT_PATH_MAX];

	passed->there = function;
	if (!function)
		return;
	passed->function = (size_t)(function - host->functions);
	passed->width = *function->unit ? width_read(root, function->unit) : 0;
	(void)snprintf(path, sizeof(path), DEVICES "/%s/resource",
		       PCI_ADDRESS(&passed->address));
	(void)lines_read(root, path, bar_take, passed);
}

static void passed_add(const struct sysroot *root, const struct host *host,
		       size_t hostdev, const struct pci_address *address,
		       struct guest_facts *facts)
{
	struct passed *passed = &facts->passed[facts->n_passed];

	if (facts->n_passed == FACTS_PASSED_MAX) {
		facts->cut = true;
		return;
	}
	facts->n_passed++;
	*passed = (struct passed){ .hostdev = hostdev, .address = *address };
	passed_read(root, host, passed);
}

/* A whole slot is the functions that are there, and its first one when none is. */
static void slot_add(const struct sysroot *root, const struct host *host, size_t hostdev,
		     const struct pci_address *slot, struct guest_facts *facts)
{
	size_t before = facts->n_passed;

	for (size_t i = 0; i < host->n_functions; i++)
		if (pci_address_same_slot(&host->functions[i].address, slot))
			passed_add(root, host, hostdev, &host->functions[i].address,
				   facts);
	if (facts->n_passed == before)
		passed_add(root, host, hostdev, slot, facts);
}

static void functions_read(const struct sysroot *root, const struct guest *guest,
			   const struct host *host, struct guest_facts *facts)
{
	for (size_t i = 0; i < guest->n_hostdevs; i++) {
		const struct guest_hostdev *hostdev = &guest->hostdevs[i];

		if (hostdev->whole_slot)
			slot_add(root, host, i, &hostdev->host, facts);
		else if (!*hostdev->mapping)
			passed_add(root, host, i, &hostdev->host, facts);
	}
}

/* ---- processor ---- */

/* The number that is the first word of a text */
static bool word_number(const char *text, uint64_t *ret_value)
{
	text += strspn(text, " \t");
	return !number_parse(text, strspn(text, "0123456789"), 10, UINT64_MAX, ret_value);
}

static void cpuinfo_take(const struct line *line, void *context)
{
	struct guest_facts *facts = context;
	const char *colon = strchr(line->text, ':');
	uint64_t bits;

	if (!colon)
		return;
	if (!strncmp(line->text, "vendor_id", 9)) {
		facts->vendor_known = true;
		facts->is_amd = strstr(colon, "AuthenticAMD") ||
				strstr(colon, "HygonGenuine");
	}
	if (!strncmp(line->text, "address sizes", 13) && word_number(colon + 1, &bits) &&
	    bits <= 64)
		facts->cpu_bits = (unsigned int)bits;
}

static enum fact switch_read(const struct sysroot *root, const char *path)
{
	char text[8];

	if (sysroot_read(root->fd, path, text, sizeof(text)) <= 0)
		return FACT_UNKNOWN;
	return *text == 'Y' || *text == '1' ? FACT_YES : FACT_NO;
}

/* isolcpus=managed_irq,domain,2-7: flags first (kernel-parameters) */
static void isolcpus_read(const struct sysroot *root, struct guest_facts *facts)
{
	char cmdline[CMDLINE_MAX], value[sizeof(facts->isolcpus)] = "";
	const char *list = value;

	(void)config_read_cmdline(root, cmdline);
	(void)cmdline_get(cmdline, "isolcpus", value, sizeof(value));
	while (*list && !strchr("0123456789", *list)) {
		list += strcspn(list, ",");
		list += *list == ',';
	}
	(void)snprintf(facts->isolcpus, sizeof(facts->isolcpus), "%s", list);
}

static void processor_read(const struct sysroot *root, struct guest_facts *facts)
{
	(void)lines_read(root, "proc/cpuinfo", cpuinfo_take, facts);
	facts->nested = switch_read(root, "sys/module/kvm_intel/parameters/nested");
	if (facts->nested == FACT_UNKNOWN)
		facts->nested = switch_read(root, "sys/module/kvm_amd/parameters/nested");
	isolcpus_read(root, facts);
}

/* ---- memory ---- */

static void meminfo_take(const struct line *line, void *context)
{
	struct guest_facts *facts = context;
	const char *colon = strchr(line->text, ':');
	uint64_t value;

	if (!colon || !word_number(colon + 1, &value) || value > UINT64_MAX / KIB)
		return;
	if (!strncmp(line->text, "MemTotal:", 9))
		facts->memory_total = value * KIB;
	else if (!strncmp(line->text, "MemAvailable:", 13))
		facts->memory_free = value * KIB;
	else if (!strncmp(line->text, "Hugepagesize:", 13))
		facts->page_default = value * KIB;
}

static void node_pages_read(const struct sysroot *root, const char *name,
			    struct guest_pages *pages)
{
	char path[SYSROOT_PATH_MAX];

	for (unsigned int node = 0; node < GUEST_NODES_MAX; node++) {
		(void)snprintf(path, sizeof(path),
			       "sys/devices/system/node/node%u/hugepages/%.80s/"
			       "free_hugepages",
			       node, name);
		if (!sysroot_read_number(root->fd, path, 10, UINT64_MAX,
					 &pages->nodes[node]))
			pages->has_nodes |= UINT64_C(1) << node;
	}
}

/* sys/kernel/mm/hugepages/hugepages-2048kB */
static void pages_read(const struct sysroot *root, const char *name,
		       struct guest_facts *facts)
{
	static const char prefix[] = "hugepages-";
	struct guest_pages *pages = &facts->pages[facts->n_pages];
	char path[SYSROOT_PATH_MAX];
	uint64_t size;

	if (facts->n_pages == FACTS_PAGES_MAX ||
	    strncmp(name, prefix, sizeof(prefix) - 1) != 0 ||
	    !word_number(name + sizeof(prefix) - 1, &size))
		return;
	pages->size = size * KIB;
	(void)snprintf(path, sizeof(path), "sys/kernel/mm/hugepages/%.80s/free_hugepages",
		       name);
	if (sysroot_read_number(root->fd, path, 10, UINT64_MAX, &pages->free))
		return;
	(void)snprintf(path, sizeof(path), "sys/kernel/mm/hugepages/%.80s/nr_hugepages",
		       name);
	(void)sysroot_read_number(root->fd, path, 10, UINT64_MAX, &pages->total);
	node_pages_read(root, name, pages);
	facts->n_pages++;
}

static void memory_read(const struct sysroot *root, struct guest_facts *facts)
{
	cleanup_listing struct listing *list = NULL;
	const char *name;

	(void)lines_read(root, "proc/meminfo", meminfo_take, facts);
	if (sysroot_list(root->fd, "sys/kernel/mm/hugepages", &list) < 0)
		return;
	while ((name = sysroot_list_next(list)))
		pages_read(root, name, facts);
}

void facts_read(const struct sysroot *root, const struct guest *guest,
		const struct host *host, struct guest_facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	functions_read(root, guest, host, facts);
	processor_read(root, facts);
	memory_read(root, facts);
	facts->iommufd = sysroot_exists(root->fd, "dev/iommu") ? FACT_YES :
			 sysroot_exists(root->fd, "dev")       ? FACT_NO :
								 FACT_UNKNOWN;
	files_read(root, guest, facts);
	start_read(root, guest, facts);
}
