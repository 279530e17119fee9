/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PIN_H
#define VFIO_EARLY_PIN_H

/*
 * Choice of the host's processors for a guest. Pure: the same cores and the same wish
 * give the same pins.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "guest/cores.h"
#include "guest/domain.h"

/**
 * struct pin_wish - needs of a guest
 * @vcpus: number of vCPUs
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
 * struct pinning - the choice; large: allocate it
 * @cpus: processor of vCPU 0, 1, ...: core by core, thread by thread
 * @cores: cores of the guest; @cores * @threads is the number of vCPUs
 * @threads: used threads of each core
 * @idle_threads: the chosen cores have more threads, which must stay idle
 * @node: NUMA node of all cores
 * @kind: core.kind of all cores
 * @caches: number of last-level caches of the cores
 * @rest: processors for the guest's emulator and I/O threads
 * @host: processors left to the host while the guest runs
 * @rest_is_near: @rest is on @node
 * @strict: the guest's memory fits on @node, and there is more than one node
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
 * pin_plan() - choose processors
 * @ret_pinning: written on success only
 * @fault: how many vCPUs would fit
 *
 * The host keeps the core of CPU 0, and one core for every 8 cores or part of 8. All
 * vCPUs are on one node (the card's), on cores of its fastest kind, in as few last-level
 * caches as possible. Where their number is no multiple of a core's threads, each has a
 * core of its own.
 *
 * Return: 0; -ENOSPC: there are too few cores
 */
int pin_plan(const struct cores *cores, const struct pin_wish *wish,
	     struct pinning *ret_pinning, struct fault *fault);

#endif
