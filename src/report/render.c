// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/render.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

struct render render_of(FILE *out)
{
	const char *terminal = getenv("TERM"), *refused = getenv("NO_COLOR");
	struct render render = { .out = out };

	render.colour = isatty(fileno(out)) && terminal &&
			strcmp(terminal, "dumb") != 0 && !(refused && *refused);
	return render;
}

void render_word(const struct render *render, enum render_style style, const char *bytes)
{
	/* ECMA-48 SGR: bold, green, yellow, bold red */
	static const char *const codes[] = {
		[RENDER_HEADING] = "1",
		[RENDER_GOOD] = "32",
		[RENDER_WARN] = "33",
		[RENDER_BAD] = "1;31",
	};
	char text[TEXT_MAX];

	text_escape(bytes, text, sizeof(text));
	if (render->colour)
		fprintf(render->out, "\033[%sm%s\033[0m", codes[style], text);
	else
		fputs(text, render->out);
}
