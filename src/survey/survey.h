/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SURVEY_H
#define VFIO_EARLY_SURVEY_H

/* One look at all that only people ask of a machine. */

#include "survey/around.h"
#include "survey/bootloader.h"
#include "survey/device_facts.h"
#include "survey/host_use.h"
#include "survey/iommu_evidence.h"
#include "survey/proof.h"
#include "survey/recipe.h"

#define SURVEY_PARAMETERS_MAX 8
#define SURVEY_PARAMETER_MAX 64

/**
 * struct parameter - one of the kernel, at the next boot
 * @name: "intel_iommu=on"
 * @passes: the command line of the next boot has it
 * @others: entries that are not the next one and have it
 * @kept: where it is, in the files that the command line is made from
 * @in_grub: it is in /etc/default/grub, whatever boots
 */
struct parameter {
	char name[SURVEY_PARAMETER_MAX];
	enum fact passes;
	size_t others;
	struct bootloader_kept kept;
	bool in_grub;
};

/**
 * struct survey - it; large: allocate it
 * @bootloader: what keeps the kernel command line
 * @parameters: those that were asked for
 * @n_parameters: of @parameters
 * @iommu: evidence of why it is not active
 * @around: software for virtual machines
 * @use: what the host uses functions for
 * @setting: what holds for all devices
 * @devices: by index in host.functions; of those that a target takes
 * @recipes: lines of other set-ups
 * @live: it is the machine that this program runs on
 * @prove: the kernel was to be asked
 * @proofs: what it said, one for each group
 * @n_proofs: of @proofs; none unless @live
 */
struct survey {
	struct bootloader bootloader;
	struct parameter parameters[SURVEY_PARAMETERS_MAX];
	size_t n_parameters;
	struct iommu_evidence iommu;
	struct around around;
	struct host_use use;
	struct device_setting setting;
	struct device_facts devices[HOST_FUNCTIONS_MAX];
	struct recipes recipes;
	bool live;
	bool prove;
	struct proof proofs[PROOFS_MAX];
	size_t n_proofs;
};

/**
 * struct survey_wish - what is of interest
 * @cmdline: kernel command line
 * @host: the machine
 * @taken: by index in host.functions: a target takes it
 * @near: likewise: a target takes it, or something in its group
 * @parameters: of the kernel, to be looked for where the boot loader keeps them
 * @n_parameters: of @parameters
 * @prove: ask the kernel about @groups
 * @groups: of the targets that are reserved now, each once
 */
struct survey_wish {
	const char *cmdline;
	const struct host *host;
	bool taken[HOST_FUNCTIONS_MAX];
	bool near[HOST_FUNCTIONS_MAX];
	char parameters[SURVEY_PARAMETERS_MAX][SURVEY_PARAMETER_MAX];
	size_t n_parameters;
	bool prove;
	unsigned int groups[PROOFS_MAX];
	size_t n_groups;
};

/** survey_wish_parameter() - ask about a parameter of the kernel */
void survey_wish_parameter(struct survey_wish *wish, const char *name);

/** survey_wish_iommu() - ask about those that keep an IOMMU off; needs wish.host */
void survey_wish_iommu(struct survey_wish *wish);

/** survey_read_iommu() - only the evidence of why an IOMMU is active or not */
void survey_read_iommu(const struct sysroot *root, const struct survey_wish *wish,
		       struct survey *survey);

/** survey_read() - look */
void survey_read(const struct sysroot *root, const struct survey_wish *wish,
		 struct survey *survey);

/** survey_parameter() - a parameter that was asked for; NULL: it was not. Pure. */
const struct parameter *survey_parameter(const struct survey *survey, const char *name);

#endif
