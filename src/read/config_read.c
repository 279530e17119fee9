// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/config_read.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

#define IMAGE_SIZE_MAX 4096

/**
 * struct source - one file to read
 * @dir: descriptor that @name is relative to
 * @name: path below it
 * @hashed: name in the hash: where it is in an image
 * @above: in front of its name on the machine: "/", or nothing
 * @typed: in front of that in a command: the root's path, or what keeps a name that
 *	begins with '-' from being an option
 * @owner_any: it may belong to the user that runs the program
 */
struct source {
	int dir;
	const char *name;
	const char *hashed;
	const char *above;
	const char *typed;
	bool owner_any;
};

/* Its path on the machine, for messages */
static void source_show(const struct source *source, char text[static PATH_MAX])
{
	(void)text_join(text, PATH_MAX, source->above, source->name, NULL);
}

/* Refuse a file; its name is escaped for terminals. */
static int source_fault(const struct source *source, int error, const char *what,
			struct fault *fault)
{
	char path[PATH_MAX], shown[CONFIG_FILE_MAX];

	source_show(source, path);
	quote_escape(path, strlen(path), shown, sizeof(shown));
	return fault_set(fault, error, "%s: %s", shown, what);
}

/* The same with a command that mends it. */
static int source_remedy(const struct source *source, const char *what,
			 const char *command, struct fault *fault)
{
	char path[PATH_MAX], whole[PATH_MAX + SYSROOT_PATH_MAX];
	char shown[CONFIG_FILE_MAX], typed[CONFIG_FILE_MAX];

	source_show(source, path);
	quote_escape(path, strlen(path), shown, sizeof(shown));
	(void)text_join(whole, sizeof(whole), source->typed, path, NULL);
	return fault_set(fault, -EPERM, "%s: %s; type: %s %s", shown, what, command,
			 text_shell(whole, typed, sizeof(typed)));
}

/*
 * Only root may say which device is taken from the host: not by writing a file, and
 * not by putting one into the directory of the drop-ins.
 */
static int source_check(const struct sysroot *root, const struct source *source,
			const struct stat *status, struct fault *fault)
{
	bool owned = !status->st_uid ||
		     (source->owner_any && status->st_uid == geteuid());

	if (status->st_mode & (S_IWGRP | S_IWOTH))
		return source_remedy(source, "users other than its owner can write to it",
				     "chmod go-w", fault);
	if (root->live && !owned)
		return source_remedy(source, "it is not owned by root", "chown root",
				     fault);
	return 0;
}

static int source_load(const struct sysroot *root, const struct source *source,
		       char **ret_text, size_t *ret_length, struct fault *fault)
{
	cleanup_close int fd = sysroot_file_open(source->dir, source->name);
	struct stat status;
	int error;

	if (fd < 0 || fstat(fd, &status) < 0)
		return source_fault(source, -errno, strerror(errno), fault);
	if (!S_ISREG(status.st_mode))
		return source_fault(source, -EINVAL, "expected a regular file", fault);
	error = source_check(root, source, &status, fault);
	if (error < 0)
		return error;
	error = sysroot_load_fd(fd, CONFIG_SIZE_MAX, ret_text, ret_length);
	if (error == -EFBIG)
		return source_fault(source, error, "expected at most 65536 bytes", fault);
	return error ? source_fault(source, error, strerror(-error), fault) : 0;
}

/* Add one file, good or bad, to the config. */
static void source_read(const struct sysroot *root, const struct source *source,
			struct config *config)
{
	cleanup_free char *text = NULL;
	char path[PATH_MAX];
	struct fault fault;
	size_t length = 0;

	config->n_files++;
	if (source_load(root, source, &text, &length, &fault) < 0) {
		config_reject(config, &fault);
		length = 0;
	}
	config_hash_add(config, source->hashed, text ? text : "", length);
	if (!text)
		return;
	source_show(source, path);
	(void)config_parse(config, path, text, length, &fault);
}

/* One below the root */
static void source_name(const struct sysroot *root, const char *name,
			struct source *source)
{
	*source = (struct source){ .dir = root->fd,
				   .name = name,
				   .hashed = name,
				   .above = "/",
				   .typed = root->path };
}

/* A file below the root; a link to nothing is there, and bad. */
static void file_read(const struct sysroot *root, const char *name, struct config *config)
{
	struct source source;
	struct stat status;

	if (fstatat(root->fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
		return;
	source_name(root, name, &source);
	source_read(root, &source, config);
}

int config_file_load(const struct sysroot *root, const char *name, char **ret_text,
		     struct fault *fault)
{
	cleanup_free char *text = NULL;
	struct source source;
	size_t length = 0;
	int error;

	source_name(root, name, &source);
	error = source_load(root, &source, &text, &length, fault);
	if (!text) /* none on an error */
		return error;
	text[length] = '\0';
	if (strlen(text) != length)
		return source_fault(&source, -EINVAL, "expected no NUL bytes", fault);
	*ret_text = text;
	text = NULL;
	return 0;
}

/* ---- drop-ins ---- */

/**
 * struct names - the drop-ins
 * @name: of each, below CONFIG_DIR
 * @count: how many
 */
struct names {
	char name[CONFIG_DROP_INS_MAX][SYSROOT_NAME_MAX];
	size_t count;
};

static int names_read(struct listing *dir, struct names *names, struct fault *fault)
{
	int error = sysroot_names(dir, ".conf", names->name, CONFIG_DROP_INS_MAX,
				  &names->count);

	if (error == -E2BIG)
		return fault_set(fault, error, "/%s: expected at most %d files",
				 CONFIG_DIR, CONFIG_DROP_INS_MAX);
	return error ? fault_set(fault, error, "/%s: %s", CONFIG_DIR, strerror(-error)) :
		       0;
}

static int drop_ins_find(const struct sysroot *root, struct names *names,
			 struct fault *fault)
{
	cleanup_listing struct listing *dir = NULL;
	int error = sysroot_list(root->fd, CONFIG_DIR, &dir);
	struct source source;
	struct stat status;

	source_name(root, CONFIG_DIR, &source);
	if (!error && fstat(dir->fd, &status) < 0)
		error = -errno;
	if (!error) {
		error = names_read(dir, names, fault);
		return error ? error : source_check(root, &source, &status, fault);
	}
	if (error == -ENOENT && !sysroot_exists(root->fd, CONFIG_DIR))
		return 0;
	return fault_set(fault, error, "/%s: %s", CONFIG_DIR, strerror(-error));
}

static void drop_ins_read(const struct sysroot *root, struct config *config)
{
	cleanup_free struct names *names = malloc(sizeof(*names));
	char path[sizeof(CONFIG_DIR) + SYSROOT_NAME_MAX];
	struct fault fault;

	if (!names) {
		fault_set(&fault, -ENOMEM, "/%s: %s", CONFIG_DIR, strerror(ENOMEM));
		config_reject(config, &fault);
		return;
	}
	names->count = 0;
	if (drop_ins_find(root, names, &fault) < 0) {
		config->n_files++;
		config_reject(config, &fault);
	}
	for (size_t i = 0; i < names->count; i++) {
		(void)text_join(path, sizeof(path), CONFIG_DIR "/", names->name[i], NULL);
		file_read(root, path, config);
	}
}

/* ---- all of it ---- */

static void given_read(const struct sysroot *root, const char *file,
		       struct config *config)
{
	const struct source source = {
		.dir = AT_FDCWD,
		.name = file,
		.hashed = CONFIG_PATH,
		.above = "",
		.typed = *file == '-' ? "./" : "",
		.owner_any = true,
	};

	source_read(root, &source, config);
}

int config_read(const struct sysroot *root, const char *file, const char *cmdline,
		struct config *config)
{
	struct fault fault;

	config_init(config);
	if (file) {
		given_read(root, file, config);
	} else {
		file_read(root, CONFIG_PATH, config);
		drop_ins_read(root, config);
	}
	(void)cmdline_apply(cmdline, config, &fault);
	return config->invalid ? config->fault.error : 0;
}

int config_read_cmdline(const struct sysroot *root, char cmdline[static CMDLINE_MAX])
{
	ssize_t length = sysroot_read(root->fd, "proc/cmdline", cmdline, CMDLINE_MAX);

	if (length >= 0)
		return 0;
	cmdline[0] = '\0';
	return (int)length;
}

void config_read_image(const struct sysroot *root, struct image *image)
{
	cleanup_free char *text = NULL;
	size_t length;
	int error;

	memset(image, 0, sizeof(*image));
	error = sysroot_load(root->fd, CONFIG_IMAGE_PATH, IMAGE_SIZE_MAX, &text, &length);
	image->unread = error < 0 && !sysroot_is_absent(error);
	if (error < 0)
		return;
	config_image_get(text, "generator", image->generator, sizeof(image->generator));
	config_image_get(text, "version", image->version, sizeof(image->version));
	config_image_get(text, "config_hash", image->config_hash,
			 sizeof(image->config_hash));
	config_image_get(text, "guard", image->guard, sizeof(image->guard));
}

void config_hash_format(const struct config *config, char text[static CONFIG_WORD_MAX])
{
	char *end = stpcpy(text, "fnv1a64:");

	end = text_hex(end, (uint32_t)(config->hash >> 32), 8);
	*text_hex(end, (uint32_t)config->hash, 8) = '\0';
}
