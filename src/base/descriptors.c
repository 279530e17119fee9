// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/descriptors.h"

#include <fcntl.h>
#include <unistd.h>

void descriptors_hold(void)
{
	/* A folder, which every machine has at any time */
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			// cppcheck-suppress leakReturnValNotUsed ; kept
			(void)open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}
