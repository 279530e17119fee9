/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SURVEY_H
#define VFIO_EARLY_SURVEY_H

/* All facts about a machine that no rule uses, read at once. */

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
 * struct parameter - a kernel parameter at the next boot
 * @name: "intel_iommu=on"
 * @passes: the command line of the next boot contains it
 * @others: number of other entries with it
 * @kept: its place in the files that the command line is made from
 * @in_grub: it is in /etc/default/grub, with any boot loader
 */
struct parameter {
	char name[SURVEY_PARAMETER_MAX];
	enum fact passes;
	size_t others;
	struct bootloader_kept kept;
	bool in_grub;
};

/**
 * struct survey - these facts; large: allocate it
 * @bootloader: what keeps the command line
 * @parameters: wanted kernel parameters
 * @n_parameters: of @parameters
 * @iommu: evidence why it is not active
 * @around: software for virtual machines
 * @use: the host's use of functions
 * @setting: facts for all devices
 * @devices: by index in host.functions; filled for those that a target takes
 * @recipes: lines of other set-ups
 * @live: the machine is the one that this program runs on
 * @prove: asking the kernel was wanted
 * @proofs: answers of the kernel, one for each group
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
 * struct survey_wish - wanted facts
 * @cmdline: kernel command line
 * @host: the machine
 * @taken: by index in host.functions: a target takes it
 * @near: by index in host.functions: a target takes it, or a function of its group
 * @parameters: kernel parameters to look for in the boot loader's files
 * @n_parameters: of @parameters
 * @prove: ask the kernel about @groups
 * @groups: groups of the targets that are reserved now, each once
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

/** survey_wish_parameter() - want a kernel parameter */
void survey_wish_parameter(struct survey_wish *wish, const char *name);

/** survey_wish_iommu() - want the parameters that keep an IOMMU off; needs wish.host */
void survey_wish_iommu(struct survey_wish *wish);

/** survey_read_iommu() - read only the evidence why an IOMMU is active or not */
void survey_read_iommu(const struct sysroot *root, const struct survey_wish *wish,
		       struct survey *survey);

/** survey_read() - read all facts */
void survey_read(const struct sysroot *root, const struct survey_wish *wish,
		 struct survey *survey);

/** survey_parameter() - find a wanted parameter; NULL: it was not wanted. Pure. */
const struct parameter *survey_parameter(const struct survey *survey, const char *name);

#endif
