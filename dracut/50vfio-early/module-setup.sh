#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dracut module: put vfio-early into the image, in front of everything that loads drivers.
# The number in the directory's name is only the order of installation: at boot the unit's
# Before= lines, or the hook's priority, put us first.
# shellcheck disable=SC2154 # dracut sets moddir, initdir, systemdsystemunitdir

# What the program says about the config: sets $_image; status as --image documents it.
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

	# dracut asks again for each file system; we belong to none.
	[[ ${mount_needs-} ]] && return 1
	[[ -x ${dracutsysrootdir-}/usr/lib/vfio-early/vfio-early-boot ]] || return 1
	_vfio_early_unwanted && return 255
	# An error in the config is said once, by install().
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
	# None of them is loaded while the image is built, so hostonly would leave them out.
	# instmods takes what this kernel has: some of these are built in or do not exist.
	# shellcheck disable=SC2086 # a list
	hostonly='' instmods $_modules
}

# A unit of our own: in a systemd initrd even the first hook runs after modules-load.
_vfio_early_unit() {
	local _unit="$systemdsystemunitdir/vfio-early.service"
	local _wants="$systemdsystemunitdir/sysinit.target.wants"

	# Not by systemctl: it fails without a word when systemd's own module comes later.
	inst_simple "$_unit" && mkdir -p "${initdir}$_wants" \
		&& ln -sfn ../vfio-early.service "${initdir}$_wants/vfio-early.service"
	[[ -e ${initdir}$_wants/vfio-early.service ]] && return 0
	dfatal "vfio-early: $_unit did not get into the image: no card would be reserved"
	return 1
}

install() {
	local _image _host _file _to _status=0 _root=${dracutsysrootdir-}

	# On stderr: an error in the config, in full. The image is built all the same.
	_vfio_early_image || _status=$?
	if [[ -z $_image ]]; then
		dfatal "vfio-early: /usr/lib/vfio-early/vfio-early-boot does not run"
		return 1
	fi
	# 1: no config. Whoever names the module has vfio_early.target= on the command line.
	[[ $_status == 0 || $_status == 1 ]] \
		|| derror "vfio-early: with this error in the config nothing will be reserved at boot"
	inst_simple /usr/lib/vfio-early/vfio-early-boot || return 1
	for _file in "$_root"/etc/vfio-early.conf "$_root"/etc/vfio-early.conf.d/*.conf; do
		if [[ -e $_file ]]; then
			inst_simple "${_file#"$_root"}"
		elif [[ -L $_file ]]; then
			# A link to nothing is an error, at boot as it is here.
			_to=$initdir${_file#"$_root"}
			mkdir -p "${_to%/*}" && cp -P "$_file" "$_to"
		fi
	done
	mkdir -p "${initdir}/etc"
	printf '%s\n' "$_image" > "${initdir}/etc/vfio-early.image"
	# What the running host knows and an image cannot; status 1: not everything.
	_host=$("$_root/usr/bin/vfio-early" --record-host ${_root:+--sysroot "$_root"} \
		2> /dev/null)
	if [[ $_host ]]; then
		printf '%s\n' "$_host" > "${initdir}/etc/vfio-early.host"
		chmod 644 "${initdir}/etc/vfio-early.host"
	fi
	# A generic image has no /etc/modprobe.d; options of the modules above belong to them.
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
