// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/mode.h"

#include "companion/tree.h"
#include "report/decide.h"
#include "report/json.h"

enum { GROUPS_TREE };

static bool groups_write(struct session *session, const struct names *names,
			 const struct iommu_answer *iommu)
{
	const struct render render = render_of(session->out);
	const struct host *host = &session->run.host;
	bool tree = session->values[GROUPS_TREE];

	if (session->json && tree)
		return json_value_write(session->out, tree_to_json(host, names, iommu));
	if (session->json)
		return groups_json_print(session->out, host, names, iommu,
					 &session->trial);
	if (!tree)
		return groups_print(&render, host, names, iommu, &session->trial);
	tree_print(&render, host, names, iommu);
	return true;
}

static enum status groups_run(struct session *session)
{
	struct fault fault = { 0 };
	struct iommu_answer iommu;
	struct names names;
	bool good;

	if (decide_all(&session->root, NULL, DECIDE_MACHINE, &session->run, &fault) < 0)
		return session_complain(session, &fault, STATUS_SHORT);
	names_open(&session->root, &names);
	iommu_answer_read(&session->root, &session->run.host, &iommu);
	good = groups_write(session, &names, &iommu);
	names_done(&names);
	return session_end(session, good, STATUS_GOOD);
}

const struct mode groups_mode = {
	.name = "--groups",
	.help = "PCI functions by IOMMU group",
	.json = true,
	.options = { [GROUPS_TREE] = { "--tree", NULL, "as a tree of bridges" } },
	.libraries = { &library_kmod },
	.run = groups_run,
};
