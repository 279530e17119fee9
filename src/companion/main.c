// SPDX-License-Identifier: GPL-2.0-or-later

/* vfio-early: what became of the wanted cards, what would, and what there is. */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/quote.h"
#include "base/text.h"
#include "capture/capture.h"
#include "check/check.h"
#include "companion/check_show.h"
#include "companion/explain.h"
#include "companion/explain_function.h"
#include "companion/groups.h"
#include "companion/guest_mode.h"
#include "companion/options.h"
#include "companion/report_journal.h"
#include "companion/report_metrics.h"
#include "companion/report_text.h"
#include "companion/suggest.h"
#include "companion/tree.h"
#include "image/make_cpio.h"
#include "read/config_read.h"
#include "read/host_read.h"
#include "report/decide.h"
#include "report/drift.h"
#include "report/json.h"
#include "report/plan_show.h"
#include "survey/claim.h"
#include "survey/kernel_log.h"
#include "survey/listen.h"
#include "survey/names.h"

static const char help[] =
	"usage: vfio-early MODE [--json] [--config FILE] [--sysroot DIR]\n"
	"Which PCI cards are kept for virtual machines; see vfio-early(8).\n"
	"\n"
	"  --report             what vfio-early-boot did at this boot, and how it is now\n"
	"    --journal, --prometheus  write it to the journal, or as metrics\n"
	"  --plan               what it would do on this machine now\n"
	"  --check [--prove]    will the next boot reserve the cards? (asking the kernel)\n"
	"  --guest GUEST        will this virtual machine get its card? (name, file or -)\n"
	"  --hostdev TARGET [GUEST]  lines that give the card to QEMU, or to GUEST\n"
	"  --groups [--tree]    PCI functions by IOMMU group, or below their bridges\n"
	"  --suggest [ADDRESS]  the GPUs of this machine; or a target for the config\n"
	"    --from-ids IDS     targets from the list of vfio-pci.ids=\n"
	"  --explain [WHAT]     all about a reason, a finding or an address\n"
	"  --capture FILE       archive of what is read here, to report a bug: x.tar.zst\n"
	"  --make-cpio FILE [--kernel RELEASE]  an initramfs to load beside any other\n"
	"  --help, --version\n"
	"  --json               write JSON\n"
	"  --config FILE        read this file, not /etc/vfio-early.conf and its drop-ins\n"
	"  --sysroot DIR        the machine whose sys/, proc/, etc/, run/ are below DIR\n"
	"Exit: 0 all targets are, or would be, reserved; 1 some are not; 2 wrong usage\n"
	"or config, --check, --guest: failures; 3 no report of this boot.\n"
	"No picture any more? Boot with vfio_early.mode=off on the kernel command line.\n";

/* Everything that a mode may need; large, so it is allocated. */
struct session {
	struct options options;
	struct sysroot root;
	struct run run;
	struct report report;
	struct drift drift;
	struct verdicts verdicts;
	struct messages messages;
};

static bool fault_print(const struct fault *fault)
{
	char text[TEXT_MAX];

	(void)fprintf(stderr, "vfio-early: %s\n",
		      text_escape(fault->text, text, sizeof(text)));
	return false;
}

static enum status written(bool good, enum status status)
{
	if (good)
		return status;
	(void)fputs("vfio-early: the output could not be written\n", stderr);
	return STATUS_SHORT;
}

static enum status plan_mode(struct session *session)
{
	struct run *run = &session->run;
	struct fault fault = { 0 };

	if (decide(&session->root, session->options.config, DECIDE_ALWAYS, run, &fault) <
	    0) {
		fault_print(&fault);
		return STATUS_SHORT;
	}
	if (run->config.invalid)
		fault_print(&run->config.fault);
	return written(plan_show(stdout, run, session->options.json),
		       run->config.invalid		      ? STATUS_BAD :
		       plan_is_good(&run->config, &run->plan) ? STATUS_GOOD :
								STATUS_SHORT);
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

/* The machine, without a config. */
static bool machine_read(struct session *session)
{
	char cmdline[CMDLINE_MAX];
	struct fault fault = { 0 };

	config_init(&session->run.config);
	(void)config_read_cmdline(&session->root, cmdline);
	return host_read(&session->root, &session->run.config, cmdline,
			 &session->run.host, &fault) == 0 ||
	       fault_print(&fault);
}

static enum status groups_mode(struct session *session)
{
	struct names names;
	bool good;

	if (!machine_read(session))
		return STATUS_SHORT;
	names_open(&session->root, &names);
	good = groups_write(session, &names);
	names_done(&names);
	return written(good, STATUS_GOOD);
}

static enum status suggest_mode(struct session *session)
{
	const struct render render = render_of(stdout);
	struct suggest suggest = { .root = &session->root,
				   .host = &session->run.host,
				   .verdicts = &session->verdicts };
	const struct suggest_wish wish = { .address = session->options.subject,
					   .ids = session->options.from_ids };
	enum suggest_result result;
	struct fault fault = { 0 };
	struct names names;

	if (!machine_read(session))
		return STATUS_SHORT;
	names_open(&session->root, &names);
	suggest.names = &names;
	result = suggest_write(&suggest, &wish, &render, session->options.json, &fault);
	names_done(&names);
	if (result == SUGGEST_REFUSED) {
		fault_print(&fault);
		return STATUS_BAD;
	}
	return written(result != SUGGEST_UNWRITTEN,
		       result == SUGGEST_SHORT ? STATUS_SHORT : STATUS_GOOD);
}

static bool report_write_missing(const struct session *session, const struct fault *fault,
				 const struct now *now)
{
	const struct render render = render_of(stdout);
	struct fault trouble;

	if (session->options.journal)
		return journal_send_missing(fault, &trouble) == 0 ||
		       fault_print(&trouble);
	if (session->options.prometheus)
		prometheus_print(stdout, NULL, now, NULL);
	else if (session->options.json)
		return json_value_write(stdout, report_missing_to_json(fault, now));
	else
		report_missing_print(&render, fault, now);
	return !fflush(stdout) && !ferror(stdout);
}

static bool report_write_json(struct session *session, const struct now *now)
{
	json_t *log = messages_to_json(&session->messages);

	return report_join(&session->report, now, &session->drift) &&
	       !json_object_set_new(session->report.json, "kernel_log", log) &&
	       json_value_write(stdout, json_incref(session->report.json));
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
		return report_write_json(session, now);
	if (session->options.prometheus) {
		prometheus_print(stdout, &session->report, now, &session->drift);
		return !fflush(stdout) && !ferror(stdout);
	}
	names_open(&session->root, &names);
	report_print(&render, &session->report, now, &session->drift, &names);
	messages_print(&render, &session->messages);
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

static enum status report_mode(struct session *session)
{
	struct now now = now_read(session);
	struct fault fault = { 0 };
	enum status status;

	if (session->options.config && session->run.config.invalid) {
		fault_print(&session->run.config.fault);
		return STATUS_BAD;
	}
	if (report_read(&session->root, &session->report, &fault) < 0)
		return written(report_write_missing(session, &fault, &now),
			       STATUS_NO_REPORT);
	drift_find(&session->report, &now, &session->drift);
	if (!session->options.journal && !session->options.prometheus)
		listen_read(&session->root, &session->report, &now, &session->drift,
			    &session->messages);
	status = written(report_write(session, &now), session->drift.status);
	report_done(&session->report);
	return status;
}

/* The record of this boot as far as there is one */
static void explain_record(struct session *session, struct explain *explain)
{
	const struct run *run = &session->run;
	const struct now now = { .host = &run->host,
				 .config = &run->config,
				 .boot_id = run->boot_id };
	struct fault fault;

	if (report_read(&session->root, &session->report, &fault) < 0)
		return;
	drift_find(&session->report, &now, &session->drift);
	listen_read(&session->root, &session->report, &now, &session->drift,
		    &session->messages);
	explain->report = &session->report;
	explain->drift = &session->drift;
	explain->messages = &session->messages;
}

static int explain_write(struct session *session, const struct names *names)
{
	const struct render render = render_of(stdout);
	const char *subject = session->options.subject;
	struct explain explain = { .root = &session->root,
				   .run = &session->run,
				   .names = names,
				   .verdicts = &session->verdicts };
	struct pci_address address;
	int result;

	explain_record(session, &explain);
	if (subject && !pci_address_parse(subject, &address))
		result = explain_function(&explain, &address, &render,
					  session->options.json);
	else
		result = explain_reasons(&explain, subject, &render,
					 session->options.json);
	report_done(&session->report);
	return result;
}

/* A machine that cannot be looked at keeps nobody from reading about a reason. */
static enum status explain_mode(struct session *session)
{
	char shown[QUOTE_TEXT_MAX];
	struct fault fault = { 0 };
	struct names names;
	int result;

	if (decide(&session->root, session->options.config, DECIDE_ALWAYS, &session->run,
		   &fault) < 0)
		fault_print(&fault);
	names_open(&session->root, &names);
	result = explain_write(session, &names);
	names_done(&names);
	if (result == 0 || result == -EIO)
		return written(result == 0, STATUS_GOOD);
	quote_format(session->options.subject, strlen(session->options.subject), shown);
	(void)fault_set(&fault, result,
			result == -ENODEV ?
				"--explain: no function of this machine is at %s" :
				"--explain: found %s, expected an address, or a code of "
				"the list that --explain alone shows",
			shown);
	fault_print(&fault);
	return STATUS_BAD;
}

/* What was taken; a person should look before it is published. */
static bool capture_print(const struct session *session, const struct capture *capture)
{
	const char *file = session->options.subject;
	char text[TEXT_MAX];

	if (session->options.json)
		return json_value_write(stdout, capture_to_json(capture, file));
	(void)printf("%s: %zu entries", text_escape(file, text, sizeof(text)),
		     capture->tarball.count);
	for (size_t i = 0; i < SCRUB_KINDS; i++)
		if (capture->scrub.kinds[i])
			(void)printf(", %zu %s replaced", capture->scrub.kinds[i],
				     scrub_kind_names[i]);
	(void)printf(".\nLook at it before you publish it. Unpacked into a directory, it "
		     "works with\n--sysroot DIRECTORY.\n");
	return !fflush(stdout) && !ferror(stdout);
}

static enum status capture_mode(struct session *session)
{
	struct capture *capture cleanup_free = calloc(1, sizeof(*capture));
	const char *file = session->options.subject;
	struct now now = now_read(session);
	struct fault fault = { 0 };
	int result = -ENOMEM;

	if (!now.host)
		return STATUS_SHORT;
	if (!report_read(&session->root, &session->report, &fault)) {
		drift_find(&session->report, &now, &session->drift);
		listen_read(&session->root, &session->report, &now, &session->drift,
			    &session->messages);
		report_done(&session->report);
	}
	if (capture) {
		capture->root = &session->root;
		capture->host = &session->run.host;
		capture_machine(capture, session->options.config, &session->messages);
		result = tarball_write(&capture->tarball, file, &fault);
		tarball_done(&capture->tarball);
	} else {
		(void)fault_set(&fault, result, "%s", strerror(ENOMEM));
	}
	if (result < 0) {
		fault_print(&fault);
		return result == -EINVAL ? STATUS_BAD : STATUS_SHORT;
	}
	return written(capture_print(session, capture), STATUS_GOOD);
}

static enum status make_cpio_mode(struct session *session)
{
	struct fault fault = { 0 };
	int error = make_cpio(&session->root, session->options.subject,
			      session->options.kernel, &fault);

	if (!error)
		return STATUS_GOOD;
	fault_print(&fault);
	return error == -ENODATA || error == -EINVAL ? STATUS_BAD : STATUS_SHORT;
}

static enum status check_mode(struct session *session)
{
	const struct check_wish wish = { .config = session->options.config,
					 .prove = session->options.prove };
	const struct render render = render_of(stdout);
	struct check *check cleanup_free = calloc(1, sizeof(*check));
	struct fault fault = { 0 };
	bool good = true;

	if (!check || check_run(&session->root, &wish, check, &fault) < 0) {
		if (!check)
			(void)fault_set(&fault, -ENOMEM, "%s", strerror(ENOMEM));
		fault_print(&fault);
		return STATUS_BAD;
	}
	if (session->options.json)
		good = json_value_write(stdout, check_to_json(check));
	else
		check_print(&render, check);
	check_done(check);
	return written(good && !fflush(stdout) && !ferror(stdout), check_status(check));
}

static struct guest_wish guest_wish_of(const struct session *session)
{
	return (struct guest_wish){ .root = &session->root,
				    .run = &session->run,
				    .subject = session->options.subject,
				    .guest = session->options.second,
				    .json = session->options.json,
				    .out = stdout,
				    .notes = stderr };
}

/* A guest is looked at together with the config and the machine. */
static enum status guest_run(struct session *session,
			     enum status (*mode)(const struct guest_wish *wish,
						 bool *ret_written, struct fault *fault))
{
	const struct guest_wish wish = guest_wish_of(session);
	struct fault fault = { 0 };
	bool good;
	enum status status;

	if (decide(&session->root, session->options.config, DECIDE_ALWAYS, &session->run,
		   &fault) < 0) {
		fault_print(&fault);
		return STATUS_BAD;
	}
	if (session->run.config.invalid) {
		fault_print(&session->run.config.fault);
		return STATUS_BAD;
	}
	status = mode(&wish, &good, &fault);
	if (fault.error)
		fault_print(&fault);
	return written(good, status);
}

static enum status guest_check_mode(struct session *session)
{
	return guest_run(session, guest_mode);
}

static enum status guest_hostdev_mode(struct session *session)
{
	return guest_run(session, hostdev_mode);
}

/* What runs in a session; --help and --version need none. */
static enum status (*const modes[OPTIONS_MODES])(struct session *session) = {
	[OPTIONS_REPORT] = report_mode,	      [OPTIONS_PLAN] = plan_mode,
	[OPTIONS_GROUPS] = groups_mode,	      [OPTIONS_SUGGEST] = suggest_mode,
	[OPTIONS_EXPLAIN] = explain_mode,     [OPTIONS_CAPTURE] = capture_mode,
	[OPTIONS_MAKE_CPIO] = make_cpio_mode, [OPTIONS_CHECK] = check_mode,
	[OPTIONS_GUEST] = guest_check_mode,   [OPTIONS_HOSTDEV] = guest_hostdev_mode,
};

static enum status session_run(const struct options *options)
{
	struct session *session cleanup_free = calloc(1, sizeof(*session));
	enum status status;
	struct fault fault = { 0 };

	if (!session)
		(void)fault_set(&fault, -ENOMEM, "%s", strerror(ENOMEM));
	if (!session || sysroot_open(options->sysroot, &session->root, &fault) < 0) {
		fault_print(&fault);
		return STATUS_BAD;
	}
	session->options = *options;
	status = modes[options->mode](session);
	sysroot_done(&session->root);
	return status;
}

static enum status text_print(const char *text)
{
	return written(fputs(text, stdout) >= 0 && !fflush(stdout), STATUS_GOOD);
}

int main(int argc, char **argv)
{
	struct options options;
	struct fault fault;

	if (options_parse(argv + (argc > 0), &options, &fault) < 0) {
		if (*fault.text)
			fault_print(&fault);
		(void)fputs(*fault.text ? "See vfio-early --help.\n" : help, stderr);
		return STATUS_BAD;
	}
	if (options.mode == OPTIONS_HELP)
		return text_print(help);
	if (options.mode == OPTIONS_VERSION)
		return text_print("vfio-early " VFIO_EARLY_VERSION "\n");
	return session_run(&options);
}
