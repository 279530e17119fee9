// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/survey.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"

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

	/*
	 * If it runs: only whether the next boot still has the parameter that switched it
	 * on
	 */
	for (size_t i = 0; i < (wish->host->n_units ? 1 : ARRAY_SIZE(names)); i++)
		survey_wish_parameter(wish, names[i]);
}

void survey_read_iommu(const struct sysroot *root, const struct survey_wish *wish,
		       struct survey *survey)
{
	bootloader_look(root, wish, survey);
	iommu_evidence_read(root, wish->host, &survey->iommu);
}

/* `vfio-dev/vfioN`: with a `dev` in it there is a node of that name (since 6.6) */
static bool node_find(const struct sysroot *root, const struct host_function *function,
		      char name[static HOST_NAME_MAX])
{
	char address[PCI_ADDRESS_TEXT], path[SYSROOT_PATH_MAX];
	cleanup_listing struct listing *list = NULL;
	const char *entry;

	pci_address_format(&function->address, address);
	(void)snprintf(path, sizeof(path), "sys/bus/pci/devices/%s/vfio-dev", address);
	if (sysroot_list_noted(root, path, &list) < 0)
		return false;
	entry = sysroot_list_next(list);
	if (!entry ||
	    (size_t)snprintf(path, sizeof(path), "%s/dev", entry) >= HOST_NAME_MAX)
		return false;
	(void)snprintf(name, HOST_NAME_MAX, "%s", entry);
	return sysroot_exists(list->fd, path);
}

static struct proof group_prove(const struct sysroot *root, const struct host *host,
				unsigned int group)
{
	char name[HOST_NAME_MAX] = "";

	for (size_t i = 0; i < host->n_functions; i++)
		if (host->functions[i].has_group && host->functions[i].group == group &&
		    node_find(root, &host->functions[i], name))
			break;
		else
			name[0] = '\0';
	return proof_ask(&proof_kernel, group, name);
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
				group_prove(root, host, wish->groups[i]);
}
