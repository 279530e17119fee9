/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CONFINE_H
#define VFIO_EARLY_CONFINE_H

/*
 * Least privilege. The boot program reads as root what others have written: a config,
 * indexes of modules, disks, the command line. Should one of them take it over, it has
 * a process that can start no program, open no socket, trace nothing, load no other
 * kernel and remove no module.
 */

/**
 * confine() - give up what is not needed, for this process and those it starts
 *
 * No new privileges (prctl(2)), capabilities without those that no phase needs, and a
 * filter of system calls (seccomp(2)): one that is not on its list fails with ENOSYS, as
 * with a kernel that lacks it, since a C library has another way then. What the kernel
 * does not have (CONFIG_SECCOMP) is done without.
 */
void confine(void);

#endif
