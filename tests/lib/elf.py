# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs of any architecture, as readelf shows them."""
import re
import subprocess


def read(options, path):
    return subprocess.run(["readelf", options, path], stdout=subprocess.PIPE, text=True,
                          check=True).stdout


def wrong(path, static):
    """What is wrong with a program: it is to be a PIE with full RELRO, and static or not."""
    text = read("-hldW", path)
    want = {"Type:.*DYN": True, r"\(FLAGS_1\).*PIE": True, r"NOW": True, "GNU_RELRO": True,
            "INTERP": not static, r"\(NEEDED\)": not static, r"\(TEXTREL\)": False,
            r"GNU_STACK.*RWE": False, r"\((RPATH|RUNPATH)\)": False}
    return [f"{path}: {'no ' if there else ''}{pattern}" for pattern, there in want.items()
            if bool(re.search(pattern, text)) != there]


def loaded(path):
    """The libraries that it loads when it needs them, as its note says (companion/library.c)."""
    with open(path, "rb") as file:
        return [name.decode() for name in re.findall(rb'\{"soname":\["([^"]+)"\]', file.read())]


def needed(path):
    """The libraries and the loader that it names."""
    return re.findall(r"(?:NEEDED.*\[|interpreter: )([^\]]+)\]", read("-ldW", path)) + loaded(path)
