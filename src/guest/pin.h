/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PIN_H
#define VFIO_EARLY_PIN_H

/*
 * Which processors of the host a guest should run on. Pure: the same cores and the same
 * wish give the same pins.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "guest/cores.h"
#include "guest/domain.h"

/**
 * struct pin_wish - what is to be pinned
 * @vcpus: how many
 * @has_node: the card is on NUMA node @node
 * @memory: of the guest, in bytes; 0: not known
 */
struct pin_wish {
	unsigned int vcpus;
	bool has_node;
	unsigned int node;
	uint64_t memory;
};

/**
 * struct pinning - the answer; large: allocate it
 * @cpus: of vCPU 0, 1, ...: core by core, thread by thread
 * @cores: cores of the guest; @cores * @threads is the number of vCPUs
 * @threads: threads of each
 * @idle_threads: the chosen cores have more threads, which nothing may use
 * @node: all of them are there
 * @kind: of core.kind
 * @caches: last-level caches that are shared by them
 * @rest: for everything else of the guest: emulator and I/O threads
 * @host: what stays for the host while the guest runs
 * @rest_is_near: @rest is on @node
 * @strict: the guest's memory fits onto @node, and there is more than one
 */
struct pinning {
	unsigned int cpus[GUEST_CPUS_MAX];
	unsigned int vcpus;
	unsigned int cores;
	unsigned int threads;
	bool idle_threads;
	unsigned int node;
	unsigned int kind;
	unsigned int caches;
	struct guest_cpus rest;
	struct guest_cpus host;
	bool rest_is_near;
	bool strict;
};

/**
 * pin_plan() - choose
 * @ret_pinning: written on success only
 * @fault: how many would fit
 *
 * The core of CPU 0 stays with the host, and one core for each 8 begun. All vCPUs
 * are on one node (the card's), on cores of its fastest kind, in as few last-level caches
 * as possible. Where their number is no multiple of a core's threads, each has a core of
 * its own.
 *
 * Return: 0; -ENOSPC: not so many
 */
int pin_plan(const struct cores *cores, const struct pin_wish *wish,
	     struct pinning *ret_pinning, struct fault *fault);

#endif
