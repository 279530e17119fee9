// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/cores.h"

#include <errno.h>
#include <hwloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/lines.h"

/*
 * Only what the kernel says: hwloc would ask the processor, too, which for another root
 * is the wrong one, and load plugins that look for GPUs.
 */
static int topology_load(const struct sysroot *root, hwloc_topology_t *ret_topology)
{
	hwloc_topology_t topology;

	if (setenv("HWLOC_COMPONENTS", "linux,stop", 1) < 0 ||
	    (!root->live && setenv("HWLOC_FSROOT", root->path, 1) < 0))
		return -errno;
	if (hwloc_topology_init(&topology) < 0)
		return -ENOMEM;
	if (hwloc_topology_load(topology) < 0) {
		hwloc_topology_destroy(topology);
		return -EIO;
	}
	*ret_topology = topology;
	return 0;
}

/* The last level that more than one core has in common: L3, or L2 where there is none */
static uint32_t cache_of(hwloc_topology_t topology, hwloc_obj_t core)
{
	uint32_t number = CORES_NO_CACHE;

	for (hwloc_obj_t above = core->parent; above; above = above->parent) {
		if (!hwloc_obj_type_is_dcache(above->type) ||
		    hwloc_get_nbobjs_inside_cpuset_by_type(topology, above->cpuset,
							   HWLOC_OBJ_CORE) < 2)
			continue;
		number = above->logical_index;
		if (above->type == HWLOC_OBJ_L3CACHE)
			break;
	}
	return number;
}

static void node_read(hwloc_topology_t topology, hwloc_obj_t object, struct core *core)
{
	hwloc_obj_t node = NULL;

	while ((node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, node)))
		if (hwloc_bitmap_intersects(node->cpuset, object->cpuset)) {
			core->node = node->os_index;
			return;
		}
}

static int core_read(hwloc_topology_t topology, hwloc_obj_t object, struct cores *cores)
{
	struct core *core = &cores->list[cores->count];
	int kind = hwloc_cpukinds_get_by_cpuset(topology, object->cpuset, 0), cpu = -1;

	if (cores->count == CORES_MAX)
		return -E2BIG;
	*core = (struct core){ .number = (unsigned int)cores->count };
	while ((cpu = hwloc_bitmap_next(object->cpuset, cpu)) >= 0) {
		if (core->n_cpus == CORES_THREADS_MAX || cpu >= GUEST_CPUS_MAX)
			return -E2BIG;
		core->cpus[core->n_cpus++] = (unsigned int)cpu;
	}
	node_read(topology, object, core);
	if (core->node >= CORES_NODES_MAX)
		return -E2BIG;
	core->cache = cache_of(topology, object);
	core->kind = kind < 0 ? 0 : (unsigned int)kind;
	guest_cpus_add(&cores->nodes, core->node);
	cores->count++;
	return 0;
}

static void nodes_read(hwloc_topology_t topology, struct cores *cores)
{
	hwloc_obj_t node = NULL;

	while ((node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, node)))
		if (node->os_index < CORES_NODES_MAX)
			cores->node_memory[node->os_index] =
				node->attr->numanode.local_memory;
}

/* Kinds that hwloc cannot rank are no reason to prefer one. */
static void kinds_read(hwloc_topology_t topology, struct cores *cores)
{
	int count = hwloc_cpukinds_get_nr(topology, 0), efficiency = -1;

	if (count > 1 &&
	    hwloc_cpukinds_get_info(topology, 0, NULL, &efficiency, NULL, NULL, 0) < 0)
		efficiency = -1;
	cores->kinds = efficiency < 0 ? 1 : (unsigned int)count;
	if (cores->kinds == 1)
		for (size_t i = 0; i < cores->count; i++)
			cores->list[i].kind = 0;
}

static int all_read(hwloc_topology_t topology, struct cores *cores)
{
	hwloc_obj_t root = hwloc_get_root_obj(topology), object = NULL;
	int error = 0;

	/* A processor that does not report its cores has one for each thread. */
	hwloc_obj_type_t type = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_CORE) > 0 ?
					HWLOC_OBJ_CORE :
					HWLOC_OBJ_PU;

	while (!error && (object = hwloc_get_next_obj_by_type(topology, type, object)))
		error = core_read(topology, object, cores);
	if (error < 0)
		return error;
	kinds_read(topology, cores);
	nodes_read(topology, cores);
	cores->missing = (unsigned int)(hwloc_bitmap_weight(root->complete_cpuset) -
					hwloc_bitmap_weight(root->cpuset));
	return 0;
}

/* hwloc knows it for this machine only. */
static void maker_take(const struct line *line, void *context)
{
	struct cores *cores = context;

	if (!strncmp(line->text, "vendor_id", 9))
		cores->is_amd = strstr(line->text, "AuthenticAMD") ||
				strstr(line->text, "HygonGenuine");
}

int cores_read(const struct sysroot *root, struct cores *cores, struct fault *fault)
{
	hwloc_topology_t topology = NULL;
	int error;

	*cores = (struct cores){ 0 };
	if (!sysroot_exists(root->fd, "sys/devices/system/cpu/online") &&
	    !sysroot_exists(root->fd, "sys/devices/system/cpu/cpu0"))
		return fault_set(fault, -ENOENT,
				 "%s/sys/devices/system/cpu: nothing there describes the "
				 "processors",
				 root->path);
	error = topology_load(root, &topology);
	if (error < 0)
		return fault_set(fault, error, "hwloc: the processors: %s",
				 strerror(-error));
	error = all_read(topology, cores);
	hwloc_topology_destroy(topology);
	(void)lines_read(root, "proc/cpuinfo", maker_take, cores);
	return error < 0 ? fault_set(fault, error,
				     "hwloc: more processors or NUMA nodes than there is "
				     "room for") :
			   0;
}

const struct core *cores_find(const struct cores *cores, unsigned int cpu)
{
	for (size_t i = 0; i < cores->count; i++)
		for (size_t j = 0; j < cores->list[i].n_cpus; j++)
			if (cores->list[i].cpus[j] == cpu)
				return &cores->list[i];
	return NULL;
}

void cores_all(const struct cores *cores, struct guest_cpus *ret_cpus)
{
	*ret_cpus = (struct guest_cpus){ 0 };
	for (size_t i = 0; i < cores->count; i++)
		for (size_t j = 0; j < cores->list[i].n_cpus; j++)
			guest_cpus_add(ret_cpus, cores->list[i].cpus[j]);
}
