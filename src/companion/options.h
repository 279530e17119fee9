/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_OPTIONS_H
#define VFIO_EARLY_OPTIONS_H

/* What was typed behind vfio-early. */

#include <stdbool.h>

#include "base/fault.h"

/**
 * enum options_mode - what is to be done; one at a time
 */
enum options_mode {
	OPTIONS_NONE,
	OPTIONS_REPORT,
	OPTIONS_PLAN,
	OPTIONS_GROUPS,
	OPTIONS_CHECK,
	OPTIONS_GUEST,
	OPTIONS_HOSTDEV,
	OPTIONS_SUGGEST,
	OPTIONS_EXPLAIN,
	OPTIONS_CAPTURE,
	OPTIONS_MAKE_CPIO,
	OPTIONS_HELP,
	OPTIONS_VERSION,
	OPTIONS_MODES
};

/**
 * struct options - the options
 * @mode: the one that was chosen
 * @subject: what stood behind it; NULL: nothing
 * @second: what stood behind that; NULL: nothing
 * @tree: --groups --tree
 * @journal: --report --journal
 * @prove: --check --prove
 * @prometheus: --report --prometheus
 * @from_ids: --suggest --from-ids IDS; NULL: not given
 * @json: as JSON
 * @kernel: --make-cpio FILE --kernel RELEASE; NULL: not given
 * @config: --config FILE; NULL: not given
 * @sysroot: --sysroot DIR; NULL: not given
 */
struct options {
	enum options_mode mode;
	const char *subject;
	const char *second;
	bool tree;
	bool journal;
	bool prove;
	bool prometheus;
	const char *from_ids;
	bool json;
	const char *kernel;
	const char *config;
	const char *sysroot;
};

/**
 * options_parse() - understand the command line
 * @argv: behind the name of the program, NULL at the end
 * @ret_options: written on success only
 * @fault: what is wrong; empty when nothing was typed at all
 *
 * Return: 0 or -EINVAL
 */
int options_parse(char **argv, struct options *ret_options, struct fault *fault);

#endif
