// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/iommu.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/lines.h"
#include "base/number.h"
#include "base/text.h"
#include "model/cmdline.h"
#include "read/platform.h"

#define UNITS "sys/class/iommu"
#define GROUPS "sys/kernel/iommu_groups"
#define INTERRUPTS_PIECE 128 /* on a large machine it is long; a line or two may tell */
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

/*
 * The kernel lists all functions of a group, even those that cannot be read themselves.
 *
 * Return: false when the list cannot be read, or ends by an error
 */
static bool group_list(int dir, struct host *host, unsigned int number)
{
	cleanup_listing struct listing *list = NULL;
	const char *name;

	if (sysroot_list(dir, "devices", &list) < 0)
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

/* Only a group that VFIO made up is called so; most have no name. */
static int name_read(int dir, struct host_group *group)
{
	char name[HOST_NAME_MAX];
	ssize_t length = sysroot_read(dir, "name", name, sizeof(name));

	group->noiommu = length > 0 && !strcmp(name, "vfio-noiommu");
	return length < 0 && length != -ENOENT ? (int)length : 0;
}

/**
 * struct groups - how groups are read
 * @details: also what no rule asks for
 * @lists: also their members
 * @listed: that did not fail
 */
struct groups {
	struct host *host;
	bool details;
	bool lists;
	bool listed;
};

static void group_read(const struct sysroot *root, struct groups *groups,
		       struct host_group *group)
{
	char path[sizeof(GROUPS) + 64], text[NUMBER_TEXT] = "";
	const char *number = number_put(group->number, text + NUMBER_TEXT - 1);
	const char *attribute = "name";
	cleanup_close int dir = -1;
	int error = 0;

	(void)text_join(path, sizeof(path), GROUPS "/", number, NULL);
	dir = openat(root->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0) {
		note(groups->host, -errno, path);
		groups->listed = groups->listed && !groups->lists;
		group->noiommu = false;
		return;
	}
	if (groups->lists && groups->listed)
		groups->listed = group_list(dir, groups->host, group->number);
	if (groups->details &&
	    sysroot_read(dir, "type", group->type, sizeof(group->type)) < 0)
		group->type[0] = '\0';
	if (groups->details || group->noiommu)
		error = name_read(dir, group);
	if (!error) {
		attribute = "reserved_regions";
		error = regions_read(dir, group);
	}
	group->known = !error;
	if (!error)
		return;
	group->direct = false;
	group->relaxable = false;
	(void)text_join(path, sizeof(path), GROUPS "/", number, "/", attribute, NULL);
	note(groups->host, error, path);
}

static int groups_compare(const void *a, const void *b)
{
	const struct host_group *left = a, *right = b;

	return (left->number > right->number) - (left->number < right->number);
}

/*
 * Adds those of functions that are not known yet, at the end, some of them several times.
 * One may be VFIO's only if a function in it has no unit: VFIO makes up a group for a
 * device that has none (drivers/vfio/group.c vfio_group_find_or_alloc()), and what has a
 * unit got its group from that (drivers/iommu/iommu.c iommu_device_link()).
 *
 * Return: how many there are
 */
static size_t groups_add(struct host *host)
{
	size_t count = host->n_groups;

	for (size_t i = 0; i < host->n_functions; i++) {
		const struct host_function *function = &host->functions[i];

		if (count < HOST_GROUPS_MAX && function->has_group &&
		    !host_group_find(host, function->group))
			host->groups[count++] = (struct host_group){
				.number = function->group,
				.noiommu = !function->unit[0],
			};
	}
	return count;
}

/*
 * Only groups that hold a PCI function: the others are not needed. What is known by now
 * stays as it is.
 */
static void groups_read(const struct sysroot *root, struct groups *groups)
{
	struct host *host = groups->host;
	size_t known = host->n_groups, count = groups_add(host), unique = known;

	qsort(host->groups + known, count - known, sizeof(host->groups[0]),
	      groups_compare);
	for (size_t i = known; i < count; i++)
		if (unique == known ||
		    host->groups[i].number != host->groups[unique - 1].number)
			host->groups[unique++] = host->groups[i];
		else
			host->groups[unique - 1].noiommu &= host->groups[i].noiommu;
	for (size_t i = known; i < unique; i++)
		group_read(root, groups, &host->groups[i]);
	host->n_groups = unique;
	if (known)
		qsort(host->groups, unique, sizeof(host->groups[0]), groups_compare);
}

void iommu_read_groups(const struct sysroot *root, struct host *host)
{
	size_t known = host->n_groups;
	struct groups groups = { .host = host, .lists = !known || host->groups_listed };

	groups.listed = groups.lists;
	groups_read(root, &groups);
	if (known != host->n_groups)
		host->groups_listed = groups.listed;
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

static const char *digits_end(const char *text)
{
	while (*text >= '0' && *text <= '9')
		text++;
	return text;
}

/* `NUMBER: COUNT... CHIP ...`; other labels than numbers have no chip. */
static void interrupt_judge(const char *line, struct host *host)
{
	const char *word = line + strspn(line, " "), *end = digits_end(word);

	if (end == word || *end != ':')
		return;
	do {
		word = end + 1;
		end = digits_end(word);
	} while (*end == ' ');
	if (*end)
		chip_judge(word, host);
}

/*
 * Line by line: on a large machine it is long, and the first line may be enough.
 *
 * Return: 0 or -errno: there may be evidence that was not seen
 */
static int interrupts_read(const struct sysroot *root, struct host *host)
{
	cleanup_lines struct lines_part part = {
		.fd = sysroot_file_open(root->fd, "proc/interrupts"),
		.piece = INTERRUPTS_PIECE,
	};
	int more = 1;

	if (part.fd < 0)
		return -errno;
	while (host->interrupt_remapping != FACT_YES && (more = lines_more(&part)) > 0) {
		char *cursor = part.text, *line;

		while (host->interrupt_remapping != FACT_YES &&
		       (line = strsep(&cursor, "\n")))
			interrupt_judge(line, host);
	}
	return more < 0 ? more : 0;
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

		if (!text_join(path, sizeof(path), name, "/chip_name", NULL))
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
	struct groups groups = { .host = host, .details = true, .listed = true };

	iommu_read_machine(root, cmdline, host);
	host->n_groups = 0;
	/* Most machines can read all of their functions, and need no list. */
	for (size_t i = 0; i < host->n_functions; i++)
		groups.lists |= host->functions[i].unreadable;
	groups_read(root, &groups);
	host->groups_listed = groups.listed;
}
