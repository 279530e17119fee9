/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_USERS_H
#define VFIO_EARLY_USERS_H

/* The present users of a card: connected screens, and programs that have it open. */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/sysroot.h"
#include "model/host.h"

#define USERS_NODES_MAX 96
#define USERS_SCREENS_MAX 16
#define USERS_PROGRAMS_MAX 16
#define USERS_TEXT_MAX 512
#define USERS_HIDDEN \
	"Which programs of others have a card open cannot be told: try again as root."

/**
 * struct users - the users of a function
 * @screens: connectors with a screen: DP-1
 * @programs: processes with an open device node of it, as many as fit
 * @more_programs: there are more than fit
 * @programs_hidden: some processes could not be examined
 */
struct users {
	char screens[USERS_SCREENS_MAX][HOST_NAME_MAX];
	size_t n_screens;
	struct {
		uint64_t pid;
		char name[HOST_NAME_MAX];
	} programs[USERS_PROGRAMS_MAX];
	size_t n_programs;
	bool more_programs;
	bool programs_hidden;
};

/**
 * users_read() - find the users of a function
 * @root: where the machine is
 * @function: the function: its DRM nodes count, and the VFIO node of its group
 */
void users_read(const struct sysroot *root, const struct host_function *function,
		struct users *users);

/**
 * users_read_all() - find all users that prevent unbinding
 * @function: the function: its sound, framebuffer and I2C nodes count as well, and
 *	NVIDIA's: a driver's remove() waits without a limit until these are closed
 *	(sound/core/init.c snd_card_free(), drivers/i2c/i2c-core-base.c i2c_del_adapter())
 */
void users_read_all(const struct sysroot *root, const struct host_function *function,
		    struct users *users);

/**
 * users_format() - write the users in one line
 * @text: filled, escaped: screens: DP-1; open in: Xorg (812); empty: no known users
 */
void users_format(const struct users *users, char text[static USERS_TEXT_MAX]);

/**
 * users_to_json() - the same as an object
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *users_to_json(const struct users *users);

#endif
