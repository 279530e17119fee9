/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_RENDER_H
#define VFIO_EARLY_RENDER_H

/* Output for people: colour where it helps. */

#include <stdbool.h>
#include <stdio.h>

/** enum render_style - meaning of a word */
enum render_style { RENDER_HEADING, RENDER_GOOD, RENDER_WARN, RENDER_BAD };

/**
 * struct render - an output and its properties
 * @out: where to
 * @colour: it is a terminal with colours, and the user has not switched them off
 */
struct render {
	FILE *out;
	bool colour;
};

/**
 * render_of() - output on a stream
 *
 * Colour only on a terminal other than "dumb", and not when NO_COLOR is set
 * (no-color.org).
 */
struct render render_of(FILE *out);

/**
 * render_word() - write text in a style
 * @render: where to and how
 * @bytes: escaped on the way
 */
void render_word(const struct render *render, enum render_style style, const char *bytes);

#endif
