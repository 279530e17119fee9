# SPDX-License-Identifier: GPL-2.0-or-later
"""Root images of real distributions, with the package installed by their own apt.

A base is made once by mmdebstrap and kept in .cache/distro. From it comes a root with
the package, the config, the adversary's settings and one initramfs for each generator
of the suite; all boots of a suite share that root image.
"""

import concurrent.futures
import contextlib
import dataclasses
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(TOP / "tests/boot"))

import vm                                                       # noqa: E402
from cards import CONFIG, TWO_TARGETS                           # noqa: E402

CACHE = vm.kernels.CACHE / "distro"
WORK = vm.BUILD / "distro"

# Both generators side by side: dracut-core does not conflict with initramfs-tools.
PACKAGES = """systemd systemd-sysv udev kmod dbus linux-image-amd64 dracut-core initramfs-tools
    busybox cpio zstd xz-utils e2fsprogs pci.ids libkmod2 libpci3 libblkid1 libjansson4
    libsystemd0 libarchive13 libxml2 libhwloc15
    libvirt-daemon-system libvirt-clients qemu-system-x86""".split()

# What the boots by real boot loaders (loaders.py) and the one of the guard need besides, in the
# suite that they have
BESIDES = {"trixie": ["systemd-boot-tools", "systemd-boot-efi", "grub2-common",
                      "grub-efi-amd64-bin", "openssh-server"]}

# Their programs, which lie on the disk that boots
PROGRAMS = {"trixie": ["usr/lib/systemd/boot/efi/systemd-bootx64.efi",
                       "usr/lib/grub/x86_64-efi/monolithic/grubx64.efi"]}

# The first process there: only the file system of /boot knows what it is about.
FIRST = "/usr/lib/vfio-early-test"
FIRST_TEXT = """#!/bin/sh
mount LABEL=boot /boot || mount LABEL=ESP /boot
exec sh /boot/witness/loaders
"""

# Third-generation names of the same library (Debian 13)
RENAMED = {"trixie": {"libarchive13": "libarchive13t64"}}

# What the host's own drivers are, forced in by each generator's own means.
DRIVERS = ("radeon", "snd_hda_intel", "qxl", "xhci_pci")


@dataclasses.dataclass(frozen=True)
class Suite:
    """A release of Debian and the images that are built in it.

    modules  which of them initramfs-tools takes: most, as Debian has it, or list
    newest   flows of a dracut that comes from sid, and is installed when the others are done
    """
    name: str
    flows: tuple
    modules: str
    wrong: tuple = ()
    newest: tuple = ()


SUITES = {
    "bookworm": Suite("bookworm", ("initramfs-tools", "dracut", "dracut-nosystemd"), "most",
                      ("stale", "invalid", "late")),
    "trixie": Suite("trixie", ("initramfs-tools", "dracut"), "list", ("stale",),
                    ("dracut-newest",)),
}

# Arguments of dracut for each of its flows: once with hostonly, which leaves out drivers
# that the machine does not use now, and once generic. Found by label, so that neither
# looks at the disks of the machine that builds.
HOSTONLY = ["--add", "systemd", "--hostonly", "--no-hostonly-cmdline",
            "--no-hostonly-default-device"]
DRACUT = {
    "dracut": HOSTONLY,
    "dracut-newest": HOSTONLY,
    "dracut-nosystemd": ["--omit", "systemd systemd-initrd dracut-systemd", "--no-hostonly"],
}
FAST = "zstd -1 -T0"

# Settings of the base for images of initramfs-tools that are quickly built, and what such
# an image needs besides, to find its root
SMALL_FILE = pathlib.Path("etc/initramfs-tools/conf.d/small")
SMALL = ("COMPRESS=zstd", "COMPRESSLEVEL=1")
DISK = ("virtio_pci", "virtio_blk", "ext4", "crc32c_generic")

# The config of yesterday, and one with a slip of the pen
ONE_TARGET = "[target qxl]\nid = 1b36:0100\n"
INVALID = TWO_TARGETS + "boot-dysplay = allow\n"


class ImageError(Exception):
    """An image that cannot be made; the text says why."""


def run(*command, log=None, **options):
    """Run a command; its words are the error."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, **options)
    if log:
        with open(log, "a", encoding="utf-8") as file:
            file.write(f"$ {' '.join(map(str, command))}\n{done.stdout}")
    if done.returncode:
        raise ImageError(f"{' '.join(map(str, command))}: status {done.returncode}\n"
                         + done.stdout[-3000:])
    return done.stdout


def packages(suite):
    """Names of the packages of a base."""
    return [RENAMED.get(suite, {}).get(name, name)
            for name in PACKAGES + BESIDES.get(suite, [])]


def base(suite, say):
    """A tar archive of a minimal system with a kernel and both generators."""
    CACHE.mkdir(parents=True, exist_ok=True)
    # Two suites of tests may want it at the same time.
    with open(CACHE / f"{suite}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return base_make(suite, say)


def base_make(suite, say):
    """The archive that is there, or a new one."""
    archive = CACHE / f"{suite}.tar"
    stamp = CACHE / f"{suite}.packages"
    settings = " ".join(["MODULES=list", *SMALL])
    wanted = " ".join([*packages(suite), settings])
    if archive.exists() and stamp.exists() and stamp.read_text() == wanted:
        return archive
    say(f"{suite}: making the base system, once")
    main, security = vm.kernels.host_archives()
    sources = CACHE / f"{suite}.list"
    sources.write_text(f"deb {main} {suite} main\ndeb {security} {suite}-security main\n")
    part = archive.with_suffix(".part.tar")
    excludes = [f"--dpkgopt=path-exclude=/usr/share/{name}/*"
                for name in ("doc", "locale", "man")]
    # Not below TMPDIR, where device nodes may be of no use
    env = {name: value for name, value in os.environ.items() if name != "TMPDIR"}
    small = (f'mkdir -p "$1/{SMALL_FILE.parent}" && '
             f'printf "%s\\n" {settings} >"$1/{SMALL_FILE}"')
    run("mmdebstrap", "--variant=minbase", f"--include={','.join(packages(suite))}",
        f"--essential-hook={small}", *excludes, suite, part, sources,
        env=env)
    part.rename(archive)
    stamp.write_text(wanted)
    return archive


def write(path, text, mode=0o644):
    """Write a file of the tree, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


@contextlib.contextmanager
def replaced(path, text, mode=0o644):
    """A file of the tree with another text for a while."""
    before = path.read_text() if path.exists() else None
    write(path, text, mode)
    try:
        yield
    finally:
        path.unlink()
        if before is not None:
            write(path, before, mode)


@contextlib.contextmanager
def late(tree):
    """A script of the same name in /etc that wants to run after udev, and an old hook that
    does not look."""
    top = tree / "usr/share/initramfs-tools"
    script = (top / "scripts/init-top/00-vfio-early").read_text()
    hook = (top / "hooks/vfio-early").read_text()
    if not hook.endswith("\norder_check\n"):
        raise ImageError("the hook does not end with order_check")
    own = tree / "etc/initramfs-tools/scripts/init-top/00-vfio-early"
    with (replaced(own, script.replace('PREREQ=""', 'PREREQ="udev"'), 0o755),
          replaced(top / "hooks/vfio-early", hook.removesuffix("order_check\n"), 0o755)):
        yield


@contextlib.contextmanager
def too_late(tree):
    """Such an image with drivers that can be taken off a card again: qxl's unbinding leaves
    an interrupt handler behind, which kills the kernel at the next interrupt."""
    names = ("snd_hda_intel", "xhci_pci", *DISK)
    with (late(tree),
          replaced(tree / "etc/initramfs-tools/modules", "\n".join(names) + "\n")):
        yield


# How a wrong image comes about
WRONG = {
    "stale": lambda tree: replaced(tree / CONFIG.lstrip("/"), ONE_TARGET),
    "invalid": lambda tree: replaced(tree / CONFIG.lstrip("/"), INVALID),
    "late": too_late,
}


def adversary(tree):
    """Force the host's drivers into every image, and load them on the real root."""
    names = "\n".join(DRIVERS) + "\n"
    with open(tree / "etc/initramfs-tools/modules", "a", encoding="utf-8") as file:
        file.write(names + "\n".join(DISK) + "\n")
    write(tree / "etc/dracut.conf.d/90-adversary.conf",
          f'force_drivers+=" {" ".join(DRIVERS)} "\nadd_drivers+=" virtio_pci virtio_blk ext4 "\n'
          f'filesystems+=" ext4 "\ncompress="{FAST}"\n')
    write(tree / "etc/modules-load.d/adversary.conf", names)


def furnish(tree):
    """The config, and the unit of the witness, which is on the boot disk."""
    write(tree / CONFIG.lstrip("/"), TWO_TARGETS)
    write(tree / "etc/modprobe.d/vfio-test.conf", "options vfio-pci disable_vga=1\n")
    write(tree / "etc/fstab", "LABEL=root / ext4 rw 0 1\nLABEL=boot /boot ext4 rw 0 0\n")
    write(tree / "etc/hostname", "distro\n")
    # Not the first boot, which enables every unit that asks for it
    write(tree / "etc/machine-id", hashlib.md5(b"vfio-early").hexdigest() + "\n", 0o444)
    unit = "etc/systemd/system"
    write(tree / unit / "witness.service", (HERE / "guest/witness.service").read_text())
    wants = tree / unit / "default.target.wants"
    wants.mkdir(parents=True, exist_ok=True)
    (wants / "witness.service").symlink_to("../witness.service")
    # The first process where a boot loader boots: the file system of /boot has the rest.
    write(tree / FIRST.lstrip("/"), FIRST_TEXT, 0o755)
    # What acts want of it they start; the services of a VM host cost every boot seconds.
    write(tree / "etc/libvirt/qemu.conf", 'user = "root"\ngroup = "root"\n')
    for name in unit, "etc/systemd/system/multi-user.target.wants", \
            "etc/systemd/system/sockets.target.wants":
        for found in [*(tree / name).glob("*virt*"), *(tree / name).glob("ssh*.service")]:
            found.unlink()
    for found in (tree / "etc/libvirt/qemu/networks/autostart").glob("*.xml"):
        found.unlink()
    # No other process waits here, and nothing was changed without the package manager.
    for name in ("getty@.service", "serial-getty@.service", "apt-daily.timer",
                 "apt-daily-upgrade.timer", "e2scrub_all.timer", "fstrim.timer",
                 "dpkg-db-backup.timer", "systemd-timesyncd.service", "ldconfig.service",
                 "systemd-hwdb-update.service", "systemd-random-seed.service",
                 "e2scrub_reap.service"):
        with contextlib.suppress(FileExistsError):
            (tree / unit / name).symlink_to("/dev/null")


def inside(tree, *command, log=None):
    """Run a command in the tree."""
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive",
           "LC_ALL": "C.UTF-8", "HOME": "/root"}
    return run(HERE / "inside", tree, *command, log=log, env=env)


def generate(tree, out, suite, flow, release):
    """Build one flow's image by the distribution's own command; keep the build's words."""
    if flow == "initramfs-tools":
        made = f"boot/initrd.img-{release}"
        settings = [f"MODULES={suite.modules}", *SMALL, ""]
        with replaced(tree / SMALL_FILE, "\n".join(settings)):
            said = inside(tree, "update-initramfs", "-u", "-k", release)
    else:
        made = f"boot/{flow}.img"
        said = inside(tree, "dracut", "--force", "--kver", release, *DRACUT[flow], f"/{made}")
    shutil.copy(tree / made, out / f"initrd.{flow}")
    write(out / f"said.{flow}", said)


def generate_wrong(tree, out, name, release):
    """Build a wrong image, a small one; keep the build's words."""
    with WRONG[name](tree):
        said = inside(tree, "mkinitramfs", "-o", f"/boot/{name}", release)
    shutil.copy(tree / "boot" / name, out / f"initrd.{name}")
    write(out / f"wrong.{name}", said)


def keep_bare(tree, out):
    """The image that the installation's own trigger has built: there is no config yet."""
    release = next((tree / "lib/modules").iterdir()).name
    image = f"boot/initrd.img-{release}"
    shutil.copy(tree / image, out / "initrd.bare")
    write(out / "list.bare", inside(tree, "lsinitramfs", f"/{image}"))


def make_cpio(tree, out, release):
    """An image that knows nothing of us, with the extra one in front of it, just as nixpkgs'
    make-initrd.sh and make-initrd-ng.nix put what boot.initrd.prepend names in front of theirs."""
    inside(tree, "vfio-early", "--make-cpio", "/boot/extra.cpio", "--kernel", release)
    extra = (tree / "boot/extra.cpio").read_bytes()
    (out / "initrd.cpio").write_bytes(extra + (out / "initrd.bare").read_bytes())


# What comes from sid, newer than in any release
NEWEST = {"dracut": ("dracut-core", "dracut-install"),
          "grub": ("grub2-common", "grub-efi-amd64-bin")}


@vm.kernels.one_at_a_time
def newest(name, say):
    """The packages of sid, fetched once."""
    folder = CACHE / f"{name}-newest"
    if len(list(folder.glob("*.deb"))) != len(NEWEST[name]):
        say(f"{name}: downloading the one of sid")
        apt = vm.kernels.Apt("sid", ["sid"])
        apt.get("update")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for deb in apt.download(NEWEST[name]):
            shutil.move(deb, folder)
    return sorted(folder.glob("*.deb"))


def generate_newest(tree, out, suite, release, say):
    """Images of a dracut that is newer than the release has."""
    debs = newest("dracut", say) if suite.newest else []
    for deb in debs:
        shutil.copy(deb, tree / "opt")
    if debs:
        inside(tree, "dpkg", "--install", *[f"/opt/{deb.name}" for deb in debs],
               log=out / "log")
    for flow in suite.newest:
        generate(tree, out, suite, flow, release)


def generate_all(tree, out, suite, say):
    """Every flow's image beside each other, and the kernel."""
    release = next((tree / "lib/modules").iterdir()).name
    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(lambda flow: generate(tree, out, suite, flow, release), suite.flows))
    for name in suite.wrong:
        generate_wrong(tree, out, name, release)
    generate_newest(tree, out, suite, release, say)
    make_cpio(tree, out, release)
    write(out / "release", release)
    for name in "vmlinuz", "config":
        shutil.copy(tree / f"boot/{name}-{release}", out / name)
    (out / "vmlinux").write_bytes(vm.kernels.unpack_image((out / "vmlinuz").read_bytes()))


# What a GRUB that reads BLS entries consists of: blsuki is new in 2.14.
GRUB_BLS = """part_gpt fat ext2 normal configfile search search_label linux blsuki
    loadenv test echo""".split()


def grub_bls(tree, out, say):
    """A GRUB of sid, as grub-install would make it."""
    for deb in newest("grub", say):
        run("dpkg-deb", "-x", deb, tree / "opt/grub")
    inside(tree, "/opt/grub/usr/bin/grub-mkimage", "--format=x86_64-efi", "--prefix=/EFI/debian",
           "--directory=/opt/grub/usr/lib/grub/x86_64-efi", "--output=/opt/grub.efi", *GRUB_BLS,
           log=out / "log")
    shutil.copy(tree / "opt/grub.efi", out / "grub-bls.efi")
    shutil.rmtree(tree / "opt")
    (tree / "opt").mkdir()


def keep_programs(tree, out, suite, say):
    """The boot loaders of a suite, by their file names."""
    for name in PROGRAMS.get(suite, []):
        shutil.copy(tree / name, out)
    if suite in PROGRAMS:
        grub_bls(tree, out, say)


def fingerprint(*paths):
    """One word for the content of files."""
    total = hashlib.sha256()
    for path in paths:
        total.update(str(path.name).encode() + path.read_bytes())
    return total.hexdigest()


def sources(archive, deb):
    """What a root is made from; the base only by its size and time."""
    status = archive.stat()
    files = [deb, HERE / "images.py", HERE / "inside", HERE / "guest/witness.service",
             TOP / "tests/boot/cards.py"]
    return f"{fingerprint(*files)} {status.st_size} {status.st_mtime_ns}\n"


def disk(tree, image):
    """The root disk, which takes the place of the tree."""
    for leftover in ("boot", "usr/share/doc", "var/cache/apt", "var/lib/apt/lists"):
        shutil.rmtree(tree / leftover, ignore_errors=True)
    (tree / "boot").mkdir(exist_ok=True)
    run("mke2fs", "-q", "-t", "ext4", "-L", "root", "-E", "lazy_itable_init=1,root_owner=0:0",
        "-O", "^has_journal", "-d", tree, image, "2G")
    shutil.rmtree(tree)


def root(name, deb, say=lambda text: None):
    """The folder with root.img, vmlinux and initrd.FLOW of a suite."""
    suite, out = SUITES[name], WORK / name
    archive = base(name, say)
    stamp, wanted = out / "stamp", sources(archive, deb)
    if stamp.exists() and stamp.read_text() == wanted:
        return out
    shutil.rmtree(out, ignore_errors=True)
    tree = out / "tree"
    tree.mkdir(parents=True)
    say(f"{name}: unpacking the base, installing {deb.name}, building the images")
    run("tar", "-C", tree, "-xf", archive)
    shutil.copy(deb, tree / "opt")
    log = out / "log"
    adversary(tree)
    inside(tree, "apt-get", "install", "-y", f"/opt/{deb.name}", log=log)
    keep_bare(tree, out)
    furnish(tree)
    generate_all(tree, out, suite, say)
    keep_programs(tree, out, name, say)
    disk(tree, out / "root.img")
    stamp.write_text(wanted)
    return out


def deb():
    """The package, as it is built now."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("MAKE") and k != "MFLAGS"}
    # The same files make the same package, and then the same images do.
    env["SOURCE_DATE_EPOCH"] = "1"
    run("make", "-C", TOP, f"BUILD={os.path.relpath(vm.BUILD, TOP)}", "deb", env=env)
    version = (TOP / "VERSION").read_text().strip()
    return vm.BUILD / f"vfio-early_{version}_amd64.deb"
