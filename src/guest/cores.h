/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CORES_H
#define VFIO_EARLY_CORES_H

/* The processors of the host, as hwloc sees them, as plain values. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/sysroot.h"
#include "guest/domain.h"

#define CORES_MAX 2048
#define CORES_THREADS_MAX 8
#define CORES_NODES_MAX 1024 /* MAX_NUMNODES of the kernel, at most */
#define CORES_NO_CACHE UINT32_MAX

/**
 * struct core - one core
 * @number: from 0, in hwloc's order: neighbours have numbers next to each other
 * @cpus: its threads that are online and allowed, by number
 * @node: NUMA node
 * @cache: number of the last-level cache that it shares with other cores; CORES_NO_CACHE:
 *	none
 * @kind: 0 is the slowest kind; all are 0 when there is only one kind, or kinds are
 *	unknown
 */
struct core {
	unsigned int number;
	unsigned int cpus[CORES_THREADS_MAX];
	size_t n_cpus;
	unsigned int node;
	uint32_t cache;
	unsigned int kind;
};

/**
 * struct cores - all of them; large: allocate it
 * @list: by number
 * @kinds: how many kinds there are, at least 1
 * @nodes: NUMA nodes that have cores
 * @node_memory: bytes of each node; 0: not known
 * @missing: number of processors that are offline or not allowed for this program
 * @is_amd: processors of AMD
 */
struct cores {
	struct core list[CORES_MAX];
	size_t count;
	unsigned int kinds;
	struct guest_cpus nodes;
	uint64_t node_memory[CORES_NODES_MAX];
	unsigned int missing;
	bool is_amd;
};

/**
 * cores_read() - ask hwloc
 * @cores: filled; what it held before does not matter
 *
 * Return: 0; -ENOENT: nothing below @root describes them; -E2BIG; -errno
 */
int cores_read(const struct sysroot *root, struct cores *cores, struct fault *fault);

/** cores_find() - the core that a processor is a thread of; NULL: not online */
const struct core *cores_find(const struct cores *cores, unsigned int cpu);

/** cores_all() - every processor that is online and allowed */
void cores_all(const struct cores *cores, struct guest_cpus *ret_cpus);

#endif
