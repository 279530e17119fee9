# SPDX-License-Identifier: GPL-2.0-or-later
"""Every command that a remedy prints, and the proof that the tool has this command.

A row is the command as the sources have it, and its proof: a test that runs it with the real
tool (the file that does, and words of it), or the manual or source whose words were compared.
A command without a row is a failure, and so is a row whose command no remedy prints, or whose test is gone.
Commands of this program are compared with its manual by tests/companion.
"""
import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parents[2]
ROOMS = ("read", "plan", "image", "survey", "check", "guest", "companion")
INITRD, LOADERS = "tests/initrd/run", "tests/distro/guest/loaders"
MKINITCPIO, DRACUT = "mkinitcpio(8) of mkinitcpio 41", "dracut(8) of dracut-ng, 2026-05"
OSTREE, KERNELSTUB = "rpm-ostree(1) of rpm-ostree 2026", "kernelstub --help of kernelstub 3.1"
SDBOOTUTIL, ZBM = "sdbootutil --help, 2026-08", "zfsbootmenu(7) of ZFSBootMenu, 2026-08"
# Limine's tools have their manual where it could not be read; these are documents of those who ship them.
LIMINE = "tldr-pages 2026, limine; scripts of Omarchy, 2026-07, which ships limine-mkinitcpio-hook"
QM, PVESH = "qm(1) of pve-docs, 2026-04, qm set <vmid>", "pvesh(1) of pve-docs, 2026-04, get <api_path>"
ZFS, XL = "zfs-set(8) of OpenZFS 2.1; user properties: zfsprops(7)", "xl(1) of Xen 4.17"
SNAPSHOT = "transactional-update(8) and --help: --continue, or a call drops what an earlier one did"
FOR_ALL = r'for k in /boot/vmlinuz-*; do kernel-install add \"${k#*-}\" \"$k\"; done'

# (command, proof)
ROWS = [
    # initramfs images
    ("update-initramfs -u -k {release}", (INITRD, "update-initramfs -u -k RELEASE")),
    ("update-initramfs -u -k all", (INITRD, "update-initramfs -u -k all")),
    ("dracut --force {file} {release}", (INITRD, "dracut --force /boot/initrd.img-RELEASE RELEASE")),
    ("dracut --force --uefi {file} {release}", f"{DRACUT}: --uefi; [image [kernel version]]"),
    ("dracut --force --regenerate-all", f"{DRACUT}: --regenerate-all"),
    ("mkinitcpio -P", f"{MKINITCPIO}: -P, all presets of /etc/mkinitcpio.d"),
    ("mkinitcpio -k {release} -U {file}", f"{MKINITCPIO}: -k, -U"),
    ("mkinitcpio -k {release} -g {file}", f"{MKINITCPIO}: -k, -g"),
    ("kernel-install add {release} {kernel}", (INITRD, "kernel-install add RELEASE /boot/vmlinuz-RELEASE")),
    ("sdbootutil mkinitrd", f"{SDBOOTUTIL}: mkinitrd, of all kernels"),
    ("rpm-ostree initramfs --enable", f"{OSTREE}: initramfs --enable; --arg, without which "
     "it is refused when it is enabled (InitramfsStateTransaction)"),
    ("limine-mkinitcpio", f"{LIMINE}: image and entry; without an argument of all kernels"),
    ("dracut-rebuild", "eos-dracut and kernel-install-for-dracut of EndeavourOS: no argument"),
    (", then kernelstub", f"{KERNELSTUB}: without options it copies kernel and image to the ESP"),
    ("proxmox-boot-tool refresh", "proxmox-boot-tool help of proxmox-kernel-helper 8: refresh"),
    # the kernel command line
    ("rpm-ostree kargs --append-if-missing=@", f"{OSTREE}: kargs --append-if-missing"),
    ("rpm-ostree kargs --delete-if-present=@", f"{OSTREE}: kargs --delete-if-present"),
    ("nixos-rebuild boot", "nixos-rebuild(8) of nixos-rebuild-ng: boot"),
    ("nixos-rebuild boot --flake", "nixos-rebuild(8) of nixos-rebuild-ng: --flake flake-uri"),
    (r'zfs set org.zfsbootmenu:commandline=\"... @\" %s', f"{ZBM}; {ZFS}: set property=value"),
    (r'zfs set org.zfsbootmenu:commandline=\"...\" %s', f"{ZBM}; {ZFS}: set property=value"),
    ("zfs get org.zfsbootmenu:commandline", f"{ZBM}; {ZFS}: get property"),
    ("kernel-install add-all", "kernel-install(8) of systemd 256 and 259: add-all"),
    (FOR_ALL, (INITRD, "for k in /boot/vmlinuz-*; do kernel-install add")),
    ("sdboot-manage gen", "sdboot-manage of systemd-boot-manager, 2022: gen, REMOVE_EXISTING, OVERWRITE_EXISTING; "
     "CachyOS wiki, Boot Manager Configuration: LINUX_OPTIONS"),
    ("transactional-update --continue initrd", f"{SNAPSHOT}: initrd"),
    ("transactional-update --continue grub.cfg", f"{SNAPSHOT}: grub.cfg"),
    ("sdbootutil update-all-entries", f"{SDBOOTUTIL}: from /etc/kernel/cmdline"),
    ("grubby --update-kernel=ALL --args=@", "grubby(8), grubby-bls of Fedora: --update-kernel, --args"),
    ("grubby --update-kernel=ALL --remove-args=@", "grubby(8), grubby-bls of Fedora: --remove-args"),
    ("update-grub", (LOADERS, "tool update-grub")),
    ("grub-mkconfig", "grub-mkconfig(8) of GRUB 2.06: -o, --output=FILE"),
    ("grub2-mkconfig", "GNU GRUB manual, Invoking grub-mkconfig: -o file; Fedora and openSUSE name it so"),
    ("kernelstub -a @", f"{KERNELSTUB}: -a, --add-options"),
    ("kernelstub -d @", f"{KERNELSTUB}: -d, --delete-options"),
    ("limine-dracut", "ArchWiki, dracut, Limine boot loader support: limine-dracut-support; likewise"),
    ("limine-update", f"{LIMINE}: entries of all kernels anew, and the boot loader itself"),
    # entries of a boot loader
    (r'mv \"/%s\" \"/%.*s+1%s\"', (LOADERS, 'tool sh -c "$advised"')),
    ("bootctl list", (LOADERS, "tool bootctl list")),
    ("bootctl set-oneshot", (LOADERS, 'tool sh -c "$unended"')),
    ("bootctl set-default", "bootctl(1) of systemd 257: set-default ID"),
    ("grub-reboot", (LOADERS, "grub-reboot")),
    ("systemctl reboot --boot-loader-entry=ID", "systemctl(1) of systemd 252: --boot-loader-entry="),
    ("kernel-install add for each kernel", (LOADERS, "tool kernel-install")),
    # modules, devices and services
    ("depmod %s", (INITRD, "depmod RELEASE")),
    ("run depmod -a", "depmod(8) of kmod 30: -a"),
    ("modprobe -a vfio-pci vfio_iommu_type1", "modprobe(8) of kmod 30: -a; without it the second "
     "word is a parameter of the first"),
    ("modprobe vfio_iommu_type1", "modprobe(8) of kmod 30: modulename"),
    ("modprobe iommufd", "modprobe(8) of kmod 30: modulename"),
    ("envycontrol --switch hybrid", "README of EnvyControl: --switch MODE in all versions, -s in version 3 alone"),
    ("xl pci-assignable-add", f"{XL}: pci-assignable-add [-n NAME] BDF"),
    ("xl dmesg", f"{XL}: dmesg"),
    ("journalctl -k -b", "journalctl(1) of systemd 252: -k, -b"),
    ("usermod -aG %s %s", "usermod(8) of shadow 4.13: -a, -G group login"),
    ("systemctl status libvirtd.socket virtqemud.socket", "systemctl(1) of systemd 252: status UNIT..."),
    ("systemctl enable --now libvirtd.socket", "systemctl(1) of systemd 252: enable --now"),
    ("systemctl enable vfio-early-guest@NAME.service", "systemctl(1) of systemd 252: enable"),
    ("systemctl edit %s", "systemctl(1) of systemd 252: edit UNIT"),
    ("systemctl set-property --runtime %s AllowedCPUs=%s", "systemctl(1), systemd.resource-control(5)"),
    # guests
    ("virsh net-start default", "virsh(1) of libvirt 9.0: net-start network"),
    ("virsh net-autostart default", "virsh(1) of libvirt 9.0: net-autostart network"),
    ("virsh dumpxml NAME", "virsh(1) of libvirt 9.0: dumpxml domain"),
    ("qm set %s --sockets 1 --cores %u --affinity %s", f"{QM}: --sockets, --cores, --affinity, as 0,5,8-11"),
    ("qm set %s --hostpci%u", f"{QM}: --hostpci[n]"),
    ("qm set %s --cpu host", f"{QM}: --cpu [cputype=]host; qm(1), CPU Type"),
    ("qm set %s --balloon 0", f"{QM}: --balloon, 0 disables it"),
    ("qm set %s --vga none", f"{QM}: --vga; qm.conf(5): type none"),
    ("pvesh get /cluster/mapping/pci/%s", f"{PVESH}; the path: API2/Cluster/Mapping/PCI.pm of pve-manager"),
    ("taskset -acp %s", "taskset(1) of util-linux 2.38: -a, -c, -p list pid"),
    (r'taskset -cp \"$2\"', "taskset(1) of util-linux 2.38: -c, -p list pid"),
]

# What names a tool and is no command to be typed: recipes that are looked for, kinds, prose
MENTIONS = (
    "modprobe -r", "modprobe --remove", "dracut force_drivers", "mkinitcpio MODULES",
    "`vfio-early --make-cpio`", "rmmod vfio", "system76-power is in", "booster has no hook",
    "bootctl set-oneshot)", "bootctl set-default)", "envycontrol and supergfxctl",
    "Where kernel-install writes", "-o %.80s", "driverctl binds", "calls virsh, ",
)
STRING = r'"(?:[^"\\\n]|\\.)*"'
LITERAL = re.compile(rf"{STRING}(?:\s*{STRING})*")
TOOLS = {"mokutil", "udevadm", "sysctl", "supergfxctl", "driverctl", "efibootmgr", "dpkg-reconfigure",
         "apt", "dnf", "pacman", "zypper", "transactional-update", "ukify", "booster", "dmesg", "rmmod",
         "nvidia-smi", "system76-power", "refind-install", "mkrlconf", "reinstall-kernels"}


def literals(path):
    """The strings of a C file, those beside each other joined, as they are written."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    for found in LITERAL.finditer(text):
        yield "".join(part[1:-1] for part in re.findall(STRING, found[0]))


def table_commands():
    """What the two tables print as a command, whatever it looks like."""
    generator = (TOP / "src/image/generator.c").read_text()
    macro = re.search(r"#define KERNEL_INSTALL (\".*\")", generator)[1]
    generator = generator.replace("KERNEL_INSTALL }", macro + " }")
    rebuild = "".join(re.findall(r"\.rebuild = \{(.*?\}) \}", generator, flags=re.S))
    for row in re.finditer(rf"\{{\s*(?:NULL|{STRING}),\s*(?:NULL|{STRING}),\s*({STRING}(?:\s*{STRING})*)\s*\}}",
                           rebuild):
        yield "".join(part[1:-1] for part in re.findall(STRING, row[1]))
    loader = (TOP / "src/survey/bootloader.c").read_text()
    for row in re.finditer(rf"(?:\.(?:command|add|remove) = |SET\(bootloader->command,\s*|\] = )({STRING})", loader):
        if "[BOOTLOADER_" not in loader[row.start() - 30:row.start() + 1]:
            yield row[1][1:-1]


def wrong():
    """What is not as it should be, line by line."""
    commands = sorted((command for command, _ in ROWS), key=len, reverse=True)
    tools = TOOLS | {command.split()[0] for command in commands if command != FOR_ALL} - {",", "run"}
    typed = re.compile(rf"(?<![\w/.{{*-])(?:{'|'.join(map(re.escape, sorted(tools)))})(?= [-%{{\w/@$\\])")
    unused, lines = set(commands), []
    for room in ROOMS:
        for path in sorted((TOP / "src" / room).glob("*.c")):
            for text in literals(path):
                unused -= {command for command in commands if command in text}
                for known in (*commands, *MENTIONS):
                    text = text.replace(known, "\n")
                lines += [f"{path.name}: no row for a command of {text!r}" for _ in typed.findall(text)]
    lines += [f"nothing prints {command!r}" for command in sorted(unused)]
    lines += [f"a table prints {command!r}, which has no row" for command in table_commands()
              if not command.startswith("vfio-early ") and not any(
                  command.startswith(known) or command == known for known in commands)]
    return lines + [f"{command!r}: {proof[0]} does not have {proof[1]!r}" for command, proof in ROWS
                    if isinstance(proof, tuple) and proof[1] not in (TOP / proof[0]).read_text()]
