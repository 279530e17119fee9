/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CLAIM_H
#define VFIO_EARLY_CLAIM_H

/* The host drivers that would claim a function, and why, by libkmod. */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/sysroot.h"
#include "model/host.h"

struct kmod_ctx;

#define CLAIMS_MAX 16
#define CLAIM_ALIAS_MAX 160
#define CLAIM_FILE_MAX 256

/**
 * struct claim - a module with an alias for the function
 * @module: its name
 * @alias: the pattern that matched; empty: not known
 * @file: path below the directory of modules; empty: built in, or not known
 * @builtin: it is built into the kernel
 * @there: its file exists
 * @loaded: it is loaded, or built in
 * @blacklisted: modprobe.d prevents loading by alias
 */
struct claim {
	char module[HOST_NAME_MAX];
	char alias[CLAIM_ALIAS_MAX];
	char file[CLAIM_FILE_MAX];
	bool builtin;
	bool there;
	bool loaded;
	bool blacklisted;
};

/**
 * struct claims - all of them
 * @list: in the order of libkmod
 * @count: number of @list
 * @known: the index of modules could be read; otherwise an empty list proves nothing
 */
struct claims {
	struct claim list[CLAIMS_MAX];
	size_t count;
	bool known;
};

/**
 * claims_open() - open the modules of a machine's kernel, for use with all functions
 *
 * Return: a context for kmod_unref(); NULL: there is no usable index
 */
struct kmod_ctx *claims_open(const struct sysroot *root, const struct host *host);

/**
 * claims_read() - find the modules that would claim a function
 * @root: where the machine is
 * @kmod: of claims_open()
 */
void claims_read(const struct sysroot *root, const struct host *host,
		 struct kmod_ctx *kmod, size_t function, struct claims *claims);

/** claim_format() - state of a claim: "module, loaded; blacklisted" */
const char *claim_format(const struct claim *claim);

/**
 * claims_to_json() - all of them
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *claims_to_json(const struct claims *claims);

#endif
