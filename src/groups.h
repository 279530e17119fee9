/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GROUPS_H
#define VFIO_EARLY_GROUPS_H

/* The IOMMU groups as a person wants to see them, and what keeps a GPU in one. */

#include <jansson.h>
#include <stdio.h>

#include "config.h"
#include "host.h"
#include "names.h"
#include "plan.h"
#include "render.h"

#define GROUPS_VERSION 1

/**
 * enum iommu_state - is there an IOMMU, and if not, who is to blame
 * @IOMMU_STATE_ACTIVE: functions have groups
 * @IOMMU_STATE_FIRMWARE: no ACPI table describes one
 * @IOMMU_STATE_KERNEL: a table does, but the kernel has started no unit
 * @IOMMU_STATE_NO_GROUPS: a unit was started, but no function has a group
 * @IOMMU_STATE_CANNOT_TELL: the tables could not be looked at
 */
enum iommu_state {
	IOMMU_STATE_ACTIVE,
	IOMMU_STATE_FIRMWARE,
	IOMMU_STATE_KERNEL,
	IOMMU_STATE_NO_GROUPS,
	IOMMU_STATE_CANNOT_TELL,
};

extern const char *const iommu_state_names[];

/**
 * iommu_state_of() - judge by evidence: groups, units (/sys/class/iommu), ACPI tables
 * @host: the machine
 *
 * Return: the state
 */
enum iommu_state iommu_state_of(const struct host *host);

/**
 * iommu_state_print() - when the IOMMU is not active, say so, why, and what to do
 * @render: where to
 * @host: the machine
 */
void iommu_state_print(const struct render *render, const struct host *host);

/**
 * iommu_state_to_json() - host_iommu_to_json() with the state, why and what to do
 * @host: the machine
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *iommu_state_to_json(const struct host *host);

/**
 * struct verdicts - scratch memory for judging GPUs one by one
 * @config: a config that names one GPU
 * @plan: what would be decided about it
 */
struct verdicts {
	struct config config;
	struct plan plan;
};

/**
 * groups_print() - list all functions by group, GPUs with a verdict
 * @render: where to
 * @host: the machine
 * @names: for people
 * @verdicts: scratch
 */
void groups_print(const struct render *render, const struct host *host,
		  const struct names *names, struct verdicts *verdicts);

/**
 * groups_to_json() - the same as an object
 * @host: the machine
 * @names: for people
 * @verdicts: scratch
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *groups_to_json(const struct host *host, const struct names *names,
		       struct verdicts *verdicts);

/**
 * groups_companions_print() - what comes along with a card: " with 01:00.1, 01:00.2"
 * @out: where to
 * @host: the machine
 * @target: what would be taken
 */
void groups_companions_print(FILE *out, const struct host *host,
			     const struct plan_target *target);

/**
 * groups_function_to_json() - a function with its names and what a buyer of a GPU asks
 * @host: the machine
 * @names: for people
 * @index: in host.functions
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *groups_function_to_json(const struct host *host, const struct names *names,
				size_t index);

#endif
