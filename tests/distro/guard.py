# SPDX-License-Identifier: GPL-2.0-or-later
"""The first-boot guard by real systemd, PAM, logind and sshd, in boots that take the host's screen.

OVMF boots the image of the suite, with another config appended. QEMU resets the machine in the
trial; the next boot takes nothing, and the third one is a trial again, which logins end. A trial
that the default target ends is in the boot trixie-initramfs-tools.
"""

import dataclasses
import json
import os
import pathlib
import shutil

import images
from images import vm
import plug
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
    images.write(witness / "round", "0\n")
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
    return ["qemu-system-x86_64", "-nodefaults", "-display", "none",
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
    reset = plug.Plug({"reset": "system_reset"})
    words = command(folder, root, line, firmware(folder)) + reset.begin()
    try:
        seconds, ending = vm.emulate(words, folder, 2 * LIMIT, [reset])
    finally:
        reset.done()
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

    yield from fallback(result)
    yield from logins(result)
    yield full(result)


def parsed(result, name):
    """The JSON of a block; empty when it is none."""
    try:
        return json.loads(result.block(name))
    except ValueError:
        return {}


def told(result, name):
    """(level, text) of the guard in a --check."""
    return [(found["level"], found["text"])
            for found in parsed(result, name).get("findings", []) if found["code"] == "guard"]


def fallback(result):
    """The machine was reset while nobody had logged in."""
    group = Group("a reset from outside before a login: the next boot is a fallback and takes nothing")
    report = result.report("fallback") or {}
    group.equal("guard", report.get("guard", {}).get("state"), "fallback")
    for name in ("qxl", "radeon", "screen"):
        group.equal(name, (Record(report).state(name), Record(report).reason(name)),
                    ("skipped", "fallback"))
    group.equal("with vfio-pci", [address for address, row in result.stage("fallback").items()
                                  if row.driver == "vfio-pci"], [])
    group.equal("variable", result.block("variable.fallback"), result.block("variable.noted"))
    group.true("--report does not say it", "--retry" in result.block("text.fallback"))
    group.equal("--check", [found[0] for found in told(result, "check.fallback")], ["fail"])
    group.equal("unit and target", result.fact("ended", "fallback"), ["success", "active"])
    yield group

    group = Group("--retry: the next boot is a trial again and takes the cards")
    group.equal("--retry", result.fact("status", "retry"), ["0"])
    report = result.report("third") or {}
    group.equal("guard", (report.get("guard", {}).get("state"), report.get("guard", {}).get("needs")),
                ("trial", "login"))
    for name in ("qxl", "radeon", "screen"):
        group.equal(name, Record(report).state(name), "reserved")
    group.equal("unit and target", result.fact("waits", "third"), ["active"] * 2)
    yield group


# name: (words, how often the journal has it that a trial has passed, logind's session)
LOGINS = {"console": ("a person who logs in at the console", 1, {
              "Name": "ann", "Class": "user", "Service": "login", "TTY": "tty1", "Remote": "no"}),
          "ssh": ("a person who logs in by ssh", 2, {
              "Name": "ann", "Class": "user", "Service": "sshd", "TTY": "", "Remote": "yes"})}


def logins(result):
    """What ends a trial: real PAM and logind."""
    for name, (what, times, session) in LOGINS.items():
        group = Group(f"{what} ends the trial: this config has passed")
        group.equal("unit and target before", result.fact(
            "waits", {"console": "third", "ssh": "ssh"}[name]), ["active"] * 2)
        found = parsed(result, f"session.{name}")
        group.equal("logind's session", {key: found.get(key, "") for key in session}, session)
        group.equal("unit and target", result.fact("ended", name), ["success", "active"])
        group.true("nothing is written", result.block(f"variable.{name}"))
        group.true("the variable is as before",
                   result.block(f"variable.{name}") != result.block("variable.third"))
        group.true(result.block(f"confirm.{name}"), "ended before" in result.block(f"confirm.{name}"))
        group.equal("words of it in the journal",
                    result.block(f"journal.{name}").count("trial is passed"), times)
        yield group


def full(result):
    """Debian 13's kernel says how full the store is."""
    group = Group("a full store is foretold; a trial that it cannot remember is no fallback at least")
    group.true("no room before", int((result.fact("room") or ["0"])[0]) > 1024)
    group.equal("with room", [found[0] for found in told(result, "check.room")], ["pass"])
    group.true(f"filled: {result.fact('filled')}",
               int((result.fact("filled") or ["", "9999"])[1]) < 512)
    group.equal("--confirm", result.fact("status", "confirm.full"), ["0"])
    group.true(result.block("confirm.full"),
               "too full to remember it" in result.block("confirm.full"))
    group.equal("kept", result.fact("kept"), ["0"])
    found = told(result, "check.full")
    group.true(f"{found}", len(found) == 1 and found[0][0] == "hint"
               and "the store of EFI variables is full" in found[0][1])
    return group
