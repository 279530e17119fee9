// SPDX-License-Identifier: GPL-2.0-or-later
/* What the journal is told about a target. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "companion/report_journal.h"

#define RESERVED "MESSAGE_ID=c349d984277c41e996cb60dfd5102fce\n"
#define NOT_RESERVED "MESSAGE_ID=6a43a6f4eac5485e867ce0732693a7d3\n"
#define LOST "MESSAGE_ID=7197ba6498c14f65b078611533dfaf83\n"

/* @want: lines that the entry has; @without: the beginning of one that it has not */
static const struct row {
	const char *name;
	enum target_state recorded;
	enum target_state now;
	bool optional;
	const char *reason;
	const char *detail;
	const char *want;
	const char *without;
} rows[] = {
	{ "reserved", TARGET_RESERVED, TARGET_RESERVED, false, "", "",
	  "MESSAGE=gpu: reserved\n" RESERVED "PRIORITY=6\nVFIO_EARLY_STATE=reserved\n"
	  "SYSLOG_IDENTIFIER=vfio-early\nVFIO_EARLY_TARGET=gpu\nVFIO_EARLY_OPTIONAL=0\n"
	  "VFIO_EARLY_GENERATOR=dracut\n",
	  "VFIO_EARLY_REASON" },
	{ "refused", TARGET_REFUSED, TARGET_REFUSED, false, "group-shared",
	  "shared with ahci",
	  "MESSAGE=gpu: refused: shared with ahci\n" NOT_RESERVED "PRIORITY=4\n"
	  "VFIO_EARLY_STATE=refused\nVFIO_EARLY_REASON=group-shared\n"
	  "VFIO_EARLY_DETAIL=shared with ahci\nVFIO_EARLY_REMEDY=move it\n",
	  "VFIO_EARLY_OPTIONAL=1" },
	{ "refused without detail", TARGET_REFUSED, TARGET_REFUSED, false, "group-shared",
	  "", "MESSAGE=gpu: refused: group-shared\n", "VFIO_EARLY_DETAIL" },
	{ "absent", TARGET_ABSENT, TARGET_ABSENT, false, "absent", "",
	  NOT_RESERVED "PRIORITY=4\nVFIO_EARLY_STATE=absent\n", RESERVED },
	{ "absent, optional", TARGET_ABSENT, TARGET_ABSENT, true, "absent", "",
	  NOT_RESERVED "PRIORITY=6\nVFIO_EARLY_OPTIONAL=1\n", RESERVED },
	{ "skipped", TARGET_SKIPPED, TARGET_SKIPPED, false, "mode-off", "",
	  NOT_RESERVED "PRIORITY=4\nMESSAGE=gpu: skipped: mode-off\n", RESERVED },
	{ "rolled back", TARGET_ROLLED_BACK, TARGET_ROLLED_BACK, false, "bind-failed", "",
	  NOT_RESERVED "PRIORITY=4\n", RESERVED },
	{ "lost", TARGET_RESERVED, TARGET_LOST, false, "", "",
	  "MESSAGE=gpu: lost\n" LOST "PRIORITY=4\nVFIO_EARLY_STATE=lost\n", RESERVED },
};

static void entry_join(const struct journal_entry *entry, char *text, size_t size)
{
	size_t length = 0;

	text[0] = '\0';
	for (size_t i = 0; i < entry->n_fields; i++)
		length += (size_t)snprintf(text + length, size - length, "%s\n",
					   entry->fields[i]);
	assert_true(length < size);
}

/* One target with as many functions as a target can have */
static void report_fill(struct report *report, const struct row *row)
{
	*report = (struct report){
		.generator = "dracut",
		.config_hash = "fnv1a64:0",
		.config_error = "",
		.n_targets = 1,
	};
	report->targets[0] = (struct report_target){
		.name = "gpu",
		.state = row->recorded,
		.reason = row->reason,
		.detail = row->detail,
		.remedy = *row->detail ? "move it" : "",
		.optional = row->optional,
		.n_functions = PLAN_FUNCTIONS_MAX,
	};
	for (size_t i = 0; i < PLAN_FUNCTIONS_MAX; i++)
		report->targets[0].functions[i] = (struct report_function){
			.address = { .bus = 9,
				     .device = (uint8_t)(i / 8),
				     .function = (uint8_t)(i % 8) },
			.id = "10de:1e84",
		};
}

static void test_targets(void **state)
{
	struct journal_entry *entry = calloc(1, sizeof(*entry));
	struct report *report = calloc(1, sizeof(*report));
	struct drift *drift = calloc(1, sizeof(*drift));
	struct host_function now = { .driver = "vfio-pci" };
	static char text[JOURNAL_FIELDS_MAX * JOURNAL_FIELD_MAX];

	(void)state;
	assert_true(entry && report && drift);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char lines[1024], *line, *rest = lines;

		report_fill(report, &rows[i]);
		drift->targets[0].state = rows[i].now;
		drift->targets[0].functions[1] = &now;
		journal_target(report, 0, drift, entry);
		entry_join(entry, text, sizeof(text));
		(void)snprintf(lines, sizeof(lines), "%s", rows[i].want);
		while ((line = strsep(&rest, "\n")) && *line)
			if (!strstr(text, line))
				fail_msg("%s: no %s in:\n%s", rows[i].name, line, text);
		if (strstr(text, rows[i].without))
			fail_msg("%s: %s in:\n%s", rows[i].name, rows[i].without, text);
		assert_non_null(
			strstr(text, "VFIO_EARLY_FUNCTION=0000:09:00.0 10de:1e84 -"));
		assert_non_null(strstr(text, "VFIO_EARLY_FUNCTION=0000:09:00.1 10de:1e84 "
					     "vfio-pci\n"));
	}
	free(entry);
	free(report);
	free(drift);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_targets) };

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
