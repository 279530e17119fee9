# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion of vfio-early(8). What can be typed comes from the program itself: lines of
# mode (empty: a mode, or for all), option, value, help.

_vfio_early_values()
{
	case $1 in
	FILE)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		compopt -o filenames 2>/dev/null
		;;
	DIR)
		mapfile -t COMPREPLY < <(compgen -d -- "$word")
		compopt -o filenames 2>/dev/null
		;;
	RELEASE)
		mapfile -t COMPREPLY < <(cd /lib/modules 2>/dev/null && compgen -d -- "$word")
		compopt -o filenames 2>/dev/null
		;;
	'[ADDRESS]' | ADDRESS) more=$addresses ;;
	'[WHAT]') more=$addresses$'\n'$(vfio-early --explain 2>/dev/null |
		sed -n 's/^\([a-z][a-z0-9-]*\)  .*/\1/p' | sort -u) ;;
	*GUEST*)
		more=$(for line in /etc/libvirt/qemu/*.xml /etc/pve/qemu-server/*.conf; do
			[ ! -e "$line" ] || printf '%s\n' "$(basename "${line%.*}")"
		done)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		;;
	TARGET) more=$(sed -n 's/^\[target \(.*\)\].*/\1/p' /etc/vfio-early.conf \
		/etc/vfio-early.conf.d/*.conf 2>/dev/null) ;;
	esac
}

# Those of the lines that fit, quoted. They are names from outside: compgen -W would expand
# them, and run what stands in $(...).
_vfio_early_offer()
{
	local name quoted

	COMPREPLY=()
	while IFS= read -r name; do
		printf -v quoted %q "$name"
		[[ -n $name && ($name == "$word"* || $quoted == "$word"*) ]] && COMPREPLY+=("$quoted")
	done <<<"$1"
}

_vfio_early()
{
	local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} line head
	local mode="" option value chosen="" words="" more="" addresses

	# readline breaks words at the colons of an address: take the line as it was typed
	if [ -n "${COMP_LINE-}" ]; then
		line=${COMP_LINE:0:COMP_POINT}
		word=${line##* }
		previous=${line% *}
		previous=${previous##* }
	fi
	addresses=$(ls /sys/bus/pci/devices 2>/dev/null)
	COMPREPLY=()
	while IFS=$'\x1f' read -r mode option value _; do
		[ -n "$mode" ] || case " ${line-${COMP_WORDS[*]}} " in
		*" $option "*) chosen=$option ;;
		esac
		[ "$option" != "$previous" ] || _vfio_early_values "$value"
		[ "$option" != "$previous" ] || [ -z "$value" ] || [ "${value#\[}" != "$value" ] ||
			words=none
	done < <(vfio-early --complete 2>/dev/null | tr '\t' '\037')
	[ -n "${COMPREPLY[*]}" ] || [ "$words" = none ] && [ -z "$more" ] && return
	if [ "$words" != none ]; then
		words=$(vfio-early --complete 2>/dev/null | tr '\t' '\037' |
			while IFS=$'\x1f' read -r mode option _; do
				[ "$mode" = "$chosen" ] || [ -z "$chosen" ] && echo "$option"
			done | awk "!seen[\$0]++")
	else
		words=
	fi
	_vfio_early_offer "$words"$'\n'"$more"
	# what stands before the last colon is there already
	head=${word%"${word##*:}"}
	case $COMP_WORDBREAKS in
	*:*) COMPREPLY=("${COMPREPLY[@]#"$head"}") ;;
	esac
}

complete -F _vfio_early vfio-early
