// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/mode.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "companion/guest_show.h"
#include "companion/hook_run.h"
#include "guest/cores.h"
#include "guest/facts_read.h"
#include "guest/guest_check.h"
#include "guest/guest_find.h"
#include "guest/hostdev.h"
#include "plan/card.h"
#include "read/config_read.h"
#include "report/json.h"
#include "report/render.h"

/**
 * struct guest_wish - the request
 * @run: decided
 * @subject: GUEST, or TARGET
 * @guest: --hostdev TARGET GUEST; NULL: none
 * @notes: output for text that is not to be pasted
 */
struct guest_wish {
	const struct sysroot *root;
	const struct run *run;
	const char *subject;
	const char *guest;
	bool json;
	FILE *out;
	FILE *notes;
};

/* All that a guest is judged by; large, so it is allocated. */
struct stage {
	struct guest guest;
	struct guest_facts facts;
	struct findings findings;
	struct cores cores;
	struct config start_config;
	struct host start_host;
	struct plan start;
	struct fit fit;
	char source[SYSROOT_PATH_MAX];
};

static bool flushed(FILE *out)
{
	return !fflush(out) && !ferror(out);
}

/* The hook meets the drivers that are bound. */
static void start_plan(const struct guest_wish *wish, struct stage *stage)
{
	char path[SYSROOT_PATH_MAX * 2];

	if (!sysroot_exists(wish->root->fd, HOOK_CONFIG_PATH))
		return;
	(void)snprintf(path, sizeof(path), "%s/" HOOK_CONFIG_PATH, wish->root->path);
	(void)config_read(wish->root, path, "", &stage->start_config);
	stage->start_host = wish->run->host;
	stage->start_host.drivers_count = true;
	plan_build(&stage->start_config, &stage->start_host, &stage->start);
	stage->fit.start = &stage->start;
	stage->fit.has_hook = sysroot_exists(wish->root->fd, HOOK_SCRIPT_PATH);
}

static void stage_run(const struct guest_wish *wish, struct stage *stage)
{
	struct fault fault = { 0 };

	stage->fit.guest = &stage->guest;
	stage->fit.config = &wish->run->config;
	stage->fit.host = &wish->run->host;
	stage->fit.plan = &wish->run->plan;
	stage->fit.facts = &stage->facts;
	stage->fit.findings = &stage->findings;
	stage->fit.source = stage->source;
	stage->fit.subject = strcmp(wish->subject, "-") != 0 ? wish->subject :
							       stage->guest.name;
	/* the rules that need a file report that it cannot be read */
	if (!cores_read(wish->root, &stage->cores, &fault))
		stage->fit.cores = &stage->cores;
	facts_read(wish->root, &stage->guest, &wish->run->host, &stage->facts);
	start_plan(wish, stage);
	guest_check(&stage->fit);
}

static enum status guest_judge(const struct guest_wish *wish, bool *ret_written,
			       struct fault *fault)
{
	struct stage *stage cleanup_free = calloc(1, sizeof(*stage));
	const struct render render = render_of(wish->out);

	*ret_written = true;
	if (!stage) {
		(void)fault_set(fault, -ENOMEM, "%s", strerror(ENOMEM));
		return STATUS_BAD;
	}
	if (guest_find(wish->root, wish->subject, &stage->guest, stage->source, fault) <
	    0)
		return STATUS_BAD;
	stage_run(wish, stage);
	if (wish->json) {
		*ret_written = json_value_write(wish->out, guest_to_json(&stage->fit));
	} else {
		guest_print(&render, &stage->fit);
		*ret_written = flushed(wish->out);
	}
	return guest_exit_of(&stage->findings);
}

/* ---- --hostdev ---- */

static const struct plan_target *target_find(const struct run *run, const char *name)
{
	for (size_t i = 0; i < run->plan.n_targets; i++) {
		const struct plan_target *target = &run->plan.targets[i];

		if (!strcmp(target->name, name) ||
		    !strcmp(run->config.targets[target->config].name, name))
			return target;
	}
	return NULL;
}

static int target_fault(const struct run *run, const char *name, struct fault *fault)
{
	char list[FAULT_TEXT_MAX / 2] = "";

	for (size_t i = 0; i < run->config.n_targets; i++)
		text_list(list, sizeof(list), ", ", run->config.targets[i].name);
	return fault_set(fault, -ENOENT, "the config has no target %.40s; %s%s", name,
			 *list ? "its targets: " : "it has none: see --suggest", list);
}

/* Text for the reader, not to be pasted */
static void note(const struct guest_wish *wish, const char *text)
{
	char shown[TEXT_MAX];

	fprintf(wish->notes, "vfio-early: %s\n", text_escape(text, shown, sizeof(shown)));
}

/* The lines are right whether the card is reserved or not. */
static bool reserved_note(const struct guest_wish *wish, const struct plan_target *target)
{
	char text[GUEST_NAME_MAX * 2];

	if (card_is_reserved(&wish->run->host, target))
		return true;
	if (target->verdict == VERDICT_RESERVE)
		(void)snprintf(
			text, sizeof(text),
			"%s is not reserved now: see `vfio-early --check`, and reboot",
			wish->subject);
	else
		(void)snprintf(text, sizeof(text),
			       "%s is not reserved, and the next boot will not reserve "
			       "it: %s",
			       wish->subject, reason_info(target->reason)->sentence);
	note(wish, text);
	return false;
}

/* Elements that have the card already: both kinds of lines at once would be refused. */
static void replaced_note(const struct guest_wish *wish, const struct guest *guest,
			  const struct hostdev *hostdev)
{
	char text[GUEST_NAME_MAX * 2];

	for (size_t i = 0; i < hostdev->n_functions; i++) {
		const char *address = PCI_ADDRESS(&hostdev->functions[i].host);
		size_t own = guest_takes(guest, &hostdev->functions[i].host);

		if (own == SIZE_MAX)
			continue;
		if (guest->kind == GUEST_PROXMOX)
			(void)snprintf(text, sizeof(text),
				       "%s has %s already, as hostpci%u", guest->name,
				       address, guest->hostdevs[own].slot);
		else
			(void)snprintf(
				text, sizeof(text),
				"%s has %s already: remove its <hostdev> (line %u)",
				guest->name, address, guest->hostdevs[own].line);
		note(wish, text);
	}
}

static void qemu_note(const struct guest_wish *wish, const struct plan_target *target)
{
	const struct host_function *function = card_at(&wish->run->host, target, 0);
	char text[GUEST_NAME_MAX * 2];

	(void)snprintf(text, sizeof(text),
		       "without root, QEMU needs access to /dev/vfio/%u, and permission "
		       "to lock the guest's memory and 1 GiB more (ulimit -l)",
		       function->has_group ? function->group : 0);
	note(wish, text);
}

static bool lines_write(const struct guest_wish *wish, const struct hostdev *hostdev,
			bool reserved)
{
	char *text cleanup_free = calloc(1, HOSTDEV_TEXT_MAX);

	if (!text)
		return false;
	hostdev_text(hostdev, text);
	if (wish->json)
		return json_value_write(wish->out,
					hostdev_to_json(hostdev, text, reserved));
	return fputs(text, wish->out) >= 0 && flushed(wish->out);
}

static enum status hostdev_write(const struct guest_wish *wish, bool *ret_written,
				 struct fault *fault)
{
	struct stage *stage cleanup_free = calloc(1, sizeof(*stage));
	struct hostdev *hostdev cleanup_free = calloc(1, sizeof(*hostdev));
	const struct plan_target *target = target_find(wish->run, wish->subject);
	const struct guest *guest = wish->guest && stage ? &stage->guest : NULL;
	bool reserved;
	int result;

	*ret_written = true;
	if (!stage || !hostdev) {
		(void)fault_set(fault, -ENOMEM, "%s", strerror(ENOMEM));
		return STATUS_BAD;
	}
	if (!target) {
		(void)target_fault(wish->run, wish->subject, fault);
		return STATUS_BAD;
	}
	if (guest &&
	    guest_find(wish->root, wish->guest, &stage->guest, stage->source, fault) < 0)
		return STATUS_BAD;
	result = hostdev_plan(wish->subject, target, &wish->run->host, guest, hostdev,
			      fault);
	if (result < 0)
		return STATUS_SHORT;
	reserved = reserved_note(wish, target);
	if (guest)
		replaced_note(wish, guest, hostdev);
	else
		qemu_note(wish, target);
	*ret_written = lines_write(wish, hostdev, reserved);
	return reserved ? STATUS_GOOD : STATUS_SHORT;
}

/* ---- the modes ---- */

/* A guest is looked at together with the config and the machine. */
static enum status look_and(struct session *session,
			    enum status (*mode)(const struct guest_wish *wish,
						bool *ret_written, struct fault *fault))
{
	const struct guest_wish wish = { .root = &session->root,
					 .run = &session->run,
					 .subject = session->subject,
					 .guest = session->more,
					 .json = session->json,
					 .out = session->out,
					 .notes = session->err };
	const struct config *config = &session->run.config;
	struct fault fault = { 0 };
	enum status status;
	bool written = true;

	if (!session_now(session, DECIDE_ALWAYS).host)
		return STATUS_BAD;
	if (config->invalid)
		return session_complain(session, &config->fault, STATUS_BAD);
	status = mode(&wish, &written, &fault);
	if (fault.error)
		return session_complain(session, &fault, status);
	return session_end(session, written, status);
}

static enum status guest_run(struct session *session)
{
	return look_and(session, guest_judge);
}

static enum status hostdev_run(struct session *session)
{
	return look_and(session, hostdev_write);
}

const struct mode guest_mode = {
	.name = "--guest",
	.subject = "GUEST",
	.help = "will this virtual machine get its card? (name, file or -)",
	.json = true,
	.config = true,
	.libraries = { &library_kmod, &library_xml2 },
	.run = guest_run,
};

const struct mode hostdev_mode = {
	.name = "--hostdev",
	.subject = "TARGET",
	.more = "[GUEST]",
	.help = "lines that give the card to QEMU, or to GUEST",
	.json = true,
	.config = true,
	.libraries = { &library_kmod, &library_xml2 },
	.run = hostdev_run,
};
