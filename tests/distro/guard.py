# SPDX-License-Identifier: GPL-2.0-or-later
"""The first-boot guard by real systemd and logind, in a boot that takes the host's screen.

OVMF boots the image of the suite, with another config appended. A trial that the default target
ends is in the boot trixie-initramfs-tools; fallbacks are in tests/boot.
"""

import dataclasses
import json
import os
import pathlib
import shutil

import images
from images import vm
from cards import CONFIG, HOST, TWO_CARDS
from newc import archive
from record import Record
from suite import Group

HERE = pathlib.Path(__file__).resolve().parent
LIMIT = int(os.environ.get("BOOT_LIMIT", "900"))
SCREEN = images.TWO_TARGETS + f"\n[target screen]\naddress = {HOST}\nboot-display = allow\n"


@dataclasses.dataclass(frozen=True)
class Guard:
    """The boot, with a root of this suite."""
    name: str
    suite: str = "trixie"


GUARDS = [Guard("guard-login")]


def disk(folder):
    """/boot: the witness alone."""
    witness = folder / "boot/witness"
    images.write(witness / "lib.sh", (images.TOP / "tests/boot/guest/lib.sh").read_text())
    images.write(witness / "witness", (HERE / "guest/guard").read_text(), 0o755)
    images.write(witness / "vfio-early.conf", SCREEN)
    images.run("mke2fs", "-q", "-t", "ext4", "-L", "boot", "-d", folder / "boot",
               folder / "boot.img", "8M")
    shutil.rmtree(folder / "boot")


def command(folder, root, line, firmware):
    """The words that start QEMU; the kernel looks for an archive at multiples of four."""
    image = (root / "initrd.initramfs-tools").read_bytes()
    (folder / "initrd").write_bytes(image + b"\0" * (-len(image) % 512)
                                    + archive({CONFIG.lstrip("/"): SCREEN.encode()}))
    drives = []
    for slot, name, file in ((9, "root", root / "root.img"), (10, "boot", folder / "boot.img")):
        drives += ["-drive", f"file={file},if=none,id={name},format=raw,snapshot=on,cache=unsafe",
                   "-device", f"virtio-blk-pci,drive={name},addr={slot}.0"]
    return ["qemu-system-x86_64", "-nodefaults", "-no-reboot", "-display", "none",
            "-m", "1536", "-smp", "1",
            "-cpu", vm.CPU, "-machine", "q35,kernel-irqchip=split", "-accel", "tcg",
            "-device", "intel-iommu,intremap=on,caching-mode=on",
            "-serial", f"file:{folder}/console", "-serial", f"file:{folder}/said",
            *firmware, *TWO_CARDS, *drives,
            "-kernel", str(root / "vmlinuz"), "-initrd", str(folder / "initrd"),
            "-append", f"{line} intel_iommu=on"]


def start(guard, roots, line, firmware):
    """Run the boot."""
    folder, root = images.WORK / "runs" / guard.name, roots[guard.suite]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    disk(folder)
    seconds, ending = vm.emulate(command(folder, root, line, firmware(folder)), folder, LIMIT)
    for name in "boot.img", "initrd":
        (folder / name).unlink()
    return vm.Result(guard, folder, seconds, ending)


# ---- judging ----

def gauge(state):
    """A line of --prometheus, as far as it is about the state."""
    return f'vfio_early_guard_state{{state="{state}"'


def examine(_, result):
    """All groups."""
    group = Group("the boot comes to its end")
    group.equal("the guest's last word", result.complete, True)
    yield group
    if not result.complete:
        return
    report = result.report("main") or {}
    found = report.get("guard", {})
    group = Group("with the host's screen taken a trial needs a login, and all outputs say so")
    group.equal("guard", (found.get("state"), found.get("needs")), ("trial", "login"))
    for name in ("qxl", "radeon", "screen"):
        group.equal(name, Record(report).state(name), "reserved")
    for name in "text", "journal":
        group.true(f"the {name} does not say it", "this boot is a trial: log in, or type"
                   in " ".join(result.block(name).split()))
    group.true("--prometheus does not say it", gauge("trial") in result.block("metrics"))
    group.equal("failed units", result.block("failed").strip(), "")
    yield group

    group = Group("the default target is not enough, nor is the stop of the unit at a shutdown")
    group.equal("unit and target", result.fact("waits", "first"), ["active"] * 2)
    group.equal("stopped", result.fact("stopped"), ["inactive", "success"])
    group.true("nothing is noted", result.block("variable.noted"))
    group.equal("variable", result.block("variable.stopped"), result.block("variable.noted"))
    group.equal("unit and target, again", result.fact("waits", "again"), ["active"] * 2)
    yield group

    group = Group("a person who logs in at the console ends it: this config has passed")
    try:
        session = json.loads(result.block("session"))
    except ValueError:
        session = {}
    group.equal("logind's session", {key: session.get(key) for key in (
        "Name", "Class", "Service", "TTY")}, {
            "Name": "ann", "Class": "user", "Service": "login", "TTY": "tty1"})
    group.equal("unit and target", result.fact("ended"), ["success", "active"])
    group.true("nothing is written", result.block("variable.passed"))
    group.true("the variable is as before",
               result.block("variable.passed") != result.block("variable.noted"))
    group.true(result.block("confirm"), "ended before" in result.block("confirm"))
    group.true("the journal has no word of it", "trial is passed" in result.block("journal.unit"))
    yield group
