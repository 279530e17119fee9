# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine with two cards, and the boot in which both are reserved."""

import vm

QXL, XHCI = "0000:01:00.0", "0000:01:00.1"      # one vendor (1b36): display and USB
RADEON, HDA = "0000:02:00.0", "0000:02:00.1"    # two vendors: display and sound
HOST = "0000:00:02.0"                           # the display that the host keeps
CARDS = (QXL, XHCI, RADEON, HDA)
HOST_DRIVERS = {QXL: "qxl", XHCI: "xhci_hcd", RADEON: "radeon", HDA: "snd_hda_intel"}

TWO_CARDS = [*vm.HOST_DISPLAY, *vm.port(1, "qxl", "qemu-xhci"),
             *vm.port(2, "ati-vga,model=rv100", "ich9-intel-hda")]

# One target by an id, which brings the companion of the same vendor along; one as
# people copy it from vfio-pci.ids=.
TWO_TARGETS = """
[target qxl]
id = 1b36:0100

[target radeon]
ids = 1002:5159, 8086:293e
"""
CONFIG = "/etc/vfio-early.conf"

SUFFIXES = {"5.10": ".ko", "6.1": ".ko"}        # as Debian ships them; later: .ko.xz

# The adversary: what udev loads on the real root, and the host drivers by force.
ADVERSARY = """
coldplug
force "$(first_module bochs bochs-drm)" qxl radeon snd_hda_intel xhci_pci
state end
"""


def reserving(name, kernel, suffix, files, **machine):
    """The boot in which the program runs, the adversary tries, and the kernel is asked."""
    script = """
state before
watch
reserve main
watched main
block vfio vfio_modules
state after
""" + ADVERSARY + f"""
block loaded cat /proc/modules
prove {QXL}
prove {RADEON}
capture
"""
    return vm.Boot(name, script, TWO_CARDS, kernel=kernel, suffix=suffix, files=files,
                   **machine)
