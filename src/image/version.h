/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_VERSION_H
#define VFIO_EARLY_VERSION_H

/**
 * version_compare() - order versions as boot loaders do (UAPI Group specification 10)
 *
 * Return: less than, equal to or more than 0
 */
int version_compare(const char *a, const char *b);

#endif
