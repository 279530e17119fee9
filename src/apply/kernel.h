/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_KERNEL_H
#define VFIO_EARLY_KERNEL_H

/*
 * The way in which a plan changes the machine: a few functions, so that tests run the
 * same loop against a fake kernel.
 */

#include <stdint.h>

#include "apply/module_load.h"
#include "base/fault.h"
#include "base/sysroot.h"
#include "model/host.h"

#define KERNEL_LIST_MAX 1024

/**
 * enum kernel_attribute - what can be written (Documentation/ABI/testing/sysfs-bus-pci)
 * @KERNEL_OVERRIDE: devices/ADDRESS/driver_override; value: driver name, "" clears it
 * @KERNEL_UNBIND: devices/ADDRESS/driver/unbind; value: unused
 * @KERNEL_BIND: drivers/DRIVER/bind; value: driver name
 * @KERNEL_PROBE: drivers_probe: offer the function to any driver that matches; value:
 *	unused
 */
enum kernel_attribute {
	KERNEL_OVERRIDE,
	KERNEL_UNBIND,
	KERNEL_BIND,
	KERNEL_PROBE,
};

/** struct kernel_list - the functions bound to a driver, in no order */
struct kernel_list {
	struct pci_address at[KERNEL_LIST_MAX];
	size_t n;
};

/** enum kernel_screen - a framebuffer of the firmware in a function's BARs (screen.h) */
enum kernel_screen { KERNEL_SCREEN_RELEASE, KERNEL_SCREEN_RESTORE };

/**
 * struct kernel - the calls of the real kernel, or of a fake one
 * @write: write an attribute of a function. Its directory was opened when its identity
 *	(vendor, device) was checked; one of its files is read right before; -ESTALE
 *	when it is not the function that was decided about. Success proves nothing but the
 *	write.
 * @driver: name of the driver that is bound to the function now; "": none
 * @load: load a driver's module: see module_load()
 * @list: functions bound to a driver; empty when there is no such driver; -E2BIG when
 *	they do not fit
 * @screen: release or put back the firmware's framebuffer
 * @look: what a far function is now: id and driver_override
 * @holder: name of the framebuffer that holds a part of the function's BARs; "": none
 * @now: microseconds of a clock that never goes back
 * @pause: sleep for a moment, so that the kernel can finish its work
 * @context: first argument of each
 *
 * All but @now and @pause return 0, or -errno and a fault.
 */
struct kernel {
	int (*write)(void *context, const struct host_function *function,
		     enum kernel_attribute attribute, const char *value,
		     struct fault *fault);
	int (*driver)(void *context, const struct host_function *function,
		      char ret_driver[static HOST_NAME_MAX], struct fault *fault);
	int (*load)(void *context, const struct host_driver *driver,
		    char left_out[static MODULE_LEFT_OUT_MAX], struct fault *fault);
	int (*list)(void *context, const struct host_driver *driver,
		    struct kernel_list *list, struct fault *fault);
	int (*look)(void *context, struct host_function *function, struct fault *fault);
	int (*screen)(void *context, const struct host_function *function,
		      enum kernel_screen deed, struct fault *fault);
	int (*holder)(void *context, const struct host_function *function,
		      char ret_owner[static HOST_NAME_MAX], struct fault *fault);
	uint64_t (*now)(void *context);
	void (*pause)(void *context);
	void *context;
};

/**
 * kernel_of_sysroot() - the real kernel, or the files of a recorded machine
 * @root: stays open as long as the result is used; below a root that is not live no
 *	module is ever loaded (-EOPNOTSUPP)
 */
struct kernel kernel_of_sysroot(struct sysroot *root);

/** attribute_write() - one write; a short one is -EIO. Returns 0 or -errno. */
int attribute_write(int dir, const char *name, const char *text);

#endif
