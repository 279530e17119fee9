/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_LIBRARY_CALLS_H
#define VFIO_EARLY_LIBRARY_CALLS_H

/*
 * Functions of libraries that are loaded when a mode needs them. Each finds that of the
 * library when it is called first, and calls it.
 */

#include <assert.h>

#include "companion/library.h"

/* As the library's header declares it; the number is that of its parameters. */
#define LIBRARY_CALL(library, type, name, parameters, arguments)    \
	type name parameters                                        \
	{                                                           \
		static typeof(name) *function;                      \
                                                                    \
		if (!function)                                      \
			function = library_find(&(library), #name); \
		return function arguments;                          \
	}                                                           \
	static_assert(sizeof(#name), "for a semicolon")
#define LIBRARY_0(library, type, name) LIBRARY_CALL(library, type, name, (void), ())
#define LIBRARY_1(library, type, name, a) \
	LIBRARY_CALL(library, type, name, (a one), (one))
#define LIBRARY_2(library, type, name, a, b) \
	LIBRARY_CALL(library, type, name, (a one, b two), (one, two))
#define LIBRARY_3(library, type, name, a, b, c) \
	LIBRARY_CALL(library, type, name, (a one, b two, c three), (one, two, three))
#define LIBRARY_4(library, type, name, a, b, c, d)                         \
	LIBRARY_CALL(library, type, name, (a one, b two, c three, d four), \
		     (one, two, three, four))
#define LIBRARY_5(library, type, name, a, b, c, d, e)                              \
	LIBRARY_CALL(library, type, name, (a one, b two, c three, d four, e five), \
		     (one, two, three, four, five))
#define LIBRARY_6(library, type, name, a, b, c, d, e, f)             \
	LIBRARY_CALL(library, type, name,                            \
		     (a one, b two, c three, d four, e five, f six), \
		     (one, two, three, four, five, six))

#endif
