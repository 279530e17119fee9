# SPDX-License-Identifier: GPL-2.0-or-later
"""Real boot loaders: a machine that boots, reboots and boots again as its boot loader chooses.

The disk has a GPT and an ESP, and for GRUB a partition for /boot; the root is the one of the
suite. Two entries: one loads an image that reserves both cards, the other an old one that
reserves one card only. In each round the guest prints the prediction of --check, changes something by
the boot loader's own tool, and prints the prediction again; the next round shows if it was
right. Rounds are in one QEMU, whose reset keeps disks and EFI variables.

After them, with two of the loaders, follow three about a boot entry for a virtual machine: the
usual boot, the boot of that entry, with systemd and libvirt, and the usual boot again.
"""

import dataclasses
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess

import images
from images import vm
from cards import HDA, QXL, RADEON, TWO_CARDS, XHCI
from suite import Group

HERE = pathlib.Path(__file__).resolve().parent
LIMIT = int(os.environ.get("BOOT_LIMIT", "900"))
SUITE = "trixie"

TARGETS = {"qxl": (QXL, XHCI), "radeon": (RADEON, HDA)}
RESERVES = {"good": ("qxl", "radeon"), "stale": ("qxl",)}

@dataclasses.dataclass(frozen=True)
class Loader:
    """A boot loader and what each of its rounds is about.

    program  its file
    rounds   (entry that boots, {word of the guest: entry that --check says boots next}); what
             the last word of a round predicts is what the next round does
    chosen   {(round, word): what --check says has chosen it}
    tools    what of its tools the guest runs: NAME.ROUND
    other    end of the name of the image that does not boot in the first round
    advised  {round: command that --check prints where there is no guard}; None: the one of
             --explain mode
    steps    what --explain mode says, and the last round did; empty: no entry for a guest
    """
    name: str
    program: str
    rounds: tuple
    chosen: dict
    tools: tuple
    other: str
    advised: dict = dataclasses.field(default_factory=dict)
    steps: tuple = ()
    suite: str = SUITE


LOADERS = [
    Loader("systemd-boot", "systemd-bootx64.efi", (
        ("good", {"check": "good", "after": "good"}),   # a counter, as --check advises
        ("good", {"check": "stale"}),                   # good+1.conf: its last try is used up
        # bootctl set-oneshot good.conf; default good.conf
        ("stale", {"check": "stale", "once": "good", "after": "good"})), {
            (1, "after"): "good.conf (the first in the order of systemd-boot)",
            (2, "check"): "stale.conf (the first in the order of systemd-boot)",
            (3, "once"): "good.conf (LoaderEntryOneShot (bootctl set-oneshot))",
            (3, "after"): "good.conf (default in /boot/loader/loader.conf)"},
           ("bootctl.1", "sh.1", "bootctl.3", "kernel-install.3", "sh.4"), "/initrd-stale",
           {1: 'mv "/boot/loader/entries/good.conf" "/boot/loader/entries/good+1.conf"',
            4: "vfio-early --explain mode"},
           ("vfio_early.mode=off", "ln -s /usr/share/vfio-early/95-vfio-early.install "
            "/etc/kernel/install.d/", "systemctl enable vfio-early-guest@NAME.service")),
    Loader("grub", "grubx64.efi", (
        ("good", {"check": "good", "saved": "good", "after": "stale"}),  # grub-reboot
        ("stale", {"check": "good"}),                                   # saved_entry
        ("good", {"check": "good"})), {
            (1, "saved"): "saved_entry of grubenv",
            (1, "after"): "next_entry of grubenv (once)",
            (2, "check"): "saved_entry of grubenv"},
           ("update-grub.1", "update-grub.3", "sh.4"), "-stale", {4: None},
           ("vfio_early.mode=off to GRUB_CMDLINE_LINUX in /etc/default/grub",
            "ln -s /usr/share/vfio-early/11_vfio_early /etc/grub.d/, then update-grub",
            "systemctl enable vfio-early-guest@NAME.service")),
    Loader("grub-bls", "grub-bls.efi", (
        ("stale", {"check": "stale", "after": "good"}),     # by name; grub-set-default
        ("good", {"check": "good", "after": "stale"})), {   # saved_entry; grub-reboot
            (1, "check"): "stale (the first in /boot/grub/grub.cfg)",
            (1, "after"): "good (saved_entry of grubenv)",
            (2, "after"): "stale (next_entry of grubenv (once))"},
           ("grub-set-default.1", "grub-reboot.2"), "/initrd-good"),
]


# ---- the disk ----

# GRUB's first file, on the ESP, as Debian's installer writes it
TO_BOOT = ("search.fs_label boot root\nset prefix=($root)'/grub'\n"
           "configfile $prefix/grub.cfg\n")


def kernel_line(entry, line):
    return f"{line} init={images.FIRST} vfio_test.entry={entry}"


def loader_conf(release, entry, image, line):
    return (f"title Debian {entry}\nsort-key {entry}\nversion {release}\nlinux /vmlinuz-{release}\n"
            f"initrd /{image}\noptions {kernel_line(entry, line)}\n")


def entries(tree, root, line, rows):
    """Entries in files; rows: (entry, image)."""
    release = (root / "release").read_text()
    os.link(root / "vmlinuz", tree / f"vmlinuz-{release}")
    for entry, image in rows:
        os.link(root / f"initrd.{image}", tree / f"initrd-{entry}")
        images.write(tree / f"loader/entries/{entry}.conf",
                     loader_conf(release, entry, f"initrd-{entry}", line))


def systemd_boot_tree(tree, root, line):
    """/boot is the ESP. Returns the trees of ESP and /boot."""
    entries(tree, root, line, (("good", "initramfs-tools"), ("stale", "stale")))
    images.write(tree / "loader/loader.conf", "timeout 0\n")
    return tree, None


def grub_tree(tree, root, line):
    """/boot is ext4, its two kernels have an image each; update-grub has not run yet."""
    boot, esp = tree / "boot", tree / "esp"
    boot.mkdir()
    release = (root / "release").read_text()
    for name, image in (("", "initramfs-tools"), ("-stale", "stale")):
        os.link(root / "vmlinuz", boot / f"vmlinuz-{release}{name}")
        os.link(root / f"initrd.{image}", boot / f"initrd.img-{release}{name}")
    images.write(boot / "grub/grub.cfg",
                 f"set timeout=0\nmenuentry 'Debian' --id good {{\n\tlinux /vmlinuz-{release} "
                 f"{kernel_line('good', line)}\n\tinitrd /initrd.img-{release}\n}}\n")
    images.write(esp / "EFI/debian/grub.cfg", TO_BOOT)
    return esp, boot


def grub_bls_tree(tree, root, line):
    """/boot is ext4, grub.cfg reads the entries in it, as Fedora's does."""
    boot, esp = tree / "boot", tree / "esp"
    boot.mkdir()
    entries(boot, root, line, (("good", "initramfs-tools"), ("stale", "stale")))
    images.write(boot / "grub/grub.cfg",
                 "set timeout=0\nload_env\nif [ \"${next_entry}\" ]; then\n"
                 "\tset default=\"${next_entry}\"\n\tset next_entry=\n\tsave_env next_entry\n"
                 "else\n\tset default=\"${saved_entry}\"\nfi\nblscfg\n")
    images.write(esp / "EFI/debian/grub.cfg", TO_BOOT)
    return esp, boot


TREES = {"systemd-boot": systemd_boot_tree, "grub": grub_tree, "grub-bls": grub_bls_tree}


def witness(tree, loader, line):
    """The script of the guest and what it reads, on the file system of /boot."""
    folder = tree / "witness"
    images.write(folder / "lib.sh", (images.TOP / "tests/boot/guest/lib.sh").read_text())
    images.write(folder / "loaders", (HERE / "guest/loaders").read_text(), 0o755)
    images.write(folder / "witness", "#!/bin/sh\nexec sh /boot/witness/loaders systemd\n", 0o755)
    for name, text in (("loader", loader.name.replace("-", "_")), ("round", "0"),
                       # the round that is the last one, and behind which systemd runs
                       ("rounds", f"{len(loader.rounds) + (3 if loader.steps else 0)} "
                        f"{len(loader.rounds) + 1}"),
                       ("line", f"{line} init={images.FIRST}")):
        images.write(folder / name, f"{text}\n")


def fat(tree, path, size):
    """A FAT file system of a tree, as a file."""
    with open(path, "wb") as file:
        file.truncate(size << 20)
    images.run("mkfs.vfat", "-F", "32", "-n", "ESP", path)
    images.run("mcopy", "-s", "-i", path, *sorted(tree.iterdir()), "::")


def join(parts, path):
    """A disk with a GPT; parts: (file, sfdisk's letter for the type), in MiB from 1 on."""
    begin, script = 1, ["label: gpt"]
    for part, kind in parts:
        size = part.stat().st_size >> 20
        script.append(f"start={begin}MiB, size={size}MiB, type={kind}")
        begin += size
    with open(path, "wb") as file:
        file.truncate((begin + 1) << 20)
    subprocess.run(["sfdisk", "-q", path], input="\n".join(script), text=True, check=True,
                   stdout=subprocess.DEVNULL)
    begin = 1
    for part, _ in parts:
        images.run("dd", f"if={part}", f"of={path}", "bs=1M", f"seek={begin}", "conv=notrunc,sparse")
        begin += part.stat().st_size >> 20
        part.unlink()


def disk(loader, folder, root, line):
    """The disk that boots."""
    tree = folder / "tree"
    tree.mkdir()
    esp, boot = TREES[loader.name](tree, root, line)
    witness(boot or esp, loader, line)
    program = esp / "EFI/BOOT/BOOTX64.EFI"
    program.parent.mkdir(parents=True, exist_ok=True)
    os.link(root / loader.program, program)
    parts = [(folder / "esp", "U")]
    fat(esp, parts[0][0], 100 if boot is None else 40)
    if boot:
        parts.append((folder / "boot", "L"))
        images.run("mke2fs", "-q", "-t", "ext4", "-L", "boot", "-d", boot, parts[1][0], "160M")
    join(parts, folder / "disk.img")
    shutil.rmtree(tree)


# ---- the machine ----

def drive(image, slot, first):
    return ["-drive", f"file={image},if=none,id=d{slot},format=raw,snapshot=on,cache=unsafe",
            "-device", f"virtio-blk-pci,drive=d{slot},addr={slot}.0"
            + (",bootindex=0" if first else "")]


def command(folder, root, firmware):
    return ["qemu-system-x86_64", "-nodefaults", "-display", "none", "-m", "1536", "-smp", "1",
            "-cpu", vm.CPU, "-machine", "q35,kernel-irqchip=split", "-accel", "tcg",
            "-device", "intel-iommu,intremap=on,caching-mode=on",
            "-serial", f"file:{folder}/console", "-serial", f"file:{folder}/said",
            *firmware, *TWO_CARDS, *drive(root / "root.img", 9, False),
            *drive(folder / "disk.img", 10, True)]


def start(loader, roots, line, firmware):
    """Run all rounds of a boot loader."""
    folder, root = images.WORK / "runs" / loader.name, roots[loader.suite]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    disk(loader, folder, root, f"{line} intel_iommu=on")
    words = command(folder, root, firmware(folder))
    limit = 2 * LIMIT if loader.steps else LIMIT        # twice the rounds
    seconds, ending = vm.emulate(words, folder, limit)
    (folder / "disk.img").unlink()
    return vm.Result(loader, folder, seconds, ending)


# ---- judging ----

def said(result, name):
    try:
        return json.loads(result.block(name))
    except ValueError:
        return {}


def predicted(result, name):
    """What a --check of the guest says: {target: state}, and which entry boots next."""
    data = said(result, name)
    texts = [f["text"] for f in data.get("findings", []) if f["code"] == "image"
             and f["text"].startswith("boots next: ")]
    return {t["name"]: t["state"] for t in data.get("targets", [])}, (texts or [""])[0]


def state(booted, target, following):
    """What --check has to say of a target: as it is now, and as the next boot makes it."""
    now, then = (target in RESERVES[entry] for entry in (booted, following))
    if now:
        return "reserved" if then else "will-be-released"
    return "will-be-reserved" if then else "refused"


def check_round(loader, result, number):
    """A round: which entry has booted and what it did, and what --check says of the next."""
    entry, words = loader.rounds[number - 1]
    group = Group(f"round {number}: {entry} has booted; --check says what comes next")
    group.equal("entry", result.fact("booted", str(number)), [entry])
    have = result.stage(str(number))
    for target, functions in TARGETS.items():
        group.equal(f"{target} is with vfio-pci",
                    all(have[address].driver == "vfio-pci" for address in functions
                        if address in have), target in RESERVES[entry])
    group.equal("complaints", result.block(f"bad.{number}"), "")
    for word, following in words.items():
        states, texts = predicted(result, f"{word}.{number}")
        group.equal(f"{word}: the next boot", states,
                    {target: state(entry, target, following) for target in TARGETS})
        why = loader.chosen.get((number, word))
        if why:
            group.true(f"{word}: {why} is not in {texts!r}", why in texts)
    return group


def alternative(result, name, image):
    """The image of the other entry has a line of its own, and decides nothing."""
    group = Group("the image of the other entry is told apart, with what is wrong in it")
    found = [f for f in said(result, name).get("findings", [])
             if (f["subject"] or "").endswith(image)]
    group.true(f"{found}", any(f["level"] == "hint" and "which the entry that boots next does "
                               "not load" in f["text"] for f in found))
    group.equal("what is worse", [f["text"] for f in found if f["level"] in ("warn", "fail")],
                ["the config in it is not the one in /etc; radeon is not in it"]
                if "stale" in image else [])
    return group


def remedy(result):
    """A remedy of the command line, done as it was printed, ends the finding."""
    group = Group("a parameter is gone from the next line; update-grub, as advised, ends it")
    before, after = (said(result, f"{name}.1").get("findings", []) for name in ("lost", "saved"))
    group.equal("remedy", [f["remedy"] for f in before if f["code"] == "iommu-parameter"],
                ["add intel_iommu=on to GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub, run "
                 "update-grub, and reboot"])
    group.equal("afterwards", [f["text"] for f in after if f["code"] == "iommu-parameter"], [])
    return group


def grub_title(result, number):
    """The entry, as --explain mode has it."""
    found = re.search("grub-reboot ['\"](.*)['\"]$",
                      " ".join(result.fact("command", str(number)) or []))
    return found and found[1]


def unguarded(loader, result):
    """What --check advises where there is no guard is what the guest has typed."""
    group = Group("where there is no guard, --check prints a command of this boot loader, which does "
                  "what it says")
    for number, wanted in loader.advised.items():
        advised = " ".join(result.fact("advised", str(number)) or [])
        group.equal(f"round {number}", advised, wanted or
                    f"grub-reboot {shlex.quote(grub_title(result, number) or '')}")
        group.true(f"round {number}: its words", "there is no first-boot guard: EFI variables: "
                   "efivarfs is not mounted" in result.block(f"unguarded.{number}"))
        if unended := result.fact("unended", str(number)):
            group.equal(f"round {number}, where nothing ends a trial", unended,
                        result.fact("command", str(number)))
            group.true(f"round {number}: its words then", "there is no first-boot guard: nothing would end "
                       "a trial: " in result.block(f"unended.{number}"))
    if loader.name == "systemd-boot":
        group.true("a command where nothing ends a trial", result.fact("unended", "4"))
    return group


def guest_entry(loader, result):
    """The three rounds of a boot entry for a virtual machine."""
    daily = len(loader.rounds) + 1
    explained = " ".join(result.block(f"explain.{daily - 1}").split())
    command = " ".join(result.fact("command", str(daily)) or [])
    group = Group(f"an entry for a virtual machine, made as --explain mode says and chosen by {command}: "
                  "the guest gets the card, its end is a reboot, to the entry of every day")
    group.equal("not explained", [step for step in loader.steps if step not in explained], [])
    drivers = {}
    for number, entry in (daily, "daily"), (daily + 1, "good"), (daily + 2, "daily"):
        group.equal(f"entry, round {number}", result.fact("booted", str(number)), [entry])
        group.equal(f"complaints, round {number}", result.block(f"bad.{number}"), "")
        have = result.stage(str(number))
        drivers[number] = [have[address].driver == "vfio-pci" for target in TARGETS.values()
                           for address in target if address in have]
    group.equal("reserved", drivers, {daily: [False] * 4, daily + 1: [True] * 4,
                                      daily + 2: [False] * 4})
    mode = [f["text"] for f in said(result, f"check.{daily}").get("findings", [])
            if f["code"] == "mode" and f["level"] == "hint"]
    group.true(f"--check: {mode}", len(mode) == 1 and "leaves the cards to the host" in mode[0])
    group.equal("--check when it is chosen", predicted(result, f"after.{daily}")[0],
                dict.fromkeys(TARGETS, "will-be-reserved"))
    group.equal("target and guest's unit", result.fact("units", str(daily + 1)), ["active"] * 2)
    group.equal("the guest", result.fact("running", str(daily + 1)), ["running"])
    group.equal("in the entry of every day", (result.fact("units", str(daily + 2)) or [0, 0])[1],
                "inactive")
    group.equal("its condition there", result.fact("condition", str(daily + 2)), ["no"])
    return group


def examine(loader, result):
    """All groups of a boot loader."""
    group = Group("a real boot loader boots, is changed by its own tool, and boots again")
    group.equal("the guest's last word", result.complete, True)
    group.equal("its tool", [(name, result.fact("status", name)) for name in loader.tools
                             if result.fact("status", name) != ["0"]], [])
    yield group
    if not result.complete:
        return
    for number in range(1, len(loader.rounds) + 1):
        yield check_round(loader, result, number)
    yield alternative(result, "check.1", loader.other)
    if result.block("lost.1"):
        yield remedy(result)
    if loader.advised:
        yield unguarded(loader, result)
    if loader.steps:
        yield guest_entry(loader, result)
