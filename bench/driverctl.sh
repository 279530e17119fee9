#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# driverctl takes one function at a time.
for device in "$@"; do
	driverctl set-override "$device" vfio-pci || exit 1
done
