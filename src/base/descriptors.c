// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/descriptors.h"

#include <fcntl.h>
#include <unistd.h>

void descriptors_hold(void)
{
	int fd;

	/* A folder, which every machine has at any time */
	do
		fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}
