/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_TREE_H
#define VFIO_EARLY_TREE_H

/* The bridges between the root buses and the functions, with their groups. */

#include <jansson.h>

#include "companion/iommu_answer.h"
#include "model/host.h"
#include "report/render.h"
#include "survey/names.h"

/**
 * tree_print() - draw the bridges, with a line of at most TEXT_COLUMNS columns for each
 * function
 */
void tree_print(const struct render *render, const struct host *host,
		const struct names *names, const struct iommu_answer *iommu);

/**
 * tree_to_json() - the same as an object, functions below their bridges
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *tree_to_json(const struct host *host, const struct names *names,
		     const struct iommu_answer *iommu);

#endif
