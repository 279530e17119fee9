#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dracut module: adds vfio-early to the image, to run before anything loads drivers.
# The number in the directory's name only orders the installation; at boot the unit's Before=
# lines, or the hook's priority, make the program run first.
# shellcheck disable=SC2154 # dracut sets moddir, initdir, systemdsystemunitdir

# Sets $_image to what the program prints about the config; the status is that of --image.
_vfio_early_image() {
	_image=$("${dracutsysrootdir-}/usr/lib/vfio-early/vfio-early-boot" --image dracut \
		${dracutsysrootdir:+--sysroot "$dracutsysrootdir"})
}

# A rescue or crash kernel has to see the machine as it is.
_vfio_early_unwanted() {
	[[ ${IN_KDUMP-} ]] && return 0
	[[ " ${add_dracutmodules-} ${force_add_dracutmodules-} " =~ \ (rescue|kdump|kdumpbase)\  ]]
}

check() {
	local _image _status=0

	# dracut also asks for each file system; this module belongs to none.
	[[ ${mount_needs-} ]] && return 1
	[[ -x ${dracutsysrootdir-}/usr/lib/vfio-early/vfio-early-boot ]] || return 1
	_vfio_early_unwanted && return 255
	# install() reports an error in the config, once.
	_vfio_early_image 2> /dev/null || _status=$?
	[[ $_status == 1 ]] && return 255
	return 0
}

depends() {
	return 0
}

installkernel() {
	local _image _modules

	_vfio_early_image 2> /dev/null
	_modules=$(sed -n 's/^modules = //p' <<< "$_image")
	# They are not loaded while the image is built, so hostonly would leave them out. instmods
	# installs those that this kernel has: some are built in or do not exist.
	# shellcheck disable=SC2086 # a list
	hostonly='' instmods $_modules
}

# A separate unit: in a systemd initrd even the first hook runs after systemd-modules-load.
_vfio_early_unit() {
	local _unit="$systemdsystemunitdir/vfio-early.service"
	local _wants="$systemdsystemunitdir/sysinit.target.wants"

	# systemctl would fail silently if dracut's own systemd module is installed later.
	inst_simple "$_unit" && mkdir -p "${initdir}$_wants" \
		&& ln -sfn ../vfio-early.service "${initdir}$_wants/vfio-early.service"
	[[ -e ${initdir}$_wants/vfio-early.service ]] && return 0
	dfatal "vfio-early: $_unit is not in the image: no card would be reserved"
	return 1
}

# Half a file, or none, would decide something else at boot.
_vfio_early_lost() {
	dfatal "vfio-early: $1 could not be put into the image"
	return 1
}

install() {
	local _image _host _file _to _status=0 _root=${dracutsysrootdir-}

	# An error in the config is printed on stderr. The image is built anyway.
	_vfio_early_image || _status=$?
	if [[ -z $_image ]]; then
		dfatal "vfio-early: /usr/lib/vfio-early/vfio-early-boot does not run"
		return 1
	fi
	# 1: no config. Then the module was asked for by name, for vfio_early.target=.
	[[ $_status == 0 || $_status == 1 ]] \
		|| derror "vfio-early: with this error in the config, nothing will be reserved at boot"
	inst_simple /usr/lib/vfio-early/vfio-early-boot || return 1
	for _file in "$_root"/etc/vfio-early.conf "$_root"/etc/vfio-early.conf.d/*.conf; do
		if [[ -e $_file ]]; then
			inst_simple "${_file#"$_root"}" || _vfio_early_lost "$_file" || return 1
		elif [[ -L $_file ]]; then
			# A dangling link is copied, so that the boot reports it as an error, too.
			_to=$initdir${_file#"$_root"}
			{ mkdir -p "${_to%/*}" && cp -P "$_file" "$_to"; } || _vfio_early_lost "$_file" || return 1
		fi
	done
	mkdir -p "${initdir}/etc"
	printf '%s\n' "$_image" > "${initdir}/etc/vfio-early.image" \
		|| _vfio_early_lost /etc/vfio-early.image || return 1
	# Facts that only the running host knows; status 1: some are missing.
	_host=$("$_root/usr/bin/vfio-early" --record-host ${_root:+--sysroot "$_root"} \
		2> /dev/null)
	if [[ $_host ]]; then
		printf '%s\n' "$_host" > "${initdir}/etc/vfio-early.host" \
			|| _vfio_early_lost /etc/vfio-early.host || return 1
		chmod 644 "${initdir}/etc/vfio-early.host"
	fi
	# A generic image has no /etc/modprobe.d, but the modules above need their options.
	for _file in "$_root"/etc/modprobe.d/*.conf; do
		grep -qsE '^[[:space:]]*[a-z]+[[:space:]]+"?(vfio|irqbypass)' "$_file" \
			&& inst_simple "${_file#"$_root"}"
	done
	inst_rules 61-vfio-early.rules
	if dracut_module_included "systemd"; then
		_vfio_early_unit || return 1
	else
		# 00: before rd.driver.pre and force_drivers, which are in this hook as 01.
		inst_hook cmdline 00 "$moddir/vfio-early.sh"
	fi
	return 0
}
