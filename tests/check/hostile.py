# SPDX-License-Identifier: GPL-2.0-or-later
"""Hostile images, and the memory and processor time that --check needs for each.

Each lies where the image of the next boot would. --check ends by itself, with a document, calls
none of them good, and stays below MEMORY and SECONDS. Rows that cost too much for `make check` are
for `make soak`, which sets HOSTILE=all.
"""
import gzip
import json
import lzma
import os
import struct
import subprocess
import sys

import newc
from machine import PROGRAMS

MEMORY = 96 << 10       # KiB
SECONDS = 60            # of processor time
ZEROS = bytes(64 << 20)
TIMES = 144             # 9 GiB


def zstd(data):
    return subprocess.run(["zstd", "-q", "-1"], input=data, stdout=subprocess.PIPE, check=True).stdout


def gz(data):
    return gzip.compress(data, 6, mtime=0)


def xz(data):
    return lzma.compress(data, preset=0)


def bomb(pack, times=TIMES):
    """A file of zeros after another; compressed once and repeated, as archives may be."""
    return lambda _: pack(newc.entry("zeros", ZEROS)) * times


def nested(pack, depth):
    """A bomb in a bomb; the kernel would unpack the outer one only."""
    def make(_):
        data = bomb(pack, 8)(None)
        for _ in range(depth):
            data = pack(data)
        return data
    return make


def sparse(root, path):
    """Zeros between two archives that take no room on the disk."""
    with open(root.path / path, "wb") as file:
        file.truncate(9 << 30)


def linked(target):
    def make(root, path):
        (root.path / path).unlink()
        (root.path / path).symlink_to(target)
    return make


def fifo(root, path):
    (root.path / path).unlink()
    os.mkfifo(root.path / path)


def circles(_):
    """Links that lead to each other, where the modules and the program are looked for."""
    links = {"lib": "usr/lib", "usr/lib": "lib", "usr": "./usr", "etc": "etc/../etc", "a": "b", "b": "a"}
    return b"".join(newc.entry(name, to.encode(), 0o120777, 7) for name, to in links.items()) \
        + newc.archive({"etc/vfio-early.conf": b"[target gpu]\nid = 10de:1e84\n", "init": b""})


def many(count, length):
    """Names, more of them or longer than an image can have."""
    return lambda _: b"".join(newc.entry(f"{number:08}" + "x" * length) for number in range(count)) \
        + newc.entry("TRAILER!!!", mode=0)


def claims(name_size, size):
    """Sizes that are not there."""
    head = b"070701" + b"".join(b"%08x" % n for n in (
        1, 0o100644, 0, 0, 1, 0, size, 0, 0, 0, 0, name_size, 0))
    return lambda _: head + b"init\0" + bytes(1 << 16)


def uki(sections, size):
    """A unified image whose sections are many, or behind its end."""
    def make(_):
        head = b"MZ" + bytes(58) + struct.pack("<I", 64)
        pe = b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, sections, 0, 0, 0, 240, 2) + bytes(240)
        rows = b"".join(name + struct.pack("<IIIIIIHHI", size, 0, size, 4096, 0, 0, 0, 0, 0)
                        for name in (b".initrd\0", b".cmdline", b".uname\0\0"))
        return head + pe + rows * (sections // 3) + bytes(1 << 12)
    return make


def alone(make):
    """An image of bytes at the usual place."""
    return lambda root, path: root.put(path, make(root)) and None


def crowd(make, count):
    """As many images as there are kernels, all the same."""
    def change(root, path):
        data = make(root)
        for number in range(count):
            root.put(path.replace("amd64", f"amd{number}"), data)
            root.put(f"lib/modules/6.1.0-47-amd{number}/modules.dep", "")
            root.put(f"boot/vmlinuz-6.1.0-47-amd{number}", "")
    return change


# name: (what is done, is it for `make soak` only)
IMAGES = {
    "a zstd bomb of 9 GiB": (alone(bomb(zstd)), False),
    "a gzip bomb of 9 GiB": (alone(bomb(gz)), True),
    "an xz bomb of 9 GiB": (alone(bomb(xz)), True),
    "48 zstd bombs": (crowd(bomb(zstd), 48), False),
    "a bomb in a bomb, three deep": (alone(nested(gz, 3)), False),
    "9 GiB of zeros that take no room": (sparse, True),
    "an endless file": (linked("/dev/zero"), False),
    "a FIFO": (fifo, False),
    "a link to itself": (linked("initrd.img-6.1.0-47-amd64"), False),
    "links in a circle in it": (alone(circles), False),
    "100,000 files": (alone(many(100000, 1)), False),
    "names of 30 MiB": (alone(many(8000, 3900)), False),
    "a name of 4 GiB": (alone(claims(0xffffffff, 0)), False),
    "a file of 4 GiB that ends": (alone(claims(5, 0xffffffff)), False),
    "a unified image with 65,535 sections": (alone(uki(65535, 8)), False),
    "a unified image whose sections end behind it": (alone(uki(3, 0xfffff000)), False),
}


# A small process: what it has before it becomes the program counts as the program's.
MEASURE = """
import os, sys
pid = os.fork()
if not pid:
    os.execv(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(pid, 0)
sys.stderr.write(f" {os.waitstatus_to_exitcode(status)} {usage.ru_maxrss} {usage.ru_utime + usage.ru_stime}")
"""


def measured(root):
    """(status, document, KiB, seconds) of --check --json, with all its processes."""
    done = subprocess.run([sys.executable, "-S", "-E", "-c", MEASURE, PROGRAMS["companion"], "--check",
                           "--json", "--sysroot", root.path], stdin=subprocess.DEVNULL,
                          capture_output=True, check=False)
    status, memory, seconds = done.stderr.split()[-3:]
    return int(status), done.stdout, int(memory), float(seconds)


def judge(name, root):
    """(what is wrong, KiB, seconds) of one image."""
    status, text, memory, seconds = measured(root)
    wrong = []
    if status not in (0, 1, 2):
        wrong.append(f"{name}: status {status}")
    try:
        findings = json.loads(text)["findings"]
    except ValueError:
        return [*wrong, f"{name}: no document"], memory, seconds
    good = [f["text"] for f in findings if f["code"] == "image-program" and f["level"] == "pass"]
    if good:
        wrong.append(f"{name}: {good}")
    if not any(f["code"].startswith("image") and f["level"] in ("unknown", "warn", "fail")
               for f in findings):
        wrong.append(f"{name}: nothing is wrong with it")
    if memory > MEMORY or seconds > SECONDS:
        wrong.append(f"{name}: {memory >> 10} MiB, {seconds:.1f} s")
    return wrong, memory, seconds


def all_wrong(machine, path):
    """What is wrong with --check on any of them; @machine makes the good one."""
    wrong, most = [], {"MiB": (0, ""), "s": (0, "")}
    rows = {name: change for name, (change, soak) in IMAGES.items()
            if not soak or os.environ.get("HOSTILE") == "all"}
    for name, change in rows.items():
        with machine() as root:
            change(root, path)
            found, memory, seconds = judge(name, root)
        wrong += found
        print(f"# {name}: {memory >> 10} MiB, {seconds:.2f} s", flush=True)
        most["MiB"] = max(most["MiB"], (memory >> 10, name))
        most["s"] = max(most["s"], (round(seconds, 1), name))
    words = ", ".join(f"{number} {unit} ({name})" for unit, (number, name) in most.items())
    print(f"# counted: {len(rows)} hostile images; --check needed at most {words}", flush=True)
    return wrong
