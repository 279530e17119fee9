// SPDX-License-Identifier: GPL-2.0-or-later
#include "companion/hook_record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/newfile.h"
#include "report/json.h"
#include "report/report_json.h"

static void path_format(const char *guest, char path[static SYSROOT_PATH_MAX])
{
	(void)snprintf(path, SYSROOT_PATH_MAX,
		       HOOK_RECORD_DIR "/" HOOK_RECORD_PREFIX "%s" HOOK_RECORD_SUFFIX,
		       guest);
}

/* ---- written ---- */

struct record {
	const struct run *run;
	const char *file;
};

static int record_write(void *context, int fd, struct fault *fault)
{
	const struct record *record = context;
	cleanup_close int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	FILE *out = NULL;
	int error = 0;

	if (copy >= 0 && !fchmod(fd, 0644))
		out = fdopen(copy, "w");
	if (!out)
		return fault_set(fault, -errno, "%s: %s", record->file, strerror(errno));
	copy = -1; /* of the stream */
	errno = 0;
	if (!json_value_write(out, report_to_json(record->run)))
		error = errno ? -errno : -EIO;
	if (fclose(out) && !error)
		error = -errno;
	return error ? fault_set(fault, error, "%s: %s", record->file, strerror(-error)) :
		       0;
}

int hook_record_write(const struct sysroot *root, const char *guest,
		      const struct run *run, struct fault *fault)
{
	char path[SYSROOT_PATH_MAX], file[SYSROOT_PATH_MAX * 2];
	struct record record = { run, file };
	const struct newfile newfile = {
		.file = file,
		.replace = true,
		.write = record_write,
		.context = &record,
	};

	(void)mkdirat(root->fd, HOOK_RECORD_DIR, 0755);
	path_format(guest, path);
	(void)snprintf(file, sizeof(file), "%s/%s", root->path, path);
	return newfile_write(&newfile, fault);
}

/* The record of a guest called GUEST.json is start-GUEST.json.json. */
static bool is_part(const char *entry, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(entry, name, length) && entry[length] == '.' &&
	       entry[length + 1] &&
	       !entry[length + 1 + strspn(entry + length + 1, "0123456789")];
}

/* A hook that was killed while it renamed a new record leaves start-GUEST.json.NUMBER. */
static void parts_remove(const struct sysroot *root, const char *name)
{
	cleanup_listing struct listing *list = NULL;
	const char *entry;

	if (sysroot_list(root->fd, HOOK_RECORD_DIR, &list) < 0)
		return;
	while ((entry = sysroot_list_next(list))) {
		char path[SYSROOT_PATH_MAX];

		if (!is_part(entry, name) ||
		    snprintf(path, sizeof(path), HOOK_RECORD_DIR "/%s", entry) >=
			    (int)sizeof(path))
			continue;
		(void)unlinkat(root->fd, path, 0);
	}
}

int hook_record_remove(const struct sysroot *root, const char *guest, struct fault *fault)
{
	char path[SYSROOT_PATH_MAX];
	int error;

	path_format(guest, path);
	error = unlinkat(root->fd, path, 0) < 0 && errno != ENOENT ? -errno : 0;
	parts_remove(root, strrchr(path, '/') + 1);
	return error ? fault_set(fault, error, "/%.200s cannot be removed: %s", path,
				 strerror(-error)) :
		       0;
}

/* ---- read ---- */

int hook_record_read(const struct sysroot *root, const char *guest, struct report *report,
		     struct fault *fault)
{
	char path[SYSROOT_PATH_MAX], *text cleanup_free = NULL;
	struct stat status;
	size_t length = 0;
	int error = 0;

	path_format(guest, path);
	/* opening a FIFO would wait for a writer */
	if (fstatat(root->fd, path, &status, AT_SYMLINK_NOFOLLOW) < 0)
		error = -errno;
	else if (!S_ISREG(status.st_mode))
		error = -EINVAL;
	else
		error = sysroot_load(root->fd, path, REPORT_SIZE_MAX, &text, &length);
	if (error < 0)
		return fault_set(fault, error, "/%.200s: %s", path, strerror(-error));
	error = report_parse(path, text, length, report, fault);
	report->path = HOOK_RECORD_DIR;
	return error;
}

static void word_take(char text[static HOST_NAME_MAX], const char *word)
{
	(void)snprintf(text, HOST_NAME_MAX, "%s", word);
}

static size_t driver_take(struct host *host, const char *name)
{
	size_t i = 0;

	while (i < host->n_drivers && strcmp(host->drivers[i].name, name) != 0)
		i++;
	if (i == HOST_DRIVERS_MAX)
		return 0;
	if (i == host->n_drivers) {
		word_take(host->drivers[i].name, name);
		host->n_drivers++;
	}
	return i;
}

/* What the reader of reports has no use for: the override of before */
static const char *override_of(const struct report *report, size_t target, size_t index)
{
	const json_t *object =
		json_array_get(json_object_get(report->json, "targets"), target);

	object = json_array_get(json_object_get(object, "functions"), index);
	object = json_object_get(object, "override");
	return json_is_string(object) ? json_string_value(object) : "";
}

static void function_take(const struct report *report, size_t t, size_t i,
			  struct run *run)
{
	const struct report_function *recorded = &report->targets[t].functions[i];
	struct plan_target *target = &run->plan.targets[t];
	struct host *host = &run->host;
	struct host_function *function = &host->functions[host->n_functions];

	if (host->n_functions == HOST_FUNCTIONS_MAX ||
	    pci_id_parse(recorded->id, &function->id) < 0)
		return;
	function->address = recorded->address;
	function->parent = function->holder = HOST_NO_PARENT;
	word_take(function->driver, recorded->before);
	word_take(function->override, override_of(report, t, i));
	target->functions[target->n_functions] = (struct plan_function){
		.function = host->n_functions++,
		.driver = driver_take(host, recorded->vfio_driver),
		.may_unbind = true,
	};
	run->apply.targets[t].functions[target->n_functions++] = (struct apply_function){
		.overridden = true,
		.unbound = true,
		.released = true,
		.bound = true,
	};
}

void hook_record_run(const struct report *report, struct run *run)
{
	for (size_t t = 0; t < report->n_targets; t++) {
		struct plan_target *target = &run->plan.targets[t];

		target->config = t;
		target->verdict = VERDICT_RESERVE;
		target->at = PLAN_NOWHERE;
		target->bundle = t;
		(void)snprintf(target->name, sizeof(target->name), "%s",
			       report->targets[t].name);
		if (t == CONFIG_TARGETS_MAX)
			break;
		(void)snprintf(run->config.targets[t].name, CONFIG_NAME_MAX, "%s",
			       report->targets[t].name);
		(void)snprintf(run->config.targets[t].file, CONFIG_FILE_MAX, "%s",
			       report->targets[t].file);
		for (size_t i = 0; i < report->targets[t].n_functions; i++)
			function_take(report, t, i, run);
		run->plan.n_targets = run->config.n_targets = t + 1;
	}
	(void)snprintf(run->boot_id, sizeof(run->boot_id), "%s", report->boot_id);
	run->phase = RUN_APPLY;
}

void hook_record_each(const struct sysroot *root,
		      void (*look)(const char *guest, void *context), void *context)
{
	const size_t before = strlen(HOOK_RECORD_PREFIX),
		     behind = strlen(HOOK_RECORD_SUFFIX);
	cleanup_listing struct listing *list = NULL;
	const char *entry;

	if (sysroot_list(root->fd, HOOK_RECORD_DIR, &list) < 0)
		return;
	while ((entry = sysroot_list_next(list))) {
		size_t length = strlen(entry);
		char guest[HOOK_GUEST_MAX];

		if (length <= before + behind ||
		    length - before - behind >= sizeof(guest) ||
		    strncmp(entry, HOOK_RECORD_PREFIX, before) != 0 ||
		    strcmp(entry + length - behind, HOOK_RECORD_SUFFIX) != 0)
			continue;
		memcpy(guest, entry + before, length - before - behind);
		guest[length - before - behind] = '\0';
		look(guest, context);
	}
}
