/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_FINDING_SHOW_H
#define VFIO_EARLY_FINDING_SHOW_H

/* Findings of all modes, for people and for programs. */

#include <jansson.h>
#include <stdbool.h>

#include "check/finding.h"
#include "report/render.h"

/**
 * finding_print() - one finding: its level, the sentence, and after an arrow the remedy
 * @prefix: print the subject before the sentence; else it is in a heading already
 */
void finding_print(const struct render *render, const struct finding *finding,
		   bool prefix);

/**
 * findings_count_print() - print the number of findings of each level, as the last line
 */
void findings_count_print(const struct render *render, const struct findings *findings);

/**
 * findings_put() - put `findings` and `levels` into a document
 * @object: as json_value_put() takes it
 */
void findings_put(json_t **object, const struct findings *findings);

#endif
