# SPDX-License-Identifier: GPL-2.0-or-later
"""Modes of the companion, with one of their system calls failing.

With any call failing, a mode ends by itself, without a signal, prints something, and keeps its
warnings. `--check` loses no warning unless it says that something is not known, and a capture
that differs is never called equal to another.

environment: EVERY  one call in so many fails (default 60; 1: each of them, with each error)
"""
import collections
import concurrent.futures
import errno
import json
import os
import subprocess
import tarfile
import tempfile

from machine import BOTH, NVIDIA, PROGRAMS, TURDUCKEN, Root, machines
from suite import JOBS

EVERY = int(os.environ.get("EVERY") or 60)
ERRORS = (errno.EIO, errno.ENOMEM, errno.EACCES)
KEPT = {"0000:00:03.1", *BOTH}
LEFTOVERS = {
    "etc/modprobe.d/vfio.conf": "options vfio-pci ids=10de:1b80,1002:67df\n",
    "etc/udev/rules.d/9-x.rules": 'ACTION=="add", ATTR{vendor}=="0x10de", ATTR{remove}="1"\n',
    "etc/libvirt/hooks/qemu": "#!/bin/sh\nvirsh nodedev-reattach pci_0000_0b_00_0\n",
    "etc/default/grub": 'GRUB_CMDLINE_LINUX="vfio-pci.ids=10de:1b80"\n',
    "etc/fstab": "UUID=0a1b2c3d-0000-4000-8000-000000000001 / ext4 defaults 0 1\n",
    "etc/group": "kvm:x:36:\nlibvirt:x:970:\n",
}
DOMAIN = """<domain type='kvm'><name>win</name><memory>1</memory><vcpu>1</vcpu>
<os><type>hvm</type></os><devices><hostdev mode='subsystem' type='pci' managed='yes'>
<source><address domain='0' bus='11' slot='0' function='0'/></source></hostdev></devices></domain>
"""
MODES = [["--report"], ["--report", "--json"], ["--report", "--prometheus"], ["--groups"],
         ["--groups", "--json"], ["--groups", "--tree"], ["--plan"], ["--plan", "--json"],
         ["--suggest"], ["--suggest", BOTH[0]], ["--explain", BOTH[0]],
         ["--explain", "group-shared"], ["--check"], ["--check", "--json"], ["--guest", "win"],
         ["--hostdev", "windows-gpu"], ["--record-host"], ["--capture", "CAPTURE"]]


def small():
    """A card, the port above it, a report of this boot, and what other recipes left behind."""
    devices = [d for d in dict(machines())[TURDUCKEN]["devices"] if d["bdf"] in KEPT]
    root = Root(TURDUCKEN, NVIDIA, devices=devices).boot(*BOTH)
    for name, text in LEFTOVERS.items():
        root.put(name, text)
    return root.put("etc/libvirt/qemu/win.xml", DOMAIN)


class Run:
    """One run of a mode, with a call failing."""

    def __init__(self, inject, root, words, *fault):
        with tempfile.TemporaryDirectory() as folder:
            result, self.archive = f"{folder}/result", f"{folder}/x.tar"
            words = [self.archive if word == "CAPTURE" else word for word in words]
            done = subprocess.run(
                [inject, root.path, result, "--from-root", *fault, "--", PROGRAMS["companion"],
                 *words, "--sysroot", root.path], stdin=subprocess.DEVNULL, capture_output=True,
                check=False, timeout=300)
            if done.returncode:
                raise RuntimeError(f"inject: exit status {done.returncode}: {done.stderr}")
            with open(result, encoding="utf-8", errors="replace") as file:
                self.words = dict(line.split(" ", 1) for line in file.read().splitlines())
            self.members = self.unpack()
        self.out, self.errors = done.stdout.decode(), done.stderr.decode()
        self.out = self.out.replace(self.archive, "ARCHIVE")
        self.status = int(self.words["status"])

    def unpack(self):
        """What is in the archive; None: there is none. Half of one is an error."""
        if not os.path.exists(self.archive):
            return None
        with tarfile.open(self.archive) as archive:
            return {m.name: archive.extractfile(m).read() if m.isfile() else m.linkname
                    for m in archive}

    def findings(self, *levels):
        """How often --check --json has each finding of these levels."""
        return collections.Counter(finding["code"] for finding in json.loads(self.out)["findings"]
                                   if finding["level"] in levels)


def check_problems(good, bad):
    """Warnings that are gone although no more is unknown, and no more has failed."""
    lost = good.findings("fail", "warn") - bad.findings("fail", "warn")
    more = bad.findings("fail", "unknown") - good.findings("fail", "unknown")
    return [f"{dict(lost)} is gone, and nothing is unknown"] if lost and not more else []


def problems(words, good, bad):
    """What must not be, when one call failed."""
    if int(bad.words["signal"]):
        return [f"ended by signal {bad.words['signal']}"]
    found = []
    if bad.status not in (0, 1, 2, 3):
        found.append(f"exit status {bad.status}")
    if int(bad.words["left"]):
        found.append("left processes behind")
    if not bad.out and not bad.errors:
        found.append(f"says nothing, and ends with {bad.status}")
    if "--json" in words and bad.out:
        try:
            json.loads(bad.out)
        except ValueError:
            if not bad.errors:      # a write to stdout that failed is said
                found.append("is not JSON")
        else:
            if words[0] == "--check":
                found += check_problems(good, bad)
    if bad.members is None and "CAPTURE" in words and not bad.status:
        found.append("no archive, and status 0")
    if bad.members != good.members and (bad.status, bad.out, bad.errors) == (
            good.status, good.out, good.errors):
        found.append("another archive, and not a word of it")
    return found


def sweep(inject, words):
    """(runs, those that went as without a failure, problems) of one mode."""
    with small() as root:
        Run(inject, root, words)    # which plays the bus, writes driver_override anew
        good = Run(inject, root, words)
        total = int(good.words["calls"])

        def one(number_code):
            number, code = number_code
            bad = Run(inject, root, words, "--fault", f"{number}:{code}")
            same = (bad.status, bad.out, bad.members) == (good.status, good.out, good.members)
            return same, [f"{' '.join(words)}, call {number} ({bad.words['place']}) "
                          f"{errno.errorcode[code]}: {line}" for line in problems(words, good, bad)]

        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            results = list(pool.map(one, [
                (number, code) for number in range(1, total + 1, EVERY)
                for code in (ERRORS if EVERY == 1 else [ERRORS[number // EVERY % len(ERRORS)]])]))
    return (len(results), sum(same for same, _ in results),
            [line for _, found in results for line in found])


def sweep_all(inject):
    """All modes: prints what survived, and gives the problems."""
    found, all_runs, all_same = [], 0, 0
    mark = "counted: " if os.environ.get("EVERY") else ""   # more than make check wants to say
    for words in MODES:
        runs, same, wrong = sweep(inject, words)
        print(f"# {mark}{' '.join(words)}: {runs} calls failed, {same} runs went as without it",
              flush=True)
        found, all_runs, all_same = found + wrong, all_runs + runs, all_same + same
    print(f"# counted: {all_runs} calls of {len(MODES)} modes of the companion failed, {all_same} runs "
          "went as without it", flush=True)
    return found
