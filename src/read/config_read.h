/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CONFIG_READ_H
#define VFIO_EARLY_CONFIG_READ_H

/* Finding and reading what config.h and cmdline.h parse. */

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
 * struct image - what the initramfs hook wrote about the image (etc/vfio-early.image)
 * @generator: dracut, initramfs-tools, mkinitcpio, ...; empty: not said
 * @version: of the program when the image was built
 * @config_hash: of the config when the image was built, as in the report
 * @guard: what ends a trial on the machine that built it (stamp.h); empty: nothing does
 * @unread: the file is there and could not be read
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
 * Drop-ins are CONFIG_DIR/\*.conf in byte order. A file that others than its owner may
 * write is an error (-EPERM), on the running machine also one that is not root's (@file
 * may belong to the user that runs the program). A link to nothing is an error; no file
 * at all is not. All files are read even when one is bad.
 *
 * Return: 0, or -errno of the first fault
 */
int config_read(const struct sysroot *root, const char *file, const char *cmdline,
		struct config *config);

/**
 * config_file_load() - read a file that is to be believed as a config is: only its owner
 *	may write it, on the running machine it is root's
 * @name: below @root
 * @ret_text: written on success only: terminated; free() it
 *
 * Return: 0; -EPERM; -EINVAL for what is no file, or has NUL bytes; -EFBIG beyond
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
 * config_read_image() - read what the initramfs hook wrote
 * @image: filled; empty words where there is nothing
 */
void config_read_image(const struct sysroot *root, struct image *image);

/**
 * config_hash_format() - write a config's hash as reports and images hold it
 * @text: filled: fnv1a64:0123456789abcdef
 */
void config_hash_format(const struct config *config, char text[static CONFIG_WORD_MAX]);

#endif
