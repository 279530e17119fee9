/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CONFIG_H
#define VFIO_EARLY_CONFIG_H

/*
 * The user's configuration. Pure: text in, values out; config_read.h finds the files,
 * cmdline.h adds the parameters of the kernel command line.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/fault.h"

#define CONFIG_TARGETS_MAX 32
#define CONFIG_IDS_MAX 8
#define CONFIG_NAME_MAX 33 /* NUL included */
#define CONFIG_DRIVER_MAX 56 /* MODULE_NAME_LEN of the kernel */
#define CONFIG_FILE_MAX 128
#define CONFIG_CMDLINE_FILE "kernel command line" /* config_target.file */
#define CONFIG_LINE_MAX 1022 /* bytes of a line */
#define CONFIG_HASH_START UINT64_C(0xcbf29ce484222325)
#define CONFIG_DEADLINE_DEFAULT 20 /* seconds */
#define CONFIG_DEADLINE_MAX 300

/**
 * enum config_mode - the kill switch, `vfio_early.mode=`
 * @CONFIG_MODE_ON: decide and act
 * @CONFIG_MODE_PLAN: decide, write the report, act on nothing
 * @CONFIG_MODE_OFF: leave everything alone
 */
enum config_mode { CONFIG_MODE_ON, CONFIG_MODE_PLAN, CONFIG_MODE_OFF };

extern const char *const config_mode_names[];

/**
 * enum config_bound - `bound-driver =`: what to do with a function that is bound to a
 * driver
 * @CONFIG_BOUND_AUTO: refuse for displays and accelerators (class 03, 12), else unbind
 * @CONFIG_BOUND_REFUSE: refuse
 * @CONFIG_BOUND_UNBIND: unbind it
 */
enum config_bound { CONFIG_BOUND_AUTO, CONFIG_BOUND_REFUSE, CONFIG_BOUND_UNBIND };

/**
 * enum config_guard - `guard =` and `vfio_early.guard=`: what proves that a first boot is
 * good
 * @CONFIG_GUARD_ON: the default target; a login where the host loses its screen
 * @CONFIG_GUARD_OFF: there are no trials
 * @CONFIG_GUARD_REACHED: the default target, always
 */
enum config_guard { CONFIG_GUARD_ON, CONFIG_GUARD_OFF, CONFIG_GUARD_REACHED };

/**
 * struct config_target - one [target NAME] section, or one `vfio_early.target=`
 * @name: the user's name for it: letters, digits, '-', '_' and '.'
 * @file: its file, as in the report: the path, safe to print, without its beginning when
 *	it is too long; or CONFIG_CMDLINE_FILE
 * @line: line of the section's heading; 0 for the command line
 * @ids: ids of the card; each must match some function of the slot
 * @n_ids: 0 when only address or path name the card
 * @has_address: the card must be at @address
 * @has_path: @path must lead to the card
 * @has_functions: take exactly the functions in @functions; else functions = slot
 * @functions: bit n set: function n of the slot
 * @take_peers: peers = take
 * @allow_boot_display: boot-display = allow
 * @allow_host_network: host-network = allow
 * @bound_driver: bound-driver
 * @all: all = yes: every card that the id matches, not just a single one
 * @optional: absence is no failure
 * @driver: name of the VFIO driver; empty: the most specific one that exists
 */
struct config_target {
	char name[CONFIG_NAME_MAX];
	char file[CONFIG_FILE_MAX];
	unsigned int line;
	struct pci_id ids[CONFIG_IDS_MAX];
	size_t n_ids;
	bool has_address;
	struct pci_address address;
	bool has_path;
	struct pci_path path;
	bool has_functions;
	uint8_t functions;
	bool take_peers;
	bool allow_boot_display;
	bool allow_host_network;
	enum config_bound bound_driver;
	bool all;
	bool optional;
	char driver[CONFIG_DRIVER_MAX];
};

/**
 * struct config - the whole configuration
 * @mode: the kill switch
 * @deadline: seconds after which the boot goes on in any case, 1 to CONFIG_DEADLINE_MAX
 * @debug: vfio_early.log=debug
 * @guard: from the command line, else from the files
 * @guard_set: a file contains the key
 * @n_targets: how many
 * @n_files: number of config files, good or bad; 0 and no targets: there is no config
 * @hash: FNV-1a (64 bit) of the names and bytes of all files, to detect a stale image
 * @invalid: @fault says why; no target may be acted on
 * @fault: the first one: file, line, what was found, what was expected
 * @targets: in the order in which they were read
 */
struct config {
	enum config_mode mode;
	unsigned int deadline;
	bool debug;
	enum config_guard guard;
	bool guard_set;
	size_t n_targets;
	size_t n_files;
	uint64_t hash;
	bool invalid;
	struct fault fault;
	struct config_target targets[CONFIG_TARGETS_MAX];
};

/**
 * config_guard_parse() - parse on, off or reached
 *
 * Return: 0; -EINVAL
 */
int config_guard_parse(const char *value, enum config_guard *ret_guard);

/** config_init() - the config of a machine without files and without parameters */
void config_init(struct config *config);

/**
 * config_parse() - add one file's targets
 * @config: initialised; on failure it is marked invalid and keeps the targets before the
 *	fault
 * @file: the name for messages and for config_target.file
 * @text: its bytes; NUL bytes in it are an error
 * @fault: `FILE:LINE: found ..., expected ...`
 *
 * INI, without guesses: an unknown section or key, a bad or empty value, a key or a
 * target name that occurs twice, a target without id, address and path, a line that is
 * too long, and text after a heading are errors.
 *
 * Return: 0; -EINVAL; -EEXIST for a target's name that is taken; -E2BIG for too many
 */
int config_parse(struct config *config, const char *file, const char *text, size_t length,
		 struct fault *fault);

/**
 * config_add_target() - add a target that did not come from a file
 *
 * Return: 0; -EEXIST when its name is taken; -E2BIG when there are too many
 */
int config_add_target(struct config *config, const struct config_target *target,
		      struct fault *fault);

/**
 * config_reject() - mark a config as one that must not be acted on
 * @fault: why; kept unless an earlier one is there
 */
void config_reject(struct config *config, const struct fault *fault);

/**
 * config_hash_add() - add a file to the hash
 * @config: initialised; its hash changes
 * @name: its name, equal on the running machine and in the image: without the root's path
 * @text: the file's bytes
 *
 * FNV-1a, 64 bit, over the name, a NUL, the bytes and a NUL.
 */
void config_hash_add(struct config *config, const char *name, const char *text,
		     size_t length);

/**
 * config_hash_bytes() - add bytes to a hash: FNV-1a, 64 bit
 * @hash: CONFIG_HASH_START, or the hash of the preceding bytes
 */
uint64_t config_hash_bytes(uint64_t hash, const char *bytes, size_t length);

/**
 * config_image_get() - look up a key of the [image] section
 * @text: content of etc/vfio-early.image, which the initramfs hook wrote
 * @key: the key; other keys and sections are ignored, since a newer version may have
 *	written the file
 * @value: filled; empty when the key is missing or its value does not fit
 * @size: bytes of @value
 */
void config_image_get(const char *text, const char *key, char *value, size_t size);

#endif
