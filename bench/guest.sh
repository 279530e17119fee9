# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154,SC1091 # the settings and lib.sh come with the image
# What the guest does for bench/run: every tool reserves the same functions, from the same
# start. cold: no module of VFIO is loaded; warm: all are. What the kernel has cached of
# sysfs is dropped before each measurement, since a boot has read none of it; after half a
# second bridges that nobody uses sleep again.
. /settings # functions, modules, packed, rounds, tools

# /sbin/modprobe is kmod's; busybox has one of its own, which knows no softdeps.

# release: the functions belong to nobody, and nothing remembers that they ever did.
release() {
	for device in $functions; do
		[ ! -e "$devices/$device/driver" ] ||
			echo "$device" >"$devices/$device/driver/unbind"
		echo >"$devices/$device/driver_override"
	done
	# modprobe -r would leave some; no other module is loaded here.
	for _ in 1 2 3 4 5 6 7 8; do
		while read -r module _; do
			rmmod "$module" 2>/dev/null
		done </proc/modules
	done
	rm -rf /run/vfio-early /run/phases /etc/driverctl.d
}

# ready STATE: where a measurement begins
ready() {
	release
	[ "$1" = cold ] || /sbin/modprobe vfio-pci
	echo 2 >/proc/sys/vm/drop_caches
	usleep 500000
}

taken() {
	count=0
	for device in $functions; do
		[ "$(link "$devices/$device/driver")" != vfio-pci ] || count=$((count + 1))
	done
	echo "$count"
}

# measure TOOL STATE COMMAND...: the command prints "NANOSECONDS STATUS" last.
measure() {
	tool=$1 state=$2
	shift 2
	ready "$state"
	set -- "$("$@" 2>/tmp/errors | tail -n 1)"
	fact time "$tool" "$state" "$1" "$(taken)"
	[ ! -s /tmp/errors ] || block "errors.$tool.$state" cat /tmp/errors
}

# The words of $functions and $modules are arguments.
# shellcheck disable=SC2086
run_tool() {
	inserts=
	[ "$2" = warm ] || inserts=$modules
	case $1 in
	floor) measure "$@" floor $functions -- $inserts ;;
	floor-packed) measure "$@" floor $functions -- $packed ;;
	floor-process) measure "$@" stopwatch /sbin/floor $functions -- $inserts ;;
	true) measure "$@" stopwatch /sbin/floor ;;
	vfio-early-boot) measure "$@" stopwatch /sbin/vfio-early-boot ;;
	placed) measure "$@" stopwatch /sbin/vfio-early-boot --config /placed.conf ;;
	placed-all) measure "$@" stopwatch --all /sbin/vfio-early-boot --config /placed.conf ;;
	modprobe-ids) measure "$@" stopwatch /sbin/modprobe vfio-pci "ids=$ids" ;;
	script) measure "$@" stopwatch /bin/sh /recipe.sh $functions ;;
	driverctl) measure "$@" stopwatch /bin/sh /driverctl.sh $functions ;;
	phases)
		measure "$@" stopwatch /sbin/vfio-early-phases
		block "phases.$2.$round" cat /run/phases
		;;
	esac
}

# count TOOL COMMAND...: system calls and page faults of a run that loads nothing
count() {
	tool=$1
	shift
	ready warm
	# shellcheck disable=SC2046 # three numbers
	fact counts "$tool" $(counts /sbin/vfio-early-boot "$@" 2>/dev/null) "$(taken)"
}

echo 'file drivers/base/dd.c -p' >/proc/dynamic_debug/control
set -- "$devices"/*
fact functions $#
round=0
while [ "$round" -lt "$rounds" ]; do
	for pair in $tools; do
		run_tool "${pair%:*}" "${pair#*:}"
	done
	round=$((round + 1))
done
count vfio-early-boot
count placed --config /placed.conf
