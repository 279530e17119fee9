/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_FINDING_H
#define VFIO_EARLY_FINDING_H

/*
 * Findings of `vfio-early --check`, as values. Each source of findings is a file with one
 * function X_check() that adds to the list; check.c runs them. One table gives each code
 * its stable name, its section and its subject.
 */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define FINDINGS_MAX 1024
#define FINDING_SUBJECT_MAX 160
#define FINDING_TEXT_MAX 512

/**
 * enum finding_level - severity
 * @FINDING_PASS: in order
 * @FINDING_HINT: outside the scope of this program, but worth knowing
 * @FINDING_UNKNOWN: could not be determined, which is never a PASS
 * @FINDING_WARN: the card will be reserved, but something else may suffer
 * @FINDING_FAIL: prevents the card from being reserved or used
 */
enum finding_level {
	FINDING_PASS,
	FINDING_HINT,
	FINDING_UNKNOWN,
	FINDING_WARN,
	FINDING_FAIL,
	FINDING_LEVELS
};

/** enum finding_area - the sections of the output, in their order */
enum finding_area {
	FINDING_AREA_CONFIG,
	FINDING_AREA_IOMMU,
	FINDING_AREA_GROUP,
	FINDING_AREA_DEVICE,
	FINDING_AREA_HOST,
	FINDING_AREA_IMAGE,
	FINDING_AREA_LEFTOVER,
	FINDING_AREA_AROUND,
	FINDING_AREA_PROOF,
	FINDING_AREA_GUEST_CARD,
	FINDING_AREA_GUEST_MACHINE,
	FINDING_AREA_GUEST_CPU,
	FINDING_AREA_GUEST_MEMORY,
	FINDING_AREA_GUEST_SCREEN,
	FINDING_AREA_GUEST_START,
	FINDING_AREAS
};

/** enum finding_code - subject of a finding; finding_info() describes them */
enum finding_code {
	FINDING_CONFIG,
	FINDING_LINE,
	FINDING_MODE,
	FINDING_GUARD,
	FINDING_TARGET,
	FINDING_MACHINE,
	FINDING_REPORT,

	FINDING_IOMMU,
	FINDING_IOMMU_PARAMETER,
	FINDING_IOMMU_MEANINGLESS,
	FINDING_NOIOMMU,
	FINDING_INTERRUPT_REMAPPING,
	FINDING_VFIO_DRIVER,
	FINDING_VFIO_TYPE1,

	FINDING_GROUP,
	FINDING_GROUP_PORT,
	FINDING_GROUP_SLOT,
	FINDING_GROUP_BRIDGE,
	FINDING_ACS_OVERRIDE,

	FINDING_COMPANIONS,
	FINDING_HOST_DRIVER,
	FINDING_RESERVED_REGION,
	FINDING_RESET,
	FINDING_D3COLD,
	FINDING_BARS,
	FINDING_RESIZABLE_BAR,
	FINDING_FRAMEBUFFER,
	FINDING_SRIOV,
	FINDING_LATE_DEVICE,
	FINDING_LOCKDOWN,

	FINDING_HOST_DISK,
	FINDING_HOST_NETWORK,
	FINDING_HOST_DISPLAY,
	FINDING_HOST_INPUT,
	FINDING_PASSPHRASE,
	FINDING_SEAT,

	FINDING_IMAGE,
	FINDING_IMAGE_PROGRAM,
	FINDING_IMAGE_ORDER,
	FINDING_IMAGE_CONFIG,
	FINDING_IMAGE_MODULES,
	FINDING_IMAGE_RECORD,
	FINDING_IMAGE_HOST_DRIVER,
	FINDING_IMAGE_STALE,
	FINDING_IMAGE_FIXED,

	FINDING_LEFTOVER_IDS,
	FINDING_LEFTOVER_MODULE,
	FINDING_LEFTOVER_VIRQFD,
	FINDING_LEFTOVER_DRIVERS,
	FINDING_LEFTOVER_SCRIPT,
	FINDING_LEFTOVER_RULE,

	FINDING_KVM,
	FINDING_HYPERVISOR,
	FINDING_FIRMWARE,
	FINDING_LIBVIRT,
	FINDING_NETWORK,
	FINDING_USER,

	FINDING_PROOF,

	FINDING_GUEST_DEVICE,
	FINDING_GUEST_RESERVED,
	FINDING_GUEST_FUNCTIONS,
	FINDING_GUEST_SLOT,
	FINDING_GUEST_PORT,
	FINDING_GUEST_MANAGED,
	FINDING_GUEST_IOMMUFD,
	FINDING_GUEST_RESTART,
	FINDING_ROM_ACCESS,
	FINDING_ROM_NONE,
	FINDING_ROM_SHADOW,
	FINDING_ROM_POWER,
	FINDING_ROM_HEADER,
	FINDING_ROM_ID,
	FINDING_ROM_CUT,
	FINDING_ROM_CHECKSUM,
	FINDING_ROM_UEFI,
	FINDING_ROM_ERASED,

	FINDING_GUEST_MACHINE,
	FINDING_GUEST_FIRMWARE,
	FINDING_GUEST_WIDTH,
	FINDING_GUEST_APERTURE,
	FINDING_GUEST_HIDING,
	FINDING_GUEST_HYPERVISOR,

	FINDING_GUEST_CPU,
	FINDING_GUEST_TOPOLOGY,
	FINDING_GUEST_SMT,
	FINDING_GUEST_NESTED,
	FINDING_PIN_NONE,
	FINDING_PIN_CPU,
	FINDING_PIN_SIBLINGS,
	FINDING_PIN_SHARED,
	FINDING_PIN_KIND,
	FINDING_PIN_CACHE,
	FINDING_PIN_NODE,
	FINDING_PIN_HOST,

	FINDING_GUEST_MEMORY,
	FINDING_GUEST_HUGEPAGES,
	FINDING_GUEST_LOCKED,
	FINDING_GUEST_BALLOON,

	FINDING_GUEST_SCREEN,
	FINDING_GUEST_INPUT,

	FINDING_GUEST_TWICE,
	FINDING_GUEST_AUTOSTART,
	FINDING_GUEST_HOOK,
	FINDING_CODES
};

/**
 * struct finding_info - what a code means
 * @name: stable: group-port
 * @about: what is examined, for the manual
 * @remedy: what to do, unless finding_advise() has set a better remedy
 * @area: section of the output
 */
struct finding_info {
	const char *name;
	const char *about;
	const char *remedy;
	enum finding_area area;
};

/**
 * struct finding - one line of the output
 * @level: severity
 * @code: what the finding is about
 * @subject: name of a target, address, path of an image; empty: the machine
 * @text: the facts on this machine
 * @remedy: what to do next; empty for FINDING_PASS
 */
struct finding {
	enum finding_level level;
	enum finding_code code;
	char subject[FINDING_SUBJECT_MAX];
	char text[FINDING_TEXT_MAX];
	char remedy[FINDING_TEXT_MAX];
};

/**
 * struct findings - all of them; large: allocate it
 * @list: in the order in which they were added
 * @count: of @list
 * @levels: how many of each level, including those that did not fit into @list
 * @spare: takes a finding that does not fit
 */
struct findings {
	struct finding list[FINDINGS_MAX];
	size_t count;
	size_t levels[FINDING_LEVELS];
	struct finding spare;
};

/* pass, hint, unknown, warn, fail: for JSON */
extern const char *const finding_level_names[];

/* config, iommu, ...: for JSON; and as headings for people */
extern const char *const finding_area_names[];
extern const char *const finding_area_titles[];

/**
 * finding_info() - look a code up
 *
 * Return: its row of the table
 */
const struct finding_info *finding_info(enum finding_code code);

/* In a format, separates the text from the remedy. No line of a file can contain it. */
#define TO_DO "\n\036\n"

/**
 * findings_add() - add a finding
 * @level: severity; the remedy is that of the table, or empty for FINDING_PASS
 * @subject: name of a target, address, path; NULL or "": the machine
 * @format: printf format of the sentence; after TO_DO a remedy for this machine, in place
 *	of the one in the table. Text that is too long is cut.
 *
 * Bytes need not be safe to show: they are escaped when they are printed.
 *
 * Return: the finding, for finding_advise()
 */
struct finding *findings_add(struct findings *findings, enum finding_level level,
			     enum finding_code code, const char *subject,
			     const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/** findings_tell() - the same with a list of arguments */
struct finding *findings_tell(struct findings *findings, enum finding_level level,
			      enum finding_code code, const char *subject,
			      const char *format, va_list args)
	__attribute__((format(printf, 5, 0)));

/**
 * finding_advise() - replace the remedy of the table by one for this machine
 * @finding: just added; that of a FINDING_PASS stays empty
 */
void finding_advise(struct finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** findings_has() - is there a finding of this code and level? */
bool findings_has(const struct findings *findings, enum finding_code code,
		  enum finding_level level);

/** findings_dropped() - how many did not fit into the list */
size_t findings_dropped(const struct findings *findings);

/**
 * findings_worst() - the worst level among the findings of an area
 * @subject: with this subject; NULL: all
 * @ret_level: written when there is one
 *
 * Return: false when there is none
 */
bool findings_worst(const struct findings *findings, enum finding_area area,
		    const char *subject, enum finding_level *ret_level);

#endif
