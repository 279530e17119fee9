// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading a number with a fraction, in which nothing here is interested: config, sysfs
 * and reports hold whole ones, and a real in JSON is of a type that no reader takes. All
 * are 0. musl's own brings 5 KB into the static program by strtod() and scanf().
 */
#include <stdio.h>

long double __floatscan(FILE *file, int precision, int pok);

long double __floatscan(FILE *file, int precision, int pok)
{
	(void)file;
	(void)precision;
	(void)pok;
	return 0;
}
