# SPDX-License-Identifier: GPL-2.0-or-later
"""libvirt's own domains with PCI functions of the host, and the QEMU arguments it expects of them.

They are in the source package of libvirt, which is fetched into .cache/libvirt and stays there.
For each: --guest reads the values that libvirt passes to QEMU, and the lines that --hostdev prints
for these functions, in place of libvirt's own elements, give the same arguments by libvirt's parser.
"""

import fcntl
import hashlib
import json
import os
import pathlib
import re
import subprocess
import tempfile
import xml.etree.ElementTree as ET

from machine import PROGRAMS, TURDUCKEN, Root, on
from suite import ROOT, test

# Upstream's archives, in Debian 12 and 13
ARCHIVES = {
    "libvirt_9.0.0.orig.tar.xz":
        "deca5cff1b7baac297bca9663907c61f71a47183371dc7ac019c107806d5435a",
    "libvirt_11.3.0.orig.tar.xz":
        "6bcb0c42c4580436fea262ced56f68a6afe20f7390b1bea2116718cc034a0283",
}
FOLDERS = ("qemuxmlconfdata", "qemuxml2argvdata")       # the name since 10.1, and before
FEWEST = 24             # 9.0.0 has so many with arguments


def folder():
    """The folder of the domains; fetched once."""
    cache = ROOT / ".cache/libvirt"
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / "lock", "w", encoding="utf-8") as lock:   # two tests want it at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (cache / "libvirt/tests").is_dir():
            subprocess.run([str(ROOT / "static/fetch-sources"), str(cache), "libvirt"], check=True,
                           env=os.environ | {"STATIC_SOURCES_ANY": "1"}, stdout=subprocess.DEVNULL)
    archive, = cache.glob("libvirt_*.orig.tar.*")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != ARCHIVES.get(archive.name):
        raise ValueError(f"{archive} is none of those that are known here")
    return next(path for name in FOLDERS if (path := cache / "libvirt/tests" / name).is_dir())


def elements(root):
    """The elements of a domain that pass a PCI function of the host."""
    devices = root.find("devices")
    return [one for one in ([] if devices is None else devices)
            if (one.tag == "hostdev" and one.get("type") == "pci")
            or (one.tag == "interface" and one.get("type") == "hostdev")]


def arguments(path):
    """What libvirt expects QEMU to get: (function, slot and function of the guest, ROM file)."""
    found = []
    for word in re.findall(r"^-device (.*?)(?: \\)?$", path.read_text(), re.M):
        word = word.strip("'")
        row = json.loads(word) if word.startswith("{") else dict(
            pair.split("=", 1) for pair in ("driver=" + word).split(",") if "=" in pair)
        if row["driver"] == "vfio-pci" and "host" in row:
            slot, _, function = row["addr"].partition(".")
            found.append((row["host"], int(slot, 16), int(function or "0", 16),
                          row.get("romfile", "")))
    return sorted(found)


def domains():
    """{name: (path, its tree, what QEMU gets)} of all that libvirt takes."""
    found = {}
    for path in sorted(folder().glob("*.xml")):
        if not re.search(r"type=.(pci|hostdev)", path.read_text()):
            continue
        root = ET.parse(path).getroot()
        expected = sorted(path.parent.glob(f"{path.stem}.*args"))
        if elements(root) and expected:
            found[path.stem] = path, root, arguments(expected[-1])
    return found


class Host(Root):
    """A machine that has these functions, each slot a card in a group of its own, reserved."""

    def __init__(self, functions):
        self.slots = sorted({function[:-2] for function in functions})
        devices = [{"bdf": function, "class": "0300" if function.endswith("0") else "0403",
                    "vendor": "10de", "device": "1b80", "rev": "a1",
                    "group": self.slots.index(function[:-2])} for function in sorted(functions)]
        super().__init__(TURDUCKEN, "".join(
            f"[target card{number}]\naddress = {min(f for f in functions if f[:-2] == slot)}\n"
            f"functions = slot\n" for number, slot in enumerate(self.slots)), devices=devices,
            groups={}, bound=True, expected={})
        for function in functions:
            self.drive(function, "vfio-pci")


def said(root, *words, text):
    """(stdout, stderr) of the companion with a domain on its standard input."""
    done = subprocess.run([PROGRAMS["companion"], *words, "--sysroot", root.path], check=False,
                          input=text, capture_output=True, timeout=120)
    return done.stdout.decode(), done.stderr.decode()


def read_as(root, path, expected):
    """Whether --guest reads what libvirt passes, at the places that the file writes down."""
    out, err = said(root, "--guest", "-", "--json", text=path.read_bytes())
    if not out:
        return [f"{path.name}: {err}"]
    document = json.loads(out)
    have = {row["host"]: row for card in document["cards"] for row in card["functions"]}
    unseen = {finding["text"].split(" ")[0] for finding in document["findings"]
              if "is unassigned" in finding["text"]}
    wrong = [] if sorted(set(have) - unseen) == [row[0] for row in expected] else [
        f"{path.name}: {sorted(have)}, unseen {sorted(unseen)}, libvirt passes {expected}"]
    for host, slot, function, rom in expected:
        row = have.get(host, {})
        place = re.fullmatch(r"..:(..)\.(.)", row.get("guest") or "")
        if place and (int(place[1], 16), int(place[2])) != (slot, function):
            wrong.append(f"{path.name}: {host} is at {place[0]}, libvirt: {slot}.{function}")
        if (row.get("rom") or "") != rom:
            wrong.append(f"{path.name}: ROM of {host}: {row.get('rom')}, libvirt: {rom}")
    return wrong


def places(root):
    """{function of the host: (bus, slot, function) in the guest} of a domain's elements."""
    found = {}
    for one in elements(root):
        host, guest = one.find("source/address"), one.find("address")
        words = [int(host.get(name), 0) for name in ("domain", "bus", "slot", "function")]
        found["{:04x}:{:02x}:{:02x}.{:x}".format(*words)] = tuple(
            int(guest.get(name), 0) for name in ("bus", "slot", "function")
        ) if guest is not None and guest.get("bus") else None
    return found


def with_lines(tree, lines):
    """The domain with these lines in place of its own elements."""
    root = ET.fromstring(ET.tostring(tree))
    devices = root.find("devices")
    for one in elements(root):
        devices.remove(one)
    for one in ET.fromstring(f"<devices>{lines}</devices>"):
        devices.append(one)
    return root


def define(root, path):
    """(the domain as libvirt's own parser shows it, what it says instead)."""
    ET.ElementTree(root).write(path)
    done = subprocess.run(["virsh", "-q", "-c", "test:///default",
                           f"define {path}; dumpxml {root.findtext('name')}"],
                          capture_output=True, check=False, text=True)
    begin = done.stdout.find("<domain")
    return (None if begin < 0 else ET.fromstring(done.stdout[begin:])), done.stderr


def printed_for(host, slot, path, tree, folder_of_mine):
    """Whether libvirt takes what --hostdev prints for a slot, and puts it where it was printed."""
    name = f"card{host.slots.index(slot)}"
    lines, err = said(host, "--hostdev", name, "-", text=path.read_bytes())
    mine = places(ET.fromstring(f"<domain><devices>{lines}</devices></domain>"))
    plain = on(host, "--hostdev", name).stdout.decode()
    wrong = [] if sorted(mine) == sorted(re.findall(r"vfio-pci,host=([^,]+)", plain)) else [
        f"{path.name}: {slot}: for libvirt {sorted(mine)}, for QEMU {plain}"]
    shown, why = define(with_lines(tree, lines), folder_of_mine / "domain.xml")
    if shown is None or not mine:
        return wrong + [f"{path.name}: {slot}: {why}{err}{lines}"]
    return wrong + ([] if places(shown) == mine else [
        f"{path.name}: {slot}: printed {mine}, libvirt has {places(shown)}"])


@test("libvirt's own domains with PCI functions: read as libvirt passes them to QEMU")
def read():
    found, wrong = domains(), []
    for path, tree, expected in found.values():
        with Host(places(tree)) as root:
            wrong += read_as(root, path, expected)
    return wrong + ([] if len(found) >= FEWEST else [f"only {len(found)}: {sorted(found)}"])


@test("libvirt's own domains: its parser takes what --hostdev prints in place of its elements")
def printed():
    found, wrong, slots = domains(), [], 0
    with tempfile.TemporaryDirectory() as mine:
        for path, tree, _ in found.values():
            # one that libvirt's parser for tests does not take as it is says nothing of ours
            if define(tree, pathlib.Path(mine, "domain.xml"))[0] is None:
                continue
            with Host(places(tree)) as host:
                for slot in host.slots:
                    wrong += printed_for(host, slot, path, tree, pathlib.Path(mine))
                    slots += 1
    return wrong + ([] if slots >= FEWEST else [f"only {slots} slots"])
