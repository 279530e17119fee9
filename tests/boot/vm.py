# SPDX-License-Identifier: GPL-2.0-or-later
"""Boot a small Debian guest under QEMU and read its output.

A Boot describes a machine and the shell text that its initramfs runs; boot()
builds the initramfs, starts QEMU and returns a Result. The kernel and its
console are on the first serial port, the output of the guest's script on the second.
"""

import base64
import dataclasses
import functools
import io
import json
import lzma
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tarfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(TOP / "tests/lib"))

import elf                                                      # noqa: E402
import newc                                                     # noqa: E402
from suite import load                                          # noqa: E402

kernels = load("tests/boot/kernels")
BUILD = pathlib.Path(os.environ.get("BUILD", TOP / "build")).resolve()
WORK = BUILD / "boot"
COMPANION = BUILD / "vfio-early"
PROGRAM = pathlib.Path(os.environ.get("BOOT_PROGRAM", BUILD / "vfio-early-boot"))

# The wall limit of one boot. A boot takes 10 to 25 s on a free core; the limit
# is for a host that is busy with other things.
LIMIT = int(os.environ.get("BOOT_LIMIT", "600"))

# Emulation without KVM: no waiting for calibrated timers, no mitigations that cost time
# and no crypto self-tests. The watchdogs measure the host, which may let a guest stand
# for half a minute; a guest that really hangs runs out of time. What is always at the same
# addresses is translated once, which saves a quarter of a boot.
QUIET = ("panic=-1 oops=panic no_timer_check mitigations=off "
         "cryptomgr.notests loglevel=4 printk.devkmsg=on nowatchdog nokaslr norandmaps "
         "rcupdate.rcu_cpu_stall_suppress=1 sysctl.kernel.hung_task_timeout_secs=0")
EMULATED = f"console=ttyS0 {QUIET}"
CPU = "qemu64,-svm,+rdrand"



@dataclasses.dataclass(frozen=True)
class Machine:
    """An architecture: what emulates it, and whose programs and libraries its guests run.

    `serial` is the words for QEMU that make its two lines of files.
    """
    qemu: tuple
    serial: tuple
    console: str
    programs: pathlib.Path
    compiler: tuple
    root: pathlib.Path = pathlib.Path("/")     # of its libraries

    def words(self, folder):
        return [word.format(folder=folder) for word in (*self.qemu[1:], *self.serial)]

    def missing(self):
        """What the host lacks for its boots, as sentences."""
        lacks = [f"{tool} is not installed (tools/deps check)"
                 for tool in (self.qemu[0], self.compiler[0]) if not shutil.which(tool)]
        return lacks + [f"{path} is not built (make, make ARCH=aarch64)" for path in (
            self.programs / "vfio-early-boot", self.programs / "vfio-early") if not path.exists()]


ARM_ROOT = kernels.CACHE / "cross/arm64"        # tools/cross-root
MACHINES = {
    "x86_64": Machine(
        ("qemu-system-x86_64", "-m", "768", "-cpu", CPU, "-machine", "q35,kernel-irqchip=split"),
        ("-serial", "file:{folder}/console", "-serial", "file:{folder}/said"),
        "ttyS0", BUILD, (os.environ.get("HOSTCC", "cc"),)),
    # Its firmware is QEMU's device tree. One PL011 is all it has: the guest's words go to a card.
    "aarch64": Machine(
        ("qemu-system-aarch64", "-m", "1024", "-cpu", "cortex-a57",
         "-machine", "virt,gic-version=3,its=on,iommu=smmuv3"),
        ("-serial", "file:{folder}/console", "-chardev", "file,id=said,path={folder}/said",
         "-device", "pci-serial,chardev=said,bus=pcie.0,addr=3.0"),
        "ttyAMA0", BUILD / "aarch64", ("aarch64-linux-gnu-gcc", f"--sysroot={ARM_ROOT}"), ARM_ROOT),
}

OVMF_CODE = "/usr/share/OVMF/OVMF_CODE_4M.fd"
OVMF_VARS = "/usr/share/OVMF/OVMF_VARS_4M.fd"

# Cards. A root port gives its card a bus and an IOMMU group of its own.
HOST_DISPLAY = ["-device", "VGA,bus=pcie.0,addr=2.0"]


def port(number, *devices):
    """A PCIe root port at 00:(4 + number).0 and the functions behind it."""
    words = ["-device", f"pcie-root-port,id=port{number},bus=pcie.0,chassis={number},"
             f"slot={number},addr={4 + number}.0"]
    for function, device in enumerate(devices):
        many = ",multifunction=on" if len(devices) > 1 else ""
        words += ["-device", f"{device},bus=port{number},addr=0.{function}{many}"]
    return words


@dataclasses.dataclass
class Boot:
    """One boot: the machine, what is in its initramfs and what it does there."""
    name: str
    script: str
    devices: list
    kernel: str = "6.1"
    suffix: str = ".ko"
    iommu: str = "intel-iommu,intremap=on,caching-mode=on"
    append: str = "intel_iommu=on"
    uefi: bool = False
    store: bool = False     # NVRAM that can be written; a reset goes on in the same guest
    then: str = ""          # another kernel, which boots when that has powered off
    processors: int = 1
    arch: str = "x86_64"
    accel: list = dataclasses.field(default_factory=lambda: ["tcg"])
    files: dict = dataclasses.field(default_factory=dict)
    programs: dict = dataclasses.field(default_factory=dict)
    program: pathlib.Path = PROGRAM
    talk: object = None     # level2.Talk, plug.Plug: the guest asks, the host answers or acts
    newer: bool = False     # by the QEMU of kernels.fetch_qemu()


@dataclasses.dataclass
class Function:
    """A PCI function as the guest saw it at one stage."""
    address: str
    ids: str
    klass: str
    driver: str
    override: str
    group: str


class Result:
    """What a guest said. Facts are lists of words, blocks are text."""

    def __init__(self, boot, folder, seconds, ending):
        self.boot, self.folder, self.seconds, self.ending = boot, folder, seconds, ending
        self.facts, self.blocks = parse((folder / "said").read_text(errors="replace"))

    @property
    def complete(self):
        """Whether the guest reached the end of its scenario."""
        return ["end", "ok"] in self.facts

    def fact(self, *key):
        """The words after the last fact that begins with the key, or None."""
        found = [words[len(key):] for words in self.facts if words[:len(key)] == list(key)]
        return found[-1] if found else None

    def stage(self, name):
        """All functions at a stage, by address."""
        rows = (Function(*words[2:8]) for words in self.facts
                if words[:2] == ["function", name])
        return {row.address: row for row in rows}

    def block(self, name):
        """The text of a block; empty when the guest did not send it."""
        return self.blocks.get(name, "")

    def report(self, name):
        """The parsed report of one run of the program, or None."""
        text = self.block(f"report.{name}")
        try:
            return json.loads(text) if text else None
        except ValueError:
            return None

    def writes(self, name):
        """Attributes written during a watch; None when the watch did not stand."""
        lines = self.block(f"writes.{name}").split("\n")
        if not any(line.startswith("watching ") for line in lines) or "overflow" in lines:
            return None
        return [line for line in lines if line.startswith("/sys/")]

    def bound(self, address):
        """Drivers that the kernel bound to a function since the guest's start, in order."""
        found = []
        for line in self.block("bindings").splitlines():
            match = (re.search(r"bound device (\S+) to driver (\S+)", line)
                     or re.search(r" (\S+): bus: .* bound device to driver (\S+)", line))
            if match and match[1] == address:
                found.append(match[2])
        return found

    def tree(self):
        """The captured machine, unpacked for --sysroot; None when there is none."""
        if not self.block("tree"):
            return None
        folder = self.folder / "tree"
        data = base64.b64decode(self.block("tree"))
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            archive.extractall(folder)
        return folder

    def tail(self, lines=60):
        """The end of the console and of the guest's words, for a person."""
        console = (self.folder / "console").read_text(errors="replace").splitlines()
        said = (self.folder / "said").read_text(errors="replace").splitlines()
        qemu = (self.folder / "qemu").read_text(errors="replace").splitlines()
        return ([f"boot {self.boot.name}: {self.ending} after {self.seconds:.0f} s",
                 *qemu, "console:"] + console[-lines:] + ["guest:"] + said[-lines:])


def parse(text):
    """Split the guest's words into facts and blocks."""
    facts, blocks, name, lines = [], {}, None, []
    for line in text.replace("\r", "").split("\n"):
        if name is not None:
            if line == f"@@> {name}":
                blocks[name], name = "\n".join(lines).strip("\n"), None
            else:
                lines.append(line)
        elif line.startswith("@@< "):
            name, lines = line[4:], []
        elif line.startswith("@@ "):
            facts.append(line[3:].split())
    return facts, blocks


class Archive:
    """A newc cpio archive; written here so that no root and no tool is needed."""

    def __init__(self, path):
        self.file = open(path, "wb")
        self.inode = 0
        self.made = set()

    def entry(self, name, mode, data=b"", device=(0, 0)):
        self.inode += 1
        self.file.write(newc.entry(name, data, mode, self.inode, device))

    def folder(self, name):
        if name in ("", ".") or name in self.made:
            return
        self.folder(os.path.dirname(name))
        self.made.add(name)
        self.entry(name, stat.S_IFDIR | 0o755)

    def add(self, name, data, mode=0o644):
        self.folder(os.path.dirname(name))
        self.entry(name, stat.S_IFREG | mode, data)

    def add_file(self, name, path, mode=None):
        path = pathlib.Path(path)
        self.add(name, path.read_bytes(), mode or stat.S_IMODE(path.stat().st_mode))

    def link(self, name, target):
        self.folder(os.path.dirname(name))
        self.entry(name, stat.S_IFLNK | 0o777, target.encode())

    def close(self):
        self.entry("TRAILER!!!", 0)
        self.file.close()


def compress(data, suffix):
    """Module bytes as a file with the suffix holds them."""
    if suffix == ".ko.xz":  # the check that the kernel's own decompressor knows
        return lzma.compress(data, check=lzma.CHECK_CRC32, preset=1)
    if suffix == ".ko.zst":
        return subprocess.run(["zstd", "-qc"], input=data, stdout=subprocess.PIPE,
                              check=True).stdout
    return data


def missing(uefi=False):
    """What the host lacks for a boot, as sentences."""
    lacks = [f"{tool} is not installed (tools/deps demo)"
             for tool in ("qemu-system-x86_64", "apt-get", "dpkg-deb", "zstd", "cc", "ldd")
             if not shutil.which(tool)]
    if not os.path.exists("/sbin/modprobe"):
        lacks.append("kmod is not installed (tools/deps demo)")
    if uefi and not os.path.exists(OVMF_CODE):
        lacks.append("ovmf is not installed (tools/deps check)")
    return lacks + [f"{program} is not built (make)" for program in (PROGRAM, COMPANION)
                    if not program.exists()]


_lock = threading.Lock()


@functools.lru_cache(maxsize=None)
def _modules(kernel, suffix):
    source = kernels.fetch(kernel)
    stamp = (source / "package").read_text()
    tree = WORK / "modules" / (kernel + suffix)
    done = tree / "stamp"
    if done.exists() and done.read_text() == stamp:
        return tree
    shutil.rmtree(tree, ignore_errors=True)
    release = next((source / "lib/modules").iterdir())
    out = tree / "lib/modules" / release.name
    for path in sorted(p for p in release.rglob("*") if p.is_file()):
        target = out / path.relative_to(release)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".ko":
            target = target.with_suffix(suffix)
            target.write_bytes(compress(path.read_bytes(), suffix))
        else:
            shutil.copy(path, target)
    subprocess.run(["/sbin/depmod", "-b", tree, release.name], check=True)
    done.write_text(stamp)
    return tree


def modules(kernel, suffix):
    """A module tree with indexes for a kernel, its files ending in the suffix."""
    with _lock:
        return _modules(kernel, suffix)


@functools.lru_cache(maxsize=None)
def _helper(name, arch):
    source, target = HERE / f"{name}.c", WORK / "bin" / arch / name
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([*MACHINES[arch].compiler, "-std=gnu11", "-Wall", "-Wextra",
                        "-Os", "-static", "-s", "-o", target, source], check=True)
    return target


def helper(name, arch="x86_64"):
    """A small static program of the tests, built when its source is newer."""
    with _lock:
        return _helper(name, arch)


def foreign_libraries(program, root):
    """{path in the guest: file} of a program whose libraries are below a root."""
    found, todo = {}, elf.needed(program)
    while todo:
        name = os.path.basename(todo.pop())
        file = next((path for place in ("lib", "usr/lib")
                     for path in root.glob(f"{place}/*-linux-gnu/{name}")), None)
        file = file or next(root.glob(f"lib/{name}"))
        if f"lib/{name}" not in found:
            found[f"lib/{name}"] = file
            todo += elf.needed(file)
    return found


def libraries(program):
    """The shared libraries of a host program with the loader, as absolute paths."""
    text = subprocess.run(["ldd", program], stdout=subprocess.PIPE, text=True,
                          check=True).stdout
    found = re.findall(r"(?:=> |^\s+)(/\S+)", text, re.M)
    loaded = [os.path.join(os.path.dirname(found[0]), name) for name in elf.loaded(program)]
    return list(dict.fromkeys(found + loaded + [name for path in loaded for name in libraries(path)]))


def initramfs(boot, path):
    """Write the initramfs of a boot."""
    archive = Archive(path)
    machine = MACHINES[boot.arch]
    foreign = machine.root != pathlib.Path("/")
    archive.add_file("bin/busybox", machine.root / "bin/busybox" if foreign else
                     kernels.fetch_busybox())
    archive.add_file("init", HERE / "guest/init", 0o755)
    archive.add_file("lib.sh", HERE / "guest/lib.sh")
    archive.add("scenario", boot.script.encode())
    archive.entry("dev", stat.S_IFDIR | 0o755)
    archive.entry("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    for name in ("proc", "sys", "run", "tmp", "etc/vfio-early.conf.d"):
        archive.folder(name)
    # The loader of host drivers is kmod itself: it is what udev calls, and it
    # reads every kind of compressed module.
    kmod = machine.root / "bin/kmod" if foreign else os.path.realpath("/sbin/modprobe")
    archive.add_file("bin/kmod", kmod)
    for name in ("modprobe", "depmod"):
        archive.link(f"sbin/{name}", "../bin/kmod")
    for library in [] if foreign else libraries(kmod):
        archive.add_file(library.lstrip("/"), library, 0o755)
    if foreign:
        companion = machine.programs / "vfio-early"
        archive.add_file("sbin/vfio-early", companion, 0o755)
        for name, file in {**foreign_libraries(companion, machine.root),
                           **foreign_libraries(kmod, machine.root)}.items():
            archive.add_file(name, file, 0o755)
    for name in ("vfio-prove", "write-watch"):
        archive.add_file(f"sbin/{name}", helper(name, boot.arch))
    archive.add_file("sbin/vfio-early-boot", boot.program, 0o755)
    tree = modules(boot.kernel, boot.suffix)
    for file in sorted((tree / "lib").rglob("*")):
        if file.is_file():
            archive.add_file(str(file.relative_to(tree)), file)
    for name, text in boot.files.items():
        archive.add(name.lstrip("/"), text.encode())
    for name, file in boot.programs.items():
        archive.add_file(name, file, 0o755)
    archive.close()
    return pathlib.Path(path).stat().st_size


def newer_emulator():
    """A newer QEMU of x86, and where what belongs to it is."""
    top = kernels.fetch_qemu() / "usr"
    return ["env", f"QEMU_MODULE_DIR={top}/lib/x86_64-linux-gnu/qemu",
            f"{top}/bin/qemu-system-x86_64", "-L", f"{top}/share/qemu", "-L", "/usr/share/seabios"]


def command(boot, folder):
    """The words that start QEMU for a boot."""
    machine = MACHINES[boot.arch]
    iommu = ["-device", boot.iommu] if boot.iommu else []
    firmware, image = [], "vmlinux"
    if boot.uefi:       # OVMF starts the packed image, as firmware does
        image = "vmlinuz"
        store = (f"{folder}/store", "readonly=off") if boot.store else (OVMF_VARS, "snapshot=on")
        for file, mode in ((OVMF_CODE, "readonly=on"), store):
            firmware += ["-drive", f"if=pflash,format=raw,{mode},file={file}"]
    return [*(newer_emulator() if boot.newer else machine.qemu[:1]), *machine.words(folder),
            "-nodefaults", "-display", "none",
            *([] if boot.store else ["-no-reboot"]),
            "-smp", str(boot.processors), "-accel", *boot.accel, *iommu, *firmware, *boot.devices,
            "-kernel", str(kernels.fetch(boot.kernel) / image),
            "-initrd", f"{folder}/initrd", "-append",
            f"console={machine.console} {QUIET} log_buf_len=1M rdinit=/init {boot.append}"]


def boot(spec, limit=LIMIT, follow=None):
    """Run a boot to its end or to the limit; `follow(text)` sees what the guest has said."""
    folder = WORK / "runs" / spec.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    initramfs(spec, folder / "initrd")
    if spec.store:
        shutil.copyfile(OVMF_VARS, folder / "store")
    words = command(spec, folder) + (spec.talk.begin() if spec.talk else [])
    try:
        seconds, ending = emulate(words, folder, limit,
                                  [one for one in (follow, spec.talk) if one])
        if spec.then:
            more, ending = boot_then(spec, folder, limit)
            seconds += more
    finally:
        if spec.talk:
            spec.talk.done()
    (folder / "initrd").unlink()
    return Result(spec, folder, seconds, ending)


def boot_then(spec, folder, limit):
    """The same machine with the other kernel; what it says comes behind what was said."""
    said, later = folder / "said", dataclasses.replace(spec, kernel=spec.then, then="")
    before = said.read_text(errors="replace").replace("@@ end ok\n", "")
    initramfs(later, folder / "initrd")
    found = emulate(command(later, folder), folder, limit)
    said.write_text(before + "\n" + said.read_text(errors="replace"))
    return found


def emulate(words, folder, limit, follow=()):
    """Run QEMU to its end or to the limit; return how long it took, and how it ended."""
    (folder / "command").write_text("\n".join(words) + "\n")
    for name in ("console", "said"):
        (folder / name).touch()
    begin = time.monotonic()
    with open(folder / "qemu", "w", encoding="utf-8") as errors:
        guest = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=errors,
                                 stderr=errors)
    try:
        ending = _wait(guest, begin + limit, folder / "said", follow)
    finally:
        guest.kill()
        guest.wait()
    return time.monotonic() - begin, ending


def _wait(guest, deadline, said, follow):
    ending = None
    while ending is None and time.monotonic() < deadline:
        try:
            status = guest.wait(0.2)
            ending = "powered off" if status == 0 else f"QEMU ended with status {status}"
        except subprocess.TimeoutExpired:
            pass
        for one in follow:
            one(said.read_text(errors="replace"))
    return ending or "out of time"
