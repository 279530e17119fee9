// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/users.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "base/text.h"
#include "report/json.h"

#define NODE_MAX 96
#define PATH_MAX_HERE 320

/**
 * struct nodes - device nodes through which programs use a function
 * @paths: /dev/dri/card0
 * @prefix: any node that begins so; NULL: none
 * @cut: there are more than USERS_NODES_MAX
 */
struct nodes {
	char paths[USERS_NODES_MAX][NODE_MAX];
	size_t count;
	const char *prefix;
	bool cut;
};

static void node_add(struct nodes *nodes, const char *directory, const char *name)
{
	if (nodes->count < USERS_NODES_MAX)
		(void)snprintf(nodes->paths[nodes->count++], NODE_MAX, "%s/%.64s",
			       directory, name);
	else
		nodes->cut = true;
}

/* Connectors are directories card0-DP-1 with a file `status`. */
static void screens_read(const struct sysroot *root, const char *card_path,
			 const char *card, struct users *users)
{
	cleanup_listing struct listing *list = NULL;
	size_t length = strlen(card);
	const char *entry;

	if (sysroot_list(root->fd, card_path, &list) < 0)
		return;
	while ((entry = sysroot_list_next(list))) {
		char path[PATH_MAX_HERE], status[32];

		if (strncmp(entry, card, length) || entry[length] != '-' ||
		    users->n_screens == USERS_SCREENS_MAX)
			continue;
		(void)snprintf(path, sizeof(path), "%s/status", entry);
		if (sysroot_read(list->fd, path, status, sizeof(status)) > 0 &&
		    !strcmp(status, "connected"))
			(void)snprintf(users->screens[users->n_screens++], HOST_NAME_MAX,
				       "%.63s", entry + length + 1);
	}
}

/* Nodes by the directories of the function: drm/card0, vfio-dev/vfio0 */
static void class_read(const struct sysroot *root, const char *device, const char *class,
		       const char *directory, struct nodes *nodes, struct users *users)
{
	cleanup_listing struct listing *list = NULL;
	char path[PATH_MAX_HERE];
	const char *entry;

	(void)snprintf(path, sizeof(path), "%s/%s", device, class);
	if (sysroot_list(root->fd, path, &list) < 0)
		return;
	while ((entry = sysroot_list_next(list))) {
		node_add(nodes, directory, entry);
		(void)snprintf(path, sizeof(path), "%s/%s/%.64s", device, class, entry);
		screens_read(root, path, entry, users);
	}
}

static void nodes_find(const struct sysroot *root, const struct host_function *function,
		       struct nodes *nodes, struct users *users)
{
	char device[64], group[16];

	(void)snprintf(device, sizeof(device), "sys/bus/pci/devices/%s",
		       PCI_ADDRESS(&function->address));
	class_read(root, device, "drm", "/dev/dri", nodes, users);
	class_read(root, device, "vfio-dev", "/dev/vfio/devices", nodes, users);
	if (!function->has_group)
		return;
	(void)snprintf(group, sizeof(group), "%u", function->group);
	node_add(nodes, "/dev/vfio", group);
}

/* Nodes by the beginning of a name alone, at most @depth folders below */
static void named_read(const struct sysroot *root, const char *folder, const char *name,
		       int depth, struct nodes *nodes)
{
	cleanup_listing struct listing *list = NULL;
	char path[PATH_MAX_HERE];
	const char *entry;

	if (sysroot_list(root->fd, folder, &list) < 0)
		return;
	while ((entry = sysroot_list_next(list))) {
		if (!strncmp(entry, name, strlen(name)))
			node_add(nodes, "/dev", entry);
		if (!depth || !strncmp(entry, name, strlen(name)) ||
		    snprintf(path, sizeof(path), "%s/%.64s", folder, entry) >=
			    (int)sizeof(path))
			continue;
		named_read(root, path, name, depth - 1, nodes);
	}
}

/* Sound cards have their nodes one folder further down: sound/card0/pcmC0D3p */
static void sound_read(const struct sysroot *root, const char *device,
		       struct nodes *nodes)
{
	cleanup_listing struct listing *list = NULL;
	char path[PATH_MAX_HERE];
	struct users ignored;
	const char *entry;

	(void)snprintf(path, sizeof(path), "%s/sound", device);
	if (sysroot_list(root->fd, path, &list) < 0)
		return;
	memset(&ignored, 0, sizeof(ignored));
	while ((entry = sysroot_list_next(list))) {
		(void)snprintf(path, sizeof(path), "sound/%.64s", entry);
		class_read(root, device, path, "/dev/snd", nodes, &ignored);
	}
}

/* The adapters of the card itself, and those of its connectors: drm/card0/card0-DP-1 */
static void wires_read(const struct sysroot *root, const char *device,
		       struct nodes *nodes)
{
	char path[PATH_MAX_HERE];

	named_read(root, device, "i2c-", 0, nodes);
	(void)snprintf(path, sizeof(path), "%s/drm", device);
	named_read(root, path, "i2c-", 2, nodes);
	named_read(root, path, "drm_dp_aux", 2, nodes);
}

static void more_nodes_find(const struct sysroot *root,
			    const struct host_function *function, struct nodes *nodes,
			    struct users *users)
{
	char address[PCI_ADDRESS_TEXT], device[64];

	pci_address_format(&function->address, address);
	(void)snprintf(device, sizeof(device), "sys/bus/pci/devices/%s", address);
	class_read(root, device, "graphics", "/dev", nodes, users);
	sound_read(root, device, nodes);
	wires_read(root, device, nodes);
	if (!strcmp(function->driver, "nvidia"))
		nodes->prefix = "/dev/nvidia";
}

static bool is_node(const struct nodes *nodes, const char *target)
{
	if (nodes->prefix && !strncmp(target, nodes->prefix, strlen(nodes->prefix)))
		return true;
	for (size_t i = 0; i < nodes->count; i++)
		if (!strcmp(nodes->paths[i], target))
			return true;
	return false;
}

/* Returns false if the process may not be examined. */
static bool process_uses(int dir, const char *pid, const struct nodes *nodes, bool *uses)
{
	cleanup_listing struct listing *list = NULL;
	char path[PATH_MAX_HERE], target[PATH_MAX_HERE];
	const char *entry;
	int result;

	(void)snprintf(path, sizeof(path), "%.32s/fd", pid);
	result = sysroot_list(dir, path, &list);
	if (result < 0)
		return result == -ENOENT;
	while (!*uses && (entry = sysroot_list_next(list)))
		*uses = !sysroot_link(list->fd, entry, target, sizeof(target)) &&
			is_node(nodes, target);
	return true;
}

static void program_add(int dir, const char *pid, uint64_t number, struct users *users)
{
	char path[64], name[HOST_NAME_MAX];

	if (users->n_programs == USERS_PROGRAMS_MAX) {
		users->more_programs = true;
		return;
	}
	(void)snprintf(path, sizeof(path), "%.32s/comm", pid);
	if (sysroot_read(dir, path, name, sizeof(name)) <= 0)
		(void)snprintf(name, sizeof(name), "?");
	users->programs[users->n_programs].pid = number;
	memcpy(users->programs[users->n_programs++].name, name, sizeof(name));
}

static void programs_read(const struct sysroot *root, const struct nodes *nodes,
			  struct users *users)
{
	cleanup_listing struct listing *list = NULL;
	const char *entry;

	if (sysroot_list(root->fd, "proc", &list) < 0) {
		users->programs_hidden = true;
		return;
	}
	while ((entry = sysroot_list_next(list))) {
		bool uses = false;
		uint64_t pid;

		if (number_parse(entry, strlen(entry), 10, UINT32_MAX, &pid) < 0)
			continue;
		if (!process_uses(list->fd, entry, nodes, &uses))
			users->programs_hidden = true;
		if (uses)
			program_add(list->fd, entry, pid, users);
	}
}

void users_read(const struct sysroot *root, const struct host_function *function,
		struct users *users)
{
	struct nodes nodes = { .count = 0 };

	memset(users, 0, sizeof(*users));
	nodes_find(root, function, &nodes, users);
	if (nodes.count)
		programs_read(root, &nodes, users);
}

void users_read_all(const struct sysroot *root, const struct host_function *function,
		    struct users *users)
{
	struct nodes nodes = { .count = 0 };

	memset(users, 0, sizeof(*users));
	nodes_find(root, function, &nodes, users);
	more_nodes_find(root, function, &nodes, users);
	if (nodes.count || nodes.prefix)
		programs_read(root, &nodes, users);
	users->programs_hidden |= nodes.cut;
}

void users_format(const struct users *users, char text[static USERS_TEXT_MAX])
{
	char line[USERS_TEXT_MAX] = "";

	for (size_t i = 0; i < users->n_screens; i++)
		text_append(line, sizeof(line), "%s%s",
			    i ? ", " : "screens: ", users->screens[i]);
	if (users->n_screens && users->n_programs)
		text_append(line, sizeof(line), "; ");
	for (size_t i = 0; i < users->n_programs; i++)
		text_append(line, sizeof(line), "%s%s (%llu)",
			    i ? ", " : "open in: ", users->programs[i].name,
			    (unsigned long long)users->programs[i].pid);
	if (users->more_programs)
		text_append(line, sizeof(line), " and others");
	text_escape(line, text, USERS_TEXT_MAX);
}

json_t *users_to_json(const struct users *users)
{
	json_t *object = json_object(), *screens = json_array(), *programs = json_array();

	for (size_t i = 0; i < users->n_screens; i++)
		json_value_add(&screens, json_value_text(users->screens[i]));
	for (size_t i = 0; i < users->n_programs; i++) {
		json_t *program = json_object();

		json_value_put(&program, "pid",
			       json_integer((json_int_t)users->programs[i].pid));
		json_value_put(&program, "name",
			       json_value_text(users->programs[i].name));
		json_value_add(&programs, program);
	}
	json_value_put(&object, "screens", screens);
	json_value_put(&object, "programs", programs);
	json_value_put(&object, "complete",
		       json_boolean(!users->programs_hidden && !users->more_programs));
	return object;
}
