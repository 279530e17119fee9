#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sourced by the shell that is process 1, so it must not exit, set variables or fail. A crash
# kernel leaves the machine as it is, for the program that writes the dump.

[ -e /proc/vmcore ] || /usr/lib/vfio-early/vfio-early-boot || :
