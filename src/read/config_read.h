/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CONFIG_READ_H
#define VFIO_EARLY_CONFIG_READ_H

/* Finding and reading the files that config.h and cmdline.h parse. */

#include <stdbool.h>

#include "base/sysroot.h"
#include "model/cmdline.h"
#include "model/config.h"

#define CONFIG_PATH "etc/vfio-early.conf"
#define CONFIG_DIR "etc/vfio-early.conf.d"
#define CONFIG_IMAGE_PATH "etc/vfio-early.image"
#define CONFIG_SIZE_MAX 65536 /* bytes of one file */
#define CONFIG_DROP_INS_MAX 64
#define CONFIG_WORD_MAX 64 /* bytes of a word about an image, NUL included */

/**
 * struct image - facts about the image from the initramfs hook (etc/vfio-early.image)
 * @generator: dracut, initramfs-tools, mkinitcpio, ...; empty: unknown
 * @version: of the program when the image was built
 * @config_hash: of the config when the image was built, as in the report
 * @guard: what ends a trial on the machine of the image (stamp.h); empty: nothing
 * @unread: the file exists but could not be read
 */
struct image {
	char generator[CONFIG_WORD_MAX];
	char version[CONFIG_WORD_MAX];
	char config_hash[CONFIG_WORD_MAX];
	char guard[CONFIG_WORD_MAX];
	bool unread;
};

/**
 * config_read() - read all config files and the command line
 * @file: --config FILE, read instead of CONFIG_PATH and its drop-ins, as the caller's
 *	own path (not below @root); NULL: the usual ones
 * @cmdline: kernel command line; read even when a file is bad, so that the kill switch
 *	always counts
 * @config: filled. On failure it is marked invalid and config.fault says why.
 *
 * Drop-ins are CONFIG_DIR/\*.conf in byte order. A file that is writable for others than
 * its owner is an error (-EPERM), and on the running machine a file that is not owned by
 * root (@file may belong to the user that runs the program). A dangling link is an error;
 * a missing file is not. All files are read even when one is bad.
 *
 * Return: 0, or -errno of the first fault
 */
int config_read(const struct sysroot *root, const char *file, const char *cmdline,
		struct config *config);

/**
 * config_file_load() - read a file that needs the same trust as a config: only its owner
 * may write it, and on the running machine root owns it
 * @name: below @root
 * @ret_text: written on success only: terminated; free() it
 *
 * Return: 0; -EPERM; -EINVAL when it is no regular file, or has NUL bytes; -EFBIG beyond
 * CONFIG_SIZE_MAX; -errno
 */
int config_file_load(const struct sysroot *root, const char *name, char **ret_text,
		     struct fault *fault);

/**
 * config_read_cmdline() - read /proc/cmdline
 * @cmdline: filled, without the newline; empty when it cannot be read
 *
 * Return: 0 or -errno
 */
int config_read_cmdline(const struct sysroot *root, char cmdline[static CMDLINE_MAX]);

/**
 * config_read_image() - read the file that the initramfs hook wrote
 * @image: filled; missing values are empty
 */
void config_read_image(const struct sysroot *root, struct image *image);

/**
 * config_hash_format() - write a config's hash in the format of reports and images
 * @text: filled: fnv1a64:0123456789abcdef
 */
void config_hash_format(const struct config *config, char text[static CONFIG_WORD_MAX]);

#endif
