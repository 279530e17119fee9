// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/guard_check.h"

#include <errno.h>
#include <inttypes.h>
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

#define HOW_MAX 640
#define COUNTED_MAX 130 /* bytes of a path, so that the command is shown whole */

/* Is the store too full for a trial? After a reset the firmware may have tidied up. */
static bool is_full(const struct guard_look *look)
{
	return look->room_known && look->room < GUARD_ROOM;
}

/*
 * systemd-boot counts an entry down whose name has a counter, and takes the next one in
 * its order when none is left; a default of any kind it takes all the same
 * (src/boot/boot.c config_select_default_entry()). A boot that ends at a black screen is
 * good for it, too (systemd-bless-boot.service).
 */
static bool counter_advise(const struct boot_menu *menu, char how[static HOW_MAX])
{
	const struct boot_entry *entry = menu->list;
	const char *dot = strrchr(entry->file, '.');

	if (!menu->by_order || menu->count < 2 || entry->tries_left >= 0 || !dot ||
	    strlen(entry->file) > COUNTED_MAX || strpbrk(entry->file, "\"$`\\"))
		return false;
	(void)snprintf(how, HOW_MAX,
		       "let systemd-boot count: `mv \"/%s\" \"/%.*s+1%s\"`; unless that "
		       "boot proves good, the next one is \"%s\", which should leave the "
		       "cards to the host",
		       entry->file, (int)(dot - entry->file), entry->file, dot,
		       entry[1].id);
	return true;
}

/*
 * An entry that is chosen for one boot has the effect of a guard: after a reset the usual
 * entry boots. bootctl set-oneshot needs a variable, too; boot counting needs none.
 */
static void replacement_advise(const struct boot_menu *menu, bool writable, bool screen,
			       char how[static HOW_MAX])
{
	const struct boot_entry *entry = mode_guest_entry(menu);
	bool is_systemd = menu->reader == BOOT_READER_SYSTEMD;

	if (entry && (writable || !is_systemd))
		mode_entry_choose(menu, entry, how, HOW_MAX);
	else if (!is_systemd || screen || !counter_advise(menu, how))
		(void)snprintf(how, HOW_MAX,
			       "give the cards a boot entry of their own and %s: "
			       "`vfio-early --explain mode`",
			       menu->reader == BOOT_READER_GRUB ?
				       "boot it once by grub-reboot" :
				       "choose it in the boot menu");
}

/**
 * struct lack - why there is no guard
 * @writable: EFI variables can be written nevertheless
 * @screen: a boot without a guard takes the host's screen
 */
struct lack {
	const char *why;
	bool writable;
	bool screen;
};

static void replacement_tell(struct check *check, const struct lack *lack)
{
	char how[HOW_MAX];

	replacement_advise(mode_menu(check), lack->writable, lack->screen, how);
	findings_add(&check->findings, FINDING_HINT, FINDING_GUARD, NULL,
		     "there is no first-boot guard: %s" TO_DO
		     "to let a reset alone undo a boot, %s",
		     lack->why, how);
}

/*
 * @screen: one of the boots takes the host's screen
 *
 * Return: true: a finding says that there is no guard in any boot
 */
static bool none_tell(struct check *check, bool screen)
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
		replacement_tell(check,
				 &(struct lack){ look->fault.text, false, screen });
		return true;
	}
	if (!last || last->state != GUARD_NONE || check->drift->other_boot)
		return false;
	(void)snprintf(why, sizeof(why), "in this boot it was so, too: %s", last->detail);
	replacement_tell(check, &(struct lack){ why, false, screen });
	return true;
}

static void full_tell(struct check *check, const struct next *next)
{
	const struct guard_look *look = &check->guard;
	char why[FINDING_TEXT_MAX];

	(void)snprintf(why, sizeof(why),
		       "the store of EFI variables is full (%" PRIu64
		       " bytes are left, a "
		       "trial needs %zu), unless the firmware tidies it up at the reset",
		       look->room, GUARD_ROOM);
	replacement_tell(check, &(struct lack){ why, false, next->screen });
}

static void off_tell(struct check *check, const struct next *next)
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
	replacement_tell(check,
			 &(struct lack){ why,
					 !check->guard.error && !is_full(&check->guard),
					 next->screen });
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
		off_tell(check, next);
		return;
	}
	if (next->state == GUARD_FALLBACK)
		fallback_tell(check, next, mixed);
	else if (next->state == GUARD_TRIAL && is_full(&check->guard))
		full_tell(check, next);
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
	bool mixed = false, all_off = true, screen = false;
	size_t count;

	if (findings_has(&check->findings, FINDING_MODE, FINDING_FAIL))
		return;
	count = nexts_find(check, nexts);
	for (size_t i = 0; i < count; i++) {
		mixed = mixed ||
			reserves_nothing(&nexts[i]) != reserves_nothing(&nexts[0]);
		all_off = all_off && nexts[i].state == GUARD_OFF;
		screen = screen || nexts[i].screen;
	}
	if (count && !all_off && none_tell(check, screen))
		return;
	for (size_t i = 0; i < count; i++)
		next_tell(check, &nexts[i], mixed);
}
