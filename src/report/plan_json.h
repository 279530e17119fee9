/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PLAN_JSON_H
#define VFIO_EARLY_PLAN_JSON_H

/* The plan as JSON, the same in both programs; vfio-early-report(5) describes it. */

#include <jansson.h>
#include <stdbool.h>

#include "model/config.h"
#include "model/host.h"
#include "plan/plan.h"
#include "report/document.h"

struct run;

#define PLAN_VERSION 1

/**
 * struct plan_outcome - additions of a report to a plan (report/report_json.c)
 * @run: the run
 * @why: replaces the plan's reason and detail of a target
 * @target: adds members to a target
 * @function: adds members to function @index of a target
 * @action: adds members to an action
 */
struct plan_outcome {
	const struct run *run;
	void (*why)(const struct run *run, size_t target, enum reason *reason,
		    const char **detail);
	void (*target)(struct document *document, const struct run *run, size_t target);
	void (*function)(struct document *document, const struct run *run, size_t target,
			 size_t index);
	void (*action)(struct document *document, const struct run *run, size_t action);
};

/** plan_members() - write the plan without its version; @outcome: NULL: no additions */
void plan_members(struct document *document, const struct config *config,
		  const struct host *host, const struct plan *plan,
		  const struct plan_outcome *outcome);

/** plan_write() - write the plan as one object */
void plan_write(struct document *document, const struct config *config,
		const struct host *host, const struct plan *plan);

/**
 * plan_to_json() - the same as a value of jansson
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *plan_to_json(const struct config *config, const struct host *host,
		     const struct plan *plan);

/* Facts about the machine as JSON; vfio-early-report(5) describes them. */

/**
 * host_function_members() - write all facts about a function that the rules use
 * @driver: index in host.drivers of the VFIO driver to name
 */
void host_function_members(struct document *document, const struct host *host,
			   size_t index, size_t driver);

/**
 * host_iommu_to_json() - the IOMMU
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *host_iommu_to_json(const struct host *host);

/**
 * host_notes_to_json() - what could not be found out
 *
 * Return: a new reference to an array of strings, or NULL when there was no memory
 */
json_t *host_notes_to_json(const struct host *host);

#endif
