// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A record is accepted or leaves no mark; the same text gives the same marks; and it is
 * never valid without a function of this machine.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "model/record.h"

#define CMDLINE "root=UUID=1b2c-3d ro"
#define FUNCTIONS_MAX 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool good)
{
	if (!good)
		__builtin_trap();
}

static struct host host;

static void machine_make(void)
{
	static const char *const paths[] = { "00:02.0", "00:17.0", "00:1c.4/00.0",
					     "10000:00:02.0" };
	static const char *const ids[] = { "8086:9bc8", "8086:a352:1458:b005",
					   "8086:1572", "144d:a808" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		host.functions[i] = (struct host_function){ .recorded = 0xff };
		demand(!pci_path_parse(paths[i], &host.functions[i].path));
		demand(!pci_id_parse(ids[i], &host.functions[i].id));
	}
	host.n_functions = ARRAY_SIZE(paths);
}

static int apply(const uint8_t *data, size_t size, uint8_t marks[FUNCTIONS_MAX])
{
	char *text = malloc(size + 1);
	uint8_t all = 0;
	int error;

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	machine_make();
	error = record_apply(text, CMDLINE, &host);
	free(text);
	for (size_t i = 0; i < FUNCTIONS_MAX; i++) {
		marks[i] = host.functions[i].recorded;
		all |= marks[i];
	}
	demand(all < 1 << RECORD_USES);
	demand(!error || error == -EINVAL);
	demand(!error || (!all && host.record_disks == HOST_RECORD_BAD));
	demand((error != 0) == (host.record_disks == HOST_RECORD_BAD));
	demand((error != 0) == (host.record_network == HOST_RECORD_BAD));
	demand(all || host.record_disks != HOST_RECORD_GOOD);
	demand(all || host.record_network != HOST_RECORD_GOOD);
	demand(all & HOST_RECORDED_DISPLAY || host.record_display != HOST_RECORD_GOOD);
	return error;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t marks[FUNCTIONS_MAX], again[FUNCTIONS_MAX];
	int error = apply(data, size, marks);

	demand(apply(data, size, again) == error);
	demand(!memcmp(marks, again, sizeof(marks)));
	return 0;
}
