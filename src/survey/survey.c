// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/survey.h"

void survey_read(const struct sysroot *root, const struct survey_wish *wish,
		 struct survey *survey)
{
	const struct host *host = wish->host;

	around_read(root, &survey->around);
	host_use_read(root, wish->cmdline, host, wish->near, &survey->use);
	device_setting_read(root, &survey->setting);
	for (size_t i = 0; i < host->n_functions; i++)
		if (wish->taken[i])
			device_facts_read(root, host, i, &survey->devices[i]);
	leftovers_read(root, &survey->leftovers);
	survey->live = root->live;
	survey->prove = wish->prove;
	if (wish->prove && root->live)
		for (size_t i = 0; i < wish->n_groups; i++)
			survey->proofs[survey->n_proofs++] =
				proof_ask(&proof_kernel, wish->groups[i]);
}
