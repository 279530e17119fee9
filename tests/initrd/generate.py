# SPDX-License-Identifier: GPL-2.0-or-later
"""Real images by real generators, right and wrong ones, small to save time.

They are built in the base systems of tests/distro, with the files of the package unpacked into
them. A wrong image is made as a user would make it, by the generator's own means.
"""
import concurrent.futures
import os
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(TOP / "tests/distro"))

import images                                                   # noqa: E402

WORK = images.vm.BUILD / "initrd"
CONFIG = "[target windows-gpu]\nid = 10de:1b80\n"
DRACUT = ["dracut", "--force", "--no-hostonly", "--kver"]
SYSTEMD = "base systemd systemd-initrd dracut-systemd vfio-early"
OWN_INIT = "base vfio-early"
NAMED = 'add_dracutmodules+=" vfio-early "\n'
VFIO = ["vfio", "vfio_pci", "vfio_pci_core", "vfio-pci", "vfio-pci-core", "vfio_iommu_type1"]

# Loses the link that starts our unit, as another module could.
UNLINK = """#!/bin/bash
check() { return 255; }
install() { rm "$initdir$systemdsystemunitdir/sysinit.target.wants/vfio-early.service"; }
"""

# Programs that compress: quickly, a generator's own choice takes longer than the rest of it
GZIP, XZ, ZSTD = (["--compress", words] for words in
                  ("gzip -n -1", "xz --check=crc32 -0", "zstd -q -1"))

# name: what builds it. OUT and RELEASE are replaced.
BOOKWORM = {
    "initramfs-tools": ["mkinitramfs", "-c", "xz", "-o", "OUT", "RELEASE"],
    "dracut": [*DRACUT, "RELEASE", "-m", SYSTEMD, "--add-drivers", "nouveau", *ZSTD,
               "--early-microcode", "OUT"],
    "dracut-own-init": [*DRACUT, "RELEASE", "-m", OWN_INIT, *GZIP, "OUT"],
    "dracut-unlinked": [*DRACUT, "RELEASE", "-m", SYSTEMD + " unlink", *GZIP, "OUT"],
    "dracut-no-vfio": [*DRACUT, "RELEASE", "-m", OWN_INIT, *XZ, "--omit-drivers",
                       " ".join(VFIO), "OUT"],
    "dracut-no-program": [*DRACUT, "RELEASE", "-m", "base", "--add-drivers", "nouveau", *ZSTD,
                          "OUT"],
}
TRIXIE = {
    "initramfs-tools": ["mkinitramfs", "-o", "OUT", "RELEASE"],
    "dracut": [*DRACUT, "RELEASE", "-m", SYSTEMD, *ZSTD, "OUT"],
    "dracut-virqfd": [*DRACUT, "RELEASE", "-m", SYSTEMD, "--force-drivers", "vfio_virqfd", *GZIP,
                      "OUT"],
}


class Built:
    """The images of a base system.

    tree     the system, with the kernel's modules
    release  of its kernel
    path     name -> image
    """

    def __init__(self, tree):
        self.tree = tree
        self.release = next((tree / "lib/modules").iterdir()).name
        self.path = {"bare": tree / f"boot/initrd.img-{self.release}"}

    def build(self, name, command):
        out = f"/boot/test.{name}"
        words = [word.replace("RELEASE", self.release).replace("OUT", out) for word in command]
        images.inside(self.tree, *words, log=self.tree.with_suffix(".log"))
        self.path[name] = self.tree / out[1:]

    def dracut(self, out, modules):
        """An image of dracut at a place of its own, with these modules only."""
        images.inside(self.tree, *DRACUT, self.release, "-m", modules, *GZIP, out,
                      log=self.tree.with_suffix(".log"))

    def late(self):
        """One whose script runs after udev."""
        with images.late(self.tree):
            self.build("initramfs-tools-late", BOOKWORM["initramfs-tools"])

    def named(self):
        """dracut's settings name the module, and there is no config: vfio_early.target= works."""
        config = self.tree / "etc/vfio-early.conf"
        config.unlink()
        with images.replaced(self.tree / "etc/dracut.conf.d/named.conf", NAMED):
            self.build("dracut-named", [*DRACUT, "RELEASE", "-m", "base", *GZIP, "OUT"])
        images.write(config, CONFIG)

    def cpio(self):
        """The extra image that is loaded beside one which knows nothing of us."""
        images.inside(self.tree, "vfio-early", "--make-cpio", "/boot/test.extra", "--kernel",
                      self.release)
        self.path["extra"] = self.tree / "boot/test.extra"


def quick_dracut(built):
    """Settings of a system whose images are small, so that dracut's plain command is quick."""
    images.write(built.tree / "etc/dracut.conf.d/test.conf",
                 f'dracutmodules+=" {SYSTEMD} "\ncompress="gzip -n -1"\n')


def prepare(suite, deb):
    """An unpacked base with the package's files, and the config."""
    tree = WORK / suite
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    images.run("tar", "-C", tree, "-xf", images.base(suite, lambda text: None))
    images.run("dpkg-deb", "-x", deb, WORK / f"{suite}.deb")
    images.run("cp", "-rT", WORK / f"{suite}.deb/usr", tree / "usr")
    images.write(tree / "etc/vfio-early.conf", CONFIG)
    images.write(tree / "usr/lib/dracut/modules.d/99unlink/module-setup.sh", UNLINK, 0o755)
    # Something for the archive in front of the image: family 6, model 0
    images.write(tree / "lib/firmware/intel-ucode/06-00-00", "microcode\n")
    return Built(tree)


def make(suite, deb):
    """All images of a base system."""
    built = prepare(suite, deb)
    commands = BOOKWORM if suite == "bookworm" else TRIXIE
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(built.build, *item) for item in commands.items()]:
            done.result()
    if suite == "bookworm":
        built.late()
        built.cpio()
        built.named()
    else:
        with open(built.tree / "etc/initramfs-tools/modules", "a", encoding="utf-8") as file:
            file.write("vfio_virqfd\n")
        built.build("initramfs-tools-virqfd", TRIXIE["initramfs-tools"])
    return built


def package():
    """The package; DEB names one that is there."""
    return pathlib.Path(os.environ["DEB"]) if os.environ.get("DEB") else images.deb()
