# SPDX-License-Identifier: GPL-2.0-or-later
"""Text that is compared with the files in golden/ beside the suite.

The test of golden/NAME.txt is called "text: NAME". With UPDATE=1 in the environment the files are
written anew; look at the difference.
"""
import os
import re
import subprocess

from machine import show
from suite import HERE, TESTS, test

GOLDEN = HERE / "golden"


def golden(name, text):
    """Compare with a golden file; and hold what is true of all output."""
    wrong = [f"control character: {line!r}" for line in text.splitlines()
             if re.search(r"[^\t\x20-\x7e]", line)]
    wrong += [f"wider than 80 columns: {line}" for line in text.splitlines()
              if len(line) > 80 and not line.startswith(("\t", "vfio-early: "))
              and not re.match(r' +"\w+": ', line)]     # JSON
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE"):
        path.write_text(text)
    want = path.read_text() if path.exists() else ""
    if text != want:
        done = subprocess.run(["diff", "-u", str(path), "-"], input=text.encode(),
                              capture_output=True, check=False)
        wrong += done.stdout.decode().splitlines() or ["there is no such golden file"]
    return wrong


def golden_test(name, make, *args):
    """A golden file for each of `args`, all of one root."""
    @test(f"text: {name}")
    def compare():
        with make() as root:
            return golden(name, "\n".join(show(root, *arg) for arg in args))


@test("each golden file belongs to a test")
def stale():
    names = {name.removeprefix("text: ") for name, _ in TESTS}
    return [f"golden/{path.name} belongs to none" for path in sorted(GOLDEN.glob("*"))
            if path.suffix != ".txt" or path.stem not in names]
