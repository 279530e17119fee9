# SPDX-License-Identifier: GPL-2.0-or-later
"""A virtual machine inside the emulated machine, which gets the reserved card.

Its QEMU is started with exactly what `vfio-early --hostdev` printed there. Its firmware drives the
card: its messages are on its own serial port, and its picture is on the card's screen, which the
outer QEMU shows (screendump).
"""

import pathlib
import shutil
import socket
import tempfile
import time

import vm
import rom                                              # its place is told by vm

QEMU = "/usr/bin/qemu-system-x86_64"
ACCEL = "/usr/lib/x86_64-linux-gnu/qemu/accel-tcg-x86_64.so"
FIRMWARE = ("/usr/share/seabios/bios-256k.bin", "/usr/share/qemu/kvmvapic.bin", vm.OVMF_CODE,
            vm.OVMF_VARS)
SCREEN = "secondary-vga"        # the firmware's driver needs no legacy VGA for it
TARGET = """
[target screen]
ids = 1234:1111, 8086:293e
address = {}
"""
# The ROM of the card's sound, which has none of its own, in ACPI's table
VFCT = rom.vfct(("0000:01:00.1", "8086:293e", rom.image(rom.UEFI, ids=("8086:293e",))))
# What the innermost machine runs in its UEFI shell
STARTUP = "pci\n"

# Functions for the scenario. The talk is the third serial port: the host answers there.
WORDS = r"""
qemu() {
	exec timeout 400 /usr/bin/qemu-system-x86_64 -nodefaults -display none -machine q35 \
		-accel tcg,tb-size=64 -m 128 "$@" 2>/tmp/level2.errors
}

# until_said FILE TEXT: wait until a file holds a text, or QEMU has ended.
until_said() {
	for _ in $(seq 350); do
		grep -q "$2" "$1" 2>/dev/null && return
		kill -0 $! 2>/dev/null || return
		sleep 1
	done
}

# seabios NAME ARGUMENT...: until its USB driver has started, or its end.
seabios() {
	name=$1
	shift
	rm -f /tmp/debug
	qemu -cpu qemu64,phys-bits=39 -debugcon file:/tmp/debug \
		-global isa-debugcon.iobase=0x402 "$@" &
	until_said /tmp/debug "No bootable device\|Booting from"
	kill $! 2>/dev/null
	wait $! 2>/dev/null
	block "level2.$name" grep "PCI: init\|XHCI" /tmp/debug
	block "errors.$name" cat /tmp/level2.errors
}

# uefi NAME BITS ARGUMENT...: until its shell has listed the functions; the host takes a picture.
uefi() {
	name=$1 bits=$2
	shift 2
	cp /usr/share/OVMF/OVMF_VARS_4M.fd /tmp/vars
	mkdir -p /tmp/disk
	cp /startup.nsh /tmp/disk/
	rm -f /tmp/serial
	qemu -cpu "qemu64,+rdrand,phys-bits=$bits" -serial file:/tmp/serial \
		-drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd \
		-drive if=pflash,format=raw,file=/tmp/vars \
		-drive if=virtio,format=raw,readonly=on,file=fat:/tmp/disk "$@" &
	until_said /tmp/serial "Device 293E"
	sleep 3
	fact picture "$name"
	read -r -t 60 answer </dev/ttyS2
	fact answered "${answer:-nothing}"
	kill $! 2>/dev/null
	wait $! 2>/dev/null
	block "level2.$name" tr -cd '\n\040-\176' </tmp/serial
	block "errors.$name" cat /tmp/level2.errors
}

# mapped NAME BITS ARGUMENT...: UEFI until QEMU complains of a mapping, or lists the functions.
mapped() {
	name=$1 bits=$2
	shift 2
	cp /usr/share/OVMF/OVMF_VARS_4M.fd /tmp/vars
	rm -f /tmp/level2.errors
	qemu -cpu "qemu64,+rdrand,phys-bits=$bits" \
		-drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd \
		-drive if=pflash,format=raw,file=/tmp/vars "$@" &
	until_said /tmp/level2.errors dma_map
	kill $! 2>/dev/null
	wait $! 2>/dev/null
	block "errors.$name" cat /tmp/level2.errors
}
"""


def missing():
    """What the host lacks for it, as sentences."""
    return [f"{path} is not there (tools/deps demo)" for path in (QEMU, ACCEL, *FIRMWARE)
            if not pathlib.Path(path).exists()]


def programs():
    """QEMU, its firmware and the companion, with their libraries."""
    files = [QEMU, ACCEL, *FIRMWARE]
    found = {path.lstrip("/"): path for path in files if pathlib.Path(path).exists()}
    if vm.COMPANION.exists():
        found["bin/vfio-early"] = vm.COMPANION
    for program in (QEMU, ACCEL, vm.COMPANION):
        if pathlib.Path(program).exists():
            found |= {name.lstrip("/"): name for name in vm.libraries(program)}
    return found


class Talk:
    """The outer QEMU's monitor, and a serial port on which the guest is answered."""

    def __init__(self):
        self.folder, self.pictures, self.asked = None, {}, set()

    def begin(self):
        """Words for the outer QEMU; its port follows the two that vm.command() makes."""
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="level2-"))
        (self.folder / "vfct").write_bytes(VFCT)
        return ["-acpitable", f"file={self.folder}/vfct",
                "-monitor", f"unix:{self.folder}/monitor,server=on,wait=off",
                "-serial", f"unix:{self.folder}/talk,server=on,wait=off"]

    def __call__(self, text):
        """What the guest has said so far: take the pictures that it asks for."""
        facts, _ = vm.parse(text[:text.rfind("\n") + 1])
        for words in facts:
            if words[0] == "picture" and words[1] not in self.asked:
                self.asked.add(words[1])
                self.pictures[words[1]] = (self.picture("ppm"), self.picture("png"))
                self.answer("seen")

    def connect(self, name):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(30)
        line.connect(str(self.folder / name))
        return line

    def picture(self, kind, device="screen"):
        """Bytes of the picture on a screen, as PNG or PPM; empty when there is none."""
        path = self.folder / f"picture.{kind}"
        with self.connect("monitor") as line:
            line.sendall(f"screendump {path} -f {kind} {device}\n".encode())
            before = -1
            for _ in range(100):
                time.sleep(0.2)
                data = path.read_bytes() if path.exists() else b""
                if data and len(data) == before:
                    return data
                before = len(data)
        return b""

    def answer(self, word):
        with self.connect("talk") as line:
            line.sendall(word.encode() + b"\n")
            time.sleep(1)

    def done(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def lit(picture):
    """How many pixels of a PPM (P6) are not black, and how many there are."""
    head, _, raster = picture.partition(b"\n255\n")
    if not head.startswith(b"P6"):
        return 0, 0
    return sum(1 for at in range(0, len(raster), 3) if any(raster[at:at + 3])), len(raster) // 3
