/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_IOMMU_ANSWER_H
#define VFIO_EARLY_IOMMU_ANSWER_H

/*
 * Why the IOMMU does not run and what to do about it, for modes other than `--check` that
 * have to say it: the same judge and the same text.
 */

#include <jansson.h>
#include <stddef.h>

#include "base/sysroot.h"
#include "check/finding.h"
#include "model/host.h"
#include "report/render.h"

#define IOMMU_ANSWER_MAX 4

/** struct iommu_answer - findings about an IOMMU that is not active; zeroed: none */
struct iommu_answer {
	struct finding list[IOMMU_ANSWER_MAX];
	size_t count;
};

/** iommu_answer_read() - ask the judge of `--check`, if no IOMMU is active */
void iommu_answer_read(const struct sysroot *root, const struct host *host,
		       struct iommu_answer *answer);

/** iommu_answer_print() - the findings, as `--check` prints them; nothing without any */
void iommu_answer_print(const struct render *render, const struct iommu_answer *answer);

/** iommu_answer_remedy() - what to do, in one sentence; empty without findings */
void iommu_answer_remedy(const struct iommu_answer *answer, char *text, size_t size);

/**
 * iommu_state_print() - when the IOMMU is not active, say so, why, and what to do; and
 * that groups are not real, where pcie_acs_override= made them
 */
void iommu_state_print(const struct render *render, const struct host *host,
		       const struct iommu_answer *answer);

/** iommu_state_to_json() - host_iommu_to_json() with the state, why and what to do */
json_t *iommu_state_to_json(const struct host *host, const struct iommu_answer *answer);

#endif
