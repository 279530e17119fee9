// SPDX-License-Identifier: GPL-2.0-or-later
#include "check/scene.h"

#include <stdarg.h>

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
	va_list args;

	va_start(args, format);
	(void)findings_tell(scene->findings, level, code, scene->subject, format, args);
	va_end(args);
}
