/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MODULE_NAME_H
#define VFIO_EARLY_MODULE_NAME_H

/* Names of modules, drivers and parameters, in which '-' and '_' are one. */

#include <stdbool.h>
#include <stddef.h>

#define MODULE_NAME_MAX 64

/**
 * module_name_equal() - compare as the kernel does (kernel/params.c dash2underscore())
 */
bool module_name_equal(const char *a, const char *b);

/** module_name_begins() - does a text begin with this name? Compared likewise */
bool module_name_begins(const char *text, const char *name);

/**
 * module_name_copy() - the name as modules have it: with underscores; longer ones are cut
 */
void module_name_copy(char name[static MODULE_NAME_MAX], const char *text, size_t length);

/**
 * module_name_of_file() - `kernel/drivers/vfio/pci/vfio-pci.ko.xz`: vfio_pci
 * @length: of @path, which need not be terminated
 *
 * Return: false when it is not the path of a module; @name is empty then
 */
bool module_name_of_file(const char *path, size_t length,
			 char name[static MODULE_NAME_MAX]);

#endif
