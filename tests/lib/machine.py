# SPDX-License-Identifier: GPL-2.0-or-later
"""A recorded machine as a directory, and both programs run on it with --sysroot.

    with Root(TURDUCKEN, NVIDIA).boot(*BOTH) as root:
        root.drive(BOTH[0], "nouveau")
        document, status = json_of(root, "--report")

environment: BOOT, COMPANION  the programs (default build/vfio-early-boot, build/vfio-early)
"""
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile

import schema
from suite import ROOT, load

PROGRAMS = {"boot": os.environ.get("BOOT") or str(ROOT / "build/vfio-early-boot"),
            "companion": os.environ.get("COMPANION") or str(ROOT / "build/vfio-early")}
BOOT_ID = "0b81ab10-0000-4000-8000-000000000001"
REPORT = "run/vfio-early/report.json"
SECONDS = 300
NOBODY = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
SCHEMA = schema.Schema((ROOT / "doc/report.schema.json").read_text())
mksysroot = load("tests/machines/mksysroot")

# A machine with two cards, a config that wants one of them, and the functions of that card
TURDUCKEN = "gh-turducken-rx580-gtx1080"
NVIDIA = "[target windows-gpu]\nid = 10de:1b80\n"
BOTH = ("0000:0b:00.0", "0000:0b:00.1")
# One card to be reserved, one function by address, one that is not there, one that is unclear
FOUR = """[target windows-gpu]
id = 10de:1b80
address = 0000:0b:00.0

[target second]
path = 00:03.1/00.0

[target usb]
id = 1912:0014

[target gone]
id = dead:beef
optional = yes

[target disk]
id = 1022:7901
"""
# A bridge and a GPU without groups, for what is said about an IOMMU that is off
FEW = [{"bdf": "0000:00:01.0", "class": "0604", "vendor": "1022", "device": "1483"},
       {"bdf": "0000:01:00.0", "class": "0300", "vendor": "10de", "device": "1b80", "rev": "a1"}]


def machines():
    """(name, description) of each recorded machine."""
    return [(path.stem, json.loads(path.read_text()))
            for path in sorted((ROOT / "tests/machines").glob("*.json"))]


class Root:
    """A recorded machine in a directory of its own, with names, a config and a boot id."""

    def __init__(self, machine, config=None, cmdline=None, bound=False, **changes):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="a-machine-"))
        self.path.chmod(0o755)
        description = json.loads((ROOT / f"tests/machines/{machine}.json").read_text())
        description.update(changes)
        mksysroot.build(description, self.path, bound)
        self.put("usr/share/misc/pci.ids", (ROOT / "tests/lib/pci.ids").read_text())
        self.put("proc/sys/kernel/random/boot_id", BOOT_ID + "\n")
        if cmdline:
            self.put("proc/cmdline", cmdline + "\n")
        if config is not None:
            self.put("etc/vfio-early.conf", config)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)

    def put(self, name, text):
        """Write a file; return the root, as all that change it do."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(0o644)
        return self

    def link(self, name, target):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(target)
        return self

    def drive(self, address, driver):
        """Bind a function to a driver, as the kernel would show it; None: to none."""
        device = os.path.realpath(self.path / "sys/bus/pci/devices" / address)
        link = os.path.join(device, "driver")
        if os.path.lexists(link):
            os.unlink(link)
        if driver:
            base = self.path / "sys/bus/pci/drivers" / driver
            base.mkdir(parents=True, exist_ok=True)
            os.symlink(os.path.relpath(base, device), link)
        return self

    def boot(self, *reserved):
        """Let the boot program make a report; the kernel is quick with `reserved` functions."""
        for address in reserved:
            self.drive(address, "vfio-pci")
        run("boot", "--sysroot", str(self.path))
        return self

    def lose(self):
        """Another driver has the card of NVIDIA now."""
        return self.drive(BOTH[0], "nouveau").drive(BOTH[1], None)

    def unplug(self):
        """The card of NVIDIA is not there any more."""
        for address in BOTH:
            for folder in ("bus/pci/devices", "bus/pci/drivers/vfio-pci"):
                (self.path / "sys" / folder / address).unlink(missing_ok=True)
        return self

    def change_record(self, change):
        record = json.loads((self.path / REPORT).read_text())
        change(record)
        return self.put(REPORT, json.dumps(record))


def run(program, *args, **kwargs):
    """A run of one of PROGRAMS."""
    return subprocess.run([PROGRAMS[program], *args], stdin=subprocess.DEVNULL, timeout=SECONDS,
                          check=False, capture_output="stdout" not in kwargs,
                          env=dict(os.environ, TERM="xterm", LC_ALL="C"), **kwargs)


def on(root, *args, **kwargs):
    """A run of the companion on a machine."""
    return run("companion", *args, "--sysroot", str(root.path), **kwargs)


def json_of(root, *args, **kwargs):
    """(document, exit status) of the companion on a machine."""
    done = on(root, *args, "--json", **kwargs)
    return json.loads(done.stdout), done.returncode


def as_nobody(folder, *args):
    """A run of the companion without rights, from a copy in a folder that all may read."""
    os.chmod(folder, 0o755)
    program = shutil.copy(PROGRAMS["companion"], folder)
    return subprocess.run([program, *args], stdin=subprocess.DEVNULL, timeout=SECONDS, cwd=folder,
                          capture_output=True, check=False, **NOBODY)


def show(root, *args):
    """A run of the companion as text: what was typed, what came, without what changes."""
    # named from beside it, so that lines are as long wherever TMPDIR is
    done = run("companion", *args, "--sysroot", root.path.name, cwd=root.path.parent)
    text = f"$ vfio-early {shlex.join(args)}\n" + done.stdout.decode()
    if done.stderr:
        text += "[stderr]\n" + done.stderr.decode()
    text = text.replace(root.path.name, "ROOT")
    text = re.sub(r"vfio-early-boot \S+ ran \d+\.\d\d s after (.*), for \d+\.\d\d s",
                  r"vfio-early-boot VERSION ran N s after \1, for N s", text)
    return text + f"[exit status {done.returncode}]\n"
