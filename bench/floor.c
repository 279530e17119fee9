// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * floor - the least that reserving functions can cost
 *
 * usage: floor                                    does nothing, as true(1) does
 *        floor ADDRESS... -- [MODULE_FILE...]
 *
 * Writes driver_override of each function, inserts the modules in the given order and has
 * each function probed, all in this process and without any check before. The kernel
 * unpacks compressed modules. Prints "NANOSECONDS STATUS" of that alone; the status is 0
 * when vfio-pci has them all.
 */
#include <fcntl.h>
#include <linux/module.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define DEVICES "/sys/bus/pci/devices/"

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static int attribute_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t written = fd < 0 ? -1 : write(fd, text, strlen(text));

	if (written != (ssize_t)strlen(text))
		perror(path);
	if (fd >= 0)
		close(fd);
	return written == (ssize_t)strlen(text) ? 0 : -1;
}

static int module_insert(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t length = strlen(path);
	int packed = length < 3 || strcmp(path + length - 3, ".ko") != 0;
	int result = fd < 0 ? -1 :
			      (int)syscall(SYS_finit_module, fd, "",
					   packed ? MODULE_INIT_COMPRESSED_FILE : 0);

	if (result)
		perror(path);
	if (fd >= 0)
		close(fd);
	return result;
}

static int is_taken(const char *address)
{
	static const char driver[] = "/vfio-pci";
	char path[128], link[256];
	ssize_t length;

	snprintf(path, sizeof(path), DEVICES "%s/driver", address);
	length = readlink(path, link, sizeof(link));
	return length >= (ssize_t)strlen(driver) && length < (ssize_t)sizeof(link) &&
	       !memcmp(link + length - strlen(driver), driver, strlen(driver));
}

static int reserve(char **addresses, char **modules)
{
	char path[128];
	int bad = 0;

	for (char **a = addresses; *a; a++) {
		snprintf(path, sizeof(path), DEVICES "%s/driver_override", *a);
		bad |= attribute_write(path, "vfio-pci");
	}
	for (char **m = modules; *m; m++)
		bad |= module_insert(*m);
	for (char **a = addresses; *a; a++)
		bad |= attribute_write("/sys/bus/pci/drivers_probe", *a);
	return bad;
}

int main(int argc, char **argv)
{
	char **modules = argv + 1;
	uint64_t begin, end;
	int bad;

	if (argc < 2)
		return 0;
	while (*modules && strcmp(*modules, "--") != 0)
		modules++;
	if (!*modules)
		return 2;
	*modules++ = NULL;
	begin = now();
	bad = reserve(argv + 1, modules);
	end = now();
	for (char **a = argv + 1; *a; a++)
		bad |= !is_taken(*a);
	printf("%llu %d\n", (unsigned long long)(end - begin), bad ? 1 : 0);
	return bad ? 1 : 0;
}
