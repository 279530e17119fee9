/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUEST_FIND_H
#define VFIO_EARLY_GUEST_FIND_H

/* Finding the guest that the command line names. */

#include "base/fault.h"
#include "base/sysroot.h"
#include "guest/domain.h"

#define GUEST_LIBVIRT_DIR "etc/libvirt/qemu"
#define GUEST_PROXMOX_DIR "etc/pve/qemu-server"

/**
 * guest_parse() - read a domain: XML of libvirt, or a configuration of Proxmox
 * @file: for messages; 100.conf is machine 100
 * @guest: filled; what it held before does not matter
 * @fault: FILE:LINE: what was found, what was expected
 *
 * The first byte decides which of the two it is: XML begins with '<'.
 *
 * Return: 0; -EINVAL for neither format; -E2BIG for more than the limits of domain.h
 */
int guest_parse(const char *file, const char *text, size_t length, struct guest *guest,
		struct fault *fault);

/**
 * guest_load() - read a stored guest
 *
 * Return: as guest_parse(); -errno when the file cannot be read
 */
int guest_load(const struct sysroot *root, const char *path, struct guest *guest,
	       struct fault *fault);

/**
 * guest_find() - find and read a guest
 * @subject: a name of a libvirt domain, a number of a Proxmox machine, a path (it holds
 *	a '/'), or "-" for the standard input
 * @ret_source: filled: where it was read from, for people
 * @fault: why not, and what to do
 *
 * A path is that of the caller, not below the root.
 *
 * Return: as guest_load(); -ENOENT
 */
int guest_find(const struct sysroot *root, const char *subject, struct guest *guest,
	       char ret_source[static SYSROOT_PATH_MAX], struct fault *fault);

#endif
