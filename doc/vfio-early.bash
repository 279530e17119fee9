# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion of vfio-early(8)

_vfio_early()
{
	local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} line head
	local codes addresses

	# readline breaks words at the colons of an address: take the line as it was typed
	if [ -n "${COMP_LINE-}" ]; then
		line=${COMP_LINE:0:COMP_POINT}
		word=${line##* }
		previous=${line% *}
		previous=${previous##* }
	fi
	addresses=$(ls /sys/bus/pci/devices 2>/dev/null)
	COMPREPLY=()
	case $previous in
	--config | --make-cpio | --capture)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		compopt -o filenames 2>/dev/null
		return
		;;
	--kernel)
		mapfile -t COMPREPLY < <(cd /lib/modules 2>/dev/null && compgen -d -- "$word")
		return
		;;
	--sysroot)
		mapfile -t COMPREPLY < <(compgen -d -- "$word")
		compopt -o filenames 2>/dev/null
		return
		;;
	--from-ids)
		return
		;;
	--guest)
		addresses=$(cd /etc/libvirt/qemu 2>/dev/null && printf '%s\n' *.xml | sed 's/\.xml$//'
			cd /etc/pve/qemu-server 2>/dev/null && printf '%s\n' *.conf | sed 's/\.conf$//')
		mapfile -t COMPREPLY < <(compgen -W "$addresses" -- "$word"; compgen -f -- "$word")
		;;
	--hostdev)
		codes=$(sed -n 's/^\[target \(.*\)\]$/\1/p' /etc/vfio-early.conf \
			/etc/vfio-early.conf.d/*.conf 2>/dev/null)
		mapfile -t COMPREPLY < <(compgen -W "$codes" -- "$word")
		;;
	--suggest)
		mapfile -t COMPREPLY < <(compgen -W "$addresses --from-ids --json --sysroot" -- "$word")
		;;
	--explain)
		codes=$(vfio-early --explain 2>/dev/null | sed -n 's/^\([a-z][a-z0-9-]*\)  .*/\1/p' | sort -u)
		mapfile -t COMPREPLY < <(compgen -W "$addresses $codes --json --config --sysroot" \
			-- "$word")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -W '--report --plan --check --prove --guest --hostdev --groups
			--make-cpio --kernel --tree --journal --suggest --from-ids --explain --capture
			--prometheus --json --config --sysroot --help --version' -- "$word")
		;;
	esac
	# what stands before the last colon is there already
	head=${word%"${word##*:}"}
	case $COMP_WORDBREAKS in
	*:*) COMPREPLY=("${COMPREPLY[@]#"$head"}") ;;
	esac
}

complete -F _vfio_early vfio-early
