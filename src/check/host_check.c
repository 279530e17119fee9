// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/host_check.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/lines.h"
#include "model/cmdline.h"
#include "plan/card.h"
#include "read/config_read.h"
#include "survey/disk_use.h"

#define LINK_MAX (SYSROOT_PATH_MAX * 2)
#define NETWORK_NAME_MAX 64
#define NETWORK_DEPTH_MAX 8
#define ROUTES_MAX 16

/* One target, looked at */
struct view {
	const struct sysroot *root;
	const struct host *host;
	const struct plan *plan;
	const struct plan_target *target;
	const char *name;
	struct findings *findings;
};

static bool is_touched(size_t function, const void *context)
{
	const struct view *view = context;

	return card_touches(view->host, view->target, function);
}

/* What is only in the group is not lost: its card is refused. */
static const char *fate(const struct view *view, size_t function)
{
	return card_takes(view->target, function) ? "would be taken" :
						    "shares its group, so the card is "
						    "refused";
}

static const char kept[] = "the host keeps it; do not give it away by peers = take";

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

static void disk_judge(const struct view *view, const struct disk_use *use)
{
	char carrier[CARD_TEXT_MAX], what[320];
	bool taken = card_takes(view->target, use->function);
	struct finding *finding;

	card_mention(&view->host->functions[use->function], carrier);
	disk_describe(use, what);
	finding = findings_add(view->findings,
			       !taken	   ? FINDING_HINT :
			       *use->place ? FINDING_FAIL :
					     FINDING_WARN,
			       FINDING_HOST_DISK, view->name, "%s is on %s, which %s",
			       what, carrier, fate(view, use->function));
	if (!taken)
		finding_advise(finding, "%s", kept);
}

/* A disk with nothing on itself, when its partitions tell more */
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

static void disks_check(const struct view *view)
{
	struct disk_uses *uses cleanup_free = calloc(1, sizeof(*uses));

	if (!uses)
		return;
	disk_uses_read(view->root, view->host, is_touched, view, uses);
	for (size_t i = 0; i < uses->count; i++)
		if (!is_plain(uses, i))
			disk_judge(view, &uses->list[i]);
	if (!uses->known)
		findings_add(view->findings, FINDING_UNKNOWN, FINDING_HOST_DISK,
			     view->name, "which disks the host uses could not be read");
	else if (!uses->count)
		findings_add(view->findings, FINDING_PASS, FINDING_HOST_DISK, view->name,
			     "no disk is on the card or in its group");
}

/* ---- network ---- */

/* Links of default routes: a machine may have several. */
struct routes {
	char links[ROUTES_MAX][NETWORK_NAME_MAX];
	size_t count;
};

static void route_add(struct routes *routes, const char *link)
{
	if (routes->count < ROUTES_MAX)
		(void)snprintf(routes->links[routes->count++], NETWORK_NAME_MAX, "%.60s",
			       link);
}

/* Iface Destination Gateway Flags RefCnt Use Metric Mask ...: the default is all zeros */
static void route_take(const struct line *line, void *context)
{
	const char *cursor = line->text;
	char word[8][LINES_WORD_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(word); i++)
		if (!lines_word(&cursor, " \t", word[i]))
			return;
	if (!strcmp(word[1], "00000000") && !strcmp(word[7], "00000000"))
		route_add(context, word[0]);
}

/* destination, its prefix, source, its prefix, gateway, ..., name: zeros and a gateway */
static void route6_take(const struct line *line, void *context)
{
	static const char zeros[] = "00000000000000000000000000000000";
	const char *cursor = line->text;
	char word[10][LINES_WORD_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(word); i++)
		if (!lines_word(&cursor, " \t", word[i]))
			return;
	if (!strcmp(word[0], zeros) && !strcmp(word[1], "00") &&
	    strcmp(word[4], zeros) != 0)
		route_add(context, word[9]);
}

/* A bridge, bond or VLAN stands on others: links lower_NAME (net/core/dev.c). */
static bool route_uses(const struct sysroot *root, const char *top, const char *link,
		       unsigned int depth)
{
	cleanup_closedir DIR *list = NULL;
	char path[128];
	const char *entry;

	if (!strcmp(top, link))
		return true;
	(void)snprintf(path, sizeof(path), "sys/class/net/%.64s", top);
	if (depth == NETWORK_DEPTH_MAX || sysroot_list(root->fd, path, &list) < 0)
		return false;
	while ((entry = sysroot_list_next(list)))
		if (!strncmp(entry, "lower_", 6) &&
		    route_uses(root, entry + 6, link, depth + 1))
			return true;
	return false;
}

static bool any_route_uses(const struct sysroot *root, const struct routes *routes,
			   const char *link)
{
	for (size_t i = 0; i < routes->count; i++)
		if (route_uses(root, routes->links[i], link, 0))
			return true;
	return false;
}

static void link_judge(const struct view *view, const struct routes *routes,
		       const char *link, size_t function)
{
	bool taken = card_takes(view->target, function);
	bool routed = any_route_uses(view->root, routes, link);
	char carrier[CARD_TEXT_MAX];
	struct finding *finding;

	card_mention(&view->host->functions[function], carrier);
	finding = findings_add(view->findings,
			       !taken ? FINDING_HINT :
			       routed ? FINDING_FAIL :
					FINDING_WARN,
			       FINDING_HOST_NETWORK, view->name,
			       "network link %s%s is on %s, which %s", link,
			       routed ? ", with the default route," : "", carrier,
			       fate(view, function));
	if (!taken)
		finding_advise(finding, "%s", kept);
}

static void network_check(const struct view *view)
{
	cleanup_closedir DIR *list = NULL;
	struct routes routes = { .count = 0 };
	const char *entry;
	size_t count = 0;

	if (sysroot_list(view->root->fd, "sys/class/net", &list) < 0)
		return;
	(void)lines_read(view->root, "proc/net/route", route_take, &routes);
	(void)lines_read(view->root, "proc/net/ipv6_route", route6_take, &routes);
	while ((entry = sysroot_list_next(list))) {
		char path[LINK_MAX];
		size_t function;

		if (sysroot_link(dirfd(list), entry, path, sizeof(path)) < 0 ||
		    !host_of_path(view->host, path, &function) ||
		    !is_touched(function, view))
			continue;
		link_judge(view, &routes, entry, function);
		count++;
	}
	if (!count)
		findings_add(view->findings, FINDING_PASS, FINDING_HOST_NETWORK,
			     view->name,
			     "no network link is on the card or in its group");
}

/* ---- display ---- */

static bool is_display(const struct host_function *function)
{
	return function->class_code >> 16 == 0x03 && !function->is_vf;
}

/* A GPU that no target takes */
static const struct host_function *display_left(const struct view *view)
{
	for (size_t i = 0; i < view->host->n_functions; i++)
		if (is_display(&view->host->functions[i]) &&
		    !card_any_takes(view->plan, i))
			return &view->host->functions[i];
	return NULL;
}

static bool target_is_boot_display(const struct view *view)
{
	for (size_t i = 0; i < view->target->n_functions; i++) {
		const struct host_function *function =
			card_at(view->host, view->target, i);

		if (function->boot_vga == FACT_YES || *function->framebuffer)
			return true;
	}
	return false;
}

/* A screen that is switched on: sys/class/drm/card0-DP-1/enabled */
static bool screen_find(const struct view *view, char screen[static 64])
{
	cleanup_closedir DIR *list = NULL;
	const char *entry;

	if (sysroot_list(view->root->fd, "sys/class/drm", &list) < 0)
		return false;
	while ((entry = sysroot_list_next(list))) {
		char path[LINK_MAX], name[128], state[32];
		size_t function;

		(void)snprintf(name, sizeof(name), "%.100s/enabled", entry);
		if (!strchr(entry, '-') ||
		    sysroot_read(dirfd(list), name, state, sizeof(state)) < 0 ||
		    strcmp(state, "enabled") != 0 ||
		    sysroot_link(dirfd(list), entry, path, sizeof(path)) < 0 ||
		    !host_of_path(view->host, path, &function) ||
		    !card_takes(view->target, function))
			continue;
		(void)snprintf(screen, 64, "%.60s", entry);
		return true;
	}
	return false;
}

static void display_check(const struct view *view)
{
	const struct host_function *left = display_left(view);
	bool takes = false;
	char screen[64], mention[CARD_TEXT_MAX];

	for (size_t i = 0; i < view->target->n_functions; i++)
		takes = takes || is_display(card_at(view->host, view->target, i));
	if (!takes)
		return;
	if (screen_find(view, screen))
		findings_add(view->findings, FINDING_WARN, FINDING_HOST_DISPLAY,
			     view->name,
			     "screen %s, in use now, is on the card: it will belong to "
			     "the virtual machine",
			     screen);
	if (!left) {
		findings_add(view->findings, FINDING_WARN, FINDING_HOST_DISPLAY,
			     view->name,
			     "no GPU is left for the host: it runs without a screen");
		return;
	}
	card_mention(left, mention);
	if (target_is_boot_display(view))
		findings_add(view->findings, FINDING_WARN, FINDING_HOST_DISPLAY,
			     view->name,
			     "the card is the boot display: the screen stops during the "
			     "boot, which goes on; the host keeps %s",
			     mention);
	else
		findings_add(view->findings, FINDING_PASS, FINDING_HOST_DISPLAY,
			     view->name, "the host keeps %s", mention);
}

/* Desktops start on the card with boot_vga; with several and none they may take any. */
static void seat_check(const struct view *view)
{
	const struct host_function *left = display_left(view);
	bool desktop = sysroot_exists(view->root->fd,
				      "etc/systemd/system/display-manager.service");
	char mention[CARD_TEXT_MAX];

	if (!desktop || !left)
		return;
	card_mention(left, mention);
	if (target_is_boot_display(view))
		findings_add(view->findings, FINDING_HINT, FINDING_SEAT, view->name,
			     "display servers look for the boot display, which is this "
			     "card: tell yours to use %s",
			     mention);
	else
		findings_add(view->findings, FINDING_PASS, FINDING_SEAT, view->name,
			     "the desktop finds %s", mention);
}

/* ---- keyboard and mouse ---- */

/* /proc/bus/input/devices: lines N: Name="...", S: Sysfs=..., H: Handlers=... */
struct input {
	const struct view *view;
	char name[LINES_WORD_MAX];
	char path[LINK_MAX];
	unsigned int count;
};

static void input_judge(struct input *input, bool keyboard)
{
	const struct view *view = input->view;
	char carrier[CARD_TEXT_MAX];
	size_t function;

	if (!host_of_path(view->host, input->path, &function) ||
	    !card_takes(view->target, function))
		return;
	card_mention(&view->host->functions[function], carrier);
	input->count++;
	findings_add(view->findings, FINDING_WARN, FINDING_HOST_INPUT, view->name,
		     "%s \"%s\" hangs on %s, which would be taken",
		     keyboard ? "keyboard" : "mouse", input->name, carrier);
}

static void input_take(const struct line *line, void *context)
{
	struct input *input = context;
	const char *cursor = line->text;

	if (!strncmp(cursor, "N: Name=", 8)) {
		cursor += 8;
		(void)lines_word(&cursor, "\"", input->name);
	} else if (!strncmp(cursor, "S: Sysfs=", 9)) {
		(void)snprintf(input->path, sizeof(input->path), "%s", cursor + 9);
	} else if (!strncmp(cursor, "H: Handlers=", 12)) {
		bool keyboard = strstr(cursor, "kbd") && strstr(cursor, "leds");

		if (keyboard || strstr(cursor, "mouse"))
			input_judge(input, keyboard);
	}
}

static void input_check(const struct view *view)
{
	struct input *input cleanup_free = calloc(1, sizeof(*input));
	bool takes_usb = false;
	int result;

	for (size_t i = 0; i < view->target->n_functions; i++)
		takes_usb = takes_usb ||
			    card_at(view->host, view->target, i)->class_code >> 8 ==
				    0x0c03;
	if (!takes_usb || !input)
		return;
	input->view = view;
	result = lines_read(view->root, "proc/bus/input/devices", input_take, input);
	if (result < 0)
		findings_add(view->findings, FINDING_UNKNOWN, FINDING_HOST_INPUT,
			     view->name,
			     "what hangs on the card's USB controller could not be read");
	else if (!input->count)
		findings_add(view->findings, FINDING_PASS, FINDING_HOST_INPUT, view->name,
			     "no keyboard or mouse hangs on the card's USB controller");
}

/* ---- passphrase ---- */

struct crypt {
	bool found;
};

/* NAME DEVICE KEYFILE OPTIONS: without a key file somebody is asked (crypttab(5)) */
static void crypt_take(const struct line *line, void *context)
{
	struct crypt *crypt = context;
	const char *cursor = line->text;
	char word[4][LINES_WORD_MAX] = { "", "", "none", "" };

	for (size_t i = 0; i < ARRAY_SIZE(word); i++)
		if (!lines_word(&cursor, " \t", word[i]))
			break;
	if ((!strcmp(word[2], "none") || !strcmp(word[2], "-")) &&
	    !strstr(word[3], "tpm2") && !strstr(word[3], "fido2"))
		crypt->found = true;
}

static void passphrase_check(const struct view *view)
{
	struct crypt crypt = { false };
	char cmdline[CMDLINE_MAX], value[128];

	if (!target_is_boot_display(view))
		return;
	(void)lines_read(view->root, "etc/crypttab", crypt_take, &crypt);
	(void)config_read_cmdline(view->root, cmdline);
	crypt.found = crypt.found ||
		      cmdline_get(cmdline, "cryptdevice", value, sizeof(value)) ||
		      cmdline_get(cmdline, "rd.luks.uuid", value, sizeof(value)) ||
		      cmdline_get(cmdline, "rd.luks.name", value, sizeof(value));
	if (crypt.found)
		findings_add(view->findings, FINDING_WARN, FINDING_PASSPHRASE, view->name,
			     "a passphrase is asked for at boot, and this card is the "
			     "boot display: the question will not be seen");
	else
		findings_add(view->findings, FINDING_PASS, FINDING_PASSPHRASE, view->name,
			     "no passphrase is asked for at boot");
}

void host_check(const struct sysroot *root, const struct config *config,
		const struct host *host, const struct plan *plan,
		struct findings *findings)
{
	for (size_t i = 0; i < plan->n_targets; i++) {
		const struct view view = {
			.root = root,
			.host = host,
			.plan = plan,
			.target = &plan->targets[i],
			.name = config->targets[plan->targets[i].config].name,
			.findings = findings,
		};

		if (!view.target->n_functions)
			continue;
		disks_check(&view);
		network_check(&view);
		display_check(&view);
		seat_check(&view);
		input_check(&view);
		passphrase_check(&view);
	}
}
