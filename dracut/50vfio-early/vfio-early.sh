#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sourced by the shell that is process 1: no exit, no variables, and no failure. After a crash
# the machine is left as it is, for the program that writes the dump.

[ -e /proc/vmcore ] || /usr/lib/vfio-early/vfio-early-boot || :
