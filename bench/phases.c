// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * phases - time of each phase of the boot program
 *
 * Linked into a copy of the boot program with -Wl,--wrap for each name below: the program
 * itself is not changed. Each call appends "NAME NANOSECONDS" to /run/phases after its
 * clock has stopped. None of these functions calls another of them.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "apply/apply.h"
#include "boot/kmsg.h"
#include "plan/plan.h"
#include "read/config_read.h"
#include "read/framebuffer.h"
#include "read/host_read.h"
#include "read/modules.h"
#include "report/report_write.h"

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void note(const char *name, uint64_t begin)
{
	uint64_t end = now();
	int fd = open("/run/phases", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	dprintf(fd, "%s %llu\n", name, (unsigned long long)(end - begin));
	close(fd);
}

/* The headers' types: else a parameter more would go unnoticed. */
#define PHASE(name, parameters, arguments)             \
	__typeof__(name) __real_##name, __wrap_##name; \
	void __wrap_##name parameters                  \
	{                                              \
		uint64_t begin = now();                \
                                                       \
		__real_##name arguments;               \
		note(#name, begin);                    \
	}

#define PHASE_RESULT(name, parameters, arguments)      \
	__typeof__(name) __real_##name, __wrap_##name; \
	int __wrap_##name parameters                   \
	{                                              \
		uint64_t begin = now();                \
		int result = __real_##name arguments;  \
                                                       \
		note(#name, begin);                    \
		return result;                         \
	}

PHASE_RESULT(config_read,
	     (const struct sysroot *root, const char *file, const char *cmdline,
	      struct config *config),
	     (root, file, cmdline, config))
PHASE_RESULT(host_read_names,
	     (const struct sysroot *root, const char *cmdline, struct host *host,
	      struct fault *fault),
	     (root, cmdline, host, fault))
PHASE_RESULT(host_read_near,
	     (const struct sysroot *root, uint8_t *want, struct host *host,
	      struct fault *fault),
	     (root, want, host, fault))
PHASE(modules_read,
      (const struct sysroot *root, const struct config *config, const char *cmdline,
       struct host *host),
      (root, config, cmdline, host))
PHASE(framebuffer_read, (const struct sysroot *root, struct host *host), (root, host))
PHASE(host_read_use,
      (const struct sysroot *root, const char *cmdline, unsigned int needs,
       struct host *host),
      (root, cmdline, needs, host))
PHASE(plan_build,
      (const struct config *config, const struct host *host, struct plan *ret_plan),
      (config, host, ret_plan))
PHASE(apply_run,
      (struct apply * apply, const struct plan *plan, const struct host *host,
       const struct kernel *kernel, uint64_t until),
      (apply, plan, host, kernel, until))
PHASE(kmsg_report, (const struct sysroot *root, const struct run *run), (root, run))
PHASE_RESULT(report_write,
	     (const struct sysroot *root, const struct run *run, const char **ret_path,
	      struct fault *fault),
	     (root, run, ret_path, fault))
