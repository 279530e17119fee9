// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/survey.h"

#include <stdio.h>
#include <string.h>

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

void survey_read(const struct sysroot *root, const struct survey_wish *wish,
		 struct survey *survey)
{
	const struct host *host = wish->host;

	bootloader_look(root, wish, survey);
	iommu_evidence_read(root, host, &survey->iommu);
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
