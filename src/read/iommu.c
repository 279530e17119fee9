// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/iommu.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/number.h"
#include "base/text.h"
#include "model/cmdline.h"
#include "read/platform.h"

#define UNITS "sys/class/iommu"
#define GROUPS "sys/kernel/iommu_groups"
#define INTERRUPTS_PIECE 256 /* on a large machine it is long; a line or two may tell */
#define REGIONS_TEXT 16384 /* a sysfs attribute has at most 4096, on arm64 16384 bytes */

static void note(struct host *host, int error, const char *what)
{
	struct fault fault;

	fault_set(&fault, error, "/%s: cannot be read: %s", what, strerror(-error));
	host_note(host, &fault);
}

/* Without IOMMU support in the kernel there is no such directory: no unit, no note. */
static void units_read(const struct sysroot *root, struct host *host)
{
	cleanup_listing struct listing *list = NULL;
	int result = sysroot_list(root->fd, UNITS, &list);
	const char *name;

	host->n_units = 0;
	if (result < 0 && result != -ENOENT)
		note(host, result, UNITS);
	if (result < 0)
		return;
	while ((name = sysroot_list_next(list))) {
		size_t length = strlen(name);

		if (host->n_units == HOST_UNITS_MAX || length >= HOST_NAME_MAX) {
			note(host, -E2BIG, UNITS);
			break;
		}
		memcpy(host->units[host->n_units++], name, length + 1);
	}
	qsort(host->units, host->n_units, sizeof(host->units[0]), text_compare);
}

/* The first region of each type that matters */
static void region_take(const char *type, size_t length, uint64_t start, uint64_t end,
			struct host_group *group)
{
	static const char relaxable[] = "direct-relaxable", direct[] = "direct";

	if (length == strlen(direct) && !memcmp(type, direct, length) && !group->direct) {
		group->direct = true;
		group->direct_start = start;
		group->direct_end = end;
	}
	if (length == strlen(relaxable) && !memcmp(type, relaxable, length) &&
	    !group->relaxable) {
		group->relaxable = true;
		group->relaxable_start = start;
		group->relaxable_end = end;
	}
}

/* `0xSTART 0xEND TYPE` (kernel: drivers/iommu/iommu.c iommu_group_show_resv_regions()) */
static int region_parse(const char *line, size_t length, struct host_group *group)
{
	const char *second = memchr(line, ' ', length);
	const char *type =
		second ? memchr(second + 1, ' ', length - (size_t)(second + 1 - line)) :
			 NULL;
	uint64_t start, end;

	if (!type || memcmp(line, "0x", 2) || memcmp(second, " 0x", 3))
		return -EINVAL;
	if (number_parse(line + 2, (size_t)(second - line) - 2, 16, UINT64_MAX, &start) <
		    0 ||
	    number_parse(second + 3, (size_t)(type - second) - 3, 16, UINT64_MAX, &end) <
		    0)
		return -EINVAL;
	region_take(type + 1, length - (size_t)(type + 1 - line), start, end, group);
	return 0;
}

static int regions_read(int dir, struct host_group *group)
{
	char text[REGIONS_TEXT];
	ssize_t length = sysroot_read(dir, "reserved_regions", text, sizeof(text));
	const char *line = text;

	if (length < 0)
		return (int)length;
	while (*line) {
		size_t width = strcspn(line, "\n");

		if (region_parse(line, width, group) < 0)
			return -EINVAL;
		line += width + (line[width] == '\n');
	}
	return 0;
}

/* @details: also what no rule asks for */
static void group_read(const struct sysroot *root, struct host *host, bool details,
		       struct host_group *group)
{
	char path[sizeof(GROUPS) + 64], name[HOST_NAME_MAX];
	cleanup_close int dir = -1;
	ssize_t length;
	int result;

	(void)snprintf(path, sizeof(path), GROUPS "/%u", group->number);
	dir = openat(root->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0) {
		note(host, -errno, path);
		return;
	}
	if (details && sysroot_read(dir, "type", group->type, sizeof(group->type)) < 0)
		group->type[0] = '\0';
	/*
	 * Only a group that VFIO made up is called so (vfio_noiommu_group_alloc()); most
	 * have no name.
	 */
	length = sysroot_read(dir, "name", name, sizeof(name));
	if (length < 0 && length != -ENOENT) {
		(void)snprintf(path, sizeof(path), GROUPS "/%u/name", group->number);
		note(host, (int)length, path);
		return;
	}
	group->noiommu = length > 0 && !strcmp(name, "vfio-noiommu");
	result = regions_read(dir, group);
	if (!result) {
		group->known = true;
		return;
	}
	group->direct = false;
	group->relaxable = false;
	(void)snprintf(path, sizeof(path), GROUPS "/%u/reserved_regions", group->number);
	note(host, result, path);
}

static int groups_compare(const void *a, const void *b)
{
	const struct host_group *left = a, *right = b;

	return (left->number > right->number) - (left->number < right->number);
}

static_assert(HOST_GROUPS_MAX >= HOST_FUNCTIONS_MAX, "a group for each function");

/*
 * Adds those of functions that are not known yet, at the end, some of them several times.
 *
 * Return: how many there are
 */
static size_t groups_add(struct host *host)
{
	size_t count = host->n_groups;

	for (size_t i = 0; i < host->n_functions; i++) {
		unsigned int number = host->functions[i].group;

		if (host->functions[i].has_group && !host_group_find(host, number))
			host->groups[count++] = (struct host_group){ .number = number };
	}
	return count;
}

/*
 * Only groups that hold a PCI function: the others are not needed. What is known by now
 * stays as it is.
 */
static void groups_read(const struct sysroot *root, struct host *host, bool details)
{
	size_t known = host->n_groups, count = groups_add(host), unique = known;

	qsort(host->groups + known, count - known, sizeof(host->groups[0]),
	      groups_compare);
	for (size_t i = known; i < count; i++)
		if (unique == known ||
		    host->groups[i].number != host->groups[unique - 1].number)
			host->groups[unique++] = host->groups[i];
	for (size_t i = known; i < unique; i++)
		group_read(root, host, details, &host->groups[i]);
	host->n_groups = unique;
	if (known)
		qsort(host->groups, unique, sizeof(host->groups[0]), groups_compare);
}

/*
 * The kernel lists all functions of a group, even those that cannot be read themselves.
 *
 * Return: false when the list cannot be read, or ends by an error
 */
static bool group_list(const struct sysroot *root, struct host *host, unsigned int number)
{
	char path[sizeof(GROUPS) + 64];
	cleanup_listing struct listing *list = NULL;
	const char *name;

	(void)snprintf(path, sizeof(path), GROUPS "/%u/devices", number);
	if (sysroot_list(root->fd, path, &list) < 0)
		return false;
	while ((name = sysroot_list_next(list))) {
		struct pci_address address;
		const struct host_function *found = NULL;
		struct host_function *function;

		if (!pci_address_parse(name, &address))
			found = host_find(host, &address);
		if (!found || found->has_group)
			continue;
		function = &host->functions[found - host->functions];
		function->has_group = true;
		function->group = number;
	}
	return !errno;
}

void iommu_read_groups(const struct sysroot *root, struct host *host)
{
	size_t known = host->n_groups;
	bool listed = !known || host->groups_listed;

	groups_read(root, host, false);
	if (known == host->n_groups)
		return;
	/* A list again costs little; which of them are new is not known after sorting. */
	for (size_t i = 0; i < host->n_groups && listed; i++)
		listed = group_list(root, host, host->groups[i].number);
	host->groups_listed = listed;
}

/*
 * The names of interrupt chips tell whether interrupts are remapped: "IR-" stands before
 * each chip that is (kernel: arch/x86/kernel/apic/msi.c; prefix of the msi_parent_ops
 * in drivers/iommu). On Arm the ITS of a GICv3 isolates the messages of each device
 * (irq-gic-v3-its.c: IRQ_DOMAIN_FLAG_ISOLATED_MSI), the frame of a GICv2m does not. Chips
 * that neither isolate nor could are no evidence.
 */
static void chip_judge(const char *chip, struct host *host)
{
	static const struct {
		const char *start;
		enum fact isolated;
		enum host_arch arch;
	} chips[] = {
		{ "IR-", FACT_YES, HOST_ARCH_X86 },
		{ "IO-APIC", FACT_NO, HOST_ARCH_X86 },
		{ "PCI-MSI", FACT_NO, HOST_ARCH_UNKNOWN },
		{ "ITS-", FACT_YES, HOST_ARCH_ARM },
		{ "GICv2m", FACT_NO, HOST_ARCH_ARM },
		{ "GIC", FACT_UNKNOWN, HOST_ARCH_ARM },
	};

	for (size_t i = 0; i < ARRAY_SIZE(chips); i++) {
		if (strncmp(chip, chips[i].start, strlen(chips[i].start)) != 0)
			continue;
		if (chips[i].isolated > host->interrupt_remapping)
			host->interrupt_remapping = chips[i].isolated;
		if (host->arch == HOST_ARCH_UNKNOWN)
			host->arch = chips[i].arch;
		return;
	}
}

/* `NUMBER: COUNT... CHIP ...`; other labels than numbers have no chip. */
static void interrupt_judge(char *line, struct host *host)
{
	char *cursor = line, *word;

	word = strsep(&cursor, ":");
	word += strspn(word, " ");
	if (!cursor || !*word || word[strspn(word, "0123456789")])
		return;
	while ((word = strsep(&cursor, " \n")))
		if (word[strspn(word, "0123456789")]) {
			chip_judge(word, host);
			return;
		}
}

/*
 * Line by line: on a large machine it is long, and the first line may be enough.
 *
 * Return: 0 or -errno: there may be evidence that was not seen
 */
static int interrupts_read(const struct sysroot *root, struct host *host)
{
	cleanup_close int fd = sysroot_file_open(root->fd, "proc/interrupts");
	char piece[INTERRUPTS_PIECE]; /* outlives the file that uses it */
	cleanup_fclose FILE *file = NULL;
	cleanup_free char *line = NULL;
	size_t size = 0;

	if (fd < 0)
		return -errno;
	file = fdopen(fd, "r");
	if (!file)
		return -errno;
	fd = -1;
	(void)setvbuf(file, piece, _IOFBF, sizeof(piece));
	errno = 0;
	while (host->interrupt_remapping != FACT_YES && getline(&line, &size, file) >= 0)
		interrupt_judge(line, host);
	return feof(file) ? 0 : -errno;
}

static int chips_read(const struct sysroot *root, struct host *host)
{
	cleanup_listing struct listing *list = NULL;
	int result = sysroot_list(root->fd, "sys/kernel/irq", &list), error = 0;
	const char *name;

	if (result < 0)
		return result;
	while (host->interrupt_remapping != FACT_YES &&
	       (name = sysroot_list_next(list))) {
		char path[HOST_NAME_MAX], chip[HOST_NAME_MAX];
		ssize_t length;

		if ((size_t)snprintf(path, sizeof(path), "%s/chip_name", name) >=
		    sizeof(path))
			continue;
		length = sysroot_read(list->fd, path, chip, sizeof(chip));
		if (length > 0)
			chip_judge(chip, host);
		else if (length < 0 && length != -ENOENT)
			error = (int)length;
	}
	return errno ? -errno : error; /* counts only where no chip tells */
}

/* Files that could not be read matter only if nothing else shows it. */
static void remapping_read(const struct sysroot *root, struct host *host)
{
	int first, second = 0;

	host->interrupt_remapping = FACT_UNKNOWN;
	first = interrupts_read(root, host);
	if (host->interrupt_remapping == FACT_UNKNOWN)
		second = chips_read(root, host);
	first = first == -ENOENT ? 0 : first;
	second = second == -ENOENT ? 0 : second;
	host->interrupts_unread = host->interrupt_remapping == FACT_UNKNOWN &&
				  (first || second);
	if (host->interrupts_unread)
		note(host, first ? first : second,
		     first ? "proc/interrupts" : "sys/kernel/irq");
}

/* Most machines can read all of their functions, and need no list. */
static void unreadable_list(const struct sysroot *root, struct host *host)
{
	bool listed = true, needed = false;

	for (size_t i = 0; i < host->n_functions; i++)
		needed |= host->functions[i].unreadable;
	for (size_t i = 0; needed && i < host->n_groups && listed; i++)
		listed = group_list(root, host, host->groups[i].number);
	host->groups_listed = listed;
}

void iommu_read_machine(const struct sysroot *root, const char *cmdline,
			struct host *host)
{
	char value[HOST_NAME_MAX];

	units_read(root, host);
	platform_read(root, host);
	remapping_read(root, host);
	host->acs_override =
		cmdline_get(cmdline, "pcie_acs_override", value, sizeof(value));
}

void iommu_read(const struct sysroot *root, const char *cmdline, struct host *host)
{
	iommu_read_machine(root, cmdline, host);
	host->n_groups = 0;
	groups_read(root, host, true);
	unreadable_list(root, host);
}
