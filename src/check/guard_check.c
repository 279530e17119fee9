// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/guard_check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "check/mode_check.h"
#include "check/predict.h"
#include "model/cmdline.h"
#include "model/guard.h"
#include "plan/risk.h"

/**
 * struct next - a boot that may come next
 * @state: GUARD_IDLE: it takes nothing
 * @has_guard: the image was built where something ends trials
 * @open: its trial is the one of this boot, which has not passed yet
 * @screen: it takes the boot display, or the host's last one
 */
struct next {
	enum guard_state state;
	enum guard_needs needs;
	char kernel[HOST_NAME_MAX];
	bool has_guard;
	bool open;
	bool screen;
};

/* ---- what boots ---- */

static bool is_candidate(const struct check *check, const struct initramfs *image)
{
	return !image->error && initrd_find(&image->initrd, CONFIG_IMAGE_PATH) &&
	       !check_image_is_aside(&check->findings, image->path);
}

static bool image_has_guard(const struct initramfs *image)
{
	const char *text = initrd_text(&image->initrd, CONFIG_IMAGE_PATH);
	char guard[CONFIG_WORD_MAX] = "";

	if (text)
		config_image_get(text, "guard", guard, sizeof(guard));
	return *guard;
}

/* Return: the plan of the image's config, or of the one in /etc, on this machine */
static const struct config *next_plan(struct check *check, const struct initramfs *image)
{
	const struct run *run = check->run;
	struct config *config = &check->scratch_config;
	struct fault fault;

	*config = image && image->inside_known ? image->inside : run->config;
	if (image && image->inside_known)
		(void)cmdline_apply(check->line.words, config, &fault);
	config->mode = CONFIG_MODE_ON;
	plan_build(config, &run->host, &check->scratch_plan);
	return config;
}

/* @image: NULL: none is known; then it is as this boot, with the config in /etc */
static struct next next_of(struct check *check, const struct initramfs *image)
{
	const struct run *run = check->run;
	const struct config *config = next_plan(check, image);
	enum guard_risk risk = plan_risk(&run->host, &check->scratch_plan);
	const struct guard_record *record = &check->guard.record;
	struct next next = { .needs = guard_needs_of(config, risk),
			     .has_guard = image ? image_has_guard(image) :
						  !check->guard.obstacle,
			     .screen = risk == GUARD_RISK_SCREEN };
	struct guard_boot boot;

	(void)snprintf(next.kernel, sizeof(next.kernel), "%s",
		       image && *image->release ? image->release : run->host.kernel);
	guard_boot_of(config, next.kernel, "next", risk, &boot);
	if (!check->scratch_plan.n_actions)
		return next;
	if (config->guard == CONFIG_GUARD_OFF) {
		next.state = GUARD_OFF;
		return next;
	}
	next.state = check->guard.error ? GUARD_NONE : guard_judge(record, &boot);
	next.open = next.state == GUARD_FALLBACK &&
		    guard_is_noted(record, guard_boot_hash(run->boot_id));
	return next;
}

/* ---- no guard ---- */

/*
 * An entry that is chosen for one boot has the effect of a guard: after a reset the usual
 * entry boots. bootctl set-oneshot needs a variable, too; boot counting needs none.
 */
static void replacement_tell(struct check *check, const char *why)
{
	const struct boot_menu *menu = check->images ? &check->images->menu : NULL;
	const struct boot_entry *entry = menu ? mode_guest_entry(menu) : NULL;
	const char *how = "give the cards a boot entry of their own and choose it in the "
			  "boot menu: `vfio-early --explain mode`";
	char chosen[BOOT_ID_MAX + 64];

	if (menu && menu->reader == BOOT_READER_GRUB)
		how = "give the cards a boot entry of their own, and boot it once by "
		      "grub-reboot: `vfio-early --explain mode`";
	if (menu && menu->reader == BOOT_READER_SYSTEMD)
		how = "let systemd-boot count: rename the entry NAME.conf to "
		      "NAME+1.conf; if its boot does not prove good, the other one is "
		      "next";
	if (entry && menu->reader != BOOT_READER_SYSTEMD) {
		mode_entry_choose(menu, entry, chosen, sizeof(chosen));
		how = chosen;
	}
	findings_add(&check->findings, FINDING_HINT, FINDING_GUARD, NULL,
		     "there is no first-boot guard: %s" TO_DO
		     "to let a reset alone undo a boot, %s",
		     why, how);
}

/* Return: true: a finding says that there is no guard in any boot */
static bool none_tell(struct check *check)
{
	const struct guard_look *look = &check->guard;
	const struct guard *last = check->report ? &check->report->guard : NULL;
	char why[FINDING_TEXT_MAX];

	if (look->error == -EACCES || look->error == -EPERM) {
		findings_add(&check->findings, FINDING_UNKNOWN, FINDING_GUARD, NULL,
			     "%s" TO_DO "try again as root", look->fault.text);
		return true;
	}
	if (look->error) {
		replacement_tell(check, look->fault.text);
		return true;
	}
	if (!last || last->state != GUARD_NONE || check->drift->other_boot)
		return false;
	(void)snprintf(why, sizeof(why), "in this boot it was so, too: %s", last->detail);
	replacement_tell(check, why);
	return true;
}

static void off_tell(struct check *check)
{
	char why[FINDING_TEXT_MAX];

	if (!check->guard.obstacle) {
		findings_add(&check->findings, FINDING_HINT, FINDING_GUARD, NULL,
			     "the next boot has no first-boot guard: its image was built "
			     "where nothing would end a trial" TO_DO
			     "rebuild the initramfs: now a trial would be ended");
		return;
	}
	(void)snprintf(why, sizeof(why), "nothing would end a trial: %s",
		       check->guard.obstacle);
	replacement_tell(check, why);
}

/* ---- the states ---- */

static void trial_tell(struct check *check, const struct next *next)
{
	bool login = next->needs == GUARD_NEEDS_LOGIN;

	if (check->guard.obstacle) {
		findings_add(
			&check->findings, FINDING_WARN, FINDING_GUARD, NULL,
			"the next boot is a trial, and nothing would end it: %s" TO_DO
			"rebuild the initramfs, which has no guard then",
			check->guard.obstacle);
		return;
	}
	findings_add(&check->findings, FINDING_HINT, FINDING_GUARD, NULL,
		     "the next boot is a trial: this config has not been seen to boot "
		     "kernel %s%s" TO_DO "%s",
		     next->kernel, next->screen ? ", and it takes the host's screen" : "",
		     login ? "after it log in, at the machine or by ssh, or run "
			     "`vfio-early --confirm`; after a reset before that nothing "
			     "is reserved" :
			     "nothing: it passes when the default target is reached; "
			     "after a reset before that nothing is reserved");
}

/* @mixed: another image boots otherwise */
static void fallback_tell(struct check *check, const struct next *next, bool mixed)
{
	const struct guard_record *record = &check->guard.record;

	if (!next->open) {
		findings_add(
			&check->findings, mixed ? FINDING_UNKNOWN : FINDING_FAIL,
			FINDING_GUARD, NULL,
			"the trial of this config on kernel %s was not finished: the "
			"next boot%s%s reserves nothing",
			record->kernel, mixed ? " of kernel " : "",
			mixed ? next->kernel : "");
		return;
	}
	findings_add(&check->findings, FINDING_UNKNOWN, FINDING_GUARD, NULL,
		     "this boot is a trial that has not passed yet" TO_DO
		     "%s before you reboot, or the next boot reserves nothing",
		     next->needs == GUARD_NEEDS_LOGIN ?
			     "log in or run `vfio-early --confirm`" :
			     "wait for the default target");
}

static void next_tell(struct check *check, const struct next *next, bool mixed)
{
	if (next->state == GUARD_OFF) {
		findings_add(&check->findings, FINDING_PASS, FINDING_GUARD, NULL,
			     "guard = off: no boot is a trial");
		return;
	}
	if (!next->has_guard) {
		off_tell(check);
		return;
	}
	if (next->state == GUARD_FALLBACK)
		fallback_tell(check, next, mixed);
	else if (next->state == GUARD_TRIAL)
		trial_tell(check, next);
	else
		findings_add(&check->findings, FINDING_PASS, FINDING_GUARD, NULL,
			     "this config has passed its trial on kernel %s",
			     next->kernel);
}

static bool is_same(const struct next *one, const struct next *other)
{
	return one->state == other->state && one->has_guard == other->has_guard &&
	       !strcmp(one->kernel, other->kernel);
}

static bool reserves_nothing(const struct next *next)
{
	return next->has_guard && next->state == GUARD_FALLBACK;
}

/* Those that take something, each once */
static size_t nexts_find(struct check *check, struct next nexts[static INITRD_LIST_MAX])
{
	const struct images *images = check->images;
	size_t count = 0, candidates = 0;

	for (size_t i = 0; images && i < images->list.count; i++) {
		const struct initramfs *image = &images->images[i];
		bool seen = false;

		if (!is_candidate(check, image))
			continue;
		candidates++;
		nexts[count] = next_of(check, image);
		for (size_t j = 0; j < count; j++)
			seen = seen || is_same(&nexts[j], &nexts[count]);
		count += !seen && nexts[count].state != GUARD_IDLE;
	}
	if (candidates || (images && images->list.count))
		return count;
	nexts[0] = next_of(check, NULL);
	return nexts[0].state != GUARD_IDLE;
}

void guard_check(struct check *check)
{
	struct next nexts[INITRD_LIST_MAX];
	bool mixed = false, all_off = true;
	size_t count;

	if (findings_has(&check->findings, FINDING_MODE, FINDING_FAIL))
		return;
	count = nexts_find(check, nexts);
	for (size_t i = 0; i < count; i++) {
		mixed = mixed ||
			reserves_nothing(&nexts[i]) != reserves_nothing(&nexts[0]);
		all_off = all_off && nexts[i].state == GUARD_OFF;
	}
	if (count && !all_off && none_tell(check))
		return;
	for (size_t i = 0; i < count; i++)
		next_tell(check, &nexts[i], mixed);
}
