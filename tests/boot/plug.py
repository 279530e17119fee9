# SPDX-License-Identifier: GPL-2.0-or-later
"""Cards that come and go while the guest runs: the guest asks, and QEMU's monitor does it."""

import pathlib
import shutil
import socket
import tempfile

import vm


def until_prompt(monitor):
    """The monitor has done what it was told."""
    said = b""
    while not said.endswith(b"(qemu) "):
        part = monitor.recv(4096)
        if not part:
            return
        said += part


class Plug:
    """`fact plug NAME` in the guest: the monitor gets the line of that name, once."""

    def __init__(self, lines):
        self.lines, self.folder, self.done_for = lines, None, set()

    def begin(self):
        """Words for QEMU."""
        self.folder, self.done_for = pathlib.Path(tempfile.mkdtemp(prefix="plug-")), set()
        return ["-monitor", f"unix:{self.folder}/monitor,server=on,wait=off"]

    def __call__(self, text):
        """What the guest has said so far."""
        facts, _ = vm.parse(text[:text.rfind("\n") + 1])
        for words in facts:
            if words[0] == "plug" and words[1] not in self.done_for:
                self.done_for.add(words[1])
                self.tell(self.lines[words[1]])

    def tell(self, line):
        with socket.socket(socket.AF_UNIX) as monitor:
            monitor.settimeout(60)
            monitor.connect(str(self.folder / "monitor"))
            until_prompt(monitor)
            monitor.sendall(line.encode() + b"\n")
            until_prompt(monitor)

    def done(self):
        shutil.rmtree(self.folder, ignore_errors=True)
