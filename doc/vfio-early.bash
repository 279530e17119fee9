# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion of vfio-early(8)

_vfio_early()
{
	local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}

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
	esac
	mapfile -t COMPREPLY < <(compgen -W '--report --plan --check --prove --groups --make-cpio
		--kernel --tree --journal --suggest
		--from-ids --explain --capture --prometheus
		--json --config --sysroot --help --version' -- "$word")
}

complete -F _vfio_early vfio-early
