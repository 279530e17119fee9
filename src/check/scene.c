// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/scene.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct scene scene_of_target(const struct scene *scene, const struct plan_target *target)
{
	struct scene narrow = *scene;

	narrow.target = target;
	narrow.subject = target->name;
	return narrow;
}

void scene_tell(const struct scene *scene, enum finding_level level,
		enum finding_code code, const char *format, ...)
{
	char text[2 * FINDING_TEXT_MAX];
	struct finding *finding;
	char *remedy;
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	remedy = strchr(text, *TO_DO);
	if (remedy)
		*remedy++ = '\0';
	finding = findings_add(scene->findings, level, code, scene->subject, "%s", text);
	if (remedy)
		finding_advise(finding, "%s", remedy);
}
