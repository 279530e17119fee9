// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/host_use.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "model/cmdline.h"
#include "read/network.h"

#define LINK_MAX (SYSROOT_PATH_MAX * 2)

/* ---- network ---- */

static void links_read(const struct sysroot *root, const struct host *host,
		       struct host_use *use)
{
	cleanup_listing struct listing *list = NULL;
	struct routes routes = { .count = 0 };
	const char *entry;

	if (sysroot_list_noted(root, "sys/class/net", &list) < 0)
		return;
	use->links_known = true;
	routes_read(root, &routes);
	while (use->n_links < HOST_LINKS_MAX && (entry = sysroot_list_next(list))) {
		struct network_link *link = &use->links[use->n_links];
		char path[LINK_MAX];

		if (sysroot_link(list->fd, entry, path, sizeof(path)) < 0 ||
		    !host_of_path(host, path, &link->function))
			continue;
		(void)snprintf(link->name, sizeof(link->name), "%.60s", entry);
		link->routed = routes_use(root, &routes, entry);
		use->n_links++;
	}
}

/* ---- display ---- */

/* sys/class/drm/card0-DP-1/enabled */
static void screens_read(const struct sysroot *root, const struct host *host,
			 struct host_use *use)
{
	cleanup_listing struct listing *list = NULL;
	const char *entry;

	if (sysroot_list_noted(root, "sys/class/drm", &list) < 0)
		return;
	while (use->n_screens < HOST_SCREENS_MAX && (entry = sysroot_list_next(list))) {
		struct screen *screen = &use->screens[use->n_screens];
		char path[LINK_MAX], name[128], state[32];

		(void)snprintf(name, sizeof(name), "%.100s/enabled", entry);
		if (!strchr(entry, '-') ||
		    sysroot_read(list->fd, name, state, sizeof(state)) < 0 ||
		    strcmp(state, "enabled") != 0 ||
		    sysroot_link(list->fd, entry, path, sizeof(path)) < 0 ||
		    !host_of_path(host, path, &screen->function))
			continue;
		(void)snprintf(screen->name, sizeof(screen->name), "%.60s", entry);
		use->n_screens++;
	}
}

/* ---- keyboard and mouse ---- */

/* /proc/bus/input/devices: lines N: Name="...", S: Sysfs=..., H: Handlers=... */
struct input {
	const struct host *host;
	struct host_use *use;
	char name[LINES_WORD_MAX];
	char path[LINK_MAX];
};

static void input_add(const struct input *input, bool keyboard)
{
	struct host_use *use = input->use;
	struct input_device *device = &use->inputs[use->n_inputs];

	if (use->n_inputs == HOST_INPUTS_MAX ||
	    !host_of_path(input->host, input->path, &device->function))
		return;
	device->keyboard = keyboard;
	(void)snprintf(device->name, sizeof(device->name), "%s", input->name);
	use->n_inputs++;
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
			input_add(input, keyboard);
	}
}

static void inputs_read(const struct sysroot *root, const struct host *host,
			struct host_use *use)
{
	struct input input = { .host = host, .use = use };

	use->inputs_known =
		lines_read(root, "proc/bus/input/devices", input_take, &input) >= 0;
}

/* ---- passphrase ---- */

/* NAME DEVICE KEYFILE OPTIONS: without a key file a person is asked (crypttab(5)) */
static void crypt_take(const struct line *line, void *context)
{
	bool *found = context;
	char word[4][LINES_WORD_MAX];

	(void)lines_words(line->text, word, ARRAY_SIZE(word));
	if ((!*word[2] || !strcmp(word[2], "none") || !strcmp(word[2], "-")) &&
	    !strstr(word[3], "tpm2") && !strstr(word[3], "fido2"))
		*found = true;
}

static bool passphrase_read(const struct sysroot *root, const char *cmdline)
{
	char value[128];
	bool found = false;

	(void)lines_read(root, "etc/crypttab", crypt_take, &found);
	return found || cmdline_get(cmdline, "cryptdevice", value, sizeof(value)) ||
	       cmdline_get(cmdline, "rd.luks.uuid", value, sizeof(value)) ||
	       cmdline_get(cmdline, "rd.luks.name", value, sizeof(value));
}

static bool is_near(size_t function, const void *context)
{
	const bool *near = context;

	return near[function];
}

void host_use_read(const struct sysroot *root, const char *cmdline,
		   const struct host *host, const bool *near, struct host_use *use)
{
	disk_uses_read(root, host, is_near, near, &use->disks);
	links_read(root, host, use);
	screens_read(root, host, use);
	inputs_read(root, host, use);
	use->desktop =
		sysroot_exists(root->fd, "etc/systemd/system/display-manager.service");
	use->passphrase = passphrase_read(root, cmdline);
}
