/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PLAN_JSON_H
#define VFIO_EARLY_PLAN_JSON_H

/* The plan as JSON, the same in both programs; vfio-early-report(5) is its manual. */

#include <jansson.h>
#include <stdbool.h>

#include "model/config.h"
#include "model/host.h"
#include "plan/plan.h"

#define PLAN_VERSION 1

/**
 * plan_to_json() - the plan as one object
 *
 * Targets and actions have the indices of @plan. To be written with JSON_VALUE_FLAGS.
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *plan_to_json(const struct config *config, const struct host *host,
		     const struct plan *plan);

/* Facts about the machine as JSON; vfio-early-report(5) is its manual. */

/**
 * host_function_to_json() - everything that the rules look at
 * @driver: index in host.drivers of the VFIO driver to name
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *host_function_to_json(const struct host *host, size_t index, size_t driver);

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
