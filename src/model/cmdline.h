/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CMDLINE_H
#define VFIO_EARLY_CMDLINE_H

/*
 * The kernel command line, split as the kernel splits it (lib/cmdline.c next_arg(),
 * kernel/params.c parameq(); 5.10 to 6.18): white space outside double quotes separates
 * parameters, the first '=' after the first byte ends the name, '-' and '_' are equal in
 * names, "--" alone ends the kernel's part.
 */

#include <stdbool.h>
#include <stddef.h>

#include "model/config.h"

#define CMDLINE_MAX 8192 /* COMMAND_LINE_SIZE of the largest architectures and more */

/**
 * cmdline_next() - take the next parameter
 * @cursor: current position; moved past the parameter
 * @name: filled with the name, cut at @name_size
 * @name_size: bytes
 * @value: filled with the value without its quotes; empty when there is none
 * @value_size: bytes
 *
 * Return: true when there was one, false at the end or at "--"
 */
bool cmdline_next(const char **cursor, char *name, size_t name_size, char *value,
		  size_t value_size);

/** cmdline_name_equal() - compare parameter names as the kernel does */
bool cmdline_name_equal(const char *a, const char *b);

/**
 * cmdline_get() - the last value of a parameter
 * @value: filled when it occurs
 * @value_size: bytes
 */
bool cmdline_get(const char *cmdline, const char *name, char *value, size_t value_size);

/**
 * cmdline_apply() - read vfio_early.* into a config
 * @config: initialised; mode, deadline, debug and targets change
 * @fault: parameter, what was found, what was expected
 *
 * All parameters are read even after a bad one, so that a kill switch always counts; a
 * bad one marks the config invalid. The last one wins, except that each
 * `vfio_early.target=` adds a target: these are named cmdline-1, cmdline-2, ...
 * `vfio_early` without a dot, as in `vfio_early=off`, is bad as well, since it is meant
 * for this program.
 *
 * Return: 0; -EINVAL; -EEXIST or -E2BIG of config_add_target()
 */
int cmdline_apply(const char *cmdline, struct config *config, struct fault *fault);

#endif
