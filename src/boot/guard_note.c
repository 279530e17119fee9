// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/guard_note.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "apply/module_load.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "plan/risk.h"
#include "read/guard_read.h"
#include "read/probe.h"
#include "report/guard_write.h"

#define STORE_TYPE "efivarfs"
#define WAIT_MAX PROBE_ONE_MS /* for the firmware */

static void none_set(struct guard *guard, const char *why)
{
	(void)text_join(guard->detail, sizeof(guard->detail), why, NULL);
	guard->state = GUARD_NONE;
}

/*
 * A mount that only this process sees and that ends with it; 5.2+; the C library has no
 * wrapper.
 */
static int store_mount(int *ret_dir)
{
	cleanup_close int context = (int)syscall(SYS_fsopen, STORE_TYPE, FSOPEN_CLOEXEC);
	int dir;

	if (context < 0 ||
	    syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	dir = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC,
			   MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	if (dir < 0)
		return -errno;
	*ret_dir = dir;
	return 0;
}

/* The mount of the initramfs, if there is one; if it is read-only, it stays so. */
static int store_open(const struct sysroot *root, int *ret_dir, struct fault *fault)
{
	int error = guard_store_open(root, ret_dir, fault);

	if (!error || !root->live)
		return error;
	error = store_mount(ret_dir);
	if (error == -ENODEV) {
		char left_out[MODULE_LEFT_OUT_MAX] = "";

		error = module_load(root, STORE_TYPE, left_out, fault);
		if (error)
			return error;
		error = store_mount(ret_dir);
	}
	return error ? fault_set(fault, error, "EFI variables: %s", strerror(-error)) : 0;
}

static int record_note(int dir, struct guard_record *record, const struct guard_boot *now,
		       struct fault *fault)
{
	if (guard_is_noted(record, now->boot))
		return 0;
	guard_record_begin(record, now);
	return guard_write(dir, record, fault);
}

/* Runs in the separate process */
static void firmware_ask(const struct sysroot *root, const struct run *run,
			 struct guard *guard)
{
	enum guard_risk risk = plan_risk(&run->host, &run->plan);
	struct guard_record record;
	cleanup_close int dir = -1;
	struct guard_boot now;
	struct fault fault;
	int error = store_open(root, &dir, &fault);

	guard_boot_of(&run->config, run->host.kernel, run->boot_id, risk, &now);
	if (!error)
		error = guard_read(dir, &record, &fault);
	if (error) {
		none_set(guard, fault.text);
		return;
	}
	guard->needs = guard_needs_of(&run->config, risk);
	guard->state = guard_judge(&record, &now);
	if (guard->state == GUARD_FALLBACK)
		(void)text_join(guard->detail, sizeof(guard->detail),
				"the boot of kernel ", record.kernel,
				" did not prove good: ",
				record.risk == GUARD_RISK_SCREEN ?
					"the screen of the host was to be taken" :
					"it ended before its trial",
				NULL);
	if (guard->state == GUARD_TRIAL && record_note(dir, &record, &now, &fault) < 0)
		none_set(guard, fault.text);
}

/**
 * struct question - input of the separate process
 * @run: shared with it
 */
struct question {
	const struct sysroot *root;
	struct run *run;
};

static int question_answer(const void *what, char text[static PROBE_TEXT_MAX])
{
	const struct question *question = what;

	text[0] = '\0';
	firmware_ask(question->root, question->run, &question->run->guard_asked);
	return 0;
}

/* A quarter of the deadline at most, so that there is time left for the cards */
static int bounded_ask(const struct sysroot *root, struct run *run)
{
	const struct question question = { root, run };
	struct probe probe = { .left = run->config.deadline * 1000 / 4 };
	char text[PROBE_TEXT_MAX];

	if (probe.left > WAIT_MAX)
		probe.left = WAIT_MAX;
	return probe_bounded(&probe, question_answer, &question, text);
}

/* Return: why there can be no guard; NULL: ask the firmware */
static const char *obstacle(const struct sysroot *root, const struct run *run)
{
	if (run->image.unread)
		return "/" CONFIG_IMAGE_PATH " could not be read";
	if (!run->host.kernel[0] || !run->boot_id[0])
		return "the kernel does not say which boot this is";
	if (!sysroot_exists(root->fd, GUARD_EFI))
		return "this machine did not boot by UEFI";
	return NULL;
}

void guard_note(const struct sysroot *root, struct run *run)
{
	const char *why = obstacle(root, run);
	bool off = run->config.guard == CONFIG_GUARD_OFF;

	if (off || (!run->image.guard[0] && !run->image.unread)) {
		run->guard.state = GUARD_OFF;
		if (!off)
			(void)text_join(run->guard.detail, sizeof(run->guard.detail),
					"the image was built where nothing would end a "
					"trial",
					NULL);
		return;
	}
	if (!why) {
		int error = bounded_ask(root, run);

		if (!error) {
			run->guard = run->guard_asked;
			return;
		}
		why = error == -ETIMEDOUT ? "the firmware did not answer in time" :
					    strerror(-error);
	}
	none_set(&run->guard, why);
}
