// SPDX-License-Identifier: GPL-2.0-or-later

/* vfio-early: what became of the wanted cards, what would, and what there is. */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "cleanup.h"
#include "config_read.h"
#include "decide.h"
#include "drift.h"
#include "groups.h"
#include "host_read.h"
#include "journal.h"
#include "json_value.h"
#include "names.h"
#include "plan_show.h"
#include "report_show.h"
#include "text.h"
#include "tree.h"

static const char help[] =
	"usage: vfio-early --report | --plan | --groups [--tree]\n"
	"                  [--json] [--config FILE] [--sysroot DIR]\n"
	"\n"
	"Shows which PCI cards are kept for virtual machines; see vfio-early(8).\n"
	"Changes nothing.\n"
	"\n"
	"  --report        what vfio-early-boot did at this boot, and how it is now\n"
	"  --plan          what it would do on this machine now\n"
	"  --groups        all PCI functions by IOMMU group, GPUs with a verdict\n"
	"  --journal       with --report: write it to the journal, for the service\n"
	"  --tree          with --groups: draw the bridges instead\n"
	"  --json          write JSON\n"
	"  --config FILE   read this file, not /etc/vfio-early.conf and its drop-ins\n"
	"  --sysroot DIR   the machine whose sys/, proc/, etc/ and run/ are below DIR\n"
	"  --help          show this text\n"
	"  --version       show the version\n"
	"\n"
	"Exit status: 0 all targets are, or would be, reserved; 1 some are not; 2 wrong\n"
	"usage or config; 3 there is no report of this boot.\n"
	"Nothing on the screen any more? Boot with vfio_early.mode=off on the kernel\n"
	"command line.\n";

struct options {
	bool report;
	bool plan;
	bool groups;
	bool tree;
	bool journal;
	bool json;
	bool help;
	bool version;
	const char *config;
	const char *sysroot;
};

/* Everything that a mode may need; large, so it is allocated. */
struct session {
	struct options options;
	struct sysroot root;
	struct run run;
	struct report report;
	struct drift drift;
	struct verdicts verdicts;
};

static bool usage_error(const char *what, const char *argument)
{
	char text[TEXT_MAX];

	(void)fprintf(stderr, "vfio-early: %s: %s (see --help)\n",
		      text_escape(argument, text, sizeof(text)), what);
	return false;
}

static bool fault_print(const struct fault *fault)
{
	char text[TEXT_MAX];

	(void)fprintf(stderr, "vfio-early: %s\n",
		      text_escape(fault->text, text, sizeof(text)));
	return false;
}

/* An option sets a flag, or takes the next argument. */
static bool options_parse(char **argv, struct options *options)
{
	const struct {
		const char *name;
		bool *flag;
		const char **value;
	} table[] = {
		{ .name = "--report", .flag = &options->report },
		{ .name = "--plan", .flag = &options->plan },
		{ .name = "--groups", .flag = &options->groups },
		{ .name = "--tree", .flag = &options->tree },
		{ .name = "--journal", .flag = &options->journal },
		{ .name = "--json", .flag = &options->json },
		{ .name = "--help", .flag = &options->help },
		{ .name = "--version", .flag = &options->version },
		{ .name = "--config", .value = &options->config },
		{ .name = "--sysroot", .value = &options->sysroot },
	};

	for (; *argv; argv++) {
		size_t i = 0;

		while (i < ARRAY_SIZE(table) && strcmp(table[i].name, *argv) != 0)
			i++;
		if (i == ARRAY_SIZE(table))
			return usage_error(**argv == '-' ? "unknown option" :
							   "unexpected argument",
					   *argv);
		if (table[i].flag) {
			*table[i].flag = true;
			continue;
		}
		if (!argv[1])
			return usage_error("a value is missing", *argv);
		*table[i].value = *++argv;
	}
	return true;
}

static bool options_check(const struct options *options)
{
	int modes = options->report + options->plan + options->groups;

	if (options->help || options->version)
		return true;
	if (!modes) {
		(void)fputs(help, stderr);
		return false;
	}
	if (modes > 1)
		return usage_error("only one at a time", "--report, --plan, --groups");
	if (options->tree && !options->groups)
		return usage_error("goes with --groups", "--tree");
	if (options->journal && (!options->report || options->json))
		return usage_error("goes with --report alone", "--journal");
	return true;
}

static enum drift_exit written(bool good, enum drift_exit status)
{
	if (good)
		return status;
	(void)fputs("vfio-early: the output could not be written\n", stderr);
	return DRIFT_SHORT;
}

static enum drift_exit plan_mode(struct session *session)
{
	struct run *run = &session->run;
	struct fault fault = { 0 };

	if (decide(&session->root, session->options.config, DECIDE_ALWAYS, run, &fault) <
	    0) {
		fault_print(&fault);
		return DRIFT_SHORT;
	}
	if (run->config.invalid)
		fault_print(&run->config.fault);
	return written(plan_show(stdout, run, session->options.json),
		       run->config.invalid		      ? DRIFT_CONFIG :
		       plan_is_good(&run->config, &run->plan) ? DRIFT_GOOD :
								DRIFT_SHORT);
}

static bool groups_write(struct session *session, const struct names *names)
{
	const struct render render = render_of(stdout);
	const struct host *host = &session->run.host;

	if (session->options.json)
		return json_value_write(
			stdout, session->options.tree ?
					tree_to_json(host, names) :
					groups_to_json(host, names, &session->verdicts));
	if (session->options.tree)
		tree_print(&render, host, names);
	else
		groups_print(&render, host, names, &session->verdicts);
	return !fflush(stdout) && !ferror(stdout);
}

static enum drift_exit groups_mode(struct session *session)
{
	char cmdline[CMDLINE_MAX];
	struct fault fault = { 0 };
	struct names names;
	bool good;

	config_init(&session->run.config);
	(void)config_read_cmdline(&session->root, cmdline);
	if (host_read(&session->root, &session->run.config, cmdline, &session->run.host,
		      &fault) < 0) {
		fault_print(&fault);
		return DRIFT_SHORT;
	}
	names_open(&session->root, &names);
	good = groups_write(session, &names);
	names_done(&names);
	return written(good, DRIFT_GOOD);
}

static bool report_write_missing(const struct session *session, const struct fault *fault,
				 const struct now *now)
{
	const struct render render = render_of(stdout);
	struct fault trouble;

	if (session->options.journal)
		return journal_send_missing(fault, &trouble) == 0 ||
		       fault_print(&trouble);
	if (session->options.json)
		return json_value_write(stdout, report_missing_to_json(fault, now));
	report_missing_print(&render, fault, now);
	return !fflush(stdout) && !ferror(stdout);
}

static bool report_write(struct session *session, const struct now *now)
{
	const struct render render = render_of(stdout);
	struct names names;
	struct fault fault;

	if (session->options.journal)
		return journal_send(&session->report, &session->drift, &fault) == 0 ||
		       fault_print(&fault);
	if (session->options.json)
		return report_join(&session->report, now, &session->drift) &&
		       json_value_write(stdout, json_incref(session->report.json));
	names_open(&session->root, &names);
	report_print(&render, &session->report, now, &session->drift, &names);
	names_done(&names);
	return !fflush(stdout) && !ferror(stdout);
}

/* The machine is looked at although the config may have no targets any more. */
static struct now now_read(struct session *session)
{
	struct run *run = &session->run;
	char cmdline[CMDLINE_MAX];
	struct fault fault = { 0 };
	struct now now = { .config = &run->config, .boot_id = run->boot_id };

	(void)config_read_cmdline(&session->root, cmdline);
	(void)config_read(&session->root, session->options.config, cmdline, &run->config);
	(void)sysroot_read(session->root.fd, "proc/sys/kernel/random/boot_id",
			   run->boot_id, sizeof(run->boot_id));
	if (host_read(&session->root, &run->config, cmdline, &run->host, &fault) < 0)
		fault_print(&fault);
	else
		now.host = &run->host;
	return now;
}

static enum drift_exit report_mode(struct session *session)
{
	struct now now = now_read(session);
	struct fault fault = { 0 };
	enum drift_exit status;

	if (session->options.config && session->run.config.invalid) {
		fault_print(&session->run.config.fault);
		return DRIFT_CONFIG;
	}
	if (report_read(&session->root, &session->report, &fault) < 0)
		return written(report_write_missing(session, &fault, &now),
			       DRIFT_NO_REPORT);
	drift_find(&session->report, &now, &session->drift);
	status = written(report_write(session, &now), session->drift.status);
	report_done(&session->report);
	return status;
}

static enum drift_exit session_run(const struct options *options)
{
	struct session *session cleanup_free = calloc(1, sizeof(*session));
	enum drift_exit status;
	struct fault fault = { 0 };

	if (!session)
		(void)fault_set(&fault, -ENOMEM, "%s", strerror(ENOMEM));
	if (!session || sysroot_open(options->sysroot, &session->root, &fault) < 0) {
		fault_print(&fault);
		return DRIFT_CONFIG;
	}
	session->options = *options;
	status = options->report ? report_mode(session) :
		 options->plan	 ? plan_mode(session) :
				   groups_mode(session);
	sysroot_done(&session->root);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };

	if (!options_parse(argv + (argc > 0), &options) || !options_check(&options))
		return DRIFT_CONFIG;
	if (options.help || options.version)
		return (int)written(
			fputs(options.help ? help : "vfio-early " VFIO_EARLY_VERSION "\n",
			      stdout) >= 0 &&
				!fflush(stdout),
			DRIFT_GOOD);
	return (int)session_run(&options);
}
