// SPDX-License-Identifier: GPL-2.0-or-later
#include "read/record_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "read/config_read.h"

/* A line for each, at most */
static bool places_take(struct record *record)
{
	const char *cursor = record->text;
	size_t lines = 1;

	for (const char *c = cursor; *c; c++)
		lines += *c == '\n';
	record->places = calloc(lines, sizeof(*record->places));
	if (!record->places)
		return false;
	while (record_next(&cursor, &record->places[record->n_places]))
		record->n_places++;
	return true;
}

void record_load(const struct sysroot *root, struct record *record, struct host *host)
{
	struct fault fault;

	*record = (struct record){ .state = HOST_RECORD_NONE };
	if (!sysroot_exists(root->fd, RECORD_PATH))
		return;
	record->state = HOST_RECORD_BAD;
	if (config_file_load(root, RECORD_PATH, &record->text, &fault) < 0)
		host_note(host, &fault);
	else if (record->text && places_take(record))
		record->state = HOST_RECORD_GOOD;
}

void record_mark(struct record *record, const char *cmdline, struct host *host)
{
	cleanup_free char *text =
		record->state == HOST_RECORD_GOOD ? strdup(record->text) : NULL;
	struct fault fault;

	if (!text) {
		record_mismatch(host, record->state == HOST_RECORD_NONE ?
					      HOST_RECORD_NONE :
					      HOST_RECORD_BAD);
		return;
	}
	if (!record_apply(text, cmdline, host))
		return;
	record->state = HOST_RECORD_BAD;
	(void)fault_set(&fault, -EINVAL,
			"/" RECORD_PATH ": it is not understood, so it is ignored");
	host_note(host, &fault);
}

void record_done(struct record *record)
{
	free(record->text);
	free(record->places);
	*record = (struct record){ .state = HOST_RECORD_NONE };
}

void record_read(const struct sysroot *root, const char *cmdline, struct host *host)
{
	struct record record;

	record_load(root, &record, host);
	record_mark(&record, cmdline, host);
	record_done(&record);
}
