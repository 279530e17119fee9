/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CONFINE_H
#define VFIO_EARLY_CONFINE_H

/*
 * Least privilege. The boot program reads foreign data as root: a config, indexes of
 * modules, disks, the command line. Should such data take over the process by a flaw in a
 * parser, the process can start no program, open no socket, trace nothing, load no other
 * kernel and remove no module.
 */

/**
 * confine() - give up what is not needed, for this process and those it starts
 *
 * No new privileges (prctl(2)), capabilities without those that no phase needs, and a
 * filter of system calls (seccomp(2)): a call that is not on its list fails with ENOSYS,
 * as on a kernel that lacks it, for which a C library has another way. On a kernel
 * without CONFIG_SECCOMP there is no filter.
 */
void confine(void);

#endif
