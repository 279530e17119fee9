# SPDX-License-Identifier: GPL-2.0-or-later
"""The hook of a virtual machine's start, with one of its system calls failing, or the last of its
process.

A start that succeeds has the card, as a whole, and a record of it; one that fails has given it back.
After a process was killed in any call, and after an end that went wrong, the hypervisor calls the hook
for the end once more: then the card is with its drivers again, and no record is left.

environment: EVERY  one call in so many goes wrong (default 7; 1: each of them, in each way)
"""
import concurrent.futures
import errno
import os
import queue
import shutil
import subprocess

from machine import BOTH, PROGRAMS, TURDUCKEN, Root, machines
from modes import DOMAIN, KEPT
from suite import JOBS

EVERY = int(os.environ.get("EVERY") or 7)
CONFIG = "[target windows-gpu]\nid = 10de:1b80\nbound-driver = unbind\nboot-display = allow\n"
DRIVERS = dict(zip(BOTH, ("nouveau", "snd_hda_intel")))
SECOND = DOMAIN[DOMAIN.index("<hostdev"):DOMAIN.index("</devices>")].replace("function='0'", "function='1'")
GUEST = DOMAIN.replace("</devices>", SECOND + "</devices>")
ERRORS = {"EIO": errno.EIO, "ENOMEM": errno.ENOMEM, "EACCES": errno.EACCES}
KILLS = {"killed": "die", "killed after it": "die-after"}


class Machine:
    """A card with drivers of the host, and the hook that is asked for it."""

    def __init__(self, inject):
        devices = [d for d in dict(machines())[TURDUCKEN]["devices"] if d["bdf"] in KEPT]
        self.inject = inject
        self.root = Root(TURDUCKEN, devices=devices, bound=True).put("etc/vfio-early-start.conf", CONFIG)
        self.path = self.root.path
        for driver in ("vfio-pci", *DRIVERS.values()):
            for name in ("bind", "unbind", "new_id", "remove_id"):
                self.root.put(f"sys/bus/pci/drivers/{driver}/{name}", "")

    def reset(self):
        for address, driver in DRIVERS.items():
            self.root.drive(address, driver)
            self.root.put(f"sys/bus/pci/devices/{address}/driver_override", "(null)\n")
        shutil.rmtree(self.path / "run/vfio-early", ignore_errors=True)
        (self.path / "run/vfio-early").mkdir(parents=True)

    def hook(self, operation, *fault):
        """The words of inject's result, with what is said."""
        result = self.path / "result"
        words = [word for address, driver in DRIVERS.items()
                 for word in ("--native", f"{address}={driver}")]
        done = subprocess.run(
            [self.inject, self.path, result, "--from-root", *words, *fault, "--",
             PROGRAMS["companion"], "--hook", "win", operation, "--sysroot", self.path],
            input=GUEST.encode(), capture_output=True, check=False, timeout=300)
        if done.returncode:
            raise RuntimeError(f"inject: exit status {done.returncode}: {done.stderr}")
        lines = [line.split(" ", 1) for line in result.read_text().splitlines()]
        return {**dict(lines), "said": done.stderr.decode()}

    def card(self):
        """taken, with the host, or what it is instead."""
        have = {}
        for address in BOTH:
            place = self.path / "sys/bus/pci/devices" / address
            driver = os.path.basename(os.readlink(place / "driver")) if (place / "driver").is_symlink() else "-"
            have[address] = driver, (place / "driver_override").read_text().strip() or "(null)"
        if all(state == ("vfio-pci", "vfio-pci") for state in have.values()):
            return "taken"
        if have == {address: (driver, "(null)") for address, driver in DRIVERS.items()}:
            return "with the host"
        return str(have)

    def records(self):
        return sorted(path.name for path in (self.path / "run/vfio-early").glob("start-*.json"))

    def ended(self):
        """What is wrong behind an end in which nothing fails."""
        end = self.hook("release")
        if (end["status"], self.card(), self.records()) == ("0", "with the host", []):
            return []
        return [f"after the end: {end['status']}, {self.card()}, {self.records()}: {end['said']}"]


def start_problems(machine, done, killed):
    """A start in which a call went wrong."""
    state = machine.card(), bool(machine.records())
    if killed and int(done["signal"]):
        return []           # what the end is for
    if int(done["signal"]) or int(done["left"]):
        return [f"signal {done['signal']}, {done['left']} processes left"]
    if done["status"] == "0":
        return [] if state == ("taken", True) else [f"status 0, and {state}"]
    if not done["said"]:
        return [f"status {done['status']}, and not a word"]
    return [] if state[0] == "with the host" or killed else [f"status {done['status']}, and {state}: {done['said']}"]


def end_problems(machine, done, killed):
    """An end in which a call went wrong: it says so, or all is given back."""
    if int(done["signal"]):
        return [] if killed else [f"signal {done['signal']}"]
    if done["status"] == "0" and (machine.card() != "with the host" or machine.records()):
        return [f"status 0, and {machine.card()}, {machine.records()}"]
    return [] if done["status"] == "0" or done["said"] else [f"status {done['status']}, and not a word"]


def sweep(inject, operation):
    """(runs, those that went as without a failure, problems)"""
    pool_of = queue.SimpleQueue()
    every = [Machine(inject) for _ in range(JOBS)]
    for machine in every:
        pool_of.put(machine)

    def begin(machine):
        machine.reset()
        if operation == "release":
            machine.hook("prepare")

    def one(case):
        number, name, what = case
        machine = pool_of.get()
        try:
            begin(machine)
            done = machine.hook(operation, "--fault", f"{number}:{what}")
            judge = start_problems if operation == "prepare" else end_problems
            same = (done["status"], done["said"]) == ("0", "")
            found = judge(machine, done, name in KILLS) + machine.ended()
        finally:
            pool_of.put(machine)
        return same, [f"{operation}, call {number} ({done.get('place')}) {name}: {line}" for line in found]

    try:
        begin(every[0])
        total = int(every[0].hook(operation)["calls"])
        faults = [*ERRORS.items(), *KILLS.items()]
        cases = [(number, *faults[(number // EVERY + turn) % len(faults)])
                 for number in range(1, total + 1, EVERY)
                 for turn in range(len(faults) if EVERY == 1 else 1)]
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            results = list(pool.map(one, cases))
    finally:
        for machine in every:
            shutil.rmtree(machine.path)
    return len(results), sum(same for same, _ in results), [line for _, wrong in results for line in wrong]


def good_problems(inject):
    """A start and an end in which nothing goes wrong: a test of what plays the kernel, too."""
    machine = Machine(inject)
    try:
        machine.reset()
        start = machine.hook("prepare")
        found = [] if (start["status"], machine.card(), machine.records()) == (
            "0", "taken", ["start-win.json"]) else [f"{start}, {machine.card()}, {machine.records()}"]
        return found + machine.ended()
    finally:
        shutil.rmtree(machine.path)


def sweep_all(inject):
    found = good_problems(inject)
    for operation in ("prepare", "release"):
        runs, same, wrong = sweep(inject, operation)
        print(f"# counted: {runs} calls of --hook {operation} failed or were the last of a process, {same} "
              "runs went as without it", flush=True)
        found += wrong
    return found
