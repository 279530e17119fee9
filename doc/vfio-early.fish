# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion of vfio-early(8)

function __vfio_early_addresses
    command ls /sys/bus/pci/devices 2>/dev/null
end

function __vfio_early_codes
    vfio-early --explain 2>/dev/null | string match -rg '^([a-z][a-z0-9-]*)  '
end

function __vfio_early_guests
    command ls /etc/libvirt/qemu /etc/pve/qemu-server 2>/dev/null | string match -rg '^(.*)\.(?:xml|conf)$'
end

function __vfio_early_targets
    string match -rg '^\[target (.*)\]$' </etc/vfio-early.conf 2>/dev/null
end

# Words for the options whose argument can be left out
function __vfio_early_after
    test (commandline -opc)[-1] = $argv[1]
end

complete -c vfio-early -f
complete -c vfio-early -l report -d 'What vfio-early-boot did at this boot'
complete -c vfio-early -l journal -d 'With --report: write it to the journal'
complete -c vfio-early -l prometheus -d 'With --report: write it as metrics'
complete -c vfio-early -l plan -d 'What it would do now'
complete -c vfio-early -l check -d 'Will the next boot reserve the cards?'
complete -c vfio-early -l prove -d 'With --check: ask the kernel about the groups'
complete -c vfio-early -l guest -rFa '(__vfio_early_guests)' -d 'Will this virtual machine get its card?'
complete -c vfio-early -l hostdev -xa '(__vfio_early_targets)' -d 'The lines that give a card to a virtual machine'
complete -c vfio-early -l groups -d 'All PCI functions by IOMMU group'
complete -c vfio-early -l tree -d 'With --groups: draw the bridges'
complete -c vfio-early -l suggest -d 'The GPUs, or a target for the config'
complete -c vfio-early -n '__vfio_early_after --suggest' -a '(__vfio_early_addresses)'
complete -c vfio-early -l from-ids -x -d 'With --suggest: the list of vfio-pci.ids='
complete -c vfio-early -l explain -d 'A reason, a finding or an address'
complete -c vfio-early -n '__vfio_early_after --explain' -a '(__vfio_early_addresses; __vfio_early_codes)'
complete -c vfio-early -l capture -rF -d 'Write an archive of what is read here'
complete -c vfio-early -l make-cpio -rF -d 'Write an initramfs to load beside another'
complete -c vfio-early -l kernel -xa '(command ls /lib/modules)' -d 'With --make-cpio: release of the kernel'
complete -c vfio-early -l json -d 'Write JSON'
complete -c vfio-early -l config -rF -d 'Read this file'
complete -c vfio-early -l sysroot -xa '(__fish_complete_directories)' -d 'The machine below this directory'
complete -c vfio-early -l help -d 'Show the options'
complete -c vfio-early -l version -d 'Show the version'
