// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/survey.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"

static void parameter_read(const struct sysroot *root, const struct bootloader *loader,
			   const char *name, struct parameter *parameter)
{
	static const struct bootloader grub = { .kind = BOOTLOADER_GRUB,
						.file = "/etc/default/grub",
						.variable = "" };

	(void)snprintf(parameter->name, sizeof(parameter->name), "%s", name);
	parameter->passes = bootloader_passes(root, loader, name, &parameter->others);
	bootloader_kept(root, loader, name, &parameter->kept);
	parameter->in_grub = bootloader_keeps(root, &grub, name);
}

static void bootloader_look(const struct sysroot *root, const struct survey_wish *wish,
			    struct survey *survey)
{
	struct bootloader_facts facts;

	bootloader_read(root, wish->cmdline, &facts);
	bootloader_judge(&facts, &survey->bootloader);
	survey->n_parameters = wish->n_parameters;
	for (size_t i = 0; i < wish->n_parameters; i++)
		parameter_read(root, &survey->bootloader, wish->parameters[i],
			       &survey->parameters[i]);
}

const struct parameter *survey_parameter(const struct survey *survey, const char *name)
{
	for (size_t i = 0; i < survey->n_parameters; i++)
		if (!strcmp(survey->parameters[i].name, name))
			return &survey->parameters[i];
	return NULL;
}

void survey_wish_parameter(struct survey_wish *wish, const char *name)
{
	if (wish->n_parameters < SURVEY_PARAMETERS_MAX)
		(void)snprintf(wish->parameters[wish->n_parameters++],
			       SURVEY_PARAMETER_MAX, "%s", name);
}

void survey_wish_iommu(struct survey_wish *wish)
{
	static const char *const names[] = { "intel_iommu=on", "intel_iommu=off",
					     "amd_iommu=off", "iommu=off" };

	for (size_t i = 0; i < ARRAY_SIZE(names) && !wish->host->n_units; i++)
		survey_wish_parameter(wish, names[i]);
}

void survey_read_iommu(const struct sysroot *root, const struct survey_wish *wish,
		       struct survey *survey)
{
	bootloader_look(root, wish, survey);
	iommu_evidence_read(root, wish->host, &survey->iommu);
}

void survey_read(const struct sysroot *root, const struct survey_wish *wish,
		 struct survey *survey)
{
	const struct host *host = wish->host;

	survey_read_iommu(root, wish, survey);
	around_read(root, &survey->around);
	host_use_read(root, wish->cmdline, host, wish->near, &survey->use);
	device_setting_read(root, &survey->setting);
	for (size_t i = 0; i < host->n_functions; i++)
		if (wish->taken[i])
			device_facts_read(root, host, i, &survey->devices[i]);
	recipes_read(root, &survey->recipes);
	survey->live = root->live;
	survey->prove = wish->prove;
	if (wish->prove && root->live)
		for (size_t i = 0; i < wish->n_groups; i++)
			survey->proofs[survey->n_proofs++] =
				proof_ask(&proof_kernel, wish->groups[i]);
}
