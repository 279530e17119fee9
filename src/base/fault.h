/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_FAULT_H
#define VFIO_EARLY_FAULT_H

/*
 * A fault is the one description of why something could not be done or found out. It is
 * filled once, where it happens, and forwarded unchanged; only the mains print it.
 */

#define FAULT_TEXT_MAX 320

/**
 * struct fault - what could not be done, where, and why
 * @error: negative errno; 0: no fault
 * @text: one sentence naming the file or device and the attribute, without newline
 */
struct fault {
	int error;
	char text[FAULT_TEXT_MAX];
};

/**
 * fault_set() - describe a failure
 * @fault: where to; what it held before is replaced
 * @error: negative errno
 * @format: printf format of the sentence; longer text is cut
 *
 * Return: @error, so that a caller can `return fault_set(...)`
 */
int fault_set(struct fault *fault, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
