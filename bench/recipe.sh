#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What people put into an initramfs by hand: override, load, probe.
for device in "$@"; do
	echo vfio-pci >"/sys/bus/pci/devices/$device/driver_override"
done
/sbin/modprobe -i vfio-pci
for device in "$@"; do
	echo "$device" >/sys/bus/pci/drivers_probe
done
