// SPDX-License-Identifier: GPL-2.0-or-later

/* Any bytes in the place of an initramfs image: its files, or a fault with a text. */

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "image/initrd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All that is kept can be looked at. */
static size_t initrd_walk(const struct initrd *initrd)
{
	static struct config config;
	char release[HOST_NAME_MAX];
	size_t sum = strlen(initrd->cmdline) + strlen(initrd->release);

	for (size_t i = 0; i < initrd->count; i++) {
		const struct initrd_entry *entry = &initrd->entries[i];

		sum += strlen(entry->path);
		if (entry->text &&
		    (entry->text[entry->length] || entry->length > INITRD_TEXT_MAX))
			abort();
		if (!initrd_find(initrd, entry->path))
			abort();
	}
	initrd_release(initrd, release);
	sum += initrd_has_module(initrd, release, "vfio-pci");
	sum += initrd_config(initrd, &config) + config.n_targets;
	return sum + (initrd_program(initrd) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct initrd initrd = { 0 };
	struct fault fault = { 0 };
	char path[32];
	int error;

	if (fd < 0)
		fd = memfd_create("image", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0) < 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	error = initrd_read(AT_FDCWD, path, &initrd, &fault);
	if (error ? error != fault.error || !*fault.text :
		    initrd_walk(&initrd) == SIZE_MAX)
		abort();
	(void)initrd_walk(&initrd);
	initrd_done(&initrd);
	return 0;
}
