# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion of vfio-early(8). What can be typed comes from the program itself: lines of
# mode (empty: a mode, or for all), option, value, help.

function __vfio_early_options
    set -l typed (commandline -opc)
    set -l table (vfio-early --complete 2>/dev/null)
    set -l chosen
    for line in $table
        set -l part (string split \t -- $line)
        test -z "$part[1]"; and contains -- $part[2] $typed; and set chosen $part[2]
    end
    for line in $table
        set -l part (string split \t -- $line)
        if test -z "$chosen" -o "$part[1]" = "$chosen"
            printf '%s\t%s\n' $part[2] $part[4]
        end
    end
end

function __vfio_early_values
    set -l last (commandline -opc)[-1]
    for line in (vfio-early --complete 2>/dev/null)
        set -l part (string split \t -- $line)
        test "$part[2]" = "$last"; or continue
        switch $part[3]
            case FILE
                __fish_complete_path (commandline -ct)
            case DIR
                __fish_complete_directories (commandline -ct)
            case RELEASE
                command ls /lib/modules 2>/dev/null
            case '*ADDRESS*' '*WHAT*'
                command ls /sys/bus/pci/devices 2>/dev/null
                string match -q '*WHAT*' $part[3]
                and vfio-early --explain 2>/dev/null | string match -rg '^([a-z][a-z0-9-]*)  '
            case '*GUEST*'
                command ls /etc/libvirt/qemu /etc/pve/qemu-server 2>/dev/null | string match -rg '^(.*)\.(?:xml|conf)$'
                __fish_complete_path (commandline -ct)
            case '*TARGET*'
                set -l files /etc/vfio-early.conf /etc/vfio-early.conf.d/*.conf
                cat $files 2>/dev/null | string match -rg '^\[target (.*)\]'
        end
        return
    end
end

complete -c vfio-early -f -a '(__vfio_early_values; __vfio_early_options)'
