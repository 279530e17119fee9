/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SCREEN_H
#define VFIO_EARLY_SCREEN_H

/*
 * The framebuffer of the firmware in a card's memory. Its platform device holds a part of
 * a BAR, so that no virtual machine can map it (drivers/vfio/pci/vfio_pci_core.c
 * vfio_pci_core_setup_barmap(): -EBUSY). vfio-pci removes it itself since 6.0, and only
 * for class 0300.
 */

#include <stdbool.h>

#include "base/fault.h"
#include "base/sysroot.h"
#include "model/host.h"

/**
 * screen_release() - detach the console, then the driver, and keep other drivers away
 *
 * driver_override of the platform device gets a name that no driver has: simpledrm or
 * efidrm, loaded later by another script of the image, leaves it alone
 * (drivers/base/platform.c platform_match()).
 *
 * Return: 0, also when there is nothing to release; -errno: a driver did not let go
 */
int screen_release(const struct sysroot *root, const struct host_function *function,
		   struct fault *fault);

/**
 * screen_restore() - undo screen_release(); devices that it did not mark are not touched
 *
 * Return: 0, or -errno of the first write that failed
 */
int screen_restore(const struct sysroot *root, const struct host_function *function,
		   struct fault *fault);

/**
 * screen_console_off() - detach the text console from all framebuffer devices
 *
 * Needed before a function is unbound from a driver with a framebuffer device of its own.
 */
void screen_console_off(const struct sysroot *root);

/**
 * screen_console_on() - attach the text console again, if there is a framebuffer device
 */
void screen_console_on(const struct sysroot *root);

/** screen_has_console_device() - does a function's driver have a framebuffer device? */
bool screen_has_console_device(const struct sysroot *root,
			       const struct host_function *function);

#endif
