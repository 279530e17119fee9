// SPDX-License-Identifier: GPL-2.0-or-later

/*
 * The ROM BAR reads as 0xff while the card sleeps (D3hot), where vfio-pci lets an unused
 * card go: `rom` is then EIO. So power/control becomes "on" while it is read. A separate
 * process restores it. It waits for the end of a pipe, which comes when the reading is
 * done, and also when the reader has ended for any reason.
 */
#include "guest/rom_read.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/number.h"
#include "guest/rom.h"

#define ROM_ROW 6 /* of `resource`: PCI_ROM_RESOURCE */
#define ROM_SHADOW 0x2 /* IORESOURCE_ROM_SHADOW */
#define WAKE_STEP_MS 20
#define WAKE_STEPS 100 /* 2 s */
#define VFCT_PATH "sys/firmware/acpi/tables/VFCT"
#define VFCT_MAX (4u << 20)

const char *const rom_source_names[] = {
	[ROM_FROM_FILE] = "file",
	[ROM_FROM_CARD] = "rom-bar",
	[ROM_FROM_VFCT] = "vfct",
};

static_assert(ARRAY_SIZE(rom_source_names) == ROM_SOURCES, "a source has no name");

int rom_read_file(const char *file, struct rom_reading *ret_reading, struct fault *fault)
{
	struct rom_reading reading = { .source = ROM_FROM_FILE };
	char *bytes;
	int error = sysroot_load(AT_FDCWD, file, ROM_SIZE_MAX, &bytes, &reading.size);

	if (error == -EFBIG)
		return fault_set(fault, error, "%s: longer than 16 MiB, so not a ROM",
				 file);
	if (error < 0)
		return fault_set(fault, error, "%s: %s", file, strerror(-error));
	reading.bytes = (unsigned char *)bytes;
	*ret_reading = reading;
	return 0;
}

void rom_reading_done(struct rom_reading *reading)
{
	free(reading->bytes);
	reading->bytes = NULL;
}

static int attribute_write(int dir, const char *name, const char *text)
{
	cleanup_close int fd = openat(dir, name, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return -errno;
	return 0;
}

/* ---- the process that restores power/control ---- */

#define KEEPER_STACK 16384

/**
 * struct keeper - data of this process
 * @dir: of the function
 * @wait: end of the pipe that it waits at
 * @hold: the other end of the pipe, which the reader closes
 * @sleeps: power/control was "auto"
 */
struct keeper {
	int dir;
	int wait;
	int hold;
	bool sleeps;
	pid_t pid;
};

static int keeper_run(void *context)
{
	const struct keeper *keeper = context;
	sigset_t all;
	char byte;
	int error;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	close(keeper->hold);
	while (read(keeper->wait, &byte, 1) > 0)
		;
	(void)attribute_write(keeper->dir, "rom", "0");
	error = keeper->sleeps ? attribute_write(keeper->dir, "power/control", "auto") :
				 0;
	return -error;
}

/* It gets a copy of everything and ends where keeper_run() does. */
static int keeper_start(struct keeper *keeper)
{
	static char stack[KEEPER_STACK] __attribute__((aligned(16)));
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	keeper->wait = ends[0];
	keeper->hold = ends[1];
	keeper->pid = clone(keeper_run, stack + sizeof(stack), SIGCHLD, keeper);
	close(keeper->wait);
	if (keeper->pid < 0) {
		int error = -errno;

		close(keeper->hold);
		return error;
	}
	return 0;
}

/* Returns when power/control is restored. */
static int keeper_end(struct keeper *keeper)
{
	int status = 0;

	close(keeper->hold);
	while (waitpid(keeper->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status))
		return -WEXITSTATUS(status);
	return -EIO;
}

/* ---- the ROM BAR ---- */

/* A kernel that shows no state woke it before the write to power/control came back. */
static bool is_awake(int dir, char state[static 16])
{
	if (sysroot_read(dir, "power_state", state, 16) < 0)
		*state = '\0';
	return !*state || !strcmp(state, "D0") || !strcmp(state, "unknown");
}

static bool wake(int dir)
{
	const struct timespec step = { .tv_nsec = WAKE_STEP_MS * 1000000L };
	char state[16];

	if (attribute_write(dir, "power/control", "on") < 0)
		return false;
	for (unsigned int i = 0; i < WAKE_STEPS && !is_awake(dir, state); i++)
		(void)nanosleep(&step, NULL);
	return is_awake(dir, state);
}

static int bytes_load(int dir, struct rom_reading *reading)
{
	char *bytes;
	int error = sysroot_load(dir, "rom", ROM_SIZE_MAX, &bytes, &reading->size);

	if (!error)
		reading->bytes = (unsigned char *)bytes;
	return error;
}

/* Signals are blocked until power/control is restored. */
static int bar_read_awake(int dir, bool sleeps, struct rom_reading *reading)
{
	struct keeper keeper = { .dir = dir, .sleeps = sleeps };
	int error = keeper_start(&keeper), back;

	if (error < 0)
		return error;
	if (sleeps && !wake(dir))
		error = -EHOSTDOWN;
	if (!error)
		error = attribute_write(dir, "rom", "1");
	if (!error)
		error = bytes_load(dir, reading);
	back = keeper_end(&keeper);
	if (back < 0)
		(void)snprintf(reading->why, sizeof(reading->why),
			       "power/control could not be put back to auto: %s",
			       strerror(-back));
	return error;
}

/* -EHOSTDOWN: it does not wake up; -ENOENT: there is no ROM BAR */
static int bar_read(const struct sysroot *root, int dir, struct rom_reading *reading)
{
	char control[16] = "", state[16];
	sigset_t held, before;
	bool sleeps;
	int error;

	if (!sysroot_exists(dir, "rom"))
		return -ENOENT;
	if (!root->live)
		return bytes_load(dir, reading);
	(void)sysroot_read(dir, "power/control", control, sizeof(control));
	sleeps = !strcmp(control, "auto");
	if (!is_awake(dir, state))
		memcpy(reading->woken, state, sizeof(state));
	sigfillset(&held);
	sigprocmask(SIG_BLOCK, &held, &before);
	error = bar_read_awake(dir, sleeps, reading);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return error;
}

/* Row and third word of `resource`: start, end, flags */
static bool is_shadow(int dir)
{
	char text[4096], *line = text, *word;
	uint64_t flags;

	if (sysroot_read(dir, "resource", text, sizeof(text)) < 0)
		return false;
	for (unsigned int i = 0; i < ROM_ROW && line; i++) {
		line = strchr(line, '\n');
		line += line != NULL;
	}
	if (!line)
		return false;
	line[strcspn(line, "\n")] = '\0';
	word = strrchr(line, ' ');
	if (!word || strncmp(word, " 0x", 3) != 0)
		return false;
	return !number_parse(word + 3, strlen(word + 3), 16, UINT64_MAX, &flags) &&
	       (flags & ROM_SHADOW);
}

/* ---- VFCT ---- */

static int vfct_read(const struct sysroot *root, const struct pci_address *address,
		     struct rom_reading *reading)
{
	cleanup_free char *table = NULL;
	const unsigned char *bytes = NULL;
	size_t size = 0;
	int error = sysroot_load(root->fd, VFCT_PATH, VFCT_MAX, &table, &size);

	if (!error)
		error = rom_vfct((const unsigned char *)table, size, address,
				 &reading->id, &bytes, &reading->size);
	if (error < 0 || !bytes)
		return error;
	/* rom_vfct() gives no empty image */
	reading->bytes = malloc(reading->size + !reading->size);
	if (!reading->bytes)
		return -ENOMEM;
	memcpy(reading->bytes, bytes, reading->size);
	reading->source = ROM_FROM_VFCT;
	return 0;
}

/* ---- a card ---- */

static int card_open(const struct sysroot *root, const char *name, struct pci_id *ret_id,
		     struct fault *fault)
{
	char path[SYSROOT_PATH_MAX];
	uint64_t vendor = 0, device = 0;
	int dir, error;

	(void)snprintf(path, sizeof(path), "sys/bus/pci/devices/%s", name);
	dir = openat(root->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return fault_set(fault, -ENODEV, "no function of this machine is at %s",
				 name);
	error = sysroot_read_number(dir, "vendor", 16, UINT16_MAX, &vendor);
	if (!error)
		error = sysroot_read_number(dir, "device", 16, UINT16_MAX, &device);
	if (error < 0) {
		close(dir);
		return fault_set(fault, error, "%s: vendor, device: %s", name,
				 strerror(-error));
	}
	ret_id->vendor = (uint16_t)vendor;
	ret_id->device = (uint16_t)device;
	return dir;
}

static enum rom_trouble trouble_of(bool shadow, int error)
{
	return shadow		   ? ROM_TROUBLE_SHADOW :
	       error == -EHOSTDOWN ? ROM_TROUBLE_POWER :
				     ROM_TROUBLE_NO_ROM;
}

static int card_read(const struct sysroot *root, int dir,
		     const struct pci_address *address, const char *name,
		     struct rom_reading *reading, struct fault *fault)
{
	bool shadow = is_shadow(dir);
	int error = shadow ? -ENOENT : bar_read(root, dir, reading), table;

	if (!error)
		return 0;
	table = vfct_read(root, address, reading);
	if (!table)
		return 0;
	if (error == -EACCES || table == -EACCES)
		return fault_set(fault, -EACCES, "%s: only root can read its ROM", name);
	if (error == -EPERM)
		return fault_set(fault, error,
				 "%s: rom: %s: does lockdown forbid it? "
				 "See /sys/kernel/security/lockdown",
				 name, strerror(EPERM));
	reading->trouble = trouble_of(shadow, error);
	if (!*reading->why)
		(void)snprintf(reading->why, sizeof(reading->why), "%s, %s",
			       error == -ENOENT ? "no ROM BAR" : strerror(-error),
			       table == -ENOENT ? "none for it in ACPI's VFCT" :
						  "ACPI's VFCT is damaged");
	return 0;
}

int rom_read_card(const struct sysroot *root, const struct pci_address *address,
		  struct rom_reading *ret_reading, struct fault *fault)
{
	struct rom_reading reading = { .source = ROM_FROM_CARD };
	cleanup_close int dir = -1;
	int error;
	const char *name = PCI_ADDRESS(address);

	dir = card_open(root, name, &reading.id, fault);
	if (dir < 0)
		return dir;
	error = card_read(root, dir, address, name, &reading, fault);
	if (error < 0)
		return error;
	*ret_reading = reading;
	return 0;
}
