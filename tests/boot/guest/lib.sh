# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Words for the scenarios of the boot tests. What the host is to know goes to the
# second serial port, so that kernel messages cannot cut it in two:
#   @@ KEY VALUE          a fact
#   @@< NAME ... @@> NAME a block of text
if [ "$(uname -m)" = aarch64 ]; then
	exec 3>/dev/ttyS0 # the console is the PL011
else
	exec 3>/dev/ttyS1
fi
echo >&3 # UEFI firmware writes there too, without an end of line

devices=/sys/bus/pci/devices
drivers=/sys/bus/pci/drivers

fact() {
	echo "@@ $*" >&3
}

# block NAME COMMAND...: the output of a command, as it is.
block() {
	block_name=$1
	shift
	{
		echo "@@< $block_name"
		"$@"
		echo
		echo "@@> $block_name"
	} >&3 2>&3
}

uptime_seconds() {
	read -r up _ </proc/uptime
	echo "$up"
}

# link FILE: the last part of where a link leads, or - when there is none.
link() {
	if [ -L "$1" ]; then
		to=$(readlink "$1")
		echo "${to##*/}"
	else
		echo -
	fi
}

# state STAGE: who has each PCI function now, and what its override says.
state() {
	fact stage "$1" "$(uptime_seconds)"
	for device in "$devices"/*; do
		read -r vendor <"$device/vendor"
		read -r product <"$device/device"
		read -r class <"$device/class"
		read -r override <"$device/driver_override"
		fact function "$1" "${device##*/}" "${vendor#0x}:${product#0x}" "${class#0x}" \
			"$(link "$device/driver")" "${override:-empty}" \
			"$(link "$device/iommu_group")"
	done
}

# watch: begin to note every write to the attributes that can move a device.
watch() {
	: >/tmp/writes
	set -- "$devices"/*/driver_override "$devices"/*/rescan "$devices"/*/remove \
		"$drivers"/*/bind "$drivers"/*/unbind "$drivers"/*/new_id \
		/sys/bus/pci/drivers_probe /sys/bus/pci/drivers_autoprobe
	write-watch /tmp/writes "$@" >/tmp/watching &
	watcher=$!
	while [ ! -s /tmp/watching ]; do
		kill -0 "$watcher" || break
		usleep 10000
	done
}

# watched NAME: end the watch, hand over what was written to.
watched() {
	usleep 50000
	kill "$watcher"
	wait "$watcher" 2>/dev/null
	block "writes.$1" cat /tmp/writes /tmp/watching
}

# reserve NAME [ARGUMENT...]: run the program as an initramfs would.
reserve() {
	name=$1
	shift
	rm -rf /run/vfio-early
	begin=$(uptime_seconds)
	vfio-early-boot "$@" >/tmp/stdout 2>/tmp/stderr
	fact status "$name" "$?"
	fact ran "$name" "$begin" "$(uptime_seconds)"
	block "stdout.$name" cat /tmp/stdout
	block "stderr.$name" cat /tmp/stderr
	block "kmsg.$name" vfio_early_lines
	if [ -f /run/vfio-early/report.json ]; then
		block "report.$name" cat /run/vfio-early/report.json
	fi
}

# config: write the configuration from standard input.
config() {
	cat >/etc/vfio-early.conf
	chmod 0644 /etc/vfio-early.conf
}

# coldplug: load a module for every modalias, as udev does on the real root.
coldplug() {
	for device in "$devices"/*; do
		read -r modalias <"$device/modalias"
		/sbin/modprobe -b -q -a "$modalias"
	done
	fact coldplug ended
}

# force MODULE...: load host drivers by name, whatever their aliases say.
force() {
	for module; do
		if /sbin/modprobe "$module"; then
			fact forced "$module" loaded
		else
			fact forced "$module" failed
		fi
	done
}

# first_module NAME...: the first of the names that this kernel has.
first_module() {
	for module; do
		if /sbin/modprobe -n -q "$module"; then
			echo "$module"
			return
		fi
	done
}

# prove ADDRESS: ask the kernel whether the group of a function can be used.
prove() {
	group=$(link "$devices/$1/iommu_group")
	block "prove.$1" vfio-prove "$group"
	fact proved "$1" "$group"
}

# map STAGE ADDRESS: the same, and map the function's first BAR.
map() {
	block "map.$1" vfio-prove "$(link "$devices/$2/iommu_group")" "$2"
}

# copy_attributes FOLDER: the small readable files and the links of a sysfs folder. Some
# attributes give an error when they are read; they are left out.
copy_attributes() {
	mkdir -p "/tmp/tree$1"
	set -- "$1" "$1"/*
	folder=$1
	shift
	for file; do
		shift
		case $file in
		*/resource[0-9]* | */rom | */remove | */rescan | */reset) continue ;;
		esac
		if [ -L "$file" ] || [ -f "$file" ]; then
			set -- "$@" "$file"
		fi
	done
	[ $# -eq 0 ] || cp -P "$@" "/tmp/tree$folder/" 2>/dev/null
}

# capture: send a copy of what the programs read, to be used with --sysroot.
capture() {
	for device in "$devices"/*; do
		copy_attributes "$(readlink -f "$device")"
	done
	for folder in "$devices" "$drivers"/* /sys/bus/pci /sys/class/iommu \
		/sys/kernel/iommu_groups/* /sys/kernel/iommu_groups/*/devices \
		/sys/devices/virtual/iommu/* /sys/firmware/acpi/tables /sys/kernel/irq/*; do
		[ ! -d "$folder" ] || copy_attributes "$folder"
	done
	mkdir -p /tmp/tree/proc/self /tmp/tree/proc/sys/kernel/random "/tmp/tree/lib/modules/$(uname -r)"
	cp /proc/cmdline /proc/iomem /proc/interrupts /proc/modules /proc/swaps /tmp/tree/proc/
	cp /proc/self/mountinfo /tmp/tree/proc/self/
	cp /proc/sys/kernel/osrelease /tmp/tree/proc/sys/kernel/
	cp /proc/sys/kernel/random/boot_id /tmp/tree/proc/sys/kernel/random/
	cp /lib/modules/"$(uname -r)"/modules.* "/tmp/tree/lib/modules/$(uname -r)/"
	cp -r /etc /tmp/tree/
	mkdir -p /tmp/tree/run
	[ ! -d /run/vfio-early ] || cp -r /run/vfio-early /tmp/tree/run/
	tar -C /tmp/tree -cz -f /tmp/tree.tgz .
	block tree base64 /tmp/tree.tgz
}

vfio_modules() {
	grep -E '^(vfio|irqbypass)' /proc/modules
}

# bindings: what the driver core says about probing and binding PCI functions.
bindings() {
	dmesg | grep -E 'bound device|probing driver|probe .*failed|probe of ' |
		grep -E 'pci|[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]'
}

vfio_early_lines() {
	dmesg | grep -i 'vfio-early'
}
