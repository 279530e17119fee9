// SPDX-License-Identifier: GPL-2.0-or-later
#include "survey/kernel_log_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "read/kmod.h"
#include "survey/claim.h"

#define KMSG "dev/kmsg"
#define KMSG_RECORD_SIZE 8192 /* the kernel writes at most that much at a time */
#define KMSG_FILE_MAX (16u << 20)
#define LEVEL_DEFAULT 7
#define FACILITY_SHIFT 3
#define FACILITY_MAX 0xffff
#define BOOT_ID_DIGITS 32

/* ---- the journal ---- */

static void cleanup_journal_p(sd_journal **journal)
{
	sd_journal_close(*journal);
}

#define cleanup_journal __attribute__((cleanup(cleanup_journal_p)))

/* Entries of this boot; all of them are much more than those of the kernel. */
static bool boot_match(sd_journal *journal, const char *boot_id, bool programs)
{
	char match[] = "_BOOT_ID=01234567890123456789012345678901";
	size_t used = strlen("_BOOT_ID="), end = used + BOOT_ID_DIGITS;

	for (; *boot_id && used < end; boot_id++)
		if (*boot_id != '-')
			match[used++] = *boot_id;
	return used == end && !*boot_id && sd_journal_add_match(journal, match, 0) >= 0 &&
	       (programs || sd_journal_add_match(journal, "_TRANSPORT=kernel", 0) >= 0);
}

/* A field's value, terminated and cut to the room there is; false: there is none */
static bool field_get(sd_journal *journal, const char *name, char *value, size_t size)
{
	size_t length, skip = strlen(name) + 1;
	const void *data;

	if (sd_journal_get_data(journal, name, &data, &length) < 0 || length < skip)
		return false;
	(void)snprintf(value, size, "%.*s", (int)(length - skip),
		       (const char *)data + skip);
	return true;
}

/* Microseconds since boot: the kernel's own when it says, else when it was received */
static uint64_t time_get(sd_journal *journal)
{
	char digits[32];
	uint64_t time = 0;
	sd_id128_t boot_id; /* without it, the time of another boot is -ESTALE */

	if (field_get(journal, "_SOURCE_MONOTONIC_TIMESTAMP", digits, sizeof(digits)) &&
	    !number_parse(digits, strlen(digits), 10, UINT64_MAX, &time))
		return time;
	(void)sd_journal_get_monotonic_usec(journal, &time, &boot_id);
	return time;
}

/*
 * What a program has written to /dev/kmsg is not of facility 0, and journald-kmsg.c of
 * systemd takes its name off. Without the name a message of this program about a target
 * "nvidia" looks like one of a driver.
 */
static void kernel_take(sd_journal *journal, unsigned int level, const char *text,
			struct messages *messages)
{
	char name[HOST_NAME_MAX], whole[MESSAGE_TEXT_MAX * 2 + HOST_NAME_MAX + 2];
	uint64_t facility = 0;
	bool program = field_get(journal, "SYSLOG_IDENTIFIER", name, sizeof(name)) &&
		       strcmp(name, "kernel") != 0;

	(void)snprintf(whole, sizeof(whole), "%s%s%s", program ? name : "",
		       program ? ": " : "", text);
	if (field_get(journal, "SYSLOG_FACILITY", name, sizeof(name)))
		(void)number_parse(name, strlen(name), 10, FACILITY_MAX, &facility);
	messages_take(messages, time_get(journal),
		      level | (unsigned int)facility << FACILITY_SHIFT, whole);
}

/*
 * SYSLOG_IDENTIFIER is chosen by the program itself; fields that begin with _ are from
 * journald (systemd.journal-fields(7)). The name is used for programs of root; for those
 * of other users the file of the program and the user are shown. Only root can put
 * programs below /usr.
 */
static bool program_get(sd_journal *journal, char program[static HOST_NAME_MAX])
{
	char user[16], file[HOST_NAME_MAX - sizeof(user) - 8];
	const char *name;

	if (!field_get(journal, "_UID", user, sizeof(user)))
		return false;
	if (!strcmp(user, "0"))
		return field_get(journal, "SYSLOG_IDENTIFIER", program, HOST_NAME_MAX) ||
		       field_get(journal, "_COMM", program, HOST_NAME_MAX);
	if (!field_get(journal, "_EXE", file, sizeof(file)))
		return false;
	name = strncmp(file, "/usr/", 5) ? file : strrchr(file, '/') + 1;
	(void)snprintf(program, HOST_NAME_MAX, "%s (%s)", name, user);
	return true;
}

/* Returns whether it is one of the kernel. */
static bool entry_take(sd_journal *journal, struct messages *messages)
{
	char text[MESSAGE_TEXT_MAX * 2], word[HOST_NAME_MAX];
	uint64_t level = LEVEL_DEFAULT;
	bool kernel;

	if (!field_get(journal, "MESSAGE", text, sizeof(text)))
		return false;
	if (field_get(journal, "PRIORITY", word, sizeof(word)))
		(void)number_parse(word, strlen(word), 10, LEVEL_DEFAULT, &level);
	kernel = field_get(journal, "_TRANSPORT", word, sizeof(word)) &&
		 !strcmp(word, "kernel");
	if (kernel)
		kernel_take(journal, (unsigned int)level, text, messages);
	else if (program_get(journal, word))
		messages_take_program(messages, time_get(journal), (unsigned int)level,
				      word, text);
	return kernel;
}

/* Returns whether the kernel said anything: a journal that we may not read is empty. */
static bool journal_go(const struct sysroot *root, const char *boot_id,
		       struct messages *messages)
{
	cleanup_journal sd_journal *journal = NULL;
	bool found = false;
	int result = root->live ? sd_journal_open(&journal, SD_JOURNAL_LOCAL_ONLY) :
				  sd_journal_open_directory(&journal, root->path,
							    SD_JOURNAL_OS_ROOT);

	if (result < 0 || !boot_match(journal, boot_id, messages->programs))
		return false;
	while (sd_journal_next(journal) > 0)
		found = entry_take(journal, messages) || found;
	return found;
}

/* ---- the kernel's own log ---- */

/* The number before a comma; moves behind it. */
static bool number_take(char **cursor, uint64_t *ret_value)
{
	char *word = strsep(cursor, ",");

	return *cursor && !number_parse(word, strlen(word), 10, UINT64_MAX, ret_value);
}

/*
 * Records of /dev/kmsg, `LEVEL,NUMBER,MICROSECONDS,FLAGS;TEXT`
 * (Documentation/ABI/testing/dev-kmsg). @text is changed.
 */
static void kmsg_read(char *text, struct messages *messages)
{
	char *cursor = text, *line;

	while ((line = strsep(&cursor, "\n"))) {
		uint64_t level, sequence, time;
		char *body = strchr(line, ';');

		/* ` KEY=value` continues the record before */
		if (*line == ' ' || !body)
			continue;
		*body++ = '\0';
		if (number_take(&line, &level) && number_take(&line, &sequence) &&
		    number_take(&line, &time))
			messages_take(messages, time, (unsigned int)level, body);
	}
}

/* Each read gives one record; EPIPE: some were overwritten in the meantime. */
static bool kmsg_go(const struct sysroot *root, struct messages *messages)
{
	cleanup_close int fd = openat(root->fd, KMSG, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	cleanup_free char *record = malloc(KMSG_RECORD_SIZE + 1);
	bool found = false;

	if (fd < 0 || !record)
		return false;
	for (;;) {
		ssize_t length = read(fd, record, KMSG_RECORD_SIZE);

		if (length < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (length <= 0)
			return found;
		record[length] = '\0';
		kmsg_read(record, messages);
		found = true;
	}
}

static bool kmsg_load(const struct sysroot *root, struct messages *messages)
{
	cleanup_free char *text = NULL;
	size_t length;

	if (sysroot_load(root->fd, KMSG, KMSG_FILE_MAX, &text, &length) < 0)
		return false;
	kmsg_read(text, messages);
	return true;
}

static void journal_read(const struct sysroot *root, const char *boot_id,
			 struct messages *messages)
{
	if (journal_go(root, boot_id, messages))
		messages->source = "journal";
	else if (root->live ? kmsg_go(root, messages) : kmsg_load(root, messages))
		messages->source = "kmsg";
	else
		messages->hidden = root->live;
}

/*
 * Messages of a module begin with its name or with that of its driver, which can differ:
 * the driver of xhci_pci is xhci_hcd. A loaded module links its drivers: `pci:xhci_hcd`.
 */
static void module_want(const struct sysroot *root, const char *module,
			struct messages *messages)
{
	static const char bus[] = "pci:";
	cleanup_listing struct listing *list = NULL;
	char path[HOST_NAME_MAX + 32];
	const char *entry;

	messages_want_driver(messages, module);
	(void)snprintf(path, sizeof(path), "sys/module/%s/drivers", module);
	if (sysroot_list(root->fd, path, &list) < 0)
		return;
	while ((entry = sysroot_list_next(list)))
		if (!strncmp(entry, bus, strlen(bus)))
			messages_want_driver(messages, entry + strlen(bus));
}

void listen_read(const struct sysroot *root, const struct report *report,
		 const struct now *now, const struct drift *drift,
		 struct messages *messages)
{
	cleanup_kmod struct kmod_ctx *kmod = NULL;

	messages_want(messages, report, drift);
	for (size_t i = 0; now->host && i < now->host->n_functions; i++) {
		struct claims claims;

		if (!messages_is_about(messages,
				       PCI_ADDRESS(&now->host->functions[i].address)))
			continue;
		kmod = kmod ? kmod : claims_open(root, now->host);
		claims_read(root, now->host, kmod, i, &claims);
		for (size_t j = 0; j < claims.count; j++)
			module_want(root, claims.list[j].module, messages);
	}
	journal_read(root, now->boot_id, messages);
}
