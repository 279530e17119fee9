# SPDX-License-Identifier: GPL-2.0-or-later
"""Each command of doc/guide.md is run by a test, or the guide says why it is not.

Those of vfio-early are run here, on the machine of the guide. ELSEWHERE names for every other one
the test that runs it, and words of that test; a command without a row fails, and so does a row whose
words are gone from that test or whose command is gone from the guide.
"""

import re
import subprocess

from machine import PROGRAMS, on
from suite import ROOT, test

# First words of what is a command, and no word of a config or of XML
FIRST_WORDS = ("vfio-early", "sudo", "virsh", "qm", "systemctl", "bootctl", "grub-reboot",
               "update-initramfs", "dracut", "mkinitcpio", "update-grub")

WITNESS, LOADERS = "tests/distro/guest/witness", "tests/distro/guest/loaders"
START = "etc/vfio-early-start.conf"
# command: (file of the test, words that are in it), or a sentence of the guide
ELSEWHERE = {
    "sudo update-initramfs -u": (WITNESS, "update-initramfs -u -k"),
    "sudo cp /etc/vfio-early.conf /etc/vfio-early-start.conf": (
        "tests/guest/guide.py", "root.put(START, (root.path / "),
    "sudo install -D /usr/share/vfio-early/50-vfio-early "
    "/etc/libvirt/hooks/qemu.d/50-vfio-early": (
        WITNESS, "install -D /usr/share/vfio-early/50-vfio-early "
        "/etc/libvirt/hooks/qemu.d/50-vfio-early"),
    "sudo systemctl restart libvirtd": (WITNESS, "systemctl restart libvirtd.service"),
    "systemctl enable vfio-early-guest@win11.service": (
        LOADERS, "systemctl enable libvirtd.service vfio-early-guest@w.service"),
    "bootctl set-oneshot ID": (LOADERS, "tool bootctl set-oneshot good.conf"),
    "grub-reboot TITLE": (LOADERS, 'tool sh -c "$advised"'),
    "virsh edit win11": (WITNESS, "virsh -q edit w"),
    "virsh start win11": (WITNESS, "virsh -q start w"),
    "virsh dumpxml win11 | vfio-early --guest -": (WITNESS, "virsh dumpxml w | vfio-early --guest -"),
    "qm set 100 --vga none": "`qm`: it exists on Proxmox only",
}
FEWEST = 20


def commands():
    """All commands of the guide: lines of its blocks, and words in its text."""
    text = (ROOT / "doc/guide.md").read_text()
    blocks = re.findall(r"```\n(.*?)```", text, re.S)
    found = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    found = [re.sub(r" +# .*", "", line) for line in found if line]
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```\n.*?```", "", text, flags=re.S))
    return list(dict.fromkeys(found + [
        span for span in spans if " " in span and span.split()[0] in FIRST_WORDS]))


def is_ours(command):
    return command.startswith("vfio-early ")


def run_ours(root, command):
    """What is wrong with one of vfio-early; what stands behind a pipe is run elsewhere."""
    words = command.split(" | ")[0].split()[1:]
    done = on(root, *[str(root.path / "tmp" / word) if word in ("OLD", "NEW") else word
                      for word in words])
    # what is judged may well be no good (3: no report yet); what is asked for must be there
    worst = 3 if words[0] in ("--check", "--report", "--guest") else 1
    if done.stdout and done.returncode <= worst and b"unknown" not in done.stderr:
        return []
    return [f"{command}: {done.returncode} {done.stdout.decode()} {done.stderr.decode()}"]


def row_is_true(command, row):
    """A row names words that are there."""
    if isinstance(row, str):
        return row in " ".join((ROOT / "doc/guide.md").read_text().split())
    return row[1] in (ROOT / row[0]).read_text() and command


def register(host, rom):
    """The tests, on a machine by the class of the suite, with a ROM file of its card."""

    @test("each command of the guide works on the machine of the guide, or has its test elsewhere")
    def guide():
        found = commands()
        ours = [command for command in found if is_ours(command)]
        others = [command for command in found if not is_ours(command)]
        wrong = [] if len(found) >= FEWEST else [f"only {len(found)} commands: {found}"]
        wrong += [f"no test runs {command!r}" for command in others if command not in ELSEWHERE]
        wrong += [f"{command!r} is not in the guide" for command in ELSEWHERE
                  if command not in others]
        wrong += [f"{command!r}: not so: {row}" for command, row in ELSEWHERE.items()
                  if not row_is_true(command, row)]
        with host() as root:
            root.put("tmp/OLD", rom)
            for command in ours:
                wrong += run_ours(root, command)
        return wrong

    @test("the guide as a newcomer follows it: suggested, appended, planned; moved for the hook")
    def newcomer():
        with host(config=None) as root:
            suggested = on(root, "--suggest", "0b:00.0").stdout
            root.put("etc/vfio-early.conf", suggested)
            planned = on(root, "--plan")
            for address in ("0000:0b:00.0", "0000:0b:00.1"):
                root.drive(address, "snd_hda_intel" if address.endswith("1") else "nouveau")
            root.put(START, (root.path / "etc/vfio-early.conf").read_text()
                     + "bound-driver = unbind\nboot-display = allow\n")
            root.put("etc/vfio-early.conf", "")
            root.put("etc/libvirt/hooks/qemu.d/50-vfio-early", "#!/bin/sh\n")
            (root.path / "etc/libvirt/hooks/qemu.d/50-vfio-early").chmod(0o755)
            asked = subprocess.run([PROGRAMS["companion"], "--guest", "win11", "--sysroot", root.path],
                                   capture_output=True, check=False, text=True)
        wrong = [] if planned.returncode == 0 and b"reserve" in planned.stdout else [
            suggested.decode(), planned.stdout.decode(), planned.stderr.decode()]
        return wrong + ([] if "is unbound from its driver when the guest" in
                        " ".join(asked.stdout.split()) else [asked.stdout, asked.stderr])
