/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GROUPS_H
#define VFIO_EARLY_GROUPS_H

/* The IOMMU groups for people, and why a GPU shares one. */

#include <jansson.h>
#include <stdio.h>

#include "companion/iommu_answer.h"
#include "model/host.h"
#include "plan/target.h"
#include "report/render.h"
#include "survey/names.h"

#define GROUPS_VERSION 1

/**
 * groups_print() - list all functions by group, GPUs with a verdict
 *
 * Return: false when there was no memory
 */
bool groups_print(const struct render *render, const struct host *host,
		  const struct names *names, const struct iommu_answer *iommu,
		  struct trial *trial);

/** groups_json_print() - the same as an object */
bool groups_json_print(FILE *out, const struct host *host, const struct names *names,
		       const struct iommu_answer *iommu, struct trial *trial);

/**
 * groups_companions_print() - functions taken with a card: " with 01:00.1, 01:00.2"
 * @target: target that takes the card
 */
void groups_companions_print(FILE *out, const struct host *host,
			     const struct plan_target *target);

/**
 * groups_function_to_json() - a function with its names, port type, resets and use as a
 * host disk
 *
 * Return: a new reference, or NULL when there was no memory
 */
json_t *groups_function_to_json(const struct host *host, const struct names *names,
				size_t index);

#endif
