// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/scene.h"

#include <stdio.h>
#include <string.h>

#include "plan/card.h"

/*
 * Does the host use something of the card now: disks, network, screen, keyboard? A
 * function that only shares a group is not taken, but the card is refused because of it;
 * a hint says that the host does not lose it.
 */

static bool touches(const struct scene *scene, size_t function)
{
	return card_touches(scene->host, scene->target, function);
}

/* A function that is only in the group is not lost: the card is refused. */
static const char *fate(const struct scene *scene, size_t function)
{
	return card_takes(scene->target, function) ? "would be taken" :
						     "shares its group, so the card is "
						     "refused";
}

static const char kept[] = "the host keeps it; do not reserve it with peers = take";

/* ---- disks ---- */

/* /dev/sda2 ext4 UUID 1234, mounted at / */
static void disk_describe(const struct disk_use *use, char text[static 320])
{
	bool swap = !strcmp(use->place, "swap");

	(void)snprintf(text, 320, "%s%s%s%s%s%s%s", use->name, *use->type ? " " : "",
		       use->type, *use->uuid ? " UUID " : "", use->uuid,
		       swap	   ? ", in use as swap" :
		       *use->place ? ", mounted at " :
				     "",
		       swap ? "" : use->place);
}

static void disk_judge(const struct scene *scene, const struct disk_use *use)
{
	char carrier[CARD_TEXT_MAX], what[320];
	bool taken = card_takes(scene->target, use->function);

	card_mention(&scene->host->functions[use->function], carrier);
	disk_describe(use, what);
	scene_tell(scene,
		   !taken      ? FINDING_HINT :
		   *use->place ? FINDING_FAIL :
				 FINDING_WARN,
		   FINDING_HOST_DISK, "%s is on %s, which %s%s%s", what, carrier,
		   fate(scene, use->function), taken ? "" : TO_DO, taken ? "" : kept);
}

/* A disk with nothing on itself, if its partitions are listed */
static bool is_plain(const struct disk_uses *uses, size_t index)
{
	const struct disk_use *use = &uses->list[index];

	if (*use->type || *use->uuid || *use->place)
		return false;
	for (size_t i = 0; i < uses->count; i++)
		if (i != index && uses->list[i].function == use->function)
			return true;
	return false;
}

static void disks_judge(const struct scene *scene)
{
	const struct disk_uses *uses = &scene->survey->use.disks;
	size_t count = 0;

	for (size_t i = 0; i < uses->count; i++) {
		if (!touches(scene, uses->list[i].function))
			continue;
		count++;
		if (!is_plain(uses, i))
			disk_judge(scene, &uses->list[i]);
	}
	if (!uses->known)
		scene_unknown(scene, FINDING_HOST_DISK,
			      "the disks that the host uses could not be read" TO_DO
			      "run it as root, with /proc, /sys and /run mounted");
	else if (!count)
		scene_pass(scene, FINDING_HOST_DISK,
			   "no disk is on the card or in its group");
}

/* ---- network ---- */

static void link_judge(const struct scene *scene, const struct network_link *link)
{
	bool taken = card_takes(scene->target, link->function);
	char carrier[CARD_TEXT_MAX];

	card_mention(&scene->host->functions[link->function], carrier);
	scene_tell(scene,
		   !taken	? FINDING_HINT :
		   link->routed ? FINDING_FAIL :
				  FINDING_WARN,
		   FINDING_HOST_NETWORK, "network link %s%s is on %s, which %s%s%s",
		   link->name, link->routed ? ", with the default route," : "", carrier,
		   fate(scene, link->function), taken ? "" : TO_DO, taken ? "" : kept);
}

static void network_judge(const struct scene *scene)
{
	const struct host_use *use = &scene->survey->use;
	size_t count = 0;

	for (size_t i = 0; i < use->n_links; i++) {
		if (!touches(scene, use->links[i].function))
			continue;
		link_judge(scene, &use->links[i]);
		count++;
	}
	if (use->links_known && !count)
		scene_pass(scene, FINDING_HOST_NETWORK,
			   "no network link is on the card or in its group");
}

/* ---- display ---- */

static bool is_display(const struct host_function *function)
{
	return host_is_display(function) && !function->is_vf;
}

/* A GPU that no target takes */
static const struct host_function *display_left(const struct scene *scene)
{
	for (size_t i = 0; i < scene->host->n_functions; i++)
		if (is_display(&scene->host->functions[i]) &&
		    !card_any_takes(scene->plan, i))
			return &scene->host->functions[i];
	return NULL;
}

static bool target_is_boot_display(const struct scene *scene)
{
	for (size_t i = 0; i < scene->target->n_functions; i++) {
		const struct host_function *function =
			card_at(scene->host, scene->target, i);

		if (host_is_boot_display(scene->host, function))
			return true;
	}
	return false;
}

/* A screen of the card that is switched on; NULL: none */
static const char *screen_find(const struct scene *scene)
{
	const struct host_use *use = &scene->survey->use;

	for (size_t i = 0; i < use->n_screens; i++)
		if (card_takes(scene->target, use->screens[i].function))
			return use->screens[i].name;
	return NULL;
}

static void display_judge(const struct scene *scene)
{
	const struct host_function *left = display_left(scene);
	const char *screen = screen_find(scene);
	bool takes = false;
	char mention[CARD_TEXT_MAX];

	for (size_t i = 0; i < scene->target->n_functions; i++)
		takes = takes || is_display(card_at(scene->host, scene->target, i));
	if (!takes)
		return;
	if (screen)
		scene_warn(scene, FINDING_HOST_DISPLAY,
			   "screen %s, in use now, is connected to the card: it will "
			   "belong to the virtual machine",
			   screen);
	if (!left) {
		scene_warn(scene, FINDING_HOST_DISPLAY,
			   "no GPU is left for the host: it runs without a screen");
		return;
	}
	card_mention(left, mention);
	if (target_is_boot_display(scene))
		scene_warn(scene, FINDING_HOST_DISPLAY,
			   "the card is the boot display: its screen stops during the "
			   "boot, which continues; the host keeps %s",
			   mention);
	else
		scene_pass(scene, FINDING_HOST_DISPLAY, "the host keeps %s", mention);
}

/* Desktops start on the boot display; with several and none they may take any. */
static void seat_judge(const struct scene *scene)
{
	const struct host_function *left = display_left(scene);
	char mention[CARD_TEXT_MAX];

	if (!scene->survey->use.desktop || !left)
		return;
	card_mention(left, mention);
	if (target_is_boot_display(scene))
		scene_hint(scene, FINDING_SEAT,
			   "display servers look for the boot display, which is this "
			   "card: configure yours to use %s",
			   mention);
	else
		scene_pass(scene, FINDING_SEAT, "the desktop finds %s", mention);
}

/* ---- keyboard and mouse ---- */

static void input_judge(const struct scene *scene, const struct input_device *input)
{
	char carrier[CARD_TEXT_MAX];

	card_mention(&scene->host->functions[input->function], carrier);
	scene_warn(scene, FINDING_HOST_INPUT,
		   "%s \"%s\" is connected to %s, which would be reserved",
		   input->keyboard ? "keyboard" : "mouse", input->name, carrier);
}

static bool takes_usb(const struct scene *scene)
{
	for (size_t i = 0; i < scene->target->n_functions; i++)
		if (card_at(scene->host, scene->target, i)->class_code >> 8 == 0x0c03)
			return true;
	return false;
}

static void inputs_judge(const struct scene *scene)
{
	const struct host_use *use = &scene->survey->use;
	size_t count = 0;

	if (!takes_usb(scene))
		return;
	for (size_t i = 0; i < use->n_inputs; i++)
		if (card_takes(scene->target, use->inputs[i].function)) {
			input_judge(scene, &use->inputs[i]);
			count++;
		}
	if (!use->inputs_known)
		scene_unknown(
			scene, FINDING_HOST_INPUT,
			"the devices on the card's USB controller could not be read" TO_DO
			"run it as root, with /proc and /sys mounted");
	else if (!count)
		scene_pass(
			scene, FINDING_HOST_INPUT,
			"no keyboard or mouse is connected to the card's USB controller");
}

static void passphrase_judge(const struct scene *scene)
{
	if (!target_is_boot_display(scene))
		return;
	if (scene->survey->use.passphrase)
		scene_warn(scene, FINDING_PASSPHRASE,
			   "there is a passphrase prompt at boot, and this card is the "
			   "boot display: the prompt will not be visible");
	else
		scene_pass(scene, FINDING_PASSPHRASE,
			   "there is no passphrase prompt at boot");
}

void host_check(const struct scene *scene)
{
	for (size_t i = 0; i < scene->plan->n_targets; i++) {
		const struct scene target =
			scene_of_target(scene, &scene->plan->targets[i]);

		if (!target.target->n_functions)
			continue;
		disks_judge(&target);
		network_judge(&target);
		display_judge(&target);
		seat_judge(&target);
		inputs_judge(&target);
		passphrase_judge(&target);
	}
}
